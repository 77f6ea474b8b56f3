"""The policy of notify: a received step with a notice becomes a delivery, if the citizen of the case is reachable by e-mail."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from zi_chassis.domain import Act
from zi_chassis.lanes import Reaction
from zi_chassis.office_clock import office_zone
from zi_contracts.message import Message
from zi_contracts.registry import by_sender, data_of
from zi_notify.domain.delivery import RequestDelivery, delivery_id
from zi_notify.letter import templates
from zi_notify.notice import NOTICE_RULES, OF_CONTRIBUTORS, Notice, Step, notice_of
from zi_notify.published import decider

HANDLED_TYPES = by_sender(("intake", "certificates", "umkm", "integrity"), NOTICE_RULES)
SYSTEM = "system:notify"


def react(message: Message, at: datetime) -> Sequence[Reaction]:
    step = data_of(message)
    if not isinstance(step, Step):
        return ()
    notice = notice_of(step, message.actorrole)
    if notice is None or "email" not in step.reachable_by:
        return ()
    request = RequestDelivery(
        by=_because_of(message, at),
        ticket=message.subject,
        channel="email",
        template=notice.template,
        template_version=templates().version,
        template_digest=templates().digest,
        language=step.language,
        cause=message.id,
        until=notice.until,
        amount=notice.amount,
        number=notice.number,
        contributor=step.data_subject if isinstance(step, OF_CONTRIBUTORS) else None,
        solicited=notice.solicited,
    )
    return (Reaction(decider, delivery_id(_occasion(message, notice), "email"), request),)


def _occasion(message: Message, notice: Notice) -> UUID:
    """The message, or the first of its kind that this case has on this day of the office."""
    if not notice.daily:
        return message.id
    day = message.time.astimezone(office_zone()).date()
    return uuid5(message.aggregate, f"{notice.template} {day}")


def _because_of(message: Message, at: datetime) -> Act:
    return Act(
        at=at,
        actor=SYSTEM,
        role=SYSTEM,
        causation=str(message.id),
        correlation=message.correlation or str(message.aggregate),
    )
