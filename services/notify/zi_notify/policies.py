"""What is heard becomes a delivery: a status message whose citizen is reachable by e-mail and that has a template."""

from collections.abc import Sequence
from datetime import datetime

from zi_chassis.domain import Act
from zi_chassis.lanes import Reaction
from zi_contracts import intake
from zi_contracts.data import Data
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_notify.delivery import RequestDelivery, delivery_id
from zi_notify.letter import VERSION
from zi_notify.published import decider

SYSTEM = "system:notify"


def react(message: Message, at: datetime) -> Sequence[Reaction]:
    data = data_of(message)
    template = template_of(data)
    if template is None or not isinstance(data, intake.StatusData) or "email" not in data.reachable_by:
        return ()
    request = RequestDelivery(
        by=_because_of(message, at),
        ticket=message.subject,
        channel="email",
        template=template,
        template_version=VERSION,
        language=data.language,
        cause=message.id,
        until=_until(data),
    )
    return (Reaction(decider, delivery_id(message.id, "email"), request),)


def template_of(data: Data | None) -> str | None:
    match data:
        case intake.ComplaintFiled():
            return "complaint_filed"
        case intake.ConsultationFiled():
            return "consultation_filed"
        case intake.CaseAcknowledged():
            return "acknowledged"
        case intake.CaseAssigned():
            return "assigned"
        case intake.ClarificationAsked():
            return "clarification_asked"
        case intake.CitizenReplied():
            return "citizen_replied"
        case intake.CaseAnswered():
            return "answered"
        case intake.CaseClosed():
            return f"closed_{data.reason}"
        case intake.CaseReopened():
            return "reopened"
        case intake.CaseWithdrawn():
            return "withdrawn"
        case intake.ErasureRequested():
            return "erasure_requested"
        case intake.ErasureRefused():
            return "erasure_refused"
        case _:
            return None


def _until(data: Data) -> datetime | None:
    match data:
        case (
            intake.ComplaintFiled()
            | intake.ConsultationFiled()
            | intake.CitizenReplied()
            | intake.CaseReopened()
        ):
            return data.due
        case intake.ClarificationAsked():
            return data.reply_by
        case intake.CaseAnswered():
            return data.closes_on
        case _:
            return None


def _because_of(message: Message, at: datetime) -> Act:
    return Act(
        at=at,
        actor=SYSTEM,
        role=SYSTEM,
        causation=str(message.id),
        correlation=message.correlation or str(message.aggregate),
    )
