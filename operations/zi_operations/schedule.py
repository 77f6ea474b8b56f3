"""`zona schedule`: a backup every day and a drill now and then, until the process is ended. A time that was slept through is made up for at
once. A failure removes nothing, and is tried again after a minute, then ever later, at last every hour."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import nan
from pathlib import Path

from prometheus_client import Gauge

from zi_operations.archive import archive_state
from zi_operations.backup import BackupRun
from zi_operations.bucket import Bucket, bucket_address
from zi_operations.bucket_copy import BucketOfBackups
from zi_operations.drill import Drill
from zi_operations.drill_note import last_drill, note_drill
from zi_operations.drill_scratch import remove_left, scratch_folder
from zi_operations.house import OWN_FOLDER, HouseOfData
from zi_operations.moment import database_faults
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.retention import is_whole, name_of, newest_whole, retain, taken_at
from zi_operations.sealing import HouseKey, read_house_key
from zi_tlog.error import LogError

logger = logging.getLogger(__name__)

SOON, LATEST = timedelta(minutes=1), timedelta(hours=1)
NEVER = datetime.fromtimestamp(0, UTC)
LOOK_SECONDS = 30.0
BACKUP_AT = Gauge(
    "zi_backup_last_seconds", "Time of the newest whole backup, in seconds since 1970; 0 without one"
)
BACKUP_FAILED = Gauge(
    "zi_backup_failed",
    "1 from a backup that could not be made to the next one that was made, and while old ones can't be removed",
)
COPY_AT = Gauge(
    "zi_backup_copied_seconds",
    "Time of the newest backup whose copy is in the bucket, in seconds since 1970; 0 without one, NaN where none is wanted",
)
DRILL_AT = Gauge(
    "zi_drill_last_seconds",
    "Time of the last drill that found all well, in seconds since 1970; 0 without one",
)
DRILL_PERIOD = Gauge(
    "zi_drill_period_seconds", "Time from one drill to the next, as the office set it; 0 where none is wanted"
)
DRILL_FAILED = Gauge(
    "zi_drill_failed", "1 from a drill that failed or found something to the next one that found all well"
)
ARCHIVE_RECEIVES = Gauge(
    "zi_archive_receives",
    "1 while the archive of PostgreSQL receives what the server writes, 0 while it does not; NaN without an archive",
)
ARCHIVE_BEHIND = Gauge(
    "zi_archive_behind_bytes",
    "Bytes that PostgreSQL has written and its archive has not received; NaN without an archive",
)


class UnsoundDrillError(Exception):
    """A drill restored a backup and found it not as the house is."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(f"the restored copy is not sound: {', '.join(found)}. zona check says more")


class RetriedWork:
    """One kind of work that may fail; `fault` says why it did, until it is done. A pause doubles from a minute to an hour."""

    def __init__(self, name: str, make: Callable[[datetime], None]) -> None:
        self.fault: str | None = None
        self._name = name
        self._make = make
        self._pause = SOON
        self._paused_at = NEVER

    def may_begin(self, now: datetime) -> bool:
        """Tell whether the pause is over. A clock that was set back ends it."""
        return not self._paused_at <= now < self._paused_at + self._pause

    def do(self, now: datetime, is_due: Callable[[], bool]) -> None:
        """Begin what is due, unless it failed shortly before. A fault ends when nothing is due any more, whoever did it.

        If it can't be told whether it is due, that is a fault, and nothing begins: else one would be made at every look.
        """
        may_begin = self.may_begin(now)
        try:
            due = is_due()
        except Exception as error:
            if may_begin:
                self._failed(now, self._reason(error))
            return
        if not due:
            self._succeeded()
        elif may_begin:
            self.begin(now)

    def begin(self, now: datetime) -> None:
        try:
            self._make(now)
        except Exception as error:
            self._failed(now, self._reason(error))
        else:
            self._succeeded()

    def _reason(self, error: Exception) -> str:
        """Return the sentence of an error. None of them ends the process: what starts it again knows of no pause."""
        expected: tuple[type[Exception], ...] = (OSError, LogError, UnsoundDrillError, *database_faults())
        text = " ".join(str(error).split())
        if isinstance(error, OperationError):
            return error.sentence.en
        if isinstance(error, expected):
            return text
        logger.error("the %s ended in an error that nobody expected", self._name, exc_info=error)
        return f"{type(error).__name__}: {text}"

    def _succeeded(self) -> None:
        self.fault, self._pause, self._paused_at = None, SOON, NEVER

    def _failed(self, now: datetime, fault: str) -> None:
        self._pause = SOON if self.fault is None else min(2 * self._pause, LATEST)
        self.fault, self._paused_at = fault, now
        logger.error("the %s failed and is tried again in %s: %s", self._name, self._pause, fault)


