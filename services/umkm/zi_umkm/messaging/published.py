"""The privacy border: which message each event has; its data names every field that is disclosed, and the rest stays in the store."""

from typing import assert_never, cast, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts import umkm as contract
from zi_contracts.data import Data
from zi_umkm.domain import corrective_action, handover, training, trip, visit
from zi_umkm.domain.case import (
    decide,
    evolve,
    label_checks,
    messages,
    nickname,
    numbers,
    permit,
    referral,
    state,
    state_questions,
    trip_visits,
)
from zi_umkm.domain.case.messages import DeadlineMissed
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.handover import Handover
from zi_umkm.domain.training import Training
from zi_umkm.domain.trip import Trip
from zi_umkm.domain.visit import Visit
from zi_umkm.messaging import (
    case_data,
    handover_data,
    label_data,
    number_data,
    permit_data,
    referral_data,
    state_question_data,
    training_data,
    trip_data,
    visit_data,
)
from zi_umkm.messaging.case_data import CaseStatus
from zi_umkm.messaging.letters_data import letter_files, letter_registers

SUBJECT_OF_TRAININGS = "training"  # they are about no case
SUBJECT_OF_TRIPS = "trip"  # about several


def publish_case(event: messages.MentoringEvents, case: MentoringCase) -> Disclosure:
    """Return the subject and the data of the event's message; `case` is the state after the event."""
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
    if isinstance(event, numbers.NumberEvents):
        return _number_data(event, status)
    if isinstance(event, trip_visits.TripVisitEvents):
        return _trip_visit_data(event, status)
    if isinstance(event, label_checks.LabelEvents):
        return _label_data(event, status)
    if isinstance(event, state_questions.StateQuestionEvents):
        return _question_data(event, status)
    if isinstance(event, referral.ReferralEvents):
        return _referral_data(event, status)
    if isinstance(event, messages.ProductEvents):
        return _product_data(event, status)
    if isinstance(event, permit.PermitEvents):
        return _permit_data(event, status)
    if isinstance(event, messages.EndEvents):
        return _end_data(event, case, status)
    return _action_data(event, case.finding(event.item).critical, status)


def _business_data(event: messages.BusinessEvents, status: CaseStatus) -> Data:
    match event:
        case messages.MentoringRegistered():
            return case_data.mentoring_registered(event, status)
        case messages.BusinessRestated():
            return case_data.business_restated(event, status)
        case messages.BusinessIdentified():
            return case_data.business_identified(event, status)
        case nickname.BusinessNicknamed():
            return case_data.business_nicknamed(event, status)
        case nickname.NicknameRemoved(reason=reason):
            return contract.NicknameRemoved(**status, reason=reason)
        case messages.ConsentGiven():
            return case_data.consent_given(event, status)
        case messages.ConsentWithdrawn():
            return case_data.consent_withdrawn(event, status)
        case messages.MentoringRecorded():
            return case_data.mentoring_recorded(event)
        case messages.MentorReleased():
            return case_data.mentor_released(event, status)
        case messages.DocumentAdded():
            return case_data.document_added(event, status)
        case _:
            assert_never(event)


def _product_data(event: messages.ProductEvents, status: CaseStatus) -> Data:
    match event:
        case messages.ProductsTriaged():
            return case_data.products_triaged(event, status)
        case messages.ProductsReferred():
            return case_data.products_referred(event, status)
        case messages.BusinessReturned():
            return case_data.business_returned(event, status)
        case messages.BusinessAssessed():
            return case_data.business_assessed(event, status)
        case messages.RegistrationSent():
            return case_data.registration_sent(event, status)
        case messages.RegistrationReturned():
            return case_data.registration_returned(event, status)
        case _:
            assert_never(event)


