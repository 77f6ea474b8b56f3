"""The privacy border: what the message of each event discloses; every field that is not named here stays in the store.

Each event has a function that names each field, so that a new field of an event or of a contract is not disclosed by oversight.
"""

from collections.abc import Mapping
from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts import intake as contract
from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.intake import CaseState
from zi_intake.domain.case import code_messages as codes
from zi_intake.domain.case import disclosure_messages as disclosures
from zi_intake.domain.case import filings, messages
from zi_intake.domain.case import handling_messages as handling
from zi_intake.domain.case import information_messages as information
from zi_intake.domain.case import moving_messages as moving
from zi_intake.domain.case import web_push_messages as web_push
from zi_intake.domain.case import word_messages as words
from zi_intake.domain.case.decide import decide
from zi_intake.domain.case.messages import CaseEvents
from zi_intake.domain.case.state import Case, Status, evolve, initial, kind_of
from zi_intake.messaging import published_filings
from zi_intake.messaging.published_filings import OtherFilings, StatusFields
from zi_rules.standard import ServiceKind

CASE_STATES: Mapping[Status, CaseState] = {
    Status.FILED: "filed",
    Status.PASSED_ON: "passed_on",
    Status.ACKNOWLEDGED: "acknowledged",
    Status.ASSIGNED: "assigned",
    Status.CLARIFICATION_ASKED: "clarification_asked",
    Status.ANSWERED: "answered",
    Status.CLOSED: "closed",
    Status.WITHDRAWN: "withdrawn",
}


# The services whose standards promise an answer, by the kind of a case; all others are complaints.
SERVICES: Mapping[str, str] = {
    "consultation": ServiceKind.CONSULTATION,
    "information": ServiceKind.PUBLIC_INFORMATION,
}


def publish(event: CaseEvents, state: Case) -> Disclosure:
    """Return the subject and the data of the event's message; `state` is the state after the event."""
    assert state.filing is not None
    return Disclosure(subject=state.filing.ticket, data=_data(event, state))


def _data(event: CaseEvents, state: Case) -> Data:
    if isinstance(event, handling.HandlingEvents):
        return _handling(event, state, _status_fields(state))
    if isinstance(event, codes.CodeEvents):
        return _about_code(event, _status_fields(state))
    if isinstance(event, disclosures.DisclosureEvents):
        return _about_disclosure(event, _status_fields(state))
    match event:
        case messages.NoteAdded():
            return _note_added(event)
        case messages.AttachmentAdded():
            return _attachment_added(event)
        case messages.DataKept():
            return _data_kept(event)
        case messages.PersonalDataOpened():
            return _personal_data_opened(event)
        case messages.OpeningsCounted():
            return _openings_counted(event)
        case messages.ErasureRequested():
            return _erasure_requested(event, _status_fields(state))
        case messages.ErasureRefused():
            return _erasure_refused(event, _status_fields(state))
        case messages.DataSubjectErased():
            return _data_subject_erased(event, _status_fields(state))
        case words.WordsAdded():
            return _words_added(event, _status_fields(state))
        case words.AnswerRated():
            return _answer_rated(event, _status_fields(state))
        case web_push.WebPushAgreed():
            return _web_push_agreed(event, _status_fields(state))
        case web_push.WebPushEnded():
            return _web_push_ended(_status_fields(state))
        case _:
            return _step(event, state, _status_fields(state))


def _status_fields(state: Case) -> StatusFields:
    assert state.filing is not None
    return {
        "state": CASE_STATES[state.status],
        "holder": state.holder,
        "language": state.filing.language,
        "reachable_by": () if state.erased else state.filing.reachable_by,
    }


def _step(event: messages.Steps, state: Case, status: StatusFields) -> Data:
    if isinstance(event, OtherFilings):
        return published_filings.publish(event, status)
    match event:
        case filings.ComplaintFiled():
            return _complaint_filed(event, status)
        case messages.BusinessNumberGiven():
            return _business_number_given(event, status)
        case messages.CaseAcknowledged():
            return _case_acknowledged(status)
        case messages.CaseAssigned():
            return _case_assigned(event, status)
        case messages.CaseTriaged():
            return _case_triaged(event, status)
        case moving.MovedToAppointed():
            fields = {"items": event.items, "reply_by": state.reply_by, "closes_on": state.closes_on}
            return contract.MovedToAppointed.model_validate({**status, **fields})
        case messages.ClarificationAsked():
            return _clarification_asked(event, status)
        case messages.CitizenReplied():
            return _citizen_replied(event, status)
        case messages.CaseAnswered():
            return _case_answered(event, state, status)
        case messages.CaseClosed():
            return _case_closed(event, status)
        case messages.CaseReopened():
            return _case_reopened(event, status)
        case messages.CaseWithdrawn():
            return _case_withdrawn(status)
        case information.TimeExtended():
            return contract.TimeExtended(**status, due=event.due, items=event.items)
        case messages.DeadlineMissed():
            return _deadline_missed(event, state, status)
    assert_never(event)


