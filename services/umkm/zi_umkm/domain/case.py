"""A mentored business, from its request to a registered product: no step is left out, and nothing passes an open critical finding. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, assert_never
from uuid import UUID

from zi_chassis.domain import (
    CITIZENS,
    Act,
    Command,
    Event,
    Parties,
    WrongRoleError,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.configuration import Pin
from zi_contracts.intake import Channel, Holder, Items, Language
from zi_contracts.umkm import Assessor, EndReason, RuleVersion
from zi_umkm.domain import corrective_action
from zi_umkm.domain import errors as refusal
from zi_umkm.domain.business import Business, Result, Triaged, on_track
from zi_umkm.domain.corrective_action import ActionCommand, ActionCommands, ActionEvents, Finding, Findings


class Status(StrEnum):
    UNKNOWN = "unknown"
    REGISTERED = "registered"
    TRIAGED = "triaged"
    REFERRED = "referred"
    ASSESSED = "assessed"
    CORRECTING = "correcting"
    CORRECTED = "corrected"
    PERMIT_APPLIED = "permit_applied"
    PERMIT_ISSUED = "permit_issued"
    REGISTRATION = "registration"
    NUMBER_OBTAINED = "number_obtained"
    GRADUATED = "graduated"
    DORMANT = "dormant"
    CLOSED = "closed"


OVER = (Status.GRADUATED, Status.CLOSED)
CHOSEN_BY_NOBODY: tuple[EndReason, ...] = ("no_response", "data_erased")
BEFORE_ASSESSMENT = (Status.REGISTERED, Status.TRIAGED)
BEFORE_PERMIT = (Status.ASSESSED, Status.CORRECTING, Status.CORRECTED)
OFFICE_HOLDS = (*BEFORE_ASSESSMENT, Status.PERMIT_APPLIED, Status.REGISTRATION, Status.NUMBER_OBTAINED)
# What is to be done before a case goes on, in this order; a case without open actions needs no correction.
STEPS: dict[Status, type[refusal.SkippedStepError]] = {
    Status.TRIAGED: refusal.NotTriagedError,
    Status.ASSESSED: refusal.NotAssessedError,
    Status.CORRECTED: refusal.NotCorrectedError,
    Status.PERMIT_APPLIED: refusal.NotAppliedError,
    Status.PERMIT_ISSUED: refusal.NoPermitError,
    Status.REGISTRATION: refusal.NotSentError,
    Status.NUMBER_OBTAINED: refusal.NoNumberError,
}


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


Work = (
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
CaseCommands = Register | Work | GiveConsent | WithdrawConsent | Pause | Resume | Close | CloseSilent
MENTORS = officials("mentor")
TOGETHER = CITIZENS | MENTORS
EVALUATORS = officials("evaluator")
OWN_TIMERS = services("umkm")
PARTIES: Parties = {
    Register: CITIZENS,
    Restate: TOGETHER,
    Identify: CITIZENS,
    GiveConsent: CITIZENS,
    WithdrawConsent: CITIZENS,
    Assign: MENTORS | officials("supervisor"),
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


OwnEvents = (
    MentoringRegistered
    | BusinessRestated
    | BusinessIdentified
    | ConsentGiven
    | ConsentWithdrawn
    | MentoringRecorded
    | ProductsTriaged
    | ProductsReferred
    | BusinessReturned
    | DocumentAdded
    | LabelChecked
    | BusinessAssessed
    | PermitApplied
    | PermitReturned
    | PermitIssued
    | RegistrationSent
    | RegistrationReturned
    | NumberObtained
    | BusinessGraduated
    | MentoringPaused
    | MentoringResumed
    | MentoringClosed
)
CaseEvents = OwnEvents | ActionEvents


# -- state


@dataclass(frozen=True)
class Case:
    """`last_product` is the highest number that a product ever had; `mentors` in the order of their coming; `rules` are those of the
    last triage; `sent` are products in registration; `heard_at` is when a person last did something."""

    status: Status = Status.UNKNOWN
    registered: MentoringRegistered | None = None
    business: Business | None = None
    business_ref: str = ""
    last_product: int = 0
    consents: frozenset[str] = frozenset()
    rules: RuleVersion | None = None
    mentors: tuple[str, ...] = ()
    evaluators: frozenset[str] = frozenset()
    triaged: Triaged = ()
    referred: frozenset[int] = frozenset()
    documents: frozenset[tuple[int | None, str]] = frozenset()
    labels: dict[int, tuple[str, ...]] = field(default_factory=dict)
    assessments: dict[UUID, BusinessAssessed] = field(default_factory=dict)
    findings: Findings = ()
    sent: frozenset[int] = frozenset()
    numbers: dict[int, str] = field(default_factory=dict)
    is_checked: bool = False
    slept: Status = Status.UNKNOWN
    heard_at: datetime | None = None
    requests: frozenset[UUID] = frozenset()

    @property
    def holder(self) -> Holder:
        """Who must act next; a business is never called silent while the office holds its case."""
        return "office" if self.status in OFFICE_HOLDS or self._waits_for_verification else "citizen"

    @property
    def _waits_for_verification(self) -> bool:
        under_way = [each for each in self.findings if each.is_under_way]
        evidenced = all(each.progress is corrective_action.Progress.EVIDENCED for each in under_way)
        return self.status is Status.CORRECTING and evidenced

    @property
    def products(self) -> frozenset[int]:
        return frozenset(each.number for each in self.business.products) if self.business else frozenset()

    @property
    def blocking(self) -> tuple[str, ...]:
        """Items with a critical finding that is open."""
        return tuple(each.item for each in self.findings if each.is_blocking)

    @property
    def verified(self) -> tuple[str, ...]:
        """Items that were put right since they were assessed."""
        return tuple(each.item for each in self.findings if not each.is_open)

    @property
    def last_assessment(self) -> BusinessAssessed | None:
        """By an official."""
        return self._last("official")

    @property
    def last_self_assessment(self) -> BusinessAssessed | None:
        return self._last("business")

    def _last(self, assessor: Assessor) -> BusinessAssessed | None:
        theirs = [each for each in self.assessments.values() if each.assessor == assessor]
        return max(theirs, key=lambda each: each.by.at, default=None)

    def finding(self, item: str) -> Finding:
        for each in self.findings:
            if each.item == item:
                return each
        raise refusal.NoSuchFindingError

    def kind_of(self, product: int) -> str:
        for each in self.business.products if self.business else ():
            if each.number == product:
                return each.kind
        raise refusal.NoSuchProductError

    def present(self, product: int) -> frozenset[str]:
        """What is there for a product, by the codes of the requirements."""
        documents = {document for of, document in self.documents if of in (None, product)}
        said = {"nib": bool(self.business and self.business.has_nib)}
        said["kbli"] = bool(self.business and self.business.kbli)
        said["self_assessment"] = any(each.assessor == "business" for each in self.assessments.values())
        return frozenset(documents.union(self.labels.get(product, ()), (code for code in said if said[code])))


initial = Case()


# -- decide


def decide(command: CaseCommands, case: Case) -> list[CaseEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, Register):
        return _register(command, case)
    if case.registered is None:
        raise refusal.NotBegunError
    _refuse_other_businesses(command.by, case.registered)
    if command.request in case.requests:
        return []
    match command:
        case Pause():
            return _pause(command, case)
        case Resume():
            return _resume(command, case)
        case Close():
            return _close(command, case)
        case CloseSilent():
            return _close_silent(command, case)
        case GiveConsent() | WithdrawConsent():
            return _consent(command, case)
        case _:
            _refuse_over(case)
            _refuse_asleep(command, case)
            return _work(command, case)


def _work(command: Work, case: Case) -> list[CaseEvents]:
    if isinstance(command, ActionCommand):
        return _act(command, case)
    match command:
        case Restate():
            return _restate(command, case)
        case Identify():
            return _identify(command, case)
        case Assign():
            return _assign(command, case)
        case Triage():
            return _triage(command, case)
        case Refer():
            return _refer(command, case)
        case Return():
            return _return(command, case)
        case AddDocument():
            return _add_document(command, case)
        case CheckLabel():
            return _check_label(command, case)
        case Assess():
            return _assess(command, case)
        case ApplyForPermit():
            return _apply_for_permit(command, case)
        case ReturnPermit():
            _refuse_unless_evaluating(command, case)
            return [PermitReturned(by=command.by, request=command.request, items=command.items)]
        case IssuePermit():
            _refuse_unless_evaluating(command, case)
            _refuse_blocked(case)
            return [PermitIssued(by=command.by, request=command.request, items=command.items)]
        case SendRegistration():
            return _send_registration(command, case)
        case ReturnRegistration():
            return _return_registration(command, case)
        case RecordNumber():
            return _record_number(command, case)
        case Graduate():
            return _graduate(command, case)
        case _:
            assert_never(command)


def _refuse_other_businesses(by: Act, registered: MentoringRegistered) -> None:
    """Raise for a citizen who neither has the code of this case nor asked for it signed in."""
    has_code = by.role == "public" and by.actor == str(registered.data_subject)
    signed_in = by.role == "applicant" and (by.actor, by.role) == (registered.by.actor, registered.by.role)
    if by.role in CITIZENS and not (has_code or signed_in):
        raise refusal.NotTheBusinessError
    if by.role.startswith("staff:") and by.actor == registered.by.actor:
        raise refusal.OwnBusinessError


def _register(command: Register, case: Case) -> list[CaseEvents]:
    known = case.registered
    if known is None:
        return [MentoringRegistered(**dict(command))]
    if (known.business_ref, known.data_subject) != (command.business_ref, command.data_subject):
        raise refusal.AnotherCaseError
    return []


def _restate(command: Restate, case: Case) -> list[CaseEvents]:
    _refuse_other_staff(command.by, case)
    return [] if command.business == case.business else [BusinessRestated(**dict(command))]


def _identify(command: Identify, case: Case) -> list[CaseEvents]:
    """Who mentored it under its temporary reference has mentored it under its own."""
    if command.business_ref == case.business_ref:
        return []
    identified = BusinessIdentified(**dict(command), former_ref=case.business_ref)
    again = [
        MentoringRecorded(by=command.by, mentor=each, business_ref=command.business_ref)
        for each in case.mentors
    ]
    return [identified, *again]


def _consent(command: GiveConsent | WithdrawConsent, case: Case) -> list[CaseEvents]:
    """Whether its mentoring is over does not matter."""
    if case.registered is not None and command.to == case.registered.ticket:
        raise refusal.OwnTicketError
    giving = isinstance(command, GiveConsent)
    if giving == (command.to in case.consents):
        return []
    said = dict(command) | {"business_ref": case.business_ref}
    return [ConsentGiven(**said) if giving else ConsentWithdrawn(**said)]


def _assign(command: Assign, case: Case) -> list[CaseEvents]:
    itself = command.by.role == "staff:mentor" and command.by.actor == command.mentor
    if not itself and command.by.role != "staff:supervisor":
        raise refusal.NotYoursToAssignError
    if case.registered is not None and command.mentor == case.registered.by.actor:
        raise refusal.OwnBusinessError
    if command.mentor in case.evaluators | command.evaluators:
        raise refusal.HasEvaluatedError
    if case.mentors[-1:] == (command.mentor,):
        return []
    recorded = MentoringRecorded(
        by=command.by, request=command.request, mentor=command.mentor, business_ref=case.business_ref
    )
    return [recorded]


def _triage(command: Triage, case: Case) -> list[CaseEvents]:
    _refuse_unless_mentor(command.by, case)
    if not command.outcomes:
        raise refusal.NoProductsError
    if not {each.product for each in command.outcomes} <= case.products:
        raise refusal.NoSuchProductError
    if set(command.outcomes) <= set(case.triaged):
        return []
    return [ProductsTriaged(**dict(command))]


def _refer(command: Refer, case: Case) -> list[CaseEvents]:
    _refuse_unless_mentor(command.by, case)
    _refuse_skipped(case, Status.TRIAGED)
    products = on_track(case.triaged, "pirt")
    if not products:
        raise refusal.NothingToReferError
    if case.referred.issuperset(products):
        return []
    return [ProductsReferred(**dict(command), products=products)]


def _return(command: Return, case: Case) -> list[CaseEvents]:
    _refuse_other_staff(command.by, case)
    if not case.referred:
        raise refusal.NotReferredError
    return [BusinessReturned(**dict(command))]


def _add_document(command: AddDocument, case: Case) -> list[CaseEvents]:
    _refuse_other_staff(command.by, case)
    if command.product is not None:
        _refuse_unknown_product(command.product, case)
    return [DocumentAdded(**dict(command))]


def _check_label(command: CheckLabel, case: Case) -> list[CaseEvents]:
    _refuse_unless_mentor(command.by, case)
    _refuse_unknown_product(command.product, case)
    return [LabelChecked(**dict(command) | {"parts": tuple(sorted(command.parts))})]


def _assess(command: Assess, case: Case) -> list[CaseEvents]:
    if command.assessor == "official":
        _refuse_unless_mentor(command.by, case)
    elif command.by.role not in CITIZENS:
        raise WrongRoleError
    _refuse_skipped(case, Status.TRIAGED)
    if not on_track(case.triaged, "md"):
        raise refusal.NotOurTrackError
    known = case.assessments.get(command.visit)
    if known is not None and known.result == command.result:
        return []
    return [BusinessAssessed(**dict(command))]


def _act(command: ActionCommands, case: Case) -> list[CaseEvents]:
    if not isinstance(command, corrective_action.Verify | corrective_action.Reopen):
        _refuse_other_staff(command.by, case)
    return list(corrective_action.decide(command, case.finding(command.item)))


def _apply_for_permit(command: ApplyForPermit, case: Case) -> list[CaseEvents]:
    _refuse_other_staff(command.by, case)
    _refuse_skipped(case, Status.CORRECTED)
    _refuse_blocked(case)
    if case.status not in BEFORE_PERMIT:
        return []
    _refuse_incomplete(command)
    return [PermitApplied(by=command.by, request=command.request, rules=command.rules)]


def _send_registration(command: SendRegistration, case: Case) -> list[CaseEvents]:
    _refuse_other_staff(command.by, case)
    _refuse_skipped(case, Status.PERMIT_ISSUED)
    _refuse_blocked(case)
    _refuse_unknown_product(command.product, case)
    if command.product in case.sent or command.product in case.numbers:
        return []
    if command.product not in {each.product for each in case.triaged}:
        raise refusal.NotTriagedError
    if command.product not in on_track(case.triaged, "md"):
        raise refusal.NotOurTrackError
    _refuse_incomplete(command)
    said = dict(command)
    del said["missing"]
    return [RegistrationSent(**said)]


def _return_registration(command: ReturnRegistration, case: Case) -> list[CaseEvents]:
    _refuse_other_staff(command.by, case)
    if command.product not in case.sent:
        raise refusal.NotSentError
    return [RegistrationReturned(**dict(command))]


def _record_number(command: RecordNumber, case: Case) -> list[CaseEvents]:
    _refuse_other_staff(command.by, case)
    if command.product in case.numbers:
        return _refuse_another_number(command, case)
    _refuse_skipped(case, Status.PERMIT_ISSUED)
    if command.product not in case.sent:
        raise refusal.NotSentError
    _refuse_blocked(case)
    if command.shape != "expected":
        raise refusal.NumberShapeError
    said = dict(command)
    del said["shape"]
    return [NumberObtained(**said)]


def _refuse_another_number(command: RecordNumber, case: Case) -> list[CaseEvents]:
    if case.numbers[command.product] != command.number:
        raise refusal.AnotherNumberError
    return []


def _graduate(command: Graduate, case: Case) -> list[CaseEvents]:
    _refuse_unless_mentor(command.by, case)
    _refuse_skipped(case, Status.NUMBER_OBTAINED)
    if not case.is_checked:
        raise refusal.NotCheckedError
    _refuse_blocked(case)
    return [BusinessGraduated(**dict(command))]


def _pause(command: Pause, case: Case) -> list[CaseEvents]:
    """Only for a silence that lasts, and that is the business's."""
    awake = case.status not in (*OVER, Status.DORMANT)
    if not awake or case.holder == "office" or command.silent_since != case.heard_at:
        return []
    return [MentoringPaused(**dict(command))]


