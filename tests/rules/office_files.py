"""An office's own files, made from the shipped ones by what it changes in them."""

from pathlib import Path

from zi_rules.data_files import place_of

NEXT, NEXT_RULES = ("version = 1", "version = 2"), ("version = 2", "version = 3")
NEXT_MENTORING = ("version = 5", "version = 6")
CLOSED = ("closed_dates = []", 'closed_dates = [{ on = 2026-12-02, reason = "Rapat" }]')
LONGER = (
    "amount = 60,",
    "amount = 300,",
)  # working days until a complaint that needs an inspection is answered
COMPLAINTS, CALENDAR = "standards/complaint.toml", "calendar.toml"


def office_with(folder: Path, file: str, *changes: tuple[str, str]) -> Path:
    text = place_of(file, None).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / file).parent.mkdir(exist_ok=True, parents=True)
    (folder / file).write_text(text, "utf-8")
    return folder
