"""The conditions under which a case takes no command, each with the error that it raises. Pure."""

from zi_chassis.domain import CITIZENS, Act
from zi_umkm.domain import corrective_action, errors
from zi_umkm.domain.case.messages import (
    MENTORS,
    Assign,
    CommandsOfOpenCase,
    Evaluate,
    Gate,
    Identify,
    MentoringRegistered,
    Restate,
    Return,
)
from zi_umkm.domain.case.state import OVER, Case, Status

# What is to be done before a case goes on, in this order; a case without open actions needs no correction.
STEPS: dict[Status, type[errors.SkippedStepError]] = {
    Status.TRIAGED: errors.NotTriagedError,
    Status.ASSESSED: errors.NotAssessedError,
    Status.CORRECTED: errors.NotCorrectedError,
    Status.PERMIT_APPLIED: errors.NotAppliedError,
    Status.PERMIT_ISSUED: errors.NoPermitError,
    Status.REGISTRATION: errors.NotSentError,
    Status.NUMBER_OBTAINED: errors.NoNumberError,
}


def refuse_other_businesses(by: Act, registered: MentoringRegistered) -> None:
    """Raise for a citizen who neither has the code of this case nor asked for it signed in."""
    has_code = by.role == "public" and by.actor == str(registered.data_subject)
    signed_in = by.role == "applicant" and (by.actor, by.role) == (registered.by.actor, registered.by.role)
    if by.role in CITIZENS and not (has_code or signed_in):
        raise errors.NotTheBusinessError
    if by.role.startswith("staff:") and by.actor == registered.by.actor:
        raise errors.OwnBusinessError


def refuse_over(case: Case) -> None:
    if case.status in OVER:
        raise errors.OverError


def refuse_asleep(command: CommandsOfOpenCase, case: Case) -> None:
    """What was agreed becomes overdue in sleep as well: to be told so may wake the business."""
    if case.status is Status.DORMANT and not isinstance(command, corrective_action.Remind):
        raise errors.AsleepError
    if case.status is Status.REFERRED and not isinstance(command, Return | Restate | Identify | Assign):
        raise errors.ReferredError


def refuse_unless_mentor(by: Act, case: Case) -> None:
    if by.role not in MENTORS or by.actor not in case.mentors:
        raise errors.NotTheMentorError


def refuse_other_staff(by: Act, case: Case) -> None:
    """The business itself, its mentors, and the service for them."""
    if by.role.startswith("staff:"):
        refuse_unless_mentor(by, case)


def refuse_unless_evaluating(command: Evaluate, case: Case) -> None:
    if command.by.actor in command.mentors.union(case.mentors):
        raise errors.MentorDecidesError
    refuse_skipped(case, Status.PERMIT_APPLIED)
    if case.status is not Status.PERMIT_APPLIED:
        raise errors.NotAppliedError


def refuse_skipped(case: Case, upto: Status) -> None:
    """The first step that is still to be done says its name."""
    order = list(Status)
    reached = Status.CORRECTED if case.status is Status.ASSESSED else case.status
    left = (step for step in STEPS if order.index(reached) < order.index(step) <= order.index(upto))
    if (step := next(left, None)) is not None:
        raise STEPS[step]


def refuse_blocked(case: Case) -> None:
    if case.blocking:
        raise errors.CriticalOpenError(case.blocking)


def refuse_incomplete(command: Gate) -> None:
    if command.missing:
        raise errors.IncompleteError(command.missing)


def refuse_unknown_product(product: int, case: Case) -> None:
    if product not in case.products:
        raise errors.NoSuchProductError
