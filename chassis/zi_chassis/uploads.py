"""Files go to intake, which opens and cleans every one of them and keeps it in the vault; what comes back is a reference, by which the
file can be asked for again.

The caller's own token goes along, so intake decides itself whether this person may; what it refuses is passed on as it was said.
"""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from zi_chassis import outgoing
from zi_chassis.access import case_token, identity
from zi_chassis.access.identity import presented
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.settings import Settings
from zi_chassis.web.language import language_of
from zi_chassis.web.limits import client_address
from zi_contracts.vault import ItemRef

LARGEST = 10 * 1024 * 1024
MULTIPART = LARGEST + 64 * 1024
PIECE = 64 * 1024
SECONDS = 90.0  # a hostile file may hold intake's cleanroom for a minute
PASSED_ON = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)

logger = logging.getLogger(__name__)


class FileRefusedError(Exception):
    """Intake did not keep or give the file; `document` is its problem document, with a sentence in the caller's language."""

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: str | None) -> None:
        super().__init__(f"intake refused a file: {status}")
        self.status = status
        self.document = document
        self.retry_after = retry_after

    @property
    def detail(self) -> str:
        return str(self.document.get("detail", ""))


class _Attached(BaseModel):
    item: ItemRef


class Uploads:
    def __init__(self, settings: Settings) -> None:
        self._cases = f"{settings.intake_url}/intake/api/cases"
        self._client = outgoing.client(SECONDS)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def content(
        self, request: Request, ticket: str, by: Act, item: UUID, purpose: str
    ) -> AsyncIterator[bytes]:
        """A kept file piece by piece; that an official looks is recorded at intake first. Raises as `attach` does."""
        where, headers = f"{self._cases}/{ticket}/files/{item}", _headers(request, by)
        try:
            async with self._client.stream(
                "POST", where, json={"purpose": purpose}, headers=headers
            ) as answer:
                if answer.status_code in PASSED_ON:
                    await answer.aread()
                    raise _refused(answer)
                answer.raise_for_status()
                async for piece in answer.aiter_bytes(PIECE):
                    yield piece
        except httpx.HTTPError as error:
            raise UnavailableError("Intake did not give the file.") from error

    async def attach(self, request: Request, ticket: str, by: Act, key: UUID, file: bytes) -> ItemRef:
        """Kept at intake. The same key and file give the same item again; raises FileRefusedError or UnavailableError."""
        try:
            answer = await self._client.post(
                f"{self._cases}/{ticket}/attachments",
                files={"file": ("file", file)},
                headers=_headers(request, by) | {"Idempotency-Key": str(key)},
            )
        except httpx.HTTPError as error:
            raise UnavailableError("Intake did not answer.") from error
        if answer.status_code in PASSED_ON:
            raise _refused(answer)
        return _item_of(answer)


def presented_token(request: Request, by: Act) -> str:
    """The token by which this person has come in: the case's, or that of a sign-in."""
    return presented(request, case_token.COOKIE if by.role == "public" else identity.COOKIE) or ""


def _refused(answer: httpx.Response) -> FileRefusedError:
    return FileRefusedError(answer.status_code, _document(answer), answer.headers.get("retry-after"))


def _headers(request: Request, by: Act) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {presented_token(request, by)}",
        "Accept": "application/json",
        "Accept-Language": language_of(request),
        "X-Forwarded-For": client_address(request),  # budgets are the client's own, not this service's
    }


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise UnavailableError("Intake gave an answer that is none of its own.")
    return document


def _item_of(answer: httpx.Response) -> ItemRef:
    try:
        return _Attached.model_validate_json(answer.raise_for_status().content).item
    except (httpx.HTTPError, ValidationError) as error:
        logger.error("intake's answer to a file can't be used: %s", answer.status_code)
        raise UnavailableError("Intake's answer can't be used.") from error