def _number_data(event: numbers.NumberEvents, status: CaseStatus) -> Data:
    match event:
        case numbers.NumberObtained():
            return number_data.number_obtained(event, status)
        case numbers.ReferredNumberObtained():
            return number_data.referred_number_obtained(event, status)
        case numbers.RegistrationNumberCorrected():
            return number_data.registration_number_corrected(event, status)
        case numbers.RegistrationNumberChecked():
            return number_data.registration_number_checked(event, status)
        case numbers.BusinessNumberChecked():
            return number_data.business_number_checked(event, status)
        case _:
            assert_never(event)


def _trip_visit_data(event: trip_visits.TripVisitEvents, status: CaseStatus) -> Data:
    match event:
        case trip_visits.VisitAnnounced():
            return trip_data.visit_announced(event, status)
        case trip_visits.VisitCalledOff():
            return trip_data.visit_called_off(event, status)
        case _:
            assert_never(event)


def _label_data(event: label_checks.LabelEvents, status: CaseStatus) -> Data:
    match event:
        case label_checks.LabelChecked():
            return label_data.label_checked(event, status)
        case label_checks.LabelPhotoAdded():
            return label_data.label_photo_added(event, status)
        case label_checks.LabelCheckConfirmed():
            return label_data.label_check_confirmed(event, status)
        case _:
            assert_never(event)


def _question_data(event: state_questions.StateQuestionEvents, status: CaseStatus) -> Data:
    match event:
        case state_questions.StateQuestionRecorded():
            return state_question_data.state_question_recorded(event, status)
        case state_questions.StateQuestionCorrected():
            return state_question_data.state_question_corrected(event, status)
        case state_questions.StateQuestionAnswered():
            return state_question_data.state_question_answered(event, status)
        case state_questions.StateQuestionReminded():
            return state_question_data.state_question_reminded(event, status)
        case state_questions.StateQuestionMissed():
            return state_question_data.state_question_missed(event, status)
        case _:
            assert_never(event)


def _referral_data(event: referral.ReferralEvents, status: CaseStatus) -> Data:
    match event:
        case referral.ReferralReceived():
            return referral_data.referral_received(event, status)
        case referral.ReferralQuestioned():
            return referral_data.referral_questioned(event, status)
        case referral.ReferralRefused():
            return referral_data.referral_refused(event, status)
        case referral.ReferralNumberGiven():
            return referral_data.referral_number_given(event, status)
        case referral.ReferralCodeRenewed():
            return referral_data.referral_code_renewed(event, status)
        case _:
            assert_never(event)


def _permit_data(event: permit.PermitEvents, status: CaseStatus) -> Data:
    if isinstance(event, permit.CertificateEvents):
        return _certificate_data(event, status)
    match event:
        case permit.PermitApplied():
            return permit_data.permit_applied(event, status)
        case permit.PermitAccountVerified():
            return permit_data.permit_account_verified(event, status)
        case permit.PermitReturned():
            return permit_data.permit_returned(event, status)
        case permit.PermitFoundFit():
            return permit_data.permit_found_fit(event, status)
        case permit.PermitIssued():
            return permit_data.permit_issued(event, status)
        case _:
            assert_never(event)


def _certificate_data(event: permit.CertificateEvents, status: CaseStatus) -> Data:
    match event:
        case permit.RevocationProposed():
            return permit_data.revocation_proposed(event, status)
        case permit.RevocationDropped():
            return permit_data.revocation_dropped(event, status)
        case permit.RevocationAnnounced():
            return permit_data.revocation_announced(event, status)
        case permit.RevocationContested():
            return permit_data.revocation_contested(event, status)
        case permit.PermitRevoked():
            return permit_data.permit_revoked(event, status)
        case permit.PermitRenewalDue():
            return permit_data.permit_renewal_due(event, status)
        case permit.PermitExpired():
            return permit_data.permit_expired(event, status)
        case _:
            assert_never(event)


