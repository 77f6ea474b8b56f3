"""The conditions under which a case takes no command, each with the error that it raises. Pure."""

from zi_chassis.domain import CITIZENS, Act
from zi_umkm.domain import corrective_action, errors
from zi_umkm.domain.case.messages import (
    MENTORS,
    AddDocument,
    AssignMentor,
    CommandsOfOpenCase,
    Identify,
    Refer,
    Restate,
    Return,
    SendRegistration,
)
from zi_umkm.domain.case.nickname import NameBusiness
from zi_umkm.domain.case.numbers import NumberCommand
from zi_umkm.domain.case.permit import FindFit, Gate
from zi_umkm.domain.case.state import OVER, MentoringCase, MentoringStatus

# What is to be done before a case goes on, in this order; a case without open actions needs no correction.
STEPS: dict[MentoringStatus, type[errors.SkippedStepError]] = {
    MentoringStatus.TRIAGED: errors.NotTriagedError,
    MentoringStatus.ASSESSED: errors.NotAssessedError,
    MentoringStatus.CORRECTED: errors.NotCorrectedError,
    MentoringStatus.PERMIT_APPLIED: errors.NotAppliedError,
    MentoringStatus.PERMIT_ISSUED: errors.NoPermitError,
    MentoringStatus.REGISTRATION: errors.NotSentError,
    MentoringStatus.NUMBER_OBTAINED: errors.NoNumberError,
}
WITH_THE_HEALTH_OFFICE = (
    Refer | Return | Restate | Identify | NameBusiness | AssignMentor | AddDocument | NumberCommand
)


def refuse_other_businesses(by: Act, case: MentoringCase) -> None:
    """Raise for a citizen who neither has the code of this case nor asked for it signed in, and for everybody where no case is."""
    registered = case.registered
    if registered is None:
        raise errors.MentoringNotBegunError
    has_code = by.role == "public" and by.actor == str(registered.data_subject)
    signed_in = by.role == "applicant" and (by.actor, by.role) == (registered.by.actor, registered.by.role)
    if by.role in CITIZENS and not (has_code or signed_in):
        raise errors.NotTheBusinessError
    if by.role.startswith("staff:") and by.actor == registered.by.actor:
        raise errors.OwnBusinessError


def refuse_over(case: MentoringCase) -> None:
    if case.status in OVER:
        raise errors.MentoringOverError


def refuse_asleep(command: CommandsOfOpenCase, case: MentoringCase) -> None:
    """Raise unless the case is awake and with the office; a sleeping case may still become overdue, which may wake its business."""
    if case.status is MentoringStatus.DORMANT and not isinstance(command, corrective_action.RemindOfAction):
        raise errors.AsleepError
    if case.status is MentoringStatus.REFERRED and not isinstance(command, WITH_THE_HEALTH_OFFICE):
        raise errors.ReferredError


def refuse_unless_mentor(by: Act, case: MentoringCase) -> None:
    if by.role not in MENTORS or by.actor not in case.mentors:
        raise errors.NotTheMentorError


def refuse_other_staff(by: Act, case: MentoringCase) -> None:
    """Raise for officials other than its mentors."""
    if by.role.startswith("staff:"):
        refuse_unless_mentor(by, case)


def refuse_skipped(case: MentoringCase, upto: MentoringStatus) -> None:
    """Raise the error of the first step that is still to be done."""
    order = list(MentoringStatus)
    reached = MentoringStatus.CORRECTED if case.status is MentoringStatus.ASSESSED else case.status
    left = (step for step in STEPS if order.index(reached) < order.index(step) <= order.index(upto))
    if (step := next(left, None)) is not None:
        raise STEPS[step]


def refuse_blocked(case: MentoringCase) -> None:
    if case.blocking:
        raise errors.CriticalOpenError(case.blocking)


def refuse_incomplete(command: Gate | FindFit | SendRegistration) -> None:
    if command.missing:
        raise errors.MissingRequirementsError(command.missing)


def refuse_unknown_product(product: int, case: MentoringCase) -> None:
    if product not in case.products:
        raise errors.UnknownProductError
