"""The privacy border: what the message of each event discloses; everything not named here stays in the store."""

from typing import Any, assert_never

from zi_chassis.domain import Decider, Disclosure
from zi_contracts import intake as contract
from zi_contracts.data import Data
from zi_intake.case import messages
from zi_intake.case.decide import decide
from zi_intake.case.messages import CaseEvents
from zi_intake.case.state import Case, evolve, initial


def publish(event: CaseEvents, state: Case) -> Disclosure:
    assert state.filing is not None
    return Disclosure(subject=state.filing.ticket, data=_data(event, state))


def _data(event: CaseEvents, state: Case) -> Data:
    where = _where_it_stands(state)
    match event:
        case messages.ComplaintFiled():
            return contract.ComplaintFiled(
                **where, **_filing(event), kind=event.kind, commodity=event.commodity
            )
        case messages.ConsultationFiled():
            return contract.ConsultationFiled(**where, **_filing(event), topic=event.topic)
        case messages.CertificateRequested():
            return _certificate_requested(event, where)
        case messages.MentoringRequested():
            return _mentoring_requested(event, where)
        case messages.BusinessNumberGiven():
            return contract.BusinessNumberGiven(
                **where, business_ref=event.business_ref, former_ref=event.former_ref, items=event.items
            )
        case messages.CaseAcknowledged():
            return contract.CaseAcknowledged(**where)
        case messages.CaseAssigned():
            return contract.CaseAssigned(**where, officer=event.officer)
        case messages.ClarificationAsked():
            return contract.ClarificationAsked(**where, reply_by=event.reply_by, items=event.items)
        case messages.CitizenReplied():
            return contract.CitizenReplied(**where, due=event.due, items=event.items)
        case messages.CaseAnswered():
            return contract.CaseAnswered(**where, closes_on=event.closes_on, items=event.items)
        case messages.CaseClosed():
            return contract.CaseClosed(**where, reason=event.reason)
        case messages.CaseReopened():
            return contract.CaseReopened(**where, due=event.due, items=event.items)
        case messages.CaseWithdrawn():
            return contract.CaseWithdrawn(**where)
        case messages.AttachmentAdded():
            return contract.AttachmentAdded(media_type=event.media_type, size=event.size, items=event.items)
        case messages.DataKept():
            return contract.DataKept(items=event.items)
        case messages.ErasureRequested():
            return contract.ErasureRequested(**where, reason=event.reason)
        case messages.ErasureRefused():
            return contract.ErasureRefused(**where, reason=event.reason)
        case messages.DataSubjectErased():
            return contract.DataSubjectErased(
                **where, reason=event.reason, asked_by=event.asked_by, person_ref=event.person_ref
            )
        case messages.PersonalDataOpened():
            return contract.PersonalDataOpened(purpose=event.purpose, items=event.items, since=event.since)
        case messages.OpeningsCounted():
            return contract.OpeningsCounted(**event.model_dump(exclude={"by"}))
        case _:
            assert_never(event)


def _where_it_stands(state: Case) -> dict[str, Any]:
    """In every status message, so that who hears it keeps no state of cases."""
    assert state.filing is not None
    return {
        "state": state.status.value,
        "holder": state.holder,
        "language": state.filing.language,
        "reachable_by": () if state.erased else state.filing.reachable_by,
    }


def _certificate_requested(event: messages.CertificateRequested, where: dict[str, Any]) -> Data:
    return contract.CertificateRequested(
        **where,
        series=event.series,
        business_ref=event.business_ref,
        data_subject=event.data_subject,
        account=event.account,
        items=event.items,
    )


def _mentoring_requested(event: messages.MentoringRequested, where: dict[str, Any]) -> Data:
    return contract.MentoringRequested(
        **where,
        business_ref=event.business_ref,
        data_subject=event.data_subject,
        district=event.district,
        has_nib=event.has_nib,
        products=event.products,
        items=event.items,
    )


def _filing(event: messages.AnswerableFiled) -> dict[str, Any]:
    return {
        "confidentiality": event.confidentiality,
        "district": event.district,
        "standard": event.standard,
        "acknowledge_by": event.acknowledge_by,
        "due": event.due,
        "items": event.items,
        "person_ref": event.person_ref,
    }


decider: Decider[Case] = Decider(
    name="case",
    initial=initial,
    decide=decide,
    evolve=evolve,
    events=(
        messages.ComplaintFiled,
        messages.ConsultationFiled,
        messages.CertificateRequested,
        messages.MentoringRequested,
        messages.BusinessNumberGiven,
        messages.CaseAcknowledged,
        messages.CaseAssigned,
        messages.ClarificationAsked,
        messages.CitizenReplied,
        messages.CaseAnswered,
        messages.CaseClosed,
        messages.CaseReopened,
        messages.CaseWithdrawn,
        messages.AttachmentAdded,
        messages.DataKept,
        messages.ErasureRequested,
        messages.ErasureRefused,
        messages.DataSubjectErased,
        messages.PersonalDataOpened,
        messages.OpeningsCounted,
    ),
    publish=publish,
)
