"""The refusals that every command of the officers' work shares. Pure."""

from zi_chassis.domain import Act
from zi_intake.domain.case import refusals
from zi_intake.domain.case.disclosure_decisions import refuse_reader
from zi_intake.domain.case.state import Case, Status, refuse_ended
from zi_intake.roles import SUPERVISORS


def refuse_others(by: Act, case: Case) -> None:
    if by.actor != case.officer and not is_supervisor(by):
        raise refusals.NotYourCaseError


def refuse_unless_working(by: Act, case: Case) -> None:
    """Raise also for a supervisor who can't read a confidential case: nobody but its reader speaks with its reporter."""
    refuse_not_at_work(case)
    refuse_others(by, case)
    refuse_reader(by, case)


def refuse_not_at_work(case: Case) -> None:
    """Raise where nobody works on the case now."""
    refuse_ended(case)
    if case.officer is None:
        raise refusals.NotAssignedError
    refuse_waiting(case)


def refuse_waiting(case: Case) -> None:
    """Raise where the citizen is asked or has the answer."""
    if case.status is Status.CLARIFICATION_ASKED:
        raise refusals.CitizenAskedError
    if case.status is Status.ANSWERED:
        raise refusals.AlreadyAnsweredError


def is_supervisor(by: Act) -> bool:
    return by.role in SUPERVISORS
