"""The privacy border: the message of each event, field by field; everything not named here stays in the store."""

from typing import TypedDict, assert_never, cast, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts import umkm as contract
from zi_contracts.data import Data
from zi_contracts.intake import Channel, Holder, Language
from zi_umkm.domain import corrective_action, training, visit
from zi_umkm.domain.case import decide, messages, state
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.training import Training
from zi_umkm.domain.visit import Visit

SUBJECT_OF_TRAININGS = "training"  # they are about no case


class CaseStatus(TypedDict):
    """In every status message, so that its consumers need no state of cases."""

    state: contract.MentoringState
    holder: Holder
    language: Language
    reachable_by: tuple[Channel, ...]


def publish_case(event: messages.MentoringEvents, case: MentoringCase) -> Disclosure:
    assert case.registered is not None
    status = CaseStatus(
        state=cast(contract.MentoringState, case.status.value),
        holder=case.holder,
        language=case.registered.language,
        reachable_by=case.registered.reachable_by,
    )
    return Disclosure(case.registered.ticket, _case_data(event, case, status))


def _case_data(event: messages.MentoringEvents, case: MentoringCase, status: CaseStatus) -> Data:
    if isinstance(event, messages.BusinessEvents):
        return _business_data(event, status)
    if isinstance(event, messages.ProductEvents):
        return _product_data(event, status)
    if isinstance(event, messages.PermitEvents):
        return _permit_data(event, status)
    if isinstance(event, messages.EndEvents):
        return _end_data(event, status)
    return _action_data(event, case, status)


def _business_data(event: messages.BusinessEvents, status: CaseStatus) -> Data:
    match event:
        case messages.MentoringRegistered():
            return _mentoring_registered(event, status)
        case messages.BusinessRestated():
            return _business_restated(event, status)
        case messages.BusinessIdentified(business_ref=ref, former_ref=former):
            return contract.BusinessIdentified(**status, business_ref=ref, former_ref=former)
        case messages.ConsentGiven(business_ref=ref, to=to):
            return contract.ConsentGiven(**status, business_ref=ref, to=to)
        case messages.ConsentWithdrawn(business_ref=ref, to=to):
            return contract.ConsentWithdrawn(**status, business_ref=ref, to=to)
        case messages.MentoringRecorded(mentor=mentor, business_ref=ref):
            return contract.MentoringRecorded(mentor=mentor, business_ref=ref)
        case messages.DocumentAdded(document=document, product=product, items=items):
            return contract.DocumentAdded(**status, document=document, product=product, items=items)
        case messages.LabelChecked(product=product, parts=parts):
            return contract.LabelChecked(**status, product=product, parts=parts)
        case _:
            assert_never(event)


def _mentoring_registered(event: messages.MentoringRegistered, status: CaseStatus) -> Data:
    """Publish the district and counts of the business; its products stay in the store."""
    return contract.MentoringRegistered(
        **status,
        business_ref=event.business_ref,
        district=event.business.district,
        has_nib=event.business.has_nib,
        products=len(event.business.products),
    )


def _business_restated(event: messages.BusinessRestated, status: CaseStatus) -> Data:
    """Publish the district and counts of the business; its products stay in the store."""
    return contract.BusinessRestated(
        **status,
        district=event.business.district,
        has_nib=event.business.has_nib,
        products=len(event.business.products),
    )


def _product_data(event: messages.ProductEvents, status: CaseStatus) -> Data:
    match event:
        case messages.ProductsTriaged(rules=rules, outcomes=outcomes):
            return contract.ProductsTriaged(**status, rules=rules, outcomes=outcomes)
        case messages.ProductsReferred(products=products, items=items):
            return contract.ProductsReferred(**status, products=products, items=items)
        case messages.BusinessReturned(items=items):
            return contract.BusinessReturned(**status, items=items)
        case messages.BusinessAssessed():
            return _business_assessed(event, status)
        case messages.RegistrationSent(product=product, rules=rules):
            return contract.RegistrationSent(**status, product=product, rules=rules)
        case messages.RegistrationReturned(product=product, items=items):
            return contract.RegistrationReturned(**status, product=product, items=items)
        case messages.NumberObtained(product=product, number=number, numbers=numbers):
            return contract.NumberObtained(**status, product=product, number=number, numbers=numbers)
        case _:
            assert_never(event)


def _business_assessed(event: messages.BusinessAssessed, status: CaseStatus) -> Data:
    """Publish the number of findings; their items stay in the store."""
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


def _permit_data(event: messages.PermitEvents, status: CaseStatus) -> Data:
    match event:
        case messages.PermitApplied(rules=rules):
            return contract.PermitApplied(**status, rules=rules)
        case messages.PermitReturned(items=items):
            return contract.PermitReturned(**status, items=items)
        case messages.PermitIssued(items=items):
            return contract.PermitIssued(**status, items=items)
        case _:
            assert_never(event)


