"""Public keys of somebody who signs tokens: fetched, kept, and asked for again when a token names an unknown one."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from zi_chassis import outgoing
from zi_chassis.domain import UnavailableError

logger = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "ES256", "EdDSA", "Ed25519"]
CACHE_SECONDS = 3600.0
PAUSE = 10.0
LAST_MOMENT = 253_402_300_800


class ForeignTokenError(Exception):
    """The token is not a JWT, or none of the known keys signed it."""


async def fetched(url: str, host: str | None = None) -> Any:
    """The JSON document at `url`, asked for under the name `host` when the address inside is another."""
    async with outgoing.client(5) as client:
        response = await client.get(url, headers={"Host": host} if host else {})
    return response.raise_for_status().json()


def _with_sane_times(claims: dict[str, Any]) -> dict[str, Any]:
    """The claims, if each time in them is a whole number of seconds before the year 10000. Raises ForeignTokenError."""
    times = [claims[name] for name in ("exp", "iat", "nbf") if name in claims]
    if not all(type(at) in (int, float) and 0 <= at < LAST_MOMENT and at == int(at) for at in times):
        raise ForeignTokenError
    return claims


class KeyCache:
    """Asks at most once in PAUSE seconds, so that forged key names cannot make us flood the signer."""

    def __init__(
        self, fetch: Callable[[], Awaitable[Any]], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._keys: KeySet | None = None
        self._since = self._tried = float("-inf")
        self._lock = asyncio.Lock()

    async def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token with a good signature; what they say is the caller's to check."""
        if self._seconds() - self._since > CACHE_SECONDS:
            await self._refresh()
        try:
            return self._decoded(token)
        except InvalidKeyIdError:
            await self._refresh()
        try:
            return self._decoded(token)
        except InvalidKeyIdError as error:
            raise ForeignTokenError from error

    def _decoded(self, token: str) -> dict[str, Any]:
        if self._keys is None:
            raise UnavailableError("The keys to check sign-ins could not be fetched.")
        try:
            return _with_sane_times(jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims)
        except InvalidKeyIdError:
            raise
        except (JoseError, ValueError, TypeError) as error:  # a header's fields may be anything
            raise ForeignTokenError from error

    async def _refresh(self) -> None:
        async with self._lock:
            if self._seconds() - self._tried < PAUSE:
                return
            self._tried = self._seconds()
            try:
                self._keys = KeySet.import_key_set(await self._fetch())
                self._since = self._tried
            except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError, UnavailableError) as error:
                logger.warning("keys could not be fetched: %s", type(error).__name__)
