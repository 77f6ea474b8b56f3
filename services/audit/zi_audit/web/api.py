"""The ledger over HTTP: its files as anybody verifies them, receipts, and the entries themselves."""

import asyncio
import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from zi_audit.domain.chain import LARGEST
from zi_audit.domain.question import MOST
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.sender_proofs import SenderProof
from zi_audit.files.sender_proofs import published as published_proofs
from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED, HISTORY, POLICY
from zi_audit.read.bundle import Bundles
from zi_audit.read.index import Index
from zi_audit.web.access_log import AccessPurpose, record_access
from zi_chassis.access.case_token import CaseTokenError, CaseVerifier
from zi_chassis.access.identity import staff
from zi_chassis.settings import Settings
from zi_chassis.web.packing import download
from zi_chassis.web.parameters import takes_several
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_tlog.error import LogError
from zi_tlog.tile import FULL, Bundle, parse_path

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
SOON = "1"
NOT_YET = "The ledger does not have this event yet. Please try again in a moment."
ONLY_FULL = "This partial tile is not kept any more. Read the full one, which begins with the same bytes: /audit/log/{path}"

# The logs that this one continues, the first of them 1, as they were set aside.
FORMER = "/audit/log/origins/{number}"
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
# What shows who may have filed a case to whoever files one under a contact that they suspect.
_PERSON = re.compile(rb'"person_ref"\s*:\s*"')

router = APIRouter()
auditor = staff("auditor")


class NotIntegratedError(NotFoundError):
    """The event is not in the published log, or not yet; asking again a little later is right."""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": SOON}


class ReplacedError(NotFoundError):
    """The full tile took the place of this partial one (tlog-tiles, Partial Tiles)."""


def _log(request: Request) -> PublishedLog:
    log: PublishedLog = request.app.state.log
    number = request.path_params.get("number")
    if number is None:
        return log
    if not _NUMBER.fullmatch(number):
        raise NotFoundError(DETAILS[404])
    return log.former(int(number))


def _index(request: Request) -> Index:
    index: Index = request.app.state.index
    return index


def _found(content: bytes | None, kind: str, keep: str) -> Response:
    if content is None:
        raise NotFoundError(DETAILS[404])
    return Response(content, headers={"Content-Type": kind, "Cache-Control": keep})


@router.get("/audit/log/checkpoint")
@router.get(f"{FORMER}/checkpoint")
def checkpoint(request: Request) -> Response:
    """The newest signed checkpoint (tlog-checkpoint)."""
    return _found(_log(request).tiles.read(CHECKPOINT), TEXT, "no-cache")


@router.get("/audit/log/cosigned")
@router.get(f"{FORMER}/cosigned")
def cosigned(request: Request) -> Response:
    """The newest checkpoint that meets the policy's quorum; there is none while the policy asks for no witness."""
    return _found(_log(request).tiles.read(COSIGNED), TEXT, "no-cache")


@router.get("/audit/api/senders")
def senders(request: Request) -> list[SenderProof]:
    """The newest proof of each sender that the ledger holds: the sender itself signed the end of the chain that its entries lead to. Its
    key is an entry of that chain (`configuration_adopted`, kind `sender_key`)."""
    return list(published_proofs(_log(request).tiles))


@router.get("/audit/log/tile/{path:path}")
@router.get(f"{FORMER}/tile/{{path:path}}")
async def tile(request: Request, path: str) -> Response:
    """A tile, or an entry bundle, which only auditors read unless the office opens them (tlog-tiles); those with references of persons
    stay closed."""
    try:
        place = parse_path(f"tile/{path}")
    except LogError as error:
        raise NotFoundError(DETAILS[404]) from error
    settings: Settings = request.app.state.settings
    tiles = (await asyncio.to_thread(_log, request)).tiles
    content = await asyncio.to_thread(tiles.read, place.path)
    is_open = settings.open_entries and _PERSON.search(content or b"") is None
    closed = isinstance(place, Bundle) and not is_open
    if closed:
        await record_access(request, await auditor(request), "bundle", purpose=AccessPurpose.VERIFICATION)
    if content is None and place.width < FULL and await asyncio.to_thread(tiles.has, place.whole.path):
        raise ReplacedError(ONLY_FULL, path=place.whole.path)
    return _found(content, BYTES, "private, no-store" if closed else FOR_EVER)


