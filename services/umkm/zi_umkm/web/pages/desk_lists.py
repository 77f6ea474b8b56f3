"""The lists of the desk, whole: page by page, with filters and true counts. They show no personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_chassis.storage.database import Tx
from zi_chassis.storage.searching import first_signs
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import ForbiddenError
from zi_contracts.intake import Holder
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.limits import NICKNAME_LENGTH
from zi_umkm.read.board import (
    CaseFilter,
    actions_to_verify,
    case_rows,
    count_cases,
)
from zi_umkm.read.cases import MentoringRow
from zi_umkm.read.nicknames import nicknames_of
from zi_umkm.read.number_checks import numbers_to_check
from zi_umkm.read.permit_queue import PermitTasks, waiting_permits
from zi_umkm.read.visits import visits_under_way
from zi_umkm.roles import CHECKING, DECIDING, MENTORING, VERIFYING
from zi_umkm.web import labels, permit_labels
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import ruled, say_of

LISTS = "/umkm/desk/lists/"
SIZE = 25  # rows of a page, which is read on a phone
LAST_PAGE = 100_000
FIELDS = ("scope", "district", "status", "holder", "mentor", "ticket")
HOLDERS: Mapping[str, Holder] = {"office": "office", "citizen": "citizen"}
SCOPES: Mapping[str, str] = {
    "mine": "The cases that I mentor",
    "all": "All cases",
    "free": "Those that nobody mentors yet",
}
OF_A_ROLE: Mapping[str, str] = {"mine": "mentor"}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ListPage:
    """One page of a list: which it is, how many there are, and how many rows the whole list has."""

    number: int
    total: int
    query: str = ""

    @property
    def last(self) -> int:
        return max(1, -(-self.total // SIZE))


@dataclass(frozen=True)
class TicketSearch:
    """A search for tickets that begin with what was typed."""

    form: Form

    @property
    def signs(self) -> str:
        return first_signs(self.form.value("ticket"))

    def page(self, number: int, total: int) -> ListPage:
        typed = self.form.value("ticket")
        return ListPage(number, total, f"{urlencode({'ticket': typed})}&" if typed else "")


def ticket_search(official: DeskOfficial) -> TicketSearch:
    return TicketSearch(Form({"ticket": official.request.query_params.get("ticket", "").strip()[:20]}))


def page_asked(request: Request) -> int:
    """Return the number of the page that the address asks for; the first where it can't be read."""
    return page_in(request.query_params.get("page", ""))


def page_in(text: str) -> int:
    return min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) <= 6 else 1


def skipped(number: int) -> int:
    return (number - 1) * SIZE


@router.get(f"{LISTS}cases")
async def case_list(official: CurrentOfficial) -> Response:
    """Show the cases that a filter finds: the own ones, nobody's, or for supervisors all of them."""
    form, number = _form_of(official), page_asked(official.request)
    wanted = _wanted(form, official)

    def question(tx: Tx) -> dict[str, Any]:
        rows = case_rows(tx, wanted, limit=SIZE, offset=skipped(number))
        query = urlencode({name: form.value(name) for name in FIELDS if form.value(name)})
        return {"rows": rows, "paging": ListPage(number, count_cases(tx, wanted), query and f"{query}&")}

    context = await official.office.store.query(question)
    return await rendered_list(official, "desk_cases.html", context | _choices(official) | {"form": form})


@router.post(f"{LISTS}cases")
async def named_cases(official: CurrentOfficial) -> Response:
    """Find open cases by the name that a business gave itself: in the body of the request, so that the name is in no address."""
    form = Form.of(await official.request.form())
    typed = form.value("nickname").strip()[:NICKNAME_LENGTH]
    number = page_in(form.value("page"))
    wanted = CaseFilter(reader=official.person.sub, nickname=typed)

    def question(tx: Tx) -> dict[str, Any]:
        rows = case_rows(tx, wanted, limit=SIZE, offset=skipped(number)) if typed else []
        return {"rows": rows, "paging": ListPage(number, count_cases(tx, wanted) if typed else 0)}

    context = await official.office.store.query(question) | {"form": Form({"nickname": typed})}
    return await rendered_list(official, "desk_named.html", context)


@router.get(f"{LISTS}findings")
async def finding_list(official: CurrentOfficial) -> Response:
    """Show the evidence that this official may verify."""
    _refuse_others(official, VERIFYING)
    number, sub, searched = page_asked(official.request), official.person.sub, ticket_search(official)

    def question(tx: Tx) -> dict[str, Any]:
        found = actions_to_verify(tx, SIZE, sub, offset=skipped(number), alone=True, ticket=searched.signs)
        return {
            "rows": found.rows,
            "form": searched.form,
            "paging": searched.page(number, found.total),
        }

    return await rendered_list(official, "desk_findings.html", await official.office.store.query(question))


