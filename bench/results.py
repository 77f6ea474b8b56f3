"""bench/results.json, of which each bench may measure its own part anew."""

import json
from pathlib import Path
from typing import Any

PLACE = Path(__file__).with_name("results.json")


def read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PLACE.read_text(encoding="utf-8"))
    return found


def write(results: dict[str, Any]) -> None:
    PLACE.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def replace(part: str, figures: dict[str, Any]) -> None:
    write(read() | {part: figures})
