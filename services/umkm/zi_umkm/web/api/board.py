"""The HTTP interface to many cases: the supervisor's board, the mentor's desk, trainings, and what the public may count."""

import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from zi_chassis.access.identity import Staff, staff
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.searching import first_signs
from zi_chassis.storage.store import Handled
from zi_chassis.web.choice import refuse_unlisted
from zi_chassis.web.idempotency import IdempotencyKey
from zi_chassis.web.problem import NotFoundError, RefusedError
from zi_contracts.intake import District, Holder
from zi_umkm import roles
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.errors import NotPlannedError
from zi_umkm.domain.training import Training
from zi_umkm.read import outcomes
from zi_umkm.read.board import (
    PAGE,
    CaseFilter,
    PageCursor,
    actions_to_verify,
    attention,
    case_rows,
    count_cases,
    counts,
    loads,
    trip_counts,
)
from zi_umkm.read.columns import MOST_ROWS
from zi_umkm.read.trainings import count_trainings, participants, training_row, trainings, trainings_held
from zi_umkm.read.visits import visits_under_way
from zi_umkm.web import board_answers, presenters
from zi_umkm.web.api.cases import COMMAND, PROTECTED, PUBLIC, Mentor
from zi_umkm.web.bodies import AccountName, AttendBody, CaseBody, PlanBody
from zi_umkm.web.current_office import TheOffice

NOBODY = "-"
CURSOR = re.compile(r"[0-9A-Z]{1,20}[*~$=]?", re.ASCII)  # as a ticket is written

router = APIRouter(prefix="/umkm/api")

Supervisor = Annotated[Staff, Depends(staff(*roles.SUPERVISING))]
AnOfficial = Annotated[Staff, Depends(staff(*roles.OFFICIALS))]
Teacher = Annotated[Staff, Depends(staff(*roles.TEACHING))]


class UnreadableCursorError(RefusedError):
    def __init__(self) -> None:
        super().__init__("This page of the list can't be found: begin at its first page.")


# -- officials


@router.get("/board", responses=PROTECTED, tags=["officials"])
async def board(
    office: TheOffice,
    person: Supervisor,
    district: District | None = None,
    state: MentoringStatus | None = None,
    mentor: Annotated[AccountName | None, Query(description="- are those that nobody has taken")] = None,
    holder: Holder | None = None,
    q: Annotated[str, Query(max_length=20, description="how a ticket begins")] = "",
    cursor: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = PAGE,
) -> board_answers.BoardAnswer:
    """Open cases, or those of a state: which are stuck, where and how long; who has how many; what each district gets."""
    wanted = CaseFilter(
        district, state, "" if mentor == NOBODY else mentor, holder, person.sub, first_signs(q)
    )
    after = None if cursor is None else _place(cursor)

    def question(tx: Tx) -> board_answers.BoardAnswer:
        rows = case_rows(tx, wanted, after, limit)
        more = PageCursor(rows[-1].since, rows[-1].ticket) if len(rows) == limit else None
        return board_answers.BoardAnswer(
            cases=[presenters.listed(each) for each in rows],
            total=count_cases(tx, wanted),
            next=None if more is None else f"{rfc3339(more.since)} {more.ticket}",
            counts=[presenters.count(each) for each in counts(tx)],
            loads=[presenters.load(each) for each in loads(tx)],
            attention=[presenters.attention(each) for each in attention(tx)],
        )

    return await office.store.query(question)


def _place(cursor: str) -> PageCursor:
    since, _, ticket = cursor.partition(" ")
    try:
        at = datetime.fromisoformat(since).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableCursorError from None
    if not CURSOR.fullmatch(ticket):
        raise UnreadableCursorError
    return PageCursor(at, ticket)


@router.get("/desk", responses=PROTECTED, tags=["officials"])
async def desk(office: TheOffice, person: Mentor) -> board_answers.DeskAnswer:
    """The first of the own cases as trips by district, of those that nobody has taken, of evidence to verify, of visits under way.

    `totals` counts all of each; `/umkm/api/desk/cases` and its neighbours give them page by page."""
    now = office.clock.now()

    def question(tx: Tx) -> board_answers.DeskAnswer:
        own_cases = case_rows(tx, CaseFilter(mentor=person.sub))
        free = case_rows(tx, CaseFilter(mentor="", reader=person.sub))
        waiting, under_way = actions_to_verify(tx, reader=person.sub), visits_under_way(tx, person.sub)
        return board_answers.DeskAnswer(
            trips=presenters.trips(own_cases, trip_counts(tx, person.sub, now)),
            free=[presenters.listed(each) for each in free],
            to_verify=[presenters.to_verify(person.sub, each) for each in waiting.rows],
            visits=[presenters.desk_visit(each) for each in under_way.rows],
            totals=_totals(tx, person.sub, waiting.total, under_way.total),
        )

    return await office.store.query(question)


def _totals(tx: Tx, official: str, to_verify: int, visits: int) -> board_answers.DeskTotals:
    return board_answers.DeskTotals(
        own=count_cases(tx, CaseFilter(mentor=official)),
        free=count_cases(tx, CaseFilter(mentor="", reader=official)),
        to_verify=to_verify,
        visits=visits,
    )


