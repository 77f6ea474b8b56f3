"""The commands to a case and the events of one. Pure."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_chassis.domain import CITIZENS, Parties, officials, services
from zi_contracts.configuration import Pin
from zi_contracts.intake import Channel, Items, Language
from zi_contracts.umkm import Assessor, EndReason, MentoringPin, MentorReleaseReason, PermitClock
from zi_umkm.domain import corrective_action
from zi_umkm.domain.business import BusinessProfile, Result, Triaged
from zi_umkm.domain.case import (
    label_checks,
    nickname,
    numbers,
    permit,
    referral,
    state_questions,
    trip_visits,
)
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent
from zi_umkm.domain.case.label_checks import CheckLabel as CheckLabel
from zi_umkm.domain.case.label_checks import LabelActs, LabelEvents
from zi_umkm.domain.case.label_checks import LabelChecked as LabelChecked
from zi_umkm.domain.case.nickname import BusinessNicknamed, NameBusiness, NicknameRemoved, RemoveNickname
from zi_umkm.domain.case.numbers import NumberCommands, NumberEvents
from zi_umkm.domain.case.permit import PermitCommands, PermitEvents
from zi_umkm.domain.case.referral import ReferralCommands, ReferralEvents, ReferralLetter
from zi_umkm.domain.case.state_questions import (
    OpenStateQuestion,
    StateQuestionActs,
    StateQuestionEvents,
    WatchStateQuestion,
)
from zi_umkm.domain.case.trip_visits import AnnounceVisit, CallOffVisit, TripVisitEvents
from zi_umkm.domain.corrective_action import ActionCommands, ActionEvents
from zi_umkm.roles import ASSIGNING, MENTORING

# -- commands


class RegisterMentoring(MentoringCommand):
    ticket: str
    business_ref: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    business: BusinessProfile


class Restate(MentoringCommand):
    business: BusinessProfile


class Identify(MentoringCommand):
    business_ref: str


class GiveConsent(MentoringCommand):
    """`to` is the ticket of the request that may take over what the business said here."""

    to: str


class WithdrawConsent(MentoringCommand):
    to: str


class AssignMentor(MentoringCommand):
    """`evaluators` have evaluated the business in any case of it, `checkers` have checked a number of it; `interested` have a conflict of
    interest with it."""

    mentor: str
    evaluators: frozenset[str] = frozenset()
    checkers: frozenset[str] = frozenset()
    interested: frozenset[str] = frozenset()


class ReleaseMentor(MentoringCommand):
    """Take a mentor off, because their conflict of interest became known."""

    mentor: str


class TriageProducts(MentoringCommand):
    """Decide the way of the products by the rules."""

    rules: MentoringPin
    outcomes: Triaged


class Refer(MentoringCommand):
    """All that the health office registers; `items` is the note on the letter, which a referral from before sealed letters has not."""

    items: Items = ()
    letter: ReferralLetter | None = None


class Return(MentoringCommand):
    items: Items = ()


class AddDocument(MentoringCommand):
    """Without a product it is the business's."""

    document: str
    product: int | None = None
    items: Items


class Assess(MentoringCommand):
    """Record the result of a finished visit; `assessors` are the officials who answered in it or settled answers, whoever finishes it."""

    visit: UUID
    assessor: Assessor
    result: Result
    assessors: tuple[str, ...] = ()


class SendRegistration(MentoringCommand):
    """`missing` is what the rules say is not there, of the case as it is now."""

    rules: MentoringPin
    missing: tuple[str, ...]
    product: int


class ReturnRegistration(MentoringCommand):
    product: int
    items: Items = ()


class Graduate(MentoringCommand):
    pass


class PauseMentoring(MentoringCommand):
    """The timer of a silence: since when says which."""

    silent_since: datetime


class ResumeMentoring(MentoringCommand):
    pass


class CloseMentoring(MentoringCommand):
    reason: EndReason


class ReportLateVisit(MentoringCommand):
    since: datetime  # when the number was obtained after which the visit was promised
    due: datetime
    rules: Pin
    reported_late: bool = False


class CloseSilentMentoring(MentoringCommand):
    """The timer of a sleep: since when says which."""

    silent_since: datetime