def _resume(command: Resume, case: Case) -> list[CaseEvents]:
    _refuse_over(case)
    _refuse_other_staff(command.by, case)
    return [MentoringResumed(**dict(command))] if case.status is Status.DORMANT else []


def _close(command: Close, case: Case) -> list[CaseEvents]:
    if case.status is Status.CLOSED:
        return []
    _refuse_over(case)
    _refuse_other_staff(command.by, case)
    if command.reason in CHOSEN_BY_NOBODY and not command.by.role.startswith("system:"):
        raise refusal.NotTheSystemsActError
    return [MentoringClosed(**dict(command))]


def _close_silent(command: CloseSilent, case: Case) -> list[CaseEvents]:
    if case.status is not Status.DORMANT or command.silent_since != case.heard_at:
        return []
    return [MentoringClosed(by=command.by, request=command.request, reason="no_response")]


def _refuse_over(case: Case) -> None:
    if case.status in OVER:
        raise refusal.OverError


def _refuse_asleep(command: Work, case: Case) -> None:
    """What was agreed becomes overdue in sleep as well: to be told so may wake the business."""
    if case.status is Status.DORMANT and not isinstance(command, corrective_action.Remind):
        raise refusal.AsleepError
    if case.status is Status.REFERRED and not isinstance(command, Return | Restate | Identify | Assign):
        raise refusal.ReferredError