class Schedule:
    """The work of one process; `look` does what is due."""

    def __init__(self, house: HouseOfData, target: Path, clock: Callable[[], datetime]) -> None:
        self._house = house
        self._target = target
        self._times = house.backup_times
        self._clock = clock
        self.backup = RetriedWork("backup", self._back_up)
        self.drill = RetriedWork("drill", self._practise)
        self.removal = RetriedWork("removal of old backups", self._remove_old)
        self.copy = RetriedWork("copy of the backup", self._copy)
        # The name of the newest backup when old ones were removed, that of the newest in the bucket, and when old ones were removed there.
        self._retained: str | None = None
        self._copied: str | None = None
        self._copies_retained: str | None = None
        self._measure(clock())

    def run(self, ended: threading.Event, look: float = LOOK_SECONDS) -> None:
        """Work until the event is set."""
        while not ended.is_set():
            self.look()
            ended.wait(look)

    def look(self) -> None:
        now = self._clock()
        self.backup.do(now, lambda: self._times.backup_is_due(now, self._newest(now)))
        self._measure(now)
        self.removal.do(now, lambda: self._removal_is_due(now))
        self._measure(now)
        if self._house.backup_copy:
            self.copy.do(now, lambda: self._copy_is_due(now))
            self._measure(now)
        self.drill.do(now, lambda: self._times.drill_is_due(now, last_drill(self._house)))
        self._measure(now)

    def _back_up(self, now: datetime) -> None:
        key = self._key()
        remove_left(self._house, self._target)
        taken = BackupRun(self._house, self._target, key, now, _unobserved).run()
        if not is_whole(taken.folder, key):
            raise _reads_otherwise(taken.folder)
        logger.info("backup %s was made", taken.folder.name)

    def _removal_is_due(self, now: datetime) -> bool:
        """After each backup; while none can be made, the good ones stay with their keys."""
        if self.backup.fault is not None:
            return False
        newest = self._newest(now)
        return newest is not None and name_of(newest) != self._retained

    def _remove_old(self, now: datetime) -> None:
        newest = self._newest(now)
        assert newest is not None
        for gone in retain(self._target, self._times.keep, now, self._key()):
            logger.info("removed: %s", gone)
        self._retained = name_of(newest)

    def _copy_is_due(self, now: datetime) -> bool:
        newest = self._newest(now)
        return newest is not None and name_of(newest) != self._copies_retained

    def _copy(self, now: datetime) -> None:
        newest = self._newest(now)
        assert newest is not None
        name = name_of(newest)
        bucket = BucketOfBackups(Bucket(bucket_address(self._house.backup_copy)), self._key())
        if bucket.newest_whole(now) != name:
            bucket.send(self._target / name, _unobserved)
            logger.info("backup %s was copied to %s", name, self._house.backup_copy)
        self._copied = name
        for gone in bucket.retain(self._times.keep, now):
            logger.info("removed: %s", gone)
        self._copies_retained = name

    def _practise(self, now: datetime) -> None:
        place = self._house.data / OWN_FOLDER
        remove_left(self._house, place)
        with scratch_folder(place) as scratch:
            done = Drill(self._house, scratch, now, _unobserved).run()
        examined = done.examined
        if not examined.is_sound:
            raise UnsoundDrillError([*examined.faults, *map(str, examined.missing)])
        note_drill(self._house, now, done.manifest.stores)
        logger.info("the drill found all well")

    def _measure(self, now: datetime) -> None:
        BACKUP_AT.set(_seconds(lambda: self._newest(now)))
        DRILL_AT.set(_seconds(lambda: last_drill(self._house)) if self._times.drill_days else nan)
        copied = taken_at(Path(self._copied)) if self._copied else NEVER
        COPY_AT.set(copied.timestamp() if self._house.backup_copy else nan)
        DRILL_PERIOD.set(timedelta(days=self._times.drill_days).total_seconds())
        BACKUP_FAILED.set(self.backup.fault is not None or self.removal.fault is not None)
        DRILL_FAILED.set(self.drill.fault is not None)
        receives, behind = self._archive()
        ARCHIVE_RECEIVES.set(receives)
        ARCHIVE_BEHIND.set(behind)

    def _archive(self) -> tuple[float, float]:
        """A server that does not answer is the fault of others, with alarms of their own."""
        try:
            state = archive_state(self._house)
        except database_faults():
            return nan, nan
        return (float(state.receives), float(state.behind)) if state else (nan, nan)

    def _newest(self, now: datetime) -> datetime | None:
        return newest_whole(self._target, now, self._key())

    def _key(self) -> HouseKey:
        return read_house_key(self._house.backup_key)


def _seconds(read: Callable[[], datetime | None]) -> float:
    """Return a time in seconds; one that can't be read counts as never, and `RetriedWork` says why."""
    try:
        return (read() or NEVER).timestamp()
    except Exception:
        return NEVER.timestamp()


def _reads_otherwise(folder: Path) -> OperationError:
    return OperationError(
        OperationStatus.FOUND,
        f"{folder} was written, and reads otherwise than it was written. Look at its disk; earlier backups are as they were.",
        f"{folder} sudah ditulis, tetapi terbaca lain dari yang ditulis. Periksa penyimpanannya; cadangan lama tetap utuh.",
    )


def _unobserved(_: int, __: int) -> None:
    """Nobody watches the progress."""
