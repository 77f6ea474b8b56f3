"""Erasures to which nobody else could agree, as whoever could has asked for them or entered the case: the head decides, and sees the request
alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from zi_chassis.access.identity import Staff, staff
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import field_errors
from zi_chassis.web.refused_form import sentence_of
from zi_contracts.intake import ErasureReason
from zi_intake.bodies.filings import RefuseErasureBody
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError
from zi_intake.read import labels
from zi_intake.read.desk_lists import DESK_PAGE, Queried
from zi_intake.roles import HEAD
from zi_intake.use_cases.case_access import NoSuchCaseError
from zi_intake.web.dependencies import TheOffice

router = APIRouter(include_in_schema=False)
LIST = "/desk/erasures"
Head = Annotated[Staff, Depends(staff(HEAD))]


@dataclass(frozen=True)
class WaitingErasure:
    ticket: str
    asked_by: str
    at: datetime
    reason: ErasureReason


@router.get(LIST)
async def erasures(request: Request, office: TheOffice, person: Head, after: Queried = "") -> Response:
    return await _page(request, office, person, Form(), after)


@router.post(f"{LIST}/{{ticket}}/{{decision}}")
async def decide(
    request: Request, office: TheOffice, person: Head, ticket: str, decision: Literal["approve", "refuse"]
) -> Response:
    form = Form.of(await request.form())
    ticket, _, _, state = await office.access.known(ticket)
    if not office.head_decides_erasure(state, person.sub):
        raise NoSuchCaseError
    by, key = office.act(person, (HEAD,)), key_of(form)
    try:
        if decision == "approve":
            await office.approve_erasure(ticket, by, key)
        else:
            body = RefuseErasureBody.model_validate({"reason": form.value("refusal")})
            await office.refuse_erasure(ticket, by, key, body.reason)
    except ValidationError as error:
        errors = {"refusal": next(iter(field_errors(request, error).values()))}
        return await _page(request, office, person, form.refused(errors), "", 422)
    except CaseError as error:
        refused = form.refused({"refusal": sentence_of(request, error)})
        return await _page(request, office, person, refused, "", 422)
    return RedirectResponse(LIST, 303)


async def _page(
    request: Request, office: Office, person: Staff, form: Form, after: str, status: int = 200
) -> Response:
    groups = await office.store.query(_groups)
    groups_of_head = [
        each for each in groups if office.head_decides_for(each[0] or None, frozenset(each[1:]), person.sub)
    ]
    tickets, total = await office.store.query(lambda tx: _tickets(tx, groups_of_head, after))
    more, tickets = len(tickets) > DESK_PAGE, tickets[:DESK_PAGE]
    context = {
        "waiting": [await _waiting(office, ticket) for ticket in tickets],
        "total": total,
        "first": LIST if after else None,
        "next": f"{LIST}?{urlencode({'after': tickets[-1]})}" if more else None,
        "labels": labels,
        "form": form,
        "key": str(uuid4()),
    }
    return pages_of(request).render(request, "erasures.html", status, **context)


async def _waiting(office: Office, ticket: str) -> WaitingErasure:
    request = (await office.state(ticket)).erasure
    assert request is not None
    return WaitingErasure(ticket, request.by.actor, request.by.at, request.reason)


WAITING = "erasure = 'asked'"
# Topic ("" for a case that has none), who asked, the enterers of the case, and who filed it: on these it depends whether the head decides.
GROUP = ("COALESCE(appointed_topic, '')", "erasure_by", "entered_by", "keeper", "filed_by")
Group = tuple[str, ...]


def _groups(tx: Tx) -> list[Group]:
    columns = ", ".join(f"{column} AS part_{place}" for place, column in enumerate(GROUP))
    rows = tx.execute(f"SELECT DISTINCT {columns} FROM cases WHERE {WAITING}")
    return [tuple(row[f"part_{place}"] for place in range(len(GROUP))) for row in rows]


def _tickets(tx: Tx, groups: list[Group], after: str) -> tuple[list[str], int]:
    """Return the tickets of a page and one more, and how many there are."""
    equal = " AND ".join(f"{column} = ?" for column in GROUP)
    condition = " OR ".join([f"({equal})"] * len(groups)) or "1 = 0"
    values = [value for group in groups for value in group]
    [counted] = tx.execute(f"SELECT COUNT(*) AS many FROM cases WHERE {WAITING} AND ({condition})", *values)
    rows = tx.execute(
        f"SELECT ticket FROM cases WHERE {WAITING} AND ({condition}) AND ticket > ? ORDER BY ticket LIMIT {DESK_PAGE + 1}",
        *(*values, after),
    )
    return [row["ticket"] for row in rows], int(counted["many"])
