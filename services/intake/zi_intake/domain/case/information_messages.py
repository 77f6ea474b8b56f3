"""The commands of a request for public information besides its answer, and the event that they record; what else follows is an answer or a
reopened case. The name of an event's class is stored."""

from datetime import datetime
from uuid import UUID

from zi_contracts.intake import Items, ObjectionOutcome
from zi_intake.domain.case.filings import CaseCommand, CaseEvent


class ExtendTime(CaseCommand):
    """Take more time for the answer, once and for the reason in `items`; `due` is then the latest."""

    due: datetime
    items: Items


class DecideObjection(CaseCommand):
    """Decide about the objection to an answer; the decision in `items`, with `files` added for it, is the office's last answer."""

    outcome: ObjectionOutcome
    items: Items
    files: tuple[UUID, ...] = ()
    closes_on: datetime


class TimeExtended(CaseEvent):
    due: datetime
    items: Items


InformationCommands = ExtendTime | DecideObjection
