"""The commands and events by which personal data of a confidential case opens for somebody who does not handle it: a request with a reason,
and what a second person decides about it."""

from datetime import datetime
from uuid import UUID

from zi_contracts.intake import DisclosureReason
from zi_intake.domain.case.filings import CaseCommand, CaseEvent


class AskDisclosure(CaseCommand):
    """`disclosure` is the id of the request."""

    disclosure: UUID
    reason: DisclosureReason
    answer_by: datetime


class DisclosureDecision(CaseCommand):
    """`is_independent`: by the office's data, whoever decides is of another line than who asked."""

    disclosure: UUID
    is_independent: bool


class ConsentDisclosure(DisclosureDecision):
    open_until: datetime


class RefuseDisclosure(DisclosureDecision):
    pass


class ExpireDisclosure(CaseCommand):
    """End a request that nobody decided about, by its timer."""

    disclosure: UUID


class DisclosureRequested(CaseEvent):
    disclosure: UUID
    reason: DisclosureReason
    answer_by: datetime


class DisclosureConsented(CaseEvent):
    disclosure: UUID
    asked_by: str
    open_until: datetime


class DisclosureRefused(CaseEvent):
    disclosure: UUID
    asked_by: str


class DisclosureExpired(CaseEvent):
    disclosure: UUID
    asked_by: str


DisclosureCommands = AskDisclosure | ConsentDisclosure | RefuseDisclosure | ExpireDisclosure
DisclosureEvents = DisclosureRequested | DisclosureConsented | DisclosureRefused | DisclosureExpired
