"""The course of a case: its entries in the log's order and the waiting between them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import computed_field

from zi_audit.question import Holder, Indexed
from zi_chassis.domain import Value


class Step(Value):
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
    steps: Sequence[Step]
    next: int | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def waiting(self) -> Mapping[Holder, float]:
        """Seconds that each held the case in these steps."""
        held: dict[Holder, float] = {}
        for step in self.steps:
            if step.waited_for is not None and step.waited is not None:
                held[step.waited_for] = held.get(step.waited_for, 0.0) + step.waited
        return held


def steps(entries: Iterable[Indexed], before: Indexed | None = None) -> Iterator[Step]:
    """`before` is the step in front of the first entry, with its holder; what has no time takes no part in the waiting."""
    holder = None if before is None else before.holder
    last = None if before is None else before.time
    for entry in entries:
        waited = None if last is None or entry.time is None else (entry.time - last).total_seconds()
        waited_for, holder = holder, entry.holder or holder
        yield Step(entry=entry, holder=holder, waited=waited, waited_for=waited_for)
        last = entry.time or last
