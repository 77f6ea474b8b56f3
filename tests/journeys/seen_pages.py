"""The pages of a service on which a tour has not stood, by the routes of docs/routes.md: whatever is added there is looked at, or fails."""

import re
from collections.abc import Collection
from pathlib import Path

ROUTES = Path(__file__).resolve().parents[2] / "docs" / "routes.md"
PAGE = re.compile(r"^\| `GET (/[^`]+)` \|", re.MULTILINE)
# What no person reads: interfaces, files, and addresses that only lead on.
OTHERS = re.compile(
    r"/(api|static|files|scripts)/|/(health|ready|metrics|find|authority|worker\.js)$|\.(csv|zip|pdf|txt|webmanifest)$"
    r"|^/(certificates|umkm)(/desk)?$|/cases/\{ticket\}/letters/\{number\}$"
)
# Of the front door: the addresses that forms are sent to, those of the sign-in, and the evidence.
LEADING_ON = re.compile(
    r"^/(complaints|consultations|information-requests|suggestions|certificate-applications|mentoring-requests|lost-codes|desk)(/again)?$"
    r"|^/complaints/check/|^/sign-(in|out)|^/track/\{ticket\}/(evidence|stop-codes|web-push|web-push/end|rating|words|leave|contact|nib|attachments|withdraw|reopen|reply)$"
)


def unseen_pages(service: str, paths: Collection[str]) -> list[str]:
    """Return the routes of the service that none of the paths is of."""
    [section] = [part for part in ROUTES.read_text().split("\n## ") if part.startswith(f"{service}\n")]
    pages = [each for each in PAGE.findall(section) if not OTHERS.search(each)]
    if service == "intake":
        pages = [each for each in pages if not LEADING_ON.search(each)]
    assert len(pages) > 20
    return [each for each in pages if not any(_pattern(each).fullmatch(path) for path in paths)]


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(route)))
