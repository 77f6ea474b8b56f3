"""Why the writer stops: in doubt it says so and signs nothing."""

import errno
from enum import StrEnum


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
    """The doubt behind any failure of the machine."""
    if isinstance(error, HaltError):
        return error
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in str(error):
        return HaltError(
            Reason.DISK_FULL, "The disk is full: free some space; the log then goes on by itself."
        )
    return HaltError(Reason.FAILURE, f"The log could not be written ({type(error).__name__}): {error}")
