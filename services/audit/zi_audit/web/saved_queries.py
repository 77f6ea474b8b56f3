"""Saved queries: kept as acts of an auditor, listed with all their versions, and run again."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zi_audit.domain.question import SEVERAL, EntryFilter, EntryPage, Question
from zi_audit.domain.saved_query import Parameters, SaveQuery, query_id
from zi_audit.domain.senders import SENDERS
from zi_audit.messaging.published import saved_queries
from zi_audit.read.index import Index
from zi_audit.read.projections import SavedQueries
from zi_audit.web import search_form, texts
from zi_audit.web.access_log import AccessPurpose, record_accesses
from zi_audit.web.facet_texts import FacetNames
from zi_chassis.access.identity import Staff, act, staff
from zi_chassis.clock import Clock
from zi_chassis.domain import Value, refuse_unseen
from zi_chassis.storage.store import Store
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import NotFoundError, RefusedError

router = APIRouter()
Auditor = Annotated[Staff, Depends(staff("auditor"))]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Version = Annotated[int, Field(ge=1)]
NO_QUERY = msgid("No query is saved under this name and version.")
# What the ledger does not know yet may be asked for in advance where it is one of these.
PREDEFINED: Mapping[str, frozenset[str]] = {
    "type": frozenset(type for known in texts.by_service().values() for type in known),
    "role": frozenset(texts.ROLES),
    "service": frozenset(SENDERS),
}
NO_NAMES = frozenset({"anomaly", "weekday"})


class UnknownNameError(RefusedError):
    """A saved query stays for ever, so it holds no name that only a person typed."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "A saved query may ask only for what the ledger knows. Leave out the search in any field, and names that it does not have."
        )


class MalformedNameError(RefusedError):
    status = 422

    def __init__(self) -> None:
        super().__init__(
            "Write the name in small letters, digits and underscores, with a letter first, and without names of people."
        )


class Saved(Value):
    """A version of a saved query; `parameters` are those of the address of a search."""

    name: str
    version: int
    parameters: Mapping[str, Sequence[str]]
    saved_by: str
    saved_at: datetime
    event_id: UUID

    @property
    def address(self) -> str:
        """Of the page that asks it."""
        return urlencode(
            [
                ("purpose", AccessPurpose.AUDIT.value),
                *((n, v) for n, values in self.parameters.items() for v in values),
            ]
        )


class Run(Value):
    """The version of a saved query (the newest if none is named), the page of its result and the purpose."""

    version: Version | None = None
    cursor: Annotated[int, Field(ge=-1)] = -1
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    purpose: AccessPurpose = AccessPurpose.AUDIT


@router.get("/audit/api/queries")
async def listed(request: Request, person: Auditor) -> list[Saved]:
    """Every version of every saved query, the newest of each first."""
    return [_of_row(row) for row in await _store(request).query(SavedQueries.listed)]


@router.post("/audit/api/queries/{name}", status_code=201)
async def save(request: Request, person: Auditor, name: Annotated[Name, Path()], query: EntryFilter) -> Saved:
    """Keeps the question as the next version of the query of this name; the same question again is the version that it is."""
    return await _save(request, person, name, query)


@router.get("/audit/api/queries/{name}/entries")
async def run(
    request: Request, person: Auditor, name: Annotated[Name, Path()], query: Annotated[Run, Query()]
) -> EntryPage:
    """Run a saved query on the entries of today."""
    saved = await _version(request, name, query.version)
    wanted = {n: list(v) if n in SEVERAL else v[0] for n, v in saved.parameters.items()}
    question = Question.model_validate(wanted | {"cursor": query.cursor, "limit": query.limit})
    await record_accesses(request, person, "entries", question, query.purpose)
    index: Index = request.app.state.index
    return await asyncio.to_thread(index.page, question)


@router.get("/audit/queries", include_in_schema=False)
async def page(request: Request, person: Auditor) -> Response:
    return pages_of(request).render(
        request, "queries.html", queries=await listed(request, person), texts=texts
    )


@router.post("/audit/queries", include_in_schema=False)
async def save_from_a_page(request: Request, person: Auditor) -> Response:
    form = await request.form()
    name = str(form.get("name", "")).strip().lower().replace(" ", "_")
    values: dict[str, list[str]] = {}
    for field, text in form.multi_items():
        if field not in ("name", "cursor", "order") and isinstance(text, str):
            values.setdefault(field, []).append(text)
    wanted = search_form.search(request, values)
    try:
        RunName(name=name)
    except ValidationError as malformed:
        raise MalformedNameError from malformed
    await _save(request, person, name, wanted.filter)
    return RedirectResponse("/audit/queries", 303)


class RunName(Value):
    name: Name


async def _save(request: Request, person: Staff, name: str, query: EntryFilter) -> Saved:
    index: Index = request.app.state.index
    names: FacetNames = request.app.state.facet_names
    parameters: Parameters = tuple(search_form.parameters(query))
    for field, text in parameters:
        refuse_unseen(field, text)
    if not await asyncio.to_thread(_is_known, index, names, query):
        raise UnknownNameError
    clock: Clock = request.app.state.clock
    command = SaveQuery(by=act(person, "auditor", clock), name=name, parameters=parameters)
    done = await _store(request).handle(saved_queries, query_id(name), command)
    return await _version(request, name, done.state.version)


def _is_known(index: Index, names: FacetNames, query: EntryFilter) -> bool:
    if query.search is not None:
        return False
    fields = query.model_dump(mode="json", include=set(SEVERAL - NO_NAMES), exclude_defaults=True)
    if query.measured_from is not None:
        fields["type"] = [*fields.get("type", ()), query.measured_from]
    predefined = {**PREDEFINED, **names.of}
    return all(
        index.knows(field, [value for value in values if value not in predefined.get(field, ())])
        for field, values in fields.items()
    )


async def _version(request: Request, name: str, version: int | None) -> Saved:
    rows = await _store(request).query(lambda tx: SavedQueries.of(tx, name))
    found = [row for row in rows if version is None or row["version"] == version]
    if not found:
        raise NotFoundError(NO_QUERY)
    return _of_row(found[0])


def _of_row(row: Any) -> Saved:
    parameters: dict[str, list[str]] = {}
    for name, value in json.loads(row["parameters"]):
        parameters.setdefault(name, []).append(value)
    return Saved(
        name=row["name"],
        version=row["version"],
        parameters=parameters,
        saved_by=row["actor"],
        saved_at=row["at"],
        event_id=row["event_id"],
    )


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
