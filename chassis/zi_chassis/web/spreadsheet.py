"""Tables for spreadsheets, as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Write the rows, of which the first has the headings; a text that a spreadsheet would compute gets an apostrophe before it."""
    written = io.StringIO()
    csv.writer(written).writerows(
        [f"'{text}" if text.startswith(FORMULA) else text for text in row] for row in rows
    )
    return written.getvalue()