CommandsOfOpenCase = (
    Restate
    | Identify
    | NameBusiness
    | AssignMentor
    | TriageProducts
    | Refer
    | Return
    | AddDocument
    | LabelActs
    | Assess
    | ActionCommands
    | SendRegistration
    | ReturnRegistration
    | NumberCommands
    | AnnounceVisit
    | StateQuestionActs
    | Graduate
)
MentoringCommands = (
    RegisterMentoring
    | CommandsOfOpenCase
    | PermitCommands
    | GiveConsent
    | WithdrawConsent
    | ReleaseMentor
    | PauseMentoring
    | ResumeMentoring
    | CloseMentoring
    | CloseSilentMentoring
    | ReportLateVisit
    | RemoveNickname
    | CallOffVisit
    | ReferralCommands
    | WatchStateQuestion
)
MENTORS = officials(*MENTORING)
TOGETHER = CITIZENS | MENTORS
OWN_TIMERS = services("umkm")
PARTIES: Parties = {
    RegisterMentoring: CITIZENS,
    Restate: TOGETHER,
    Identify: CITIZENS,
    **nickname.PARTIES,
    GiveConsent: CITIZENS,
    WithdrawConsent: CITIZENS,
    AssignMentor: officials(*ASSIGNING),
    ReleaseMentor: OWN_TIMERS,
    TriageProducts: MENTORS,
    Refer: MENTORS,
    Return: TOGETHER,
    AddDocument: TOGETHER,
    **label_checks.PARTIES,
    Assess: TOGETHER,
    **corrective_action.PARTIES,
    **permit.PARTIES,
    SendRegistration: TOGETHER,
    ReturnRegistration: TOGETHER,
    **numbers.PARTIES,
    **trip_visits.PARTIES,
    **referral.PARTIES,
    **state_questions.PARTIES,
    Graduate: MENTORS,
    PauseMentoring: OWN_TIMERS,
    ResumeMentoring: TOGETHER,
    CloseMentoring: TOGETHER | OWN_TIMERS,
    CloseSilentMentoring: OWN_TIMERS,
    ReportLateVisit: OWN_TIMERS,
}


# -- events


class MentoringRegistered(MentoringEvent):
    ticket: str
    business_ref: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    business: BusinessProfile


class BusinessRestated(MentoringEvent):
    """`unnumbered` are products that lose their number: they are made in another way now, or not at all. That what was found fit is
    evaluated again follows from the products; `reopens_permit` is in events of a time that said it."""

    business: BusinessProfile
    unnumbered: tuple[int, ...] = ()
    reopens_permit: bool = False


class BusinessIdentified(MentoringEvent):
    business_ref: str
    former_ref: str


class ConsentEvent(MentoringEvent):
    business_ref: str
    to: str


class ConsentGiven(ConsentEvent):
    pass


class ConsentWithdrawn(ConsentEvent):
    pass


class MentorReleased(MentoringEvent):
    """The mentor was taken off the case; that they mentored it stays true."""

    mentor: str
    reason: MentorReleaseReason


class MentoringRecorded(MentoringEvent):
    mentor: str
    business_ref: str


class ProductsTriaged(MentoringEvent):
    rules: MentoringPin
    outcomes: Triaged


class ProductsReferred(MentoringEvent):
    products: tuple[int, ...]
    items: Items
    letter: ReferralLetter | None = None


class BusinessReturned(MentoringEvent):
    items: Items


class DocumentAdded(MentoringEvent):
    document: str
    product: int | None
    items: Items


class BusinessAssessed(MentoringEvent):
    """`is_repeated`: the visit was finished with the same result before, and more officials have had a part since."""

    visit: UUID
    assessor: Assessor
    result: Result
    assessors: tuple[str, ...] = ()
    is_repeated: bool = False

    @property
    def officials(self) -> frozenset[str] | None:
        """Return who raised its findings; None where the business assessed itself."""
        return None if self.assessor == "business" else frozenset({self.by.actor, *self.assessors})

    def says_all_of(self, result: Result, assessors: tuple[str, ...]) -> bool:
        """Return whether it has the result, and names all these officials."""
        return self.result == result and (self.officials or frozenset()).issuperset(assessors)


class RegistrationSent(MentoringEvent):
    """`questions` of the state were open when the product was sent once more."""

    product: int
    rules: MentoringPin
    questions: tuple[OpenStateQuestion, ...] = ()


class RegistrationReturned(MentoringEvent):
    product: int
    items: Items


class DeadlineMissed(MentoringEvent):
    """`since` is when the clock began: the promise is known by both. Events from before permits had clocks are of the last visit."""

    since: datetime
    due: datetime
    rules: Pin
    reported_late: bool = False
    clock: Literal["last_visit"] | PermitClock = "last_visit"


class BusinessGraduated(MentoringEvent):
    pass


class MentoringPaused(MentoringEvent):
    silent_since: datetime


class MentoringResumed(MentoringEvent):
    pass


class MentoringClosed(MentoringEvent):
    reason: EndReason


# What is known of a business: itself, its papers, its mentors.
BusinessEvents = (
    MentoringRegistered
    | BusinessRestated
    | BusinessIdentified
    | BusinessNicknamed
    | NicknameRemoved
    | ConsentGiven
    | ConsentWithdrawn
    | MentoringRecorded
    | MentorReleased
    | DocumentAdded
)
ProductEvents = (
    ProductsTriaged
    | ProductsReferred
    | BusinessReturned
    | BusinessAssessed
    | RegistrationSent
    | RegistrationReturned
)
EndEvents = DeadlineMissed | BusinessGraduated | MentoringPaused | MentoringResumed | MentoringClosed
CourseEvents = ProductEvents | EndEvents
AroundEvents = (
    PermitEvents | NumberEvents | ReferralEvents | StateQuestionEvents | TripVisitEvents | LabelEvents
)
MentoringEvents = BusinessEvents | CourseEvents | AroundEvents | ActionEvents
