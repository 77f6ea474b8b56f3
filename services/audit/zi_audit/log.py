"""The transparency log: commit in the database, then write-once tiles, then the published checkpoint; it opens only where all three
agree and brings the published part forward to what was committed, from any interruption."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from zi_audit.arrival import Arrival
from zi_audit.halt import HaltError, Reason
from zi_audit.ledger import Entry, Ledger, LogState
from zi_audit.tile_folder import CHECKPOINT, HISTORY, POLICY, TileFolder
from zi_chassis.clock import Clock
from zi_tlog.checkpoint import Checkpoint, open_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import Signer
from zi_tlog.policy import Log as PolicyLog
from zi_tlog.policy import Policy
from zi_tlog.tile import TileHashes, bundle_files, tile_files
from zi_tlog.tree import Edge, Growth, leaf_hash

BACKWARDS = timedelta(seconds=5)
HISTORY_EVERY = timedelta(minutes=1)
_STEP = 65_536  # whole level-1 tiles: catching up leaves almost no partial tile that no checkpoint names


class Log:
    """One log under one key named by its origin. After any error make a new one: `open` settles what was left."""

    def __init__(self, ledger: Ledger, tiles: TileFolder, signer: Signer, clock: Clock) -> None:
        self._ledger = ledger
        self._tiles = tiles
        self._signer = signer
        self._clock = clock
        self._edge = Edge()
        self._kept = (0, datetime.min.replace(tzinfo=UTC))
        self._state: LogState | None = None

    @property
    def origin(self) -> str:
        return self._signer.key.name

    @property
    def size(self) -> int:
        """How many entries are committed and published."""
        return self._edge.size

    def policy(self, url: str) -> bytes:
        """Whose word counts for this log, as a tlog-policy file."""
        return Policy((PolicyLog(self._signer.key, url),)).format()

    def open(self, url: str) -> LogState:
        """Checks the three against each other and publishes what is committed and was not published yet."""
        state = self._ledger.open(self._sign)
        committed = self._read(state.checkpoint)
        if (committed.size, committed.root) != (state.size, state.root):
            raise HaltError(Reason.DAMAGED, "The ledger database contradicts the checkpoint that it keeps.")
        self._edge = self._published_edge(committed)
        self._bring_forward(state)
        if history := self._tiles.history():
            self._kept = (history[-1], self._clock.now())
        self._tiles.replace(POLICY, self.policy(url))
        self._publish(state)
        return state

    def append(self, arrivals: Sequence[Arrival]) -> list[Entry]:
        """Makes the new ones of `arrivals` entries; when it returns they are committed and published."""
        self._check_clock()
        entries, growth, state = self._ledger.append(self._edge, arrivals, self._sign)
        if entries:
            self._write(growth, [entry.arrival.entry for entry in entries])
            self._edge = growth.after
            self._publish(state)
        return entries

    def keep_checkpoint(self) -> None:
        """Lets the published checkpoint stay readable under its size, at most one a minute."""
        size, at = self._kept
        if self._state is None or self._state.size == size or self._clock.now() < at + HISTORY_EVERY:
            return
        self._tiles.put(f"{HISTORY}/{self._state.size}", self._state.checkpoint)
        self._tiles.settle()
        self._kept = (self._state.size, self._clock.now())

    def _sign(self, size: int, root: bytes) -> tuple[bytes, datetime]:
        return Checkpoint(self.origin, size, root).sign(self._signer), self._clock.now()

    def _check_clock(self) -> None:
        if self._state is not None and self._clock.now() < self._state.signed_at - BACKWARDS:
            raise HaltError(
                Reason.CLOCK_BACKWARDS,
                f"The clock is before {self._state.signed_at:%Y-%m-%d %H:%M:%S} UTC, when the last checkpoint was signed:"
                " set it right; the log then goes on by itself.",
            )

    def _read(self, checkpoint: bytes) -> Checkpoint:
        try:
            return open_checkpoint(checkpoint, self._signer.verifier)
        except LogError as error:
            raise HaltError(
                Reason.KEY_CHANGED,
                f"The last checkpoint is not one of the log {self.origin} under the key in secrets: {error}"
                " Bring the right key or origin back; another key needs another origin.",
            ) from error

    def _published_edge(self, committed: Checkpoint) -> Edge:
        published = self._tiles.read(CHECKPOINT)
        if published is None:
            return Edge()
        try:
            checkpoint = open_checkpoint(published, self._signer.verifier)
        except LogError as error:
            raise HaltError(
                Reason.DAMAGED, f"The published checkpoint is not what was signed: {error} Run zi-audit fsck."
            ) from error
        same = checkpoint.size == committed.size and checkpoint.root != committed.root
        if checkpoint.size > committed.size or same:
            raise HaltError(
                Reason.REGRESSION,
                f"The published log has {checkpoint.size} entries, the ledger database {committed.size} or others:"
                " a backup was restored. Stop the writer and run zi-audit refill, which reads the missing entries back.",
            )
        edge = edge_of(self._tiles, checkpoint.size, checkpoint.size)
        if edge.root != checkpoint.root:
            raise HaltError(Reason.DAMAGED, "The tiles do not give the published root: run zi-audit fsck.")
        return edge

    def _bring_forward(self, state: LogState) -> None:
        if self._target(state) != state.root:
            raise HaltError(
                Reason.DAMAGED,
                "The entries in the database do not give the root that was signed: run zi-audit fsck.",
            )
        for first, end in _steps(self._edge.size, state.size):
            entries = self._ledger.entries(first, end)
            growth = self._edge.append(map(leaf_hash, entries))
            self._write(growth, entries)
            self._edge = growth.after

    def _target(self, state: LogState) -> bytes:
        edge = self._edge
        for first, end in _steps(edge.size, state.size):
            edge = edge.append(map(leaf_hash, self._ledger.entries(first, end))).after
        return edge.root

    def _write(self, growth: Growth, entries: Sequence[bytes]) -> None:
        for path, content in bundle_files(growth.before.size, entries, self._tiles.read):
            self._tiles.put(path, content)
        for path, content in tile_files(growth, self._tiles.read):
            self._tiles.put(path, content)

    def _publish(self, state: LogState) -> None:
        if self._tiles.read(CHECKPOINT) != state.checkpoint:
            self._tiles.replace(CHECKPOINT, state.checkpoint)
        self._state = state
        self.keep_checkpoint()


def edge_of(tiles: TileFolder, size: int, published: int) -> Edge:
    """The right edge of the first `size` entries, from the tiles of a log of `published` entries."""
    try:
        return Edge.read(size, TileHashes(published, tiles.read))
    except LogError as error:
        raise HaltError(Reason.DAMAGED, f"{error} Run zi-audit fsck.") from error


def _steps(first: int, end: int) -> Iterator[tuple[int, int]]:
    while first < end:
        stop = min((first // _STEP + 1) * _STEP, end)
        yield first, stop
        first = stop
