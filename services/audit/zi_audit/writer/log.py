"""The transparency log: commit in the database, then write-once tiles, then the published checkpoint; it opens only where all three
agree and brings the published part forward to what was committed, from any interruption."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import OUTSIDE
from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.lane_notes import files as lane_files
from zi_audit.files.log_keys import LogKeys, listed
from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED, HISTORY, KEYS, PENDING, POLICY
from zi_audit.files.tiles import Tiles
from zi_audit.writer.clock_check import ClockCheck
from zi_audit.writer.known_entries import NewEntry
from zi_audit.writer.ledger import Ledger, LogState
from zi_chassis.clock import Clock
from zi_tlog.checkpoint import Checkpoint, open_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import NoteKey, parse_note
from zi_tlog.policy import NO_QUORUM, Policy, parse_policy
from zi_tlog.policy import Log as PolicyLog
from zi_tlog.tile import FULL, TileHashes, bundle_files, tile_files
from zi_tlog.tree import Edge, Growth, leaf_hash

HISTORY_EVERY = timedelta(minutes=1)
NO_WITNESSES = Policy(())
_STEP = 65_536  # whole level-1 tiles: catching up leaves almost no partial tile that no checkpoint names


class TransparencyLog:
    """One log, named by its origin. `open` signs nothing but an empty log's checkpoint, so that a witness can be asked before `renew`
    and `append` do. After any error make a new one: `open` settles what was left."""

    def __init__(
        self,
        ledger: Ledger,
        tiles: Tiles,
        keys: LogKeys,
        clock: Clock,
        witnesses: Policy = NO_WITNESSES,
        clock_check: ClockCheck | None = None,
    ) -> None:
        self._clock_check = clock_check or ClockCheck(clock)
        self._ledger = ledger
        self._tiles = tiles
        self._keys = keys
        self._clock = clock
        self._witnesses = witnesses
        self._edge = Edge()
        self._last_history = (0, datetime.min.replace(tzinfo=UTC))
        self._cosigned = (0, b"")
        self._state: LogState | None = None

    @property
    def origin(self) -> str:
        return self._keys.origin

    @property
    def size(self) -> int:
        """Return how many entries are committed and published."""
        return self._edge.size

    @property
    def cosigned_size(self) -> int:
        """The size of the newest checkpoint that meets the quorum."""
        return self._cosigned[0]

    @property
    def witnesses(self) -> Policy:
        """The witnesses that are asked for cosignatures and counted."""
        return self._witnesses

    @property
    def head(self) -> LogState:
        """Return the published state, once the log is open."""
        assert self._state is not None
        return self._state

    def policy(self, url: str | None = None) -> Policy:
        """Return the policy of this log: its own keys first, then those of the logs that it continues."""
        keys: list[NoteKey] = [verifier.key for verifier in self._keys.verifiers]
        logs = tuple(PolicyLog(key, url) for key in keys) + tuple(map(PolicyLog, self._keys.earlier))
        return Policy(logs, self._witnesses.witnesses, self._witnesses.groups, self._witnesses.quorum)

    def open(self, url: str, *, policy_may_change: Callable[[], bool] = lambda: True) -> LogState:
        """Checks the three against each other and publishes what is committed and was not published yet. A policy that may not take the
        place of the published one yet is laid beside it, and until then the published one's witnesses count."""
        self._tiles.take_over()
        state = self._ledger.open(self._sign)
        committed = self._read(state.checkpoint)
        if (committed.size, committed.root) != (state.size, state.root):
            raise HaltError(Reason.DAMAGED, "The ledger database contradicts the checkpoint that it keeps.")
        self._edge = self._published_edge(committed)
        self._bring_forward(state)
        self._note_lanes(0, state.size)
        self._check_published(state)
        self._publish_policy(self.policy_file(url), may_change=policy_may_change())
        self._tiles.replace(KEYS, listed(verifier.key for verifier in self._keys.known))
        self._resume(state)
        return state

    def renew(self) -> None:
        """Signs the head again, the same text, where a key that signs now has not: a key was replaced or retired."""
        self._check_clock()
        made = {(line.name, line.key_id) for line in parse_note(self.head.checkpoint).signatures}
        if all((verifier.key.name, verifier.key.key_id) in made for verifier in self._keys.verifiers):
            return
        self._publish(self._ledger.resign(self._edge, self._sign))

    def append(self, arrivals: Sequence[Arrival]) -> list[NewEntry]:
        """Makes the new ones of `arrivals` entries; when it returns they are committed and published."""
        self._check_clock()
        files: list[tuple[str, bytes]] = []

        def stage(growth: Growth, entries: Sequence[bytes]) -> None:
            files.extend(self._files(growth, entries))
            self._tiles.stage(files)

        entries, growth, state = self._ledger.append(self._edge, arrivals, self._sign, stage)
        if entries:
            self._put(files)
            if any(entry.anomaly in OUTSIDE for entry in entries):
                self._note_lanes(growth.before.size, growth.after.size)
            self._edge = growth.after
            self._publish(state)
        return entries

    def cosign(self, checkpoint: bytes) -> None:
        """Publishes a checkpoint of this log with the cosignatures in it: as the newest if it still is, and for receipts if the quorum
        is met."""
        policy = self.policy()
        endorsement = policy.endorsement(checkpoint, int(time.time()))
        size = endorsement.checkpoint.size
        if parse_note(checkpoint).text == parse_note(self.head.checkpoint).text:
            self._tiles.replace(CHECKPOINT, checkpoint)
        if (
            self._witnesses.quorum != NO_QUORUM
            and policy.witnessed(endorsement)
            and size >= self._cosigned[0]
        ):
            self._tiles.replace(COSIGNED, checkpoint)
            self._cosigned = (size, checkpoint)
            self.keep_checkpoint()

    def keep_checkpoint(self) -> None:
        """Lets the newest checkpoint that meets the quorum stay readable under its size, at most one a minute."""
        size, at = self._last_history
        new, checkpoint = self._cosigned
        if not checkpoint or new == size or self._clock.now() < at + HISTORY_EVERY:
            return
        self._tiles.put(f"{HISTORY}/{new}", checkpoint)
        self._tiles.settle()
        self._last_history = (new, self._clock.now())

    def _sign(self, size: int, root: bytes) -> tuple[bytes, datetime]:
        return Checkpoint(self.origin, size, root).sign(*self._keys.signers), self._clock.now()

    def _check_clock(self) -> None:
        if self._state is not None:
            self._clock_check.refuse_backwards(self._state.signed_at)

    def _read(self, checkpoint: bytes) -> Checkpoint:
        try:
            return open_checkpoint(checkpoint, *self._keys.known)
        except LogError as error:
            raise HaltError(
                Reason.KEY_CHANGED,
                f"The last checkpoint is not one of the log {self.origin} under the key in secrets: {error}"
                " Bring the right key or origin back; zi-audit rotate-key replaces a key, zi-audit new-origin a log.",
            ) from error

    def _published_edge(self, committed: Checkpoint) -> Edge:
        checkpoint = self._published(CHECKPOINT, committed)
        if checkpoint is None:
            return Edge()
        edge = edge_of(self._tiles, checkpoint.size, checkpoint.size)
        if edge.root != checkpoint.root:
            raise HaltError(Reason.DAMAGED, "The tiles do not give the published root: run zi-audit fsck.")
        return edge

    def _published(self, path: str, committed: Checkpoint) -> Checkpoint | None:
        """A published checkpoint, which can't be further than what was committed."""
        note = self._tiles.read(path)
        if note is None:
            return None
        try:
            checkpoint = open_checkpoint(note, *self._keys.known)
        except LogError as error:
            raise HaltError(
                Reason.DAMAGED, f"The published {path} is not what was signed: {error} Run zi-audit fsck."
            ) from error
        same = checkpoint.size == committed.size and checkpoint.root != committed.root
        if checkpoint.size > committed.size or same:
            raise HaltError(
                Reason.REGRESSION,
                f"The published log has {checkpoint.size} entries, the ledger database {committed.size} or others:"
                " a backup was restored. Stop the writer and run zi-audit refill, which reads the missing entries back.",
            )
        return checkpoint

    def _check_published(self, state: LogState) -> None:
        """Check that the checkpoints under which receipts were given out are part of this log."""
        history = self._tiles.history()
        committed = Checkpoint(self.origin, state.size, state.root)
        for path in (COSIGNED, *(f"{HISTORY}/{size}" for size in history[-1:])):
            published = self._published(path, committed)
            if (
                published is not None
                and edge_of(self._tiles, published.size, state.size).root != published.root
            ):
                raise HaltError(
                    Reason.REGRESSION,
                    f"The published {path} is one of another history than the ledger database: run zi-audit fsck.",
                )

    def _bring_forward(self, state: LogState) -> None:
        if self._target(state) != state.root:
            raise HaltError(
                Reason.DAMAGED,
                "The entries in the database do not give the root that was signed: run zi-audit fsck.",
            )
        for first, end in _steps(self._edge.size, state.size):
            entries = self._ledger.entries(first, end)
            growth = self._edge.append(map(leaf_hash, entries))
            self._put(self._files(growth, entries))
            self._edge = growth.after

    def _target(self, state: LogState) -> bytes:
        edge = self._edge
        for first, end in _steps(edge.size, state.size):
            edge = edge.append(map(leaf_hash, self._ledger.entries(first, end))).after
        return edge.root

    def _files(self, growth: Growth, entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
        yield from bundle_files(growth.before.size, entries, self._tiles.read)
        yield from tile_files(growth, self._tiles.read)

    def _put(self, files: Iterable[tuple[str, bytes]]) -> None:
        for path, content in files:
            self._tiles.put(path, content)

    def _note_lanes(self, first: int, end: int) -> None:
        """Before the checkpoint that covers these entries, so that no reader of it misses a note."""
        for path, content in lane_files(self._ledger.lanes(first - first % FULL, end)):
            if self._tiles.read(path) != content:
                self._tiles.replace(path, content)

    def policy_file(self, url: str) -> bytes:
        """The policy as it is, or is to be, published."""
        head = ""
        if self._keys.successor is not None and self._keys.until is not None:
            head = f"# Both keys of {self.origin} sign every checkpoint until {self._keys.until.isoformat()} at least.\n"
        return head.encode() + self.policy(url).format()

    def _publish_policy(self, content: bytes, *, may_change: bool) -> None:
        if may_change:
            self._tiles.replace(POLICY, content)
            self._tiles.remove(PENDING)
            return
        self._tiles.replace(PENDING, content)
        now = parse_policy(self._tiles.read(POLICY) or b"")
        self._witnesses = Policy((), now.witnesses, now.groups, now.quorum)

    def _resume(self, state: LogState) -> None:
        """The named files are as the last run left them, with the cosignatures that they have, or are brought up to this state."""
        if history := self._tiles.history():
            self._last_history = (history[-1], self._clock.now())
        cosigned = self._tiles.read(COSIGNED)
        if cosigned is not None and self._witnesses.quorum != NO_QUORUM:
            self._take_up(cosigned)
        if _extends(self._tiles.read(CHECKPOINT), state.checkpoint):
            self._state = state
            self._follow()
        else:
            self._publish(state)

    def _take_up(self, cosigned: bytes) -> None:
        try:
            size = self.policy().check(cosigned, int(time.time())).checkpoint.size
        except LogError:  # it met the quorum of before; the first that meets today's replaces it
            return
        self._cosigned = (size, cosigned)

    def _publish(self, state: LogState) -> None:
        self._tiles.replace(CHECKPOINT, state.checkpoint)
        self._state = state
        self._follow()

    def _follow(self) -> None:
        if self._witnesses.quorum == NO_QUORUM:
            self._cosigned = (self.head.size, self.head.checkpoint)
            self.keep_checkpoint()


def edge_of(tiles: Tiles, size: int, published: int) -> Edge:
    """The right edge of the first `size` entries, from the tiles of a log of `published` entries."""
    try:
        return Edge.read(size, TileHashes(published, tiles.read))
    except LogError as error:
        raise HaltError(Reason.DAMAGED, f"{error} Run zi-audit fsck.") from error


def _extends(published: bytes | None, signed: bytes) -> bool:
    """Return whether a published checkpoint, which was opened before, is this one with or without more signatures."""
    if published is None:
        return False
    more, note = parse_note(published), parse_note(signed)
    return more.text == note.text and set(note.signatures) <= set(more.signatures)


def _steps(first: int, end: int) -> Iterator[tuple[int, int]]:
    while first < end:
        stop = min((first // _STEP + 1) * _STEP, end)
        yield first, stop
        first = stop
