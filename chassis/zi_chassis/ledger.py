"""A client of the ledger: where events stand and their receipts; asked for only when somebody looks, never while deciding."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from typing import BinaryIO
from uuid import UUID

import httpx

from zi_chassis import outgoing
from zi_chassis.process import tracing
from zi_chassis.web.problem import RefusedError

REMEMBERED = 50_000
SECONDS = 3.0
PACKING_SECONDS = 300.0  # with the turns of those who wait


class LedgerAwayError(RefusedError):
    """Nothing can be proven while the ledger does not answer; nothing is lost either."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The ledger can't be reached, so there is no evidence to give now. Try again in a minute."
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "30"}


class LedgerClient:
    """An index never changes, so it is asked for once."""

    def __init__(self, audit_url: str, client: httpx.AsyncClient) -> None:
        self._api = f"{audit_url}/audit/api"
        self._log = f"{audit_url}/audit/log"
        self._client = client
        self._known: OrderedDict[UUID, int] = OrderedDict()

    async def indexes(self, events: Iterable[UUID]) -> dict[UUID, int]:
        """Those that are in the ledger already; what can't be asked counts as not yet."""
        wanted = list(events)
        unknown = [event for event in wanted if event not in self._known]
        if unknown:
            self._remember(await self._fetched(unknown))
        return {event: self._known[event] for event in wanted if event in self._known}

    async def policy(self) -> bytes:
        answer = await self._get("witness-policy")
        if answer is None:
            raise LedgerAwayError
        return answer

    async def checkpoint(self) -> bytes:
        """Return the newest signed checkpoint. Raises LedgerAwayError."""
        answer = await self._get("checkpoint", self._log)
        if answer is None:
            raise LedgerAwayError
        return answer

    async def receipts(self, events: Iterable[UUID]) -> dict[UUID, bytes]:
        """Those that the ledger can give now."""
        wanted = list(events)
        answers = await asyncio.gather(*(self._get(f"receipts/{event}") for event in wanted))
        return {event: answer for event, answer in zip(wanted, answers, strict=True) if answer is not None}

    async def evidence(self, ticket: str, token: str, file: BinaryIO) -> None:
        """Write what the ledger packs of a case (zi_tlog.evidence) into the file; `token` is one of the case."""
        request = self._client.build_request(
            "GET",
            f"{self._api}/cases/{ticket}/evidence",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(SECONDS, read=PACKING_SECONDS),
        )
        try:
            answer = await self._client.send(request, stream=True)
            try:
                if answer.status_code != httpx.codes.OK:
                    raise LedgerAwayError
                async for chunk in answer.aiter_bytes():
                    await asyncio.to_thread(file.write, chunk)
            finally:
                await answer.aclose()
        except httpx.HTTPError as error:
            raise LedgerAwayError from error

    async def _fetched(self, events: list[UUID]) -> dict[UUID, int]:
        try:
            answer = await self._client.get(
                f"{self._api}/indexes",
                params={"event": [str(each) for each in events]},
                headers=tracing.headers(),
            )
            indexes = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            return {}
        return {event: indexes[str(event)] for event in events if isinstance(indexes.get(str(event)), int)}

    async def _get(self, path: str, place: str = "") -> bytes | None:
        """None when it isn't there yet."""
        try:
            answer = await self._client.get(f"{place or self._api}/{path}")
        except httpx.HTTPError as error:
            raise LedgerAwayError from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code != httpx.codes.OK:
            raise LedgerAwayError
        return answer.content

    def _remember(self, indexes: dict[UUID, int]) -> None:
        self._known |= indexes
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def ledger_client() -> httpx.AsyncClient:
    return outgoing.client(SECONDS)
