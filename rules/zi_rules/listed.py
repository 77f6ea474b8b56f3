"""A short list of codes with names that the office chooses from, such as its districts: in the order in which people are shown it."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from zi_rules.provenance import Text
from zi_rules.version import Code, refuse_repeats


class Listed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    name: Text


def refuse_poor_list(listed: Sequence[Listed]) -> None:
    """Raises ValueError."""
    if not listed:
        raise ValueError("name at least one")
    refuse_repeats([each.code for each in listed])
