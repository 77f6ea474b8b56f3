"""The fields and files of a case that its citizen may read: those that they sent, and the files of the office's answers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.vault.vault import OpenedItem
from zi_intake.domain.case.answer_files import is_for_answer
from zi_intake.domain.case.messages import AttachmentAdded
from zi_intake.domain.case.state import Case

REPORTER = ("reporter.name", "reporter.email", "reporter.phone", "reporter.address")
WHOLE = ("product", "place")
SENT = frozenset({*REPORTER, *WHOLE, "information.purpose"})


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
    return [_own_file(each) for each in _added(state) if not is_for_answer(each.items)]


def answer_files(state: Case) -> list[OwnFile]:
    """Return the files that were sent with answers, none once the case is erased."""
    if state.erased is not None:
        return []
    withheld = state.handling.withheld
    return [
        _own_file(each)
        for each in _added(state)
        if is_for_answer(each.items) and each.items[0].item not in withheld
    ]


def waiting_files(state: Case) -> list[OwnFile]:
    """Return the files that were added for an answer and sent with none yet."""
    waiting = {} if state.erased is not None else state.handling.files.waiting
    return [_own_file(each) for each in _added(state) if each.items[0].item in waiting]


def _added(state: Case) -> list[AttachmentAdded]:
    return [each for each in state.vault_entries if isinstance(each, AttachmentAdded)]


def _own_file(added: AttachmentAdded) -> OwnFile:
    return OwnFile(added.items[0].item, added.by.at, added.media_type, added.size)
