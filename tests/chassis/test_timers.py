"""What falls due becomes one command of the service, on both databases."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from tests.chassis.house import running
from tests.until import until

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Command, Decider, Disclosure, DomainError, Event, Value
from zi_chassis.storage import timers
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set, TimerLoop, Timers

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Start(Command):
    due: datetime


class Ring(Command):
    due: datetime


class Stop(Command):
    pass


class Started(Event):
    due: datetime


class Rang(Event):
    due: datetime


class Stopped(Event):
    pass


class Alarm(Value):
    rung: int = 0
    deaf: bool = False


class DeafError(DomainError):
    pass


def decide(command: Start | Ring | Stop, state: Alarm) -> Sequence[Event]:
    match command:
        case Start():
            return [Started(by=command.by, due=command.due)]
        case Ring() if state.deaf:
            raise DeafError("Nobody hears it.")
        case Ring():
            return [Rang(by=command.by, due=command.due)]
        case Stop():
            return [Stopped(by=command.by)]


def evolve(state: Alarm, event: Event) -> Alarm:
    match event:
        case Rang():
            return Alarm(rung=state.rung + 1, deaf=state.deaf)
        case Stopped():
            return Alarm(rung=state.rung, deaf=True)
    return state


alarm: Decider[Alarm] = Decider(
    "alarm", Alarm(), decide, evolve, (Started, Rang, Stopped), lambda event, state: Disclosure("T", {})
)


def changes(event: Event) -> Iterable[Change]:
    match event:
        case Started():
            yield Set("ring", event.due)
        case Rang():
            yield Clear("ring")


class StillClock(Clock):
    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


class Bells:
    """A store with alarms and the loop that rings them."""

    def __init__(self, place: str) -> None:
        self.clock = StillClock(NOON)
        self.store = Store(
            service="bell",
            office="o",
            database=Database(place),
            deciders=[alarm],
            projections=[Timers(changes)],
        )
        self.broken = False
        self.loop = TimerLoop(self.store, self.clock, self.command_of)

    def command_of(self, due: Due, act: Act) -> tuple[Decider[Any], Command]:
        if self.broken:
            raise ZeroDivisionError(due.name)
        return alarm, Ring(by=act, due=due.due)

    async def start(self, due: datetime, aggregate: UUID | None = None) -> UUID:
        aggregate = aggregate or uuid4()
        await self.store.handle(alarm, aggregate, Start(by=self.act(), due=due))
        return aggregate

    def act(self) -> Act:
        return Act(at=NOON, actor="a", role="public")

    def rung(self, aggregate: UUID) -> int:
        return self.store.load(alarm, aggregate)[1].rung

    def waiting(self) -> int:
        rows = self.store.read(lambda tx: tx.execute("SELECT count(*) AS n FROM due_timers"))
        return int(rows[0]["n"])


@pytest_asyncio.fixture
async def bells(place: str) -> AsyncIterator[Bells]:
    opened_bells = Bells(place)
    opened_bells.store.open()
    yield opened_bells
    opened_bells.store.close()


async def test_a_timer_fires_when_it_is_due_and_not_before(bells: Bells) -> None:
    aggregate = await bells.start(NOON + HOUR)
    assert await bells.loop.tick() == 0
    bells.clock.at = NOON + HOUR
    assert await bells.loop.tick() == 1
    assert await bells.loop.tick() == 0
    assert bells.rung(aggregate) == 1


async def test_the_command_is_the_services_own_act_with_the_due_time_as_its_identity(bells: Bells) -> None:
    await bells.start(NOON - HOUR)
    await bells.loop.tick()
    message = bells.store.messages(1, 1)[0].message
    assert b'"actor":"system:bell","actorrole":"system:bell"' in message


async def test_a_timer_set_again_takes_the_place_of_the_earlier_one(bells: Bells) -> None:
    aggregate = await bells.start(NOON - HOUR)
    await bells.start(NOON + HOUR, aggregate)
    assert await bells.loop.tick() == 0
    assert bells.waiting() == 1


async def test_a_timer_that_the_aggregate_finds_pointless_is_cleared(bells: Bells) -> None:
    aggregate = await bells.start(NOON - HOUR)
    await bells.store.handle(alarm, aggregate, Stop(by=bells.act()))
    assert await bells.loop.tick() == 1
    assert (bells.waiting(), bells.rung(aggregate), bells.loop.reason) == (0, 0, None)


async def test_a_timer_that_fails_stays_is_told_and_does_not_hold_up_the_others(bells: Bells) -> None:
    aggregate = await bells.start(NOON - HOUR)
    bells.broken = True
    assert await bells.loop.tick() == 0
    assert f"ring of {aggregate}: ZeroDivisionError" in (bells.loop.reason or "")
    assert bells.waiting() == 1
    bells.broken = False
    assert await bells.loop.tick() == 1
    assert bells.loop.reason is None


async def test_timers_that_fail_go_behind_the_others_and_take_turns(
    bells: Bells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "LARGEST_BATCH", 2)
    failing = [await bells.start(NOON - HOUR) for _ in range(4)]
    bells.broken = True
    for _ in range(3):
        await bells.loop.tick()
    assert (bells.loop.reason or "").startswith("4 timers can't be fired")
    bells.broken = False
    later = [await bells.start(NOON) for _ in range(2)]
    assert await bells.loop.tick() == 2
    assert [bells.rung(each) for each in (*later, *failing)] == [1, 1, 0, 0, 0, 0]
    assert [await bells.loop.tick() for _ in range(3)] == [2, 2, 0]
    assert (bells.waiting(), bells.loop.reason) == (0, None)


async def test_more_timers_than_one_round_takes_are_all_fired(
    bells: Bells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "LARGEST_BATCH", 10)
    aggregates = [await bells.start(NOON - HOUR) for _ in range(25)]
    async with running(bells.loop.run):
        await until(lambda: bells.waiting() == 0)
    assert [bells.rung(aggregate) for aggregate in aggregates] == [1] * 25


async def test_timers_are_rebuilt_from_the_events(bells: Bells, place: str) -> None:
    await bells.start(NOON + HOUR)
    bells.store.close()
    again = Bells(place)
    again.store = Store(
        service="bell",
        office="o",
        database=Database(place),
        deciders=[alarm],
        projections=[Timers(changes, version=2)],
    )
    again.store.open()
    assert again.waiting() == 1
    again.store.close()