def _complaint_filed(event: filings.ComplaintFiled, status: StatusFields) -> contract.ComplaintFiled:
    return contract.ComplaintFiled(
        **status,
        kind=event.kind,
        confidentiality=event.confidentiality,
        district=event.district,
        commodity=event.commodity,
        standard=event.standard,
        acknowledge_by=event.acknowledge_by,
        due=event.due,
        items=event.items,
        person_ref=event.person_ref,
        anonymous=event.anonymous,
        confidential=event.confidential,
        road=event.road,
        system=event.system,
        illness_claimed=True if event.judge_by is not None else None,
        judge_by=event.judge_by,
    )


def _business_number_given(
    event: messages.BusinessNumberGiven, status: StatusFields
) -> contract.BusinessNumberGiven:
    return contract.BusinessNumberGiven(
        **status, business_ref=event.business_ref, former_ref=event.former_ref, items=event.items
    )


def _case_acknowledged(status: StatusFields) -> contract.CaseAcknowledged:
    return contract.CaseAcknowledged(**status)


def _case_assigned(event: messages.CaseAssigned, status: StatusFields) -> contract.CaseAssigned:
    return contract.CaseAssigned(**status, officer=event.officer)


def _case_triaged(event: messages.CaseTriaged, status: StatusFields) -> contract.CaseTriaged:
    return contract.CaseTriaged(
        **status, standard=event.standard, due=event.due, emergency=event.emergency, items=event.items
    )


def _clarification_asked(
    event: messages.ClarificationAsked, status: StatusFields
) -> contract.ClarificationAsked:
    return contract.ClarificationAsked(**status, reply_by=event.reply_by, items=event.items)


def _citizen_replied(event: messages.CitizenReplied, status: StatusFields) -> contract.CitizenReplied:
    return contract.CitizenReplied(**status, due=event.due, items=event.items)


def _case_answered(event: messages.CaseAnswered, state: Case, status: StatusFields) -> contract.CaseAnswered:
    is_final = event.objection is not None or kind_of(state) == "suggestion"
    return contract.CaseAnswered(
        **status,
        closes_on=event.closes_on,
        items=event.items,
        drafted_by=event.drafted_by,
        refusal=event.refusal,
        objection=event.objection,
        final=True if is_final else None,
    )


def _case_closed(event: messages.CaseClosed, status: StatusFields) -> contract.CaseClosed:
    return contract.CaseClosed(**status, reason=event.reason)


def _case_reopened(event: messages.CaseReopened, status: StatusFields) -> contract.CaseReopened:
    return contract.CaseReopened(**status, due=event.due, items=event.items, objection=event.objection)


def _case_withdrawn(status: StatusFields) -> contract.CaseWithdrawn:
    return contract.CaseWithdrawn(**status)


def _deadline_missed(
    event: messages.DeadlineMissed, state: Case, status: StatusFields
) -> contract.DeadlineMissed:
    return contract.DeadlineMissed(
        **status,
        service=SERVICES.get(kind_of(state), "complaint"),
        clock=event.clock,
        due=event.due,
        standard=Pin.of(state.standard),
        officials=state.officers,
        reported_late=event.reported_late,
    )


def _handling(event: handling.HandlingEvents, state: Case, status: StatusFields) -> Data:
    match event:
        case handling.CaseLinked():
            return contract.CaseLinked(**status, items=event.items)
        case handling.CaseUnlinked():
            return contract.CaseUnlinked(**status, items=event.items)
        case handling.VisitRecorded():
            return contract.VisitRecorded(
                **status, visited_on=event.visited_on, outcome=event.outcome, items=event.items
            )
        case handling.CaseReferred():
            return _case_referred(event, state, status)
        case handling.ContactDecided():
            return contract.ContactDecided(**status, allowed=event.allowed)
        case handling.AnswerDrafted():
            return contract.AnswerDrafted(**status, items=event.items)
        case handling.DraftReturned():
            return contract.DraftReturned(**status, drafted_by=event.drafted_by, items=event.items)
    assert_never(event)


def _case_referred(event: handling.CaseReferred, state: Case, status: StatusFields) -> contract.CaseReferred:
    """The body would tell the topic of a complaint that only appointed officials see."""
    hidden = filings.appointed_topic(state.filing) is not None
    return contract.CaseReferred(**status, body=None if hidden else event.body, items=event.items)


