"""Let two officials continue a service whose outbox stopped at messages of somebody else: the first looks into them, the second declares
in the log that they are not the service's. Only what its outbox names itself can be declared."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zi_audit.domain.chain import LARGEST
from zi_audit.domain.continuation import Continue, ForeignMessage, SenderContinued, continuation_id
from zi_audit.domain.senders import AUDIT, SENDERS
from zi_audit.messaging.outboxes import Outboxes
from zi_audit.messaging.published import continuation
from zi_audit.read.index import Index
from zi_audit.read.stray_messages import StrayMessage, StrayMessages
from zi_audit.web import texts
from zi_audit.web.anomalies import OPERATOR, AcknowledgeBody, Examiner, acknowledge_entry
from zi_chassis.access.identity import Staff, act, staff
from zi_chassis.bus.foreign import Continuation, ForeignRecord
from zi_chassis.bus.shortened_stream import LedgerErasures, RecordedErasure
from zi_chassis.domain import DomainError, Value
from zi_chassis.storage.recorded import event_id
from zi_chassis.storage.store import Store
from zi_chassis.web.form import Form
from zi_chassis.web.lanes import OutboxState
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError, field_errors
from zi_contracts.audit import MOST_FOREIGN
from zi_contracts.text import Line
from zi_tlog.erasure import SENDERS as VAULTS

MOST = 50  # messages on a page
MOST_ERASURES = 1000
CONFIRMED = "confirm.nothing_restored"
NOT_CONFIRMED = msgid(
    "Confirm this. If the data were restored, bring back the newest backup and declare nothing."
)

router = APIRouter()
Operator = Annotated[Staff, Depends(staff(OPERATOR))]
Sender = Annotated[str, Path(max_length=64)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Position = Annotated[int, Field(ge=1, le=LARGEST)]
PageNumber = Annotated[int, Query(ge=1, le=1000)]
After = Annotated[int, Query(ge=0, le=LARGEST)]


class OutboxDiffersError(DomainError):
    """The outbox does not name these messages."""

    def __init__(self, sender: str) -> None:
        super().__init__(
            "The outbox of {sender} does not stop at these messages, or not any more. Reload the page before you let it continue.",
            sender=sender,
        )


class UnknownPlaceError(DomainError):
    """The log does not have the sender's last message where its outbox stands, or not yet a message at which it stopped."""

    def __init__(self, sender: str) -> None:
        super().__init__(
            "The ledger does not have everything yet that the outbox of {sender} names. Please try again in a moment.",
            sender=sender,
        )


class RestoredStoreError(DomainError):
    """A message could be the sender's own, lost from its store by a restore."""

    def __init__(self, sequence: int, sender: str) -> None:
        super().__init__(
            "Message {sequence} could be one of {sender} itself, if its data were restored from a backup: then bring back the newest"
            " backup and declare nothing. Confirm that nothing was restored.",
            sequence=sequence,
            sender=sender,
        )


class StoppedMessage(Value):
    """A message as the outbox of the sender names it."""

    sequence: Position
    hash: Digest
    repeats: Position | None = None
    continues: bool = False
    signed: bool = False


class ContinueBody(Value):
    """The answer of `GET /audit/api/senders/<sender>`, given back with a reason; the reason is published and stays for ever. `nothing_restored` is asked
    for where a message `continues` the sender's own."""

    after_position: Annotated[int, Field(ge=0, le=LARGEST)]
    head: Digest
    messages: Annotated[tuple[StoppedMessage, ...], Field(min_length=1, max_length=MOST_FOREIGN)]
    reason: Line
    nothing_restored: bool = False


class ContinueForm(Value):
    """The fields that the page sends beside what it showed."""

    decision: Line


class SenderState(Value):
    """The state of a sender's outbox and the messages at which it stopped."""

    sender: str
    stopped: bool
    after_position: int
    head: str
    messages: Sequence[StrayMessage]

    @property
    def undeclared(self) -> Sequence[StrayMessage]:
        return [message for message in self.messages if not message.is_declared]

    @property
    def seen(self) -> str:
        """Names exactly what a page shows."""
        messages = "".join(f"{message.sequence} {message.hash}\n" for message in self.messages)
        return sha256(f"{self.after_position} {self.head}\n{messages}".encode()).hexdigest()


