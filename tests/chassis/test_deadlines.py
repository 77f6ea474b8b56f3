"""A deadline that has passed is reported once; a fault keeps it, a refusal stops nobody, and what was late at first is marked."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.certificates.inside import SetClock

from zi_chassis.domain import Act, Command, Decider, Disclosure, DomainError, Event, Value
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.deadlines import TABLES, DeadlineLoop
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Due

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUES = [Due(UUID(int=number), "promise", NOON) for number in (1, 2)]


class ReportBroken(Command):
    marked: bool


class PromiseBroken(Event):
    marked: bool


class Promise(Value):
    broken: bool = False


class NoPromiseError(DomainError):
    pass


def decide(command: ReportBroken, state: Promise) -> Sequence[Event]:
    return [] if state.broken else [PromiseBroken(by=command.by, marked=command.marked)]


promises: Decider[Promise] = Decider(
    name="promise",
    initial=Promise(),
    decide=decide,
    evolve=lambda _, __: Promise(broken=True),
    events=(PromiseBroken,),
    publish=lambda event, _: Disclosure("promise", {"marked": event.marked}),
)


class Office:
    """Two promises that pass at noon; `fault` is raised when the first is reported."""

    def __init__(self, folder: Path) -> None:
        self.clock = SetClock(NOON - timedelta(hours=1))
        self.fault: Exception | None = None
        self.store = Store(
            service="office",
            office="contoh",
            database=Database(folder / "store.db"),
            deciders=(promises,),
            tables=TABLES,
        )
        self.loop = DeadlineLoop(self.store, self.clock, self.late, self.report)

    def late(self, tx: Tx, now: datetime, most: int) -> list[Due]:
        broken = {row.message for row in self.store.messages(0, 100)}
        late = [each for each in DUES if each.due < now]
        return [each for each in late if not any(str(each.aggregate).encode() in raw for raw in broken)][
            :most
        ]

    def report(self, due: Due, act: Act, marked: bool) -> tuple[Decider[Promise], Command]:
        if self.fault is not None and due is DUES[0]:
            raise self.fault
        return promises, ReportBroken(by=act, marked=marked)

    def marks(self) -> list[bool]:
        return [b'"marked":true' in row.message for row in self.store.messages(0, 100)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.store.open()
    yield made
    made.store.close()


async def test_what_passes_later_is_reported_once_and_not_marked(office: Office) -> None:
    await office.loop.begin()
    office.clock.pass_hours(2)
    assert [await office.loop.tick(), await office.loop.tick()] == [2, 0]
    assert office.marks() == [False, False]


async def test_what_had_passed_before_the_beginning_is_marked(office: Office) -> None:
    office.clock.pass_hours(2)
    await office.loop.begin()
    assert office.marks() == [True, True]
    await office.loop.begin()
    assert office.marks() == [True, True]


async def test_a_fault_is_told_and_keeps_the_deadline_and_the_mark(office: Office) -> None:
    office.clock.pass_hours(2)
    office.fault = RuntimeError("the disk is full")
    await office.loop.begin()
    assert office.loop.reason is not None
    assert office.loop.reason.startswith("1 deadlines can't be reported, first: promise")
    office.fault = None
    assert await office.loop.tick() == 1
    assert office.loop.reason is None
    assert office.marks() == [True, True]


async def test_a_refusal_stops_nobody(office: Office) -> None:
    await office.loop.begin()
    office.clock.pass_hours(2)
    office.fault = NoPromiseError("It was kept.")
    assert [await office.loop.tick(), await office.loop.tick()] == [1, 0]
    assert office.loop.reason is None
