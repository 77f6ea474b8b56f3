"""The HTTP interface to the lists of the desk, whole: page by page, with a search for tickets and true counts."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from zi_chassis.access.identity import Staff, staff
from zi_chassis.storage.database import Tx
from zi_chassis.storage.searching import LONGEST_TICKET, first_signs
from zi_umkm import roles
from zi_umkm.read.board import (
    PAGE,
    CaseFilter,
    actions_to_verify,
    case_rows,
    count_cases,
)
from zi_umkm.read.columns import MOST_ROWS
from zi_umkm.read.number_checks import numbers_to_check
from zi_umkm.read.permit_queue import PermitTasks, waiting_permits
from zi_umkm.read.visits import visits_under_way
from zi_umkm.web import board_answers, permit_answers, presenters
from zi_umkm.web.api.board import AnOfficial
from zi_umkm.web.api.cases import PROTECTED, Mentor, Verifier
from zi_umkm.web.bodies import FindByNameBody
from zi_umkm.web.current_office import TheOffice

router = APIRouter(prefix="/umkm/api/desk", tags=["officials"])

Checker = Annotated[Staff, Depends(staff(*roles.CHECKING))]
Decider = Annotated[Staff, Depends(staff(*roles.DECIDING))]
Searched = Annotated[str, Query(max_length=LONGEST_TICKET, description="how a ticket begins")]
Page = Annotated[int, Query(ge=1, le=100_000)]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]


@router.get("/cases", responses=PROTECTED)
async def own_and_free_cases(
    office: TheOffice,
    person: AnOfficial,
    scope: Literal["mine", "free"] = "mine",
    q: Searched = "",
    page: Page = 1,
    limit: Limit = PAGE,
) -> board_answers.CasesAnswer:
    """The own open cases, or those that nobody mentors yet; who has waited longest comes first."""
    mentored = CaseFilter(mentor=person.sub, ticket=first_signs(q))
    free = CaseFilter(mentor="", reader=person.sub, ticket=first_signs(q))
    wanted = mentored if scope == "mine" else free

    def question(tx: Tx) -> board_answers.CasesAnswer:
        rows = case_rows(tx, wanted, limit=limit, offset=(page - 1) * limit)
        return board_answers.CasesAnswer(
            cases=[presenters.listed(each) for each in rows], total=count_cases(tx, wanted)
        )

    return await office.store.query(question)


@router.post("/cases/find", responses=PROTECTED)
async def named_cases(
    office: TheOffice, person: AnOfficial, body: FindByNameBody
) -> board_answers.CasesAnswer:
    """Open cases by the name that a business gave itself, which is in no address; who has waited longest comes first."""
    wanted = CaseFilter(reader=person.sub, nickname=body.nickname)

    def question(tx: Tx) -> board_answers.CasesAnswer:
        rows = case_rows(tx, wanted, limit=body.limit, offset=(body.page - 1) * body.limit)
        listed = [presenters.listed(each) for each in rows]
        return board_answers.CasesAnswer(cases=listed, total=count_cases(tx, wanted))

    return await office.store.query(question)


@router.get("/findings", responses=PROTECTED)
async def findings(
    office: TheOffice, person: Verifier, q: Searched = "", page: Page = 1, limit: Limit = PAGE
) -> board_answers.FindingsAnswer:
    """The evidence that this official may verify, the longest wait first."""
    ticket = first_signs(q)

    def question(tx: Tx) -> board_answers.FindingsAnswer:
        found = actions_to_verify(tx, limit, person.sub, offset=(page - 1) * limit, alone=True, ticket=ticket)
        return board_answers.FindingsAnswer(
            findings=[presenters.to_verify(person.sub, each) for each in found.rows],
            total=found.total,
        )

    return await office.store.query(question)


@router.get("/numbers", responses=PROTECTED)
async def numbers(
    office: TheOffice, person: Checker, q: Searched = "", page: Page = 1, limit: Limit = PAGE
) -> board_answers.NumbersAnswer:
    """The numbers that this official may look up, the longest wait first; product null is that of the business itself."""
    ticket = first_signs(q)

    def question(tx: Tx) -> board_answers.NumbersAnswer:
        found = numbers_to_check(tx, person.sub, limit, (page - 1) * limit, ticket)
        return board_answers.NumbersAnswer(
            numbers=[
                board_answers.NumberToCheckAnswer(
                    ticket=each.ticket, district=each.district, product=each.product, since=each.since
                )
                for each in found.rows
            ],
            total=found.total,
        )

    return await office.store.query(question)


@router.get("/permits", responses=PROTECTED)
async def permits(
    office: TheOffice, person: Decider, q: Searched = "", page: Page = 1, limit: Limit = PAGE
) -> permit_answers.WaitingPermitsAnswer:
    """List what this official may decide about permits, what is due first at the top."""
    wanted = PermitTasks.of(person.sub, person.roles, first_signs(q))
    found = await office.store.query(lambda tx: waiting_permits(tx, wanted, limit, (page - 1) * limit))
    return permit_answers.WaitingPermitsAnswer(
        permits=[permit_answers.waiting(each) for each in found.rows], total=found.total
    )


@router.get("/visits", responses=PROTECTED)
async def visits(
    office: TheOffice, person: Mentor, q: Searched = "", page: Page = 1, limit: Limit = PAGE
) -> board_answers.DeskVisitsAnswer:
    """The own visits that are not finished, the newest first."""
    ticket = first_signs(q)

    def question(tx: Tx) -> board_answers.DeskVisitsAnswer:
        found = visits_under_way(tx, person.sub, limit, (page - 1) * limit, ticket)
        return board_answers.DeskVisitsAnswer(
            visits=[presenters.desk_visit(each) for each in found.rows],
            total=found.total,
        )

    return await office.store.query(question)
