"""Drafts of forms stay in the window of their author until they were taken: drafts.js keeps them, and learns from a cookie that they were.

Only somebody who can end a draft has any: a person who is signed in, or a citizen on the page of a case that they opened. The script names
its draft in a cookie for the address that it sends to; an answer that leads on (303) has taken it and says so in another cookie. A refusal,
a broken line and a sign-in that ended say nothing, so the text that was sent is a draft again.
"""

import re

from starlette.datastructures import State
from starlette.requests import Request
from starlette.types import Scope

SCRIPT = "drafts.js"
SENT, TAKEN = "zi_sent", "zi_taken"
ID = re.compile(r"[a-z0-9]{1,32}")
DAY = 24 * 3600


def author_of(state: State) -> str | None:
    """Return who is signed in; "" for whoever opened the case of the page, whose ticket is in the addresses of its forms; else None."""
    if staff := getattr(state, "staff", None):
        return str(staff.sub)
    return "" if getattr(state, "is_case_open", False) else None


def context(request: Request, status: int) -> dict[str, str | None]:
    """Return the template variables that frame.html hands to the script."""
    answer = "refused" if status >= 400 else "taken"
    return {
        "draft_author": author_of(request.state),
        "answer_to_form": answer if request.method == "POST" else None,
    }


def taken_by(scope: Scope, *, is_secure: bool) -> list[tuple[bytes, bytes]]:
    """Return the header of an answer that leads on: which draft it has taken, if any."""
    sent = Request(scope).cookies.get(SENT, "")
    if scope["method"] != "POST" or not ID.fullmatch(sent):
        return []
    cookie = f"{TAKEN}={sent}; Path=/; Max-Age={DAY}; SameSite=Strict{'; Secure' if is_secure else ''}"
    return [(b"set-cookie", cookie.encode())]
