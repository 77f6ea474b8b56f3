"""Up to where a stream may be shortened: the lowest of what a witnessed checkpoint covers, what all who hear it have acknowledged, what the last
good drill restored, what the newest whole backup holds, and what its own store has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from zi_audit.files.published_log import PublishedLog
from zi_audit.writer.lane import DURABLE
from zi_chassis.bus import foreign
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.foreign import position_at, present, sequence_of
from zi_chassis.bus.shortening import StreamExtent
from zi_chassis.storage.database import Tx
from zi_chassis.storage.event_tables import EventTables
from zi_operations.drill_note import drilled
from zi_operations.house import SERVICES, HouseDatabase, HouseOfData
from zi_operations.manifest import KEYS, StorePosition, read_manifest
from zi_operations.outcome import OperationStatus
from zi_operations.retention import backups, is_whole, taken_at
from zi_operations.sealing import read_house_key
from zi_tlog.policy import NO_QUORUM
from zi_verify.verdict import Sentence

MEMORY = 219  # bytes that the server holds for a message: docs/sizing.md


@dataclass(frozen=True)
class ShorteningLimit:
    """Up to which position of the sender something is certain, and the condition that is met there and not behind it."""

    position: int
    status: OperationStatus
    condition: Sentence


@dataclass(frozen=True)
class StreamPlan:
    """The stream would begin at number `begin`, which is the sender's message at `position`; `limit` holds it there."""

    service: str
    extent: StreamExtent
    begin: int
    position: int
    limit: ShorteningLimit

    @property
    def removes(self) -> int:
        return max(0, self.begin - self.extent.first) if self.extent.messages else 0

    def lines(self, *, is_dry_run: bool) -> Iterator[Sentence]:
        extent, limit = self.extent, self.limit
        if not self.removes:
            yield Sentence(
                f"{self.service}: nothing can be removed from its {extent.messages:,} messages. {limit.condition.en}",
                f"{self.service}: tidak ada yang dapat dihapus dari {extent.messages:,} pesannya. {limit.condition.id}",
            )
            return
        disk = extent.bytes * self.removes // extent.messages
        memory = MEMORY * self.removes
        would, akan = ("would go", "akan dihapus") if is_dry_run else ("are gone", "sudah dihapus")
        yield Sentence(
            f"{self.service}: messages {extent.first:,} to {self.begin - 1:,} of {extent.last:,} {would}, about {disk:,} bytes of disk and"
            f" {memory:,} of memory. {limit.condition.en}",
            f"{self.service}: pesan {extent.first:,} sampai {self.begin - 1:,} dari {extent.last:,} {akan}, sekitar {disk:,} bita penyimpanan dan"
            f" {memory:,} bita memori. {limit.condition.id}",
        )


def house_limits(house: HouseOfData) -> Mapping[str, Sequence[ShorteningLimit]]:
    """Read what the ledger, the drills, the backups and the stores allow, by service."""
    copies, size = _newest_backup(house), _witnessed(house)
    practised = drilled(house)
    return {
        service: (
            _witnessed_limit(house, service, size),
            _copy_limit(house.stores[service], practised.get(service), _DRILL),
            _copy_limit(house.stores[service], copies.get(service), _BACKUP),
            ShorteningLimit(house.stores[service].head()[0], OperationStatus.CONTRADICTED, _STORE),
        )
        for service in SERVICES
    }


async def plan_of(
    house: HouseOfData, broker: Broker, extent: StreamExtent, limits: Sequence[ShorteningLimit], leave: int
) -> StreamPlan:
    """Find the message at which the stream would begin."""
    service = broker.service
    if extent.messages <= leave:
        return StreamPlan(service, extent, 0, 0, ShorteningLimit(0, OperationStatus.DONE, _left(leave)))
    with house.stores[service].reading() as tx:
        known = foreign.read(tx, service)
    strangers = await present(broker, f"/zi/{house.office}/{service}", known)
    rest = max(0, extent.last - leave + 1)
    lowest = min(
        (
            *limits,
            *_of_stream(extent, strangers),
            ShorteningLimit(position_at(rest, strangers), OperationStatus.DONE, _left(leave)),
        ),
        key=lambda limit: limit.position,
    )
    begin = sequence_of(lowest.position, strangers) if lowest.position else 0
    return StreamPlan(service, extent, begin, lowest.position, lowest)


