"""The public and desk pages of forums, as browsers without script use them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, ForumOffice, forum_office
from tests.web.browsing import Browser, hidden

from zi_integrity.domain.proposal import HideProposal, PublishProposal
from zi_integrity.read.standards import accepted_proposals

HERE, DESK = f"/integrity/forum/{FIRST}", f"/integrity/desk/forum/{FIRST}"
LARGEST = 40 * 1024


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[ForumOffice]:
    async with forum_office(tmp_path) as office:
        yield office


@pytest.fixture
def public(there: ForumOffice) -> Browser:
    return there.inside.stranger()


@pytest.fixture
def team(there: ForumOffice) -> Browser:
    return there.inside.person("integrity-lina", "integrity")


def plan(**changed: str) -> dict[str, str]:
    return {
        "key": str(uuid4()),
        "theme": "Standar pelayanan",
        "begins": "2026-12-14T09:00",
        "closes_on": "2026-12-21T16:00",
        "forum_place": "Aula",
        "forum_link": "https://rapat.example/fkp",
        "target.users": "20",
        "target.media": "2",
        "quorum": "2",
    } | changed


async def test_a_forum_is_planned_opened_and_listed(
    there: ForumOffice, public: Browser, team: Browser
) -> None:
    assert "No forum is planned yet." in (await public.get("/integrity/forum")).text
    page = await team.post("/integrity/desk/forum", plan())
    assert page.url.path == DESK
    assert "Planned" in page.text
    assert "2 groups" in page.text
    page = await team.post(f"{DESK}/open")
    assert "Open for contributions" in page.text
    listed = await public.get("/integrity/forum")
    assert "Standar pelayanan" in listed.text
    assert "1 forum" in listed.text
    assert "Propose something" in (await public.get(HERE)).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"theme": ""}, "This field is needed."),
        ({"begins": "morgen"}, "Write day and time"),
        ({"begins": "2027-02-29T09:00"}, "There is no such day in the calendar"),
        ({"forum_link": "javascript:alert(1)"}, "This is not written the way it has to be"),
        ({"target.users": "-1"}, "Write a whole number of at most 10000."),
        ({"target.users": "", "target.media": ""}, "Invite at least one group"),
        ({"quorum": "5"}, "larger than the number of groups"),
        ({"forum_place": "", "forum_link": ""}, "Say where the forum is held"),
        ({"closes_on": "2020-01-01T09:00"}, "Contributions must end in the future."),
    ],
)
async def test_a_refused_plan_says_why_and_loses_nothing(
    team: Browser, wrong: dict[str, str], sentence: str
) -> None:
    page = await team.post("/integrity/desk/forum", plan(**wrong))
    assert page.status_code in (409, 422)
    assert sentence in page.text
    assert "rapat.example" in page.text or "forum_link" in wrong
    assert 'value="Standar pelayanan"' in page.text or "theme" in wrong


async def test_somebody_proposes_comments_and_supports_with_a_code(
    there: ForumOffice, public: Browser, team: Browser
) -> None:
    await there.opened()
    [code] = await there.printed(1)
    form = {
        "key": hidden(await public.get(f"{HERE}/propose")),
        "proposal_title": "Buka hari Sabtu",
        "proposal_text": "Banyak yang bekerja\r\npada hari kerja.",
        "forum_code": code.lower(),
    }
    page = await public.post(f"{HERE}/propose", form)
    assert "Your proposal has the number 1" in page.text
    assert "Buka hari Sabtu" not in page.text
    again = await public.post(f"{HERE}/propose", form)
    assert "Your proposal has the number 1" in again.text
    page = await team.get(f"{DESK}/proposals/1")
    assert "Buka hari Sabtu" in page.text
    await team.post(f"{DESK}/proposals/1/publish")
    page = await public.get(f"{HERE}/proposals/1")
    assert "Buka hari Sabtu" in page.text
    comment = {"key": hidden(page), "comment_text": "Setuju sekali", "comment_code": code}
    page = await public.post(f"{HERE}/proposals/1/comment", comment)
    assert "Your comment was taken" in page.text
    assert "1 waits for moderation" in page.text
    page = await public.post(f"{HERE}/proposals/1/support", {"forum_code": code})
    assert "under the sign" in page.text
    page = await public.post(f"{HERE}/proposals/1/support", {"forum_code": code})
    assert page.status_code == 409
    assert "has supported the proposal already" in page.text


async def test_a_refused_proposal_keeps_every_text(there: ForumOffice, public: Browser) -> None:
    await there.opened()
    form = {"key": str(uuid4()), "proposal_title": "Judul", "proposal_text": "Isi panjang"}
    for code, sentence in (
        ("", "This field is needed."),
        ("0000-0000-0000", "This is no code of this forum."),
    ):
        page = await public.post(f"{HERE}/propose", form | {"forum_code": code})
        assert page.status_code in (409, 422)
        assert 'role="alert"' in page.text
        assert sentence in page.text
        assert "Isi panjang" in page.text
        assert 'value="Judul"' in page.text
        assert hidden(page) == form["key"]
    page = await public.post(f"{HERE}/propose", form | {"forum_code": "x", "proposal_text": "y" * 3001})
    assert "Write at most 3000 characters; there are 3001 now." in page.text


async def test_everything_that_is_missing_is_named_at_once(there: ForumOffice, public: Browser) -> None:
    await there.opened()
    for page, fields in (("propose", 3), ("code", 2)):
        answer = await public.post(f"{HERE}/{page}", {"key": str(uuid4())})
        assert answer.status_code == 422
        assert len(re.findall(r'<li><a href="#field-', answer.text)) == fields


async def test_that_a_code_is_needed_is_said_before_anything_is_written(
    there: ForumOffice, public: Browser
) -> None:
    """The link to a code leads away from the form, and what was typed would be gone."""
    await there.opened()
    page = (await public.get(f"{HERE}/propose")).text
    assert page.index(f'href="{HERE}/code"') < page.index('name="proposal_title"')
    assert page.index("You need a code of this forum") < page.index('name="proposal_title"')


async def test_wrong_codes_of_one_connection_are_slowed_down(there: ForumOffice, public: Browser) -> None:
    await there.opened()
    [code] = await there.printed(1)
    form = {"key": str(uuid4()), "proposal_title": "Judul", "proposal_text": "Isi"}
    answers = [
        (await public.post(f"{HERE}/propose", form | {"forum_code": "0000-0000-0000"})).status_code
        for _ in range(21)
    ]
    assert answers == [409] * 20 + [429]
    page = await public.post(f"{HERE}/propose", form | {"forum_code": "0000-0000-0000"})
    assert "Too many wrong codes" in page.text
    assert 'value="Judul"' in page.text
    right = await public.post(f"{HERE}/propose", form | {"forum_code": code})
    assert right.status_code == 200


async def test_a_code_is_asked_for_by_email(there: ForumOffice, public: Browser) -> None:
    await there.opened()
    form = {"key": str(uuid4()), "forum_email": "warga@contoh.example", "group": "users"}
    page = await public.post(f"{HERE}/code", form)
    assert "Your request for a code was taken" in page.text
    assert len(there.messages("participant_code_issued")) == 1
    for wrong in ({"forum_email": "warga"}, {"group": ""}, {"group": "experts"}):
        page = await public.post(f"{HERE}/code", form | wrong)
        assert page.status_code == 422
    for _ in range(45):
        page = await public.post(f"{HERE}/code", form)
    assert page.status_code == 429
    assert "Very many codes were asked for" in page.text


@pytest.mark.parametrize("role", ["officer", "integrity", "head"])
async def test_an_official_who_is_signed_in_takes_no_part_as_the_public(
    there: ForumOffice, role: str
) -> None:
    await there.opened()
    code, other = await there.printed(2)
    await there.published(other)
    official = there.inside.person("somebody", role)
    form = {"key": str(uuid4()), "proposal_title": "Judul", "proposal_text": "Isi", "forum_code": code}
    comment = {"key": str(uuid4()), "comment_text": "Baik", "comment_code": code}
    for path, sent in (("propose", form), ("proposals/1/support", form), ("proposals/1/comment", comment)):
        page = await official.post(f"{HERE}/{path}", sent)
        assert page.status_code == 409
        assert "You are signed in as an official." in page.text
    applicant = there.inside.person("pemohon", "applicant")
    assert "has the number 2" in (await applicant.post(f"{HERE}/propose", form)).text


async def test_what_is_hidden_stays_in_the_list_with_its_reason(there: ForumOffice, public: Browser) -> None:
    await there.opened()
    codes = await there.printed(3)
    await there.published(codes[0], "Satu jam istirahat")
    await there.proposed(codes[1], "Dua nama orang")
    await there.proposed(codes[2], "Tiga menunggu")
    hide = HideProposal(by=there.staff(), reason="personal_data")
    await there.office.proposing.moderate(FIRST, 2, hide)
    page = await public.get(HERE)
    assert "It names or describes a person" in page.text
    assert "Satu jam istirahat" in page.text
    assert "Dua nama" not in page.text
    assert "Tiga menunggu" not in page.text
    assert "3 proposals, of which 0 from paper; 1 wait for moderation, 3 for an answer." in page.text
    assert "Dua nama" not in (await public.get(f"{HERE}/proposals/2")).text
    assert "Tiga menunggu" not in (await public.get(f"{HERE}/proposals/3")).text
    found = await public.get(f"{HERE}?wanted=SATU+jam")
    assert "1 proposal found" in found.text
    assert "Satu jam istirahat" in found.text
    assert "0 proposals found" in (await public.get(f"{HERE}?wanted=nama")).text


async def test_a_long_list_has_pages_and_a_true_count(there: ForumOffice, public: Browser) -> None:
    await there.opened()
    for code in await there.printed(3):
        for number in range(9):
            await there.published(code, f"Usulan {number}")
    first = await public.get(f"{HERE}?wanted=usulan&order=support")
    assert "27 proposals found" in first.text
    assert "Page 1 of 2" in first.text
    assert "wanted=usulan&amp;order=support&amp;page=2" in first.text
    assert (await public.get(f"{HERE}?page=2&wanted=usulan")).text.count('<section class="card">') == 7
    assert len((await public.get(HERE)).content) < LARGEST
    assert (await public.get(f"{HERE}?order=nonsense&page=99999999")).status_code == 200
    beyond = (await public.get(f"{HERE}?page=9")).text
    assert "The list ends here." in beyond
    assert 'page=2" rel="prev"' in beyond
    assert "There is none." in (await public.get(f"{HERE}?wanted=nothing")).text


async def test_codes_are_shown_once_to_be_printed(there: ForumOffice) -> None:
    await there.planned()
    officer = there.inside.person("officer-budi", "officer")
    key = hidden(await officer.get(DESK))
    form = {"key": key, "kind": "counter", "group": "users", "count": "3"}
    page = await officer.post(f"{DESK}/codes", form)
    assert page.text.count("<code>") == 3
    assert "3 printed for the counter" in (await there.inside.stranger().get(HERE)).text
    for wrong in ({"count": "0"}, {"count": "101"}, {"count": "x"}, {"kind": ""}, {"group": "experts"}):
        page = await officer.post(f"{DESK}/codes", form | wrong | {"key": str(uuid4())})
        assert page.status_code in (409, 422)


async def test_a_paper_is_entered_marked_and_answered(
    there: ForumOffice, public: Browser, team: Browser
) -> None:
    await there.opened()
    paper = {
        "key": str(uuid4()),
        "proposal_title": "Papan tarif",
        "proposal_text": "Pasang di depan.",
        "group": "media",
        "forum_email": "",
    }
    page = await team.post(f"{DESK}/paper", paper)
    assert "The paper has the number 1" in page.text
    page = await team.post(f"{DESK}/paper", paper | {"forum_email": "x", "key": str(uuid4())})
    assert page.status_code == 422
    assert "Pasang di depan." in page.text
    await team.post(f"{DESK}/proposals/1/publish")
    page = await public.get(f"{HERE}/proposals/1")
    assert "on paper, entered by an officer" in page.text
    assert "The officer who decided this had entered it from paper." in page.text
    early = await team.post(f"{DESK}/proposals/1/settle", {"outcome": "accepted", "grounds": "Baik"})
    assert early.status_code == 409
    await there.pass_time(15 * DAY)
    page = await team.post(f"{DESK}/proposals/1/settle", {"outcome": "accepted", "grounds": ""})
    assert page.status_code == 422
    await team.post(f"{DESK}/proposals/1/settle", {"outcome": "accepted", "grounds": "Kami pasang."})
    page = await public.get(f"{HERE}/proposals/1")
    assert "Kami pasang." in page.text
    assert "The officer who answered had entered it from paper." in page.text
    changed = await team.post(f"{DESK}/proposals/1/settle", {"outcome": "refused", "grounds": "Tidak."})
    assert "an answer stays as it is" in changed.text


async def test_a_standard_follows_a_proposal_by_the_reference_of_its_page(
    there: ForumOffice, public: Browser, team: Browser
) -> None:
    await there.opened()
    [code] = await there.printed(1)
    for outcome in ("accepted_in_part", "refused"):
        proposal = await there.published(code)
        assert f"FKP-{FIRST}/{proposal}" in (await public.get(HERE)).text, outcome
    await there.pass_time(15 * DAY)
    for proposal, outcome in enumerate(("accepted_in_part", "refused"), start=1):
        settled = {"outcome": outcome, "grounds": "Sebab."}
        await team.post(f"{DESK}/proposals/{proposal}/settle", settled)
    references = [
        re.findall(r"FKP-[0-9]+-[0-9]+/[0-9]+", (await public.get(f"{HERE}/proposals/{nth}")).text)[0]
        for nth in (1, 2)
    ]
    accepted = await there.office.store.query(lambda tx: accepted_proposals(tx, references))
    assert (len(set(references)), [each.reference for each in accepted]) == (2, references[:1])


async def test_comments_are_moderated_and_entered_from_paper(
    there: ForumOffice, public: Browser, team: Browser
) -> None:
    await there.opened()
    [code] = await there.printed(1)
    await there.published(code)
    for text in ("Setuju sekali", "Kata kasar"):
        await there.office.proposing.comment(there.public(), uuid4(), FIRST, 1, code, text)
    page = await team.get(f"{DESK}/proposals/1")
    first, second = [
        part.partition("/hide")[0] for part in page.text.split("/comments/")[1:] if "/hide" in part[:60]
    ]
    await team.post(f"{DESK}/proposals/1/comments/{first}/publish")
    refused = await team.post(f"{DESK}/proposals/1/comments/{second}/hide", {})
    assert refused.status_code == 422
    await team.post(f"{DESK}/proposals/1/comments/{second}/hide", {f"reason.{second}": "insult"})
    paper = {"key": str(uuid4()), "comment_text": "Dari kertas", "group": "users"}
    page = await team.post(f"{DESK}/proposals/1/comment", paper)
    assert "Dari kertas" in page.text
    page = await public.get(f"{HERE}/proposals/1")
    assert ("Setuju sekali" in page.text) is not ("Kata kasar" in page.text)
    assert "It insults somebody" in page.text
    assert "Dari kertas" not in page.text
    assert "2 comments" in page.text
    listed = await team.get(f"{DESK}/proposals")
    assert "1 waits for moderation" in listed.text


async def test_a_moderator_s_look_at_a_waiting_text_is_recorded(there: ForumOffice, team: Browser) -> None:
    await there.opened()
    await there.proposed((await there.printed(1))[0])
    await team.get(f"{DESK}/proposals")
    assert not there.messages("contributor_data_opened")
    await team.get(f"{DESK}/proposals/1")
    [opening] = there.messages("contributor_data_opened")
    assert (opening.actor, opening.data["purpose"]) == ("integrity-lina", "moderation")


async def test_invitations_are_numbered_letters(there: ForumOffice, team: Browser) -> None:
    await there.planned()
    form = {"key": str(uuid4()), "addressee": "Koran Contoh", "invited_group": "media"}
    await team.post(f"{DESK}/invite", form)
    page = await team.post(f"{DESK}/invite", form)
    assert "1 letter" in page.text
    letter = await team.get(f"{DESK}/letters/1")
    assert "UND-001/FKP-2026-1" in letter.text
    assert "To: Koran Contoh" in letter.text
    for other in ("2", "0", "-1", str(10**30)):
        assert (await team.get(f"{DESK}/letters/{other}")).status_code in (404, 422)
    for _ in range(21):
        await there.office.forum_planning.invite(there.staff(), uuid4(), FIRST, "users", "Warga Contoh")
    page = await team.get(f"{DESK}?page=2")
    assert "22 letters" in page.text
    assert f"{DESK}/letters/22" in page.text
    assert f"{DESK}/letters/20" not in page.text
    assert (await team.post(f"{DESK}/invite", form | {"addressee": ""})).status_code == 422


async def test_a_forum_without_quorum_says_so_and_is_extended(
    there: ForumOffice, public: Browser, team: Browser
) -> None:
    await there.opened(quorum=2)
    await there.pass_time(15 * DAY)
    assert "Fewer groups took part than the quorum asks for" in (await public.get(HERE)).text
    form = {"begins": "2027-01-04T09:00", "closes_on": "2027-01-11T16:00"}
    assert "Open for contributions" in (await team.post(f"{DESK}/extend", form)).text
    assert (await team.post(f"{DESK}/extend", form)).status_code == 409


async def test_the_plan_is_changed_closed_and_cancelled_by_those_who_may(
    there: ForumOffice, public: Browser, team: Browser
) -> None:
    await there.planned()
    page = await team.post(f"{DESK}/change", plan(forum_place="Balai desa"))
    assert "Balai desa" in page.text
    await team.post(f"{DESK}/open")
    assert (await team.post(f"{DESK}/close")).status_code == 409
    assert (await team.post(f"{DESK}/cancel", {"reason": "disaster"})).status_code == 403
    head = there.inside.person("head-umar", "head")
    await head.post(f"{DESK}/cancel", {"reason": "disaster"})
    page = await public.get(HERE)
    assert "Reason: A disaster or an emergency" in page.text


async def test_an_officer_closes_a_forum_whose_time_is_over(there: ForumOffice, team: Browser) -> None:
    await there.opened()
    there.clock.at += 15 * DAY
    assert "Contributions have ended" in (await team.get(DESK)).text
    assert "Closed" in (await team.post(f"{DESK}/close")).text


async def test_what_is_not_there_is_not_found(there: ForumOffice, public: Browser, team: Browser) -> None:
    await there.opened()
    for path in ("/integrity/forum/2020-9", f"{HERE}/proposals/7", f"{HERE}/proposals/{10**30}"):
        assert (await public.get(path)).status_code == 404
    for path in ("/integrity/desk/forum/2020-9", f"{DESK}/proposals/7"):
        assert (await team.get(path)).status_code == 404
    form = {"key": "tampered", "proposal_title": "J", "proposal_text": "I", "forum_code": "x"}
    refused = await public.post(f"{HERE}/propose", form)
    assert refused.status_code in (409, 422)
    assert "Load the page again: its form is out of date." in refused.text


async def test_an_erased_text_is_not_shown_and_its_proposal_stays(
    there: ForumOffice, public: Browser
) -> None:
    await there.opened()
    codes = await there.printed(2)
    await there.published(codes[0], "Akan dihapus")
    await there.published(codes[1], "Tetap ada")
    row = await there.row(1)
    there.office.vault.erase(row.data_subject, there.clock.now(), uuid4())
    page = await public.get(HERE)
    assert "Akan dihapus" not in page.text
    assert "Tetap ada" in page.text
    assert "Erased" in page.text
    assert "erased at the request of its author" in (await public.get(f"{HERE}/proposals/1")).text


async def test_pages_speak_indonesian(there: ForumOffice, public: Browser) -> None:
    await there.opened()
    await there.office.proposing.moderate(
        FIRST, await there.proposed((await there.printed(1))[0]), PublishProposal(by=there.staff())
    )
    for path in ("/integrity/forum", HERE, f"{HERE}/propose", f"{HERE}/code", f"{HERE}/proposals/1"):
        page = await public.get(f"{path}?lang=id")
        assert page.status_code == 200
        assert '<html lang="id"' in page.text
        assert len(page.content) < LARGEST
