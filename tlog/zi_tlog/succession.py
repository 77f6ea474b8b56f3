"""The first entry of a log that continues another one: that log's last checkpoint, word for word, so that whoever holds the new log can
tell what the old one had come to. At any other place of a log these bytes are no message and mean nothing."""

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import parse_note


def quoted(entry: bytes) -> Checkpoint | None:
    """What the checkpoint in such an entry says, not verified; None for an entry that is no checkpoint."""
    try:
        return parse_checkpoint(parse_note(entry).text)
    except LogError:
        return None