def _refuse_unless_mentor(by: Act, case: Case) -> None:
    if by.role not in MENTORS or by.actor not in case.mentors:
        raise refusal.NotTheMentorError


def _refuse_other_staff(by: Act, case: Case) -> None:
    """The business itself, its mentors, and the service for them."""
    if by.role.startswith("staff:"):
        _refuse_unless_mentor(by, case)


def _refuse_unless_evaluating(command: Evaluate, case: Case) -> None:
    if command.by.actor in command.mentors.union(case.mentors):
        raise refusal.MentorDecidesError
    _refuse_skipped(case, Status.PERMIT_APPLIED)
    if case.status is not Status.PERMIT_APPLIED:
        raise refusal.NotAppliedError


def _refuse_skipped(case: Case, upto: Status) -> None:
    """The first step that is still to be done says its name."""
    order = list(Status)
    reached = Status.CORRECTED if case.status is Status.ASSESSED else case.status
    left = (step for step in STEPS if order.index(reached) < order.index(step) <= order.index(upto))
    if (step := next(left, None)) is not None:
        raise STEPS[step]


def _refuse_blocked(case: Case) -> None:
    if case.blocking:
        raise refusal.CriticalOpenError(case.blocking)


def _refuse_incomplete(command: Gate) -> None:
    if command.missing:
        raise refusal.IncompleteError(command.missing)


