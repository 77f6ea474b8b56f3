"""Run docs/forum_record.py on an export of the ledger: it writes what the pages of a forum say, and names contradictions."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import pytest
from tests.audit.log_home import OFFICE
from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, forum_office
from tests.integrity.test_survey_results_script import changed, exported

from zi_integrity.domain.proposal import HideProposal, PublishComment, SettleProposal
from zi_integrity.use_cases.proposing import PaperEntry

SCRIPT = Path(__file__).parents[2] / "docs" / "forum_record.py"


@pytest.fixture
async def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A forum to its end, as the ledger gives it to auditors."""
    monkeypatch.setenv("ZI_OFFICE", OFFICE)
    async with forum_office(tmp_path / "integrity") as there:
        await there.opened(quorum=2)
        await there.mailed()
        codes = await there.printed(3)
        await there.published(codes[0])
        paper = PaperEntry("media", "Papan tarif", "Pasang tarif.", None)
        await there.office.proposing.enter(there.staff(), uuid4(), FIRST, paper, "id")
        hide = HideProposal(by=there.staff(), reason="off_topic")
        await there.office.proposing.moderate(FIRST, 2, hide)
        for code in codes:
            await there.support(1, code)
        await there.office.proposing.comment(there.public(), uuid4(), FIRST, 1, codes[0], "Setuju.")
        [comment] = there.messages("proposal_commented")
        await there.office.proposing.moderate(
            FIRST, 1, PublishComment(by=there.staff(), comment=comment.data["comment"])
        )
        await there.pass_time(15 * DAY)
        await there.count()
        settle = SettleProposal(by=there.staff(), outcome="accepted", grounds="Mulai Senin.")
        await there.office.proposing.settle(FIRST, 1, settle)
        return await exported(there.inside, tmp_path / "ledger")


def written(lines: Iterable[str]) -> tuple[int, list[str]]:
    """Run the script with nothing of ours to import; return its exit code and what it prints."""
    export = "".join(f"{line}\n" for line in lines)
    done = subprocess.run([sys.executable, "-I", SCRIPT], input=export, capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_it_is_short_enough_to_be_read() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 110


async def test_the_ledger_alone_gives_the_record_of_a_forum(lines: list[str]) -> None:
    code, found = written(lines)
    assert (code, [line for line in found if line]) == (
        0,
        [
            "FKP-2026-1 | Standar pelayanan | no_quorum | contributions until 2026-12-21T02:00:00Z",
            "  users: 3 of 20",
            "  media: 0 of 2",
            "  codes: email 1, counter 3, attendance 0",
            "  1. online | published | supported 3, comments 1 | accepted Mulai Senin.",
            "  2. paper | off_topic | supported 0, comments 0 | -",
        ],
    )


async def test_support_that_was_taken_out_or_doubled_is_found(lines: list[str]) -> None:
    code, found = written(changed(line, '"support":3', '"support":4') for line in lines)
    assert code == 1
    assert "FKP-2026-1, proposal 1: support was counted twice or got lost" in found
    assert any("this text is not what the ledger has" in line for line in found)


async def test_a_quorum_that_was_not_reached_is_found(lines: list[str]) -> None:
    code, found = written(changed(line, '"has_quorum":false', '"has_quorum":true') for line in lines)
    assert code == 1
    assert "FKP-2026-1: closed early, or its quorum is not what it says" in found
