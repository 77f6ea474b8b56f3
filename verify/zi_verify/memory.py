"""The verifier's memory between runs, in one SQLite file of the person who checks: per log the pinned policy, per log and key the newest
verified checkpoint, and the progress of an interrupted replay. Nothing in it comes from the office unverified."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import parse_note
from zi_tlog.policy import Policy, parse_policy
from zi_tlog.text import HASH_BYTES
from zi_tlog.tree import Edge
from zi_verify.anomaly import Record
from zi_verify.error import VerifyError
from zi_verify.pin import PolicyPin
from zi_verify.standing import ChainState, KeyRotation
from zi_verify.walk import Reached

_LAST_MOMENT = 253402300799  # the end of the year 9999
_TABLES = """
CREATE TABLE IF NOT EXISTS verified (origin TEXT, key TEXT, note BLOB NOT NULL, at INTEGER NOT NULL,
    grown_at INTEGER NOT NULL, tiles BLOB NOT NULL, PRIMARY KEY (origin, key));
CREATE TABLE IF NOT EXISTS interrupted (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, edge BLOB NOT NULL,
    senders TEXT NOT NULL, versions BLOB NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pinned (origin TEXT PRIMARY KEY, policy BLOB NOT NULL, rotations TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS awaited (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, since INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS places (place TEXT PRIMARY KEY, origin TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS recorded (origin TEXT PRIMARY KEY, records TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS templates (origin TEXT, digest TEXT, PRIMARY KEY (origin, digest));
"""


@dataclass(frozen=True)
class Remembered:
    """The newest checkpoint of a log that was verified under one key: the exact note, the time of that (`at`), the time at which this
    size was first seen (`grown_at`), and the roots of the full tiles that a replay recomputed."""

    note: bytes
    at: int
    grown_at: int
    tiles: bytes = b""

    @property
    def checkpoint(self) -> Checkpoint:
        return parse_checkpoint(parse_note(self.note).text)


class Memory:
    """A file, or nothing but this process's memory when there is no path."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        with self._reporting_errors():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path or ":memory:", isolation_level=None)
            self._base.executescript(_TABLES)

    @classmethod
    def existing(cls, path: Path | None) -> "Memory":
        """The file if it is there, and else an empty memory: for a check that only compares."""
        return cls(path if path is not None and path.exists() else None)

    @property
    def is_kept(self) -> bool:
        """Tell if the next run finds this memory again."""
        return self._path is not None

    def recall(self, origin: str) -> dict[str, Remembered]:
        """By key id, what was verified of this log."""
        with self._reporting_errors():
            rows = self._base.execute(
                "SELECT key, note, at, grown_at, tiles FROM verified WHERE origin = ?", (origin,)
            )
            return {key: _sound(Remembered(*values)) for key, *values in rows}

    def remember(self, origin: str, key: str, entry: Remembered) -> None:
        with self._reporting_errors():
            row = (origin, key, entry.note, entry.at, entry.grown_at, entry.tiles)
            self._base.execute("INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?, ?, ?)", row)

    def pin_at(self, place: str) -> PolicyPin | None:
        """The pin of the log that was last found at this place (an address, or the path of a folder or a zip)."""
        with self._reporting_errors():
            row = self._base.execute("SELECT origin FROM places WHERE place = ?", (place,)).fetchone()
        return None if row is None else self.pin_of(row[0])

    def pin_of(self, origin: str) -> PolicyPin | None:
        """The pin of the log of this name, or else of a log whose policy names this log as its predecessor."""
        pins = self.pins()
        of_others = (pin for pin in pins.values() if origin in _origins(pin.policy))
        return pins.get(origin) or next(of_others, None)

    def pins(self) -> dict[str, PolicyPin]:
        """All pins by the name of the log, the newest first."""
        with self._reporting_errors():
            rows = self._base.execute("SELECT origin, policy, rotations, at FROM pinned ORDER BY at DESC")
            return {row[0]: _pin(*row) for row in rows}

    def pin(self, pin: PolicyPin, place: str) -> None:
        """Pin what the log at this place is checked against from now on."""
        rotations = json.dumps([(rotation.index, rotation.old, rotation.new) for rotation in pin.rotations])
        with self._reporting_errors():
            row = (pin.origin, pin.policy.format(), rotations, pin.at)
            self._base.execute("INSERT OR REPLACE INTO pinned VALUES (?, ?, ?, ?)", row)
            self._base.execute("INSERT OR REPLACE INTO places VALUES (?, ?)", (place, pin.origin))

    def awaited(self, origin: str) -> tuple[int, int] | None:
        """A size of this log that the witnesses had not signed when it was seen, and the POSIX second of that."""
        with self._reporting_errors():
            row: tuple[int, int] | None = self._base.execute(
                "SELECT size, since FROM awaited WHERE origin = ?", (origin,)
            ).fetchone()
            return row

    def await_witnesses(self, origin: str, size: int, since: int) -> None:
        """Remember a size that the witnesses have not signed yet."""
        with self._reporting_errors():
            self._base.execute("INSERT OR REPLACE INTO awaited VALUES (?, ?, ?)", (origin, size, since))

    def forget(self, origin: str, keys: Iterable[str]) -> None:
        """Forget what was verified of this log under these keys (key ids)."""
        with self._reporting_errors():
            for key in keys:
                self._base.execute("DELETE FROM verified WHERE origin = ? AND key = ?", (origin, key))

    def interrupted(self, origin: str) -> tuple[Reached, ChainState] | None:
        """The point at which a replay of this log was interrupted, and the state of the chains there."""
        with self._reporting_errors():
            row = self._base.execute(
                "SELECT size, edge, senders, versions, at FROM interrupted WHERE origin = ?", (origin,)
            ).fetchone()
            return None if row is None else _place(*row)

    def keep(self, origin: str, edge: Edge, standing: ChainState, at: int) -> None:
        with self._reporting_errors():
            row = (origin, edge.size, b"".join(edge.hashes), *standing.pack(), at)
            self._base.execute("INSERT OR REPLACE INTO interrupted VALUES (?, ?, ?, ?, ?, ?)", row)

    def finish(self, origin: str) -> None:
        """The replay came to its end: there is nothing to go on with."""
        with self._reporting_errors():
            self._base.execute("DELETE FROM interrupted WHERE origin = ?", (origin,))

    def records(self, origin: str) -> list[Record]:
        """The anomalies that the log recorded when it was last replayed; they only spare a second pass."""
        with self._reporting_errors():
            row = self._base.execute("SELECT records FROM recorded WHERE origin = ?", (origin,)).fetchone()
            return [] if row is None else [Record(*fields) for fields in json.loads(row[0])]

    def keep_records(self, origin: str, records: Sequence[Record]) -> None:
        with self._reporting_errors():
            row = (origin, json.dumps(records))
            self._base.execute("INSERT OR REPLACE INTO recorded VALUES (?, ?)", row)

    def templates(self, origins: Iterable[str]) -> frozenset[str]:
        """The digests of the templates of letters that these logs recorded as adopted when they were replayed."""
        with self._reporting_errors():
            rows = [
                row
                for origin in origins
                for row in self._base.execute("SELECT digest FROM templates WHERE origin = ?", (origin,))
            ]
        return frozenset(str(digest) for (digest,) in rows)

    def keep_templates(self, origin: str, digests: Iterable[str]) -> None:
        """Keep which templates a replay that did not fail found adopted."""
        with self._reporting_errors():
            rows = [(origin, digest) for digest in digests]
            self._base.executemany("INSERT OR IGNORE INTO templates VALUES (?, ?)", rows)

    def close(self) -> None:
        self._base.close()

    @contextmanager
    def _reporting_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            raise VerifyError(
                f"The memory {self._path} can't be used ({error}); give another file with --state, or --no-memory.",
                f"Ingatan {self._path} tidak dapat dipakai ({error}); pakai berkas lain dengan --state, atau --no-memory.",
            ) from error


def default_path() -> Path:
    """The verifier's file in the person's XDG state folder."""
    state = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    return folder / "zi-verify" / "memory.sqlite"


def moment(at: int) -> str:
    """A POSIX second as a person reads it."""
    return datetime.fromtimestamp(min(at, _LAST_MOMENT), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


Clock = Callable[[], int]


def _sound(remembered: Remembered) -> Remembered:
    try:
        _ = remembered.checkpoint
    except LogError as error:
        raise ValueError(str(error)) from error
    return remembered


def _origins(policy: Policy) -> set[str]:
    return {log.key.name for log in policy.logs}


def _pin(origin: str, policy: bytes, rotations: str, at: int) -> PolicyPin:
    try:
        return PolicyPin(
            origin, parse_policy(policy), at, tuple(KeyRotation(*fields) for fields in json.loads(rotations))
        )
    except LogError as error:
        raise ValueError(str(error)) from error


def _place(
    size: int, edge: bytes, senders: str, versions: bytes, at: int
) -> tuple[Reached, ChainState] | None:
    standing = ChainState.unpack(senders, versions)
    if standing is None:
        return None
    hashes = tuple(edge[start : start + HASH_BYTES] for start in range(0, len(edge), HASH_BYTES))
    return Reached(Edge(size, hashes), at), standing
