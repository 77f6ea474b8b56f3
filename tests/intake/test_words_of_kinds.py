"""Nothing that is shown about a question, a suggestion or a request for information calls it a report: that word is for complaints."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from tests.intake.front import CONSULTATION, NAME, Front, code
from tests.intake.lines import office_of_lines
from tests.intake.test_information import INFORMATION
from tests.intake.test_suggestions import SUGGESTION

from zi_notify.texts.letter import templates, wordings
from zi_notify.texts.short_message import phone_templates

REPORT = re.compile(r"\blaporan", re.IGNORECASE)  # LAPOR! is a name
PAGE = {"Accept": "text/html", "Accept-Language": "id"}
CONFIDENTIAL = {"confidentiality": "confidential", "language": "id", "reporter": {"name": NAME}}
KINDS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "question": ("consultations", CONSULTATION | CONFIDENTIAL),
    "suggestion": ("suggestions", SUGGESTION | CONFIDENTIAL | {"wants_answer": True}),
    "information": ("information-requests", INFORMATION | {"language": "id"}),
}
HANDLER, BOSS, AUDITOR = ("officer-ani",), ("supervisor-budi", "supervisor"), ("auditor-eka", "auditor")
TURNS = (
    "ask",
    "reply",
    "disclosures",
    "answer",
    "reopen",
    "withdraw",
    "ask-erasure",
)  # the pages are read after
WORK: tuple[tuple[str, Any], ...] = (
    ("notes", {"text": "x"}),
    ("ask", {"text": "Yang mana?"}),
    ("personal-data", {"purpose": "handling"}),
)


class Reader:
    """Reads each page and answer, and fails at the first with the word."""

    def __init__(self, front: Front, filed: Any) -> None:
        self.front, self.filed, self.case = front, filed, f"/intake/api/cases/{filed['ticket']}"

    def read(self, name: str, answer: httpx.Response) -> httpx.Response:
        found = REPORT.search(answer.text)
        assert found is None, f"{name}: {answer.text[max(0, found.start() - 80) : found.end() + 80]}"
        return answer

    async def page(self, path: str, *person: str) -> None:
        answer = await self.front.client.get(
            path, headers=PAGE | (self.front.staff(*person) if person else {}), follow_redirects=True
        )
        assert self.read(path, answer).status_code == 200, path

    async def form(self, path: str, *person: str, **fields: str) -> httpx.Response:
        headers = PAGE | (self.front.staff(*person) if person else {})
        return self.read(path, await self.front.client.post(path, data=fields, headers=headers))

    async def act(self, command: str, body: Any, *person: str) -> None:
        """Accepted or refused: what is done with one kind is refused for another, in words."""
        headers = self.front.staff(*person) if person else code(self.filed)
        where = f"{self.case}/{command}"
        language = {"Accept-Language": "id"}
        self.read(command, await self.front.client.post(where, json=body, headers=headers | language))
        if command in TURNS:
            await self.look()

    async def look(self) -> None:
        ticket = self.filed["ticket"]
        tracked = await self.front.client.get(self.case, headers=code(self.filed) | {"Accept-Language": "id"})
        self.read("case", tracked)
        opened = await self.form("/track", ticket=ticket, code=self.filed["code"])
        assert opened.status_code == 303
        for path in (f"/track/{ticket}", f"/track/{ticket}/receipt", "/lost-code"):
            await self.page(path)
        for person in (HANDLER, BOSS):
            await self.page(f"/desk/cases/{ticket}", *person)
        await self.page(f"/desk/?text={ticket}", *HANDLER)


@pytest.mark.parametrize("kind", KINDS)
async def test_no_page_of_it_says_report(tmp_path: Any, kind: str) -> None:
    path, body = KINDS[kind]
    async with office_of_lines(tmp_path) as front:
        filed = await front.file(body, to=path)
        reader = Reader(front, filed)
        await reader.page(f"/{path}/new")
        await reader.form(f"/{path}")
        await reader.look()
        await reader.act("acknowledge", None, *HANDLER)
        await reader.act("assign", {"officer": "officer-ani"}, *BOSS)
        for command, content in WORK:
            await reader.act(command, content, *HANDLER)
        await reader.act("reply", {"text": "Itu."})
        await reader.act("personal-data", {"purpose": "investigation"}, *BOSS)
        await reader.act("disclosures", {"reason": "investigation"}, *AUDITOR)
        await reader.page(f"/desk/cases/{filed['ticket']}/disclosure", *AUDITOR)
        await reader.page("/desk/disclosures", *BOSS)
        await reader.act("words", {"text": "Tambahan."})
        await reader.act("answer", {"text": "Jawaban."}, *HANDLER)
        await reader.act("rating", {"rating": "partly"})
        await reader.act("reopen", {"text": "Belum."})
        await reader.act("withdraw", None)
        await reader.act("ask-erasure", {"reason": "consent_withdrawn"}, *HANDLER)
        await reader.act("refuse-erasure", {"reason": "still_needed"}, *BOSS)


def mails() -> Iterator[tuple[str, str]]:
    for name, wording in wordings(templates().content, "id").items():
        yield name, f"{wording.subject} {wording.text} {wording.foot}"
    yield "telephone", json.dumps(json.loads(phone_templates().content), ensure_ascii=False)


def test_no_mail_about_it_says_report() -> None:
    """Those about gifts to officials do: that is the law's word."""
    found = [name for name, text in mails() if REPORT.search(text)]
    assert all(name.startswith(("gift", "official_gift")) or "gratification" in name for name in found), found
