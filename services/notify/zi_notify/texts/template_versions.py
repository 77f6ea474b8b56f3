"""The templates in all versions: also those with which a delivery was requested before an update."""

import tomllib
from pathlib import Path

from zi_rules.configuration import Configuration, name
from zi_rules.version import ContentLookup, NoVersionError


def templates_in(folder: Path, kind: str, id: str, version: int, parts: str) -> Configuration:
    """Read the templates of new messages; `parts` is what the content calls its files."""
    place = folder / f"v{version}"
    files = sorted(place.glob("*.toml"))
    table = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    return name(kind, {"version": version, parts: table}, str(place), id)


def content_in(current: Configuration, version: int, content_of: ContentLookup) -> bytes:
    """Raises NoVersionError."""
    if version == current.version:
        return current.content
    content = content_of(current.kind, current.id, version)
    if content is None:
        kind = current.kind.replace("_", " ")
        raise NoVersionError(
            f"Bring the {kind} version {version} back: a message is to be written with them."
        )
    return content
