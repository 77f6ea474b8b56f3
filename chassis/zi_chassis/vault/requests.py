"""The vault over NATS request and reply: who asks reads and keeps the fields that its policy names, or gets a code that says why not.

The caller's name is the last word of the subject, and the broker lets each service publish under its own name alone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from math import ceil
from types import MappingProxyType
from typing import TypeVar, assert_never
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import ValidationError

from zi_chassis.bus.broker import NATS_ERRORS, Broker
from zi_chassis.domain import ErasedError, UnseenSignError, refuse_unseen
from zi_chassis.process import request_context, tracing
from zi_chassis.process.request_context import because_of, read_request_id
from zi_chassis.process.tracing import SpanKind, TraceStep
from zi_chassis.web.problem import TooManyRequestsError
from zi_contracts.vault import (
    DisclosedItem,
    ItemRef,
    VaultKeepRequest,
    VaultKept,
    VaultRefusal,
    VaultReply,
    VaultRequest,
)

READ, KEEP = "read", "keep"
OFFICE = "vault"  # the subject of the vault of the office; a service with one of its own has another
SECONDS = 5.0
MINUTE = 60
AT_ONCE = 12  # items a reply: each may have 20,000 characters, and the broker carries one megabyte

logger = logging.getLogger(__name__)

Allowed = Mapping[str, frozenset[str]]
Reader = Callable[[str, VaultRequest], Awaitable[VaultReply]]
Keeper = Callable[[str, VaultKeepRequest], Awaitable[VaultKept]]
Answer = TypeVar("Answer", VaultReply, VaultKept)


class VaultUnavailableError(Exception):
    """The vault did not answer, or could not; nothing was disclosed, and it can be asked again."""


class VaultRefusedError(Exception):
    """The vault's policy does not let this caller read or keep this."""


class UnknownTicketError(Exception):
    """The vault has no case under this ticket."""


VAULT_ERRORS = (VaultUnavailableError, VaultRefusedError, UnknownTicketError)