def _refuse_unknown_product(product: int, case: Case) -> None:
    if product not in case.products:
        raise refusal.NoSuchProductError


# -- evolve


def evolve(case: Case, event: CaseEvents) -> Case:
    if event.request is not None:
        case = replace(case, requests=case.requests | {event.request})
    if not event.by.role.startswith("system:") and not isinstance(event, ConsentEvent):
        case = replace(case, heard_at=event.by.at)
    if isinstance(event, corrective_action.ActionEvent):
        return _acted(case, event)
    return _evolve(case, event)


def _evolve(case: Case, event: OwnEvents) -> Case:
    match event:
        case MentoringRegistered():
            begun = replace(case, registered=event, business=event.business, heard_at=event.by.at)
            begun = replace(begun, last_product=_last_product(case, event.business))
            return replace(begun, status=Status.REGISTERED, business_ref=event.business_ref)
        case BusinessRestated():
            return _restated(case, event.business)
        case BusinessIdentified():
            return _identified(case, event.business_ref)
        case ConsentGiven():
            return replace(case, consents=case.consents | {event.to})
        case ConsentWithdrawn():
            return replace(case, consents=case.consents - {event.to})
        case MentoringRecorded():
            others = tuple(each for each in case.mentors if each != event.mentor)
            return replace(case, mentors=(*others, event.mentor))
        case ProductsTriaged():
            return _triaged(replace(case, rules=event.rules), event.outcomes)
        case ProductsReferred():
            referred = replace(case, referred=case.referred | set(event.products))
            return referred if on_track(case.triaged, "md") else replace(referred, status=Status.REFERRED)
        case BusinessReturned():
            kept = tuple(each for each in case.triaged if each.product not in case.referred)
            return _settled(replace(case, triaged=kept, referred=frozenset(), status=_awake(case)))
        case DocumentAdded():
            return replace(case, documents=case.documents | {(event.product, event.document)})
        case LabelChecked():
            return replace(case, labels=case.labels | {event.product: event.parts})
        case BusinessAssessed():
            return _assessed(case, event)
        case PermitApplied():
            return replace(case, status=Status.PERMIT_APPLIED)
        case PermitReturned():
            return _settled(replace(_evaluated(case, event.by), status=Status.ASSESSED))
        case PermitIssued():
            return replace(_evaluated(case, event.by), status=Status.PERMIT_ISSUED)
        case RegistrationSent():
            return _registering(replace(case, sent=case.sent | {event.product}))
        case RegistrationReturned():
            return _registering(replace(case, sent=case.sent - {event.product}))
        case NumberObtained():
            numbers = case.numbers | {event.product: event.number}
            left = case.sent - {event.product}
            return _registering(replace(case, numbers=numbers, sent=left, is_checked=False))
        case BusinessGraduated():
            return replace(case, status=Status.GRADUATED)
        case MentoringPaused():
            return replace(case, status=Status.DORMANT, slept=case.status)
        case MentoringResumed():
            return replace(case, status=case.slept)
        case MentoringClosed():
            return replace(case, status=Status.CLOSED)
        case _:
            assert_never(event)


