"""The API for everybody tells the same facts as the pages, page by page and counted, and nothing about a person."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, ForumOffice, forum_office
from tests.integrity.inside import InsideIntegrity, opened
from tests.integrity.web.test_compensation import filed, missed
from tests.integrity.web.test_minutes import attended, drafted
from tests.integrity.web.test_standards import adopted, consulted
from tests.integrity.web.test_surveys import DESK as SURVEY_DESK
from tests.integrity.web.test_surveys import HERE as WINDOW
from tests.integrity.web.test_surveys import surveying_in
from tests.web.browsing import Browser

from zi_chassis.settings import Settings
from zi_chassis.web.entity_tag import TaggedRoute
from zi_integrity.domain.proposal import HideProposal, SettleProposal
from zi_integrity.main import ROUTERS, front
from zi_integrity.read.proposals import PROPOSALS_A_PAGE

API = "/integrity/api"
KEYS = f"{API}/surveys/keys/{{key}}"  # the bytes of an entry of the ledger


async def read(inside: InsideIntegrity, path: str, **query: Any) -> Any:
    """Return the facts; whoever has them already gets none of them again."""
    answer = await inside.client.get(f"{API}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    again = await inside.client.get(
        f"{API}/{path}", params=query, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    return answer.json()


def words(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


async def page_text(everybody: Browser, path: str) -> str:
    return words(await everybody.get(f"/integrity/{path}"))


async def test_a_standard_is_told_as_its_page_has_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        everybody = inside.stranger()
        before = await read(inside, "standards")
        page = await page_text(everybody, "standards")
        assert before["count"] == len(before["standards"]) == 6
        assert all(each["name"]["en"] in page for each in before["standards"])
        assert not any(each["number"] for each in before["standards"])
        await adopted(inside)
        answer, page = (
            await read(inside, "standards/complaint"),
            await page_text(everybody, "standards/complaint"),
        )
        [version] = answer["versions"]
        assert (answer["count"], answer["standard"]["number"]) == (1, version["number"])
        parts = [text["en"] for text in answer["terms"]["components"].values()]
        assert all(
            part in page for part in (version["number"], version["digest"], version["summary"], *parts)
        )
        assert version["changes"]
        assert all(each["en"] in page for each in version["changes"])
        assert all(f"{each['amount']} working days" in page for each in answer["terms"]["periods"])
        assert (await read(inside, "standards/complaint", page=2))["versions"] == []
        draft = (await consulted(inside, **{"period.tiers.normative.amount": "9"})).rpartition("/")[2]
        draft_answer, page = (
            await read(inside, f"standards/drafts/{draft}"),
            await page_text(everybody, f"standards/drafts/{draft}"),
        )
        assert draft_answer["changes"]
        assert all(each["en"] in page for each in draft_answer["changes"])
        assert len(draft_answer["terms"]["components"]) == 14
        assert (await read(inside, "standards/complaint"))["asked_about"][0]["draft"] == draft


async def test_a_draft_that_nobody_was_asked_about_is_told_to_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        for path in (
            "standards/levies",
            f"standards/drafts/{'0' * 8}-0000-4000-8000-{'0' * 12}",
            "forum/2026-9",
        ):
            answer = await inside.client.get(f"{API}/{path}")
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
            assert "etag" not in answer.headers


async def test_a_forum_and_its_proposals_are_told_as_their_pages_have_them(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        inside, everybody = there.inside, there.inside.stranger()
        await there.opened()
        codes = await there.printed(7)
        for number, code in enumerate(codes[:3], start=1):
            await there.published(code, f"Usulan {number}")
        await there.office.proposing.moderate(FIRST, 2, HideProposal(by=there.staff(), reason="insult"))
        await there.proposed(codes[3], "Belum dibaca")
        assert (await read(inside, "forum"))["count"] == 1
        answer, page = await read(inside, f"forum/{FIRST}"), await page_text(everybody, f"forum/{FIRST}")
        assert answer["proposals"] == {"all": 4, "paper": 0, "waiting": 1, "unanswered": 4}
        assert "4 proposals, of which 0 from paper; 1 wait for moderation, 4 for an answer." in page
        users = next(each for each in answer["groups"] if each["group"] == "users")
        assert users["took_part"] is None
        assert "fewer than 5" in page
        await _is_listed(there, everybody)
        await there.pass_time(16 * DAY)
        settle = SettleProposal(by=there.staff(), outcome="refused", grounds="Anggaran tidak ada.")
        await there.office.proposing.settle(FIRST, 1, settle)
        answered = (await read(inside, f"forum/{FIRST}/proposals/1"))["proposal"]
        page = await page_text(everybody, f"forum/{FIRST}/proposals/1")
        assert (answered["outcome"], answered["grounds"] in page) == ("refused", True)


async def _is_listed(there: ForumOffice, everybody: Browser) -> None:
    answer = await read(there.inside, f"forum/{FIRST}/proposals", order="newest")
    assert answer["count"] == 3
    assert [(each["number"], each["title"], each["hidden_for"]) for each in answer["proposals"]] == [
        (3, "Usulan 3", None),
        (2, None, "insult"),
        (1, "Usulan 1", None),
    ]
    page = await page_text(everybody, f"forum/{FIRST}")
    assert ("Usulan 1" in page, "Usulan 2" in page, "Belum dibaca" in page) == (True, False, False)
    found = await read(there.inside, f"forum/{FIRST}/proposals", wanted="usulan 3")
    assert (found["count"], found["proposals"][0]["reference"]) == (1, f"FKP-{FIRST}/3")
    assert (await read(there.inside, f"forum/{FIRST}/proposals", page=2))["proposals"] == []
    waiting = await read(there.inside, f"forum/{FIRST}/proposals/4")
    assert (waiting["proposal"]["title"], waiting["proposal"]["text"]) == (None, None)


async def test_a_long_list_comes_page_by_page(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        await there.opened()
        for code in await there.printed(PROPOSALS_A_PAGE + 1):
            await there.published(code)
        pages = [
            await read(there.inside, f"forum/{FIRST}/proposals", page=number, order="newest")
            for number in (1, 2, 3)
        ]
        assert [len(each["proposals"]) for each in pages] == [PROPOSALS_A_PAGE, 1, 0]
        assert {each["count"] for each in pages} == {PROPOSALS_A_PAGE + 1}
        refused = await there.inside.client.get(f"{API}/forum/{FIRST}/proposals", params={"page": 0})
        assert refused.status_code == 422


async def test_minutes_and_actions_are_told_as_their_pages_have_them(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        everybody = there.inside.stranger()
        await there.opened()
        await there.pass_time(8 * DAY)
        await attended(there)
        await drafted(there, there.inside.person("lina", "integrity"))
        answer, page = (
            await read(there.inside, f"forum/{FIRST}/minutes"),
            await page_text(everybody, f"forum/{FIRST}/minutes"),
        )
        [entry] = answer["text"]["entries"]
        assert all(
            text in page for text in (answer["digest"], entry["agreement"], entry["dissents"][0]["text"])
        )
        actions = await read(there.inside, "forum/actions")
        assert (actions["count"], "0 actions" in await page_text(everybody, "forum/actions")) == (0, True)


async def test_a_survey_is_told_as_its_page_has_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        surveying = surveying_in(inside)
        await surveying.open()
        await surveying.answered(11, waktu=1, biaya=2)
        await surveying.answered(1, 2, "ski", words="Parkir sempit.")
        assert (await read(inside, f"surveys/{WINDOW}"))["results"] == []
        await surveying.closed()
        await surveying.officer.post(f"{SURVEY_DESK}/{WINDOW}/publish")
        answer, page = (
            await read(inside, f"surveys/{WINDOW}"),
            await page_text(surveying.everybody, f"surveys/{WINDOW}"),
        )
        whole, *services = answer["results"]
        assert (
            whole["index"] in page,
            whole["low"] in page,
            f"{whole['answers']}, wanted {whole['target']}" in page,
        ) == (
            True,
            True,
            True,
        )
        assert {each["service"]: each["index"] for each in services if each["answers"]}["ski"] is None
        assert len(answer["actions"]) == (await read(inside, "surveys/actions"))["count"] > 0
        listed = await read(inside, "surveys")
        assert (listed["count"], listed["surveys"][0]["index"]) == (1, whole["index"])
        comments = await read(inside, f"surveys/{WINDOW}/comments")
        assert (comments["comments"], comments["undecided"]) == ([], 1)


async def test_compensation_and_registers_are_told_as_their_pages_have_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        everybody = inside.stranger()
        tickets = [f"3C7K9M2Q{letter}" for letter in "ABCDEF"]
        for ticket in tickets:
            await filed(inside, ticket)
            await missed(inside, ticket)
        answer, page = await read(inside, "compensation"), await page_text(everybody, "compensation")
        [quarter] = answer["quarters"]
        [line] = quarter["counts"]
        assert f"{quarter['quarter']} Service" in page
        assert (line["missed"], line["delivered"], answer["count"]) == (6, None, 0)
        assert not any(ticket in f"{answer} {page}" for ticket in tickets)
        inside.clock.at += 60 * DAY
        answer, page = await read(inside, "compensation"), await page_text(everybody, "compensation")
        assert (answer["count"], f"{answer['count']} compensations are overdue" in page) == (6, True)
        assert all(each["reference"] in page for each in answer["overdue"])
        figures, page = await read(inside, "registers"), await page_text(everybody, "registers")
        assert set(figures["gifts"].values()) == {0}
        assert f"Assets of trust in {figures['year']}" in page


def test_every_public_answer_names_its_content_and_is_described(tmp_path: Path) -> None:
    document = front(Settings(service="integrity", data=tmp_path)).app.openapi()["paths"]
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    public_routes = [each for each in routes if each.path.startswith(API) and "GET" in each.methods]
    assert len(public_routes) == 17
    for route in public_routes:
        assert isinstance(route, TaggedRoute) != (route.path == KEYS), route.path
        operation = document[route.path]["get"]
        assert operation["description"]
        if route.path != KEYS:
            assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]


@pytest.mark.parametrize("word", ["author", "data_subject", "participant", "ticket", "officials", "actor"])
def test_no_answer_has_a_field_of_a_person(word: str, tmp_path: Path) -> None:
    schemas = front(Settings(service="integrity", data=tmp_path)).app.openapi()["components"]["schemas"]
    fields = {name for schema in schemas.values() for name in schema.get("properties", {})}
    assert word not in fields
