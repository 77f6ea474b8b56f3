"""`zona upgrade`: what the first start of this version will change in the house, or why it would be refused. It changes nothing itself."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from hashlib import sha256

from zi_audit.domain.senders import SENDERS
from zi_chassis.domain import message_type
from zi_chassis.storage.configuration import (
    ConfigurationKey,
    Configurations,
    configurations,
    configurations_id,
)
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.event_tables import EventTables
from zi_chassis.storage.read_only import ReadOnlyDatabase
from zi_operations.house import SERVICES, HouseDatabase, HouseOfData
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.release import ProgramRelease, ServiceRelease, noted_release
from zi_rules.configuration import canonical
from zi_verify.verdict import Sentence

# Events times read models: a third of what `python -m bench.rebuild` measures for intake on one quiet processor, and what it takes on a busy machine.
EVENTS_A_SECOND = 10_000
MOST_NAMED = 5


@dataclass(frozen=True)
class Rebuild:
    """Read models of one service that its first start fills again from all its events; versions of the store by name, None for a new one."""

    service: str
    events: int
    before: Mapping[str, int | None]
    after: Mapping[str, int]

    @property
    def seconds(self) -> int:
        return -(-self.events * len(self.after) // EVENTS_A_SECOND)


@dataclass
class UpgradePlan:
    """`stops` would refuse the start, or lose what is decided by; `settings` are new ones, None if nobody noted the former version."""

    former: ProgramRelease | None
    release: ProgramRelease
    events: int = 0
    rebuilds: list[Rebuild] = field(default_factory=list)
    fields: int | None = None
    settings: list[str] | None = None
    settings_gone: list[str] = field(default_factory=list)
    rules_new: list[str] = field(default_factory=list)
    rules_replaced: list[str] = field(default_factory=list)
    rules_in_use: int = 0
    stops: list[Sentence] = field(default_factory=list)

    @property
    def seconds(self) -> int:
        """Services rebuild beside one another; the slowest is waited for."""
        return max((each.seconds for each in self.rebuilds), default=0)


class Upgrade:
    """The comparison of a house with a release; it only reads."""

    def __init__(self, house: HouseOfData, release: ProgramRelease) -> None:
        self._house = house
        self._release = release

    def plan(self) -> UpgradePlan:
        """Raises OperationError with the status DOWNGRADE where a newer version has written what this one does not know."""
        self._house.refuse_incomplete()
        self._refuse_downgrade()
        former = noted_release(self._house)
        plan = UpgradePlan(former, self._release)
        for service in SERVICES:
            self._rebuilds(service, plan)
        self._rules(plan)
        if former is not None:
            plan.fields = len(_fields(self._release) - _fields(former))
            plan.settings = sorted(set(self._release.settings) - set(former.settings))
            plan.settings_gone = sorted(set(former.settings) - set(self._release.settings))
        return plan

    def _refuse_downgrade(self) -> None:
        unknown = [f"{service}: {what}" for service in SERVICES for what in self._unknown(service)]
        unknown += [f"audit-writer: {sender}" for sender in self._unknown_senders()]
        if unknown:
            more = len(unknown) - MOST_NAMED
            named = ", ".join(unknown[:MOST_NAMED]) + (f" + {more}" if more > 0 else "")
            raise OperationError(
                OperationStatus.DOWNGRADE,
                f"A newer version than {self._release.name} has written in this house what this one does not know ({named}). Nothing was changed."
                " Start the newer version again; to go back, zona restore with a backup from before the upgrade.",
                f"Versi yang lebih baru daripada {self._release.name} telah menulis di rumah ini apa yang tidak dikenal versi ini ({named}). Tidak ada"
                " yang diubah. Jalankan lagi versi yang lebih baru; untuk kembali, zona restore dengan cadangan dari sebelum peningkatan.",
            )

    def _unknown(self, service: str) -> Iterator[str]:
        known = self._known(service)
        with self._store(service).reading() as tx:
            for name, version in _read_models(self._store(service), tx).items():
                if version > known.highest_version(name):
                    yield name
            for row in _rows(self._store(service), tx, "written_fields", "type, field"):
                if not known.has_field(row["type"], row["field"]):
                    yield f"{row['type']} {row['field']}"

    def _unknown_senders(self) -> list[str]:
        ledger = self._house.ledger
        with ledger.reading() as tx:
            senders = {row["sender"] for row in _rows(ledger, tx, "heads", "sender")}
        return sorted(senders - set(SENDERS))

    def _rebuilds(self, service: str, plan: UpgradePlan) -> None:
        store, known = self._store(service), self._known(service)
        with store.reading() as tx:
            head, _ = EventTables.head(tx)
            there = _read_models(store, tx)
        plan.events += head
        stale = {name: version for name, version in known.read_models.items() if there.get(name) != version}
        if stale:
            plan.rebuilds.append(Rebuild(service, head, {name: there.get(name) for name in stale}, stale))

    def _rules(self, plan: UpgradePlan) -> None:
        known = set[str]()
        for service in SERVICES:
            with self._store(service).reading() as tx:
                state = self._configurations(service, tx)
                contents = {
                    ConfigurationKey(row["kind"], row["id"], row["version"]): row["digest"]
                    for row in _rows(self._store(service), tx, "configurations", "kind, id, version, digest")
                }
            known |= {str(key) for key in state.adopted}
            plan.rules_in_use += len(state.in_use)
            plan.rules_replaced += [str(key) for key in sorted(state.in_use) if self._is_replaced(key, state)]
            plan.stops += [*self._changed(service, state), *self._lost(service, state, contents)]
        kinds, adopted = {name.split(" ")[0] for name in known}, _newest(known)
        noted = _newest(_rule_names(plan.former)) if plan.former else {}
        plan.rules_new = sorted(
            f"{rules} version {version}"
            for rules, version in _newest(self._shipped).items()
            if rules.split(" ")[0] in kinds and version > max(adopted.get(rules, 0), noted.get(rules, 0))
        )

    def _configurations(self, service: str, tx: Tx) -> Configurations:
        kinds = {message_type(service, event): event for event in configurations.events}
        tables = EventTables(ReadOnlyDatabase(self._store(service).place), kinds)
        events = tables.events(tx, configurations_id(f"/zi/{self._house.office}/{service}"))
        return reduce(configurations.evolve, events, configurations.initial)

    def _is_replaced(self, key: ConfigurationKey, state: Configurations) -> bool:
        """Tell whether this release ships its kind in other versions alone, and no file of the office is this one."""
        others = any(name.rpartition(" ")[0] == f"{key.kind} {key.id} version" for name in self._shipped)
        return (
            others
            and str(key) not in self._shipped
            and key not in state.announced
            and state.adopted[key].digest not in self._own_digests
        )

    def _changed(self, service: str, state: Configurations) -> Iterator[Sentence]:
        for key, adopted in sorted(state.adopted.items()):
            shipped = self._shipped.get(str(key), adopted.digest)
            if shipped != adopted.digest and adopted.digest not in self._own_digests:
                yield Sentence(
                    f"{service}: {key} is in use with another content than this version ships, and the start would be refused. Put the content that"
                    " is in use into the office's folder of rules, or take another build of this version.",
                    f"{service}: {key} dipakai dengan isi lain daripada yang dibawa versi ini, dan layanan akan menolak dijalankan. Letakkan isi yang"
                    " dipakai ke folder aturan kantor, atau pakai bangunan lain dari versi ini.",
                )

    def _lost(
        self, service: str, state: Configurations, contents: Mapping[ConfigurationKey, str]
    ) -> Iterator[Sentence]:
        """The start writes again what a file still has."""
        for key, adopted in sorted(state.adopted.items()):
            on_disk = adopted.digest in self._own_digests or self._shipped.get(str(key)) == adopted.digest
            if contents.get(key) != adopted.digest and not on_disk:
                yield Sentence(
                    f"{service}: what is kept of {key} is missing or was changed, and cases are decided by it. Bring its file, or the store from a"
                    " backup: zona restore.",
                    f"{service}: isi {key} yang disimpan hilang atau berubah, padahal perkara diputus dengannya. Kembalikan berkasnya, atau"
                    " penyimpanan dari cadangan: zona restore.",
                )

    @cached_property
    def _shipped(self) -> Mapping[str, str]:
        return _rule_names(self._release)

    @cached_property
    def _own_digests(self) -> frozenset[str]:
        """Return the digests of the office's own files, as configurations have them."""
        folder = self._house.settings_of("intake").rules_folder
        paths = sorted(folder.rglob("*.toml")) if folder.is_dir() else []
        return frozenset(sha256(canonical(tomllib.loads(path.read_text()))).hexdigest() for path in paths)

    def _store(self, service: str) -> HouseDatabase:
        return self._house.stores[service]

    def _known(self, service: str) -> ServiceRelease:
        return self._release.services.get(service, ServiceRelease())


def _rule_names(release: ProgramRelease) -> dict[str, str]:
    """Return digests by the name that ConfigurationKey has as a text."""
    return {" version ".join(name.rsplit(" ", 1)): digest for name, digest in release.rules.items()}


def _newest(names: Iterable[str]) -> dict[str, int]:
    """Return the highest version of each: a release also ships those of before, for what was begun under them."""
    newest = dict[str, int]()
    for name in names:
        rules, _, version = name.rpartition(" version ")
        newest[rules] = max(newest.get(rules, 0), int(version))
    return newest


def _fields(release: ProgramRelease) -> frozenset[tuple[str, str]]:
    return frozenset().union(*(each.all_fields for each in release.services.values()))


def _read_models(store: HouseDatabase, tx: Tx) -> dict[str, int]:
    return {row["name"]: row["version"] for row in _rows(store, tx, "read_models", "name, version")}


def _rows(database: HouseDatabase, tx: Tx, table: str, columns: str) -> list[Row]:
    """Read a table that a store of an early version does not have."""
    has_table = ReadOnlyDatabase(database.place).has(table)
    return tx.execute(f"SELECT {columns} FROM {table}") if has_table else []
