"""Find what the store holds and the stream does not, compared by every process of a service, whoever leads.

A lease that nobody holds, a server that is away and a disk that is full look alike to a standby: messages wait, and none is
published. Readiness and `zi_outbox_lag` come from this comparison alone.
"""

import asyncio

from prometheus_client import Gauge

from zi_chassis.bus import foreign
from zi_chassis.bus.broker import NATS_ERRORS, Broker, MissingKeyError, heed_cancellation
from zi_chassis.bus.stored_messages import last_sequence
from zi_chassis.process.waiting import UNREADABLE
from zi_chassis.storage.database import MACHINE
from zi_chassis.storage.store import Store

LOOK_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
ASK_SECONDS = 3.0
LAG = Gauge("zi_outbox_lag", "Messages stored and not published yet", ["service"])
QUIET = Gauge(
    "zi_outbox_quiet_seconds",
    "Time since a message was published while others wait for it; 0 while none waits",
    ["service"],
)


class Unpublished:
    """`reason` is set when messages wait and none was published for `patience` seconds."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        look: float = LOOK_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._store = store
        self._broker = broker
        self._look = look
        self._patience = patience
        self._position: int | None = None
        self._progress_at = 0.0
        self.reason: str | None = None

    async def run(self) -> None:
        """Compare until cancelled."""
        self._progress_at = asyncio.get_running_loop().time()
        while True:
            heed_cancellation()
            try:
                await self._compare()
            except MACHINE as error:
                self.reason = f"{UNREADABLE} ({error.__class__.__name__})"
            await asyncio.sleep(self._look)

    async def _compare(self) -> None:
        now = asyncio.get_running_loop().time()
        published = await self._published()
        if published is None:
            self.reason = "NATS has not said yet which messages are published"
            return
        stored = (await asyncio.to_thread(self._store.last))[0]
        if published != self._position or published >= stored:
            self._position, self._progress_at = published, now
        waiting, quiet = max(0, stored - published), now - self._progress_at
        LAG.labels(self._store.service).set(waiting)
        QUIET.labels(self._store.service).set(quiet if waiting else 0)
        self.reason = None
        if waiting and quiet > self._patience:
            self.reason = (
                f"{waiting} messages wait to be published after position {published}, and nothing was published for"
                f" {quiet:.0f} s: no process leads, NATS is away or full, or the outbox stopped"
            )

    async def _published(self) -> int | None:
        """Return the last position on the stream; the last known one while NATS does not answer, None before its first answer."""
        service = self._store.service
        try:
            async with asyncio.timeout(ASK_SECONDS):
                sequence = await last_sequence(await self._broker.jetstream(), service)
                known = await asyncio.to_thread(self._store.foreign, service)
                return foreign.position_at(
                    sequence, await foreign.present(self._broker, self._store.source, known)
                )
        except (MissingKeyError, *NATS_ERRORS):
            return self._position
