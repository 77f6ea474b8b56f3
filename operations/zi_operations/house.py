"""The house as its operator sees it: a data folder, and for each service the databases that it works on, files or PostgreSQL."""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from zi_audit.files.status import STATUS
from zi_audit.files.tile_folder import CHECKPOINT
from zi_audit.files.tiles import Tiles, published_tiles
from zi_chassis.setting_forms import LAST_PORT, HostAndPort, WebAddress
from zi_chassis.settings import BACKUPS, LISTENERS, Settings, addresses
from zi_chassis.storage.database import Tx
from zi_chassis.storage.event_tables import EventTables
from zi_chassis.storage.read_only import ReadOnlyDatabase
from zi_chassis.unusable_setting import OperatorSettings
from zi_chassis.vault.erasure_files import UNSETTLED
from zi_operations.outcome import OperationError, OperationStatus
from zi_tlog.error import LogError
from zi_tlog.policy import parse_policy

SERVICES = ("intake", "notify", "umkm", "certificates", "integrity", "audit")
VAULTS = ("intake", "integrity")
HEARERS = {"intake": ("umkm",)}  # who has texts outside of a vault that go with an erasure
WRITER = "audit-writer"
SCHEDULER = "backups"
POOL = "integrity/survey-answers.pool"
OWN_FOLDER = "backup"  # the folder of zona itself
STAGING = f"{OWN_FOLDER}/restore"
FETCHED = f"{OWN_FOLDER}/fetched"  # a backup from a bucket, until it is restored
SCRATCH = "scratch-"
DRILL = "zona-drill-"
BESIDE_SQLITE = ("-wal", "-shm", "-journal")
WITNESS_OF_THE_HOUSE = "witness-in-the-same-house"
# Made again by a start, or of no use after a loss; a witness must never come back from a backup, for it would forget what it signed.
LEFT_OUT = (
    *("lock", "*/lock", "*.new", "run/*", "logs/*", "caddy/*", "mailbox/*", "audit/index*.db*"),
    *("nats/jetstream/*", "nats/nats.conf", "nats/start.sh", "nats/sender-keys.json"),
    *("witness/*", "witness.last-signed", "witness-last/*", "audit-writer/tiles/*", "tiles/*", POOL),
    *(f"{OWN_FOLDER}/{SCRATCH}*", f"{OWN_FOLDER}/{DRILL}*", f"{STAGING}/*", f"{FETCHED}/*", f"*/{UNSETTLED}"),
)
DATA_FILES = (
    *("rules/*", "witnesses", "witnesses/*", "clock", "*/shifted", "*/erasures", "nats/grants.toml"),
    *(f"{OWN_FOLDER}/{name}" for name in ("statements", "release.json", "last-drill", "shortened")),
    *(f"{WRITER}/origin", f"{WRITER}/retired-keys", f"{WRITER}/key-overlap", f"{WRITER}/origins/*"),
)
LEFT_OUT_TILES = ("tile/*", CHECKPOINT, STATUS, "sender-proofs.json", "*.new")


class Kind(Enum):
    """A database by what is in it: the table whose lock keeps its writers out, on PostgreSQL."""

    STORE = "stored_events"
    VAULT_KEYS = "keys"
    LEDGER = "log_state"


@dataclass(frozen=True)
class HouseDatabase:
    """`name` is `<service>/<file without ending>`."""

    name: str
    kind: Kind
    place: str

    @property
    def service(self) -> str:
        return self.name.partition("/")[0]

    @property
    def is_postgres(self) -> bool:
        return ReadOnlyDatabase(self.place).postgres

    @property
    def engine(self) -> str:
        """Return its name in a manifest."""
        return "postgresql" if self.is_postgres else "sqlite"

    @property
    def setting(self) -> str:
        """Return the name of the setting that has its address."""
        kind = "_keys" if self.kind is Kind.VAULT_KEYS else ""
        return f"{self.service.replace('-', '_')}{kind}_database"

    def exists(self) -> bool:
        if not self.is_postgres:
            return Path(self.place).exists()
        return ReadOnlyDatabase(self.place).has(self.kind.value)

    def reading(self) -> AbstractContextManager[Tx]:
        return ReadOnlyDatabase(self.place).reading()

    def head(self) -> tuple[int, str]:
        """Read position and hash of a store's last message."""
        with self.reading() as tx:
            return EventTables.head(tx)

    def left_beside(self) -> list[str]:
        """Return the names of files that SQLite would merge into another database of this name."""
        if self.is_postgres:
            return []
        return [f"{self.name}.db{end}" for end in BESIDE_SQLITE if Path(f"{self.place}{end}").exists()]


