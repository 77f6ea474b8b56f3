"""Compares a service's store with the ledger, reading both and changing neither: every stored event, its message, its vault items and
what it keeps of the configurations that it decides by, against what was logged; what was edited, left out, slipped in or cut off is named by position, and so is an erasure that was undone."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from zi_audit.chain import ZEROS, Link, read_link
from zi_audit.erasures import erases
from zi_audit.kept_configurations import KeptConfigurations
from zi_audit.log_keys import ORIGINS
from zi_audit.published_log import PublishedLog
from zi_audit.tile_folder import TileFolder
from zi_chassis.database import Database, Row, Tx
from zi_chassis.keystore import Keystore
from zi_chassis.recorded import commitment
from zi_chassis.vault import Vault

PAGE = 500
VAULT = "intake"  # whose store has the vault; what others refer to lies there
_ROWS = (
    "SELECT m.position, m.event_id, m.type, m.aggregate, m.version, m.message, m.hash, e.topic, e.state"
    " FROM messages m LEFT JOIN stored_events e ON e.originator_version = m.version AND e.originator_id = {aggregate}"
    " WHERE m.position > ? ORDER BY m.position LIMIT ?"
)
_EXTRA = (
    "SELECT e.originator_id AS aggregate, e.originator_version AS version FROM stored_events e"
    " LEFT JOIN messages m ON e.originator_version = m.version AND e.originator_id = {aggregate}"
    " WHERE m.position IS NULL ORDER BY e.originator_id, e.originator_version"
)


@dataclass
class Reconciliation:
    """How much was compared, and in order what is wrong; `waiting` messages are stored and not in the ledger yet.

    `erased` is how many items can't be opened any more, as the ledger says; None where there were no keys to try.
    """

    messages: int = 0
    items: int = 0
    erased: int | None = None
    waiting: int = 0
    findings: list[str] = field(default_factory=list)


class Reconcile:
    """One examination of the store of `service`; `logs` are today's and those that were set aside, the newest first."""

    def __init__(self, service: str, database: Database, *logs: PublishedLog) -> None:
        self._database = database
        self._logs = logs
        self._service = service
        self._report = Reconciliation()
        self._refs: dict[UUID, str] = {}
        self._erasures: dict[UUID, int] = {}
        self._configurations = KeptConfigurations()

    def run(self, keys: Keystore | None) -> Reconciliation:
        """With `keys` every vault item is opened, without them only its digest is compared."""
        ledgered = self._ledgered()
        last, previous = 0, ZEROS
        for row in self._rows():
            for position in range(last + 1, row["position"]):
                self._missing(position, ledgered)
            link = self._message(row, previous if row["position"] == last + 1 else None)
            if link is not None:
                self._configurations.adopt(link)
            self._event(row, link)
            self._leaf(row, ledgered)
            last, previous = row["position"], sha256(bytes(row["message"])).hexdigest()
            self._report.messages += 1
        for position in sorted(each for each in ledgered if each > last):
            self._missing(position, ledgered)
        self._extra_events()
        with self._database.reading() as tx:
            self._report.findings += self._configurations.findings(tx)
        self._vault(keys)
        return self._report

    def _found(self, sentence: str) -> None:
        self._report.findings.append(sentence)

    def _ledgered(self) -> dict[int, str]:
        """SHA-256 of the first entry at each position of this sender; what another one said in its name is not its own."""
        digests = dict[int, str]()
        for log in self._logs:
            for entry, lane in log.walk():
                link = read_link(entry)
                if lane is None and link is not None and link.service == self._service:
                    digests.setdefault(link.position, sha256(entry).hexdigest())
                    if erases(link):
                        self._erasures[UUID(link.event_id)] = link.position
        return digests

    def _rows(self) -> Iterator[Row]:
        after = 0
        while True:
            with self._database.reading() as tx:
                rows = tx.execute(_ROWS.format(aggregate=_aggregate(tx)), after, PAGE)
            yield from rows
            if len(rows) < PAGE:
                return
            after = rows[-1]["position"]

    def _missing(self, position: int, ledgered: dict[int, str]) -> None:
        known = "; the ledger has it" if position in ledgered else ""
        self._found(f"Position {position}: the message is missing from the store{known}.")

    def _message(self, row: Row, previous: str | None) -> Link | None:
        position, content = row["position"], bytes(row["message"])
        if sha256(content).hexdigest() != row["hash"]:
            self._found(f"Position {position}: the message's bytes do not fit its kept hash.")
        link = read_link(content)
        if link is None:
            self._found(f"Position {position}: the message can't be read.")
            return None
        if previous is not None and link.previous != previous:
            self._found(f"Position {position}: the message does not continue the one before it.")
        if (link.position, link.event_id) != (position, row["event_id"]):
            self._found(f"Position {position}: the row says another position or event than its message.")
        for item, digest in _refs(link.attributes.get("data")):
            self._refs[item] = digest
        return link

    def _event(self, row: Row, link: Link | None) -> None:
        position = row["position"]
        if row["state"] is None:
            self._found(f"Position {position}: the stored event of the message is missing.")
            return
        if row["topic"] != row["type"]:
            self._found(f"Position {position}: the stored event is of another type than its message.")
        if link is not None and commitment(bytes(row["state"])) != link.attributes.get("commitment"):
            self._found(f"Position {position}: the stored event is not the one that its message commits to.")

    def _leaf(self, row: Row, ledgered: dict[int, str]) -> None:
        position = row["position"]
        if position not in ledgered:
            self._waits(position, ledgered)
        elif ledgered[position] != sha256(bytes(row["message"])).hexdigest():
            self._found(f"Position {position}: the message is not the one in the ledger.")

    def _waits(self, position: int, ledgered: dict[int, str]) -> None:
        self._report.waiting += 1
        if any(known > position for known in ledgered):
            self._found(f"Position {position}: the message never came into the ledger, later ones did.")

    def _extra_events(self) -> None:
        with self._database.reading() as tx:
            for row in tx.execute(_EXTRA.format(aggregate=_aggregate(tx))):
                place = f"version {row['version']} of aggregate {row['aggregate']}"
                self._found(f"A stored event without a message: {place}.")

    def _vault(self, keys: Keystore | None) -> None:
        with self._database.reading() as tx:
            if not _has_vault(tx) and (self._service != VAULT or not self._refs):
                return
            self._digests(tx)
            if keys is None:
                return
            verified = Vault(keys).verify(tx, self._refs)
        self._report.items, self._report.erased = verified.sound, verified.erased
        for fault in verified.faults:
            if fault not in self._report.findings:
                self._found(fault)
        destroyed = {each.event for each in keys.tombstones().values()}
        for event, position in self._erasures.items():
            if event not in destroyed:
                self._found(f"Position {position}: the person's key should be destroyed and is not.")

    def _digests(self, tx: Tx) -> None:
        rows = tx.execute("SELECT item, digest FROM vault_items") if _has_vault(tx) else []
        kept = {UUID(row["item"]): row["digest"] for row in rows}
        for item in sorted({*kept, *self._refs}, key=str):
            if item not in kept:
                self._found(f"Vault item {item} is missing.")
            elif item not in self._refs:
                self._found(f"Vault item {item} belongs to no event.")
            elif kept[item] != self._refs[item]:
                self._found(f"Vault item {item} is not what its event recorded.")
        self._report.items = len(kept)


def logs_of(folder: Path) -> list[PublishedLog]:
    """The log in this folder and those that were set aside for it, the newest first."""
    aside = [path for path in (folder / ORIGINS).glob("*") if path.name.isdecimal()]
    older = sorted(aside, key=lambda path: int(path.name), reverse=True)
    return [PublishedLog(TileFolder(each)) for each in (folder, *older)]


def _aggregate(tx: Tx) -> str:
    return "m.aggregate::uuid" if tx.postgres else "replace(m.aggregate, '-', '')"


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
    """What the tool prints."""
    yield from report.findings
    if not report.findings:
        erased = "no keys were there to open them" if report.erased is None else f"{report.erased} are erased"
        yield (
            f"{report.messages} messages and {report.items} vault items ({erased}) are as they were recorded;"
            f" {report.waiting} messages are on their way to the ledger."
        )
