"""The writer process: every lane's messages into the one log; it holds the key and the database, and nobody else writes the tiles.

In doubt it stops, says why, and looks again a little later with all checks of a start; it never signs in between."""

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
from fastapi import FastAPI
from prometheus_client import Counter, Gauge, Histogram

from zi_audit.domain.adoption import may_change, policy_digest
from zi_audit.domain.chain import Break
from zi_audit.domain.senders import SENDERS
from zi_audit.files import sender_proofs
from zi_audit.files.halt import HaltError, halted_by
from zi_audit.files.log_keys import LogKeys, keys_of
from zi_audit.files.status import WitnessStatus, WriterStatus, write_status
from zi_audit.files.tile_folder import POLICY
from zi_audit.files.tiles import published_tiles
from zi_audit.writer import witness_client
from zi_audit.writer.batch import CommitQueue
from zi_audit.writer.clock_check import ClockCheck
from zi_audit.writer.known_entries import NewEntry
from zi_audit.writer.lane import Lane
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_audit.writer.partial_tiles import PartialTiles
from zi_audit.writer.witnesses import Witnesses, readable, witnesses_of
from zi_audit.writer.write_lock import WriteLock
from zi_chassis.bus.broker import Broker
from zi_chassis.clock import Clock
from zi_chassis.process.together import together
from zi_chassis.service import Service, start
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database
from zi_chassis.storage.lease import FolderLease, Lease, lease_of

logger = logging.getLogger(__name__)

TICK = 1.0
STATUS_EVERY = 10.0
NOT_OPEN = "the log is not open yet"
LOOK_AGAIN = 5.0
SIZE = Gauge("zi_log_size", "Entries in the published log")
SIGNED_AT = Gauge(
    "zi_log_checkpoint_timestamp_seconds", "When the newest checkpoint was signed, in seconds since 1970"
)
STOPPED = Gauge("zi_log_stopped", "1 while the log does not grow because of a doubt")
ANOMALIES = Counter("zi_log_anomalies", "Entries appended with an anomaly", ["kind"])
for _kind in Break:  # a series that begins with its first anomaly would show no increase
    ANOMALIES.labels(_kind)
COMMIT = Histogram(
    "zi_log_commit_seconds",
    "From the messages of a batch to their published checkpoint",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
)


_WAITS = "a new policy of witnesses or keys waits until audit has recorded it in the log"


