"""The commands about a new code for a case whose code was lost, and the events that they record; the name of an event's class is stored."""

from datetime import datetime
from uuid import UUID

from zi_contracts.intake import Channel
from zi_intake.domain.case.filings import CaseCommand, CaseEvent


class RequestCode(CaseCommand):
    """Somebody who gave the ticket asks for a new code; `asking` is the id of the request, from which the link in the message follows.
    `ways` are those by which the office sends links."""

    asking: UUID
    ways: tuple[Channel, ...] = ("email",)


class ReplaceCode(CaseCommand):
    """Make the new code, by the link that went to the confirmed address or number."""

    asking: UUID


class StopCodes(CaseCommand):
    """Let no new code be made for this case any more, by the code or by the link in the mail."""


class CodeRequested(CaseEvent):
    """The link works from `opens_at` until `open_until`."""

    asking: UUID
    opens_at: datetime
    open_until: datetime


class CodeReplaced(CaseEvent):
    """The code before this one opens the case no more."""

    asking: UUID


class CodeReplacementStopped(CaseEvent):
    pass


CodeCommands = RequestCode | ReplaceCode | StopCodes
CodeEvents = CodeRequested | CodeReplaced | CodeReplacementStopped
