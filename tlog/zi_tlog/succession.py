"""The first entry of a log that continues another one: it quotes that log's last checkpoint word for word, so that whoever holds the
new log can tell what the old one had come to.

    zona/new-origin/v1
    <the signed note>

It is no message of anybody; at any other place of a log these bytes mean nothing.
"""

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import parse_note

_HEADER = b"zona/new-origin/v1\n"


class SuccessionError(LogError):
    """An entry that quotes no checkpoint."""


def succession(checkpoint: bytes) -> bytes:
    """The entry that quotes this signed checkpoint; quoted gives it back."""
    return _HEADER + checkpoint


def quoted(entry: bytes) -> bytes | None:
    """The checkpoint in such an entry, not verified; None for any other entry."""
    return entry.removeprefix(_HEADER) if entry.startswith(_HEADER) else None


def continues(entry: bytes) -> Checkpoint:
    """What the quoted checkpoint says, not verified; raises LogError when the entry quotes none."""
    note = quoted(entry)
    if note is None:
        raise SuccessionError("The entry does not say which log this one continues.")
    return parse_checkpoint(parse_note(note).text)