@router.get("/audit/api/senders/{sender}")
async def state(request: Request, person: Examiner, sender: Sender) -> SenderState:
    """Return where the outbox of a service stands, which messages in its stream are not its own, and who looked into them."""
    outbox = await _outbox(request, person, sender)
    return SenderState(
        sender=sender,
        stopped=outbox.stopped,
        after_position=outbox.after_position,
        head=outbox.head,
        messages=await _strays(request).of(sender, outbox, await declared(_store(request), sender)),
    )


@router.post("/audit/api/senders/{sender}/continue")
async def continue_sender(
    request: Request, person: Operator, sender: Sender, body: ContinueBody
) -> Sequence[Continuation]:
    """Declares that messages at which a sender's outbox stopped are not its own; somebody else has acknowledged each of them."""
    current = await state(request, person, sender)
    named = {(each.sequence, each.hash): each for each in current.messages}
    wanted = [named.get((each.sequence, each.hash)) for each in body.messages]
    messages = [each for each in wanted if each is not None]
    if (body.after_position, body.head) != (current.after_position, current.head) or len(messages) != len(
        wanted
    ):
        raise OutboxDiffersError(sender)
    await _continue(request, person, current, messages, body.reason, nothing_restored=body.nothing_restored)
    return await declared(_store(request), sender)


@router.get("/audit/api/senders/{sender}/continuations")
async def continuations(request: Request, sender: Sender) -> Sequence[Continuation]:
    """List what was declared not to be the sender's, once the published log holds it; asked by the sender and by who hears it."""
    if sender not in SENDERS:
        raise NotFoundError(DETAILS[404])
    return await declared(_store(request), sender, request.app.state.index)


@router.get("/audit/api/senders/{sender}/erasures")
def erasures(request: Request, sender: Sender, after: After = 0) -> LedgerErasures:
    """List who was erased by a service with a vault, by the ids of the events, behind a position of its chain; asked by a vault whose store is
    older than its stream."""
    if sender not in VAULTS:
        raise NotFoundError(DETAILS[404])
    index: Index = request.app.state.index
    indexed, found = index.erasures(sender, VAULTS[sender].erased, after, MOST_ERASURES)
    return LedgerErasures(
        indexed=indexed, erasures=tuple(RecordedErasure(id=UUID(id), position=at) for id, at in found)
    )


@router.get("/audit/senders/{sender}", include_in_schema=False)
async def page(request: Request, person: Examiner, sender: Sender, page: PageNumber = 1) -> Response:
    return await _page(request, person, sender, Form(), page=page)


@router.post("/audit/senders/{sender}/acknowledge", include_in_schema=False)
async def acknowledge_on_page(request: Request, person: Examiner, sender: Sender) -> Response:
    """Acknowledge each message at which the sender stopped and that this person did not acknowledge before."""
    form = Form.of(await request.form())
    try:
        body = AcknowledgeBody.model_validate(form.nested("reason"))
    except ValidationError as error:
        return await _page(request, person, sender, form.refused(field_errors(request, error)), 422)
    current = await _current(request, person, sender, form.value("seen"))
    indexes = {each.index for each in current.undeclared}
    if None in indexes:
        raise UnknownPlaceError(sender)
    for index in sorted(index for index in indexes if index is not None):
        await acknowledge_entry(request, person, index, body.reason)
    return RedirectResponse(f"/audit/senders/{sender}", 303)


@router.post("/audit/senders/{sender}/continue", include_in_schema=False)
async def continue_on_page(request: Request, person: Operator, sender: Sender) -> Response:
    form = Form.of(await request.form())
    try:
        body = ContinueForm.model_validate(form.nested("decision"))
    except ValidationError as error:
        return await _page(request, person, sender, form.refused(field_errors(request, error)), 422, step=2)
    current = await _current(request, person, sender, form.value("seen"))
    messages, confirmed = current.undeclared, form.value(CONFIRMED) == "yes"
    if not confirmed and any(message.continues for message in messages):
        mistakes = {"confirm": pages_of(request).say(request, NOT_CONFIRMED)}
        return await _page(request, person, sender, form.refused(mistakes), 422, step=2)
    for first in range(0, len(messages), MOST_FOREIGN):
        some = messages[first : first + MOST_FOREIGN]
        await _continue(request, person, current, some, body.decision, nothing_restored=confirmed)
    return RedirectResponse(f"/audit/senders/{sender}", 303)


