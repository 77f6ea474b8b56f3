"""The part of the log that is about one case, written into evidence: its entries in the log's order under one witnessed checkpoint, the tiles
that prove them, and the older checkpoints that bound their births; one bundle of entries is held at a time."""

from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pydantic import ValidationError

from zi_audit.domain.chain import OUTSIDE, Break
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import HISTORY
from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import Database
from zi_contracts.message import Message, UnreadableMessageError
from zi_contracts.vault import ItemRef
from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.evidence import MAX_CHECKPOINTS, MAX_ENTRIES, REGISTERED
from zi_tlog.evidence_zip import EvidenceWriter
from zi_tlog.policy import Policy
from zi_tlog.sparse import SparseTree, tiles_of
from zi_tlog.tile import read_tile

# Not an act of the case, although it carries its number: under another's name, of another's type, a repetition, or no message.
ASIDE = frozenset((*OUTSIDE, Break.WRONG_TYPE, Break.REPEATED))
_CHUNK = 1000


class TooManyEntries(Exception):
    """The case has more entries than evidence may hold."""


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """The place of an entry that carries the number of a case, and what is wrong with it there."""

    index: int
    leaf: bytes
    service: str
    anomaly: str | None


@dataclass(frozen=True)
class WitnessedHead:
    """The newest checkpoint that meets the policy, as it was signed and as it reads; None before the first."""

    policy: Policy
    note: bytes | None = None
    checkpoint: Checkpoint | None = None


@dataclass
class CaseLog:
    """The entries that were written for a case. `items` are (event, item) of everything personal that intake's messages refer to."""

    policy: Policy
    origin: str
    size: int = 0
    indexes: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    aggregates: dict[str, int] = field(default_factory=dict)
    items: list[tuple[str, ItemRef]] = field(default_factory=list)


def places(database: Database, case: str, size: int) -> Iterator[EntryPlace]:
    """Those among the first `size` entries, in the log's order."""
    question = "SELECT idx, leaf_hash, sender, anomaly FROM entries WHERE subject = ? AND idx > ? AND idx < ? ORDER BY idx LIMIT ?"
    after = -1
    while True:
        with database.reading() as tx:
            rows = tx.execute(question, case, after, size, _CHUNK)
        for row in rows:
            yield EntryPlace(row["idx"], bytes(row["leaf_hash"]), row["sender"], row["anomaly"])
        if len(rows) < _CHUNK:
            return
        after = rows[-1]["idx"]


def write_case(
    writer: EvidenceWriter,
    log: PublishedLog,
    database: Database,
    head: WitnessedHead,
    case: str,
    services: Container[str],
) -> CaseLog:
    """Write what the log has of the case from these services under this head, all of whose entries are indexed. Raises LogError where the
    published files are damaged, and TooManyEntries beyond what evidence may hold."""
    if head.checkpoint is None:
        writer.log(head.policy.format(), None, ())
        return CaseLog(head.policy, head.policy.logs[0].key.name)
    found = list(_found(database, case, head.checkpoint.size, services))
    return _written(writer, log, head, head.checkpoint, found)


def _found(database: Database, case: str, size: int, services: Container[str]) -> Iterator[EntryPlace]:
    found = (
        place
        for place in places(database, case, size)
        if place.service in services or place.anomaly in OUTSIDE
    )
    yield from islice(found, MAX_ENTRIES)
    if next(found, None) is not None:
        raise TooManyEntries


def _written(
    writer: EvidenceWriter,
    log: PublishedLog,
    head: WitnessedHead,
    checkpoint: Checkpoint,
    found: Sequence[EntryPlace],
) -> CaseLog:
    written = CaseLog(head.policy, checkpoint.origin, checkpoint.size)
    written.left_out = [place.index for place in found if place.anomaly in ASIDE]
    tree = SparseTree(checkpoint.size, checkpoint.root, log.tiles.read)
    writer.entries(_acts(log, tree, [place for place in found if place.anomaly not in ASIDE], written))
    written.left_out.sort()
    older = _accepted(log, written, nearest(log.tiles.history(), written.indexes, checkpoint.size))
    tiles = tiles_of(checkpoint.size, written.indexes, [size for size, _ in older])
    files = ((tile.path, read_tile(tile, log.tiles.read)) for tile in tiles)
    writer.log(head.policy.format(), head.note, files)
    for size, note in older:
        writer.older(size, note)
    return written


def _acts(
    log: PublishedLog, tree: SparseTree, found: Sequence[EntryPlace], written: CaseLog
) -> Iterator[bytes]:
    """Each is what its leaf in the signed tree says, or nothing is given out; what is no message of the house is no act."""
    contents = log.entries_at((place.index, place.leaf) for place in found)
    for place, content in zip(found, contents, strict=True):
        if tree.leaf(place.index) != place.leaf:
            raise UnavailableError(
                f"The published files of the log are damaged: entry {place.index} is not what was logged."
            )
        try:
            message = Message.parse(content)
        except UnreadableMessageError:
            written.left_out.append(place.index)
            continue
        written.indexes.append(place.index)
        _note(written, message)
        yield content


def _note(written: CaseLog, message: Message) -> None:
    if message.type not in REGISTERED:
        aggregate = str(message.aggregate)
        written.aggregates[aggregate] = max(message.version, written.aggregates.get(aggregate, 0))
    if message.service == "intake":
        written.items += [(str(message.id), ref) for ref in _refs(message)]


def _refs(message: Message) -> list[ItemRef]:
    """The items that the event itself recorded; an opening names them without a digest."""
    items = message.data.get("items")
    return [ref for each in items if (ref := _ref(each))] if isinstance(items, list) else []


def _ref(fields: object) -> ItemRef | None:
    try:
        return ItemRef.model_validate(fields)
    except ValidationError:
        return None


def nearest(history: Sequence[int], indexes: Sequence[int], size: int) -> list[int]:
    """The sizes of older trees that bound each entry's birth best: the last that does not have it and the first that has it. Of more than
    evidence may hold some are taken, evenly, and then births are bounded by wider eras."""
    chosen: set[int] = set()
    for index in indexes:
        after = bisect_right(history, index)
        chosen.update(history[max(0, after - 1) : after + 1])
    sizes = sorted(each for each in chosen if 0 < each < size)
    if len(sizes) <= MAX_CHECKPOINTS:
        return sizes
    return [sizes[at * len(sizes) // MAX_CHECKPOINTS] for at in range(MAX_CHECKPOINTS)]


def _accepted(log: PublishedLog, written: CaseLog, sizes: Sequence[int]) -> list[tuple[int, bytes]]:
    """Those that the policy accepts: after a change of keys or witnesses the older ones bound nothing."""
    found: list[tuple[int, bytes]] = []
    for size in sizes:
        note = log.tiles.read(f"{HISTORY}/{size}")
        try:
            if note is not None and written.policy.check(note).checkpoint.origin == written.origin:
                found.append((size, note))
        except LogError:
            continue
    return found
