"""The identity of officials: the identity provider's token, as bearer of an API call or in the cookie of the pages.

Tokens are checked by the real clock even where the business clock is shifted."""

import base64
import hashlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import httpx
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwt import JWTClaimsRegistry
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from zi_chassis import outgoing
from zi_chassis.access.jwks import ForeignTokenError, KeyCache, fetched
from zi_chassis.access.sign_outs import SignOuts
from zi_chassis.clock import Clock
from zi_chassis.domain import ENTERING, Act, UnavailableError, Value
from zi_chassis.settings import Settings
from zi_chassis.web.problem import ForbiddenError, RefusedError, SignInNeededError

logger = logging.getLogger(__name__)

COOKIE = "zi_staff"
APPLICANT = "applicant"
LEEWAY = 30
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class Staff(Value):
    """A signed-in person; `sub` is the provider's opaque name for them, `token` what they showed."""

    sub: str
    name: str | None
    roles: frozenset[str]
    token: str
    expires: int

    def role(self, *wanted: str) -> str:
        """The first of the wanted roles that this person has."""
        return next(role for role in wanted if role in self.roles)


class Claims(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: str
    exp: int
    name: str | None = None
    roles: frozenset[str] = frozenset()
    nonce: str | None = None
    sid: str | None = None
    iat: int = 0


class Logout(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    iat: int
    events: dict[str, dict[str, Any]]
    sub: str | None = None
    sid: str | None = None


class ForeignLogoutError(RefusedError):
    """No logout token of this provider for this house."""

    def __init__(self) -> None:
        super().__init__("This is not a sign-out that the identity provider sends to this house.")


@dataclass(frozen=True)
class Provider:
    """Addresses of the provider: `authorize` and `end_session` as browsers see them, the others from inside."""

    authorize: str
    token: str
    jwks: str
    end_session: str | None


class Identity:
    """Checks tokens and signs people in. The provider is asked under its outside name at its inside address."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self._now = now
        self.sign_outs = SignOuts(now)
        self._provider: Provider | None = None
        self._keys = KeyCache(self._fetch_keys)
        self._outside = urlsplit(settings.issuer)
        self._inside = urlsplit(settings.discovery_url)

    @property
    def host(self) -> str | None:
        return self._outside.netloc if self._inside.netloc != self._outside.netloc else None

    async def provider(self) -> Provider:
        if self._provider is None:
            try:
                document = await fetched(self.settings.discovery_url, self.host)
                self._provider = self._read(document)
            except (httpx.HTTPError, KeyError, ValueError) as error:
                logger.warning("the identity provider could not be asked: %s", type(error).__name__)
                raise UnavailableError("The identity provider could not be asked.") from error
        return self._provider

    async def probe(self) -> None:
        """Ask the provider for its addresses, whatever is known already. Raises an error of the network, KeyError or ValueError."""
        self._read(await fetched(self.settings.discovery_url, self.host))

    def _read(self, document: dict[str, Any]) -> Provider:
        return Provider(
            authorize=document["authorization_endpoint"],
            token=self._from_inside(document["token_endpoint"]),
            jwks=self.settings.jwks_url or self._from_inside(document["jwks_uri"]),
            end_session=document.get("end_session_endpoint"),
        )

    def _from_inside(self, url: str) -> str:
        parts = urlsplit(url)
        if _origin(parts) != _origin(self._outside):
            return url
        return parts._replace(scheme=self._inside.scheme, netloc=self._inside.netloc).geturl()

    async def _fetch_keys(self) -> Any:
        url = self.settings.jwks_url or (await self.provider()).jwks
        return await fetched(url, self.host)

    async def claims(self, token: str) -> Claims:
        """Signature, issuer, audience and expiry are right, or the person has to sign in."""
        try:
            claims = await self._genuine(token, exp={"essential": True}, sub={"essential": True})
            return Claims.model_validate(claims)
        except ExpiredTokenError as error:
            raise SignInNeededError("Your sign-in has expired. Please sign in again.") from error
        except (ForeignTokenError, JoseError, ValidationError) as error:
            raise SignInNeededError("This sign-in is not valid here. Please sign in again.") from error

    async def _genuine(self, token: str, **wanted: Any) -> dict[str, Any]:
        """The claims of a token that this provider made for this house."""
        registry = JWTClaimsRegistry(
            now=lambda: int(self._now()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            **wanted,
        )
        claims = await self._keys.claims(token)
        registry.validate(claims)
        return claims

    async def end(self, token: str) -> None:
        """End a sign-in here; the token of another house or time ends nothing."""
        with suppress(SignInNeededError):
            self.sign_outs.end_token(token, (await self.claims(token)).exp + LEEWAY)

    async def end_by_provider(self, logout_token: str) -> None:
        """End what the provider says has ended (OpenID Connect Back-Channel Logout 1.0, section 2.6). Raises ForeignLogoutError."""
        try:
            claims = await self._genuine(logout_token, iat={"essential": True})
            named = Logout.model_validate(claims)
        except (ForeignTokenError, JoseError, ValidationError) as error:
            raise ForeignLogoutError from error
        if LOGOUT not in named.events or "nonce" in claims or (named.sid or named.sub) is None:
            raise ForeignLogoutError
        if named.sid is not None:
            self.sign_outs.end_session(named.sid)
        elif named.sub is not None:
            self.sign_outs.end_person(named.sub, named.iat)

    async def staff(self, token: str) -> Staff:
        claims = await self.claims(token)
        if self.sign_outs.has_ended(token, claims.sub, claims.sid, claims.iat):
            raise SignInNeededError("You have signed out. Please sign in again.")
        # An account that enters reports has no other role here, whatever the provider gave it besides.
        roles = frozenset({ENTERING}) if ENTERING in claims.roles else claims.roles
        return Staff(sub=claims.sub, name=claims.name, roles=roles, token=token, expires=claims.exp)

    async def exchange(self, code: str, verifier: str, nonce: str) -> Staff:
        """The code of a finished sign-in for the token that our APIs accept."""
        provider = await self.provider()
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": self.redirect_uri,
            "client_id": self.settings.client_id,
        }
        if self.settings.client_secret:
            fields["client_secret"] = self.settings.client_secret
        tokens = await self._post(provider.token, fields)
        if not secrets.compare_digest((await self.claims(tokens.get("id_token", ""))).nonce or "", nonce):
            raise SignInNeededError("This sign-in is not valid here. Please sign in again.")
        return await self.staff(tokens.get(self.settings.bearer, ""))

    async def _post(self, url: str, fields: dict[str, str]) -> Any:
        headers = {"Host": self.host} if self.host else {}
        try:
            async with outgoing.client(10) as client:
                answer = await client.post(url, data=fields, headers=headers)
        except httpx.HTTPError as error:
            raise UnavailableError("The identity provider could not be asked.") from error
        if answer.status_code != 200:
            logger.warning("the provider gave no token", extra={"fields": {"status": answer.status_code}})
            raise SignInNeededError("The sign-in could not be completed. Please sign in again.")
        return answer.json()

    @property
    def redirect_uri(self) -> str:
        return f"{self.settings.public_url}/sign-in/callback"

    async def authorize_url(self, state: str, nonce: str, verifier: str, language: str) -> str:
        digest = hashlib.sha256(verifier.encode()).digest()
        fields = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        return f"{(await self.provider()).authorize}?{urlencode(fields)}"


def _origin(url: SplitResult) -> tuple[str, str]:
    return url.scheme, url.netloc


def presented(request: Request, cookie: str) -> str | None:
    """The bearer of the Authorization header or, without that header, the cookie's."""
    header = request.headers.get("authorization")
    if header is None:
        return request.cookies.get(cookie)
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def staff(*roles: str) -> Callable[[Request], Awaitable[Staff]]:
    """A FastAPI dependency: somebody signed in who has one of these roles (any when none is named)."""

    async def signed_in(request: Request) -> Staff:
        token = presented(request, COOKIE)
        if not token:
            raise SignInNeededError("This needs a sign-in. Please sign in with your office account.")
        identity: Identity = request.app.state.identity
        person = await identity.staff(token)
        if roles and not person.roles.intersection(roles):
            raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")
        request.state.staff = person
        return person

    return signed_in


def act(
    person: Staff, role: str, clock: Clock, *, causation: str | None = None, correlation: str | None = None
) -> Act:
    """Make the act of a command. A company's own people are applicants, everybody else is staff."""
    recorded_role = role if role == APPLICANT else f"staff:{role}"
    return Act(
        at=clock.now(), actor=person.sub, role=recorded_role, causation=causation, correlation=correlation
    )
