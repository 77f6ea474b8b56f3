"""Sign-ins that ended before their tokens expire. The service where people sign out keeps them, in memory, and publishes them as digests
inside of the house; the others ask for them every few seconds. A list that can't be fetched stays as it was."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

logger = logging.getLogger(__name__)

LONGEST = (
    24 * 3600
)  # no sign-in lasts longer: a session or a person that the provider ended is remembered for so long
MOST = 20_000
SECONDS = 5.0

_LISTS = TypeAdapter(list[dict[str, tuple[int, int | None]]])


class SignOuts:
    """Ended sign-ins by digest: until when each counts, and of a person which tokens it means (those made by that second)."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._ended: dict[str, tuple[int, int | None]] = {}

    def end_token(self, token: str, expires: int) -> None:
        self._end(_digest("token", token), expires, None)

    def end_session(self, session: str) -> None:
        """The provider's session (claim `sid`), whatever token was made in it."""
        self._end(_digest("session", session), int(self._now()) + LONGEST, None)

    def end_person(self, sub: str, made_by: int) -> None:
        """End all tokens of a person that were made by then."""
        self._end(_digest("person", sub), int(self._now()) + LONGEST, made_by)

    def has_ended(self, token: str, sub: str, session: str | None, made_at: int) -> bool:
        """Return whether this sign-in has ended; `made_at` is when its token was made, 0 where it does not say."""
        if _digest("token", token) in self._ended:
            return True
        if session is not None and _digest("session", session) in self._ended:
            return True
        _, made_by = self._ended.get(_digest("person", sub), (0, None))
        return made_by is not None and made_at <= made_by

    def listed(self) -> Mapping[str, tuple[int, int | None]]:
        return self._ended

    async def follow(self, fetch: Callable[[], Awaitable[Any]]) -> None:
        """Add what the lists of `fetch` say, every few seconds, until cancelled."""
        while True:
            await self.take(fetch)
            await asyncio.sleep(SECONDS)

    async def take(self, fetch: Callable[[], Awaitable[Any]]) -> None:
        """Add what the lists of `fetch` say, once: one of each process."""
        try:
            lists = _LISTS.validate_python(await fetch())
        except (httpx.HTTPError, ValueError, ValidationError) as error:
            logger.warning("who signed out could not be asked: %s", type(error).__name__)
            return
        for ended in lists:
            for digest, (until, made_by) in ended.items():
                self._end(digest, until, made_by)

    def _end(self, digest: str, until: int, made_by: int | None) -> None:
        """The later end of a person counts, whichever is heard last."""
        now = self._now()
        former_until, former_made_by = self._ended.get(digest, (0, None))
        until = max(until, former_until)
        if former_made_by is not None:
            made_by = max(made_by or 0, former_made_by)
        if len(self._ended) >= MOST:
            self._ended = {name: entry for name, entry in self._ended.items() if entry[0] > now}
        while len(self._ended) >= MOST:
            del self._ended[next(iter(self._ended))]
        if until > now:
            self._ended[digest] = until, made_by


def _digest(kind: str, name: str) -> str:
    return sha256(f"{kind}\0{name}".encode()).hexdigest()