def _end_data(event: messages.EndEvents, case: MentoringCase, status: CaseStatus) -> Data:
    match event:
        case DeadlineMissed():
            return case_data.deadline_missed(event, sorted({*case.mentors, *case.permit.officials}), status)
        case messages.BusinessGraduated():
            return case_data.business_graduated(status)
        case messages.MentoringPaused():
            return case_data.mentoring_paused(event, status)
        case messages.MentoringResumed():
            return case_data.mentoring_resumed(status)
        case messages.MentoringClosed():
            return case_data.mentoring_closed(event, status)
        case _:
            assert_never(event)


def _action_data(event: corrective_action.ActionEvents, critical: bool, status: CaseStatus) -> Data:
    match event:
        case corrective_action.ActionAgreed():
            return case_data.action_agreed(event, critical, status)
        case corrective_action.ActionEvidenced():
            return case_data.action_evidenced(event, critical, status)
        case corrective_action.ActionVerified():
            return case_data.action_verified(event, critical, status)
        case corrective_action.ActionReopened():
            return case_data.action_reopened(event, critical, status)
        case corrective_action.ActionOverdue():
            return case_data.action_overdue(event, critical, status)
        case _:
            assert_never(event)


def publish_visit(event: visit.VisitEvents, state: Visit) -> Disclosure:
    """Return the subject and the data of the event's message; `state` is the state after the event."""
    assert state.begun is not None
    return Disclosure(state.begun.ticket, _visit_data(event, state, state.begun))


def _visit_data(event: visit.VisitEvents, state: Visit, begun: visit.VisitBegun) -> Data:
    match event:
        case visit.VisitBegun():
            return visit_data.visit_begun(event)
        case visit.ItemAnswered():
            return visit_data.item_answered(event, begun, len(state.standing.get(event.item, ())))
        case visit.AnswersSettled():
            return visit_data.answers_settled(event, begun)
        case visit.PhotoAdded():
            return visit_data.photo_added(event, begun)
        case visit.VisitSigned():
            return visit_data.visit_signed(event, begun)
        case visit.VisitFinished():
            return visit_data.visit_finished(event, begun)
        case _:
            assert_never(event)


def publish_training(event: training.TrainingEvents, _: Training) -> Disclosure:
    return Disclosure(SUBJECT_OF_TRAININGS, _training_data(event))


def _training_data(event: training.TrainingEvents) -> Data:
    match event:
        case training.TrainingPlanned():
            return training_data.training_planned(event)
        case training.ParticipantEnrolled():
            return training_data.participant_enrolled(event)
        case training.AttendanceRecorded():
            return training_data.attendance_recorded(event)
        case training.TrainingHeld():
            return training_data.training_held(event)
        case _:
            assert_never(event)


def publish_trip(event: trip.TripEvents, now: Trip) -> Disclosure:
    return Disclosure(SUBJECT_OF_TRIPS, _trip_data(event, now))


def _trip_data(event: trip.TripEvents, now: Trip) -> Data:
    match event:
        case trip.TripPlanned():
            return trip_data.trip_planned(event)
        case trip.TripChanged():
            return trip_data.trip_changed(event)
        case trip.TripApproved():
            return trip_data.trip_approved(event)
        case trip.TripCancelled():
            return trip_data.trip_cancelled(event, now)
        case trip.TripHoursRecorded():
            return trip_data.trip_hours_recorded(event)
        case _:
            assert_never(event)


cases: Decider[MentoringCase] = Decider(
    name="case",
    initial=state.initial,
    decide=decide.decide,
    evolve=evolve.evolve,
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
trips: Decider[Trip] = Decider(
    name="trip",
    initial=trip.initial,
    decide=trip.decide,
    evolve=trip.evolve,
    events=get_args(trip.TripEvents),
    publish=publish_trip,
)
handovers: Decider[Handover] = Decider(
    name="handover",
    initial=handover.initial,
    decide=handover.decide,
    evolve=handover.evolve,
    events=get_args(handover.HandoverEvents),
    publish=handover_data.publish,
)
DECIDERS = (cases, visits, trainings, handovers, trips, letter_registers, letter_files)
