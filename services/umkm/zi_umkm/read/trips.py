"""The tables of trips: who goes, which cases are visited, the hours, and every number that a letter of assignment ever had. Nothing
personal of a business."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.searching import pattern_of
from zi_contracts.intake import District
from zi_contracts.umkm import TripChangeReason
from zi_umkm.domain import trip as trips
from zi_umkm.domain.case import trip_visits
from zi_umkm.domain.trip import TripStatus
from zi_umkm.read.columns import MOST_ROWS, set_columns


@dataclass(frozen=True)
class TripRow:
    """`minutes` is the working time of all who recorded theirs, `recorded` how many they are."""

    trip: UUID
    district: District
    begins: date
    ends: date
    departs: datetime
    transport: str
    budget_line: str
    status: TripStatus
    number: str | None
    reason: TripChangeReason | None
    planned_by: str
    approved_by: str | None
    approved_at: datetime | None
    people: int
    cases: int
    minutes: int
    recorded: int


@dataclass(frozen=True)
class TravellerRow:
    person: str
    minutes: int | None


@dataclass(frozen=True)
class StopRow:
    ticket: str


@dataclass(frozen=True)
class TripFilter:
    """All conditions that a trip must meet; `official` goes on it or planned it; `text` stands in what its row shows."""

    district: str = ""
    status: str = ""
    official: str = ""
    text: str = ""

    @property
    def conditions(self) -> dict[str, tuple[object, ...]]:
        found: dict[str, tuple[object, ...]] = {"1 = 1": ()}
        if self.district:
            found["t.district = ?"] = (self.district,)
        if self.status:
            found["t.status = ?"] = (self.status,)
        if self.official:
            goes = "EXISTS (SELECT 1 FROM trip_people p WHERE p.trip = t.trip AND p.person = ?)"
            found[f"(t.planned_by = ? OR {goes})"] = (self.official, self.official)
        if self.text:
            pattern = pattern_of(self.text)
            named = "EXISTS (SELECT 1 FROM {} x WHERE x.trip = t.trip AND lower(x.{}) LIKE ? ESCAPE '!')"
            places = (
                *(f"lower({column}) LIKE ? ESCAPE '!'" for column in ("t.transport", "t.budget_line")),
                *(named.format(*each) for each in SEARCHED),
            )
            found[f"({' OR '.join(places)})"] = (pattern,) * len(places)
        return found


SEARCHED = (("trip_people", "person"), ("trip_stops", "ticket"), ("trip_letters", "number"))
EVERY_TRIP = TripFilter()


class Trips:
    name = "trips"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS trips (trip TEXT PRIMARY KEY, district TEXT NOT NULL, begins TEXT NOT NULL,"
        " ends TEXT NOT NULL, departs TEXT NOT NULL, transport TEXT NOT NULL, budget_line TEXT NOT NULL,"
        " status TEXT NOT NULL, number TEXT, reason TEXT, planned_by TEXT NOT NULL, approved_by TEXT, approved_at TEXT,"
        " people INTEGER NOT NULL, cases INTEGER NOT NULL, minutes INTEGER NOT NULL, recorded INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS trips_begins ON trips (begins, trip)",
        "CREATE INDEX IF NOT EXISTS trips_status ON trips (status, begins)",
        "CREATE TABLE IF NOT EXISTS trip_people (trip TEXT NOT NULL, person TEXT NOT NULL, minutes INTEGER,"
        " PRIMARY KEY (trip, person))",
        "CREATE INDEX IF NOT EXISTS trip_people_person ON trip_people (person)",
        "CREATE TABLE IF NOT EXISTS trip_stops (trip TEXT NOT NULL, place INTEGER NOT NULL, case_id TEXT NOT NULL,"
        " ticket TEXT NOT NULL, PRIMARY KEY (trip, case_id))",
        "CREATE INDEX IF NOT EXISTS trip_stops_case ON trip_stops (case_id)",
        "CREATE TABLE IF NOT EXISTS trip_letters (number TEXT PRIMARY KEY, year INTEGER NOT NULL, place INTEGER NOT NULL,"
        " trip TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS trip_letters_year ON trip_letters (year, place)",
        "CREATE TABLE IF NOT EXISTS announced_visits (case_id TEXT NOT NULL, trip TEXT NOT NULL, begins TEXT NOT NULL,"
        " ends TEXT NOT NULL, PRIMARY KEY (case_id, trip))",
        "CREATE INDEX IF NOT EXISTS trip_letters_trip ON trip_letters (trip)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case trips.TripPlanned(plan=plan):
                _insert(tx, id, event.by.actor, plan)
                _list_plan(tx, id, plan)
            case trips.TripChanged(plan=plan, reason=reason):
                changed = {**_columns(plan), "status": "planned", "number": None, "reason": reason}
                set_columns(tx, "trips", "trip", id, changed | {"approved_by": None, "approved_at": None})
                _list_plan(tx, id, plan)
            case trips.TripApproved(number=number):
                by = {"approved_by": event.by.actor, "approved_at": rfc3339(event.by.at)}
                set_columns(tx, "trips", "trip", id, {"status": "approved", "number": number, **by})
                year, place = year_and_place(number)
                tx.execute(
                    "INSERT INTO trip_letters (number, year, place, trip) VALUES (?, ?, ?, ?)",
                    *(number, year, place, id),
                )
            case trips.TripCancelled(reason=reason):
                set_columns(tx, "trips", "trip", id, {"status": "cancelled", "reason": reason})
            case trips.TripHoursRecorded(minutes=minutes):
                _record_hours(tx, id, event.by.actor, minutes)
            case trip_visits.VisitAnnounced(trip=trip):
                _forget_visit(tx, id, trip)
                tx.execute(
                    "INSERT INTO announced_visits (case_id, trip, begins, ends) VALUES (?, ?, ?, ?)",
                    *(id, str(trip), event.begins.isoformat(), event.ends.isoformat()),
                )
            case trip_visits.VisitCalledOff(trip=trip):
                _forget_visit(tx, id, trip)
            case _:
                pass


def _forget_visit(tx: Tx, case: str, trip: UUID) -> None:
    tx.execute("DELETE FROM announced_visits WHERE case_id = ? AND trip = ?", case, str(trip))


def year_and_place(number: str) -> tuple[int, int]:
    _, year, place = number.split("-")
    return int(year), int(place)


def away_on(tx: Tx, trip: UUID, begins: date, ends: date) -> frozenset[str]:
    """Return who goes on another trip that is approved, or was made, on one of these days."""
    rows = tx.execute(
        "SELECT p.person FROM trips t JOIN trip_people p ON p.trip = t.trip WHERE t.begins <= ? AND t.ends >= ?"
        " AND t.trip <> ? AND t.status IN ('approved', 'made')",
        *(ends.isoformat(), begins.isoformat(), str(trip)),
    )
    return frozenset(row["person"] for row in rows)


def letter_holds(tx: Tx, number: str) -> bool | None:
    """Tell whether a letter of assignment holds: its trip was neither changed nor cancelled since; None for none of a trip."""
    rows = tx.execute(
        "SELECT t.number, t.status FROM trip_letters l JOIN trips t ON t.trip = l.trip WHERE l.number = ?",
        number,
    )
    return rows[0]["number"] == number and rows[0]["status"] != "cancelled" if rows else None


def _columns(plan: trips.TripPlan) -> dict[str, object]:
    return {
        "district": plan.district,
        "begins": plan.begins.isoformat(),
        "ends": plan.ends.isoformat(),
        "departs": rfc3339(plan.departs),
        "transport": plan.transport,
        "budget_line": plan.budget_line,
        "people": len(plan.people),
        "cases": len(plan.stops),
    }


def _insert(tx: Tx, id: str, planned_by: str, plan: trips.TripPlan) -> None:
    columns = {"trip": id, **_columns(plan), "status": "planned", "planned_by": planned_by}
    columns |= {"minutes": 0, "recorded": 0}
    tx.execute(
        f"INSERT INTO trips ({', '.join(columns)}) VALUES ({placeholders(list(columns))})", *columns.values()
    )


def _list_plan(tx: Tx, id: str, plan: trips.TripPlan) -> None:
    """Write who goes and where, in place of what was planned before."""
    for table in ("trip_people", "trip_stops"):
        tx.execute(f"DELETE FROM {table} WHERE trip = ?", id)
    tx.many("INSERT INTO trip_people (trip, person) VALUES (?, ?)", [(id, each) for each in plan.people])
    tx.many(
        "INSERT INTO trip_stops (trip, place, case_id, ticket) VALUES (?, ?, ?, ?)",
        [(id, place, str(each.case), each.ticket) for place, each in enumerate(plan.stops)],
    )


def _record_hours(tx: Tx, id: str, person: str, minutes: int) -> None:
    tx.execute("UPDATE trip_people SET minutes = ? WHERE trip = ? AND person = ?", minutes, id, person)
    [row] = tx.execute(
        "SELECT SUM(minutes) AS minutes, COUNT(minutes) AS recorded FROM trip_people WHERE trip = ?", id
    )
    made = {"status": "made", "minutes": int(row["minutes"]), "recorded": int(row["recorded"])}
    set_columns(tx, "trips", "trip", id, made)


def trip_rows(
    tx: Tx, wanted: TripFilter = EVERY_TRIP, limit: int = MOST_ROWS, offset: int = 0
) -> list[TripRow]:
    """Return trips, those with the latest first day first."""
    conditions, values = _where(wanted)
    rows = tx.execute(
        f"SELECT t.* FROM trips t WHERE {conditions} ORDER BY t.begins DESC, t.trip LIMIT {limit} OFFSET {offset}",
        *values,
    )
    return _trips(rows)


def count_trips(tx: Tx, wanted: TripFilter = EVERY_TRIP) -> int:
    """Count what `trip_rows` returns without a limit."""
    conditions, values = _where(wanted)
    [row] = tx.execute(f"SELECT COUNT(*) AS many FROM trips t WHERE {conditions}", *values)
    return int(row["many"])


def _where(wanted: TripFilter) -> tuple[str, Sequence[object]]:
    conditions = wanted.conditions
    return " AND ".join(conditions), [value for values in conditions.values() for value in values]


def trip_row(tx: Tx, trip: UUID) -> TripRow | None:
    found = _trips(tx.execute("SELECT * FROM trips WHERE trip = ?", str(trip)))
    return found[0] if found else None


def travellers(tx: Tx, trip: UUID) -> list[TravellerRow]:
    rows = tx.execute("SELECT person, minutes FROM trip_people WHERE trip = ? ORDER BY person", str(trip))
    return [TravellerRow(row["person"], row["minutes"]) for row in rows]


def stops(tx: Tx, trip: UUID) -> list[StopRow]:
    """Return the cases of a trip, in the order of the visits."""
    rows = tx.execute("SELECT ticket FROM trip_stops WHERE trip = ? ORDER BY place", str(trip))
    return [StopRow(row["ticket"]) for row in rows]


def trips_ahead(tx: Tx, person: str, today: date) -> list[tuple[TripRow, list[str]]]:
    """Return a mentor's approved trips that have not ended, the next first, each with the tickets that this mentor visits on it."""
    rows = tx.execute(
        "SELECT t.* FROM trips t JOIN trip_people p ON p.trip = t.trip WHERE p.person = ? AND t.ends >= ?"
        " AND t.status IN ('approved', 'made') ORDER BY t.begins, t.trip",
        *(person, today.isoformat()),
    )
    return [(each, _own_stops(tx, each.trip, person)) for each in _trips(rows)]


