"""The four steps of a case, and which of them it has reached. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from zi_chassis.web.language import msgid
from zi_intake.domain.case.state import Case, Status

STEPS = (msgid("Received"), msgid("Taken up"), msgid("Being worked on"), msgid("Answered"))
REACHED: Mapping[Status, int] = {
    Status.FILED: 1,
    Status.ACKNOWLEDGED: 2,
    Status.ASSIGNED: 3,
    Status.CLARIFICATION_ASKED: 3,
    Status.ANSWERED: 4,
}
StepStatus = Literal["done", "now", "later"]


@dataclass(frozen=True)
class ProgressStep:
    name: str
    status: StepStatus


def progress_of(case: Case) -> list[ProgressStep]:
    """Return the four steps; none of a case that was withdrawn, erased or is at another desk. A case that closed without an answer never
    reached the last one."""
    reached = REACHED.get(case.status, 4 if case.status is Status.CLOSED and case.is_answered else 0)
    if not reached or case.erased is not None:
        return []
    return [ProgressStep(name, _status(number, reached)) for number, name in enumerate(STEPS, 1)]


def _status(number: int, reached: int) -> StepStatus:
    if number < reached or reached == len(STEPS):
        return "done"
    return "now" if number == reached else "later"
