from pathlib import Path

import pytest
from tests.verify.kept_log import KeptLog
from tests.verify.sample_log import LOG_KEY, POLICY, SampleLog, sample_messages

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Policy, Witness
from zi_verify.consistency import ConsistencyReport, check_consistency
from zi_verify.main import main
from zi_verify.source import LogSource
from zi_verify.status import ExitStatus
from zi_verify.verdict import Failed, Included

SIZES = [0, 1, 200, 256, 300, 600]
NOW = 1_800_000_000


def checked(old: bytes, new: bytes, by: LogSource | bytes, policy: Policy = POLICY) -> ConsistencyReport:
    return check_consistency(old, new, policy, by, NOW)


def why(report: ConsistencyReport) -> str:
    assert isinstance(report.verdict, Failed)
    assert report.proof is None
    return "\n".join(finding.render("en") for finding in report.verdict.findings)


@pytest.mark.parametrize("old", SIZES)
@pytest.mark.parametrize("new", SIZES)
def test_a_proof_from_the_tiles_can_be_kept_and_holds_without_them(old: int, new: int) -> None:
    if old > new:
        old, new = new, old
    first, second = KeptLog(sample_messages(old)).checkpoint, KeptLog(sample_messages(new))
    by_tiles = checked(first, second.checkpoint, second)
    assert by_tiles.verdict == Included()
    assert by_tiles.proof is not None
    assert checked(first, second.checkpoint, by_tiles.proof).verdict == Included()
    assert any(f"The {old} entries of OLD" in remark.en for remark in by_tiles.remarks)


def test_a_rewritten_past_is_a_fork_by_the_tiles_and_unproven_by_a_proof() -> None:
    old, new = KeptLog([b"x", *sample_messages(299)[1:]]), KeptLog(sample_messages(600))
    assert "fork: " in why(checked(old.checkpoint, new.checkpoint, new))
    proof = checked(KeptLog(sample_messages(299)).checkpoint, new.checkpoint, new).proof or b""
    assert "does not continue" in why(checked(old.checkpoint, new.checkpoint, proof))


def test_two_roots_of_one_size_are_a_fork() -> None:
    old, new = KeptLog([b"x"]), KeptLog([b"y"])
    for by in (new, KeptLog(), b"", b"no proof"):
        assert "fork: " in why(checked(old.checkpoint, new.checkpoint, by))


def test_a_shorter_one_is_a_rollback() -> None:
    old, new = KeptLog(sample_messages(9)), KeptLog(sample_messages(5))
    for by in (new, b""):
        assert "rollback: the log has 5 entries" in why(checked(old.checkpoint, new.checkpoint, by))


@pytest.mark.parametrize("at", ["tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_damaged_tiles_prove_nothing_and_accuse_nobody(at: str) -> None:
    old, new = KeptLog(sample_messages(300)).checkpoint, KeptLog(sample_messages(600))
    new.flip(at, 1)
    assert "is not proven" in why(checked(old, new.checkpoint, new))
    del new.files[at]
    assert "is not proven" in why(checked(old, new.checkpoint, new))


def test_a_checkpoint_that_the_policy_does_not_accept_is_named() -> None:
    log, other = KeptLog(sample_messages(5)), KeptLog(sample_messages(5), Signer(LOG_KEY.key.name, bytes(32)))
    assert why(checked(other.checkpoint, log.checkpoint, log)).startswith("OLD: ")
    assert why(checked(log.checkpoint, other.checkpoint, log)).startswith("NEW: ")


def test_what_is_good_is_the_newer_one_that_the_quorum_signed() -> None:
    witness = Cosigner("witness.example/w1", bytes(32))
    policy = Policy(POLICY.logs, (Witness("kampus", witness.key),), (), "kampus")

    def cosigned(checkpoint: bytes) -> bytes:
        note = parse_note(checkpoint)
        return note.signed(witness.cosign(note.text, 1767000000)).format()

    old, log = KeptLog(sample_messages(5)).checkpoint, KeptLog(sample_messages(9))
    assert "quorum" in why(checked(old, log.checkpoint, log, policy))
    report = checked(cosigned(old), log.checkpoint, log, policy)
    assert report.verdict == Included()
    (shortfall,) = report.shortfalls
    assert shortfall.status is ExitStatus.NOT_WITNESSED_YET
    assert "4 entries (5 to 8)" in shortfall.why.en
    for first in (old, cosigned(old)):
        report = checked(first, cosigned(log.checkpoint), log, policy)
        assert (report.verdict, report.shortfalls) == (Included(), ())
        assert any("Witness kampus" in remark.en for remark in report.remarks)


def test_a_proof_that_is_no_proof_is_refused() -> None:
    old, new = KeptLog(sample_messages(3)).checkpoint, KeptLog(sample_messages(9)).checkpoint
    for proof in (b"", b"nonsense\n", b"\xff\n", b"AAAA\n"):
        assert why(checked(old, new, proof)).startswith("proof: ")


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = SampleLog(tmp_path / "log", sample_messages(9))
    old, new, proof = (str(tmp_path / name) for name in ("old", "new", "proof"))
    Path(old).write_bytes(log.checkpoint)
    log.append(sample_messages(300)[9:])
    Path(new).write_bytes(log.checkpoint)
    (tmp_path / "policy").write_bytes(POLICY.format())
    by_log = ["consistency", old, new, "--log", str(tmp_path / "log")]
    assert main([*by_log, "--save-proof", proof]) == ExitStatus.NOT_COMPARED.code
    assert "come from the office itself" in capsys.readouterr().out
    pinned = ["--policy", str(tmp_path / "policy")]
    assert main(["consistency", old, new, "--proof", proof, *pinned, "--language", "id"]) == 0
    assert "9 entri pada OLD adalah awal dari 300 entri" in capsys.readouterr().out
    assert main(["consistency", new, old, "--proof", proof, *pinned]) == 1
    assert main(["consistency", old, new, "--proof", proof]) == 2
    assert "--policy" in capsys.readouterr().err
    assert main(["log", str(tmp_path / "log")]) == 0
    assert main(by_log) == main(["consistency", old, new, "--proof", proof]) == 0
    assert "Compared with the policy that was pinned on" in capsys.readouterr().out
    nowhere = str(tmp_path / "nowhere" / "proof")
    assert main(["consistency", old, new, "--log", str(tmp_path / "log"), "--save-proof", nowhere]) == 2