async def declared(store: Store, sender: str, index: Index | None = None) -> Sequence[Continuation]:
    """With an index only what has an entry in it. Audit's own stream can't wait for that."""
    aggregate = continuation_id(_source(store, sender))
    _, state = await store.fetch(continuation, aggregate)
    ids = [str(event_id(aggregate, version)) for version in range(1, len(state.events) + 1)]
    places = {} if index is None or sender == AUDIT else await asyncio.to_thread(index.indexes, ids)
    return [
        _declared(event) for id, event in zip(ids, state.events, strict=True) if places.get(id, 0) is not None
    ]


def _declared(event: SenderContinued) -> Continuation:
    messages = tuple(ForeignRecord(each.sequence, each.hash) for each in event.messages)
    return Continuation(after_position=event.after_position, head=event.head, messages=messages)


async def _continue(
    request: Request,
    person: Staff,
    current: SenderState,
    messages: Sequence[StrayMessage],
    reason: str,
    *,
    nothing_restored: bool,
) -> None:
    """Declares `messages`; raises where the log lacks them, somebody else has not looked into them, or they could be the sender's."""
    sender, clock, store = current.sender, request.app.state.clock, _store(request)
    strays = _strays(request)
    is_known = await asyncio.to_thread(strays.stands_at, sender, current.after_position, current.head)
    if not is_known or any(each.index is None for each in messages):
        raise UnknownPlaceError(sender)
    for message in messages:
        if message.continues and not nothing_restored:
            raise RestoredStoreError(message.sequence, sender)
    command = Continue(
        by=act(person, OPERATOR, clock),
        sender=sender,
        after_position=current.after_position,
        head=current.head,
        messages=tuple(map(_foreign, messages)),
        reason=reason,
        acknowledged_by={
            message.sequence: frozenset(each.actor for each in message.acknowledged) for message in messages
        },
    )
    await store.handle(continuation, continuation_id(_source(store, sender)), command)


def _foreign(message: StrayMessage) -> ForeignMessage:
    """A copy of the sender's own message, or what the log passed over, has no entry of its own."""
    index = message.index if message.is_logged else None
    return ForeignMessage(sequence=message.sequence, hash=message.hash, index=index)


async def _current(request: Request, person: Staff, sender: str, version: str) -> SenderState:
    """Raises OutboxDiffersError unless it is as the page showed it."""
    current = await state(request, person, sender)
    if not current.messages or current.seen != version:
        raise OutboxDiffersError(sender)
    return current


async def _page(
    request: Request, person: Staff, sender: str, form: Form, status: int = 200, page: int = 1, step: int = 1
) -> Response:
    """`step` is the one whose form was refused."""
    current = await state(request, person, sender)
    open_messages = current.undeclared
    first = (page - 1) * MOST
    return pages_of(request).render(
        request,
        "sender.html",
        status,
        state=current,
        messages=current.messages[first : first + MOST],
        first=first,
        page=page,
        more=len(current.messages) > first + MOST,
        is_mine_done=all(any(w.actor == person.sub for w in m.acknowledged) for m in open_messages),
        is_settled=all(message.is_settled_for(person.sub) for message in open_messages),
        is_logged=all(message.index is not None for message in open_messages),
        is_operator=OPERATOR in person.roles,
        continues=any(message.continues for message in open_messages),
        undeclared=len(open_messages),
        acknowledge_form=form if step == 1 else Form(),
        continue_form=form if step == 2 else Form(),
        texts=texts,
    )


async def _outbox(request: Request, person: Staff, sender: str) -> OutboxState:
    outboxes: Outboxes = request.app.state.outboxes
    if sender not in outboxes.senders:
        raise NotFoundError(DETAILS[404])
    return await outboxes.state(sender, person.token)


def _strays(request: Request) -> StrayMessages:
    app = request.app.state
    return StrayMessages(app.store, app.index, app.log, app.tail.origin)


def _source(store: Store, sender: str) -> str:
    return f"{store.source.rpartition('/')[0]}/{sender}"


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
