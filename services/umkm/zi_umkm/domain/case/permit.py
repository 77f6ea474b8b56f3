"""The permit of a case (IP CPPOB): its application, and what becomes of the certificate. Pure.

Whoever mentored the business decides nothing about it. Whoever found the business fit doesn't sign, and whoever proposed a revocation
doesn't decide it.
"""

from datetime import date, datetime
from uuid import UUID

from zi_chassis.domain import CITIZENS, Parties, Value, officials, services
from zi_contracts.configuration import Pin
from zi_contracts.intake import District, Items
from zi_contracts.umkm import MentoringPin, PermitClock, PermitPath, PromisedBy
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent
from zi_umkm.roles import CHECKING, EVALUATING, MENTORING, SIGNING


class PermitPromise(Value):
    """A promise to the applicant. `since` is when its clock began, which a pause does not change."""

    clock: PermitClock
    since: datetime
    due: datetime
    promised_by: PromisedBy


class PermitCertificate(Value):
    """`valid_until` is its last day; None where the office has not decided how long it is valid. `renews` is the number that it follows."""

    letter: UUID
    number: str
    path: PermitPath
    district: District
    valid_until: date | None
    rules: Pin
    renews: str | None = None


class PermitCommand(MentoringCommand):
    pass


class Gate(PermitCommand):
    """`missing` is what the rules say is not there, of the case as it is now."""

    rules: MentoringPin
    missing: tuple[str, ...]


class ApplyForPermit(Gate):
    """`opens_at` is when a valid certificate may be renewed; None where the office has not decided it. `promise` is of the clock that runs
    now: a new one, or the stopped one with its due date moved."""

    promise: PermitPromise | None = None
    opens_at: datetime | None = None


class Evaluate(PermitCommand):
    """`mentors` are those who have mentored the business in any case of it; `step` is the number of steps that the permit had had when the
    official looked at it, if known."""

    mentors: frozenset[str] = frozenset()
    step: int | None = None
    items: Items = ()


class VerifyPermitAccount(Evaluate):
    """`promise` is that of the evaluation."""

    promise: PermitPromise | None = None


class ReturnPermit(Evaluate):
    pass


class FindFit(Evaluate):
    """`promise` is that of the issue; `missing` is what the rules ask of what the business makes now and is not there."""

    promise: PermitPromise | None = None
    missing: tuple[str, ...] = ()


class IssuePermit(Evaluate):
    """Sign for the certificate."""

    certificate: PermitCertificate


class ReportLatePermit(PermitCommand):
    clock: PermitClock
    since: datetime
    due: datetime
    reported_late: bool = False


class OverCertificate(PermitCommand):
    """A command about a certificate that was issued, also after the mentoring has ended."""


class RevokeStep(OverCertificate):
    """`mentors` and `step` are those of the other decisions about a permit."""

    mentors: frozenset[str] = frozenset()
    step: int | None = None
    items: Items = ()


class ProposeRevocation(RevokeStep):
    reason: str


class DropRevocation(RevokeStep):
    pass


class AnnounceRevocation(RevokeStep):
    """Decide for it. `objection_until` is when it takes effect; None where the office has decided no time for objections: then at once."""

    objection_until: datetime | None
    rules: Pin


class ObjectToRevocation(OverCertificate):
    items: Items = ()


class ConfirmRevocation(RevokeStep):
    """Decide against an objection."""


class TakeRevocationEffect(OverCertificate):
    """The timer of the time for objections: until when says which."""

    objection_until: datetime


class RemindOfRenewal(OverCertificate):
    number: str


class ExpirePermit(OverCertificate):
    """`day` is today at the office."""

    number: str
    day: date


ApplicationCommands = (
    ApplyForPermit | VerifyPermitAccount | ReturnPermit | FindFit | IssuePermit | ReportLatePermit
)
CertificateCommands = (
    ProposeRevocation
    | DropRevocation
    | AnnounceRevocation
    | ObjectToRevocation
    | ConfirmRevocation
    | TakeRevocationEffect
    | RemindOfRenewal
    | ExpirePermit
)
PermitCommands = ApplicationCommands | CertificateCommands
CHECKERS = officials(*CHECKING)
SIGNERS = officials(*SIGNING)
OWN_TIMERS = services("umkm")
PARTIES: Parties = {
    ApplyForPermit: CITIZENS | officials(*MENTORING),
    VerifyPermitAccount: CHECKERS,
    ReturnPermit: CHECKERS | SIGNERS,
    FindFit: officials(*EVALUATING),
    IssuePermit: SIGNERS,
    ReportLatePermit: OWN_TIMERS,
    ProposeRevocation: CHECKERS,
    DropRevocation: SIGNERS,
    AnnounceRevocation: SIGNERS,
    ObjectToRevocation: CITIZENS,
    ConfirmRevocation: SIGNERS,
    TakeRevocationEffect: OWN_TIMERS,
    RemindOfRenewal: OWN_TIMERS,
    ExpirePermit: OWN_TIMERS,
}


class PermitApplied(MentoringEvent):
    """`renews` is the number of the certificate that another one is asked for; `promise` is not in events from before there were any."""

    rules: MentoringPin
    promise: PermitPromise | None = None
    renews: str | None = None


class PermitAccountVerified(MentoringEvent):
    promise: PermitPromise | None = None


class PermitReturned(MentoringEvent):
    items: Items


class PermitFoundFit(MentoringEvent):
    items: Items
    promise: PermitPromise | None = None


class PermitIssued(MentoringEvent):
    """Without a certificate it is from before this house issued any."""

    items: Items
    certificate: PermitCertificate | None = None


class RevocationProposed(MentoringEvent):
    number: str
    reason: str
    items: Items


class RevocationDropped(MentoringEvent):
    number: str
    items: Items


class RevocationAnnounced(MentoringEvent):
    number: str
    reason: str
    objection_until: datetime | None
    rules: Pin
    items: Items


class RevocationContested(MentoringEvent):
    number: str
    items: Items


class PermitRevoked(MentoringEvent):
    number: str
    reason: str
    items: Items = ()


class PermitRenewalDue(MentoringEvent):
    number: str
    valid_until: date


class PermitExpired(MentoringEvent):
    number: str
    valid_until: date


ApplicationEvents = PermitApplied | PermitAccountVerified | PermitReturned | PermitFoundFit | PermitIssued
CertificateEvents = (
    RevocationProposed
    | RevocationDropped
    | RevocationAnnounced
    | RevocationContested
    | PermitRevoked
    | PermitRenewalDue
    | PermitExpired
)
PermitEvents = ApplicationEvents | CertificateEvents


def is_decision(event: object) -> bool:
    """Tell whether an official had a permit in their hands, who never mentors its business after that."""
    return (
        isinstance(event, PermitEvents)
        and not isinstance(event, PermitApplied)
        and event.by.role.startswith("staff:")
    )