def _own_stops(tx: Tx, trip: UUID, mentor: str) -> list[str]:
    rows = tx.execute(
        "SELECT s.ticket FROM trip_stops s JOIN cases c ON c.case_id = s.case_id WHERE s.trip = ? AND c.mentor = ?"
        " AND c.is_over = 0 ORDER BY s.place",
        *(str(trip), mentor),
    )
    return [row["ticket"] for row in rows]


def trip_to(tx: Tx, case: UUID, person: str, since: date, today: date) -> str:
    """Return the number of the letter of assignment of the last approved trip on which the official has visited the case since then; empty
    where there is none."""
    rows = tx.execute(
        "SELECT t.number FROM trips t JOIN trip_people p ON p.trip = t.trip JOIN trip_stops s ON s.trip = t.trip"
        " WHERE s.case_id = ? AND p.person = ? AND t.status IN ('approved', 'made') AND t.begins <= ? AND t.ends >= ?"
        " ORDER BY t.begins DESC, t.trip LIMIT 1",
        *(str(case), person, today.isoformat(), since.isoformat()),
    )
    return str(rows[0]["number"]) if rows else ""


@dataclass(frozen=True)
class AnnouncedVisit:
    """The days between which officials come."""

    begins: date
    ends: date


def announced_visits(tx: Tx, case: UUID, today: date) -> list[AnnouncedVisit]:
    """Return the visits that a business was told of and that are still to come, the next first."""
    rows = tx.execute(
        "SELECT begins, ends FROM announced_visits WHERE case_id = ? AND ends >= ? ORDER BY begins, trip",
        *(str(case), today.isoformat()),
    )
    return [
        AnnouncedVisit(date.fromisoformat(row["begins"]), date.fromisoformat(row["ends"])) for row in rows
    ]


