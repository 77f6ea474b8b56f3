"""A service's signed promise that an event will be in the ledger: a note over event id, leaf hash and time, given at once, which
proves a filing even if nothing was ever published.

The text has four lines: the service's key name; `event <event id>`; `leaf <base64 leaf hash>`; `time <RFC 3339, UTC>`; and a fifth,
`by <RFC 3339, UTC>`, where a date is promised: from then on every tree of the log that its witnesses sign holds the leaf.
No line of it can be taken for a checkpoint's, whose second line is a number."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from zi_tlog.error import LogError
from zi_tlog.note import Signer, Verifier, note_text, open_note, parse_note
from zi_tlog.text import HASH_BYTES, decode_hash, encode_base64

_EVENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_LINES = "A promise has four or five lines: name, event, leaf, time, and by."


class PromiseError(LogError):
    """A promise that is malformed, another service's, or about something else."""


@dataclass(frozen=True)
class Promise:
    """The service that signs as `name` has committed, at `time` (UTC), the event whose message has this leaf hash; `by` (UTC): when
    the leaf is in the log at the latest, or None where no date is promised."""

    name: str
    event_id: str
    leaf: bytes
    time: datetime
    by: datetime | None = None

    def __post_init__(self) -> None:
        if not _EVENT.fullmatch(self.event_id) or len(self.leaf) != HASH_BYTES:
            raise PromiseError("A promise names an event id and a leaf hash of 32 bytes.")
        last = self.time if self.by is None else self.by
        if self.time.utcoffset() != timedelta(0) or last.utcoffset() != timedelta(0):
            raise PromiseError("The times of a promise are in UTC.")
        if self.by is not None and self.by <= self.time:
            raise PromiseError("A promise is made before the time that it names.")

    @property
    def text(self) -> str:
        """The note text; parse_promise gives the same promise back."""
        by = "" if self.by is None else f"by {_written(self.by)}\n"
        leaf, time = encode_base64(self.leaf), _written(self.time)
        return f"{self.name}\nevent {self.event_id}\nleaf {leaf}\ntime {time}\n{by}"

    def sign(self, signer: Signer) -> bytes:
        """The signed note, by the key whose name the promise carries (signed-note)."""
        if signer.key.name != self.name:
            raise PromiseError(f"A promise of {self.name} is signed by a key of that name.")
        return signer.note(self.text)


def parse_promise(text: str) -> Promise:
    """The promise that a note's text says; the text of the result is the same text."""
    lines = note_text(text).split("\n")[:-1]
    if len(lines) not in (4, 5):
        raise PromiseError(_LINES)
    event, leaf, time, *by = (
        _value(line, word) for line, word in zip(lines[1:], ("event", "leaf", "time", "by"), strict=False)
    )
    return Promise(lines[0], event, decode_hash(leaf), _time(time), *map(_time, by))


def open_promise(data: bytes, verifier: Verifier) -> Promise:
    """The promise in a signed note, if this key signed it and is named in it (signed-note, Signatures)."""
    note = parse_note(data)
    open_note(note, [verifier])
    promise = parse_promise(note.text)
    if promise.name != verifier.key.name:
        raise PromiseError(f"The promise of {promise.name} is not signed by that service's key.")
    return promise


def _value(line: str, word: str) -> str:
    if not line.startswith(f"{word} "):
        raise PromiseError(_LINES)
    return line[len(word) + 1 :]


def _written(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _time(text: str) -> datetime:
    if not _TIME.fullmatch(text):
        raise PromiseError("The time of a promise is written like 2026-01-31T08:15:00.000000Z.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise PromiseError("The time of a promise is no time.") from error