def _note_added(event: messages.NoteAdded) -> contract.NoteAdded:
    return contract.NoteAdded(items=event.items)


def _attachment_added(event: messages.AttachmentAdded) -> contract.AttachmentAdded:
    return contract.AttachmentAdded(media_type=event.media_type, size=event.size, items=event.items)


def _data_kept(event: messages.DataKept) -> contract.DataKept:
    return contract.DataKept(items=event.items)


def _personal_data_opened(event: messages.PersonalDataOpened) -> contract.PersonalDataOpened:
    return contract.PersonalDataOpened(purpose=event.purpose, items=event.items, since=event.since)


def _openings_counted(event: messages.OpeningsCounted) -> contract.OpeningsCounted:
    return contract.OpeningsCounted(
        opening=event.opening,
        official=event.official,
        role=event.role,
        purpose=event.purpose,
        since=event.since,
        count=event.count,
    )


def _erasure_requested(event: messages.ErasureRequested, status: StatusFields) -> contract.ErasureRequested:
    return contract.ErasureRequested(**status, reason=event.reason)


def _erasure_refused(event: messages.ErasureRefused, status: StatusFields) -> contract.ErasureRefused:
    return contract.ErasureRefused(**status, reason=event.reason)


def _data_subject_erased(
    event: messages.DataSubjectErased, status: StatusFields
) -> contract.DataSubjectErased:
    return contract.DataSubjectErased(
        **status, reason=event.reason, asked_by=event.asked_by, person_ref=event.person_ref
    )


def _about_disclosure(event: disclosures.DisclosureEvents, status: StatusFields) -> Data:
    match event:
        case disclosures.DisclosureRequested():
            return _disclosure_requested(event, status)
        case disclosures.DisclosureConsented():
            return _disclosure_consented(event, status)
        case disclosures.DisclosureRefused():
            return _disclosure_refused(event, status)
        case disclosures.DisclosureExpired():
            return _disclosure_expired(event, status)
    assert_never(event)


def _disclosure_requested(
    event: disclosures.DisclosureRequested, status: StatusFields
) -> contract.DisclosureRequested:
    return contract.DisclosureRequested(
        **status, disclosure=event.disclosure, reason=event.reason, answer_by=event.answer_by
    )


def _disclosure_consented(
    event: disclosures.DisclosureConsented, status: StatusFields
) -> contract.DisclosureConsented:
    return contract.DisclosureConsented(
        **status, disclosure=event.disclosure, asked_by=event.asked_by, open_until=event.open_until
    )


def _disclosure_refused(
    event: disclosures.DisclosureRefused, status: StatusFields
) -> contract.DisclosureRefused:
    return contract.DisclosureRefused(**status, disclosure=event.disclosure, asked_by=event.asked_by)


def _disclosure_expired(
    event: disclosures.DisclosureExpired, status: StatusFields
) -> contract.DisclosureExpired:
    return contract.DisclosureExpired(**status, disclosure=event.disclosure, asked_by=event.asked_by)


def _web_push_agreed(event: web_push.WebPushAgreed, status: StatusFields) -> contract.WebPushAgreed:
    return contract.WebPushAgreed(**status, items=event.items)


def _web_push_ended(status: StatusFields) -> contract.WebPushEnded:
    return contract.WebPushEnded(**status)


def _words_added(event: words.WordsAdded, status: StatusFields) -> contract.WordsAdded:
    return contract.WordsAdded(**status, kind=event.kind, items=event.items)


def _answer_rated(event: words.AnswerRated, status: StatusFields) -> contract.AnswerRated:
    return contract.AnswerRated(**status, rating=event.rating)


def _about_code(event: codes.CodeEvents, status: StatusFields) -> Data:
    match event:
        case codes.CodeRequested():
            return _code_requested(event, status)
        case codes.CodeReplaced():
            return _code_replaced(status)
        case codes.CodeReplacementStopped():
            return _code_replacement_stopped(status)
    assert_never(event)


def _code_requested(event: codes.CodeRequested, status: StatusFields) -> contract.CodeRequested:
    return contract.CodeRequested(**status, opens_at=event.opens_at, open_until=event.open_until)


def _code_replaced(status: StatusFields) -> contract.CodeReplaced:
    return contract.CodeReplaced(**status)


def _code_replacement_stopped(status: StatusFields) -> contract.CodeReplacementStopped:
    return contract.CodeReplacementStopped(**status)


decider: Decider[Case] = Decider(
    name="case",
    initial=initial,
    decide=decide,
    evolve=evolve,
    events=get_args(CaseEvents),
    publish=publish,
)
