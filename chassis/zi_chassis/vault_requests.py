"""The vault over NATS request and reply: who asks gets the fields that its policy names, or a code that says why not.

The caller's name is the last word of the subject, and the broker lets each service publish under its own name alone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import assert_never
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import ValidationError

from zi_chassis.broker import NATS_ERRORS
from zi_chassis.domain import ErasedError
from zi_contracts.vault import DisclosedItem, ItemRef, VaultRefusal, VaultReply, VaultRequest

SUBJECT = "vault.read"
SECONDS = 5.0
AT_ONCE = 12  # items a reply: each may have 20,000 characters, and the broker carries one megabyte

logger = logging.getLogger(__name__)

Handler = Callable[[str, VaultRequest], Awaitable[VaultReply]]


class VaultUnavailableError(Exception):
    """The vault did not answer, or could not; nothing was disclosed, and it can be asked again."""


class VaultRefusedError(Exception):
    """The vault's policy does not let this caller read this."""


class UnknownTicketError(Exception):
    """The vault has no case under this ticket."""


class VaultService:
    """Answers on `vault.read.*`. `allowed`: fields by caller; `handler` records the opening, then discloses.

    `handler(caller, request)` replies with what exists, and raises UnknownTicketError, VaultRefusedError or
    ErasedError; any other fault discloses nothing and is told as `unavailable`.
    """

    def __init__(self, allowed: Mapping[str, frozenset[str]], handler: Handler) -> None:
        self._allowed = allowed
        self._handler = handler
        self._answering: set[asyncio.Task[None]] = set()

    async def serve(self, nc: Client) -> None:
        await nc.subscribe(f"{SUBJECT}.*", queue="vault", cb=self._received)

    async def answer(self, caller: str, content: bytes) -> VaultReply:
        try:
            request = VaultRequest.model_validate_json(content)
            if not set(request.fields) <= self._allowed.get(caller, frozenset()):
                raise VaultRefusedError
            return await self._handler(caller, request)
        except Exception as fault:
            return VaultReply(error=_code(caller, fault))

    async def _received(self, asked: Msg) -> None:
        """In a task of its own, so that openings that arrive together are committed together."""
        task = asyncio.create_task(self._reply(asked))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _reply(self, asked: Msg) -> None:
        reply = await self.answer(asked.subject.rpartition(".")[2], asked.data)
        try:
            await asked.respond(reply.model_dump_json(exclude_none=True).encode())
        except NATS_ERRORS as gone:
            logger.warning("vault could not send its answer: %s", type(gone).__name__)


def _code(caller: str, fault: Exception) -> VaultRefusal:
    """Of the fault itself only the class is logged: its text might quote what was read."""
    match fault:
        case ErasedError():
            return "erased"
        case UnknownTicketError():
            return "unknown"
        case VaultRefusedError() | ValidationError():
            logger.warning("vault refused %s: %s", caller, type(fault).__name__)
            return "not_allowed"
        case _:
            logger.error("vault could not answer %s: %s", caller, type(fault).__name__)
            return "unavailable"


class VaultClient:
    """Reads fields of a case for `caller`, which is the service's own name on the broker."""

    def __init__(self, nc: Client, caller: str, seconds: float = SECONDS) -> None:
        self._nc = nc
        self._subject = f"{SUBJECT}.{caller}"
        self._seconds = seconds

    async def read(
        self,
        ticket: str,
        fields: Sequence[str],
        purpose: str,
        causation: str | None = None,
        token: str | None = None,
    ) -> dict[str, str]:
        """The fields that exist; UnknownTicketError, VaultRefusedError, ErasedError or VaultUnavailableError."""
        request = VaultRequest(
            ticket=ticket, fields=tuple(fields), purpose=purpose, causation=causation, token=token
        )
        return dict((await self._told(request)).fields)

    async def disclosed(
        self, ticket: str, wanted: Sequence[ItemRef], purpose: str, token: str
    ) -> dict[UUID, DisclosedItem]:
        """Those of the items that the vault tells the official who has this token; else raises as `read` does."""
        found: dict[UUID, DisclosedItem] = {}
        for first in range(0, len(wanted), AT_ONCE):
            some = wanted[first : first + AT_ONCE]
            fields, items = tuple({ref.field for ref in some}), tuple(ref.item for ref in some)
            request = VaultRequest(ticket=ticket, fields=fields, purpose=purpose, token=token, items=items)
            found |= {told.item: told for told in (await self._told(request)).items}
        return found

    async def _told(self, request: VaultRequest) -> VaultReply:
        reply = await self._ask(request.model_dump_json(exclude_none=True).encode())
        match reply.error:
            case None:
                return reply
            case "erased":
                raise ErasedError
            case "not_allowed":
                raise VaultRefusedError("The vault does not let this service read these fields.")
            case "unknown":
                raise UnknownTicketError("The vault knows no such case.")
            case "unavailable":
                raise VaultUnavailableError("The vault could not answer.")
            case _:
                assert_never(reply.error)

    async def _ask(self, request: bytes) -> VaultReply:
        try:
            answered = await self._nc.request(self._subject, request, timeout=self._seconds)
            return VaultReply.model_validate_json(answered.data)
        except (*NATS_ERRORS, ValidationError) as fault:
            raise VaultUnavailableError(f"The vault gave no answer: {type(fault).__name__}.") from None
