"""The commands to a case and the events of one. Pure."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_chassis.domain import (
    CITIZENS,
    Command,
    Event,
    Parties,
    officials,
    services,
)
from zi_contracts.configuration import Pin
from zi_contracts.intake import Channel, Items, Language
from zi_contracts.umkm import Assessor, EndReason, RuleVersion
from zi_umkm.domain import corrective_action
from zi_umkm.domain.business import Business, Result, Triaged
from zi_umkm.domain.corrective_action import ActionCommands, ActionEvents
from zi_umkm.roles import ASSIGNING, EVALUATING, MENTORING

# -- commands


class CaseCommand(Command):
    """`request` names one intention of one person, so that sending it twice does it once."""

    request: UUID | None = None


class Register(CaseCommand):
    ticket: str
    business_ref: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    business: Business


class Restate(CaseCommand):
    business: Business


class Identify(CaseCommand):
    business_ref: str


class GiveConsent(CaseCommand):
    """`to` is the ticket of the request that may take over what the business said here."""

    to: str


class WithdrawConsent(CaseCommand):
    to: str


class Assign(CaseCommand):
    """`evaluators` are those who have evaluated the business in any case of it."""

    mentor: str
    evaluators: frozenset[str] = frozenset()


class Triage(CaseCommand):
    """What the rules say of these products."""

    rules: RuleVersion
    outcomes: Triaged


class Refer(CaseCommand):
    """All that the health office registers; `items` is the letter."""

    items: Items = ()


class Return(CaseCommand):
    items: Items = ()


class AddDocument(CaseCommand):
    """Without a product it is the business's."""

    document: str
    product: int | None = None
    items: Items


class CheckLabel(CaseCommand):
    product: int
    parts: frozenset[str]


class Assess(CaseCommand):
    """What a finished visit came to."""

    visit: UUID
    assessor: Assessor
    result: Result


class Gate(CaseCommand):
    """`missing` is what the rules say is not there, of the case as it is now."""

    rules: RuleVersion
    missing: tuple[str, ...]


class ApplyForPermit(Gate):
    pass


class Evaluate(CaseCommand):
    """`mentors` are those who have mentored the business in any case of it."""

    mentors: frozenset[str] = frozenset()
    items: Items = ()


class ReturnPermit(Evaluate):
    pass


class IssuePermit(Evaluate):
    pass


class SendRegistration(Gate):
    product: int


class ReturnRegistration(CaseCommand):
    product: int
    items: Items = ()


class RecordNumber(CaseCommand):
    """`shape` is what the rules say of how it is written, by these `numbers`."""

    product: int
    number: str
    shape: Literal["expected", "other_commodity", "unknown"]
    numbers: Pin | None = None


class Graduate(CaseCommand):
    pass


class Pause(CaseCommand):
    """The timer of a silence: since when says which."""

    silent_since: datetime


class Resume(CaseCommand):
    pass


class Close(CaseCommand):
    reason: EndReason


class CloseSilent(CaseCommand):
    """The timer of a sleep: since when says which."""

    silent_since: datetime


CommandsOfOpenCase = (
    Restate
    | Identify
    | Assign
    | Triage
    | Refer
    | Return
    | AddDocument
    | CheckLabel
    | Assess
    | ActionCommands
    | ApplyForPermit
    | ReturnPermit
    | IssuePermit
    | SendRegistration
    | ReturnRegistration
    | RecordNumber
    | Graduate
)
CaseCommands = (
    Register | CommandsOfOpenCase | GiveConsent | WithdrawConsent | Pause | Resume | Close | CloseSilent
)
MENTORS = officials(*MENTORING)
TOGETHER = CITIZENS | MENTORS
EVALUATORS = officials(*EVALUATING)
OWN_TIMERS = services("umkm")
PARTIES: Parties = {
    Register: CITIZENS,
    Restate: TOGETHER,
    Identify: CITIZENS,
    GiveConsent: CITIZENS,
    WithdrawConsent: CITIZENS,
    Assign: officials(*ASSIGNING),
    Triage: MENTORS,
    Refer: MENTORS,
    Return: TOGETHER,
    AddDocument: TOGETHER,
    CheckLabel: MENTORS,
    Assess: TOGETHER,
    **corrective_action.PARTIES,
    ApplyForPermit: TOGETHER,
    ReturnPermit: EVALUATORS,
    IssuePermit: EVALUATORS,
    SendRegistration: TOGETHER,
    ReturnRegistration: TOGETHER,
    RecordNumber: TOGETHER,
    Graduate: MENTORS,
    Pause: OWN_TIMERS,
    Resume: TOGETHER,
    Close: TOGETHER | OWN_TIMERS,
    CloseSilent: OWN_TIMERS,
}


# -- events


class CaseEvent(Event):
    request: UUID | None = None


class MentoringRegistered(CaseEvent):
    ticket: str
    business_ref: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    business: Business


class BusinessRestated(CaseEvent):
    business: Business


class BusinessIdentified(CaseEvent):
    business_ref: str
    former_ref: str


class ConsentEvent(CaseEvent):
    business_ref: str
    to: str


class ConsentGiven(ConsentEvent):
    pass


class ConsentWithdrawn(ConsentEvent):
    pass


class MentoringRecorded(CaseEvent):
    mentor: str
    business_ref: str


class ProductsTriaged(CaseEvent):
    rules: RuleVersion
    outcomes: Triaged


class ProductsReferred(CaseEvent):
    products: tuple[int, ...]
    items: Items


class BusinessReturned(CaseEvent):
    items: Items


class DocumentAdded(CaseEvent):
    document: str
    product: int | None
    items: Items


class LabelChecked(CaseEvent):
    product: int
    parts: tuple[str, ...]


class BusinessAssessed(CaseEvent):
    visit: UUID
    assessor: Assessor
    result: Result


class PermitApplied(CaseEvent):
    rules: RuleVersion


class PermitReturned(CaseEvent):
    items: Items


class PermitIssued(CaseEvent):
    items: Items


class RegistrationSent(CaseEvent):
    product: int
    rules: RuleVersion


class RegistrationReturned(CaseEvent):
    product: int
    items: Items


class NumberObtained(CaseEvent):
    product: int
    number: str
    numbers: Pin | None = None


class BusinessGraduated(CaseEvent):
    pass


class MentoringPaused(CaseEvent):
    silent_since: datetime


class MentoringResumed(CaseEvent):
    pass


class MentoringClosed(CaseEvent):
    reason: EndReason


# What is known of a business: itself, its papers, its mentors.
BusinessEvents = (
    MentoringRegistered
    | BusinessRestated
    | BusinessIdentified
    | ConsentGiven
    | ConsentWithdrawn
    | MentoringRecorded
    | DocumentAdded
    | LabelChecked
)
ProductEvents = (
    ProductsTriaged
    | ProductsReferred
    | BusinessReturned
    | BusinessAssessed
    | RegistrationSent
    | RegistrationReturned
    | NumberObtained
)
PermitEvents = PermitApplied | PermitReturned | PermitIssued
EndEvents = BusinessGraduated | MentoringPaused | MentoringResumed | MentoringClosed
CourseEvents = ProductEvents | PermitEvents | EndEvents
CaseEvents = BusinessEvents | CourseEvents | ActionEvents
