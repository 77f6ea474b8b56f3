"""The log as anybody can read it from its published files; what is given out as a receipt was checked first."""

import time
from collections.abc import Iterable, Iterator

from zi_audit.files.lane_notes import path_of, read_file
from zi_audit.files.log_keys import read_keys
from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED, KEYS, PENDING, POLICY
from zi_audit.files.tiles import Tiles
from zi_chassis.domain import UnavailableError
from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import NoteKey
from zi_tlog.policy import NO_QUORUM, Policy, parse_policy
from zi_tlog.proof import TlogProof, verify_inclusion
from zi_tlog.tile import FULL, TileHashes, bundle_at, read_bundle
from zi_tlog.tree import inclusion_proof, leaf_hash


class PublishedLog:
    """Reads the files that the writer publishes; asks neither its database nor its key."""

    def __init__(self, tiles: Tiles) -> None:
        self.tiles = tiles
        self._former: dict[int, PublishedLog] = {}

    def former(self, number: int) -> "PublishedLog":
        """A log that this one continues, which may not exist."""
        if number not in self._former and number in self.tiles.origins():
            self._former[number] = PublishedLog(self.tiles.former(number))
        return self._former.get(number) or PublishedLog(self.tiles.former(number))

    def policy(self) -> Policy | None:
        """None before the writer's first start."""
        content = self.tiles.read(POLICY)
        return None if content is None else parse_policy(content)

    def next_policy(self) -> bytes | None:
        """The policy that waits to be in the log before it is published; where none waits, the published one."""
        return self.tiles.read(PENDING) or self.tiles.read(POLICY)

    def signed(self) -> tuple[bytes, Checkpoint] | None:
        """The newest checkpoint, as it was signed and as it reads; None before the first."""
        policy, note = self.policy(), self.tiles.read(CHECKPOINT)
        return None if policy is None or note is None else (note, policy.endorsement(note).checkpoint)

    def witnessed(self) -> tuple[bytes, Checkpoint] | None:
        """The newest checkpoint that meets the policy's quorum, which receipts are made under; None before the first."""
        policy = self.policy()
        note = None if policy is None else self.tiles.read(newest_witnessed(policy))
        if policy is None or note is None:
            return None
        endorsement = policy.endorsement(note, int(time.time()))
        return (note, endorsement.checkpoint) if policy.witnessed(endorsement) else None

    def keys(self) -> list[NoteKey]:
        """Every key that signed this log or signs it, oldest first."""
        return read_keys(self.tiles.read(KEYS) or b"")

    def entries(self, first: int, size: int) -> list[bytes]:
        """The entries from `first` to the end of its bundle, as a log of `size` entries has them."""
        index, offset = divmod(first, FULL)
        return read_bundle(bundle_at(index, size), self.tiles.read)[offset:]

    def lanes(self, first: int, end: int) -> dict[int, str]:
        """By which lane those of the entries [first, end) came that do not tell it themselves."""
        noted: dict[int, str] = {}
        for bundle in range(first // FULL, -(-end // FULL)):
            content = self.tiles.read(path_of(bundle))
            noted |= {} if content is None else read_file(bundle, content)
        return {index: lane for index, lane in noted.items() if first <= index < end}

    def walk(self) -> Iterator[tuple[bytes, str | None]]:
        """Every entry in order, with the lane that was noted for it."""
        signed, first = self.signed(), 0
        size = 0 if signed is None else signed[1].size
        while first < size:
            entries, lanes = self.entries(first, size), self.lanes(first, first + FULL)
            yield from ((entry, lanes.get(index)) for index, entry in enumerate(entries, start=first))
            first += len(entries)

    def entry(self, index: int, leaf: bytes) -> bytes | None:
        """The bytes of entry `index`, whose leaf hash is known; None while the log does not reach it."""
        try:
            signed = self.signed()
            if signed is None or index >= signed[1].size:
                return None
            entry = self.entries(index, signed[1].size)[0]
        except LogError as damage:
            raise _damaged(damage) from damage
        if leaf_hash(entry) != leaf:
            raise _damaged(f"entry {index} is not what was logged.")
        return entry

    def entries_at(self, places: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
        """The bytes of the entries at these indexes, whose leaf hashes are known; each bundle is read once for those that follow each
        other in it."""
        bundle, entries = -1, list[bytes]()
        for index, leaf in places:
            if index // FULL != bundle:
                bundle, entries = index // FULL, self._bundle(index // FULL)
            entry = entries[index % FULL] if index % FULL < len(entries) else b""
            if leaf_hash(entry) != leaf:
                raise _damaged(f"entry {index} is not what was logged.")
            yield entry

    def _bundle(self, number: int) -> list[bytes]:
        try:
            signed = self.signed()
            return [] if signed is None else self.entries(number * FULL, signed[1].size)
        except LogError as damage:
            raise _damaged(damage) from damage

    def receipt(self, index: int, leaf: bytes) -> TlogProof | None:
        """Entry `index` under the newest checkpoint that meets the quorum; None when that does not reach it yet."""
        try:
            signed = self.witnessed()
        except LogError as damage:
            raise _damaged(damage) from damage
        return None if signed is None or index >= signed[1].size else self.receipt_under(signed, index, leaf)

    def receipt_under(self, signed: tuple[bytes, Checkpoint], index: int, leaf: bytes) -> TlogProof:
        """Entry `index` under this checkpoint, which reaches it."""
        note, head = signed
        try:
            hashes = inclusion_proof(index, head.size, TileHashes(head.size, self.tiles.read))
            verify_inclusion(index, head.size, leaf, hashes, head.root)
        except LogError as damage:
            raise _damaged(damage) from damage
        return TlogProof(index, tuple(hashes), note)


def newest_witnessed(policy: Policy) -> str:
    """The file of the newest checkpoint that meets the quorum."""
    return CHECKPOINT if policy.quorum == NO_QUORUM else COSIGNED


def _damaged(why: object) -> UnavailableError:
    return UnavailableError(f"The published files of the log are damaged: {why}")
