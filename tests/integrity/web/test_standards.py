"""The pages of service standards: what the public reads, and the desk from a draft to a decree."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

from tests.integrity.inside import InsideIntegrity, opened
from tests.web.browsing import Browser, hidden

from zi_integrity.read.office_letters import letter_by_number
from zi_rules.standard import Component
from zi_tlog.letter import Code
from zi_tlog.letter_goods import CodeGoods

DESK, PUBLIC = "/integrity/desk/standards", "/integrity/standards"
COMPONENTS = {
    f"component.{part.value}.{language}": f"{part.value} {language}."
    for part in Component
    for language in ("id", "en")
}
TEXT = {
    "title.id": "Standar Pengaduan",
    "title.en": "Standard for complaints",
    **{
        f"period.tiers.{name}.unit": "working_days"
        for name in ("normative", "without_inspection", "with_inspection")
    },
    **{
        f"period.process.{name}.unit": "working_days"
        for name in ("acknowledge", "citizen_completes", "silence_closes", "reopen")
    },
    **{"period.tiers.normative.amount": "4", "period.tiers.without_inspection.amount": "14"},
    **{"period.tiers.with_inspection.amount": "60", "period.process.acknowledge.amount": "3"},
    **{f"period.process.{name}.amount": "10" for name in ("citizen_completes", "silence_closes", "reopen")},
    **COMPONENTS,
}


async def begun(team: Browser, service: str = "complaint") -> str:
    page = await team.post(DESK, {"key": str(uuid4()), "service": service})
    assert page.status_code == 200, page.text
    return str(page.url.path)


async def step(person: Browser, draft: str, name: str, form: dict[str, str], status: int = 200) -> str:
    """Take a step with the text that the person's page shows, and return the page that answers."""
    before = hidden(await person.get(draft), "before")
    answer = await person.post(f"{draft}/{name}", {"before": before, **form})
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


async def consulted(inside: InsideIntegrity, **texts: str) -> str:
    """Return the draft about which the public is asked now."""
    team = inside.person("team-rini", "integrity")
    draft = await begun(team)
    await step(team, draft, "text", {**TEXT, **texts})
    until = inside.clock.now().date() + timedelta(days=14)
    await step(team, draft, "consult", {"manner": "comment_period", "until": until.isoformat()})
    return draft


async def adopted(inside: InsideIntegrity) -> str:
    draft = await consulted(inside)
    await decreed(inside, draft)
    return draft


async def decreed(inside: InsideIntegrity, draft: str) -> None:
    """The public was asked, and the head adopts the draft."""
    team, head = inside.person("team-rini", "integrity"), inside.person("head-dewi", "head")
    inside.clock.at += timedelta(days=15)
    await step(team, draft, "close", {"summary": "Dua usulan, satu diterima."})
    begins = inside.clock.now().date().isoformat()
    page = await step(head, draft, "adopt", {"effective_from": begins})
    assert "SP-2026-000001" in page


async def test_the_public_sees_what_was_adopted_and_what_was_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        page = unescape((await inside.stranger().get(PUBLIC)).text)
        assert page.count("Not adopted by the office") == 3
        assert page.count("None yet") == 3
        await adopted(inside)
        page = unescape((await inside.stranger().get(PUBLIC)).text)
        assert page.count("Not adopted by the office") == 2
        assert "SP-2026-000001" in page


