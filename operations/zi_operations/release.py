"""A release of the programs, as far as stored data depend on it: read models, fields of events, settings and rules. `make documents` writes
release.json from the code; a house keeps a copy of the one that it was last upgraded to."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.storage.projections import NOWHERE, RETIRED
from zi_operations.house import OWN_FOLDER, HouseOfData

FILE = "release.json"


class ServiceRelease(BaseModel):
    """Versions of read models by name, retired ones by name alone, and the fields of each type of event."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    read_models: Mapping[str, int] = Field(default_factory=dict)
    retired: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def highest_version(self, read_model: str) -> int:
        """Return the highest version of a read model that this release starts with."""
        return RETIRED if read_model in self.retired else self.read_models.get(read_model, NOWHERE)

    def has_field(self, type: str, field: str) -> bool:
        return field in self._fields.get(type, ())

    @cached_property
    def _fields(self) -> dict[str, frozenset[str]]:
        return {type: frozenset(fields) for type, fields in self.fields.items()}

    @property
    def all_fields(self) -> frozenset[tuple[str, str]]:
        return frozenset((type, field) for type, fields in self.fields.items() for field in fields)


class ProgramRelease(BaseModel):
    """`rules` are the digests of what is shipped, by `<kind> <id> <version>`; `settings` are the variables of all programs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    services: Mapping[str, ServiceRelease]
    settings: tuple[str, ...]
    rules: Mapping[str, str]

    @property
    def content(self) -> str:
        return self.model_dump_json(indent=1) + "\n"

    @property
    def name(self) -> str:
        """Return the version with the beginning of the digest, which tells two builds of one version apart."""
        return f"{self.version} ({sha256(self.content.encode()).hexdigest()[:8]})"


def this_release() -> ProgramRelease:
    return ProgramRelease.model_validate_json((files("zi_operations") / FILE).read_bytes())


def noted_release(house: HouseOfData) -> ProgramRelease | None:
    """Read the release that the house was last upgraded to; None where nobody noted one."""
    path = _note(house)
    return ProgramRelease.model_validate_json(path.read_bytes()) if path.exists() else None


def note_release(house: HouseOfData, release: ProgramRelease) -> None:
    path = _note(house)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(release.content)
    fresh.replace(path)


def _note(house: HouseOfData) -> Path:
    return house.data / OWN_FOLDER / FILE
