"""Refuse to record by a clock that is far from that of the database server.

Every event is dated by the clock of the process that records it, and a date in the ledger stays: what an hour of a wrong clock had dated is a
finding of `zi-verify log` for ever, though nobody meant harm. On SQLite, process and database have one clock, and nothing to compare.
"""

from datetime import UTC, datetime, timedelta

from zi_chassis.storage.database import Tx

MOST_APART = timedelta(minutes=4)  # the verifier tolerates five


class WrongClockError(OSError):
    """A fault of the machine: the clock here and the one of the database server are too far apart to date anything."""


def refuse_wrong_clock(tx: Tx) -> None:
    """Ask PostgreSQL for its time. Raises WrongClockError."""
    refuse_difference(datetime.now(UTC), tx.execute("SELECT clock_timestamp() AS now")[0]["now"])


def refuse_difference(here: datetime, there: datetime) -> None:
    """Raises WrongClockError."""
    if abs(here - there) <= MOST_APART:
        return
    seconds = round((here - there).total_seconds())
    raise WrongClockError(
        f"the clock of this process is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} the clock of the database server:"
        " set the wrong one right"
    )