@dataclass(frozen=True)
class BackupTimes:
    """The times of backups and drills: `at` is a time of day in the office's zone; there are no drills with 0 days."""

    at: time
    zone: ZoneInfo
    keep: int
    drill_days: int

    def backup_is_due(self, now: datetime, last: datetime | None) -> bool:
        """Tell whether there is no backup since the last occurrence of `at`."""
        if last is None:
            return True
        here = now.astimezone(self.zone)
        occurred = datetime.combine(here.date(), self.at, self.zone)
        if occurred > here:
            occurred = datetime.combine(here.date() - timedelta(days=1), self.at, self.zone)
        return last < occurred

    def drill_is_due(self, now: datetime, last: datetime | None, grace: timedelta = timedelta()) -> bool:
        """Tell whether there was none for so many days; one of the future, from a clock that was wrong, counts as none."""
        if not self.drill_days:
            return False
        return last is None or last > now or last < now - timedelta(days=self.drill_days) - grace


class HouseSettings(OperatorSettings):
    """The databases of all services at once; those without an address are files in the data folder."""

    model_config = SettingsConfigDict(env_prefix="ZI_", frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path = Path("./var")
    tiles: str = ""
    port: int = Field(default=8080, ge=1, le=LAST_PORT - BACKUPS)
    backups: Path | None = None
    free_disk_mb: int = Field(default=1024, ge=0)
    backup_at: time = time(2, 15)
    backup_keep: int = Field(default=14, ge=1)
    backup_copy: str = ""
    drill_days: int = Field(default=90, ge=0)
    backups_listen: HostAndPort = ""
    backups_url: WebAddress = ""
    drill_postgres: str = ""
    intake_url: WebAddress = ""
    notify_url: WebAddress = ""
    umkm_url: WebAddress = ""
    certificates_url: WebAddress = ""
    integrity_url: WebAddress = ""
    audit_url: WebAddress = ""
    audit_writer_url: WebAddress = ""
    intake_database: str = ""
    intake_keys_database: str = ""
    notify_database: str = ""
    umkm_database: str = ""
    certificates_database: str = ""
    integrity_database: str = ""
    integrity_keys_database: str = ""
    audit_database: str = ""
    audit_writer_database: str = ""


def scratch_settings(folder: Path, databases: Mapping[str, str]) -> HouseSettings:
    """Of a house that is only tried: files below `folder` and these databases, whatever the environment says."""
    here: dict[str, Any] = {name: "" for name in HouseSettings.model_fields if name.endswith("_database")}
    return HouseSettings(data=folder, tiles=str(folder / WRITER / "tiles"), **{**here, **databases})


class HouseOfData:
    """Reads the settings once; opens nothing before it is asked to."""

    def __init__(self, settings: HouseSettings) -> None:
        self._settings = settings
        self.data = settings.data.absolute()

    def settings_of(self, service: str) -> Settings:
        """Those of a service's process."""
        values: dict[str, Any] = {
            "database": self._address(service, "database"),
            "keys_database": self._address(service, "keys_database"),
            "tiles": self._settings.tiles,
        }
        return Settings(service=service, data=self.data, **values)

    @cached_property
    def office(self) -> str:
        return self.settings_of(WRITER).office

    @cached_property
    def tiles(self) -> Tiles:
        return published_tiles(self.settings_of(WRITER))

    @cached_property
    def databases(self) -> tuple[HouseDatabase, ...]:
        """In the order in which writers lock them: a store before its keys."""
        found = []
        for service in SERVICES:
            found.append(self._database(service, "store", Kind.STORE, "database"))
            if service in VAULTS:
                found.append(self._database(service, "keys", Kind.VAULT_KEYS, "keys_database"))
        return (*found, self._database(WRITER, "ledger", Kind.LEDGER, "database"))

    @property
    def stores(self) -> dict[str, HouseDatabase]:
        return {each.service: each for each in self.databases if each.kind is Kind.STORE}

    def keys_of(self, service: str) -> HouseDatabase | None:
        return next((each for each in self.databases if each.name == f"{service}/keys"), None)

    @property
    def ledger(self) -> HouseDatabase:
        return self.databases[-1]

    def files(self) -> tuple[list[Path], list[Path]]:
        """The files of the data and those of the keys, relative to the data folder. What nobody has classified counts as a key."""
        data, keys = list[Path](), list[Path]()
        for relative in self._walk(self.data, LEFT_OUT):
            if not self._is_left_out(relative):
                (data if _is_among(relative, DATA_FILES) else keys).append(relative)
        return data, keys

    def tile_files(self) -> list[Path]:
        """The named files of the published log, and the logs that were set aside; its tiles are made again from the ledger's database."""
        found = map(Path, self.tiles.other_files())
        return [each for each in found if not _is_among(each, LEFT_OUT_TILES)]

    def refuse_incomplete(self) -> None:
        missing = [each.name for each in self.databases if not each.exists()]
        if missing:
            raise OperationError(
                OperationStatus.REFUSED,
                f"There is no whole house in {self.data}: {', '.join(missing)} is missing. Set ZI_DATA to the data folder.",
                f"Tidak ada rumah yang lengkap di {self.data}: {', '.join(missing)} tidak ada. Setel ZI_DATA ke folder data.",
            )

    def refuse_inhabited(self) -> None:
        """Raises OperationError unless nothing is here that a backup would bring."""
        there = [each.name for each in self.databases if each.exists()]
        there += [path for each in self.databases for path in each.left_beside()]
        there += [
            f"{name}/secrets" for name in (*SERVICES, WRITER) if (self.data / name / "secrets").is_dir()
        ]
        if there:
            raise OperationError(
                OperationStatus.NOT_EMPTY,
                f"{self.data} is not empty: {', '.join(there)}. Restore into an empty house, and set the old one aside, unchanged.",
                f"{self.data} tidak kosong: {', '.join(there)}. Pulihkan ke rumah yang kosong, dan sisihkan yang lama tanpa diubah.",
            )

    @staticmethod
    def _walk(folder: Path, passed_over: tuple[str, ...]) -> Iterator[Path]:
        """The files below a folder, relative to it, without entering a folder that is left out whole."""
        for place, names, files in os.walk(folder):
            here = Path(place).relative_to(folder)
            names[:] = sorted(name for name in names if f"{here / name}/*" not in passed_over)
            yield from (here / name for name in sorted(files))

    def _is_left_out(self, relative: Path) -> bool:
        if _is_among(relative, LEFT_OUT) or str(self.data / relative) in self._database_files:
            return True
        return relative.parts[0] == "witnesses" and _names_the_witness_of_the_house(self.data / relative)

    @cached_property
    def _database_files(self) -> frozenset[str]:
        return frozenset(f"{each.place}{end}" for each in self.databases for end in ("", *BESIDE_SQLITE))

    def urls(self, service: str) -> list[str]:
        """Return where each process of the service listens; in a cluster there are several."""
        named = addresses(self._address(service, "url"))
        return named or [f"http://127.0.0.1:{self._settings.port + LISTENERS[service]}"]

    @property
    def backups(self) -> Path | None:
        """The folder of the backups, where the operator has set one."""
        return self._settings.backups

    @property
    def backup_copy(self) -> str:
        """Return the address of the bucket that gets a copy of each backup; empty for none."""
        return self._settings.backup_copy

    @property
    def backup_times(self) -> BackupTimes:
        settings = self._settings
        return BackupTimes(settings.backup_at, self.zone, settings.backup_keep, settings.drill_days)

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the office, in which times of day are meant."""
        return self.settings_of(WRITER).office_data.timezone

    @property
    def backup_key(self) -> Path:
        """Return the file with the house's half of the key of backups."""
        return self.data / OWN_FOLDER / "key"

    @property
    def backups_listen(self) -> str:
        """Return where `zona schedule` listens."""
        return self._settings.backups_listen or f"127.0.0.1:{self._settings.port + LISTENERS[SCHEDULER]}"

    @property
    def least_free(self) -> int:
        """Return the bytes that must be free on a disk before anybody worries."""
        return self._settings.free_disk_mb * 2**20

    @property
    def drill_server(self) -> str:
        """Return the PostgreSQL address of an account that may make databases for a drill."""
        return self._settings.drill_postgres

    def _address(self, service: str, kind: str) -> str:
        address: str = getattr(self._settings, f"{service.replace('-', '_')}_{kind}", "")
        return address

    def _database(self, service: str, file: str, kind: Kind, setting: str) -> HouseDatabase:
        place = self._address(service, setting) or str(self.data / service / f"{file}.db")
        return HouseDatabase(f"{service}/{file}", kind, place)


def _is_among(path: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(str(path), pattern) for pattern in patterns)


def _names_the_witness_of_the_house(file: Path) -> bool:
    """A house that was lost has lost that witness too; the next start makes and names another one."""
    try:
        return [each.name for each in parse_policy(file.read_bytes()).witnesses] == [WITNESS_OF_THE_HOUSE]
    except LogError:
        return False
