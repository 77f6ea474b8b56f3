"""The entries that do not fit what their sender published before, and the officials who looked into them."""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zi_audit.domain.anomaly import AcknowledgeAnomaly, anomaly_id
from zi_audit.domain.chain import LARGEST
from zi_audit.domain.question import FoundBreak
from zi_audit.files.published_log import PublishedLog
from zi_audit.messaging.outboxes import Outboxes
from zi_audit.messaging.published import anomaly
from zi_audit.messaging.tail import Tail
from zi_audit.read.acknowledgements import Acknowledgement, acknowledgements_of
from zi_audit.read.index import Index
from zi_audit.web import texts
from zi_chassis.access.identity import Staff, act, staff
from zi_chassis.clock import Clock
from zi_chassis.domain import UnavailableError, Value
from zi_chassis.storage.store import Store
from zi_chassis.web.form import Form
from zi_chassis.web.lanes import OutboxState
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import NotFoundError, field_errors
from zi_contracts.text import Line

AUDITOR, OPERATOR = "auditor", "ops"
NO_ENTRY = "The ledger has no entry of this number yet. Please try again in a moment."
MOST = 50

router = APIRouter()
Examiner = Annotated[Staff, Depends(staff(AUDITOR, OPERATOR))]
EntryIndex = Annotated[int, Path(ge=0, le=LARGEST)]
Before = Annotated[int, Query(ge=0, le=LARGEST)]


class AcknowledgeBody(Value):
    """The reason is published and stays for ever: no names, nothing of a case."""

    reason: Line


class FoundAnomaly(Value):
    """An entry that does not fit, and who looked into it."""

    found: FoundBreak
    acknowledged: Sequence[Acknowledgement]


class Anomalies(Value):
    """The newest first; `total` are all, `next` is what to give as `before` for the following ones."""

    total: int
    anomalies: Annotated[Sequence[FoundAnomaly], Field(max_length=MOST)]
    next: int | None


class ExaminedEntry(Value):
    """An entry, what was found wrong with it, and who looked into it."""

    index: int
    sender: str
    hash: str
    found: FoundBreak | None
    acknowledged: Sequence[Acknowledgement]


@router.get("/audit/api/anomalies")
async def anomalies(request: Request, person: Examiner, before: Before = LARGEST) -> Anomalies:
    """The entries that do not fit, fifty at a time."""
    index: Index = request.app.state.index
    found = await asyncio.to_thread(index.breaks, MOST + 1, before)
    known = await acknowledgements_of(_store(request), _origin(request), (each.index for each in found))
    page = [FoundAnomaly(found=each, acknowledged=known.get(each.index, ())) for each in found[:MOST]]
    following = page[-1].found.index if len(found) > MOST else None
    total = await asyncio.to_thread(index.count_breaks)
    return Anomalies(total=total, anomalies=page, next=following)


@router.get("/audit/api/anomalies/{index}")
async def examined(request: Request, person: Examiner, index: EntryIndex) -> ExaminedEntry:
    """An entry with what is wrong with it and who acknowledged it."""
    return await _examined(request, index)


@router.post("/audit/api/anomalies/{index}/acknowledge")
async def acknowledge(
    request: Request, person: Examiner, index: EntryIndex, body: AcknowledgeBody
) -> ExaminedEntry:
    """Records that this person looked into the entry, which stays as it is."""
    await acknowledge_entry(request, person, index, body.reason)
    return await _examined(request, index)


@router.get("/audit/anomalies", include_in_schema=False)
async def listed(request: Request, person: Examiner, before: Before = LARGEST) -> Response:
    page = await anomalies(request, person, before)
    return pages_of(request).render(
        request,
        "anomalies.html",
        page=page,
        is_first=before == LARGEST,
        outboxes=await _outboxes(request, person) if before == LARGEST else {},
        texts=texts,
    )


@router.get("/audit/anomalies/{index}", include_in_schema=False)
async def entry(request: Request, person: Examiner, index: EntryIndex) -> Response:
    return await _page(request, person, index, Form())


@router.post("/audit/anomalies/{index}", include_in_schema=False)
async def acknowledge_on_page(request: Request, person: Examiner, index: EntryIndex) -> Response:
    form = Form.of(await request.form())
    try:
        body = AcknowledgeBody.model_validate(form.nested("reason"))
    except ValidationError as error:
        return await _page(request, person, index, form.refused(field_errors(request, error)), 422)
    await acknowledge_entry(request, person, index, body.reason)
    return RedirectResponse(f"/audit/anomalies/{index}", 303)


async def acknowledge_entry(request: Request, person: Staff, index: int, reason: str) -> None:
    """Record that this person looked into an entry; a second time records nothing."""
    sender, hash, _ = await _entry(request, index)
    clock: Clock = request.app.state.clock
    command = AcknowledgeAnomaly(
        by=act(person, person.role(AUDITOR, OPERATOR), clock),
        sender=sender,
        index=index,
        hash=hash,
        reason=reason,
    )
    await _store(request).handle(anomaly, anomaly_id(_origin(request), index), command)


async def _examined(request: Request, index: int) -> ExaminedEntry:
    sender, hash, found = await _entry(request, index)
    acknowledged = await acknowledgements_of(_store(request), _origin(request), [index])
    return ExaminedEntry(
        index=index, sender=sender, hash=hash, found=found, acknowledged=acknowledged.get(index, ())
    )


async def _entry(request: Request, index: int) -> tuple[str, str, FoundBreak | None]:
    """Read by which lane an entry came, the SHA-256 of its bytes and its break. Raises NotFoundError."""
    known: Index = request.app.state.index
    log: PublishedLog = request.app.state.log
    place = await asyncio.to_thread(known.examine, index)
    content = None if place is None else await asyncio.to_thread(log.entry, index, place[0])
    if place is None or content is None:
        raise NotFoundError(NO_ENTRY)
    _, sender, found = place
    return sender, sha256(content).hexdigest(), found


async def _page(request: Request, person: Staff, index: int, form: Form, status: int = 200) -> Response:
    examined = await _examined(request, index)
    is_done = any(each.actor == person.sub for each in examined.acknowledged)
    return pages_of(request).render(
        request, "anomaly.html", status, examined=examined, is_done=is_done, form=form, texts=texts
    )


async def _outboxes(request: Request, person: Staff) -> Mapping[str, OutboxState | None]:
    """Ask where the outbox of each service stands; None for one that does not answer."""
    outboxes: Outboxes = request.app.state.outboxes

    async def state(sender: str) -> OutboxState | None:
        try:
            return await outboxes.state(sender, person.token)
        except UnavailableError:
            return None

    states = await asyncio.gather(*map(state, outboxes.senders))
    return dict(zip(outboxes.senders, states, strict=True))


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _origin(request: Request) -> str:
    tail: Tail = request.app.state.tail
    return tail.origin
