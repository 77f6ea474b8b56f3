"""The last drill that found all well, noted in the house's own folder for `zona doctor` and the alarms."""

from datetime import UTC, datetime

from zi_operations.house import OWN_FOLDER, HouseOfData

FILE = "last-drill"


def note_drill(house: HouseOfData, at: datetime) -> None:
    path = house.data / OWN_FOLDER / FILE
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{at.astimezone(UTC).isoformat(timespec='seconds')}\n")
    fresh.replace(path)


def last_drill(house: HouseOfData) -> datetime | None:
    """Read its time; None where there was none, or where the note can't be read or names no zone."""
    try:
        at = datetime.fromisoformat((house.data / OWN_FOLDER / FILE).read_text().strip())
    except (OSError, ValueError):
        return None
    return at if at.tzinfo is not None else None