def _end_data(event: messages.EndEvents, status: CaseStatus) -> Data:
    match event:
        case messages.BusinessGraduated():
            return contract.BusinessGraduated(**status)
        case messages.MentoringPaused(silent_since=since):
            return contract.MentoringPaused(**status, silent_since=since)
        case messages.MentoringResumed():
            return contract.MentoringResumed(**status)
        case messages.MentoringClosed(reason=reason):
            return contract.MentoringClosed(**status, reason=reason)
        case _:
            assert_never(event)


def _action_data(event: corrective_action.ActionEvents, case: MentoringCase, status: CaseStatus) -> Data:
    critical = case.finding(event.item).critical
    match event:
        case corrective_action.ActionAgreed():
            return contract.ActionAgreed(
                **status,
                item=event.item,
                critical=critical,
                due=event.due,
                promised_by=event.promised_by,
                items=event.items,
            )
        case corrective_action.ActionEvidenced(item=item, items=items):
            return contract.ActionEvidenced(**status, item=item, critical=critical, items=items)
        case corrective_action.ActionVerified(item=item):
            return contract.ActionVerified(**status, item=item, critical=critical)
        case corrective_action.ActionReopened(item=item, items=items):
            return contract.ActionReopened(**status, item=item, critical=critical, items=items)
        case corrective_action.ActionOverdue(item=item, due=due):
            return contract.ActionOverdue(**status, item=item, critical=critical, due=due)
        case _:
            assert_never(event)


def publish_visit(event: visit.VisitEvents, state: Visit) -> Disclosure:
    assert state.begun is not None
    return Disclosure(state.begun.ticket, _visit_data(event, state, state.begun))


def _visit_data(event: visit.VisitEvents, state: Visit, begun: visit.VisitBegun) -> Data:
    match event:
        case visit.VisitBegun():
            return contract.VisitBegun(
                visit=begun.visit, case=event.case, assessor=event.assessor, checklist=event.checklist
            )
        case visit.ItemAnswered():
            return _item_answered(event, state, begun)
        case visit.AnswersSettled(item=item, answer=answer, over=over):
            return contract.AnswersSettled(visit=begun.visit, item=item, answer=answer, over=over)
        case visit.PhotoAdded():
            return contract.PhotoAdded(
                visit=begun.visit,
                photo=event.photo,
                item=event.item,
                claimed_at=event.claimed_at,
                file=event.file,
            )
        case visit.VisitSigned():
            return contract.VisitSigned(
                visit=begun.visit,
                side=event.side,
                answers=event.answers,
                claimed_at=event.claimed_at,
                file=event.file,
            )
        case visit.VisitFinished():
            return _visit_finished(event, begun)
        case _:
            assert_never(event)


def _item_answered(event: visit.ItemAnswered, state: Visit, begun: visit.VisitBegun) -> Data:
    """Publish that an item was answered; the answer stays in the store. `standing` counts the answers that hold."""
    return contract.ItemAnswered(
        visit=begun.visit,
        answer=event.answer,
        item=event.item,
        replaces=event.replaces,
        standing=len(state.standing.get(event.item, ())),
        claimed_at=event.claimed_at,
        items=event.items,
    )


def _visit_finished(event: visit.VisitFinished, begun: visit.VisitBegun) -> Data:
    """Publish the number of findings; their items stay in the store."""
    return contract.VisitFinished(
        visit=begun.visit,
        checklist=event.result.checklist,
        rating=event.result.rating,
        points=event.result.points,
        findings=len(event.result.findings),
        critical=event.result.critical,
        unsigned=event.unsigned,
    )


def publish_training(event: training.TrainingEvents, _: Training) -> Disclosure:
    return Disclosure(SUBJECT_OF_TRAININGS, _training_data(event))


def _training_data(event: training.TrainingEvents) -> Data:
    match event:
        case training.TrainingPlanned():
            return contract.TrainingPlanned(
                district=event.district, topic=event.topic, begins=event.begins, places=event.places
            )
        case training.ParticipantEnrolled(case=id):
            return contract.ParticipantEnrolled(case=id)
        case training.AttendanceRecorded(case=id, before=before, after=after):
            return contract.AttendanceRecorded(case=id, before=before, after=after)
        case training.TrainingHeld():
            return contract.TrainingHeld(
                enrolled=event.enrolled, attended=event.attended, before=event.before, after=event.after
            )
        case _:
            assert_never(event)


cases: Decider[MentoringCase] = Decider(
    name="case",
    initial=state.initial,
    decide=decide.decide,
    evolve=state.evolve,
    events=get_args(messages.MentoringEvents),
    publish=publish_case,
)
visits: Decider[Visit] = Decider(
    name="visit",
    initial=visit.initial,
    decide=visit.decide,
    evolve=visit.evolve,
    events=get_args(visit.VisitEvents),
    publish=publish_visit,
)
trainings: Decider[Training] = Decider(
    name="training",
    initial=training.initial,
    decide=training.decide,
    evolve=training.evolve,
    events=get_args(training.TrainingEvents),
    publish=publish_training,
)
DECIDERS = (cases, visits, trainings)
