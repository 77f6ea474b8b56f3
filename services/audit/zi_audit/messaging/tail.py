"""Index the published files as they grow, and record each break, each new key of the log and each new policy of its witnesses as an event
of audit, once."""

import asyncio
import logging
from contextlib import suppress
from itertools import pairwise

from prometheus_client import Gauge

from zi_audit.domain.adoption import AdoptPolicy, adoption_id
from zi_audit.domain.anomaly import NoteBreak, anomaly_id
from zi_audit.domain.question import FoundBreak
from zi_audit.domain.rotation import NoteRotation, rotation_id
from zi_audit.domain.senders import AUDIT
from zi_audit.files.published_log import PublishedLog
from zi_audit.messaging.published import adoption, anomaly, rotation
from zi_audit.read.index import Index
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.storage.database import MACHINE
from zi_chassis.storage.newer_version import NewerVersionError
from zi_chassis.storage.store import Store
from zi_tlog.error import LogError

logger = logging.getLogger(__name__)

EVERY = 0.25
AT_ONCE = 4096
AFTER_A_FAULT = 5.0
INDEXED = Gauge("zi_log_indexed", "Entries in the index")
OWN_BREAKS = Gauge("zi_log_own_breaks", "Breaks in the chain of audit itself, which are only shown")
_ACTOR = f"system:{AUDIT}"


class Tail:
    """`reason` says why the index does not follow; `complete` whether it had all that was published when it looked last."""

    def __init__(self, log: PublishedLog, index: Index, store: Store, clock: Clock) -> None:
        self.complete = False
        self.reason: str | None = "the published log was not read yet"
        self.origin = ""
        self.size = 0
        self._log = log
        self._index = index
        self._store = store
        self._clock = clock
        self._rotations: set[tuple[str, str]] = set()
        self._policy = b""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                moved = await asyncio.to_thread(self.step)
                self.reason = None if self.origin else "the writer has published nothing yet"
            except (LogError, NewerVersionError, *MACHINE) as error:
                self._stand(error)
                await asyncio.sleep(AFTER_A_FAULT)
            else:
                await asyncio.sleep(0 if moved else EVERY)

    async def tell(self) -> None:
        """Until cancelled; run by the process that holds the lease."""
        self._rotations, self._policy = set(), b""
        while True:
            try:
                for found in await asyncio.to_thread(self._index.unreported):
                    await self._tell(found)
                for old, new in pairwise(await asyncio.to_thread(self._log.keys)):
                    await self._tell_rotation(old.vkey, new.vkey)
                await self._tell_policy()
            except (UnavailableError, LogError, *MACHINE) as error:
                logger.warning("what was found can't be told now: %s", error)
            await asyncio.sleep(1)

    def step(self) -> bool:
        """Indexes a few bundles; true when there may be more."""
        signed = self._log.signed()
        if signed is None:
            return False
        head = signed[1]
        if head.origin != self.origin:
            self.size, self.origin = self._index.open(head.origin), head.origin
        if head.size < self.size:
            logger.critical("the published log is shorter than what was indexed; the index is made anew")
            self._index.clear(head.origin)
            self.size = 0
        self.complete = head.size == self.size
        if self.complete:
            return False
        entries = self._entries(head.size)
        lanes = self._log.lanes(self.size, self.size + len(entries))
        self.size = self._index.add(self.size, entries, lanes)
        INDEXED.set(self.size)
        self.complete = head.size == self.size
        return not self.complete

    def _entries(self, size: int) -> list[bytes]:
        """The next ones, at least to the end of a bundle; what can't be read behind it is the next step's affair."""
        entries = self._log.entries(self.size, size)
        with suppress(LogError, OSError):
            while len(entries) < AT_ONCE and self.size + len(entries) < size:
                entries += self._log.entries(self.size + len(entries), size)
        return entries

    async def _tell(self, found: FoundBreak) -> None:
        logger.error(
            "a chain break",
            extra={"fields": {"index": found.index, "sender": found.sender, "kind": found.kind}},
        )
        await self._store.handle(
            anomaly, anomaly_id(self.origin, found.index), NoteBreak(by=self._act(), **dict(found))
        )
        await asyncio.to_thread(self._index.mark_reported, found.index)

    async def _tell_rotation(self, old: str, new: str) -> None:
        if (old, new) in self._rotations:
            return
        await self._store.handle(
            rotation, rotation_id(old, new), NoteRotation(by=self._act(), old_vkey=old, new_vkey=new)
        )
        self._rotations.add((old, new))

    async def _tell_policy(self) -> None:
        """Record the policy that waits to be published, or else the published one."""
        policy = await asyncio.to_thread(self._log.next_policy)
        if policy is None or policy == self._policy or not self.origin:
            return
        command = AdoptPolicy(by=self._act(), origin=self.origin, policy=policy.decode())
        await self._store.handle(adoption, adoption_id(self.origin), command)
        self._policy = policy

    def _act(self) -> Act:
        return Act(at=self._clock.now(), actor=_ACTOR, role=_ACTOR)

    def _stand(self, error: Exception) -> None:
        reason = f"the index does not follow the log: {error}"
        if reason != self.reason:
            logger.critical("tail: %s", reason)
        self.reason = reason
