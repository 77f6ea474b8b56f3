"""No six lines stand in two services: what they do alike is one piece of code below them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("services/*/zi_*", "letters/zi_*")
ENDINGS = {".py", ".html", ".css", ".js"}
RUN = 6
THIN = re.compile(r"[\W_]*|(from|import) .*|#.*|[{%} ]*end\w+[{%} ]*|else:|pass|return")
IMPORT = re.compile(r"^from [\w.]+ import \([^)]*\)", re.MULTILINE)

Place = tuple[Path, int]


def lines(path: Path) -> list[tuple[int, str]]:
    """Return the lines that say something, with their numbers; lines of imports and lone punctuation are passed over."""
    text = IMPORT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text())
    numbered = enumerate((" ".join(line.split()) for line in text.splitlines()), 1)
    return [(number, line) for number, line in numbered if not THIN.fullmatch(line)]


def runs(path: Path) -> Iterator[tuple[tuple[str, ...], int]]:
    numbered = lines(path)
    for first in range(len(numbered) - RUN + 1):
        run = numbered[first : first + RUN]
        yield tuple(line for _, line in run), run[0][0]


def test_no_two_services_hold_the_same_six_lines() -> None:
    places: defaultdict[tuple[str, ...], list[tuple[Path, Place]]] = defaultdict(list)
    for pattern in PACKAGES:
        for package in ROOT.glob(pattern):
            for path in sorted(package.rglob("*")):
                if path.suffix in ENDINGS:
                    for run, number in runs(path):
                        places[run].append((package, (path.relative_to(ROOT), number)))
    twins = {
        f"{first[0]}:{first[1]} ~ {second[0]}:{second[1]}"
        for found in places.values()
        for (package, first), (other, second) in combinations(found, 2)
        if package != other
    }
    assert not twins


def test_lines_are_compared_without_imports_and_white_space(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text("from a import (\n    b,\n)\nimport c\n\nx =   1\n)\n# a word\ny = 2\n")
    assert lines(page) == [(6, "x = 1"), (9, "y = 2")]
