"""The pages of a service on which a tour has not stood, by the routes of docs/routes.md: whatever is added there is looked at, or fails."""

import re
from collections.abc import Collection
from pathlib import Path

ROUTES = Path(__file__).resolve().parents[2] / "docs" / "routes.md"
PAGE = re.compile(r"^\| `GET (/[^`]+)` \|", re.MULTILINE)
# What no person reads: interfaces, files, and addresses that only lead on.
OTHERS = re.compile(
    r"/(api|static|files)/|/(health|ready|metrics|find|authority|worker\.js)$|\.(csv|zip|pdf|webmanifest)$"
    r"|^/(certificates|umkm)(/desk)?$|/cases/\{ticket\}/letters/\{number\}$"
)


def unseen_pages(service: str, paths: Collection[str]) -> list[str]:
    """Return the routes under `/service/` that none of the paths is of."""
    routes = [each for each in PAGE.findall(ROUTES.read_text()) if each.startswith(f"/{service}/")]
    pages = [each for each in routes if not OTHERS.search(each)]
    assert len(pages) > 20
    return [each for each in pages if not any(_pattern(each).fullmatch(path) for path in paths)]


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(route)))
