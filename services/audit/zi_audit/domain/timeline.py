"""The course of a case: its entries in the log's order and the waiting between them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import computed_field

from zi_audit.domain.facets import HOLDER
from zi_audit.domain.question import Holder, Indexed
from zi_chassis.domain import Value


class FollowedStep(Value):
    """An entry of the case. `waited` are the seconds of wall time since the step before it, while `waited_for` held the case.

    Less than zero says that this entry claims an earlier time than the one before it. `holder` is who holds the case
    from here on, as far as any entry told it.
    """

    entry: Indexed
    holder: Holder | None
    waited: float | None
    waited_for: Holder | None


class Timeline(Value):
    """`next` is the cursor of the following steps, if there are more."""

    case: str
    steps: Sequence[FollowedStep]
    next: int | None

    @property
    def facts(self) -> Mapping[str, str]:
        """Return the facts of the case after the last of these steps."""
        return self.steps[-1].entry.of_case if self.steps else {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def waiting(self) -> Mapping[Holder, float]:
        """Seconds that each held the case in these steps."""
        waiting: dict[Holder, float] = {}
        for step in self.steps:
            if step.waited_for is not None and step.waited is not None:
                waiting[step.waited_for] = waiting.get(step.waited_for, 0.0) + step.waited
        return waiting


def steps(entries: Iterable[Indexed], holder: Holder | None = None) -> Iterator[FollowedStep]:
    """`holder` holds the case before the first entry."""
    for entry in entries:
        waited_for, holder = holder, holder_of(entry) or holder
        yield FollowedStep(entry=entry, holder=holder, waited=entry.waited, waited_for=waited_for)


def holder_of(entry: Indexed) -> Holder | None:
    """Return the side that has to act once this entry is in the log, if an entry of the case named one."""
    match entry.of_case.get(HOLDER):
        case "office" | "citizen" as holder:
            return holder
        case _:
            return None
