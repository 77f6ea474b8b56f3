"""Write docs/who-may.md anew: `python -m tests.who_may`."""

from pathlib import Path

from tests.who_may.every import AGGREGATES
from tests.who_may.table import page

PAGE = Path(__file__).parents[2] / "docs" / "who-may.md"

if __name__ == "__main__":
    PAGE.write_text(page(AGGREGATES), encoding="utf-8")