class Writer:
    """Run by the process that holds the lease."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        broker: Broker,
        database: Database,
        look_again: float = LOOK_AGAIN,
    ) -> None:
        self._look_again = look_again
        self.reason: str | None = NOT_OPEN
        self._clock = clock
        self._clock_check = ClockCheck(clock)
        self._broker = broker
        self._ledger = Ledger(database, settings.office)
        self._tiles = published_tiles(settings)
        self._partial_tiles = PartialTiles(self._tiles, clock)
        self._settings = settings
        self._url = f"{settings.public_url}/audit/log"
        self._awaited: str | None = None
        self._lanes: list[Lane] = []
        self._witnesses: Witnesses | None = None
        self._status_written = float("-inf")

    async def run(self) -> None:
        """Until cancelled. Each run opens the log with all checks of a start: another process may have written since."""
        try:
            while True:
                try:
                    await self._grow()
                except Exception as error:
                    await self._halt(halted_by(_first(error)))
                    await asyncio.sleep(self._look_again)
        finally:
            self.reason, self._lanes = NOT_OPEN, []
            STOPPED.set(0)  # others may write now: an alarm here would stay on
            witness_client.FAULT.clear()

    def lanes_reason(self) -> str | None:
        """Return the lanes that are not read, and why."""
        return "; ".join(lane.reason for lane in self._lanes if lane.reason) or None

    async def _grow(self) -> None:
        """Until the log has to be opened anew, under another policy."""
        await asyncio.to_thread(self._ledger.refuse_unknown_senders)
        policy, keys, pen = witnesses_of(self._settings), keys_of(self._settings), WriteLock()
        log = TransparencyLog(self._ledger, self._tiles, keys, self._clock, policy, self._clock_check)
        wanted = readable(log.policy_file(self._url))
        await pen.write(log.open, self._url, policy_may_change=partial(self._may_change, wanted, keys))
        async with httpx.AsyncClient(trust_env=False) as client:
            self._witnesses = Witnesses(log, self._tiles, policy, client, pen)
            await self._witnesses.confirm()
            await pen.write(log.renew)
            self._witnesses = Witnesses(log, self._tiles, log.witnesses, client, pen)
            self._go_on(log)
            await self._hear(log, self._witnesses, pen)

    def policy_reason(self) -> str | None:
        """Return whether a policy waits to be published, and for what."""
        return _WAITS if self._awaited is not None else None

    def _may_change(self, wanted: bytes, keys: LogKeys) -> bool:
        signing = [verifier.key for verifier in keys.verifiers]
        may = may_change(self._tiles.read(POLICY), wanted, self._ledger.adopted(), signing)
        self._awaited = None if may else policy_digest(wanted)
        return may

    async def _hear(self, log: TransparencyLog, witnesses: Witnesses, pen: WriteLock) -> None:
        batch = CommitQueue()
        self._lanes = [self._lane(sender, batch) for sender in SENDERS]
        progress = await asyncio.to_thread(
            lambda: [self._ledger.progress(lane.sender) for lane in self._lanes]
        )
        hearing = [partial(lane.run, last.sequence) for lane, last in zip(self._lanes, progress, strict=True)]
        await together(partial(self._commit, log, batch, witnesses, pen), witnesses.run, *hearing)

    def _lane(self, sender: str, batch: CommitQueue) -> Lane:
        source = f"/zi/{self._settings.office}/{sender}"
        return Lane(self._broker, source, batch.offer, self._ledger)

    async def _commit(
        self, log: TransparencyLog, batch: CommitQueue, witnesses: Witnesses, pen: WriteLock
    ) -> None:
        """Until an entry adopts the policy that waits for it."""
        while self._awaited is None or self._awaited != await asyncio.to_thread(self._ledger.adopted):
            offers = await batch.take(TICK)
            if offers:
                began = time.perf_counter()
                arrivals = [arrival for offer in offers for arrival in offer.arrivals]
                _count(await pen.write(log.append, arrivals))
                COMMIT.observe(time.perf_counter() - began)
                for offer in offers:
                    offer.published.set_result(None)
                _measure(log)
                witnesses.tell()
            await pen.write(self._keep_house, log)
        logger.info("the log has adopted a new policy and publishes it")

    def _keep_house(self, log: TransparencyLog) -> None:
        log.keep_checkpoint()
        self._partial_tiles.clear(log.size)
        now = time.monotonic()
        if now > self._status_written + STATUS_EVERY:
            progress = {lane.sender: lane.progress for lane in self._lanes}
            write_status(
                self._tiles,
                WriterStatus(at=self._clock.now(), witnesses=self._witness_statuses(), heard=progress),
            )
            sender_proofs.publish(self._tiles, self._ledger.proofs())
            self._status_written = now

    def _witness_statuses(self) -> tuple[WitnessStatus, ...]:
        return () if self._witnesses is None else self._witnesses.statuses

    def _go_on(self, log: TransparencyLog) -> None:
        logger.info("the log is open", extra={"fields": {"origin": log.origin, "size": log.size}})
        self.reason = None
        self._status_written = float("-inf")
        gc.freeze()  # what was loaded stays: looking through it again at every batch costs a tenth of the time
        STOPPED.set(0)
        _measure(log)

    async def _halt(self, halt: HaltError) -> None:
        if self.reason != str(halt):
            logger.critical(
                "the log has stopped", extra={"fields": {"reason": halt.reason, "why": str(halt)}}
            )
        self.reason = str(halt)
        STOPPED.set(1)
        status = WriterStatus(
            at=self._clock.now(), stopped=halt.reason, sentence=str(halt), witnesses=self._witness_statuses()
        )
        try:
            await asyncio.to_thread(write_status, self._tiles, status)
        except (OSError, HaltError) as error:
            logger.error("the reason can't be written beside the tiles: %s", error)


def _first(error: Exception) -> Exception:
    """Return the error that ended the writing, a HaltError before any other."""
    if not isinstance(error, ExceptionGroup):
        return error
    doubts, _ = error.split(HaltError)
    return _first((doubts or error).exceptions[0])


def _measure(log: TransparencyLog) -> None:
    SIZE.set(log.size)
    SIGNED_AT.set(log.head.signed_at.timestamp())


def _count(entries: list[NewEntry]) -> None:
    for entry in entries:
        if entry.anomaly is not None:
            arrival = entry.arrival
            ANOMALIES.labels(entry.anomaly).inc()
            place = {"sender": arrival.sender, "sequence": arrival.sequence, "kind": entry.anomaly}
            logger.error("an entry with an anomaly", extra={"fields": place})


def create_app(settings: Settings) -> FastAPI:
    service = Service(settings)
    broker = Broker(settings.service, settings.nats_url, settings.nats_seed)
    database = Database(settings.database or settings.folder / "ledger.db")
    writer = Writer(settings, service.clock, broker, database)
    lease = lease_of(settings)
    service.open(lambda: _opened(lease, broker, database, settings.office))
    service.keep_leading(lease, writer.run)
    service.ready_check("log", lambda: log_reason(writer, lease))
    service.ready_check("lanes", writer.lanes_reason)
    service.ready_check("policy", writer.policy_reason)
    service.ready_check("broker", lambda: broker.reason)
    return service.app


def log_reason(writer: Writer, lease: Lease) -> str | None:
    """Return why the log is not open; a process that stands by is ready without one, and the check of the lease says whether anybody can lead."""
    return writer.reason if lease.is_held else None


@asynccontextmanager
async def _opened(lease: Lease, broker: Broker, database: Database, office: str) -> AsyncIterator[None]:
    if isinstance(lease, FolderLease):
        await lease.acquire()
    Ledger(database, office).refuse_unknown_senders()
    broker.open()
    yield
    await broker.close()
    database.close()


if __name__ == "__main__":
    start("audit-writer", create_app)
