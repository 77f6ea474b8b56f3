"""docs/routes.md: by route who is let in, and who is refused how."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.web.identities import ANSWERS, IDENTITIES, STAFF, STRANGERS, Route

PAGE = Path(__file__).parents[2] / "docs" / "routes.md"
GROUPS = {"everybody": IDENTITIES, "officials": STAFF, "strangers": STRANGERS}
HEAD = """# Who is let in where

Each line is one route. It was made by asking the running service as everybody that there is: *strangers* are nobody in particular, the
citizen of another case, and whoever shows an expired sign-in, one for another program, one by another key, or the token of the case by
another key; *the case's citizen* shows its token; *applicant* is a company's own person who filed something else; the others are the
office's roles, and *officials* all of them. *Let in* means that the answer depends on what is asked and no longer on who asks: what the
case allows is decided after that, as [who-may.md](who-may.md) says. `make test` compares this page with the services: a new route
without a line fails, and so does a change of who is let in. /health, /ready and /metrics are not reachable through the gateway.

"""


def section(service: str, routes: Mapping[Route, Mapping[str, Sequence[str]]]) -> str:
    head = f"## {service}\n\n| route | {' | '.join(ANSWERS)} |\n|---|---|---|---|---|\n"
    return head + "".join(_line(route, answers) for route, answers in routes.items())


def sections(page: str) -> dict[str, str]:
    """By service, of a page."""
    parts = page.split("## ")[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}


def _line(route: Route, answers: Mapping[str, Sequence[str]]) -> str:
    return f"| `{route}` | " + " | ".join(_named(answers[answer]) for answer in ANSWERS) + " |\n"


def _named(identities: Sequence[str]) -> str:
    left, names = list(identities), []
    for name, group in GROUPS.items():
        if set(group) <= set(left):
            names.append(name)
            left = [each for each in left if each not in group]
    return ", ".join([*names, *left])
