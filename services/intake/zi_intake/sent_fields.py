"""The fields and files that a citizen sent with a case and may read again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.vault import OpenedItem
from zi_intake.domain.case.messages import AttachmentAdded
from zi_intake.domain.case.state import Case

REPORTER = ("reporter.name", "reporter.email", "reporter.phone")
WHOLE = ("product", "place")
SENT = frozenset({*REPORTER, *WHOLE})


@dataclass(frozen=True)
class OwnFile:
    item: UUID
    at: datetime
    media_type: str
    size: int

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.size / 1000))


def sent_fields(opened: Mapping[UUID, OpenedItem]) -> list[tuple[str, str]]:
    """Return (name of the field, text) of the filing, in its order."""
    return [line for item in opened.values() if item.field in SENT for line in _lines(item)]


def _lines(item: OpenedItem) -> Iterator[tuple[str, str]]:
    if item.field in WHOLE:
        yield from ((f"{item.field}.{name}", str(value)) for name, value in json.loads(item.text).items())
    else:
        yield item.field, item.text


def sent_files(state: Case) -> list[OwnFile]:
    """Return the files of the case, none once it is erased."""
    if state.erased is not None:
        return []
    added = [each for each in state.vault_entries if isinstance(each, AttachmentAdded)]
    return [OwnFile(each.items[0].item, each.by.at, each.media_type, each.size) for each in added]