def _identified(case: Case, business_ref: str) -> Case:
    assert case.business is not None
    business = case.business.model_copy(update={"has_nib": True})
    return replace(case, business_ref=business_ref, business=business)


def _restated(case: Case, business: Business) -> Case:
    """What is said of a product that changed was said of another one; another name alone makes it no other."""
    before = {each.outline for each in case.business.products} if case.business else set()
    numbers = {each.number for each in business.products if each.outline in before}
    triaged = tuple(each for each in case.triaged if each.product in numbers)
    referred = case.referred & numbers
    last = _last_product(case, business)
    restated = replace(case, business=business, last_product=last, triaged=triaged, referred=referred)
    return _settled(restated)


def _last_product(case: Case, business: Business) -> int:
    return max(case.last_product, *(each.number for each in business.products), 0)


def _triaged(case: Case, outcomes: Triaged) -> Case:
    anew = {each.product for each in outcomes}
    kept = tuple(each for each in case.triaged if each.product not in anew)
    return _settled(replace(case, triaged=(*kept, *outcomes)))


def _assessed(case: Case, event: BusinessAssessed) -> Case:
    own = event.assessor == "business"
    findings = corrective_action.after_assessment(case.findings, event.result.findings, own=own)
    assessments = case.assessments | {event.visit: event}
    known = replace(case, findings=findings, assessments=assessments, is_checked=case.is_checked or not own)
    return _settled(replace(known, status=Status.ASSESSED) if case.status is Status.TRIAGED else known)


