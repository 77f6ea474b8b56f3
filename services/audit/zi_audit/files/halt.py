"""Reasons for which the writer stops: in doubt it publishes the reason and signs nothing."""

import errno
import resource
import sqlite3
from collections.abc import Iterator
from enum import StrEnum

from zi_chassis.bucket import BucketAwayError

# How SQLite tells a write that the system refused for anything but a full disk.
_UNWRITTEN = (
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
)


class Reason(StrEnum):
    """The closed list of doubts; the public page has a sentence for each."""

    REGRESSION = "regression"
    SECOND_WRITER = "second_writer"
    DISK_FULL = "disk_full"
    CLOCK_BACKWARDS = "clock_backwards"
    KEY_CHANGED = "key_changed"
    DAMAGED = "damaged"
    UNCONFIRMED = "unconfirmed"
    CONTRADICTED = "contradicted"
    FAILURE = "failure"


class HaltError(Exception):
    """The log must not grow now; the message tells the operator what was found and what to do."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def halted_by(error: Exception) -> HaltError:
    """Return the reason to stop behind any failure of the machine."""
    if isinstance(error, HaltError):
        return error
    if isinstance(error, BucketAwayError):
        return HaltError(Reason.FAILURE, f"{error} The log goes on by itself when the bucket answers.")
    if any(map(_out_of_space, _causes(error))):
        return HaltError(
            Reason.DISK_FULL, "The disk is full: free some space; the log then goes on by itself."
        )
    if any(map(_at_its_limit, _causes(error))):
        return HaltError(
            Reason.DISK_FULL,
            "There is no room: a file of the log has come to the largest size that its disk or this process (ulimit -f)"
            " allows. Raise the limit; the log then goes on by itself.",
        )
    return HaltError(Reason.FAILURE, f"The log could not be written ({type(error).__name__}): {error}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)


def _out_of_space(error: BaseException) -> bool:
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in str(error)


def _at_its_limit(error: BaseException) -> bool:
    """SQLite does not tell why the system refused; where files have a limit it is taken for that."""
    if getattr(error, "errno", None) == errno.EFBIG:
        return True
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    return limit != resource.RLIM_INFINITY and getattr(error, "sqlite_errorcode", None) in _UNWRITTEN
