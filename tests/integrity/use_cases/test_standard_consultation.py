"""A standard about which the public is asked in a forum: which forums and which proposals count, and what everybody sees of it."""

from datetime import timedelta
from html import unescape
from pathlib import Path

from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, ForumOffice, forum_office
from tests.integrity.inside import opened
from tests.integrity.test_standards_script import visible_text
from tests.integrity.web.test_standards import TEXT, adopted, begun, step

from zi_contracts.integrity.forum import ProposalOutcome
from zi_integrity.domain.proposal import HideProposal, SettleProposal
from zi_rules.standard import Component

PERIOD = "period.tiers.normative.amount"


async def accepted(there: ForumOffice, proposal: int, outcome: ProposalOutcome = "accepted") -> None:
    settle = SettleProposal(
        by=there.staff(),
        outcome=outcome,
        grounds="Sesuai anggaran.",
        components=(Component.JANGKA_WAKTU,) if outcome != "refused" else (),
    )
    await there.office.proposing.settle(FIRST, proposal, settle)


async def test_a_standard_is_discussed_in_a_forum_and_follows_its_proposals(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        await there.opened()
        codes = await there.printed(3)
        for code in codes:
            await there.published(code)
        team, head = there.inside.person("team-rini", "integrity"), there.inside.person("head-dewi", "head")
        draft = await begun(team)
        await step(team, draft, "text", TEXT)
        until = (there.clock.now().date() + timedelta(days=14)).isoformat()
        consult = {"manner": "forum", "until": until}
        page = await step(team, draft, "consult", {**consult, "forum": "FKP-9999-77"}, 409)
        assert "There is no forum of this number" in page
        await step(team, draft, "consult", {**consult, "forum": FIRST})
        await there.pass_time(16 * DAY)
        await step(team, draft, "close", {"summary": "Tiga usulan, satu diterima."})
        await accepted(there, 1)
        await accepted(there, 2, "refused")
        await accepted(there, 3)
        hide = HideProposal(by=there.staff(), reason="insult")
        await there.office.proposing.moderate(FIRST, 3, hide)
        for unusable in (f"FKP-{FIRST}/2", f"FKP-{FIRST}/3"):
            page = await step(team, draft, "text", {**TEXT, PERIOD: "9", "follows": unusable}, 409)
            assert f"no proposal of this reference: {unusable}" in page
        await step(team, draft, "text", {**TEXT, PERIOD: "9", "follows": f"FKP-{FIRST}/1"})
        public = draft.replace("/desk/standards/", "/standards/drafts/")
        page = unescape((await there.inside.stranger().get(public)).text)
        before, since = page.split("What was changed after the public was asked")
        assert "from 5 working days to 4 working days." in before
        assert "from 4 working days to 9 working days." in since
        assert "The whole text as it is now" in since
        await step(head, draft, "adopt", {"effective_from": there.clock.now().date().isoformat()})
        page = unescape((await there.inside.stranger().get("/integrity/standards/complaint")).text)
        assert f"about this text in a public consultation forum: FKP-{FIRST} . Tiga usulan" in visible_text(
            page
        )
        assert f'href="/integrity/forum/{FIRST}/proposals/1">FKP-{FIRST}/1</a>' in page
        assert "was not asked" not in page
        assert (
            "from 4 working days to 9 working days." in page.split("Changed after the public was asked:")[1]
        )
        assert "from 4 working days to 9 working days." in unescape(
            (await there.inside.stranger().get(public)).text
        )


async def test_everybody_reads_that_the_public_proposed_and_was_not_asked(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        await there.opened()
        [code] = await there.printed(1)
        await there.published(code)
        await there.pass_time(16 * DAY)
        await accepted(there, 1)
        team, head = there.inside.person("team-rini", "integrity"), there.inside.person("head-dewi", "head")
        for follows in ("", f"FKP-{FIRST}/1"):
            draft = await begun(team)
            await step(team, draft, "text", {**TEXT, PERIOD: "3" if follows else "4", "follows": follows})
            today = there.clock.now().date().isoformat()
            await step(
                head,
                draft,
                "adopt",
                {"effective_from": today, "waiver": "higher_law", "waiver_statement": "Peraturan rekaan."},
            )
            page = visible_text((await there.inside.stranger().get("/integrity/standards/complaint")).text)
            proposed = f"but was not asked about this text: A higher rule leaves no choice. Peraturan rekaan. Follows the proposals: {follows}"
            sentence = "The public was not asked: A higher rule leaves no choice. Peraturan rekaan."
            assert (sentence in page, proposed in page) == (True, bool(follows))
            await there.pass_time(DAY)


async def test_the_head_says_in_public_why_more_changes_than_a_proposal_names(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        await there.opened()
        await there.published((await there.printed(1))[0])
        team, head = there.inside.person("team-rini", "integrity"), there.inside.person("head-dewi", "head")
        draft = await begun(team)
        await step(team, draft, "text", TEXT)
        until = (there.clock.now().date() + timedelta(days=14)).isoformat()
        await step(team, draft, "consult", {"manner": "forum", "until": until, "forum": FIRST})
        await there.pass_time(16 * DAY)
        await step(team, draft, "close", {"summary": "Satu usulan."})
        await accepted(there, 1)
        more = {**TEXT, PERIOD: "3", "component.biaya.id": "Berbayar.", "follows": f"FKP-{FIRST}/1"}
        await step(team, draft, "text", more)
        adopt = {"effective_from": there.clock.now().date().isoformat()}
        page = await step(head, draft, "adopt", adopt, 409)
        assert (
            "No proposal that this text follows names these components, and they were changed: biaya." in page
        )
        assert "Why components change that no proposal names: Fee" in page
        await step(head, draft, "adopt", {**adopt, "unnamed_reason": "Tarif diatur ulang."})
        page = visible_text((await there.inside.stranger().get("/integrity/standards/complaint")).text)
        assert "for this reason: Tarif diatur ulang." in page
        assert "Components that it changes: Time until it is done, Fee." in page
        proposal = visible_text(
            (await there.inside.stranger().get(f"/integrity/forum/{FIRST}/proposals/1")).text
        )
        assert "Components of a service standard that it changes" in proposal


async def test_everybody_reads_until_when_the_public_could_comment(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await adopted(inside)
        page = visible_text((await inside.stranger().get("/integrity/standards/complaint")).text)
        assert "in an open period for comments until" in page
        assert "Dua usulan, satu diterima." in page
        assert "was not asked" not in page


async def test_no_standard_is_adopted_over_a_forum_that_was_cancelled(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        await there.planned()
        team, head = there.inside.person("team-rini", "integrity"), there.inside.person("head-dewi", "head")
        draft = await begun(team)
        await step(team, draft, "text", TEXT)
        until = (there.clock.now().date() + timedelta(days=14)).isoformat()
        consult = {"manner": "forum", "forum": f"FKP-{FIRST}", "until": until}
        await step(team, draft, "consult", consult)
        await there.office.forum_planning.cancel(there.staff("head-dewi", "head"), FIRST, "other")
        await there.pass_time(16 * DAY)
        await step(team, draft, "close", {"summary": "Tidak ada usulan."})
        adopt = {"effective_from": there.clock.now().date().isoformat()}
        page = await step(head, draft, "adopt", adopt, 409)
        assert f"asked in FKP-{FIRST}, which was not held" in page
        later = (there.clock.now().date() + timedelta(days=14)).isoformat()
        page = await step(team, draft, "consult", {**consult, "until": later}, 409)
        assert "or it was cancelled" in page