@router.get(f"{LISTS}numbers")
async def number_list(official: CurrentOfficial) -> Response:
    """Show the numbers that this official may look up."""
    _refuse_others(official, CHECKING)
    number, sub, searched = page_asked(official.request), official.person.sub, ticket_search(official)

    def question(tx: Tx) -> dict[str, Any]:
        found = numbers_to_check(tx, sub, SIZE, skipped(number), searched.signs)
        return {
            "rows": found.rows,
            "form": searched.form,
            "paging": searched.page(number, found.total),
        }

    return await rendered_list(official, "desk_numbers.html", await official.office.store.query(question))


@router.get(f"{LISTS}permits")
async def permit_list(official: CurrentOfficial) -> Response:
    """Show what this official may decide about permits, what is due first at the top."""
    _refuse_others(official, DECIDING)
    number, searched = page_asked(official.request), ticket_search(official)
    wanted = permit_tasks(official, searched.signs)

    def question(tx: Tx) -> dict[str, Any]:
        found = waiting_permits(tx, wanted, SIZE, skipped(number))
        return {
            "rows": found.rows,
            "form": searched.form,
            "paging": searched.page(number, found.total),
        }

    known = {"permit_labels": permit_labels, "now": official.office.clock.now()}
    return await rendered_list(
        official, "desk_permits.html", await official.office.store.query(question) | known
    )


def permit_tasks(official: DeskOfficial, ticket: str = "") -> PermitTasks:
    """Return the steps of permits that the roles of this official have."""
    return PermitTasks.of(official.person.sub, official.person.roles, ticket)


@router.get(f"{LISTS}visits")
async def visit_list(official: CurrentOfficial) -> Response:
    """Show the visits that this official began and did not finish."""
    _refuse_others(official, MENTORING)
    number, sub, searched = page_asked(official.request), official.person.sub, ticket_search(official)

    def question(tx: Tx) -> dict[str, Any]:
        found = visits_under_way(tx, sub, SIZE, skipped(number), searched.signs)
        return {
            "rows": found.rows,
            "form": searched.form,
            "paging": searched.page(number, found.total),
        }

    return await rendered_list(official, "desk_visits.html", await official.office.store.query(question))


async def rendered_list(official: DeskOfficial, template: str, context: dict[str, Any]) -> Response:
    """Render rows of cases, with the names that their businesses gave themselves."""
    office, tickets = official.office, tickets_in(context)
    named = await office.store.query(lambda tx: nicknames_of(tx, tickets)) if tickets else {}
    context |= {"nicknames": named}
    known = ruled(official.request, office, office.rules.in_force(office.clock.now()))
    return pages_of(official.request).render(official.request, template, 200, **known, **context)


def tickets_in(content: object) -> list[str]:
    """Return the tickets of the rows, also of groups of rows, that a page shows; a case brings its name along."""
    if isinstance(content, Mapping):
        return tickets_in(list(content.values()))
    if isinstance(content, list | tuple):
        return [ticket for each in content for ticket in tickets_in(each)]
    if isinstance(content, MentoringRow):
        return []
    ticket = getattr(content, "ticket", None)
    return [ticket] if isinstance(ticket, str) else tickets_in(getattr(content, "rows", []))


def _refuse_others(official: DeskOfficial, roles: tuple[str, ...]) -> None:
    if not official.has(*roles):
        raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")


def _form_of(official: DeskOfficial) -> Form:
    query = official.request.query_params
    return Form({name: query.get(name, "").strip()[:128] for name in FIELDS})


def _wanted(form: Form, official: DeskOfficial) -> CaseFilter:
    """Parse the filter; ignore values that can't be read."""
    sub, scope = official.person.sub, _scope(form, official)
    district, status = form.value("district"), form.value("status")
    known = {each.code for each in official.office.rules.districts}
    mentor = {"mine": sub, "free": ""}.get(scope, form.value("mentor") or None)
    chosen = MentoringStatus(status) if status in set(MentoringStatus) else None
    return CaseFilter(
        district=district if district in known else None,
        status=chosen,
        mentor=mentor,
        holder=HOLDERS.get(form.value("holder")),
        reader=sub,
        ticket=first_signs(form.value("ticket")),
    )


def _scope(form: Form, official: DeskOfficial) -> str:
    scopes = _scopes(official)
    return form.value("scope") if form.value("scope") in scopes else next(iter(scopes))


def _scopes(official: DeskOfficial) -> Mapping[str, str]:
    """Return the kinds of cases that this official lists, with the one first that is shown unasked."""
    return {
        code: title
        for code, title in SCOPES.items()
        if code not in OF_A_ROLE or official.has(OF_A_ROLE[code])
    }


def _choices(official: DeskOfficial) -> dict[str, Any]:
    office, say = official.office, say_of(official.request)
    known = ruled(official.request, office, office.rules.in_force(office.clock.now()))["names"]
    return {
        "scopes": [(code, say(title)) for code, title in _scopes(official).items()],
        "districts": [(each.code, known.text(each.name)) for each in office.rules.districts],
        "states": [(code, say(name)) for code, name in labels.STATES.items()],
        "holders": [("office", say("The office")), ("citizen", say("The business"))],
        "person": official.person,
    }
