"""The state of a case, as its events make it. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from zi_chassis.domain import Act
from zi_contracts.intake import Holder
from zi_contracts.umkm import Assessor, MentoringPin
from zi_umkm.domain import corrective_action, errors
from zi_umkm.domain.business import BusinessProduct, BusinessProfile, Triaged, on_track
from zi_umkm.domain.case import numbers as recorded
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
    PermitApplied,
    PermitIssued,
    PermitReturned,
    ProductsReferred,
    ProductsTriaged,
    RegistrationReturned,
    RegistrationSent,
)
from zi_umkm.domain.case.numbers import NumberEvents
from zi_umkm.domain.case.status import AROUND_REFERRAL, BEFORE_ASSESSMENT, OFFICE_HOLDS
from zi_umkm.domain.case.status import BEFORE_PERMIT as BEFORE_PERMIT
from zi_umkm.domain.case.status import OVER as OVER
from zi_umkm.domain.case.status import MentoringStatus as MentoringStatus
from zi_umkm.domain.corrective_action import ActionEvents, TrackedFinding, TrackedFindings


@dataclass(frozen=True)
class MentoringCase:
    """`last_product` is the highest number that a product ever had; `mentors` in the order of their coming; `rules` are those of the
    last triage; `sent` are products in registration; `numbers` are BPOM's, `referred_numbers` the health office's; `heard_at` is when a person last did something. The last visit is promised from
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
    referred_numbers: dict[int, str] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()
    business_number: Literal["unchecked", "confirmed", "refuted"] = "unchecked"
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
    def all_numbers(self) -> dict[int, str]:
        return self.numbers | self.referred_numbers

    @property
    def unchecked_numbers(self) -> frozenset[int]:
        """Products with a number that no official has confirmed, also those that are not made any more."""
        return frozenset(self.all_numbers) - self.confirmed

    @property
    def at_health_office(self) -> frozenset[int]:
        """Products that were referred and have no number yet."""
        return self.referred.difference(self.referred_numbers)

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
            "nib": bool(self.business and self.business.has_nib) and self.business_number != "refuted",
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
    if isinstance(event, NumberEvents):
        return _evolve_numbers(case, event)
    return _evolve_course(case, event)


def _evolve_business(case: MentoringCase, event: BusinessEvents) -> MentoringCase:
    match event:
        case MentoringRegistered():
            begun = replace(case, registered=event, business=event.business, heard_at=event.by.at)
            begun = replace(begun, last_product=_last_product(case, event.business))
            return replace(begun, status=MentoringStatus.REGISTERED, business_ref=event.business_ref)
        case BusinessRestated():
            return _restated(case, event)
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
    """Decide anew about what came back; what has its number stays registered there."""
    back = case.at_health_office
    triaged = tuple(product for product in case.triaged if product.product not in back)
    status = MentoringStatus.REGISTERED if case.status is MentoringStatus.REFERRED else case.status
    return _settled(replace(case, triaged=triaged, referred=case.referred - back, status=status))


def _evolve_numbers(case: MentoringCase, event: NumberEvents) -> MentoringCase:
    match event:
        case recorded.NumberObtained():
            return _number_obtained(case, event)
        case recorded.ReferredNumberObtained():
            numbers = case.referred_numbers | {event.product: event.number}
            return _after_referral(replace(case, referred_numbers=numbers))
        case recorded.RegistrationNumberCorrected():
            return _corrected(case, event)
        case recorded.RegistrationNumberChecked():
            return _number_checked(case, event)
        case recorded.BusinessNumberChecked(outcome=outcome):
            return replace(case, business_number=outcome)
        case _:
            assert_never(event)


def _corrected(case: MentoringCase, event: recorded.RegistrationNumberCorrected) -> MentoringCase:
    changed = {event.product: event.number}
    if event.product in case.referred_numbers:
        return replace(case, referred_numbers=case.referred_numbers | changed)
    return replace(case, numbers=case.numbers | changed)


def _number_checked(case: MentoringCase, event: recorded.RegistrationNumberChecked) -> MentoringCase:
    """Take away a refuted number: BPOM's product is in registration again, the other one at the health office."""
    if event.outcome == "confirmed":
        return replace(case, confirmed=case.confirmed | {event.product})
    left = replace(case, confirmed=case.confirmed - {event.product})
    if event.product in case.referred_numbers:
        return _after_referral(
            replace(left, referred_numbers=recorded.without(case.referred_numbers, event.product))
        )
    numbers, sent = recorded.without(case.numbers, event.product), case.sent | {event.product}
    obtained_at = case.obtained_at if numbers else None
    return _registering(replace(left, numbers=numbers, sent=sent, obtained_at=obtained_at))


