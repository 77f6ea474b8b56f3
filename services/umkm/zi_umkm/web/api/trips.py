"""The HTTP interface to trips: planned by mentors, approved by somebody who is not on them, read by every official."""

from base64 import b64decode
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled
from zi_chassis.web.idempotency import IdempotencyKey
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import NotFoundError
from zi_contracts.intake import District
from zi_letters.pdf_worker import PdfWorkerError
from zi_letters.vault_fields import FILE, PURPOSE
from zi_umkm import roles
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.trip import Trip, TripStatus
from zi_umkm.domain.trip_errors import NoLetterOfTripError, NoTripError
from zi_umkm.read.board import PAGE
from zi_umkm.read.columns import MOST_ROWS
from zi_umkm.read.letters import MentoringLetterRow, mentoring_letter_numbered
from zi_umkm.read.trips import (
    TripFilter,
    TripRow,
    count_trips,
    stops,
    travellers,
    trip_figures,
    trip_row,
    trip_rows,
)
from zi_umkm.web import trip_bodies as bodies
from zi_umkm.web.api.board import AnOfficial, Supervisor
from zi_umkm.web.api.cases import COMMAND, PROTECTED, Mentor
from zi_umkm.web.bodies import AccountName
from zi_umkm.web.current_office import TheOffice

BEING_MADE = msgid("The file of this letter is being sealed: look again in a minute.")
LONGEST_SEARCH = 100

router = APIRouter(prefix="/umkm/api/trips", tags=["trips"])

Canceller = Annotated[Staff, Depends(staff(*roles.SUPERVISING, *roles.MENTORING))]


