"""The code of a case as its events leave it: how many there were before it, and the request for a new one."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from zi_intake.domain.case.code_messages import (
    CodeEvents,
    CodeReplaced,
    CodeReplacementStopped,
    CodeRequested,
)

FOUND_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class CaseCode:
    """`number` counts the codes that were made after the one of the receipt; `requested` is the last request, `is_used` if a code was made
    by it."""

    number: int = 0
    replaced_at: datetime | None = None
    requested: CodeRequested | None = None
    is_used: bool = False
    is_stopped: bool = False

    def waiting(self, at: datetime) -> CodeRequested | None:
        """Return the request whose link is not used, and not over at that time."""
        requested = self.requested
        if requested is None or self.is_used or self.is_stopped:
            return None
        return requested if at < requested.open_until else None

    def waiting_as(self, asking: UUID, at: datetime) -> CodeRequested | None:
        requested = self.waiting(at)
        return requested if requested is not None and requested.asking == asking else None

    def is_just_made(self, asking: UUID, at: datetime) -> bool:
        """Tell whether the last request made the code, a minute ago at most."""
        if self.requested is None or self.requested.asking != asking or self.replaced_at is None:
            return False
        return self.is_used and at <= self.replaced_at + FOUND_AGAIN

    def after(self, event: CodeEvents) -> "CaseCode":
        match event:
            case CodeRequested():
                return replace(self, requested=event, is_used=False)
            case CodeReplaced():
                return replace(self, number=self.number + 1, replaced_at=event.by.at, is_used=True)
            case CodeReplacementStopped():
                return replace(self, is_stopped=True)
        assert_never(event)