async def test_a_service_shows_its_promise_and_the_difference_in_words(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        shipped = unescape((await inside.stranger().get(f"{PUBLIC}/complaint")).text)
        assert "settings of the system" in shipped
        assert "5 working days" in shipped
        await adopted(inside)
        page = unescape((await inside.stranger().get(f"{PUBLIC}/complaint")).text)
        assert "from 5 working days to 4 working days." in page
        assert "Dua usulan, satu diterima." in page
        indonesian = unescape((await inside.stranger().get(f"{PUBLIC}/complaint?lang=id")).text)
        assert "5 hari kerja menjadi 4 hari kerja." in indonesian
        assert (await inside.stranger().get(f"{PUBLIC}/levies")).status_code == 404
        empty = unescape((await inside.stranger().get(f"{PUBLIC}/ski")).text)
        assert "has adopted no standard" in empty


async def test_the_public_reads_a_draft_only_once_it_is_asked(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        team = inside.person("team-rini", "integrity")
        draft = await begun(team)
        public = draft.replace("/desk/standards/", "/standards/drafts/")
        assert (await inside.stranger().get(public)).status_code == 404
        await step(team, draft, "text", TEXT)
        until = (inside.clock.now().date() + timedelta(days=14)).isoformat()
        await step(team, draft, "consult", {"manner": "comment_period", "until": until})
        page = unescape((await inside.stranger().get(public)).text)
        assert "jumlah_pelaksana en." in page
        assert "from 5 working days to 4 working days." in page
        assert "until" in unescape((await inside.stranger().get(PUBLIC)).text)
        assert (await inside.stranger().get(f"{PUBLIC}/drafts/{uuid4()}")).status_code == 404


async def test_a_refused_form_keeps_everything_and_says_where(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        team = inside.person("team-rini", "integrity")
        draft = await begun(team)
        wrong = {**TEXT, "period.tiers.normative.amount": "soon"}
        page = await step(team, draft, "text", wrong, 422)
        assert "Write a whole number from 1 to 9999." in page
        assert 'value="soon"' in page
        assert "jumlah_pelaksana en." in page
        page = await step(team, draft, "text", {**TEXT, "title.id": ""}, 422)
        assert "jumlah_pelaksana en." in page
        page = await step(team, draft, "text", {**TEXT, "follows": "FKP-1/99"}, 409)
        assert "no proposal of this reference: FKP-1/99" in page
        page = await step(team, draft, "text", {**TEXT, "period.tiers.normative.unit": "years"}, 422)
        assert "Choose one from the list." in page


async def test_a_period_of_more_digits_than_the_bound_has_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        team = inside.person("team-rini", "integrity")
        draft = await begun(team)
        for amount in ("0000090000", "00004", "1" * 5_000, "10000", "0000", "0", "٤"):
            page = await step(team, draft, "text", {**TEXT, "period.tiers.normative.amount": amount}, 422)
            assert "Write a whole number from 1 to 9999." in page
            assert "jumlah_pelaksana en." in page


async def test_two_writers_do_not_overwrite_each_other(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        team, other = inside.person("team-rini", "integrity"), inside.person("team-budi", "integrity")
        draft = await begun(team)
        before = hidden(await other.get(draft), "before")
        await step(team, draft, "text", TEXT)
        late = {**TEXT, "before": before, "title.id": "Judul lain"}
        answer = await other.post(f"{draft}/text", late)
        assert answer.status_code == 409
        assert "Somebody changed this draft meanwhile" in unescape(answer.text)
        assert "Judul lain" in answer.text
        await step(other, draft, "text", {**TEXT, "title.id": "Judul lain"})


async def test_whoever_wrote_does_not_adopt_and_nobody_else_may(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        head = inside.person("head-dewi", "head")
        draft = await begun(head)
        await step(head, draft, "text", TEXT)
        adopt = {"effective_from": "2027-01-01", "waiver": "higher_law", "waiver_statement": "PerBPOM"}
        page = await step(head, draft, "adopt", adopt, 409)
        assert "four eyes" in page
        assert "PerBPOM" in page
        team = inside.person("team-rini", "integrity")
        assert (await team.post(f"{draft}/adopt", {"before": "x", **adopt})).status_code == 403
        assert (await inside.person("mentor-ani", "mentor").get(DESK)).status_code == 403
        assert (await team.post(f"{draft}/sell", {})).status_code == 404
        assert (await team.get(f"{DESK}/{uuid4()}")).status_code == 404


async def test_a_standard_is_reviewed_and_withdrawn_at_the_desk(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        draft = await adopted(inside)
        head = inside.person("head-dewi", "head")
        page = await step(head, draft, "review", {"outcome": "stays", "next_due": "2030-01-01"}, 409)
        assert "reviewed every year" in page
        await step(head, draft, "review", {"outcome": "stays", "next_due": "2027-06-01"})
        await step(head, draft, "withdraw", {"standard_end": "issued_in_error"})
        page = unescape((await inside.stranger().get(f"{PUBLIC}/complaint")).text)
        assert "It was adopted by mistake" in page
        assert "settings of the system" in page
        letter = unescape((await inside.stranger().get("/integrity/letters/SP-2026-000001")).text)
        assert "Withdrawn" in letter


async def test_the_list_counts_what_it_finds_and_a_draft_ends(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        team = inside.person("team-rini", "integrity")
        draft = await begun(team, "ske")
        await begun(team, "ski")
        await step(team, draft, "drop", {"draft_end": "not_needed"})
        assert "2 found" in (await team.get(DESK)).text
        assert "1 found" in (await team.get(f"{DESK}?search=ekspor")).text
        refused = await team.post(DESK, {"key": str(uuid4()), "service": "levies"})
        assert refused.status_code == 422


async def test_the_register_shows_each_letter_and_its_file_later(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        assert "0 letters" in (await inside.stranger().get("/integrity/letters")).text
        await adopted(inside)
        page = unescape((await inside.stranger().get("/integrity/letters")).text)
        assert "1 letter" in page
        assert "SP-2026-000001" in page
        letter = await inside.stranger().get("/integrity/letters/SP-2026-000001")
        assert "being sealed" in letter.text
        assert (await inside.stranger().get("/integrity/letters/SP-2026-000001/file")).status_code == 404
        assert (await inside.stranger().get("/integrity/letters/SP-2026-000009")).status_code == 404
        authority = await inside.stranger().get("/integrity/letters/authority")
        assert authority.text.startswith("-----BEGIN CERTIFICATE-----")


async def test_first_pages_are_small(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        draft = await adopted(inside)
        stranger, head = inside.stranger(), inside.person("head-dewi", "head")
        for path in (PUBLIC, f"{PUBLIC}/complaint", "/integrity/letters", "/integrity/maklumat"):
            assert len((await stranger.get(path)).content) < 40_000, path
        for path in (DESK, draft, await begun(head, "mentoring")):
            assert len((await head.get(path)).content) < 40_000, path


async def test_a_document_is_dropped_from_a_draft(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        team = inside.person("team-rini", "integrity")
        draft = await begun(team, "mentoring")
        page = unescape((await team.get(draft)).text)
        assert "A document is asked for now: The owner's identity card (KTP), with a copy." in page
        amounts = {"correction": "30", "silence": "90", "sleep": "180", "later_check": "180"}
        periods = {f"period.tiers.{name}.amount": amount for name, amount in amounts.items()}
        units = {f"period.tiers.{name}.unit": "calendar_days" for name in amounts}
        fees = {"fee.permit": "0", "fee_up_to.permit": "0", "fee.registration": "200000"}
        form = {**periods, **units, **fees, **COMPONENTS, "title.id": "Standar", "title.en": "Standard"}
        page = await step(team, draft, "text", {**form, "drop.referral-0": "yes"})
        assert "The owner's identity card (KTP), with a copy." not in page
        low = {**form, "fee_up_to.registration": "100000"}
        assert "can't be below" in await step(team, draft, "text", low, 422)
        assert "fee.permit" in await step(team, draft, "text", {**form, "fee.permit": ""}, 422)


async def test_the_code_on_a_letter_says_more_than_its_number(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await adopted(inside)
        office, page = inside.office, "/integrity/letters/SP-2026-000001"
        row = await office.store.query(lambda tx: letter_by_number(tx, "SP-2026-000001"))
        assert row is not None
        keys = office.office_letters.keys
        genuine = Code(row.number, row.kind, "2026-03-02", "-", "Standar", row.content, CodeGoods.of([], 0))
        other = replace(genuine, content="0" * 64)
        pages = {
            name: await inside.stranger().get(code.sign(keys.address, keys.code))
            for name, code in {"genuine": genuine, "other": other}.items()
        }
        number_alone = await inside.stranger().get(page)
        assert "its number alone" in number_alone.text
        assert "The code is of this letter" in pages["genuine"].text
        assert "Standar" in pages["genuine"].text
        assert "This is not a letter as we have issued it" in pages["other"].text
        assert "This is not a letter" in (await inside.stranger().get(f"{page}?c=X")).text
        assert pages["genuine"].headers["referrer-policy"] == "strict-origin"
