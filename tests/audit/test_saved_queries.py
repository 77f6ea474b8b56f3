"""Saved queries: acts of auditors, with versions, that hold nothing but what the ledger knows."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.web import Web

from zi_audit.domain.saved_query import QuerySaved, SavedQuery, SaveQuery, decide, evolve, query_id
from zi_chassis.domain import Act

PATH = "/audit/api/queries/answered_late"
FIRST = {"type": ["zi.intake.complaint_filed"], "from_hour": 20, "until_hour": 6}
SECOND = FIRST | {"actor": ["sub-of-an-invented-person"]}


@pytest.fixture
async def lived(web: Web, home: Home, intake: Sender) -> Web:
    home.opened().append(intake.say(3))
    await web.indexed(3)
    return web


async def save(web: Web, body: dict[str, Any], path: str = PATH) -> Any:
    answer = await web.client.post(path, json=body, headers=web.auditor())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(web: Web) -> list[tuple[str, int]]:
    answer = await web.get("/audit/api/queries", web.auditor())
    return [(each["name"], each["version"]) for each in answer.json()]


BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="auditor-1", role="staff:auditor")


def test_only_a_change_is_a_new_version() -> None:
    first = SaveQuery(by=BY, name="q", parameters=(("type", "a"),))
    [saved] = decide(first, SavedQuery())
    assert isinstance(saved, QuerySaved)
    state = evolve(SavedQuery(), saved)
    assert (state.version, decide(first, state)) == (1, [])
    [changed] = decide(first.model_copy(update={"parameters": ()}), state)
    assert evolve(state, changed).version == 2  # type: ignore[arg-type]
    assert len(decide(SaveQuery(by=BY, name="everything", parameters=()), SavedQuery())) == 1


async def test_a_change_is_a_new_version_and_the_old_one_stays(lived: Web) -> None:
    assert (await save(lived, FIRST))["version"] == 1
    assert (await save(lived, SECOND))["version"] == 2
    assert (await save(lived, SECOND))["version"] == 2
    assert await listed(lived) == [("answered_late", 2), ("answered_late", 1)]


async def test_a_saved_query_is_run_again_in_any_version(lived: Web, home: Home) -> None:
    await save(lived, {"type": ["zi.intake.complaint_filed"]})
    await save(lived, {"type": ["zi.intake.case_closed"], "since": "2026-11-24T00:00:00Z"})
    for version, total in ((1, 3), (2, 0)):
        page = (await lived.get(f"{PATH}/entries?version={version}&purpose=court", lived.auditor())).json()
        assert page["total"] == total
    assert (await lived.get(f"{PATH}/entries", lived.auditor())).json()["total"] == 0
    assert (await lived.get(f"{PATH}/entries?version=3", lived.auditor())).status_code == 404
    looks = [message for message in lived.published() if message.event == "looked"]
    assert {look.data["purpose"] for look in looks} == {"court", "audit"}


async def test_the_ledger_says_that_a_query_was_saved_and_not_what_it_asks(lived: Web) -> None:
    await save(lived, SECOND)
    [message] = lived.published()
    assert (message.type, message.subject, message.actor) == ("zi.audit.query_saved", "ledger", "auditor-1")
    assert message.data == {"name": "answered_late", "version": 1}
    assert "sub-of-an-invented-person" not in json.dumps(message.data)


@pytest.mark.parametrize(
    "body",
    [
        {"case": ["Budi Santoso"]},
        {"actor": ["sub-of-an-invented-person", "Budi Santoso"]},
        {"reason": ["budi"]},
        {"district": ["budi"]},
        {"number": ["0811"]},
        {"measured_from": "budi"},
        {"search": "0811 222 333"},
    ],
)
async def test_what_only_a_person_typed_is_not_kept(lived: Web, body: dict[str, Any]) -> None:
    answer = await lived.client.post(PATH, json=body, headers=lived.auditor())
    assert answer.status_code == 422
    assert lived.published() == []


async def test_what_a_forger_wrote_unseen_is_found_and_not_saved(
    web: Web, home: Home, intake: Sender
) -> None:
    forged = "sub\u202enA-\u200bi"
    home.opened().append([intake.send(intake.message(actor=forged, subject="CASE\u200b"))])
    await web.indexed(1)
    found = await web.client.get("/audit/api/entries", params={"actor": forged}, headers=web.auditor())
    assert found.json()["total"] == 1
    answer = await web.client.get("/audit/api/entries", params={"case": "CASE\u200b"}, headers=web.auditor())
    assert (answer.status_code, answer.json()["total"]) == (200, 1)
    assert [message.subject for message in web.published()] == ["ledger"]
    refused = await web.client.post(PATH, json={"actor": [forged]}, headers=web.auditor())
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:unseen_sign")
    assert [message.event for message in web.published()] == ["looked"]


@pytest.mark.parametrize("name", ["Budi Santoso", "1st", "a" * 65, "ä"])
async def test_a_name_is_no_sentence(lived: Web, name: str) -> None:
    answer = await lived.client.post(f"/audit/api/queries/{name}", json={}, headers=lived.auditor())
    assert answer.status_code == 422
    page = await lived.client.post(
        "/audit/queries", data={"name": name, "purpose": "audit"}, headers=lived.auditor()
    )
    assert page.status_code == (422 if name != "Budi Santoso" else 303)


async def test_what_may_happen_tomorrow_can_be_asked_for_today(lived: Web) -> None:
    body = {"type": ["zi.certificates.letter_revoked"], "reason": ["unsafe_product"], "district": ["nunukan"]}
    assert (await save(lived, body | {"anomaly": ["any"], "weekday": [6, 7]}))["version"] == 1


async def test_only_auditors_have_saved_queries(lived: Web) -> None:
    for path in ("/audit/api/queries", f"{PATH}/entries"):
        assert (await lived.get(path)).status_code == 401
        assert (await lived.get(path, lived.auditor("officer"))).status_code == 403
    assert (await lived.client.post(PATH, json={}, headers=lived.auditor("officer"))).status_code == 403


async def test_a_search_is_saved_from_its_page_and_asked_from_the_list(lived: Web) -> None:
    form = {
        "name": "By night",
        "type": "zi.intake.complaint_filed",
        "purpose": "court",
        "since": "2026-11-24",
    }
    answer = await lived.client.post("/audit/queries", data=form, headers=lived.auditor())
    assert (answer.status_code, answer.headers["location"]) == (303, "/audit/queries")
    page = (await lived.get("/audit/queries", lived.auditor() | {"Accept-Language": "en"})).text
    [address] = [
        line.partition('<a href="')[2].partition('"')[0]
        for line in page.splitlines()
        if "/audit/entries?purpose=audit" in line
    ]
    assert "by_night" in page
    found = (await lived.get(address.replace("&amp;", "&"), lived.auditor() | {"Accept-Language": "en"})).text
    assert "<caption>3 entries</caption>" in found


def test_a_name_is_one_query_whoever_saves_it() -> None:
    assert query_id("late answers") == query_id("late answers") != query_id("late answers 2")
