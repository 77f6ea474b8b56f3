"""The state of a case, as its events make it. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from zi_chassis.domain import (
    Act,
)
from zi_contracts.intake import Holder
from zi_contracts.umkm import Assessor, EndReason, MentoringPin
from zi_umkm.domain import corrective_action, errors
from zi_umkm.domain.business import BusinessProduct, BusinessProfile, Triaged, on_track
from zi_umkm.domain.case.messages import (
    BusinessAssessed,
    BusinessEvents,
    BusinessGraduated,
    BusinessIdentified,
    BusinessRestated,
    BusinessReturned,
    ConsentEvent,
    ConsentGiven,
    ConsentWithdrawn,
    CourseEvents,
    DeadlineMissed,
    DocumentAdded,
    LabelChecked,
    MentoringClosed,
    MentoringEvents,
    MentoringPaused,
    MentoringRecorded,
    MentoringRegistered,
    MentoringResumed,
    MentorReleased,
    NumberObtained,
    PermitApplied,
    PermitIssued,
    PermitReturned,
    ProductsReferred,
    ProductsTriaged,
    RegistrationReturned,
    RegistrationSent,
)
from zi_umkm.domain.corrective_action import ActionEvents, TrackedFinding, TrackedFindings


class MentoringStatus(StrEnum):
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


OVER = (MentoringStatus.GRADUATED, MentoringStatus.CLOSED)
CHOSEN_BY_NOBODY: tuple[EndReason, ...] = ("no_response", "data_erased")
BEFORE_ASSESSMENT = (MentoringStatus.REGISTERED, MentoringStatus.TRIAGED)
BEFORE_PERMIT = (MentoringStatus.ASSESSED, MentoringStatus.CORRECTING, MentoringStatus.CORRECTED)
OFFICE_HOLDS = (
    *BEFORE_ASSESSMENT,
    MentoringStatus.PERMIT_APPLIED,
    MentoringStatus.REGISTRATION,
    MentoringStatus.NUMBER_OBTAINED,
)


@dataclass(frozen=True)
class MentoringCase:
    """`last_product` is the highest number that a product ever had; `mentors` in the order of their coming; `rules` are those of the
    last triage; `sent` are products in registration; `heard_at` is when a person last did something. The last visit is promised from
    `obtained_at` on, until it was made or nobody waits for it any more; `late_since` is the promise whose breach is recorded."""

    status: MentoringStatus = MentoringStatus.UNKNOWN
    registered: MentoringRegistered | None = None
    business: BusinessProfile | None = None
    business_ref: str = ""
    last_product: int = 0
    consents: frozenset[str] = frozenset()
    rules: MentoringPin | None = None
    mentors: tuple[str, ...] = ()
    former_mentors: frozenset[str] = frozenset()
    evaluators: frozenset[str] = frozenset()
    triaged: Triaged = ()
    referred: frozenset[int] = frozenset()
    documents: frozenset[tuple[int | None, str]] = frozenset()
    labels: dict[int, tuple[str, ...]] = field(default_factory=dict)
    assessments: dict[UUID, BusinessAssessed] = field(default_factory=dict)
    findings: TrackedFindings = ()
    sent: frozenset[int] = frozenset()
    numbers: dict[int, str] = field(default_factory=dict)
    is_checked: bool = False
    obtained_at: datetime | None = None
    visit_ended_at: datetime | None = None
    late_since: datetime | None = None
    slept: MentoringStatus = MentoringStatus.UNKNOWN
    heard_at: datetime | None = None
    requests: frozenset[UUID] = frozenset()

    @property
    def holder(self) -> Holder:
        """The side that must act next; a business is never silent while the office holds its case."""
        return "office" if self.status in OFFICE_HOLDS or self._waits_for_verification else "citizen"

    @property
    def _waits_for_verification(self) -> bool:
        under_way = [each for each in self.findings if each.is_under_way]
        evidenced = all(each.progress is corrective_action.Progress.EVIDENCED for each in under_way)
        return self.status is MentoringStatus.CORRECTING and evidenced

    @property
    def products(self) -> frozenset[int]:
        return frozenset(each.number for each in self.business.products) if self.business else frozenset()

    @property
    def blocking(self) -> tuple[str, ...]:
        """Items with an open critical finding."""
        return tuple(each.item for each in self.findings if each.is_blocking)

    @property
    def verified(self) -> tuple[str, ...]:
        """Items that were put right since they were assessed."""
        return tuple(each.item for each in self.findings if not each.is_open)

    @property
    def last_assessment(self) -> BusinessAssessed | None:
        """The last assessment by an official."""
        return self._last("official")

    @property
    def last_self_assessment(self) -> BusinessAssessed | None:
        return self._last("business")

    def _last(self, assessor: Assessor) -> BusinessAssessed | None:
        theirs = [each for each in self.assessments.values() if each.assessor == assessor]
        return max(theirs, key=lambda each: each.by.at, default=None)

    def finding(self, item: str) -> TrackedFinding:
        for each in self.findings:
            if each.item == item:
                return each
        raise errors.NoSuchFindingError

    def stated(self, product: int) -> BusinessProduct:
        for each in self.business.products if self.business else ():
            if each.number == product:
                return each
        raise errors.UnknownProductError

    def present(self, product: int) -> frozenset[str]:
        """Codes of the requirements that are met for a product."""
        documents = {document for of, document in self.documents if of in (None, product)}
        facts = {
            "nib": bool(self.business and self.business.has_nib),
            "kbli": bool(self.business and self.business.kbli),
            "self_assessment": self.last_self_assessment is not None,
        }
        labels = self.labels.get(product, ())
        return frozenset(documents.union(labels, (code for code, holds in facts.items() if holds)))


initial = MentoringCase()


def evolve(case: MentoringCase, event: MentoringEvents) -> MentoringCase:
    if event.request is not None:
        case = replace(case, requests=case.requests | {event.request})
    if not event.by.role.startswith("system:") and not isinstance(event, ConsentEvent):
        case = replace(case, heard_at=event.by.at)
    if isinstance(event, corrective_action.ActionEvent):
        return _acted(case, event)
    if isinstance(event, BusinessEvents):
        return _evolve_business(case, event)
    return _evolve_course(case, event)


def _evolve_business(case: MentoringCase, event: BusinessEvents) -> MentoringCase:
    match event:
        case MentoringRegistered():
            begun = replace(case, registered=event, business=event.business, heard_at=event.by.at)
            begun = replace(begun, last_product=_last_product(case, event.business))
            return replace(begun, status=MentoringStatus.REGISTERED, business_ref=event.business_ref)
        case BusinessRestated():
            return _restated(case, event.business)
        case BusinessIdentified():
            return _identified(case, event.business_ref)
        case ConsentGiven():
            return replace(case, consents=case.consents | {event.to})
        case ConsentWithdrawn():
            return replace(case, consents=case.consents - {event.to})
        case MentorReleased():
            left = tuple(mentor for mentor in case.mentors if mentor != event.mentor)
            return replace(case, mentors=left, former_mentors=case.former_mentors | {event.mentor})
        case MentoringRecorded():
            others = tuple(mentor for mentor in case.mentors if mentor != event.mentor)
            return replace(case, mentors=(*others, event.mentor))
        case DocumentAdded():
            return replace(case, documents=case.documents | {(event.product, event.document)})
        case LabelChecked():
            return replace(case, labels=case.labels | {event.product: event.parts})
        case _:
            assert_never(event)


def _evolve_course(case: MentoringCase, event: CourseEvents) -> MentoringCase:
    match event:
        case ProductsTriaged():
            return _triaged(replace(case, rules=event.rules), event.outcomes)
        case ProductsReferred():
            return _referred(case, event)
        case BusinessReturned():
            return _returned(case)
        case BusinessAssessed():
            return _assessed(case, event)
        case PermitApplied():
            return replace(case, status=MentoringStatus.PERMIT_APPLIED)
        case PermitReturned():
            return _settled(replace(_evaluated(case, event.by), status=MentoringStatus.ASSESSED))
        case PermitIssued():
            return replace(_evaluated(case, event.by), status=MentoringStatus.PERMIT_ISSUED)
        case RegistrationSent():
            return _registering(replace(case, sent=case.sent | {event.product}))
        case RegistrationReturned():
            return _registering(replace(case, sent=case.sent - {event.product}))
        case NumberObtained():
            return _number_obtained(case, event)
        case DeadlineMissed():
            return replace(case, late_since=event.since)
        case BusinessGraduated():
            return replace(case, status=MentoringStatus.GRADUATED)
        case MentoringPaused():
            return replace(case, status=MentoringStatus.DORMANT, slept=case.status)
        case MentoringResumed():
            return replace(case, status=case.slept)
        case MentoringClosed():
            return _visit_ended(replace(case, status=MentoringStatus.CLOSED), event.by.at)
        case _:
            assert_never(event)


def _referred(case: MentoringCase, event: ProductsReferred) -> MentoringCase:
    referred = replace(case, referred=case.referred | set(event.products))
    return referred if on_track(case.triaged, "md") else replace(referred, status=MentoringStatus.REFERRED)


def _returned(case: MentoringCase) -> MentoringCase:
    triaged = tuple(product for product in case.triaged if product.product not in case.referred)
    return _settled(replace(case, triaged=triaged, referred=frozenset(), status=_awake(case)))


def _number_obtained(case: MentoringCase, event: NumberObtained) -> MentoringCase:
    numbers = case.numbers | {event.product: event.number}
    left = case.sent - {event.product}
    promised = replace(case, obtained_at=event.by.at, visit_ended_at=None)
    return _registering(replace(promised, numbers=numbers, sent=left, is_checked=False))


def _visit_ended(case: MentoringCase, at: datetime) -> MentoringCase:
    return case if case.visit_ended_at is not None else replace(case, visit_ended_at=at)


def _identified(case: MentoringCase, business_ref: str) -> MentoringCase:
    assert case.business is not None
    business = case.business.model_copy(update={"has_nib": True})
    return replace(case, business_ref=business_ref, business=business)


def _restated(case: MentoringCase, business: BusinessProfile) -> MentoringCase:
    """Keep the decisions about products that did not change; a new name alone changes no product."""
    before = {each.outline for each in case.business.products} if case.business else set()
    numbers = {each.number for each in business.products if each.outline in before}
    triaged = tuple(each for each in case.triaged if each.product in numbers)
    referred = case.referred & numbers
    last = _last_product(case, business)
    restated = replace(case, business=business, last_product=last, triaged=triaged, referred=referred)
    return _settled(restated)


def _last_product(case: MentoringCase, business: BusinessProfile) -> int:
    return max(case.last_product, *(each.number for each in business.products), 0)


def _triaged(case: MentoringCase, outcomes: Triaged) -> MentoringCase:
    anew = {each.product for each in outcomes}
    before = tuple(each for each in case.triaged if each.product not in anew)
    return _settled(replace(case, triaged=(*before, *outcomes)))


def _assessed(case: MentoringCase, event: BusinessAssessed) -> MentoringCase:
    self_found = event.assessor == "business"
    findings = corrective_action.after_assessment(case.findings, event.result.findings, self_found=self_found)
    assessments = case.assessments | {event.visit: event}
    known = replace(
        case, findings=findings, assessments=assessments, is_checked=case.is_checked or not self_found
    )
    known = known if self_found else _visit_ended(known, event.by.at)
    return _settled(
        replace(known, status=MentoringStatus.ASSESSED) if case.status is MentoringStatus.TRIAGED else known
    )


def _acted(case: MentoringCase, event: ActionEvents) -> MentoringCase:
    findings = tuple(
        corrective_action.evolve(each, event) if each.item == event.item else each for each in case.findings
    )
    return _settled(replace(case, findings=findings))


def _evaluated(case: MentoringCase, by: Act) -> MentoringCase:
    return replace(case, evaluators=case.evaluators | {by.actor})


def _awake(case: MentoringCase) -> MentoringStatus:
    return MentoringStatus.REGISTERED if case.status is MentoringStatus.REFERRED else case.status


def _settled(case: MentoringCase) -> MentoringCase:
    """Compute the status of a case before it applies for its permit."""
    if case.status in BEFORE_ASSESSMENT:
        triaged = {each.product for each in case.triaged}
        whole = bool(case.products) and case.products <= triaged
        return replace(case, status=MentoringStatus.TRIAGED if whole else MentoringStatus.REGISTERED)
    if case.status in BEFORE_PERMIT:
        return replace(case, status=_correction(case.findings))
    return case


def _correction(findings: TrackedFindings) -> MentoringStatus:
    if any(each.is_under_way for each in findings):
        return MentoringStatus.CORRECTING
    return MentoringStatus.ASSESSED if all(each.is_open for each in findings) else MentoringStatus.CORRECTED


def _registering(case: MentoringCase) -> MentoringCase:
    if case.sent:
        return replace(case, status=MentoringStatus.REGISTRATION)
    return replace(
        case, status=MentoringStatus.NUMBER_OBTAINED if case.numbers else MentoringStatus.PERMIT_ISSUED
    )
