"""Record each access before anything is shown: the first in ten minutes is committed as an event, or nothing is shown; later ones are
counted, the count is written every second, and while it can't be written nothing is shown either."""

import asyncio
import hmac
import logging
from collections import Counter
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Literal
from uuid import UUID

from starlette.requests import Request

from zi_audit.domain.access import WINDOW, RecordAccess
from zi_audit.domain.question import EntryFilter, ticket
from zi_audit.messaging.published import looks
from zi_audit.read.index import Index
from zi_audit.read.projections import AccessCounts
from zi_chassis.access.identity import Staff, act
from zi_chassis.clock import Clock
from zi_chassis.domain import UnavailableError
from zi_chassis.storage.store import Store
from zi_contracts.text import first_unseen

logger = logging.getLogger(__name__)

EVERY = 1.0
Kind = Literal["entries", "timeline", "actor", "export", "bundle", "entry", "evidence"]


class AccessPurpose(StrEnum):
    """The purpose of an access; a closed list, because it is published."""

    AUDIT = "audit"
    INVESTIGATION = "investigation"
    COMPLAINT = "complaint"
    COURT = "court"
    VERIFICATION = "verification"


class AccessLog:
    """`reason` says why counts can't be written. `run` by every process that shows something."""

    def __init__(self, store: Store, clock: Clock, secret: bytes) -> None:
        self.reason: str | None = None
        self._store = store
        self._clock = clock
        self._secret = secret
        self._begun: dict[UUID, datetime] = {}
        self._losses = 0
        self._counts: Counter[tuple[UUID, datetime, str]] = Counter()

    async def record(
        self, person: Staff, role: str, purpose: AccessPurpose, case: str | None, kind: Kind
    ) -> None:
        """Returns when it may be shown; raises UnavailableError when it may not."""
        if self.reason is not None:
            raise UnavailableError(self.reason)
        by = act(person, role, self._clock)
        look = self._id(by.actor, purpose, case)
        since, losses = self._begun.get(look), self._losses
        if since is None or not since <= by.at < since + WINDOW:
            done = await self._store.handle(
                looks, look, RecordAccess(by=by, purpose=purpose, case=case, kind=kind)
            )
            since = done.state.since or by.at
            if losses == self._losses:
                self._begun[look] = since
            if done.recorded:
                return
        self._counts[look, since, kind] += 1

    def forget(self) -> None:
        """Ask the store again at each next look: its database was away, and may come back without the events of the last ones."""
        self._losses += 1
        self._begun = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.keep()

    async def keep(self) -> None:
        """Writes what was counted since the last time; what can't be written is counted on."""
        now = self._clock.now()
        self._begun = {look: since for look, since in self._begun.items() if now < since + WINDOW}
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            await asyncio.to_thread(self._write, counts)
            self.reason = None
        except Exception as error:
            logger.exception("looks that were counted can't be written")
            self.reason = f"looks can't be counted: {type(error).__name__}"
            self._counts.update(counts)

    def _write(self, counts: Counter[tuple[UUID, datetime, str]]) -> None:
        with self._store.database.transaction() as tx:
            AccessCounts.add(tx, counts)

    def _id(self, actor: str, purpose: str, case: str | None) -> UUID:
        """Keyed, so that nobody outside can try out who looked at what."""
        named = "\0".join((actor, purpose, case or "")).encode()
        return UUID(bytes=hmac.digest(self._secret, named, sha256)[:16], version=4)


async def record_access(
    request: Request,
    person: Staff,
    kind: Kind,
    case: str | None = None,
    purpose: AccessPurpose = AccessPurpose.AUDIT,
) -> None:
    """To be awaited before disclosure. A case that the ledger does not know is a person's typing and is not written down, nor is one
    that a forger named with signs that nobody sees: that is an access to the ledger at large."""
    index: Index = request.app.state.index
    access_log: AccessLog = request.app.state.access_log
    is_written = (
        case is not None and first_unseen(case) is None and await asyncio.to_thread(index.knows_case, case)
    )
    await access_log.record(person, "auditor", purpose, case if is_written else None, kind)


async def record_accesses(
    request: Request, person: Staff, kind: Kind, query: EntryFilter, purpose: AccessPurpose
) -> None:
    """One for each case that the question names, or one at the ledger at large."""
    searched = () if query.search is None else (ticket(query.search.strip()),)
    index: Index = request.app.state.index
    cases = [case for case in (*query.case, *searched) if await asyncio.to_thread(index.knows_case, case)]
    for case in dict.fromkeys(cases) or (None,):
        await record_access(request, person, kind, case, purpose)
