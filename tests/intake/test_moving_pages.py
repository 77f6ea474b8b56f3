"""Moving a complaint to the appointed people by program and on the page: its old links, keys, lists and notices lead nowhere afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.intake.front import COMPLAINT, Front, code
from tests.intake.lines import CONDUCT, CONFIDENTIAL, assigned, office_of_lines
from tests.intake.test_who_sees import APPOINTED, TO_CONDUCT, moved

from zi_contracts import intake as contract
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_intake.read.desk_lists import Filter, case_page
from zi_intake.read.visibility import CaseReader

PAGE = {"Accept": "text/html", "Accept-Language": "en"}
KEY = {"Idempotency-Key": str(uuid4())}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Front]:
    async with office_of_lines(tmp_path) as front:
        yield front


async def move(house: Front, filed: Any, *who: str, **headers: str) -> Any:
    person = house.staff(*(who or ("officer-ani",)))
    return await house.act(filed, "move-to-appointed", TO_CONDUCT, person | headers)


async def page_of(house: Front, path: str, *who: str) -> Any:
    return await house.client.get(path, headers=house.staff(*who) | PAGE)


async def test_a_repeat_has_the_same_answer_and_tells_nothing(house: Front) -> None:
    filed = await assigned(house, COMPLAINT)
    first, repeat = await move(house, filed, **KEY), await move(house, filed, **KEY)
    assert (first.status_code, repeat.status_code, first.content, repeat.content) == (204, 204, b"", b"")
    other = {**TO_CONDUCT, "moving_reason": "?"}
    for headers, body in ((KEY, other), ({}, TO_CONDUCT)):
        answer = await house.act(filed, "move-to-appointed", body, house.staff() | headers)
        assert answer.status_code == 404, "somebody else's case by now"
    unknown = await house.act({"ticket": "0" * 9}, "move-to-appointed", TO_CONDUCT)
    assert unknown.json()["detail"] == answer.json()["detail"]


async def test_neither_a_stored_answer_nor_an_open_tab_leads_to_it_any_more(house: Front) -> None:
    filed = await assigned(house, COMPLAINT)
    note = {"text": "Dicatat."}
    assert (await house.act(filed, "notes", note, house.staff() | KEY)).status_code == 200
    await move(house, filed)
    assert (await house.act(filed, "notes", note, house.staff() | KEY)).status_code == 404
    for form in ("note", "answer", "move", "approve-draft", "open"):
        path = f"/desk/cases/{filed['ticket']}/{form}"
        answer = await house.client.post(
            path, data={"note": "x", "purpose": "handling"}, headers=house.staff() | PAGE
        )
        assert answer.status_code in (404, 422), form
        assert "Sambal" not in answer.text, form


async def test_a_request_of_before_waits_in_no_list(house: Front) -> None:
    filed = await assigned(house, CONFIDENTIAL)
    request = await house.act(
        filed, "disclosures", {"reason": "audit"}, house.staff("auditor-eka", "auditor")
    )
    assert request.status_code in (200, 201), request.text
    listed = await page_of(house, "/desk/disclosures", "supervisor-dedi", "supervisor")
    assert filed["ticket"] in listed.text
    assert (await move(house, filed)).status_code == 204
    for who in (("supervisor-dedi", "supervisor"), ("head-hana", "head")):
        assert filed["ticket"] not in (await page_of(house, "/desk/disclosures", *who)).text


@pytest.mark.parametrize("accept", ["en", "id"])
async def test_the_page_asks_why_keeps_what_was_typed_and_is_answered_twice(
    house: Front, accept: str
) -> None:
    filed = await assigned(house, COMPLAINT)
    path, person = f"/desk/cases/{filed['ticket']}/move", house.staff() | PAGE | {"Accept-Language": accept}
    assert path in (await house.client.get(f"/desk/cases/{filed['ticket']}", headers=person)).text
    form = {"key": str(uuid4()), **TO_CONDUCT}
    refused = await house.client.post(path, data=form | {"moving_reason": ""}, headers=person)
    assert refused.status_code == 422
    unlisted = await house.client.post(path, data=form | {"appointed_topic": "nobody"}, headers=person)
    assert (unlisted.status_code, TO_CONDUCT["moving_reason"] in unlisted.text) == (422, True)
    for _ in range(2):
        done = await house.client.post(path, data=form, headers=person)
        assert (done.status_code, done.headers["location"]) == (303, "/desk/moved")
    page = await house.client.get("/desk/moved", headers=person)
    assert (page.status_code, filed["ticket"] in page.text) == (200, False)


async def test_the_page_says_why_a_complaint_is_not_moved(house: Front) -> None:
    filed = await assigned(house, COMPLAINT)
    path, person = f"/desk/cases/{filed['ticket']}/move", house.staff("officer-cici") | PAGE
    assert path not in (await house.client.get(f"/desk/cases/{filed['ticket']}", headers=person)).text
    refused = await house.client.post(path, data=TO_CONDUCT, headers=person)
    assert (refused.status_code, "Only the assigned officer" in refused.text) == (422, True)
    await house.client.post(f"/intake/api/cases/{filed['ticket']}/withdraw", headers=code(filed))
    for person in (house.staff(), house.staff("supervisor-budi", "supervisor")):
        refused = await house.client.post(path, data=TO_CONDUCT, headers=person | PAGE)
        assert (refused.status_code, "The case was withdrawn" in refused.text) == (422, True)
        page = await house.client.get(f"/desk/cases/{filed['ticket']}", headers=person | PAGE)
        assert path not in page.text


async def test_its_citizen_is_told_and_learns_of_nobody(house: Front) -> None:
    filed = await moved(house)
    due = (await house.office.state(filed["ticket"])).due
    assert due is not None
    for language, words in (("en", "nobody else who answers complaints"), ("id", "petugas pengaduan lain")):
        tracked = await house.track(filed, **{"Accept-Language": language})
        [step] = [each for each in tracked["timeline"] if each["type"] == "zi.intake.moved_to_appointed"]
        assert words in step["text"]
        assert "officer-ani" not in str(tracked)
        assert TO_CONDUCT["moving_reason"] not in str(tracked)
    assert tracked["due"] == due.isoformat().replace("+00:00", "Z")


ANSWER_OF_ACCUSED = {"text": "Tidak ada yang salah."}


@pytest.mark.parametrize(
    ("command", "body", "clock", "sentences"),
    [
        ("ask", {"text": "Siapa saksinya?"}, "reply_by", ("still waits", "masih menunggu")),
        ("answer", ANSWER_OF_ACCUSED, "closes_on", ("and not by them", "bukan oleh mereka")),
    ],
)
async def test_its_citizen_learns_what_stands_of_whoever_had_it(
    house: Front, command: str, body: Any, clock: str, sentences: tuple[str, str]
) -> None:
    """Questions and answers of the accused stand until the citizen acts, who is told of them, of their day, and of who reads now."""
    filed = await assigned(house, COMPLAINT)
    assert (await house.act(filed, command, body)).status_code == 200
    assert (await move(house, filed)).status_code == 204
    state = await house.office.state(filed["ticket"])
    messages = (Message.parse(row.message) for row in house.office.store.messages(0, 1_000))
    [event] = [data for each in messages if isinstance(data := data_of(each), contract.MovedToAppointed)]
    expected = {"reply_by": state.reply_by, "closes_on": state.closes_on}
    assert {"reply_by": event.reply_by, "closes_on": event.closes_on} == expected
    assert [name for name, at in expected.items() if at is not None] == [clock]
    for language, words in zip(("en", "id"), sentences, strict=True):
        tracked = await house.track(filed, **{"Accept-Language": language})
        [step] = [each for each in tracked["timeline"] if each["type"] == "zi.intake.moved_to_appointed"]
        assert words in step["text"]


async def test_the_answer_of_the_accused_ends_with_the_reopening(house: Front) -> None:
    filed = await assigned(house, COMPLAINT)
    assert (await house.act(filed, "answer", ANSWER_OF_ACCUSED)).status_code == 200
    assert (await move(house, filed)).status_code == 204
    reopened = await house.client.post(
        f"/intake/api/cases/{filed['ticket']}/reopen", json={}, headers=code(filed)
    )
    assert reopened.status_code == 200, reopened.text
    assert (await house.act(filed, "answer", ANSWER_OF_ACCUSED)).status_code == 404
    appointed = house.staff(*APPOINTED)
    await house.client.get("/desk/", headers=appointed)
    for command, body in (
        ("assign", {"officer": APPOINTED[0]}),
        ("answer", {"text": "Kami sudah memeriksa."}),
    ):
        done = await house.act(filed, command, body, appointed)
        assert done.status_code == 200, done.text


async def test_the_appointed_find_it_among_theirs_with_why_it_was_moved(house: Front) -> None:
    filed, theirs = await moved(house), await house.file(CONDUCT)
    found = (await house.client.get("/intake/api/cases", headers=house.staff(*APPOINTED))).json()
    assert {each["ticket"] for each in found} == {filed["ticket"], theirs["ticket"]}
    await house.client.get("/desk/", headers=house.staff(*APPOINTED))
    for command, body in (("assign", {"officer": APPOINTED[0]}), ("personal-data", {"purpose": "handling"})):
        answer = await house.act(filed, command, body, house.staff(*APPOINTED))
        assert answer.status_code == 200, answer.text
    assert TO_CONDUCT["moving_reason"] in answer.text


async def test_rebuilt_lists_show_it_to_the_same_people(house: Front) -> None:
    await moved(house)
    readers = (
        CaseReader("officer-ani", frozenset({"officer"})),
        CaseReader(*APPOINTED[:1], frozenset({"officer"}), topics=frozenset({"conduct"})),
    )

    def lists() -> list[Any]:
        query, now = Filter(show="all"), house.clock.now()
        return [
            house.office.store.read(lambda tx, who=who: case_page(tx, query, who, now)) for who in readers
        ]

    before = lists()
    assert [page.total for page in before] == [0, 1]
    assert before[1].rows[0].subject is None, "the words of who had it"
    with house.office.store.database.transaction() as tx:
        tx.execute("UPDATE read_models SET version = 0 WHERE name = 'cases'")
    house.office.store.catch_up()
    assert lists() == before
