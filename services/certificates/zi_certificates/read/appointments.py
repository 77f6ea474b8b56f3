"""The read model of acting signers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_certificates.domain import appointment as appointments
from zi_certificates.domain.impartiality import Appointment
from zi_certificates.read.stored import update_row
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339, stored_time
from zi_chassis.storage.searching import pattern_of

APPOINTMENTS = 50  # of a page


@dataclass(frozen=True)
class AppointmentRow:
    """`appointment` names it, `event` made it."""

    appointment: UUID
    event: UUID
    official: str
    begins: datetime
    ends: datetime
    ended: datetime | None

    def is_in_force(self, at: datetime) -> bool:
        return self.ended is None and self.begins <= at < self.ends


class Appointments:
    name = "appointments"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS appointments (appointment TEXT PRIMARY KEY, event TEXT NOT NULL, official TEXT NOT NULL,"
        " begins TEXT NOT NULL, ends TEXT NOT NULL, ended TEXT)",
        "CREATE INDEX IF NOT EXISTS appointments_official ON appointments (official)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        if isinstance(event, appointments.ActingSignerAppointed):
            tx.execute(
                "INSERT INTO appointments (appointment, event, official, begins, ends) VALUES (?, ?, ?, ?, ?)",
                *(id, str(recorded.event_id), event.official, rfc3339(event.begins), rfc3339(event.ends)),
            )
        elif isinstance(event, appointments.ActingSignerEnded):
            update_row(tx, "appointments", "appointment", recorded.aggregate, {"ended": rfc3339(event.by.at)})


def appointment_of(tx: Tx, official: str, at: datetime) -> Appointment | None:
    """By which this official may sign at this moment."""
    rows = tx.execute("SELECT * FROM appointments WHERE official = ? ORDER BY begins", official)
    holding = [each for each in map(_appointment, rows) if each.is_in_force(at)]
    if not holding:
        return None
    row = holding[0]
    return Appointment(event=row.event, official=row.official, begins=row.begins, ends=row.ends)


def terms_of(tx: Tx, official: str) -> tuple[appointments.AppointmentTerm, ...]:
    """Return the times of all appointments of this official that were in force or will be."""
    rows = tx.execute("SELECT * FROM appointments WHERE official = ? ORDER BY begins", official)
    found = ((row.begins, min(row.ends, row.ended or row.ends)) for row in map(_appointment, rows))
    return tuple(
        appointments.AppointmentTerm(begins=begins, ends=ends) for begins, ends in found if begins < ends
    )


@dataclass(frozen=True)
class AppointmentPage:
    """`total` counts all pages."""

    rows: tuple[AppointmentRow, ...]
    total: int


def appointments_made(tx: Tx, official: str = "", page: int = 1) -> AppointmentPage:
    """List the appointments of officials in whose names this stands, the newest first."""
    found = "FROM appointments WHERE LOWER(official) LIKE ? ESCAPE '!'"
    [counted] = tx.execute(f"SELECT COUNT(*) AS many {found}", pattern_of(official))
    rows = tx.execute(
        f"SELECT * {found} ORDER BY begins DESC, appointment LIMIT {APPOINTMENTS} OFFSET ?",
        *(pattern_of(official), (page - 1) * APPOINTMENTS),
    )
    return AppointmentPage(tuple(map(_appointment, rows)), int(counted["many"]))


def _appointment(row: Row) -> AppointmentRow:
    return AppointmentRow(
        appointment=UUID(row["appointment"]),
        event=UUID(row["event"]),
        official=row["official"],
        begins=datetime.fromisoformat(row["begins"]),
        ends=datetime.fromisoformat(row["ends"]),
        ended=stored_time(row["ended"]),
    )
