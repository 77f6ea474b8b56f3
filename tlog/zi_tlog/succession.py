"""Entry 0 of a log that continues another log: the last checkpoint of the old log, byte for byte, so that a reader of the new log knows
the size and root of the old one. At any other index these bytes are no message and mean nothing."""

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import parse_note


def quoted(entry: bytes) -> Checkpoint | None:
    """Read the checkpoint in such an entry without verifying it; None for an entry that is no checkpoint."""
    try:
        return parse_checkpoint(parse_note(entry).text)
    except LogError:
        return None
