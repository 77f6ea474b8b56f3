"""The pages of a forum that takes place: attendance, minutes, signatures and actions, as the public and officials see them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, ForumOffice, forum_office
from tests.web.browsing import Browser

PUBLIC, DESK = f"/integrity/forum/{FIRST}", f"/integrity/desk/minutes/{FIRST}"
LARGEST_PAGE = 40_000


@pytest.fixture
async def forum(tmp_path: Path) -> AsyncIterator[ForumOffice]:
    async with forum_office(tmp_path) as office:
        await office.opened()
        await office.pass_time(8 * DAY)
        yield office


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


async def attended(forum: ForumOffice, count: int = 3) -> list[str]:
    codes = await forum.printed(count, kind="attendance")
    for code in codes:
        page = await forum.inside.stranger().post(f"{PUBLIC}/attendance", {"forum_code": code})
        assert "You have signed the attendance" in page.text
    return codes


async def drafted(forum: ForumOffice, team: Browser) -> None:
    fields = {"issue.0": "Jam layanan", "agreement.0": "Buka pada hari Sabtu.", "owner.0": "supervisor"}
    point = {"point": "0", "key": str(uuid4()), "due.0": "2026-12-30", **fields}
    page = await team.post(f"{DESK}/point", point)
    assert "Buka pada hari Sabtu." in page.text
    dissent = {"point": "1", "key": str(uuid4()), "group.1": "media", "dissent.1": "Sabtu tidak cukup."}
    assert "Sabtu tidak cukup." in (await team.post(f"{DESK}/dissent", dissent)).text
    assert "The minutes wait for signatures" in (await team.post(f"{DESK}/attendance")).text


def signature(page: str, **fields: str) -> dict[str, str]:
    return {"edition": hidden(page, "edition"), "digest": hidden(page, "digest"), **fields}


async def test_minutes_are_signed_by_head_and_public_and_their_actions_followed(forum: ForumOffice) -> None:
    team, head = forum.inside.person("lina", "integrity"), forum.inside.person("ratna", "head")
    codes = await attended(forum)
    await drafted(forum, team)
    for code in codes[:2]:
        page = (await forum.inside.stranger().get(f"{PUBLIC}/minutes")).text
        assert len(page) < LARGEST_PAGE
        await forum.inside.stranger().post(f"{PUBLIC}/minutes", signature(page, forum_code=code))
    desk = (await head.get(DESK)).text
    signed = await head.post(f"{DESK}/sign", signature(desk))
    assert "BA-2026-000001" in signed.text
    public = (await forum.inside.stranger().get(f"{PUBLIC}/minutes")).text
    assert "Signed by the head and by the public" in public
    assert "Sabtu tidak cukup." in public
    assert "Sign these minutes" not in public
    actions = (await forum.inside.stranger().get("/integrity/forum/actions?wanted=sabtu")).text
    assert "1 actions" in actions
    [action] = set(re.findall(r"/integrity/forum/actions/([0-9a-f-]{36})", actions))
    await follow(forum, team, action)
    story = (await forum.inside.stranger().get(f"/integrity/forum/actions/{action}")).text
    assert "Sudah buka." in story
    assert "Closed by somebody else than its owner" in story


async def follow(forum: ForumOffice, team: Browser, action: str) -> None:
    owner, here = forum.inside.person("eka", "supervisor"), f"/integrity/desk/actions/{action}"
    empty = await owner.post(f"{here}/evidence", {"key": str(uuid4()), "evidence": ""})
    assert empty.status_code == 422
    early = await team.post(f"{here}/close")
    assert early.status_code == 409
    assert "Nothing shows yet that this was done." in early.text
    await owner.post(f"{here}/report", {"key": str(uuid4()), "note": "Jadwal disusun."})
    await owner.post(
        f"{here}/evidence", {"key": str(uuid4()), "evidence": "Sudah buka.", "standard": "complaint"}
    )
    assert (await owner.post(f"{here}/close")).status_code == 403
    both = forum.inside.person("eka", "supervisor", "integrity")
    assert (await both.post(f"{here}/close")).status_code == 409
    assert "Done" in (await team.post(f"{here}/close")).text
    again = await team.post(f"{here}/reopen", {"key": str(uuid4()), "reason": "Tutup lagi."})
    assert "Tutup lagi." in again.text
    await owner.post(f"{here}/evidence", {"key": str(uuid4()), "evidence": "Sudah buka lagi."})
    await team.post(f"{here}/close")


async def test_a_code_is_neither_guessed_nor_used_by_an_official(forum: ForumOffice) -> None:
    [code] = await attended(forum, 1)
    page = await forum.inside.person("lina", "integrity").post(f"{PUBLIC}/attendance", {"forum_code": code})
    assert "You are signed in as an official." in page.text
    wrong = [
        (
            await forum.inside.stranger().post(f"{PUBLIC}/attendance", {"forum_code": "AAAA-BBBB-CCCC"})
        ).status_code
        for _ in range(40)
    ]
    assert wrong[0] == 409
    assert wrong[-1] == 429


async def test_a_refused_point_keeps_what_was_typed(forum: ForumOffice) -> None:
    team = forum.inside.person("lina", "integrity")
    half = {"point": "0", "key": str(uuid4()), "issue.0": "Antrean", "agreement.0": "Nomor antrean daring."}
    page = await team.post(f"{DESK}/point", half)
    assert page.status_code == 409
    assert "An agreement needs its text, who acts, and until when." in page.text
    assert "Nomor antrean daring." in page.text
    unknown = await team.post(f"{DESK}/point", {**half, "proposals.0": "77"})
    assert "This forum has no published proposal with the number 77." in unknown.text


async def test_a_list_is_entered_and_its_broken_lines_are_named(forum: ForumOffice) -> None:
    team, here = forum.inside.person("lina", "integrity"), f"/integrity/desk/attendance/{FIRST}"
    page = await team.post(f"{here}/list", {"key": str(uuid4())}, files={"list": b"Sari;users\nBudi;siapa"})
    assert "1 people were entered" in page.text
    assert "Line 2 names a group that there is not" in page.text
    assert "Sari" not in page.text
    assert "1 files are sealed" in (await team.post(f"{here}/scan", files={"scan": b"%PDF-1.7 x"})).text
    refused = await team.post(f"{here}/scan", files={"scan": b"<html>"})
    assert "Send the photo of the signed list" in refused.text
    struck = await team.post(f"{here}/strike", {"number": "1", "reason": "was_absent"})
    assert "struck" in struck.text
    assert (await team.post(f"{here}/strike", {"number": "9", "reason": "was_absent"})).status_code == 409
    assert (await team.post(f"{here}/strike", {"number": "x", "reason": ""})).status_code == 422


async def test_the_api_reads_and_signs(forum: ForumOffice) -> None:
    team = forum.inside.person("lina", "integrity")
    codes = await attended(forum, 2)
    await drafted(forum, team)
    stranger, base = forum.inside.stranger(), f"/integrity/api/forum/{FIRST}"
    answer = (await stranger.get(f"{base}/minutes")).json()
    assert (answer["agreed"], answer["public_signatures"]) == (False, 0)
    body = {"code": codes[0], "edition": answer["text"]["edition"], "digest": answer["digest"]}
    assert (await forum.inside.client.post(f"{base}/signatures", json=body)).status_code == 204
    assert (await stranger.get(f"{base}/minutes")).json()["public_signatures"] == 1
    again = await forum.inside.client.post(f"{base}/attendance", json={"code": codes[0]})
    assert again.status_code == 204
    assert (await stranger.get("/integrity/api/forum/actions")).json()["count"] == 0


@pytest.mark.parametrize(
    "address", [f"{PUBLIC}/minutes", f"{PUBLIC}/attendance", "/integrity/forum/actions?state=late"]
)
async def test_public_pages_need_no_account_in_both_languages(forum: ForumOffice, address: str) -> None:
    for language in ("id", "en"):
        page = await forum.inside.client.get(address, headers={"Accept-Language": language})
        assert page.status_code == 200
        assert len(page.content) < LARGEST_PAGE


@pytest.mark.parametrize(
    "address",
    [
        "/integrity/forum/2020-9/minutes",
        "/integrity/forum/actions/00000000-0000-4000-8000-000000000000",
        "/integrity/forum/2020-9/attendance",
    ],
)
async def test_what_there_is_not_is_not_found(forum: ForumOffice, address: str) -> None:
    assert (await forum.inside.client.get(address)).status_code == 404
