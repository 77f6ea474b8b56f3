"""Where the rules' data come from: the files in this package, each replaceable by an office's file of the same name."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any


def read_table(name: str, office_folder: Path | None) -> dict[str, Any]:
    return tomllib.loads(_named(name, office_folder).read_text("utf-8"))


def read_tables(folder: str, office_folder: Path | None) -> list[dict[str, Any]]:
    names = {file.name for source in _sources(office_folder) for file in _toml_files(source / folder)}
    return [read_table(f"{folder}/{name}", office_folder) for name in sorted(names)]


def _sources(office_folder: Path | None) -> list[Path]:
    shipped = Path(str(files("zi_rules") / "data"))
    return [shipped] if office_folder is None else [office_folder, shipped]


def _named(name: str, office_folder: Path | None) -> Path:
    candidates = [source / name for source in _sources(office_folder)]
    return next((path for path in candidates if path.is_file()), candidates[-1])


def _toml_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))