class TooManyOpeningsError(TooManyRequestsError):
    """An official has opened personal data as often as the office allows."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            "You have opened personal data as often as the office allows in an hour, and that is recorded."
            " Try again in {minutes} min. If your work needs more, tell your supervisor.",
            retry_after=retry_after,
            minutes=ceil(retry_after / 60),
        )


class VaultService:
    """Answers on `vault.read.*` and `vault.keep.*`, or under another `name`. `readable`, `keepable`: fields by caller.

    `reader(caller, request)` records the opening, then replies with what exists; `keeper` keeps, with an event that names
    it. Both raise UnknownTicketError, VaultRefusedError or ErasedError, `reader` also TooManyOpeningsError; any other fault is
    told as `unavailable`.
    """

    def __init__(
        self,
        readable: Allowed,
        reader: Reader,
        keepable: Allowed = MappingProxyType({}),
        keeper: Keeper | None = None,
        name: str = OFFICE,
    ) -> None:
        self._name = name
        self._readable = readable
        self._reader = reader
        self._keepable = keepable
        self._keeper = keeper
        self._answering: set[asyncio.Task[None]] = set()

    async def serve(self, nc: Client) -> None:
        await nc.subscribe(f"{self._name}.{READ}.*", queue="vault", cb=self._received)
        await nc.subscribe(f"{self._name}.{KEEP}.*", queue="vault", cb=self._received)

    async def run(self, broker: Broker) -> None:
        """Serve as soon as NATS answers; the subscription lasts while NATS comes and goes. Runs until cancelled."""
        await self.serve(await broker.client())
        await asyncio.Event().wait()

    async def answer(self, caller: str, content: bytes) -> VaultReply:
        try:
            request = VaultRequest.model_validate_json(content)
            _refuse_unless_named(self._readable, caller, request.fields)
            return await self._reader(caller, request)
        except TooManyOpeningsError as limit:
            return VaultReply(error="too_many", retry_after=limit.retry_after)
        except Exception as fault:
            return VaultReply(error=_code(caller, fault))

    async def keep(self, caller: str, content: bytes) -> VaultKept:
        try:
            request = VaultKeepRequest.model_validate_json(content)
            _refuse_unless_named(self._keepable, caller, request.fields)
            if self._keeper is None:
                raise VaultRefusedError
            return await self._keeper(caller, request)
        except Exception as fault:
            return VaultKept(error=_code(caller, fault))

    async def _received(self, message: Msg) -> None:
        """In a task of its own, so that what arrives together is committed together."""
        task = asyncio.create_task(self._reply(message))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _reply(self, message: Msg) -> None:
        _, what, caller = message.subject.split(".")
        headers = message.headers or {}
        step = TraceStep(tracing.parent_in(headers), f"{self._name} {what}", SpanKind.SERVER)
        with because_of(read_request_id(headers.get(request_context.HEADER))), tracing.after(step):
            reply = await (self.keep if what == KEEP else self.answer)(caller, message.data)
        try:
            await message.respond(reply.model_dump_json(exclude_none=True).encode())
        except NATS_ERRORS as gone:
            logger.warning("vault could not send its answer: %s", type(gone).__name__)


def _refuse_unless_named(allowed: Allowed, caller: str, fields: Collection[str]) -> None:
    if not set(fields) <= allowed.get(caller, frozenset()):
        raise VaultRefusedError


def _code(caller: str, fault: Exception) -> VaultRefusal:
    """Of the fault itself only the class is logged: its text might quote what was read."""
    match fault:
        case ErasedError():
            return "erased"
        case UnknownTicketError():
            return "unknown"
        case VaultRefusedError() | UnseenSignError() | ValidationError():
            logger.warning("vault refused %s: %s", caller, type(fault).__name__)
            return "not_allowed"
        case _:
            logger.error("vault could not answer %s: %s", caller, type(fault).__name__)
            return "unavailable"


class VaultClient:
    """Reads and keeps fields of a case for `caller`, which is the service's own name on the broker."""

    def __init__(self, nc: Client, caller: str, seconds: float = SECONDS, vault: str = OFFICE) -> None:
        self._vault = vault
        self._nc = nc
        self._caller = caller
        self._seconds = seconds

    async def read(
        self,
        ticket: str,
        fields: Sequence[str],
        purpose: str,
        causation: str | None = None,
        token: str | None = None,
        items: Sequence[UUID] | None = None,
    ) -> dict[str, str]:
        """The fields that exist, of all items or of these; where a field has several the last one.

        Raises UnknownTicketError, VaultRefusedError, ErasedError, VaultUnavailableError, or TooManyOpeningsError where a
        person's token is shown.
        """
        request = VaultRequest(
            ticket=ticket,
            fields=tuple(fields),
            purpose=purpose,
            causation=causation,
            token=token,
            items=None if items is None else tuple(items),
        )
        reply = await self._read(request)
        return dict(reply.fields) | {item.field: item.text for item in reply.items}

    async def disclosed(
        self, ticket: str, wanted: Sequence[ItemRef], purpose: str, token: str | None
    ) -> dict[UUID, DisclosedItem]:
        """Those of the items that the vault tells whoever has this token; else raises as `read` does."""
        found: dict[UUID, DisclosedItem] = {}
        for first in range(0, len(wanted), AT_ONCE):
            some = wanted[first : first + AT_ONCE]
            fields, items = tuple({ref.field for ref in some}), tuple(ref.item for ref in some)
            request = VaultRequest(ticket=ticket, fields=fields, purpose=purpose, token=token, items=items)
            found |= {reply.item: reply for reply in (await self._read(request)).items}
        return found

    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]:
        """The items that are kept, for events to refer to; the same `request` again gets the same. Raises as `read` does, and
        UnseenSignError for a text that the vault would refuse."""
        for name, text in fields.items():
            refuse_unseen(name, text, lines=True)
        message = VaultKeepRequest(ticket=ticket, fields=dict(fields), request=request, causation=causation)
        content = message.model_dump_json(exclude_none=True).encode()
        return _checked(await self._ask(KEEP, content, VaultKept)).items

    async def _read(self, request: VaultRequest) -> VaultReply:
        content = request.model_dump_json(exclude_none=True).encode()
        return _checked(await self._ask(READ, content, VaultReply))

    async def _ask(self, what: str, content: bytes, kind: type[Answer]) -> Answer:
        try:
            with tracing.inside(f"ask {self._vault} {what}", SpanKind.CLIENT) as span:
                answered = await self._nc.request(
                    f"{self._vault}.{what}.{self._caller}",
                    content,
                    timeout=self._seconds,
                    headers=request_context.headers() | tracing.headers(span) or None,
                )
            return kind.model_validate_json(answered.data)
        except (*NATS_ERRORS, ValidationError) as fault:
            raise VaultUnavailableError(f"The vault gave no answer: {type(fault).__name__}.") from None


def _checked(answer: Answer) -> Answer:
    match answer.error:
        case None:
            return answer
        case "erased":
            raise ErasedError
        case "not_allowed":
            raise VaultRefusedError("The vault does not let this service do this with these fields.")
        case "unknown":
            raise UnknownTicketError("The vault knows no such case.")
        case "unavailable":
            raise VaultUnavailableError("The vault could not answer.")
        case "too_many":
            raise TooManyOpeningsError((isinstance(answer, VaultReply) and answer.retry_after) or MINUTE)
        case _:
            assert_never(answer.error)
