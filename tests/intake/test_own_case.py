"""The page of a case as its citizen's own copy: what they sent, what they add, how far it is, the check of the proof."""

import re
from typing import Any

import httpx
import pytest
from tests.intake.front import COMPLAINT, CONSULTATION, EMAIL, NAME, TEXT, Front, code, questions_to
from tests.intake.test_pages import get, hidden_key, post
from tests.intake.test_uploads import attach, photo


async def opened(front: Front, filed: Any) -> httpx.Response:
    return await post(front, "/track", {"ticket": filed["ticket"], "code": filed["code"]})


async def test_the_citizen_reads_everything_that_they_sent(front: Front) -> None:
    filed = await front.file()
    await attach(front, filed, photo(), code(filed))
    page = await opened(front, filed)
    for sent in (TEXT, NAME, EMAIL, "MD 123456789012", "Kios Melati", "B-77"):
        assert sent in page.text
    [address] = re.findall(rf'href="(/track/{filed["ticket"]}/files/[^"]+)"', page.text)
    before = front.recorded
    answer = await get(front, address)
    assert (answer.headers["content-type"], answer.headers["content-security-policy"]) == (
        "image/jpeg",
        "sandbox; default-src 'none'",
    )
    assert front.recorded == before
    text_item = next(
        ref.item for ref in (await front.office.state(filed["ticket"])).items if ref.field == "text"
    )
    assert (await get(front, f"/track/{filed['ticket']}/files/{text_item}")).status_code == 404
    front.client.cookies.clear()
    assert (await get(front, address)).url.path == "/track"


async def test_the_case_is_read_once_and_its_texts_after_it(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await front.file()
    await opened(front, filed)
    questions = questions_to(front.office.store, monkeypatch)
    assert TEXT in (await get(front, f"/track/{filed['ticket']}")).text
    assert len(questions) == 2


async def test_words_are_added_at_any_time_and_stand_first(front: Front) -> None:
    filed = await front.file()
    page = await opened(front, filed)
    form = {"key": hidden_key(page), "added.kind": "correction", "added": "Bukan B-77 tetapi B-78."}
    done = await post(front, f"/track/{filed['ticket']}/words", form)
    assert "Your words have arrived and are with the case." in done.text
    assert "You corrected what you had written" in done.text
    assert done.text.index("B-78") < done.text.index(TEXT)
    again = await post(front, f"/track/{filed['ticket']}/words", form)
    assert again.text.count("tetapi B-78") == 1
    await front.handled(filed, ("acknowledge", None))
    desk = await post(front, f"/desk/cases/{filed['ticket']}/open", {"purpose": "handling"}, **front.staff())
    assert "Bukan B-77 tetapi B-78." in desk.text
    assert "Corrected by the citizen" in desk.text


async def test_empty_words_are_refused_beside_their_field(front: Front) -> None:
    filed = await front.file()
    await opened(front, filed)
    refused = await post(front, f"/track/{filed['ticket']}/words", {"added": " "})
    assert (refused.status_code, 'id="field-added-error"' in refused.text) == (422, True)


async def test_the_answer_is_rated_on_the_page_and_by_program(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    page = await opened(front, filed)
    assert "Did the answer help you?" not in page.text
    refused = await post(front, f"/track/{filed['ticket']}/rating", {"rating": "helped"})
    assert "There is no answer yet that you could rate." in refused.text
    await front.handled(filed, ("answer", {"text": "Kami sudah menarik botolnya."}))
    rated = await post(front, f"/track/{filed['ticket']}/rating", {"rating": "partly"})
    assert "You said: In part" in rated.text
    done = await front.act(filed, "rating", {"rating": "helped"}, code(filed))
    assert done.status_code == 200
    assert (await front.act(filed, "rating", {"rating": "five stars"}, code(filed))).status_code == 422


async def test_words_are_added_by_program(front: Front) -> None:
    filed = await front.file(CONSULTATION, to="consultations")
    done = await front.act(filed, "words", {"kind": "objection", "text": "Terlalu lama."}, code(filed))
    assert done.status_code == 200
    message = (await front.track(filed))["messages"][-1]
    assert (message["sender"], message["field"], message["text"]) == ("citizen", "objection", "Terlalu lama.")


async def test_the_page_says_how_far_it_is_and_how_long_it_takes(front: Front) -> None:
    filed = await front.file()
    page = await opened(front, filed)
    assert re.findall(r'<li class="(\w+)"', page.text.partition('<ol class="progress"')[2])[:4] == [
        "now",
        "later",
        "later",
        "later",
    ]
    assert re.search(r"\d+ working days left until the answer", page.text)
    assert "An officer reads it by" in page.text
    front.clock.pass_days(10)
    unread = (await opened(front, filed)).text
    assert ("Nobody has read it in time" in unread, "An officer reads it by" in unread) == (True, False)
    await front.handled(filed, ("acknowledge", None))
    assert "You get the answer by" in (await opened(front, filed)).text
    front.clock.pass_days(200)
    late = (await opened(front, filed)).text
    assert ("The answer was due on" in late, "the Ombudsman" in late) == (True, True)
    assert "You get the answer by" not in late, "that day has passed"


async def test_the_proof_is_checked_by_the_checker_of_the_ledger_and_fails_closed(front: Front) -> None:
    filed = await front.file()
    page = await opened(front, filed)
    assert '<script src="/audit/check.js" defer></script>' in page.text
    steps = [str(each.event_id) for each in await front.office.steps(filed["ticket"])]
    assert f'data-steps="{" ".join(steps)}"' in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("script-src 'self'; default-src 'none'")
    assert "connect-src 'self'" in policy
    directives = [each.split()[0] for each in policy.split(";")]
    assert len(directives) == len(set(directives))  # a browser ignores the second, and says so
    results = re.findall(
        r'data-([a-z_]+)="([^"]+)"', page.text.partition('id="proof-check"')[2].partition(">")[0]
    )
    holds = [name for name, text in results if text.startswith("It holds")]
    assert holds == ["passed", "not_compared"]


@pytest.mark.parametrize("page", ["/complaints/new", "/consultations/new"])
async def test_a_form_keeps_its_draft_by_a_script_of_the_house_alone(front: Front, page: str) -> None:
    answer = await get(front, page)
    [address] = re.findall(r'<script src="([^"]+)" defer></script>', answer.text)
    script = await get(front, address)
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "innerHTML" not in script.text
    older = await get(front, address.replace(address.split("/")[3], "0" * 12))
    assert older.headers["cache-control"] == "no-cache"
    assert (await get(front, "/intake/scripts/0/other.js")).status_code == 404
    assert "script-src 'self'; " in answer.headers["content-security-policy"]
    assert "script-src" not in (await get(front, "/")).headers["content-security-policy"]


@pytest.mark.parametrize(
    ("changes", "is_private"),
    [
        ({}, False),
        ({"confidentiality": "confidential"}, True),
        ({"confidentiality": "anonymous", "reporter": None}, True),
    ],
)
async def test_paper_has_what_is_folded_of_no_case_that_is_protected(
    front: Front, changes: dict[str, Any], is_private: bool
) -> None:
    page = await opened(front, await front.file({**COMPLAINT, **changes}))
    [classes] = re.findall(r'<div class="(split case[^"]*)">', page.text)
    assert classes == ("split case private" if is_private else "split case")
    style = (await get(front, re.findall(r'href="([^"]+style\.css)"', page.text)[0])).text
    assert ".private details:not([open]) { display: none }" in style.partition("@media print")[2]
