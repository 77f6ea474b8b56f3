"""A store belongs to the office that began it: under another name the chain of its messages would break, and no ledger would follow it."""

import json
from collections.abc import Iterable

from zi_chassis.domain_error import DomainError


class OtherOfficeError(DomainError):
    """The store was begun under the name of another office."""

    def __init__(self, began: str, now: str) -> None:
        super().__init__(
            "This store was begun as {began}, and the office calls itself {now}. The code of an office never changes: put it back in"
            " office.toml, or begin with an empty data folder.",
            began=began,
            now=now,
        )


def refuse_another_office(first: Iterable[bytes], source: str) -> None:
    """Raises OtherOfficeError. A message that can't be read is for others to find."""
    for message in first:
        try:
            began = json.loads(message)["source"]
        except (ValueError, KeyError, TypeError):
            continue
        if began != source:
            raise OtherOfficeError(str(began), source)
