"""The data of each message about a case: one function an event, which names each field that is disclosed."""

from collections.abc import Iterable
from typing import TypedDict

from zi_contracts import umkm as contract
from zi_contracts.intake import Channel, Holder, Language
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.case import messages, nickname
from zi_umkm.domain.case.messages import DeadlineMissed


class CaseStatus(TypedDict):
    """The fields of every message about the status of a case, so that its readers need no state of cases."""

    state: contract.MentoringState
    holder: Holder
    language: Language
    reachable_by: tuple[Channel, ...]


def mentoring_registered(
    event: messages.MentoringRegistered, status: CaseStatus
) -> contract.MentoringRegistered:
    """Name the district and counts of the business; its products stay in the store."""
    return contract.MentoringRegistered(
        **status,
        business_ref=event.business_ref,
        district=event.business.district,
        has_nib=event.business.has_nib,
        products=len(event.business.products),
    )


def business_restated(event: messages.BusinessRestated, status: CaseStatus) -> contract.BusinessRestated:
    """Name the district and counts of the business, and which products lost their numbers; the products stay in the store."""
    return contract.BusinessRestated(
        **status,
        district=event.business.district,
        has_nib=event.business.has_nib,
        products=len(event.business.products),
        unnumbered=event.unnumbered,
    )


def business_identified(
    event: messages.BusinessIdentified, status: CaseStatus
) -> contract.BusinessIdentified:
    return contract.BusinessIdentified(**status, business_ref=event.business_ref, former_ref=event.former_ref)


def business_nicknamed(event: nickname.BusinessNicknamed, status: CaseStatus) -> contract.BusinessNicknamed:
    """Disclose that it has a name, or none any more; never the name."""
    return contract.BusinessNicknamed(**status, items=event.items)


def consent_given(event: messages.ConsentGiven, status: CaseStatus) -> contract.ConsentGiven:
    return contract.ConsentGiven(**status, business_ref=event.business_ref, to=event.to)


def consent_withdrawn(event: messages.ConsentWithdrawn, status: CaseStatus) -> contract.ConsentWithdrawn:
    return contract.ConsentWithdrawn(**status, business_ref=event.business_ref, to=event.to)


def mentor_released(event: messages.MentorReleased, status: CaseStatus) -> contract.MentorReleased:
    return contract.MentorReleased(**status, mentor=event.mentor, reason=event.reason)


def mentoring_recorded(event: messages.MentoringRecorded) -> contract.MentoringRecorded:
    return contract.MentoringRecorded(mentor=event.mentor, business_ref=event.business_ref)


def document_added(event: messages.DocumentAdded, status: CaseStatus) -> contract.DocumentAdded:
    return contract.DocumentAdded(**status, document=event.document, product=event.product, items=event.items)


def products_triaged(event: messages.ProductsTriaged, status: CaseStatus) -> contract.ProductsTriaged:
    return contract.ProductsTriaged(**status, rules=event.rules, outcomes=event.outcomes)


def products_referred(event: messages.ProductsReferred, status: CaseStatus) -> contract.ProductsReferred:
    letter = event.letter
    return contract.ProductsReferred(
        **status,
        products=event.products,
        items=event.items,
        letter=letter and letter.letter,
        number=letter and letter.number,
        code_digest=letter and letter.code_digest,
        open_until=letter and letter.open_until,
    )


def business_returned(event: messages.BusinessReturned, status: CaseStatus) -> contract.BusinessReturned:
    return contract.BusinessReturned(**status, items=event.items)


def business_assessed(event: messages.BusinessAssessed, status: CaseStatus) -> contract.BusinessAssessed:
    """Count the findings; which items they are about stays in the store."""
    return contract.BusinessAssessed(
        **status,
        visit=event.visit,
        assessor=event.assessor,
        checklist=event.result.checklist,
        rating=event.result.rating,
        points=event.result.points,
        findings=len(event.result.findings),
        critical=event.result.critical,
    )


def registration_sent(event: messages.RegistrationSent, status: CaseStatus) -> contract.RegistrationSent:
    return contract.RegistrationSent(**status, product=event.product, rules=event.rules)


def registration_returned(
    event: messages.RegistrationReturned, status: CaseStatus
) -> contract.RegistrationReturned:
    return contract.RegistrationReturned(**status, product=event.product, items=event.items)


def deadline_missed(
    event: DeadlineMissed, officials: Iterable[str], status: CaseStatus
) -> contract.DeadlineMissed:
    """Name all who ever mentored or evaluated the business."""
    return contract.DeadlineMissed(
        **status,
        service="mentoring",
        clock=event.clock,
        due=event.due,
        standard=event.rules,
        officials=tuple(officials),
        reported_late=event.reported_late,
    )


def business_graduated(status: CaseStatus) -> contract.BusinessGraduated:
    return contract.BusinessGraduated(**status)


def mentoring_paused(event: messages.MentoringPaused, status: CaseStatus) -> contract.MentoringPaused:
    return contract.MentoringPaused(**status, silent_since=event.silent_since)


def mentoring_resumed(status: CaseStatus) -> contract.MentoringResumed:
    return contract.MentoringResumed(**status)


def mentoring_closed(event: messages.MentoringClosed, status: CaseStatus) -> contract.MentoringClosed:
    return contract.MentoringClosed(**status, reason=event.reason)


def action_agreed(event: actions.ActionAgreed, critical: bool, status: CaseStatus) -> contract.ActionAgreed:
    return contract.ActionAgreed(
        **status,
        item=event.item,
        critical=critical,
        due=event.due,
        promised_by=event.promised_by,
        items=event.items,
    )


def action_evidenced(
    event: actions.ActionEvidenced, critical: bool, status: CaseStatus
) -> contract.ActionEvidenced:
    return contract.ActionEvidenced(**status, item=event.item, critical=critical, items=event.items)


def action_verified(
    event: actions.ActionVerified, critical: bool, status: CaseStatus
) -> contract.ActionVerified:
    return contract.ActionVerified(
        **status,
        item=event.item,
        critical=critical,
        means=event.means,
        number=event.number,
        trip_recorded=event.trip_recorded,
        items=event.items,
    )


def action_reopened(
    event: actions.ActionReopened, critical: bool, status: CaseStatus
) -> contract.ActionReopened:
    return contract.ActionReopened(**status, item=event.item, critical=critical, items=event.items)


def action_overdue(
    event: actions.ActionOverdue, critical: bool, status: CaseStatus
) -> contract.ActionOverdue:
    return contract.ActionOverdue(**status, item=event.item, critical=critical, due=event.due)
