"""Look at the services of the house again and again, so that no page asks them on a stranger's account."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from zi_chassis import outgoing
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings

EVERY, SOON, PATIENCE = 15.0, 3.0, 3.0
WHOLE_LOOK = 10.0  # seconds for all answers together; a patience is for each of the steps of one
CERTIFICATE_EVERY = 3600.0
# Checks without which a service takes nothing in; what else is missing makes something come later.
NEEDED = frozenset({"process", "store", "published"})

Fetch = Callable[[str], Awaitable[bytes | None]]


class PartState(StrEnum):
    """The state of a service for the people who use it."""

    WORKS = "works"
    DELAYED = "delayed"
    CLOSED = "closed"


@dataclass(frozen=True)
class WatchedPart:
    """A service at the last look: `since` when it has been in this state; `reasons` by check are for operators alone."""

    name: str
    state: PartState
    since: datetime
    reasons: Mapping[str, str] = field(default_factory=dict)


class _Check(BaseModel):
    reason: str | None = None


class _Readiness(BaseModel):
    """The answer of /<service>/ready; a program of an earlier version has no `since`."""

    model_config = ConfigDict(extra="ignore")

    since: datetime | None = None
    checks: dict[str, _Check]


def addresses(settings: Settings) -> dict[str, str]:
    """Return the services that people use, in the order of the pages."""
    return {
        "intake": settings.intake_url,
        "certificates": settings.certificates_url,
        "umkm": settings.umkm_url,
        "integrity": settings.integrity_url,
        "notify": settings.notify_url,
        "audit": settings.audit_url,
    }


class HouseWatch:
    """`parts` is as of the time `looked_at`; `certificate_ends` is None where people come without TLS, or where it can't be seen from here.
    `fetch` returns what stands at an address, None where nobody answers."""

    def __init__(self, settings: Settings, clock: Clock, fetch: Fetch | None = None) -> None:
        self.parts: dict[str, WatchedPart] = {}
        self.looked_at: datetime | None = None
        self.certificate_ends: datetime | None = None
        self._public = urlsplit(settings.public_url)
        self._addresses = addresses(settings)
        self._missed: set[str] = set()  # those whose last answer did not come
        self._clock = clock
        self._fetch = fetch or fetched

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_again())
            group.create_task(self._look_at_certificate())

    async def look(self) -> None:
        found = await asyncio.gather(*map(self._part, self._addresses))
        self.parts = {part.name: part for part in found}
        self.looked_at = self._clock.now()

    @property
    def pause(self) -> float:
        """The seconds to the next look: few while something does not work, so that its end is seen at once."""
        all_work = all(part.state is PartState.WORKS for part in self.parts.values())
        return EVERY if all_work and not self._missed else SOON

    async def _look_again(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(self.pause)

    async def _part(self, name: str) -> WatchedPart:
        content = await self._answer(f"{self._addresses[name]}/{name}/ready")
        now, former = self._clock.now(), self.parts.get(name)
        if self._is_first_miss(name, content) and former is not None:
            return former
        try:
            readiness = _Readiness.model_validate_json(content or b"")
        except ValidationError:
            state, reasons, begun = PartState.CLOSED, {"answer": "it does not answer"}, now
        else:
            reasons = {check: each.reason for check, each in readiness.checks.items() if each.reason}
            state = _state(reasons)
            begun = readiness.since if readiness.since and state is PartState.WORKS else now
        if former is not None:
            begun = former.since if former.state is state else now
        return WatchedPart(name, state, begun, reasons)

    async def _answer(self, address: str) -> bytes | None:
        """All are asked at once, so the longest wait of one is that of the whole look."""
        try:
            async with asyncio.timeout(WHOLE_LOOK):
                return await self._fetch(address)
        except TimeoutError:
            return None

    def _is_first_miss(self, name: str, content: bytes | None) -> bool:
        """Tell of one answer that did not come, as when a machine is busy: the next one decides."""
        if content is not None:
            self._missed.discard(name)
            return False
        is_first = name not in self._missed
        self._missed.add(name)
        return is_first

    async def _look_at_certificate(self) -> None:
        while self._public.scheme == "https":
            self.certificate_ends = await certificate_end(
                self._public.hostname or "", self._public.port or 443
            )
            await asyncio.sleep(CERTIFICATE_EVERY)


def _state(reasons: Mapping[str, str]) -> PartState:
    if NEEDED & reasons.keys():
        return PartState.CLOSED
    return PartState.DELAYED if reasons else PartState.WORKS


async def fetched(address: str) -> bytes | None:
    try:
        async with outgoing.client(PATIENCE) as client:
            return (await client.get(address)).content
    except (httpx.HTTPError, httpx.InvalidURL):
        return None


async def certificate_end(host: str, port: int, context: ssl.SSLContext | None = None) -> datetime | None:
    """Return when the TLS certificate of the server ends; None where none can be seen."""
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(
                host, port, ssl=context or ssl.create_default_context(), server_hostname=host
            )
        tls_certificate = writer.get_extra_info("peercert")
        writer.close()
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(tls_certificate["notAfter"]), UTC)
    except (OSError, TimeoutError, KeyError, TypeError, ValueError):
        return None