# -- trainings


@router.get("/trainings", responses=PUBLIC, tags=["trainings"])
async def list_trainings(
    office: TheOffice,
    response: Response,
    district: District | None = None,
    q: Annotated[str, Query(max_length=100, description="stands in the topic")] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = MOST_ROWS,
) -> list[board_answers.TrainingAnswer]:
    """Planned and held, the newest first, page by page; needs no sign-in. Scores only where five or more came.

    `X-Total-Count` is how many the filter finds."""
    wanted = {"district": district or "", "text": q.strip()}
    rows = await office.store.query(lambda tx: trainings(tx, limit, (page - 1) * limit, **wanted))
    total = await office.store.query(lambda tx: count_trainings(tx, **wanted))
    response.headers["X-Total-Count"] = str(total)
    return [presenters.public_training(each) for each in rows]


@router.get("/trainings/{training}", responses=PROTECTED, tags=["trainings"])
async def group(office: TheOffice, person: AnOfficial, training: UUID) -> board_answers.GroupAnswer:
    """Returns a training with its participants, by their tickets."""
    row = await office.store.query(lambda tx: training_row(tx, training))
    if row is None:
        raise NotFoundError(NotPlannedError.sentence)
    there = await office.store.query(lambda tx: participants(tx, training))
    group = [
        board_answers.ParticipantAnswer(
            case=each.ticket, came=each.came, before=each.before, after=each.after
        )
        for each in there
    ]
    return board_answers.GroupAnswer(**dict(presenters.training(row)), participants=group)


@router.post("/trainings", status_code=201, responses=COMMAND, tags=["trainings"])
async def plan(
    office: TheOffice, person: Teacher, body: PlanBody, key: IdempotencyKey = None
) -> board_answers.TrainingDoneAnswer:
    """Plans a training for a group of businesses."""
    by = office.access.official(person, roles.TEACHING)
    planned = await office.teaching.planned_district(by, key)
    refuse_unlisted("district", body.district, (*office.rules.district_codes, *planned))
    id, handled = await office.teaching.plan(by, key, body.district, body.topic, body.begins, body.places)
    return _done(id, handled)


@router.post("/trainings/{training}/enrol", responses=COMMAND, tags=["trainings"])
async def enrol(
    request: Request, office: TheOffice, training: UUID, body: CaseBody
) -> board_answers.TrainingDoneAnswer:
    """Enrols a business, by itself or by an official."""
    mentoring_request, by = await office.access.party(request, body.case, roles.TEACHING)
    return _done(training, await office.teaching.enrol(training, mentoring_request, by))


@router.post("/trainings/{training}/attend", responses=COMMAND, tags=["trainings"])
async def attend(
    office: TheOffice, person: Teacher, training: UUID, body: AttendBody
) -> board_answers.TrainingDoneAnswer:
    """Records that a business was there, and what it knew before and after; said again, the last counts."""
    by, mentoring_request = (
        office.access.official(person, roles.TEACHING),
        await office.access.request(body.case),
    )
    return _done(
        training, await office.teaching.attend(training, mentoring_request, by, body.before, body.after)
    )


@router.post("/trainings/{training}/conclude", responses=COMMAND, tags=["trainings"])
async def conclude(office: TheOffice, person: Teacher, training: UUID) -> board_answers.TrainingDoneAnswer:
    """Ends a training that was held."""
    by = office.access.official(person, roles.TEACHING)
    return _done(training, await office.teaching.conclude(training, by))


# -- the public


@router.get("/statistics", responses=PUBLIC, tags=["public"])
async def statistics(office: TheOffice) -> board_answers.StatisticsAnswer:
    """Outcomes per district, how long it takes, where cases stand and how long, what trainings taught; needs no sign-in.

    Of fewer than five businesses nothing is told: small districts and states are counted together as `other`, and null stands for a
    number that is small or would give a small one away."""
    now = office.clock.now()

    def question(tx: Tx) -> board_answers.StatisticsAnswer:
        learned = outcomes.public_learned(trainings_held(tx))
        results = outcomes.public_outcomes(outcomes.outcomes(tx))
        durations = outcomes.public_durations(outcomes.durations(tx), results)
        return board_answers.StatisticsAnswer(
            outcomes=[presenters.outcome(each) for each in results],
            durations=[board_answers.DurationAnswer(**asdict(each)) for each in durations],
            stuck=[presenters.stuck(each) for each in outcomes.public_stuck(tx, now)],
            learned=[board_answers.LearnedAnswer(**asdict(each)) for each in learned],
        )

    return await office.store.query(question)


def _done(id: UUID, handled: Handled[Training]) -> board_answers.TrainingDoneAnswer:
    return board_answers.TrainingDoneAnswer(
        training=id,
        enrolled=len(handled.state.enrolled),
        attended=len(handled.state.attended),
        event_id=handled.recorded[0].event_id if handled.recorded else None,
    )
