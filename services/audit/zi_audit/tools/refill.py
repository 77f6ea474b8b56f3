"""The way out after a restored or lost ledger database: what is missing in it is read back from the published files, which must begin
with what it holds; no entry is signed anew, the published checkpoint is taken over as it is."""

from collections.abc import Iterator
from datetime import datetime

from zi_audit.domain.chain import read_link
from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.log_keys import LogKeys
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import CHECKPOINT
from zi_audit.files.tiles import Tiles
from zi_audit.tools.origins import former, stood
from zi_audit.writer.ledger import Ledger, LogState, Sign
from zi_audit.writer.log import edge_of
from zi_chassis.clock import Clock
from zi_tlog.checkpoint import Checkpoint, open_checkpoint
from zi_tlog.succession import quoted
from zi_tlog.tile import FULL, bundle_at, read_bundle


def refill(ledger: Ledger, tiles: Tiles, keys: LogKeys, clock: Clock, office: str) -> int:
    """Return how many entries came back. Raises HaltError and changes nothing when files and database contradict each other."""
    note = tiles.read(CHECKPOINT)
    if note is None:
        raise HaltError(
            Reason.DAMAGED, "There is no published checkpoint to refill the ledger database from."
        )
    published = open_checkpoint(note, *keys.known)

    def sign(size: int, root: bytes) -> tuple[bytes, datetime]:
        return Checkpoint(keys.origin, size, root).sign(*keys.signers), clock.now()

    if published.size and not ledger.database.has("log_state"):
        _begin(ledger, tiles, published.size, sign, office)
    before = ledger.open(sign)
    if published.size <= before.size:
        return 0
    edge = edge_of(tiles, before.size, published.size)
    if edge.root != before.root:
        raise HaltError(
            Reason.DAMAGED, "The published log does not begin with what the ledger database holds."
        )
    state = LogState(published.size, published.root, note, clock.now())
    ledger.refill(edge, _entries(tiles, before.size, published.size), state)
    return published.size - before.size


def _begin(ledger: Ledger, tiles: Tiles, size: int, sign: Sign, office: str) -> None:
    """A log that continues another one begins where that one stood."""
    first = read_bundle(bundle_at(0, size), tiles.read)[0]
    quote, old = quoted(first), former(tiles)
    if quote is not None and old is not None:
        ledger.begin(first, stood(old, quote, office), sign)


def _entries(tiles: Tiles, first: int, size: int) -> Iterator[list[tuple[str, bytes]]]:
    """Each after the lane that it came by: the noted one, or the one that it names."""
    log = PublishedLog(tiles)
    while first < size:
        entries, lanes = log.entries(first, size), log.lanes(first, first + FULL)
        yield [(lanes.get(n) or _named(entry), entry) for n, entry in enumerate(entries, start=first)]
        first += len(entries)


def _named(entry: bytes) -> str:
    link = read_link(entry)
    return "unknown" if link is None else link.service
