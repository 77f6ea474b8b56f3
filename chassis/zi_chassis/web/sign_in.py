"""Signing in with a browser: authorization code with PKCE, state and nonce, which only this browser's cookie knows."""

import asyncio
import logging
import secrets
import socket
import time
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import httpx
from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from zi_chassis.access.identity import COOKIE, Identity
from zi_chassis.access.jwks import fetched
from zi_chassis.domain import UnavailableError, Value
from zi_chassis.service import Service
from zi_chassis.web.language import language_of
from zi_chassis.web.problem import DETAILS, NotFoundError, RefusedError, SignInNeededError

logger = logging.getLogger(__name__)

ATTEMPT = "zi_sign_in"
ENDED = "/sign-out/ended"
HOME = "/desk/"
MINUTES_10 = 600
LARGEST_COOKIE = 3900

router = APIRouter(include_in_schema=False)


class SignInFailedError(RefusedError):
    """Said on a page of its own, because asking again at once could go round for ever."""

    status = 401


class SignIn(Value):
    """One begun sign-in, kept by the browser that began it."""

    state: str
    nonce: str
    verifier: str
    back_to: str


def path_on_this_origin(url: str) -> str:
    """The path to come back to, or the desk when `url` would lead anywhere else."""
    odd = not url.startswith("/") or url.startswith(("//", "/\\", "/sign-")) or not url.isprintable()
    return HOME if odd or "\\" in url or urlsplit(url).netloc else url


@router.get("/sign-in")
async def begin(request: Request, next: str = HOME) -> Response:
    identity: Identity = request.app.state.identity
    back_to = path_on_this_origin(next)
    attempt = SignIn(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        back_to=back_to,
    )
    url = await identity.authorize_url(attempt.state, attempt.nonce, attempt.verifier, language_of(request))
    answer = RedirectResponse(url, 303)
    _set(request, answer, ATTEMPT, attempt.model_dump_json().encode().hex(), MINUTES_10, "/sign-in")
    return answer


@router.get("/sign-in/callback")
async def finish(request: Request, code: str = "", state: str = "") -> Response:
    identity: Identity = request.app.state.identity
    try:
        attempt = _attempt(request, state)
        person = await identity.exchange(code, attempt.verifier, attempt.nonce)
    except SignInNeededError as error:
        raise SignInFailedError(error.msgid) from error
    if len(person.token) > LARGEST_COOKIE:
        logger.error("the provider's token is too large for a cookie")
        raise UnavailableError("The provider's token is too large for a cookie.")
    answer = RedirectResponse(attempt.back_to, 303)
    _set(request, answer, COOKIE, person.token, max(0, person.expires - int(time.time())), "/")
    answer.delete_cookie(ATTEMPT, path="/sign-in")
    return answer


def _attempt(request: Request, state: str) -> SignIn:
    try:
        attempt = SignIn.model_validate_json(bytes.fromhex(request.cookies.get(ATTEMPT, "")))
    except (ValueError, ValidationError) as error:
        raise SignInNeededError("The sign-in took too long. Please sign in again.") from error
    if not secrets.compare_digest(attempt.state.encode(), state.encode()):
        raise SignInNeededError("The sign-in was begun in another window. Please sign in again.")
    return attempt


@router.post("/sign-out")
async def leave(request: Request) -> Response:
    identity: Identity = request.app.state.identity
    if token := request.cookies.get(COOKIE):
        await identity.end(token)
    answer = RedirectResponse(await _farewell(identity), 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.post("/sign-out/back-channel")
async def leave_by_provider(
    request: Request, logout_token: Annotated[str, Form(max_length=20_000)]
) -> Response:
    identity: Identity = request.app.state.identity
    await identity.end_by_provider(logout_token)
    return Response(status_code=200)


@router.get(ENDED)
async def ended(request: Request) -> Response:
    """List the ended sign-ins for the other services; never through the gateway."""
    if "x-forwarded-for" in request.headers:
        raise NotFoundError(DETAILS[404])
    identity: Identity = request.app.state.identity
    return JSONResponse(identity.sign_outs.listed())


def follow_sign_outs(service: Service) -> None:
    """Hear of the sign-outs that the processes of intake answered, each its own."""
    address = f"{service.settings.intake_url}{ENDED}"
    service.watch("sign-outs", lambda: service.identity.sign_outs.follow(lambda: fetched_from_all(address)))


async def fetched_from_all(address: str) -> list[dict[str, Any]]:
    """Return what all processes that answer under the name in `address` list. Raises HTTPError or ValueError where none does."""
    url = httpx.URL(address)
    fetching = [fetched(str(url.copy_with(host=host)), url.netloc.decode()) for host in await hosts_of(url)]
    return listed_in(await asyncio.gather(*fetching, return_exceptions=True))


def listed_in(answers: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the JSON objects among the answers; the others are errors, of which the first is raised where there is no object."""
    listed = [answer for answer in answers if isinstance(answer, dict)]
    if not listed:
        raise next((each for each in answers if isinstance(each, Exception)), ValueError("no JSON object"))
    return listed


async def hosts_of(url: httpx.URL) -> set[str]:
    """Return the addresses of the name; itself with TLS, whose certificate is of the name."""
    if url.scheme != "http":
        return {url.host}
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(str(error)) from error
    return {str(place[4][0]) for place in found}


async def _farewell(identity: Identity) -> str:
    """The provider's own sign-out where it has one, otherwise the first page."""
    home = f"{identity.settings.public_url}/"
    try:
        end_session = (await identity.provider()).end_session
    except UnavailableError:
        return home
    query = {"client_id": identity.settings.client_id, "post_logout_redirect_uri": home}
    return f"{end_session}?{urlencode(query)}" if end_session else home


def _set(request: Request, answer: Response, name: str, value: str, seconds: int, path: str) -> None:
    secure = request.app.state.settings.public_url.startswith("https:")
    answer.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)
