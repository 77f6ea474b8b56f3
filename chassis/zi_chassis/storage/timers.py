"""Timers: a read model of deadlines, and the loop that turns a passed one into a command of the service.

A timer fires at least once; the command carries the due time as its identity, so that firing again changes nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Command, Decider, DomainError, Event, UnavailableError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.store import Store

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
LARGEST_BATCH = 200


@dataclass(frozen=True, slots=True)
class Set:
    """A timer of the event's aggregate; one of the same name takes the place of the earlier one."""

    name: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Clear:
    name: str


@dataclass(frozen=True, slots=True)
class Due:
    aggregate: UUID
    name: str
    due: datetime


Change = Set | Clear
CommandOf = Callable[[Due, Act], tuple[Decider[Any], Command]]


class Timers:
    """The projection `due_timers`; `changes` says what an event sets and clears."""

    name = "timers"
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS due_timers (aggregate TEXT NOT NULL, name TEXT NOT NULL, due TEXT NOT NULL,"
        " PRIMARY KEY (aggregate, name))",
        "CREATE INDEX IF NOT EXISTS due_timers_due ON due_timers (due)",
    )

    def __init__(self, changes: Callable[[Event], Iterable[Change]], version: int = 1) -> None:
        self.version = version
        self._changes = changes

    def project(self, tx: Tx, recorded: Recorded) -> None:
        for change in self._changes(recorded.event):
            tx.execute(
                "DELETE FROM due_timers WHERE aggregate = ? AND name = ?",
                str(recorded.aggregate),
                change.name,
            )
            if isinstance(change, Set):
                tx.execute(
                    "INSERT INTO due_timers (aggregate, name, due) VALUES (?, ?, ?)",
                    str(recorded.aggregate),
                    change.name,
                    rfc3339(change.due),
                )

    @staticmethod
    def due(tx: Tx, now: datetime, most: int) -> list[Due]:
        rows = tx.execute(
            "SELECT aggregate, name, due FROM due_timers WHERE due <= ? ORDER BY due LIMIT ?",
            rfc3339(now),
            most,
        )
        return [Due(UUID(r["aggregate"]), r["name"], datetime.fromisoformat(r["due"])) for r in rows]

    @staticmethod
    def clear(tx: Tx, due: Due) -> None:
        """Unless it was set anew in the meantime."""
        tx.execute(
            "DELETE FROM due_timers WHERE aggregate = ? AND name = ? AND due = ?",
            str(due.aggregate),
            due.name,
            rfc3339(due.due),
        )


class TimerLoop:
    """Run by the process that holds the lease; `command_of` is what the service does when a timer is due. It may read the store."""

    def __init__(self, store: Store, clock: Clock, command_of: CommandOf) -> None:
        self._store = store
        self._clock = clock
        self._command_of = command_of
        self._actor = f"system:{store.service}"
        self._faults: dict[Due, str] = {}
        self.reason: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if not await self.tick():
                await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> int:
        """Fires what is due now; how many timers are done with. Those that failed before go behind the others, and take turns."""
        now, most = self._clock.now(), LARGEST_BATCH + len(self._faults)
        due = dict.fromkeys(await self._store.query(lambda tx: Timers.due(tx, now, most)))
        self._faults = {each: fault for each, fault in self._faults.items() if each in due}
        fresh = [each for each in due if each not in self._faults]
        return await self._fire_all([*fresh, *self._faults][:LARGEST_BATCH])

    async def _fire_all(self, batch: Sequence[Due]) -> int:
        done = 0
        for each in batch:
            fault = await self._fire(each)
            self._faults.pop(each, None)
            if fault is None:
                done += 1
            else:
                self._faults[each] = fault
        standing = list(self._faults.values())
        self.reason = f"{len(standing)} timers can't be fired, first: {standing[0]}" if standing else None
        return done

    async def _fire(self, due: Due) -> str | None:
        """The fault that keeps the timer, if any."""
        try:
            await self._issue(due)
        except DomainError as refusal:
            logger.info("timer %s of %s is pointless: %s", due.name, due.aggregate, refusal.msgid)
        except UnavailableError as error:
            return f"{due.name} of {due.aggregate}: {error}"
        except Exception as error:
            logger.exception("timer %s of %s", due.name, due.aggregate)
            return f"{due.name} of {due.aggregate}: {error.__class__.__name__}"
        await asyncio.to_thread(self._clear, due)
        return None

    async def _issue(self, due: Due) -> None:
        act = Act(at=self._clock.now(), actor=self._actor, role=self._actor)
        decider, command = await asyncio.to_thread(self._command_of, due, act)
        await self._store.handle(decider, due.aggregate, command)

    def _clear(self, due: Due) -> None:
        with self._store.database.transaction() as tx:
            Timers.clear(tx, due)
