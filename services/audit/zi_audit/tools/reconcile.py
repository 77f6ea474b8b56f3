"""Compares a service's store with the ledger, reading both and changing neither: every stored event, its message, its vault items and
what it keeps of the configurations that it decides by, against what was logged; what was edited, left out, slipped in or cut off is named
by position, and so is an erasure that was undone.

Store and ledger are read side by side in the order of positions; kept in memory is only what is not met by the other side yet."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import Any
from uuid import UUID

from zi_audit.domain.chain import ZEROS, Link, read_link
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tiles import Tiles
from zi_audit.tools.erasures import erases
from zi_audit.tools.sender_entries import SenderEntry, sender_entries
from zi_audit.tools.stored_configurations import StoredConfigurations
from zi_chassis.storage.database import Database, Row, Tx, placeholders
from zi_chassis.storage.recorded import commitment, event_id
from zi_chassis.vault.files import VaultFiles
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import Vault

PAGE = 500
BEHIND = 2**63  # findings without a position come last
AHEAD = 10_000  # positions by which a claim may be ahead of the store before it is left for later
LOST = "the message is missing from the store; the ledger has it."
UNDESTROYED = "the person's key should be destroyed and is not."
VAULTS = ("intake", "integrity")  # whose stores have a vault; what the others refer to lies in that of intake
_ROWS = (
    "SELECT m.position, m.event_id, m.type, m.aggregate, m.version, m.message, m.hash, e.topic, e.state"
    " FROM messages m LEFT JOIN stored_events e ON e.originator_version = m.version AND e.originator_id = {aggregate}"
    " WHERE m.position > ? ORDER BY m.position LIMIT ?"
)
_EVENTS = (
    "SELECT {place} AS place, originator_id AS aggregate, originator_version AS version FROM stored_events"
    " WHERE {place} > ? ORDER BY {place} LIMIT ?"
)


@dataclass
class Reconciliation:
    """The number of things that were compared and, in order, what is wrong; `waiting` messages are stored and not in the ledger yet.

    `erased` is how many items can't be opened any more, as the ledger says; None where there were no keys to try.
    """

    messages: int = 0
    items: int = 0
    erased: int | None = None
    waiting: int = 0
    findings: list[str] = field(default_factory=list)


class _Ledger:
    """The sender's entries, taken along with the store; the first entry at a position counts."""

    def __init__(self, entries: Iterator[SenderEntry]) -> None:
        self._entries = entries
        self._met = 0
        self._ahead: dict[int, str] = {}
        self.open: dict[int, str] = {}  # stored and not met yet, by position: the SHA-256 of the message
        self.gaps: set[int] = set()  # not stored
        self.erasures: dict[UUID, int] = {}
        self.last = self.newest = 0
        self.other: list[int] = []  # positions at which the ledger has another message
        self.lost: list[int] = []  # positions that the ledger has and the store has not

    def meet(self, position: int, digest: str) -> None:
        """Compares the stored message at `position`, at the latest when the ledger comes to it."""
        while self._met < position and (entry := next(self._entries, None)) is not None:
            self._take(entry)
        known = self._ahead.pop(position, None)
        if known is None:
            self.open[position] = digest
        elif known != digest:
            self.other.append(position)
        self.last = position

    def miss(self, position: int) -> None:
        """The store has no message here."""
        if self._ahead.pop(position, None) is not None:
            self.lost.append(position)
        else:
            self.gaps.add(position)

    def end(self) -> None:
        for entry in self._entries:
            self._take(entry)
        self.lost += self._ahead

    def _take(self, entry: SenderEntry) -> None:
        link, position = entry.link, entry.link.position
        if erases(link):
            self.erasures.setdefault(UUID(link.event_id), position)
        self.newest = max(self.newest, position)
        if position <= self.last + AHEAD:
            self._met = max(self._met, position)
        if position in self.gaps:
            self.gaps.remove(position)
            self.lost.append(position)
        elif (stored := self.open.pop(position, None)) is not None:
            self.other += [position] if stored != entry.digest else []
        elif position > self.last:
            self._ahead.setdefault(position, entry.digest)