def _of_stream(extent: StreamExtent, strangers: Sequence[foreign.ForeignRecord]) -> Iterator[ShorteningLimit]:
    if extent.refuses:
        yield ShorteningLimit(0, OperationStatus.REFUSED, _MADE_BEFORE)
    for durable, sequence in ({DURABLE: 0} | dict(extent.passed)).items():
        condition = Sentence(
            f"The consumer {durable} has acknowledged up to there.",
            f"Konsumen {durable} sudah mengakui sampai di situ.",
        )
        yield ShorteningLimit(position_at(sequence, strangers), OperationStatus.UNHEARD, condition)


def _witnessed(house: HouseOfData) -> int:
    """Return the size of the newest checkpoint that meets a quorum of witnesses; 0 where none is asked for."""
    log = PublishedLog(house.tiles)
    policy, signed = log.policy(), log.witnessed()
    return 0 if policy is None or policy.quorum == NO_QUORUM or signed is None else signed[1].size


def _witnessed_limit(house: HouseOfData, service: str, size: int) -> ShorteningLimit:
    question = (
        "SELECT position FROM entries WHERE sender = ? AND idx < ? AND position IS NOT NULL AND anomaly IS NULL"
        " ORDER BY position DESC LIMIT 1"
    )
    with house.ledger.reading() as tx:
        rows = tx.execute(question, service, size)
    return ShorteningLimit(rows[0]["position"] if rows else 0, OperationStatus.UNWITNESSED, _WITNESSES)


def _newest_backup(house: HouseOfData) -> Mapping[str, StorePosition]:
    """Read the positions of the newest whole backup that still has its keys; nothing where there is none."""
    if house.backups is None or not house.backup_key.exists():
        return {}
    key, now = read_house_key(house.backup_key), datetime.now(UTC)
    for path in reversed(backups(house.backups)):
        if taken_at(path) <= now and is_whole(path, key):
            manifest = read_manifest(path, key)
            if (path / manifest.parts[KEYS].file).exists():
                return manifest.stores
    return {}


def _copy_limit(store: HouseDatabase, copied: StorePosition | None, condition: Sentence) -> ShorteningLimit:
    """A copy of another history than the store's holds nothing."""
    with store.reading() as tx:
        holds = copied is not None and copied.hash == hash_at(tx, copied.position)
    position = copied.position if copied is not None and holds else 0
    return ShorteningLimit(position, OperationStatus.UNPRACTISED, condition)


def hash_at(tx: Tx, position: int) -> str | None:
    """Return the SHA-256 of the store's message there."""
    rows = EventTables.messages(tx, position - 1, 1)
    return rows[0].hash if rows and rows[0].position == position else None


def _left(leave: int) -> Sentence:
    return Sentence(f"The last {leave:,} messages stay.", f"{leave:,} pesan terakhir tetap ada.")


_WITNESSES = Sentence(
    "A checkpoint with the signatures of the witnesses covers it up to there.",
    "Checkpoint dengan tanda tangan para saksi mencakupnya sampai di situ.",
)
_DRILL = Sentence(
    "The last good drill restored it up to there: run zona drill.",
    "Latihan terakhir yang baik memulihkannya sampai di situ: jalankan zona drill.",
)
_BACKUP = Sentence(
    "The newest whole backup with its keys in ZI_BACKUPS goes up to there: run zona backup.",
    "Cadangan utuh terbaru dengan kuncinya di ZI_BACKUPS mencakup sampai di situ: jalankan zona backup.",
)
_STORE = Sentence("Its store goes up to there.", "Penyimpanannya sampai di situ.")
_MADE_BEFORE = Sentence(
    "The stream was made by an earlier version, and the server refuses: make it anew (docs/operations.md, Streams that grow).",
    "Aliran dibuat oleh versi sebelumnya, dan peladen menolak: buat yang baru (docs/operations.md, Streams that grow).",
)
