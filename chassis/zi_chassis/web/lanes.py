"""Operators' API for lanes and outbox: see which message blocks a lane, skip exactly that one (an event with their name and a reason), and
see what a stopped outbox found on its stream."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request

from zi_chassis.access.identity import Staff, act, staff
from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.lanes import Skip
from zi_chassis.bus.outbox import Outbox
from zi_chassis.domain import DomainError, Value
from zi_chassis.storage.store import Store
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_contracts.text import Line

ROLE, AUDITOR = "ops", "auditor"
Operator = Annotated[Staff, Depends(staff(ROLE))]
Reader = Annotated[Staff, Depends(staff(ROLE, AUDITOR))]


class NotBlockedError(DomainError):
    """The message named is not the one at which the lane stands."""

    def __init__(self) -> None:
        super().__init__(
            msgid("No message at this position blocks the lane. Look again where it stands before you skip.")
        )


class LaneState(Value):
    """`blocked_at` is the position of the message that can't be handled, `hash` the SHA-256 of its bytes."""

    sender: str
    heard: int
    blocked_at: int | None
    hash: str | None
    reason: str | None


class StrangerState(Value):
    """A message on the stream that is not this service's: see zi_chassis.bus.own_tail.Stranger."""

    sequence: int
    hash: str
    repeats: int | None
    continues: bool
    signed: bool


class OutboxState(Value):
    """The state of the outbox: `after_position` and `head` are the last message of this service on its stream, `messages` are those that
    others wrote after it."""

    stopped: bool
    reason: str | None
    after_position: int
    head: str
    messages: tuple[StrangerState, ...]


class SkipBody(Value):
    """The reason is published and stays for ever: no names, nothing of a case."""

    position: Annotated[int, Field(ge=1)]
    reason: Line


def lanes_router(store: Store, inboxes: Mapping[str, Inbox], outbox: Outbox) -> APIRouter:
    """For the process that holds the lease; `inboxes` by sender."""
    router = APIRouter(prefix=f"/{store.service}/api")

    @router.get("/outbox")
    async def outbox_state(person: Reader) -> OutboxState:
        """Return whether the outbox is stopped, and the messages of others that stopped it."""
        messages = tuple(StrangerState(**asdict(each)) for each in outbox.strangers)
        position, head = outbox.published
        return OutboxState(
            stopped=outbox.stopped,
            reason=outbox.reason,
            after_position=position,
            head=head,
            messages=messages,
        )

    @router.get("/lanes")
    async def lanes(person: Operator) -> list[LaneState]:
        """Return the position of each lane, and the reason if it is blocked."""
        return [await asyncio.to_thread(_state, store, inbox) for inbox in inboxes.values()]

    @router.post("/lanes/{sender}/skip")
    async def skip(request: Request, person: Operator, sender: str, body: SkipBody) -> LaneState:
        """Skip the message that blocks this lane; it stays in the stream and in the ledger."""
        if sender not in inboxes:
            raise NotFoundError(DETAILS[404])
        blocked = inboxes[sender].blocked
        if blocked is None or blocked.position != body.position or blocked.hash is None:
            raise NotBlockedError
        by = act(person, ROLE, request.app.state.clock)
        command = Skip(by=by, sender=sender, position=body.position, hash=blocked.hash, reason=body.reason)
        await store.skip(sender, body.position, command)
        inboxes[sender].go_on()
        return await asyncio.to_thread(_state, store, inboxes[sender])

    return router


def _state(store: Store, inbox: Inbox) -> LaneState:
    return LaneState(
        sender=inbox.sender,
        heard=store.received_position(inbox.sender),
        blocked_at=inbox.blocked and inbox.blocked.position,
        hash=inbox.blocked and inbox.blocked.hash,
        reason=inbox.reason,
    )