class Reconcile:
    """One examination of the store of `service`; `logs` are today's and those that were set aside, the newest first."""

    def __init__(self, service: str, database: Database, *logs: PublishedLog) -> None:
        self._database = database
        self._service = service
        self._report = Reconciliation()
        self._findings: list[tuple[int, str]] = []
        self._refs: dict[UUID, str] = {}
        self._configurations = StoredConfigurations()
        self._ledger = _Ledger(sender_entries(list(reversed(logs)), service))

    def run(self, keys: Keystore | None, files: VaultFiles | None = None) -> Reconciliation:
        """With `keys` every vault item is opened, and fetched from `files` if it lies there; without them only its digest is compared."""
        last, previous = 0, ZEROS
        for row in self._rows():
            for position in range(last + 1, row["position"]):
                self._ledger.miss(position)
            message = bytes(row["message"])
            digest = sha256(message).hexdigest()
            link = self._message(row, message, digest, previous if row["position"] == last + 1 else None)
            if link is not None:
                self._configurations.adopt(link)
            self._event(row, link)
            self._ledger.meet(row["position"], digest)
            last, previous = row["position"], digest
            self._report.messages += 1
        self._compare()
        self._extra_events()
        with self._database.reading() as tx:
            for sentence in self._configurations.findings(tx):
                self._found(sentence)
        self._vault(keys, files)
        self._report.findings = [
            sentence for _, sentence in sorted(self._findings, key=lambda found: found[0])
        ]
        return self._report

    def _compare(self) -> None:
        """Compare what the two sides have of each other, once both were read."""
        ledger = self._ledger
        ledger.end()
        for position in ledger.other:
            self._at(position, "the message is not the one in the ledger.")
        for position in ledger.lost:
            self._at(position, LOST)
        for position in ledger.gaps:
            self._at(position, "the message is missing from the store.")
        newest = ledger.newest
        self._report.waiting = len(ledger.open)
        for position in ledger.open:
            if position < newest:
                self._at(position, "the message never came into the ledger, later ones did.")

    def _at(self, position: int, sentence: str) -> None:
        self._findings.append((position, f"Position {position}: {sentence}"))

    def _found(self, sentence: str) -> None:
        self._findings.append((BEHIND, sentence))

    def _rows(self) -> Iterator[Row]:
        return chain.from_iterable(self._pages(_ROWS, "position"))

    def _pages(self, question: str, place: str) -> Iterator[Sequence[Row]]:
        after = 0
        while True:
            with self._database.reading() as tx:
                rows = tx.execute(question.format(**_names(tx)), after, PAGE)
            yield rows
            if len(rows) < PAGE:
                return
            after = rows[-1][place]

    def _message(self, row: Row, message: bytes, digest: str, previous: str | None) -> Link | None:
        position = row["position"]
        if digest != row["hash"]:
            self._at(position, "the message's bytes do not fit its kept hash.")
        link = read_link(message)
        if link is None:
            self._at(position, "the message can't be read.")
            return None
        if previous is not None and link.previous != previous:
            self._at(position, "the message does not continue the one before it.")
        if (link.position, link.event_id) != (position, row["event_id"]):
            self._at(position, "the row says another position or event than its message.")
        for item, recorded in _refs(link.attributes.get("data")):
            self._refs[item] = recorded
        return link

    def _event(self, row: Row, link: Link | None) -> None:
        position = row["position"]
        if row["state"] is None:
            self._at(position, "the stored event of the message is missing.")
            return
        if row["topic"] != row["type"]:
            self._at(position, "the stored event is of another type than its message.")
        if link is not None and commitment(bytes(row["state"])) != link.attributes.get("commitment"):
            self._at(position, "the stored event is not the one that its message commits to.")

    def _extra_events(self) -> None:
        """By the id that an event's message has; only where that is not there, the messages are looked through once."""
        extra = [place for page in self._pages(_EVENTS, "place") for place in self._unnamed(page)]
        if extra:
            named = {(UUID(row["aggregate"]), row["version"]) for row in self._rows()}
            for aggregate, version in sorted(set(extra) - named, key=str):
                self._found(f"A stored event without a message: version {version} of aggregate {aggregate}.")

    def _unnamed(self, page: Sequence[Row]) -> list[tuple[UUID, int]]:
        places = [(UUID(str(row["aggregate"])), row["version"]) for row in page]
        events = {str(event_id(*place)): place for place in places}
        marks = placeholders(events)
        with self._database.reading() as tx:
            question = f"SELECT event_id FROM messages WHERE event_id IN ({marks})"
            published = {row["event_id"] for row in tx.execute(question, *events)} if events else set()
        return [place for event, place in events.items() if event not in published]

    def _vault(self, keys: Keystore | None, files: VaultFiles | None) -> None:
        with self._database.reading() as tx:
            if not _has_vault(tx) and (self._service not in VAULTS or not self._refs):
                return
            self._digests(tx)
            if keys is None:
                return
            verified = Vault(keys, files=files).verify(tx, self._refs)
        self._report.items, self._report.erased = verified.sound, verified.erased
        known = {sentence for _, sentence in self._findings}
        for fault in verified.faults:
            if fault not in known:
                self._found(fault)
        destroyed = {each.event for each in keys.tombstones().values()}
        for event, position in self._ledger.erasures.items():
            if event not in destroyed:
                self._at(position, UNDESTROYED)

    def _digests(self, tx: Tx) -> None:
        rows = tx.execute("SELECT item, digest FROM vault_items") if _has_vault(tx) else []
        stored = {UUID(row["item"]): row["digest"] for row in rows}
        for item in sorted({*stored, *self._refs}, key=str):
            if item not in stored:
                self._found(f"Vault item {item} is missing.")
            elif item not in self._refs:
                self._found(f"Vault item {item} belongs to no event.")
            elif stored[item] != self._refs[item]:
                self._found(f"Vault item {item} is not what its event recorded.")
        self._report.items = len(stored)


