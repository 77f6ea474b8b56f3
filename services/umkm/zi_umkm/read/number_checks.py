"""The numbers that wait for an official who looks them up, of products and of the business itself, and who has done so before.

No text and nothing personal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.renamings import every_name_of
from zi_chassis.storage.searching import begins_with
from zi_contracts.intake import District
from zi_umkm.domain.case import messages, numbers
from zi_umkm.read.columns import set_columns
from zi_umkm.read.excerpt import Excerpt, ListQuery
from zi_umkm.read.interests import INTERESTS_AND_MENTORED

BUSINESS = 0  # in the place of a product
OWNER = ("ticket", "business_ref", "district", "asleep")
_OWNER_COLUMNS = (
    "ticket TEXT NOT NULL, business_ref TEXT NOT NULL, district TEXT NOT NULL, asleep INTEGER NOT NULL"
)


class NumberChecks:
    """Beside each number stands whose it is, so that a list reads what waits and not every case."""

    name = "number_checks"
    version = 5
    tables: tuple[str, ...] = (
        f"CREATE TABLE IF NOT EXISTS number_owners (case_id TEXT PRIMARY KEY, {_OWNER_COLUMNS})",
        "CREATE TABLE IF NOT EXISTS number_checks (case_id TEXT NOT NULL, product INTEGER NOT NULL, since TEXT NOT NULL,"
        f" {_OWNER_COLUMNS}, PRIMARY KEY (case_id, product))",
        "CREATE INDEX IF NOT EXISTS number_checks_since ON number_checks (since, case_id, product)",
        "CREATE TABLE IF NOT EXISTS number_checkers (case_id TEXT NOT NULL, official TEXT NOT NULL,"
        " PRIMARY KEY (case_id, official))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, case = recorded.event, str(recorded.aggregate)
        match event:
            case messages.MentoringRegistered():
                _note_business(tx, case, event)
                if event.business.has_nib:
                    _wait(tx, case, BUSINESS, event.by.at)
            case messages.BusinessIdentified():
                _restate(tx, case, business_ref=event.business_ref)
                _wait(tx, case, BUSINESS, event.by.at)
            case messages.MentoringPaused() | messages.MentoringResumed():
                _restate(tx, case, asleep=int(isinstance(event, messages.MentoringPaused)))
            case messages.BusinessRestated():
                _restate(tx, case, district=event.business.district)
                for product in event.unnumbered:
                    _drop(tx, case, product)
            case numbers.NumberObtained() | numbers.ReferredNumberObtained():
                _wait(tx, case, event.product, event.by.at)
            case numbers.RegistrationNumberCorrected():
                _wait(tx, case, event.product, event.by.at)
            case numbers.RegistrationNumberChecked():
                _drop(tx, case, event.product)
                _has_checked(tx, case, event.by.actor)
            case numbers.BusinessNumberChecked():
                _drop(tx, case, BUSINESS)
                _has_checked(tx, case, event.by.actor)
            case messages.MentoringClosed():
                tx.execute("DELETE FROM number_checks WHERE case_id = ?", case)
            case _:
                pass


def _note_business(tx: Tx, case: str, event: messages.MentoringRegistered) -> None:
    tx.execute(
        f"INSERT INTO number_owners (case_id, {', '.join(OWNER)}) VALUES (?, ?, ?, ?, 0)",
        *(case, event.ticket, event.business_ref, event.business.district),
    )


def _restate(tx: Tx, case: str, **changed: object) -> None:
    for table in ("number_owners", "number_checks"):
        set_columns(tx, table, "case_id", case, changed)


def _wait(tx: Tx, case: str, product: int, at: datetime) -> None:
    _drop(tx, case, product)
    owner = ", ".join(OWNER)
    tx.execute(
        f"INSERT INTO number_checks (case_id, product, since, {owner})"
        f" SELECT case_id, ?, ?, {owner} FROM number_owners WHERE case_id = ?",
        *(product, rfc3339(at), case),
    )


def _drop(tx: Tx, case: str, product: int) -> None:
    tx.execute("DELETE FROM number_checks WHERE case_id = ? AND product = ?", case, product)


def _has_checked(tx: Tx, case: str, official: str) -> None:
    tx.execute(
        "INSERT INTO number_checkers (case_id, official) VALUES (?, ?) ON CONFLICT DO NOTHING", case, official
    )


@dataclass(frozen=True)
class NumberToCheck:
    """`product` None is the number of the business itself."""

    case: UUID
    ticket: str
    district: District
    product: int | None
    since: datetime


# Of no business that the reader has mentored or has a conflict of interest with; a sleeping case waits until it goes on.
_WAITING = f" FROM number_checks n WHERE n.asleep = 0 AND n.business_ref NOT IN ({INTERESTS_AND_MENTORED})"


def numbers_to_check(
    tx: Tx, reader: str, limit: int, offset: int = 0, ticket: str = ""
) -> Excerpt[NumberToCheck]:
    """Return the numbers that this official may check, the longest wait first; `ticket` is how that of the case begins."""
    found, signs = begins_with("n.ticket", ticket)
    wanted = ListQuery(
        columns="*",
        rows=" FROM found",
        order="since, case_id, product",
        found=f"SELECT n.*{_WAITING}{found}",
        found_values=(reader, reader, *signs),
    )
    return wanted.excerpt(tx, _to_check, limit, offset)


def _to_check(row: Row) -> NumberToCheck:
    return NumberToCheck(
        case=UUID(row["case_id"]),
        ticket=row["ticket"],
        district=row["district"],
        product=row["product"] or None,
        since=datetime.fromisoformat(row["since"]),
    )


def checkers_of(tx: Tx, business_ref: str) -> frozenset[str]:
    """Return everybody who checked a number of the business in any of its cases."""
    names = every_name_of(tx, business_ref)
    rows = tx.execute(
        "SELECT DISTINCT n.official FROM number_checkers n JOIN cases c ON c.case_id = n.case_id"
        f" WHERE c.business_ref IN ({placeholders(names)})",
        *names,
    )
    return frozenset(row["official"] for row in rows)