def _acted(case: Case, event: ActionEvents) -> Case:
    findings = tuple(
        corrective_action.evolve(each, event) if each.item == event.item else each for each in case.findings
    )
    return _settled(replace(case, findings=findings))


def _evaluated(case: Case, by: Act) -> Case:
    return replace(case, evaluators=case.evaluators | {by.actor})


def _awake(case: Case) -> Status:
    return Status.REGISTERED if case.status is Status.REFERRED else case.status


def _settled(case: Case) -> Case:
    """How far a case is that has not applied for its permit."""
    if case.status in BEFORE_ASSESSMENT:
        triaged = {each.product for each in case.triaged}
        whole = bool(case.products) and case.products <= triaged
        return replace(case, status=Status.TRIAGED if whole else Status.REGISTERED)
    if case.status in BEFORE_PERMIT:
        return replace(case, status=_correction(case.findings))
    return case


def _correction(findings: Findings) -> Status:
    if any(each.is_under_way for each in findings):
        return Status.CORRECTING
    return Status.ASSESSED if all(each.is_open for each in findings) else Status.CORRECTED


def _registering(case: Case) -> Case:
    if case.sent:
        return replace(case, status=Status.REGISTRATION)
    return replace(case, status=Status.NUMBER_OBTAINED if case.numbers else Status.PERMIT_ISSUED)