@router.get("", responses=PROTECTED)
async def list_trips(
    office: TheOffice,
    person: AnOfficial,
    district: District | None = None,
    status: TripStatus | None = None,
    official: Annotated[AccountName | None, Query(description="who goes on it or planned it")] = None,
    q: Annotated[str, Query(max_length=LONGEST_SEARCH)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = PAGE,
) -> bodies.TripsAnswer:
    """Trips, the latest first; `q` stands in the number, the boat or plane, the budget line, a ticket or an official's account."""
    wanted = TripFilter(district or "", status or "", official or "", q.strip())

    def question(tx: Tx) -> bodies.TripsAnswer:
        rows = trip_rows(tx, wanted, limit, (page - 1) * limit)
        return bodies.TripsAnswer(trips=[_listed(each) for each in rows], total=count_trips(tx, wanted))

    return await office.store.query(question)


@router.get("/statistics", responses=PROTECTED)
async def statistics(office: TheOffice, person: AnOfficial) -> bodies.TripStatisticsAnswer:
    """Trips made, cases on them and working time, by district."""
    figures = await office.store.query(trip_figures)
    return bodies.TripStatisticsAnswer(
        districts=[
            bodies.TripFiguresAnswer(**asdict(each), cases_per_trip=each.cases_per_trip) for each in figures
        ]
    )


@router.get("/{trip}", responses=PROTECTED)
async def read_trip(office: TheOffice, person: AnOfficial, trip: UUID) -> bodies.WholeTripAnswer:
    """The plan of a trip, who goes on it, and the working time that each recorded."""

    plan = (await office.travelling.state(trip)).plan

    def question(tx: Tx) -> bodies.WholeTripAnswer | None:
        row = trip_row(tx, trip)
        if row is None or plan is None:
            return None
        return bodies.WholeTripAnswer(
            **dict(_listed(row)),
            officials=[
                bodies.TravellerAnswer(official=each.person, minutes=each.minutes)
                for each in travellers(tx, trip)
            ],
            tickets=[each.ticket for each in stops(tx, trip)],
            plan_digest=plan.digest,
        )

    answer = await office.store.query(question)
    if answer is None:
        raise NotFoundError(NoTripError.sentence)
    return answer


@router.get("/{trip}/letter.pdf", responses=PROTECTED)
async def letter(office: TheOffice, person: AnOfficial, trip: UUID) -> Response:
    """The letter of assignment (surat tugas) of an approved trip, as PDF."""
    return await letter_of(office, trip)


async def letter_of(office: MentoringOffice, trip: UUID) -> Response:
    """Return the letter of a trip as it was sealed; NotFoundError where it has none, none yet, or not any more."""
    state = await office.travelling.state(trip)
    row = await office.store.query(lambda tx: mentoring_letter_numbered(tx, state.number or ""))
    if row is not None and state.status != "cancelled":
        return _as_pdf(row.number, await _sealed(office, row))
    where = "" if state.plan is None else office.rules.district_name(state.plan.district)
    try:
        file = await office.assignments.file(state, where)
    except PdfWorkerError as fault:
        raise UnavailableError(str(fault)) from fault
    if file is None:
        raise NotFoundError(NoLetterOfTripError.sentence)
    return _as_pdf(str(state.number), file)


async def _sealed(office: MentoringOffice, row: MentoringLetterRow) -> bytes:
    if row.file_item is None:
        raise NotFoundError(BEING_MADE)
    vault, items = office.letters.trip_vault, [row.file_item.item]
    return b64decode((await vault.read(row.ticket, [FILE], PURPOSE, items=items))[FILE])


def _as_pdf(number: str, file: bytes) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"', "Cache-Control": "no-store"}
    return Response(file, media_type="application/pdf", headers=headers)


@router.post("", status_code=201, responses=COMMAND)
async def plan(
    office: TheOffice, person: Mentor, body: bodies.PlanTripBody, key: IdempotencyKey = None
) -> bodies.TripDoneAnswer:
    """Plans a trip to cases of one district; each of them is mentored by somebody who goes, and nobody who goes has a conflict of interest."""
    by = office.access.official(person, roles.MENTORING)
    id, handled = await office.travelling.plan(by, key, body.written(office.access.normalised))
    return _done(id, handled)


@router.post("/{trip}/change", responses=COMMAND)
async def change(
    office: TheOffice, person: Mentor, trip: UUID, body: bodies.ChangeTripBody
) -> bodies.TripDoneAnswer:
    """Puts another plan in place: it is approved anew, and businesses that were told other days are told."""
    by = office.access.official(person, roles.MENTORING)
    written = body.written(office.access.normalised)
    return _done(trip, await office.travelling.change(trip, by, written, body.reason))


@router.post("/{trip}/approve", responses=COMMAND)
async def approve(
    office: TheOffice, person: Supervisor, trip: UUID, body: bodies.ApproveTripBody
) -> bodies.TripDoneAnswer:
    """Approves the plan that was read of a trip that somebody else planned and goes on: its letter of assignment has a number, its businesses are told."""
    by = office.access.official(person, roles.SUPERVISING)
    return _done(trip, await office.assigning.approve(trip, by, body.plan_digest))


@router.post("/{trip}/cancel", responses=COMMAND)
async def cancel(
    office: TheOffice, person: Canceller, trip: UUID, body: bodies.CancelTripBody
) -> bodies.TripDoneAnswer:
    """Cancels a trip that was not made, with the reason; businesses that expect somebody are told."""
    by = office.access.official(person, (*roles.SUPERVISING, *roles.MENTORING))
    return _done(trip, await office.travelling.cancel(trip, by, body.reason))


@router.post("/{trip}/hours", responses=COMMAND)
async def hours(
    office: TheOffice, person: AnOfficial, trip: UUID, body: bodies.HoursBody
) -> bodies.TripDoneAnswer:
    """Records the own working time on a trip; said again, the last counts."""
    by = office.access.official(person, roles.OFFICIALS)
    return _done(trip, await office.travelling.record_hours(trip, by, body.minutes))


def _listed(row: TripRow) -> bodies.ListedTrip:
    return bodies.ListedTrip.model_validate(
        {name: value for name, value in asdict(row).items() if name != "approved_at"}
    )


def _done(id: UUID, handled: Handled[Trip]) -> bodies.TripDoneAnswer:
    return bodies.TripDoneAnswer(
        trip=id,
        status=handled.state.status,
        number=handled.state.number,
        event_id=handled.recorded[0].event_id if handled.recorded else None,
    )