@router.get("/audit/log/checkpoints/")
@router.get(f"{FORMER}/checkpoints/")
def checkpoints(request: Request, after: Annotated[int, Query(ge=-1)] = -1) -> Response:
    """The sizes whose checkpoints stay readable, one a line, at most 1000 behind `after`."""
    history = _log(request).tiles.history()
    first = bisect_right(history, after)
    listed = "".join(f"{size}\n" for size in history[first : first + 1000])
    return Response(listed, headers={"Content-Type": TEXT, "Cache-Control": "no-cache"})


@router.get("/audit/log/checkpoints/{size}")
@router.get(f"{FORMER}/checkpoints/{{size}}")
def kept_checkpoint(request: Request, size: Annotated[int, Path(ge=0, le=LARGEST)]) -> Response:
    """The checkpoint that was published at this size."""
    return _found(_log(request).tiles.read(f"{HISTORY}/{size}"), TEXT, FOR_EVER)


@router.get("/audit/api/witness-policy")
def witness_policy(request: Request) -> Response:
    """The log's key, its witnesses and the quorum (tlog-policy)."""
    return _found(_log(request).tiles.read(POLICY), TEXT, "no-cache")


@router.get("/audit/api/receipts/{event_id}")
def receipt(request: Request, event_id: UUID) -> Response:
    """The event's `.tlog-proof` under the newest checkpoint; anybody who knows an event's id may have it."""
    found = _index(request).find(str(event_id))
    proof = None if found is None else _log(request).receipt(found[0], found[1])
    if proof is None:
        raise NotIntegratedError(NOT_YET)
    name = f'attachment; filename="{event_id}.tlog-proof"'
    return Response(proof.format(), headers={"Content-Type": TEXT, "Content-Disposition": name})


@router.get("/audit/api/entries/{event_id}")
async def entry(request: Request, event_id: UUID) -> Response:
    """The entry's exact bytes, for who holds the token of its case, and for auditors."""
    found = _index(request).find(str(event_id))
    cases: CaseVerifier = request.app.state.cases
    ticket = await cases.ticket(request)
    if found is None or ticket is None or ticket != found[2]:
        await record_access(request, await auditor(request), "entry", None if found is None else found[2])
    content = None if found is None else await asyncio.to_thread(_log(request).entry, found[0], found[1])
    if content is None:
        raise NotIntegratedError(NOT_YET)
    return Response(content, headers={"Content-Type": BYTES})


@router.get("/audit/api/indexes")
@takes_several("event")
def indexes(request: Request, event: Annotated[list[UUID], Query(max_length=MOST)]) -> dict[str, int | None]:
    """List the index of each event in the log; null while it is not there."""
    return _index(request).indexes([str(each) for each in event])


@router.get("/audit/api/cases/{ticket}/evidence", response_class=Response)
async def case_evidence(request: Request, ticket: str) -> Response:
    """The acts of a case with their proofs under one checkpoint as a zip, without anything personal, for who holds the case's token."""
    cases: CaseVerifier = request.app.state.cases
    if await cases.ticket(request) != ticket:
        raise CaseTokenError
    bundles: Bundles = request.app.state.bundles
    return download(await bundles.of_case(ticket), f"evidence-{ticket}.zip")


@router.get("/audit/api/evidence-key")
def evidence_key(request: Request) -> Response:
    """The public key of whoever says here that evidence is complete, as a verifier key of signed notes."""
    bundles: Bundles = request.app.state.bundles
    return _found(f"{bundles.vkey}\n".encode(), TEXT, "no-cache")
