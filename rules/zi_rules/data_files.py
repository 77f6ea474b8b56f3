"""Files of rule data: those in this package, each replaceable by an office's file of the same name.

What makes an office this office and no other is not shipped: a folder that says which office it is (`office.toml`) brings its own. Under a
folder that does not say it lies that of the demo's office.
"""

import tomllib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from zi_rules.configuration import Configuration, UnusableConfigurationError, name

OFFICE_FILE = "office.toml"
MOST_FILES = 512  # more than an office has


def read_file(kind: str, file: str, office_folder: Path | None) -> Configuration:
    """The configuration that a file holds. Raises UnusableConfigurationError."""
    path = place_of(file, office_folder)
    return _named(kind, path, _text(path))


@lru_cache(MOST_FILES)
def _named(kind: str, path: Path, text: str) -> Configuration:
    """A file that says what it said before is not parsed again."""
    return name(kind, _table(path, text), str(path), path.stem)


def read_table(path: Path) -> dict[str, Any]:
    """Raises UnusableConfigurationError."""
    return _table(path, _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except ValueError as error:
        raise UnusableConfigurationError(f"{path} can't be read. {error}") from error


def _table(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise UnusableConfigurationError(f"{path} can't be read. {error}") from error


def read_folder(kind: str, folder: str, office_folder: Path | None) -> list[Configuration]:
    names = {file.name for source in _sources(office_folder) for file in (source / folder).glob("*.toml")}
    return [read_file(kind, f"{folder}/{file}", office_folder) for file in sorted(names)]


def is_stated(file: str, office_folder: Path | None) -> bool:
    """Return whether the office has a file of its own in the place of the shipped one."""
    return office_folder is not None and (office_folder / file).is_file()


def place_of(file: str, office_folder: Path | None) -> Path:
    """Return the office's file, or the shipped one where it has none. Raises UnusableConfigurationError for one that only
    the office can bring, and did not."""
    candidates = [source / file for source in _sources(office_folder)]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        raise UnusableConfigurationError(
            f"{candidates[0]} is missing, and nobody else can say what stands in it. Copy the one of the demo's office and change it."
        )
    return found


def _sources(office_folder: Path | None) -> list[Path]:
    shipped = Path(str(files("zi_rules") / "data"))
    if office_folder is None:
        return [shipped / "demo" / "office", shipped]
    if is_stated(OFFICE_FILE, office_folder):
        return [office_folder, shipped]
    return [office_folder, shipped / "demo" / "office", shipped]
