"""The last drill that found all well, noted in the house's own folder for `zona doctor`, the alarms and `zona shorten`: when it was, and up to
where each store went in the backup that was restored."""

from collections.abc import Mapping
from datetime import UTC, datetime

from zi_operations.house import OWN_FOLDER, HouseOfData
from zi_operations.manifest import StorePosition

FILE = "last-drill"


def note_drill(house: HouseOfData, at: datetime, stores: Mapping[str, StorePosition] | None = None) -> None:
    path = house.data / OWN_FOLDER / FILE
    path.parent.mkdir(mode=0o700, exist_ok=True)
    lines = [at.astimezone(UTC).isoformat(timespec="seconds")]
    lines += [f"{service} {each.position} {each.hash}" for service, each in (stores or {}).items()]
    fresh = path.with_suffix(".new")
    fresh.write_text("".join(f"{line}\n" for line in lines))
    fresh.replace(path)


def last_drill(house: HouseOfData) -> datetime | None:
    """Read its time; None where there was none, or where the note can't be read or names no zone."""
    try:
        at = datetime.fromisoformat((_lines(house) or [""])[0])
    except (OSError, ValueError):
        return None
    return at if at.tzinfo is not None else None


def drilled(house: HouseOfData) -> Mapping[str, StorePosition]:
    """Read up to where each store went; nothing where there was no drill, or none that noted it."""
    try:
        rows = [line.split() for line in _lines(house)[1:]]
        return {service: StorePosition(position=int(position), hash=hash) for service, position, hash in rows}
    except (OSError, ValueError):
        return {}


def _lines(house: HouseOfData) -> list[str]:
    return (house.data / OWN_FOLDER / FILE).read_text().splitlines()
