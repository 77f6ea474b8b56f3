"""Publish the events of compensations; their subject is the ticket of the case."""

from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_integrity.domain import compensation
from zi_integrity.domain.compensation import Compensation
from zi_integrity.messaging import compensation_data
from zi_integrity.messaging.compensation_data import CompensationFields, compensation_fields


def publish(event: compensation.CompensationEvents, state: Compensation) -> Disclosure:
    """Return the subject and the data of the event's message; `state` is the state after the event."""
    assert state.opened is not None
    return Disclosure(state.opened.ticket, _compensation_data(event, compensation_fields(state)))


def _compensation_data(event: compensation.CompensationEvents, fields: CompensationFields) -> Data:
    match event:
        case compensation.CompensationOpened():
            return compensation_data.compensation_opened(event, fields)
        case compensation.CompensationOffered():
            return compensation_data.compensation_offered(event, fields)
        case compensation.CompensationAccepted():
            return compensation_data.compensation_accepted(event, fields)
        case compensation.CompensationWaived():
            return compensation_data.compensation_waived(event, fields)
        case compensation.CompensationGiven():
            return compensation_data.compensation_given(event, fields)
        case compensation.CompensationCauseFound():
            return compensation_data.compensation_cause_found(event, fields)
        case compensation.CompensationOverdue():
            return compensation_data.compensation_overdue(event, fields)
        case compensation.CompensationClosed():
            return compensation_data.compensation_closed(fields)
        case _:
            assert_never(event)


compensations: Decider[Compensation] = Decider(
    name="compensation",
    initial=compensation.initial,
    decide=compensation.decide,
    evolve=compensation.evolve,
    events=get_args(compensation.CompensationEvents),
    publish=publish,
)
