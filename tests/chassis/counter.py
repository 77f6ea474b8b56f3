"""A small aggregate for the store's tests: a counter that goes no higher than nine."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from zi_chassis.domain import Act, Command, Decider, Disclosure, DomainError, Event, Value
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded


class TooHighError(DomainError):
    pass


class Add(Command):
    amount: int
    key: str = ""


class Added(Event):
    amount: int
    key: str


class Count(Value):
    total: int = 0
    keys: tuple[str, ...] = ()


def decide(command: Add, state: Count) -> Sequence[Event]:
    if command.key and command.key in state.keys:
        return []
    if state.total + command.amount > 9:
        raise TooHighError("{total} is as high as it goes.", total=state.total)
    return [Added(by=command.by, amount=command.amount, key=command.key)]


def evolve(state: Count, event: Added) -> Count:
    return Count(total=state.total + event.amount, keys=(*state.keys, event.key))


def publish(event: Added, state: Count) -> Disclosure:
    return Disclosure("T", {"total": state.total, "pad": event.key if len(event.key) > 1000 else ""})


counter: Decider[Count] = Decider("counter", Count(), decide, evolve, (Added,), publish)


def add(amount: int, key: str = "") -> Add:
    return Add(by=Act(at=datetime(2026, 1, 2, tzinfo=UTC), actor="a", role="public"), amount=amount, key=key)


class Totals:
    name = "totals"
    tables: tuple[str, ...] = ("CREATE TABLE totals (aggregate TEXT PRIMARY KEY, total INTEGER)",)

    def __init__(self, version: int = 1, broken: str = "") -> None:
        self.version = version
        self.broken = broken

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if not isinstance(event, Added):
            return
        if self.broken and event.key == self.broken:
            raise ZeroDivisionError(event.key)
        tx.execute(
            "INSERT INTO totals VALUES (?, ?) ON CONFLICT (aggregate) DO UPDATE SET total = totals.total + ?",
            str(recorded.aggregate),
            event.amount,
            event.amount,
        )

    @staticmethod
    def total(tx: Tx, aggregate: UUID) -> int:
        rows = tx.execute("SELECT total FROM totals WHERE aggregate = ?", str(aggregate))
        return int(rows[0]["total"]) if rows else 0
