from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.intake.front import Front, code
from tests.intake.test_uploads import attach, photo

PURPOSE = {"purpose": "evaluation"}
CERTIFIERS = ("evaluator", "signer", "head")
STAFF = ("officer", "supervisor")


async def with_photo(front: Front, filed: Any) -> Any:
    added = await attach(front, filed, photo(), code(filed))
    return filed | {"item": added.json()["item"]["item"]}


async def look(
    front: Front, filed: Any, role: str = "evaluator", body: Any = None, **more: Any
) -> httpx.Response:
    where = f"/intake/api/cases/{filed['ticket']}/files/{more.get('item', filed['item'])}"
    headers = front.staff("official-7", role)
    return await front.client.post(where, json=PURPOSE if body is None else body, headers=headers)


async def openings(front: Front, filed: Any) -> list[Any]:
    messages = [step.parsed for step in await front.office.steps(filed["ticket"])]
    return [each for each in messages if each["type"] == "zi.intake.personal_data_opened"]


@pytest.mark.parametrize("role", [*CERTIFIERS, *STAFF])
async def test_a_file_is_shown_where_it_can_do_nothing_after_it_was_recorded(front: Front, role: str) -> None:
    filed = await with_photo(front, await front.request())
    answer = await look(front, filed, role)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert answer.headers["content-disposition"] == "inline"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    [opening] = await openings(front, filed)
    assert (opening["actor"], opening["actorrole"]) == ("official-7", f"staff:{role}")
    assert opening["data"] == {
        "purpose": "evaluation",
        "items": [filed["item"]],
        "since": "2026-03-02T02:00:00Z",
    }


async def test_files_of_complaints_are_for_those_who_handle_them(front: Front) -> None:
    filed = await with_photo(front, await front.file())
    for role in CERTIFIERS:
        assert (await look(front, filed, role)).status_code == 403
    assert await openings(front, filed) == []
    for role in STAFF:
        assert (await look(front, filed, role, {"purpose": "handling"})).status_code == 200


async def test_nobody_else_sees_a_file(front: Front) -> None:
    filed = await with_photo(front, await front.request())
    for role in ("applicant", "auditor", "mentor"):
        assert (await look(front, filed, role)).status_code == 403
    where = f"/intake/api/cases/{filed['ticket']}/files/{filed['item']}"
    assert (await front.client.post(where, json=PURPOSE)).status_code == 401
    assert await openings(front, filed) == []


async def test_only_a_file_of_this_case_is_shown_and_only_for_a_purpose(front: Front) -> None:
    filed, other = (
        await with_photo(front, await front.request()),
        await with_photo(front, await front.request()),
    )
    name = (await front.office.state(filed["ticket"])).items[0]
    for item in (other["item"], str(name.item), str(uuid4())):
        assert (await look(front, filed, item=item)).status_code == 404
    assert (await look(front, filed, body={"purpose": "curiosity"})).status_code == 422
    assert (await look(front, {"ticket": "000000000", "item": filed["item"]})).status_code == 404
    assert await openings(front, filed) == []


async def test_a_file_is_looked_at_from_a_page(front: Front) -> None:
    filed = await with_photo(front, await front.request())
    where = f"/desk/cases/{filed['ticket']}/files/{filed['item']}"
    headers = front.staff("official-7", "signer") | {"Accept": "text/html"}
    answer = await front.client.post(where, data=PURPOSE, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    refused = await front.client.post(where, data={}, headers=headers)
    assert (refused.status_code, len(await openings(front, filed))) == (422, 1)
    stranger = await front.client.post(where, data=PURPOSE, headers={"Accept": "text/html"})
    assert (stranger.status_code, "/sign-in?next=" in stranger.text) == (401, True)


async def test_a_file_is_not_told_when_the_opening_can_not_be_recorded(front: Front) -> None:
    filed = await with_photo(front, await front.request())
    front.office.store.close()
    assert (await look(front, filed)).status_code == 503


MENTORS = ("mentor", "supervisor", "evaluator", "officer", "head")


@pytest.mark.parametrize("role", MENTORS)
async def test_a_file_of_a_mentored_business_is_for_those_who_mentor_and_evaluate(
    front: Front, role: str
) -> None:
    filed = await with_photo(front, await front.mentored())
    answer = await look(front, filed, role, {"purpose": "mentoring"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    [opening] = await openings(front, filed)
    assert (opening["actorrole"], opening["data"]["purpose"]) == (f"staff:{role}", "mentoring")


async def test_nobody_else_sees_a_file_of_a_mentored_business(front: Front) -> None:
    filed = await with_photo(front, await front.mentored())
    for role in ("signer", "applicant", "auditor"):
        assert (await look(front, filed, role, {"purpose": "mentoring"})).status_code == 403
    assert await openings(front, filed) == []


async def test_a_mentor_looks_at_a_file_from_a_page(front: Front) -> None:
    filed = await with_photo(front, await front.mentored())
    where = f"/desk/cases/{filed['ticket']}/files/{filed['item']}"
    headers = front.staff("mentor-dewi", "mentor") | {"Accept": "text/html"}
    answer = await front.client.post(where, data={"purpose": "mentoring"}, headers=headers)
    assert (answer.status_code, len(await openings(front, filed))) == (200, 1)


async def test_whose_case_it_is_reads_a_file_unrecorded(front: Front) -> None:
    me = front.staff("applicant-sari", "applicant")
    filed, other = (
        await with_photo(front, await front.mentored(me)),
        await with_photo(front, await front.mentored()),
    )
    token = {"Authorization": f"Bearer {front.office.tokens.issue(filed['ticket'])}"}
    where = f"/intake/api/cases/{filed['ticket']}/files/"
    for headers in (token, me, code(filed)):
        answer = await front.client.post(
            where + filed["item"], json={"purpose": "mentoring"}, headers=headers
        )
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        name = str((await front.office.state(filed["ticket"])).items[0].item)
        for item in (other["item"], name, str(uuid4())):
            missed = await front.client.post(where + item, json={"purpose": "mentoring"}, headers=headers)
            assert missed.status_code == 404
    assert await openings(front, filed) == []
    theirs = f"/intake/api/cases/{other['ticket']}/files/{other['item']}"
    assert (await front.client.post(theirs, json=PURPOSE, headers=token)).status_code == 401
    assert (await front.client.post(theirs, json=PURPOSE, headers=me)).status_code == 403
    wrong = {"X-Case-Code": "0000-0000-0000"}
    assert (await front.client.post(theirs, json=PURPOSE, headers=wrong)).status_code == 404
