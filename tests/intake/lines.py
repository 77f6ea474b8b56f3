"""An office whose people have lines: who answers to whom, who is a second person for whom, and who is appointed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.intake.front import COMPLAINT, Front, opened
from tests.office_folder import office_folder

PEOPLE = """version = VERSION
outside = ["agency", "inspectorate"]
official = [
  { account = "head-hana", roles = ["head"], superior = "agency" },
  { account = "supervisor-budi", roles = ["supervisor"], superior = "head-hana" },
  { account = "supervisor-dedi", roles = ["supervisor"], superior = "head-hana"DEDI },
  { account = "officer-ani", roles = ["officer"], superior = "supervisor-budi" },
  { account = "officer-cici", roles = ["officer"], superior = "supervisor-budi" },
  { account = "officer-wati", roles = ["officer"], superior = "supervisor-dedi"APPOINTED },
  { account = "auditor-eka", roles = ["auditor"], superior = "inspectorate" },
]
[[system]]
code = "call_centre"
name = { id = "Pusat panggilan", en = "Call centre" }
account = "call-centre"
keeper = "officer-cici"
entries_a_day = 2
until = 2026-03-31
"""
HEAD_ALONE = """version = 4
outside = ["agency"]
official = [
  { account = "head-hana", roles = ["head"], superior = "agency" },
  { account = "officer-wati", roles = ["officer"], superior = "head-hana", appointed_for = ["conduct"] },
]
"""
CONFIDENTIAL: dict[str, Any] = {**COMPLAINT, "confidentiality": "confidential"}
CONDUCT: dict[str, Any] = {
    **{name: value for name, value in COMPLAINT.items() if name != "product"},
    "kind": "service",
    "appointed_topic": "conduct",
}


@asynccontextmanager
async def office_of_lines(
    folder: Path, appointed: bool = True, supervised: bool = False, people: str = PEOPLE
) -> AsyncIterator[Front]:
    rules = office_folder(folder / "office")
    wati = ', appointed_for = ["conduct"]' if appointed else ""
    people = people.replace("VERSION", "2" if appointed else "3")
    (rules / "people.toml").write_text(
        people.replace("APPOINTED", wati).replace("DEDI", wati if supervised else "")
    )
    async with opened(folder, rules=rules) as front:
        yield front


async def assigned(front: Front, body: dict[str, Any] = CONFIDENTIAL, to: str = "officer-ani") -> Any:
    """File a case, and have it given by a supervisor to an officer who has been at the desk."""
    filed = await front.file(body)
    officer, supervisor = front.staff(to), front.staff("supervisor-budi", "supervisor")
    await front.client.get("/desk/", headers=officer)
    assert (await front.act(filed, "acknowledge", headers=supervisor)).status_code == 200
    done = await front.act(filed, "assign", {"officer": to}, supervisor)
    assert done.status_code == 200, done.text
    return filed