def _after_referral(case: MentoringCase) -> MentoringCase:
    """Compute the status of a case of which BPOM registers nothing, by what the health office did with its products."""
    if case.status not in AROUND_REFERRAL or case.numbers or case.sent:
        return case
    theirs = frozenset(on_track(case.triaged, "pirt"))
    whole = case.products <= {each.product for each in case.triaged} and not on_track(case.triaged, "md")
    registered = theirs <= case.referred_numbers.keys()
    if whole and theirs and (registered or theirs <= case.referred):
        reached = MentoringStatus.NUMBER_OBTAINED if registered else MentoringStatus.REFERRED
        return replace(case, status=reached)
    waits = case.status is MentoringStatus.REFERRED and case.at_health_office
    return case if waits else _before_assessment(case)


def _number_obtained(case: MentoringCase, event: recorded.NumberObtained) -> MentoringCase:
    """Take it in place of the one that the health office gave to the product, and of what was confirmed of that."""
    numbers, here = case.numbers | {event.product: event.number}, {event.product}
    theirs = recorded.without(case.referred_numbers, event.product)
    left = replace(case, referred=case.referred - here, referred_numbers=theirs, sent=case.sent - here)
    promised = replace(left, confirmed=case.confirmed - here, obtained_at=event.by.at, visit_ended_at=None)
    return _registering(replace(promised, numbers=numbers, is_checked=False))


def _visit_ended(case: MentoringCase, at: datetime) -> MentoringCase:
    return case if case.visit_ended_at is not None else replace(case, visit_ended_at=at)


def _identified(case: MentoringCase, business_ref: str) -> MentoringCase:
    assert case.business is not None
    business = case.business.model_copy(update={"has_nib": True})
    return replace(case, business_ref=business_ref, business=business, business_number="unchecked")


def _restated(case: MentoringCase, event: BusinessRestated) -> MentoringCase:
    """Keep the decisions about products that did not change; the permit stays when BPOM's last number goes."""
    business, gone, same = event.business, event.unnumbered, event.business.unchanged_since(case.business)
    triaged = tuple(each for each in case.triaged if each.product in same)
    referred, last = case.referred & same, _last_product(case, business)
    restated = replace(case, business=business, last_product=last, triaged=triaged, referred=referred)
    ours, theirs = (recorded.without(each, *gone) for each in (case.numbers, case.referred_numbers))
    left = replace(restated, numbers=ours, referred_numbers=theirs, confirmed=case.confirmed.difference(gone))
    settled = _settled(left)
    if ours or not case.numbers:
        return settled
    registered = settled.status is MentoringStatus.NUMBER_OBTAINED
    return _visit_ended(settled if registered else _registering(left), event.by.at)


def _last_product(case: MentoringCase, business: BusinessProfile) -> int:
    return max(case.last_product, *(each.number for each in business.products), 0)


def _triaged(case: MentoringCase, outcomes: Triaged) -> MentoringCase:
    anew = {each.product for each in outcomes}
    before = tuple(each for each in case.triaged if each.product not in anew)
    return _settled(replace(case, triaged=(*before, *outcomes)))


def _assessed(case: MentoringCase, event: BusinessAssessed) -> MentoringCase:
    self_found = event.assessor == "business"
    official = None if self_found else event.by.actor
    findings = corrective_action.after_assessment(case.findings, event.result.findings, official)
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


def _settled(case: MentoringCase) -> MentoringCase:
    """Compute the status of a case before it applies for its permit, or around a referral."""
    if case.status in BEFORE_ASSESSMENT:
        return _after_referral(_before_assessment(case))
    if case.status in BEFORE_PERMIT:
        return replace(case, status=_correction(case.findings))
    return _after_referral(case)


def _before_assessment(case: MentoringCase) -> MentoringCase:
    whole = bool(case.products) and case.products <= {each.product for each in case.triaged}
    return replace(case, status=MentoringStatus.TRIAGED if whole else MentoringStatus.REGISTERED)


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