@dataclass(frozen=True)
class TripFigures:
    """The trips that were made in a district, the visits planned on them, and the working time of all officials together."""

    district: District
    trips: int
    cases: int
    minutes: int
    planned: int
    cancelled: int

    @property
    def tenths(self) -> int:
        """Cases per trip, in tenths, rounded."""
        return (20 * self.cases + self.trips) // (2 * self.trips) if self.trips else 0

    @property
    def cases_per_trip(self) -> float | None:
        return self.tenths / 10 if self.trips else None


def trip_figures(tx: Tx) -> list[TripFigures]:
    """Count trips by district; `planned` are those that are still to be made."""
    made = "CASE WHEN status = 'made' THEN {} ELSE 0 END"
    rows = tx.execute(
        f"SELECT district, SUM({made.format('1')}) AS trips, SUM({made.format('cases')}) AS cases,"
        " SUM(minutes) AS minutes, SUM(CASE WHEN status IN ('planned', 'approved') THEN 1 ELSE 0 END) AS planned,"
        " SUM(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END) AS cancelled"
        " FROM trips GROUP BY district ORDER BY district"
    )
    return [
        TripFigures(
            row["district"],
            *(int(row[column]) for column in ("trips", "cases", "minutes", "planned", "cancelled")),
        )
        for row in rows
    ]


def _trips(rows: Iterable[Row]) -> list[TripRow]:
    return [
        TripRow(
            trip=UUID(row["trip"]),
            district=row["district"],
            begins=date.fromisoformat(row["begins"]),
            ends=date.fromisoformat(row["ends"]),
            departs=datetime.fromisoformat(row["departs"]),
            transport=row["transport"],
            budget_line=row["budget_line"],
            status=cast(TripStatus, row["status"]),
            number=row["number"],
            reason=row["reason"],
            planned_by=row["planned_by"],
            approved_by=row["approved_by"],
            approved_at=None if row["approved_at"] is None else datetime.fromisoformat(row["approved_at"]),
            people=row["people"],
            cases=row["cases"],
            minutes=row["minutes"],
            recorded=row["recorded"],
        )
        for row in rows
    ]
