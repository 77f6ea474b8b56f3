"""What people do about an entry that does not fit: look into it and say so, and let a sender go on whose stream somebody else wrote to."""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zi_audit import words
from zi_audit.acknowledgements import Acknowledgement, Acknowledgements
from zi_audit.anomaly import Acknowledge, anomaly, anomaly_id
from zi_audit.chain import LARGEST, ZEROS
from zi_audit.continuation import (
    Continue,
    ForeignMessage,
    FourEyesError,
    SenderContinued,
    continuation,
    continuation_id,
)
from zi_audit.index import Index
from zi_audit.pages import pages_of
from zi_audit.published_log import PublishedLog
from zi_audit.question import FoundBreak
from zi_audit.senders import OWN, SENDERS
from zi_audit.tail import Tail
from zi_chassis.clock import Clock
from zi_chassis.domain import DomainError, Value
from zi_chassis.foreign import Continuation, Foreign
from zi_chassis.identity import Staff, act, staff
from zi_chassis.recorded import event_id
from zi_chassis.store import Store
from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, NotFoundError, field_errors
from zi_contracts.audit import MOST_FOREIGN

AUDITOR, OPERATOR = "auditor", "ops"
NO_ENTRY = "The ledger has no entry of this number yet. Please try again in a moment."

router = APIRouter()
Looker = Annotated[Staff, Depends(staff(AUDITOR, OPERATOR))]
Operator = Annotated[Staff, Depends(staff(OPERATOR))]
Index_ = Annotated[int, Path(ge=0, le=LARGEST)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Position = Annotated[int, Field(ge=1, le=LARGEST)]


class UnknownPlaceError(DomainError):
    """The sender's chain, as the ledger has it, does not stand where the request says."""

    def __init__(self, position: int) -> None:
        super().__init__(
            "The ledger does not have this service's message at position {position} with this digest. Ask its outbox again.",
            position=position,
        )


class AcknowledgeBody(Value):
    """The reason is published and stays for ever: no names, nothing of a case."""

    reason: Reason


class StrangeMessage(Value):
    """A message as the outbox of the sender names it."""

    sequence: Position
    hash: Digest
    repeats: Position | None = None
    continues: bool = False
    signed: bool = False


class ContinueBody(Value):
    """What `GET /<sender>/api/outbox` answers, and why; the reason is published and stays for ever."""

    after_position: Annotated[int, Field(ge=0, le=LARGEST)]
    head: Digest
    messages: Annotated[tuple[StrangeMessage, ...], Field(min_length=1, max_length=MOST_FOREIGN)]
    reason: Reason


class Examined(Value):
    """An entry, what was found wrong with it, and who looked into it."""

    index: int
    sender: str
    hash: str
    found: FoundBreak | None
    acknowledged: Sequence[Acknowledgement]


@router.get("/audit/api/anomalies/{index}")
async def examined(request: Request, person: Looker, index: Index_) -> Examined:
    """An entry with what is wrong with it and who acknowledged it."""
    return await _examined(request, index)


@router.post("/audit/api/anomalies/{index}/acknowledge")
async def acknowledge(request: Request, person: Looker, index: Index_, body: AcknowledgeBody) -> Examined:
    """Records that this person looked into the entry, which stays as it is."""
    await _acknowledge(request, person, index, body.reason)
    return await _examined(request, index)


@router.get("/audit/anomalies/{index}", include_in_schema=False)
async def page(request: Request, person: Looker, index: Index_) -> Response:
    return await _page(request, index, Form())


@router.post("/audit/anomalies/{index}", include_in_schema=False)
async def acknowledge_from_page(request: Request, person: Looker, index: Index_) -> Response:
    form = Form.of(await request.form())
    try:
        body = AcknowledgeBody.model_validate(form.nested("reason"))
    except ValidationError as error:
        return await _page(request, index, form.refused(field_errors(request, error)), 422)
    await _acknowledge(request, person, index, body.reason)
    return RedirectResponse(f"/audit/anomalies/{index}", 303)


@router.post("/audit/api/senders/{sender}/continue")
async def continue_sender(
    request: Request, person: Operator, sender: str, body: ContinueBody
) -> Sequence[Continuation]:
    """Lets a sender go on behind messages in its stream that are not its own; each was acknowledged by somebody else."""
    _only_known(sender)
    await _stands_there(request, sender, body.after_position, body.head)
    known = await _store(request).query(
        lambda tx: Acknowledgements.of_hashes(tx, (each.hash for each in body.messages))
    )
    messages = [await _foreign(request, sender, each, known) for each in body.messages]
    command = Continue(
        by=act(person, OPERATOR, _clock(request)),
        sender=sender,
        after_position=body.after_position,
        head=body.head,
        messages=tuple(messages),
        reason=body.reason,
        acknowledged_by={hash: frozenset(one.actor for one in some) for hash, some in known.items()},
    )
    store = _store(request)
    await store.handle(continuation, continuation_id(_source(store, sender)), command)
    return await declared(store, sender)


@router.get("/audit/api/senders/{sender}/continuations")
async def continuations(request: Request, sender: str) -> Sequence[Continuation]:
    """What was declared not to be the sender's, once the published log holds it; asked by the sender and by who hears it."""
    _only_known(sender)
    return await declared(_store(request), sender, _index(request))


async def declared(store: Store, sender: str, index: Index | None = None) -> Sequence[Continuation]:
    """With an index only what has an entry in it. Audit's own stream can't wait for that."""
    aggregate = continuation_id(_source(store, sender))
    _, state = await store.fetch(continuation, aggregate)
    ids = [str(event_id(aggregate, version)) for version in range(1, len(state.events) + 1)]
    places = {} if index is None or sender == OWN else await asyncio.to_thread(index.indexes, ids)
    return [
        _declared(event) for id, event in zip(ids, state.events, strict=True) if places.get(id, 0) is not None
    ]


def _declared(event: SenderContinued) -> Continuation:
    messages = tuple(Foreign(each.sequence, each.hash) for each in event.messages)
    return Continuation(after_position=event.after_position, head=event.head, messages=messages)


async def _stands_there(request: Request, sender: str, position: int, head: str) -> None:
    digest = ZEROS if position == 0 else await _digest_at(request, sender, position)
    if digest != head:
        raise UnknownPlaceError(position)


async def _foreign(
    request: Request, sender: str, message: StrangeMessage, known: Mapping[str, Sequence[Acknowledgement]]
) -> ForeignMessage:
    """A repeated message has no entry of its own; any other one that somebody looked into has."""
    place = {"sequence": message.sequence, "hash": message.hash}
    if message.repeats is not None:
        await _stands_there(request, sender, message.repeats, message.hash)
        return ForeignMessage(**place)
    if message.hash not in known:
        raise FourEyesError(message.sequence)
    return ForeignMessage(**place, index=known[message.hash][0].index)


async def _digest_at(request: Request, sender: str, position: int) -> str | None:
    place = await asyncio.to_thread(_index(request).place, sender, position)
    content = None if place is None else await asyncio.to_thread(_log(request).entry, *place)
    return None if content is None else sha256(content).hexdigest()


async def _acknowledge(request: Request, person: Staff, index: int, reason: str) -> None:
    entry = await _examined(request, index)
    role = AUDITOR if AUDITOR in person.roles else OPERATOR
    command = Acknowledge(
        by=act(person, role, _clock(request)),
        sender=entry.sender,
        index=index,
        hash=entry.hash,
        reason=reason,
    )
    tail: Tail = request.app.state.tail
    await _store(request).handle(anomaly, anomaly_id(tail.origin, index), command)


async def _examined(request: Request, index: int) -> Examined:
    place = await asyncio.to_thread(_index(request).examine, index)
    content = None if place is None else await asyncio.to_thread(_log(request).entry, index, place[0])
    if place is None or content is None:
        raise NotFoundError(NO_ENTRY)
    _, lane, found = place
    acknowledged = await _store(request).query(lambda tx: Acknowledgements.of_entries(tx, [index]))
    return Examined(
        index=index,
        sender=lane,
        hash=sha256(content).hexdigest(),
        found=found,
        acknowledged=acknowledged.get(index, ()),
    )


async def _page(request: Request, index: int, form: Form, status: int = 200) -> Response:
    entry = await _examined(request, index)
    return pages_of(request).render(request, "anomaly.html", status, examined=entry, form=form, words=words)


def _only_known(sender: str) -> None:
    if sender not in SENDERS:
        raise NotFoundError(DETAILS[404])


def _source(store: Store, sender: str) -> str:
    return f"{store.source.rpartition('/')[0]}/{sender}"


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _index(request: Request) -> Index:
    index: Index = request.app.state.index
    return index


def _log(request: Request) -> PublishedLog:
    log: PublishedLog = request.app.state.log
    return log


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock
