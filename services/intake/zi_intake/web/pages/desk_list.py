"""The page of the officers' lists: queues with their true lengths, a filter, a search, page after page; no personal data."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.access.identity import APPLICANT, Staff, staff
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_intake.desks import CERTIFICATES, MENTORING
from zi_intake.read import labels
from zi_intake.read.desk_lists import (
    DESK_PAGE,
    CasePage,
    CaseQueue,
    Filter,
    case_page,
    queue_lengths,
    queues_of,
)
from zi_intake.read.visibility import CaseReader
from zi_intake.roles import AT_THE_DESK, AUDITOR, HEAD, OPERATORS, SUPERVISOR
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.forms import categories, districts

router = APIRouter(include_in_schema=False)

LIST = "/desk/"
# The other desks, by the roles of their people: a sign-in without a page leads here first.
PLACES: Mapping[str, tuple[str, ...]] = {
    "/certificates/desk/": CERTIFICATES.officials,
    "/umkm/desk/": MENTORING.officials,
    "/certificates/": (APPLICANT,),
    "/umkm/": (APPLICANT,),
    "/audit/": (AUDITOR,),
    "/notify/desk/letters": AT_THE_DESK,
    "/notify/desk/channels": (SUPERVISOR, HEAD),
    "/notify/desk/deliveries": OPERATORS,
}
# Together they have every case that an official sees, also what has ended or is worked on elsewhere.
WHOLE: tuple[CaseQueue, ...] = ("all", "passed_on")
ROLES = (*AT_THE_DESK, *(role for roles in PLACES.values() for role in roles))


@router.get("/desk")
async def desk() -> Response:
    return RedirectResponse(LIST, 308)


@router.get(LIST)
async def case_list(
    request: Request,
    office: TheOffice,
    person: Annotated[Staff, Depends(staff(*ROLES))],
    query: Annotated[Filter, Query()],
) -> Response:
    if person.roles - {APPLICANT}:
        await office.officials.note(office.store.database, person.sub, person.roles)
    places = [place for place, roles in PLACES.items() if not person.roles.isdisjoint(roles)]
    if person.roles.isdisjoint(AT_THE_DESK):
        return _elsewhere(request, places)
    now, reader = office.clock.now(), office.reader(person)
    page, lengths = await office.store.query(lambda tx: _lists(tx, query, reader, now))
    chosen = {
        name: value
        for name, value in query.model_dump(exclude={"after", "limit"}).items()
        if value is not None
    }
    context = {
        "places": places,
        "decides": not person.roles.isdisjoint((SUPERVISOR, HEAD)),
        "page": page,
        "lengths": lengths,
        "queues": queues_of(reader),
        "query": query,
        "form": Form(chosen),
        "first": f"{LIST}?{urlencode(chosen)}",
        "next": page.after and f"{LIST}?{urlencode({**chosen, 'after': page.after})}",
        "elsewhere": {} if page.total or query.is_whole_queue else _other_lists(chosen),
        "now": now,
        "person": person,
        "labels": labels,
        "districts": districts(request, office),
        "categories": categories(request, office),
    }
    return pages_of(request).render(request, "desk.html", 200, **context)


def _lists(
    tx: Tx, query: Filter, reader: CaseReader, now: datetime
) -> tuple[CasePage, Mapping[CaseQueue, int]]:
    """Read in one transaction, so that the counts fit one another."""
    wanted, lengths = query.model_copy(update={"limit": DESK_PAGE}), queue_lengths(tx, reader, now)
    return case_page(tx, wanted, reader, now, lengths), lengths


def _other_lists(chosen: Mapping[str, object]) -> Mapping[CaseQueue, str]:
    """Return the addresses of the same search in the lists that together have every case."""
    return {
        queue: f"{LIST}?{urlencode({**chosen, 'show': queue})}" for queue in WHOLE if queue != chosen["show"]
    }


def _elsewhere(request: Request, places: Sequence[str]) -> Response:
    """Redirect to the one place where the person works, or let the person choose among several."""
    if len(places) == 1:
        return RedirectResponse(places[0], 303)
    return pages_of(request).render(request, "places.html", 200, places=places, labels=labels)