def logs_of(tiles: Tiles) -> list[PublishedLog]:
    """This log and those that were set aside for it, the newest first."""
    older = (tiles.former(number) for number in reversed(tiles.origins()))
    return [PublishedLog(each) for each in (tiles, *older)]


def _names(tx: Tx) -> dict[str, str]:
    if tx.postgres:
        return {"aggregate": "m.aggregate::uuid", "place": "notification_id"}
    return {"aggregate": "replace(m.aggregate, '-', '')", "place": "rowid"}


def _has_vault(tx: Tx) -> bool:
    if tx.postgres:
        return bool(tx.execute("SELECT to_regclass('vault_items') AS name")[0]["name"])
    return bool(tx.execute("SELECT name FROM sqlite_master WHERE name = 'vault_items'"))


def _refs(data: Any) -> Iterator[tuple[UUID, str]]:
    """Vault items that a message names, wherever in its data."""
    if isinstance(data, dict):
        if {"item", "field", "digest"} <= data.keys():
            with suppress(ValueError):
                yield UUID(str(data["item"])), str(data["digest"])
        for value in data.values():
            yield from _refs(value)
    elif isinstance(data, list):
        for value in data:
            yield from _refs(value)


def sentences(report: Reconciliation) -> Iterator[str]:
    """Return the lines that the tool prints."""
    yield from report.findings
    if not report.findings:
        erased = "no keys were there to open them" if report.erased is None else f"{report.erased} are erased"
        yield (
            f"{report.messages} messages and {report.items} vault items ({erased}) are as they were recorded;"
            f" {report.waiting} messages are on their way to the ledger."
        )
