"""The case token: intake signs that somebody showed the code of a case; every service can check it, none can make it.

Like every token it is checked by the real clock."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jwt import JWTClaimsRegistry
from starlette.requests import Request

from zi_chassis.access.identity import presented
from zi_chassis.access.jwks import ForeignTokenError, KeyCache, fetched
from zi_chassis.settings import Settings
from zi_chassis.web.problem import RefusedError

COOKIE = "zi_case"
ISSUER = "zi-case"
ALGORITHM = "Ed25519"
TTL = 30 * 60


class CaseTokenError(RefusedError):
    """No token of a case, or one that has expired."""

    status = 401

    def __init__(self) -> None:
        super().__init__("Please open the case again with its ticket and code.")


@dataclass(frozen=True)
class CaseClaims:
    """`code` counts the codes that the case had before the one that the token was made by; only intake knows which opens it now."""

    ticket: str
    code: int = 0


class CaseVerifier:
    """Checks tokens with keys that somebody publishes; by default intake."""

    def __init__(self, fetch: Callable[[], Any], now: Callable[[], float] = time.time) -> None:
        self._keys = KeyCache(fetch)
        self._now = now

    async def verify(self, token: str) -> str:
        """The ticket that the token speaks for."""
        return (await self.claims(token)).ticket

    async def claims(self, token: str) -> CaseClaims:
        """Raises CaseTokenError."""
        registry = JWTClaimsRegistry(
            now=lambda: int(self._now()),
            iss={"essential": True, "value": ISSUER},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            claims = await self._keys.claims(token)
            registry.validate(claims)
        except (ForeignTokenError, JoseError) as error:
            raise CaseTokenError from error
        return CaseClaims(str(claims["sub"]), int(claims.get("code", 0)))

    async def ticket(self, request: Request) -> str | None:
        """The ticket whose token came as bearer or cookie; None when none came or it is no case token."""
        claims = await self.claims_of(request)
        return None if claims is None else claims.ticket

    async def claims_of(self, request: Request) -> CaseClaims | None:
        """As `ticket`, with the number of its code."""
        token = presented(request, COOKIE)
        try:
            return await self.claims(token) if token else None
        except CaseTokenError:
            return None


def verifier(settings: Settings) -> CaseVerifier:
    return CaseVerifier(lambda: fetched(f"{settings.intake_url}/intake/api/jwks"))


class CaseTokens(CaseVerifier):
    """Issues tokens with a key of its own; only intake has one."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._key = _signing_key(settings.secret("case-token"))
        self._key.ensure_kid()
        super().__init__(self._publish, now)

    def issue(self, ticket: str, ttl: int = TTL, code: int = 0) -> str:
        now = int(self._now())
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        claims = {"iss": ISSUER, "sub": ticket, "iat": now, "exp": now + ttl} | (
            {"code": code} if code else {}
        )
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])

    def jwks(self) -> Any:
        return KeySet([self._key]).as_dict(private=False)

    async def _publish(self) -> Any:
        return self.jwks()


def _signing_key(seed: bytes) -> OKPKey:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": _base64(seed), "x": _base64(public)})


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
