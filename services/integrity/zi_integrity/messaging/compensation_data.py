"""The data of each message about a compensation: one function an event, which names each field that is disclosed."""

from typing import TypedDict, cast

from zi_contracts.intake import Channel, Language
from zi_contracts.integrity import compensation as contract
from zi_contracts.integrity.compensation import CompensationState
from zi_integrity.domain import compensation
from zi_integrity.domain.compensation import Compensation


class CompensationFields(TypedDict):
    """The fields of every message about a compensation, so that its readers need no state of compensations."""

    state: CompensationState
    service: str
    clock: str
    language: Language
    reachable_by: tuple[Channel, ...]


def compensation_fields(state: Compensation) -> CompensationFields:
    assert state.opened is not None
    return {
        "state": cast(CompensationState, state.status.value),
        "service": state.opened.service,
        "clock": state.opened.clock,
        "language": state.opened.language,
        "reachable_by": state.opened.reachable_by,
    }


def compensation_opened(
    event: compensation.CompensationOpened, fields: CompensationFields
) -> contract.CompensationOpened:
    return contract.CompensationOpened(
        **fields,
        missed=event.missed,
        due=event.due,
        owed=event.owed,
        is_decided=event.is_decided,
        rules=event.rules,
        standard=event.standard,
        officials=event.officials,
        reported_late=event.reported_late,
        offer_by=event.offer_by,
        find_cause_by=event.find_cause_by,
    )


def compensation_offered(
    event: compensation.CompensationOffered, fields: CompensationFields
) -> contract.CompensationOffered:
    return contract.CompensationOffered(
        **fields, forms=event.forms, answer_by=event.answer_by, give_by=event.give_by, items=event.items
    )


def compensation_accepted(
    event: compensation.CompensationAccepted, fields: CompensationFields
) -> contract.CompensationAccepted:
    return contract.CompensationAccepted(**fields, how=event.how, give_by=event.give_by)


def compensation_waived(
    event: compensation.CompensationWaived, fields: CompensationFields
) -> contract.CompensationWaived:
    return contract.CompensationWaived(**fields, how=event.how, open_until=event.open_until)


def compensation_given(
    event: compensation.CompensationGiven, fields: CompensationFields
) -> contract.CompensationGiven:
    return contract.CompensationGiven(**fields, proof=event.proof, items=event.items)


def compensation_cause_found(
    event: compensation.CompensationCauseFound, fields: CompensationFields
) -> contract.CompensationCauseFound:
    return contract.CompensationCauseFound(**fields, root_cause=event.cause, items=event.items)


def compensation_overdue(
    event: compensation.CompensationOverdue, fields: CompensationFields
) -> contract.CompensationOverdue:
    return contract.CompensationOverdue(**fields, step=event.step, due=event.due)


def compensation_closed(fields: CompensationFields) -> contract.CompensationClosed:
    return contract.CompensationClosed(**fields)
