"""What is heard becomes a delivery: a status message whose citizen is reachable by e-mail and that has a letter."""

from collections.abc import Sequence
from datetime import datetime

from zi_chassis.domain import Act
from zi_chassis.lanes import Reaction
from zi_contracts import certificates, intake
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_notify.delivery import RequestDelivery, delivery_id
from zi_notify.letter import VERSION
from zi_notify.notice import notice_of
from zi_notify.published import decider

SYSTEM = "system:notify"


def react(message: Message, at: datetime) -> Sequence[Reaction]:
    data = data_of(message)
    if not isinstance(data, intake.StatusData | certificates.ApplicationData):
        return ()
    notice = notice_of(data)
    if notice is None or "email" not in data.reachable_by:
        return ()
    request = RequestDelivery(
        by=_because_of(message, at),
        ticket=message.subject,
        channel="email",
        template_version=VERSION,
        language=data.language,
        cause=message.id,
        **dict(notice),
    )
    return (Reaction(decider, delivery_id(message.id, "email"), request),)


def _because_of(message: Message, at: datetime) -> Act:
    return Act(
        at=at,
        actor=SYSTEM,
        role=SYSTEM,
        causation=str(message.id),
        correlation=message.correlation or str(message.aggregate),
    )
