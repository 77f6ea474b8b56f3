"""The check of a house that stands still or runs, from its files and databases alone: the ledger derived again, each store and vault against
it, the stores against each other, and the messages that the ledger has and a store lacks, by name."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from zi_audit.domain.chain import Link
from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.log_keys import keys_of
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import PENDING, POLICY
from zi_audit.files.tiles import published_tiles
from zi_audit.tools.fsck import Fsck
from zi_audit.tools.reconcile import LOST, UNDESTROYED, Reconcile, logs_of
from zi_audit.tools.sender_entries import sender_entries
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_audit.writer.witnesses import Times, Witnesses, witnesses_of
from zi_audit.writer.write_lock import WriteLock
from zi_chassis.storage.database import Database
from zi_chassis.storage.event_tables import EventTables
from zi_chassis.storage.read_only import ReadOnlyDatabase
from zi_chassis.vault.erasure_files import BROUGHT, brought_lines
from zi_chassis.vault.files import VaultFiles
from zi_chassis.vault.keystore import Keystore
from zi_contracts.message import Message
from zi_operations.house import SERVICES, WRITER, HouseOfData
from zi_operations.unsettled import unsettled
from zi_tlog.error import LogError

WITNESS_TIMES = Times(confirm=2.0)


@dataclass(frozen=True)
class MissingMessage:
    """A message that the ledger or the stream has and the store has not."""

    service: str
    position: int
    type: str
    subject: str
    time: str

    def __str__(self) -> str:
        return f"{self.service} {self.position}: {self.type} {self.subject} {self.time}"


@dataclass
class Examined:
    """`entries` of the ledger were derived again, which a running house forbids; `messages` and `items` were compared; `faults` are sentences by what they are about. `pending` erasures wait in a file for the next
    start of their service; `unsettled` services were restored and wait for zona erasures."""

    entries: int | None = None
    messages: int = 0
    items: int = 0
    erased: int = 0
    pending: int = 0
    faults: dict[str, list[str]] = field(default_factory=dict)
    missing: list[MissingMessage] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    witnesses: str = ""

    def found(self, about: str, *sentences: str) -> None:
        if sentences:
            self.faults.setdefault(about, []).extend(sentences)

    @property
    def is_sound(self) -> bool:
        return not self.faults and not self.missing


class HouseExamination:
    """One examination of a house; with `stands_still` the ledger too, which may not grow meanwhile."""

    def __init__(self, house: HouseOfData) -> None:
        self._house = house

    def run(self, *, stands_still: bool = True) -> Examined:
        examined = Examined()
        if stands_still:
            self._ledger(examined)
        for service in SERVICES:
            try:
                self._store(service, examined)
            except LogError as damage:
                examined.found(service, f"It can't be compared with the published log: {damage}")
        self._each_other(examined)
        examined.unsettled = unsettled(self._house)
        return examined

    def ask_witnesses(self, examined: Examined) -> None:
        """Find out whether one of them knows of more than this ledger, or of another one; the house stands still."""
        try:
            with opened_log(self._house) as log:
                asyncio.run(_confirmed(log, self._house))
                has_witnesses = any(each.url for each in log.witnesses.witnesses)
            examined.witnesses = "confirmed" if has_witnesses else "none"
        except HaltError as halt:
            examined.witnesses = str(halt)
            if halt.reason is not Reason.UNCONFIRMED:
                examined.found("witnesses", str(halt))

    def _ledger(self, examined: Examined) -> None:
        with opened_ledger(self._house) as ledger:
            settings = self._house.settings_of(WRITER)
            # Read anew: what these tiles remember is no proof of what is there.
            report = Fsck(ledger, published_tiles(settings), keys_of(settings)).run()
        examined.entries = report.entries
        examined.found("ledger", *dict.fromkeys(report.findings))

    def _store(self, service: str, examined: Examined) -> None:
        store, keys = self._house.stores[service], self._house.keys_of(service)
        logs = logs_of(self._house.tiles)
        keystore = None if keys is None else Keystore(ReadOnlyDatabase(keys.place), create=False)
        files = VaultFiles.at(self._house.settings_of(service).files) if keystore else None
        compared = Reconcile(service, ReadOnlyDatabase(store.place), *logs).run(keystore, files)
        examined.messages += compared.messages
        examined.items += compared.items
        examined.erased += compared.erased or 0
        is_behind = any(each.endswith(LOST) for each in compared.findings)
        lost = list(self._behind(service, logs)) if is_behind else []
        examined.missing += lost
        named = {f"Position {each.position}: {LOST}" for each in lost}
        findings = [each for each in compared.findings if each not in named]
        waiting = {f"Position {each}: {UNDESTROYED}" for each in self._brought(service)}
        examined.pending += len(waiting.intersection(findings))
        examined.found(service, *(each for each in findings if each not in waiting))

    def _brought(self, service: str) -> Iterator[int]:
        """Yield the positions of the erasures that the service applies at its start, from what was brought to it."""
        for line in brought_lines(self._house.data / service / BROUGHT):
            yield Message.parse(line).position

    def _behind(self, service: str, logs: Sequence[PublishedLog]) -> Iterator[MissingMessage]:
        last, _ = self._house.stores[service].head()
        for entry in sender_entries(list(reversed(logs)), service):
            if entry.link.position > last:
                yield missing_message(entry.link)

    def _each_other(self, examined: Examined) -> None:
        """Nobody has received what its sender does not have."""
        heads, received = {}, {}
        for service, store in self._house.stores.items():
            with store.reading() as tx:
                heads[service], _ = EventTables.head(tx)
                received[service] = EventTables.received(tx)
        for service, senders in received.items():
            examined.found(
                service,
                *(
                    f"It has received {sender} up to position {position}, and {sender} goes to {heads[sender]}."
                    for sender, position in senders.items()
                    if position > heads.get(sender, position)
                ),
            )


async def _confirmed(log: TransparencyLog, house: HouseOfData) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        await Witnesses(log, house.tiles, log.witnesses, client, WriteLock(), WITNESS_TIMES).confirm()


def missing_message(link: Link) -> MissingMessage:
    fields = (str(link.attributes.get(name, "")) for name in ("type", "subject", "time"))
    return MissingMessage(link.service, link.position, *fields)


@contextmanager
def opened_log(house: HouseOfData) -> Iterator[TransparencyLog]:
    """The log of a house that stands still, with its published files brought up to its database. It signs nothing, and announces no policy:
    that is the writer's to do."""
    settings, tiles = house.settings_of(WRITER), house.tiles
    with opened_ledger(house) as ledger:
        log = TransparencyLog(ledger, tiles, keys_of(settings), settings.clock(), witnesses_of(settings))
        waiting = tiles.read(PENDING)
        log.open(f"{settings.public_url}/audit/log", policy_may_change=lambda: not tiles.has(POLICY))
        if waiting is None:
            tiles.remove(PENDING)
        yield log


@contextmanager
def opened_ledger(house: HouseOfData) -> Iterator[Ledger]:
    """The ledger's database, closed at the end."""
    database = Database(house.ledger.place)
    try:
        yield Ledger(database, house.office)
    finally:
        database.close()
