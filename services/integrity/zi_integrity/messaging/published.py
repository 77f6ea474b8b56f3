"""The privacy border: which message each event has; its data names every field that is disclosed, and the rest stays in the store."""

from typing import Any, assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_integrity.domain import conflict
from zi_integrity.domain.conflict import Conflict
from zi_integrity.messaging import conflict_data
from zi_integrity.messaging.compensation_published import compensations
from zi_integrity.messaging.contributors_data import contributors
from zi_integrity.messaging.forum_published import FORUM_DECIDERS
from zi_integrity.messaging.invitations.published import invitations, survey_keys
from zi_integrity.messaging.maklumat_data import pledges
from zi_integrity.messaging.minutes_published import MINUTES_DECIDERS
from zi_integrity.messaging.office_letters_data import office_letters, office_registers
from zi_integrity.messaging.registers_published import REGISTER_DECIDERS
from zi_integrity.messaging.standards_data import standard_decrees
from zi_integrity.messaging.surveys.published import survey_windows

SUBJECT_OF_CONFLICTS = "conflict"  # they are about no case


def publish_conflict(event: conflict.ConflictEvents, _: Conflict) -> Disclosure:
    return Disclosure(SUBJECT_OF_CONFLICTS, _conflict_data(event))


def _conflict_data(event: conflict.ConflictEvents) -> Data:
    match event:
        case conflict.ConflictDeclared():
            return conflict_data.conflict_declared(event)
        case conflict.ConflictReported():
            return conflict_data.conflict_reported(event)
        case conflict.ConflictReportDismissed():
            return conflict_data.conflict_report_dismissed(event)
        case conflict.ConflictDecided():
            return conflict_data.conflict_decided(event)
        case conflict.ConflictWithdrawn():
            return conflict_data.conflict_withdrawn(event)
        case conflict.ConflictOverdue():
            return conflict_data.conflict_overdue(event)
        case conflict.ConflictCleared():
            return conflict_data.conflict_cleared(event)
        case _:
            assert_never(event)


conflicts: Decider[Conflict] = Decider(
    name="conflict",
    initial=conflict.initial,
    decide=conflict.decide,
    evolve=conflict.evolve,
    events=get_args(conflict.ConflictEvents),
    publish=publish_conflict,
)
DECIDERS: tuple[Decider[Any], ...] = (
    compensations,
    conflicts,
    contributors,
    invitations,
    survey_keys,
    survey_windows,
    *FORUM_DECIDERS,
    *MINUTES_DECIDERS,
    office_letters,
    office_registers,
    pledges,
    standard_decrees,
    *REGISTER_DECIDERS,
)
