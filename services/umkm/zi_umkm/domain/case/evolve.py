"""Evolve a case by its events; what was stored years ago is read too, so nothing is refused here. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from zi_umkm.domain import corrective_action
from zi_umkm.domain.business import BusinessProfile, Triaged, on_track
from zi_umkm.domain.case import numbers as recorded
from zi_umkm.domain.case.label_checks import LabelEvents, evolve_labels
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
    MentoringClosed,
    MentoringEvents,
    MentoringPaused,
    MentoringRecorded,
    MentoringRegistered,
    MentoringResumed,
    MentorReleased,
    ProductsReferred,
    ProductsTriaged,
    RegistrationReturned,
    RegistrationSent,
)
from zi_umkm.domain.case.nickname import BusinessNicknamed, NicknameRemoved
from zi_umkm.domain.case.numbers import NumberEvents
from zi_umkm.domain.case.permit import PermitEvents, PermitIssued
from zi_umkm.domain.case.permit_state import MOVED_BY, WITHOUT_PERMIT
from zi_umkm.domain.case.referral import ReferralEvents
from zi_umkm.domain.case.referral_state import begun, evolve_referral
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.case.state_questions import StateQuestionEvents, evolve_questions
from zi_umkm.domain.case.status import AROUND_REFERRAL, BEFORE_ASSESSMENT, BEFORE_PERMIT, MentoringStatus
from zi_umkm.domain.case.trip_visits import TripVisitEvents, VisitCalledOff
from zi_umkm.domain.corrective_action import ActionEvents, TrackedFindings

# What says nothing to a business or of it: a silence goes on.
NO_WORD = (ConsentEvent, VisitCalledOff)


def evolve(case: MentoringCase, event: MentoringEvents) -> MentoringCase:
    if event.request is not None:
        case = replace(case, requests=case.requests | {event.request})
    if not event.by.role.startswith("system:") and not isinstance(event, NO_WORD):
        case = replace(case, heard_at=event.by.at)
    if isinstance(event, corrective_action.ActionEvent):
        return _acted(case, event)
    if isinstance(event, BusinessEvents):
        return _evolve_business(case, event)
    if isinstance(event, NumberEvents):
        return _evolve_numbers(case, event)
    if isinstance(event, LabelEvents):
        return replace(case, label_checks=evolve_labels(case.label_checks, event))
    if isinstance(event, StateQuestionEvents):
        return replace(case, state_questions=evolve_questions(case.state_questions, event))
    if isinstance(event, TripVisitEvents):
        return case
    if isinstance(event, ReferralEvents):
        return replace(case, referrals=(*case.referrals[:-1], evolve_referral(case.referrals[-1], event)))
    if isinstance(event, PermitEvents):
        return _evolve_permit(replace(case, permit=case.permit.after(event)), event)
    return _evolve_course(case, event)


def _evolve_business(case: MentoringCase, event: BusinessEvents) -> MentoringCase:
    match event:
        case MentoringRegistered():
            begun = replace(case, registered=event, business=event.business, heard_at=event.by.at)
            begun = replace(begun, last_product=_last_product(case, event.business))
            return replace(begun, status=MentoringStatus.REGISTERED, business_ref=event.business_ref)
        case BusinessRestated(business=business):
            reopens = case.permit.is_found_fit and not business.makes_the_same_as(case.business)
            file = case.permit.reopened() if reopens else case.permit.with_news()
            return _restated(replace(case, permit=file), event)
        case BusinessIdentified():
            return _identified(case, event.business_ref)
        case BusinessNicknamed(items=items):
            return replace(case, has_nickname=bool(items))
        case NicknameRemoved():
            return replace(case, has_nickname=False)
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
            documents = case.documents | {(event.product, event.document)}
            return replace(case, documents=documents, permit=case.permit.with_news())
        case _:
            assert_never(event)


def _evolve_course(case: MentoringCase, event: CourseEvents) -> MentoringCase:
    match event:
        case ProductsTriaged():
            decided_by = replace(case, rules=event.rules, permit=case.permit.with_news())
            return _triaged(decided_by, event.outcomes)
        case ProductsReferred():
            return _referred(case, event)
        case BusinessReturned():
            return _returned(case)
        case BusinessAssessed():
            return _assessed(replace(case, permit=case.permit.with_news()), event)
        case RegistrationSent():
            return _registering(replace(case, sent=case.sent | {event.product}))
        case RegistrationReturned():
            return _registering(replace(case, sent=case.sent - {event.product}))
        case DeadlineMissed(clock="last_visit"):
            return replace(case, late_since=event.since)
        case DeadlineMissed():
            return replace(case, permit=case.permit.after_missing(event.clock, event.since))
        case BusinessGraduated():
            return replace(case, status=MentoringStatus.GRADUATED)
        case MentoringPaused():
            return replace(case, status=MentoringStatus.DORMANT, slept=case.status)
        case MentoringResumed():
            return replace(case, status=case.slept)
        case MentoringClosed():
            closed = replace(case, status=MentoringStatus.CLOSED, permit=case.permit.ended())
            return _visit_ended(closed, event.by.at)
        case _:
            assert_never(event)


def _referred(case: MentoringCase, event: ProductsReferred) -> MentoringCase:
    letters = () if event.letter is None else (begun(event.letter, event.products),)
    referred = replace(
        case, referred=case.referred | set(event.products), referrals=(*case.referrals, *letters)
    )
    return referred if on_track(case.triaged, "md") else replace(referred, status=MentoringStatus.REFERRED)


def _returned(case: MentoringCase) -> MentoringCase:
    """Decide anew about what came back; what has its number stays registered there."""
    back = case.at_health_office
    triaged = tuple(product for product in case.triaged if product.product not in back)
    status = MentoringStatus.REGISTERED if case.status is MentoringStatus.REFERRED else case.status
    return _settled(replace(case, triaged=triaged, referred=case.referred - back, status=status))


def _evolve_permit(case: MentoringCase, event: PermitEvents) -> MentoringCase:
    """Move a case before its permit; one that renews a permit stays where it is."""
    if isinstance(event, PermitIssued):
        case = replace(case, permitted=frozenset((each.product, each.risk) for each in case.triaged))
    moved = MOVED_BY.get(type(event)) if case.status in WITHOUT_PERMIT else None
    return case if moved is None else _settled(replace(case, status=moved))


def _evolve_numbers(case: MentoringCase, event: NumberEvents) -> MentoringCase:
    match event:
        case recorded.NumberObtained():
            return _number_obtained(case, event)
        case recorded.ReferredNumberObtained():
            numbers = case.referred_numbers | {event.product: event.number}
            refuted = recorded.without(case.refuted, event.product)
            return _after_referral(replace(case, referred_numbers=numbers, refuted=refuted))
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
    refuted = case.refuted | {event.product: event.number}
    left = replace(case, confirmed=case.confirmed - {event.product}, refuted=refuted)
    if event.product in case.referred_numbers:
        referred_numbers = recorded.without(case.referred_numbers, event.product)
        return _going_on(case, _after_referral(replace(_reopened(left), referred_numbers=referred_numbers)))
    numbers, sent = recorded.without(case.numbers, event.product), case.sent | {event.product}
    obtained_at = case.obtained_at if numbers else None
    return _going_on(case, _registering(replace(left, numbers=numbers, sent=sent, obtained_at=obtained_at)))


def _reopened(case: MentoringCase) -> MentoringCase:
    has_graduated = case.status is MentoringStatus.GRADUATED
    return replace(case, status=MentoringStatus.NUMBER_OBTAINED) if has_graduated else case


def _going_on(before: MentoringCase, after: MentoringCase) -> MentoringCase:
    """Return what a refuted number leaves: a graduated business goes on with its registration, a closed case stays closed."""
    return replace(after, status=before.status) if before.status is MentoringStatus.CLOSED else after


def _after_referral(case: MentoringCase) -> MentoringCase:
    """Compute the status of a case of which BPOM registers nothing, by what the health office did with its products."""
    if case.status not in AROUND_REFERRAL or case.numbers or case.sent:
        return case
    to_refer = frozenset(on_track(case.triaged, "pirt"))
    whole = case.products <= {each.product for each in case.triaged} and not on_track(case.triaged, "md")
    registered = to_refer <= case.referred_numbers.keys()
    if whole and to_refer and (registered or to_refer <= case.referred):
        reached = MentoringStatus.NUMBER_OBTAINED if registered else MentoringStatus.REFERRED
        return replace(case, status=reached)
    waits = case.status is MentoringStatus.REFERRED and case.at_health_office
    return case if waits else _before_assessment(case)


def _number_obtained(case: MentoringCase, event: recorded.NumberObtained) -> MentoringCase:
    """Take it in place of the one that the health office gave to the product, and of what was confirmed of that."""
    numbers, here = case.numbers | {event.product: event.number}, {event.product}
    referred_numbers = recorded.without(case.referred_numbers, event.product)
    left = replace(
        case, referred=case.referred - here, referred_numbers=referred_numbers, sent=case.sent - here
    )
    promised = replace(left, confirmed=case.confirmed - here, obtained_at=event.by.at, visit_ended_at=None)
    refuted = recorded.without(case.refuted, event.product)
    return _registering(replace(promised, numbers=numbers, refuted=refuted, is_checked=False))


def _visit_ended(case: MentoringCase, at: datetime) -> MentoringCase:
    return case if case.visit_ended_at is not None else replace(case, visit_ended_at=at)


def _identified(case: MentoringCase, business_ref: str) -> MentoringCase:
    assert case.business is not None
    business = case.business.model_copy(update={"has_nib": True})
    return replace(case, business_ref=business_ref, business=business, business_number="unchecked")


def _restated(case: MentoringCase, event: BusinessRestated) -> MentoringCase:
    """Keep the decisions about products that did not change; the permit stays when BPOM's last number goes. A changed product is sent
    anew, with what its new properties ask for."""
    business, gone, same = event.business, event.unnumbered, event.business.unchanged_since(case.business)
    triaged = tuple(each for each in case.triaged if each.product in same)
    referred, sent, last = case.referred & same, case.sent & same, _last_product(case, business)
    restated = replace(
        _without_former_papers(case, business), business=business, last_product=last, triaged=triaged
    )
    refuted = {product: number for product, number in case.refuted.items() if product in same}
    restated = replace(restated, referred=referred, sent=sent, refuted=refuted)
    numbers, referred_numbers = (
        recorded.without(each, *gone) for each in (case.numbers, case.referred_numbers)
    )
    left = replace(
        restated,
        numbers=numbers,
        referred_numbers=referred_numbers,
        confirmed=case.confirmed.difference(gone),
    )
    settled = _settled(left)
    if settled.status is MentoringStatus.REGISTRATION:
        settled = _registering(settled)
    if numbers or not case.numbers:
        return settled
    registered = settled.status is MentoringStatus.NUMBER_OBTAINED
    return _visit_ended(settled if registered else _registering(left), event.by.at)


def _without_former_papers(case: MentoringCase, business: BusinessProfile) -> MentoringCase:
    """Return the case in which papers and looks at the label of a product that is of another kind now prove nothing of it."""
    remade = business.remade_since(case.business)
    documents = frozenset(each for each in case.documents if each[0] not in remade)
    checks = tuple(
        replace(each, is_of_former=True) if each.checked.product in remade else each
        for each in case.label_checks
    )
    return replace(case, documents=documents, label_checks=checks)


def _last_product(case: MentoringCase, business: BusinessProfile) -> int:
    return max(case.last_product, *(each.number for each in business.products), 0)


def _triaged(case: MentoringCase, outcomes: Triaged) -> MentoringCase:
    anew = {each.product for each in outcomes}
    before = tuple(each for each in case.triaged if each.product not in anew)
    return _settled(replace(case, triaged=(*before, *outcomes)))


def _assessed(case: MentoringCase, event: BusinessAssessed) -> MentoringCase:
    if event.is_repeated:
        return _assessed_by_more(case, event)
    self_found = event.assessor == "business"
    findings = corrective_action.after_assessment(case.findings, event.result.findings, event.officials)
    assessments = case.assessments | {event.visit: event}
    known = replace(
        case, findings=findings, assessments=assessments, is_checked=case.is_checked or not self_found
    )
    known = known if self_found else _visit_ended(known, event.by.at)
    return _settled(
        replace(known, status=MentoringStatus.ASSESSED) if case.status is MentoringStatus.TRIAGED else known
    )


def _assessed_by_more(case: MentoringCase, event: BusinessAssessed) -> MentoringCase:
    """Add who raised the findings of a visit; neither the findings nor the time of the visit change."""
    known, officials = case.assessments[event.visit], event.officials or frozenset()
    names = tuple(sorted(officials.union(known.assessors)))
    assessments = case.assessments | {event.visit: known.model_copy(update={"assessors": names})}
    findings = corrective_action.raised_by_more(case.findings, event.result.findings, officials)
    return replace(case, findings=findings, assessments=assessments)


def _acted(case: MentoringCase, event: ActionEvents) -> MentoringCase:
    findings = tuple(
        corrective_action.evolve(each, event) if each.item == event.item else each for each in case.findings
    )
    return _settled(replace(case, findings=findings))


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
