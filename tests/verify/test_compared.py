"""A receipt pins nothing: it is compared with a policy from elsewhere, or with what `log` pinned, or says that nothing was compared."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.verify.sample_log import LOG_KEY, POLICY, SampleLog, filed

from zi_tlog.evidence_zip import EvidenceArchive
from zi_tlog.note import Signer
from zi_tlog.policy import Log, Policy
from zi_verify.evidence_notes import policy_of
from zi_verify.main import main
from zi_verify.memory import Memory, default_path
from zi_verify.pin import PolicyPin
from zi_verify.standing import KeyRotation
from zi_verify.status import ExitStatus

NOT_COMPARED = ExitStatus.NOT_COMPARED.code
OTHER_KEY = Signer(LOG_KEY.key.name, bytes(32))
OTHER_LOG = Signer("ledger.example/other", b"o" * 32)
Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return zipped(tmp_path)


def zipped(folder: Path, policy: Policy = POLICY, signer: Signer = LOG_KEY) -> Path:
    """The evidence of a case under this log, with this policy beside it."""
    _, evidence = filed(folder / "log")
    log = SampleLog(folder / "other", [], signer)
    log.append([b"first", *(entry.message for entry in evidence.entries)])
    path = folder / "evidence.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("policy", policy.format())
        for index, entry in enumerate(evidence.entries, 1):
            archive.writestr(f"entries/{entry.event_id}.json", entry.message)
            archive.writestr(f"entries/{entry.event_id}.tlog-proof", log.receipt(index))
    return path


@pytest.fixture
def run(tmp_path: Path, evidence: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*options: str) -> tuple[int, list[str]]:
        return main(["receipt", str(evidence), *options]), capsys.readouterr().out.splitlines()

    return run


def test_without_a_pin_it_says_whose_word_it_is_and_compares_nothing(run: Run) -> None:
    code, lines = run()
    assert code == NOT_COMPARED
    assert lines[0] == f"The log is {LOG_KEY.key.name}, and its key is {LOG_KEY.key.vkey}"
    assert lines[1] == "Not compared with anything."
    assert lines[-2:] == ["exit status 5: not compared", "included / tercantum"]
    assert (
        run("--language", "id")[1][0] == f"Log-nya adalah {LOG_KEY.key.name}, dan kuncinya {LOG_KEY.key.vkey}"
    )


def test_it_never_pins(run: Run) -> None:
    for _ in range(2):
        assert run()[0] == NOT_COMPARED
    assert not default_path().exists()


def test_it_is_compared_with_a_policy_from_elsewhere(run: Run, tmp_path: Path) -> None:
    (tmp_path / "policy").write_bytes(POLICY.format())
    code, lines = run("--policy", str(tmp_path / "policy"))
    assert (code, lines[1]) == (0, "Compared with the policy that you gave with --policy.")


def test_it_is_compared_with_what_the_log_pinned(run: Run, tmp_path: Path) -> None:
    assert main(["log", str(tmp_path / "log")]) == 0
    code, lines = run()
    assert code == 0
    assert any(line.startswith("Compared with the policy that was pinned on ") for line in lines)
    assert run("--no-memory")[0] == NOT_COMPARED


def test_another_key_under_the_pinned_name_fails(run: Run) -> None:
    Memory(default_path()).pin(PolicyPin(LOG_KEY.key.name, Policy((Log(OTHER_KEY.key),)), 1), "somewhere")
    assert run()[0] == 1


def test_a_log_that_was_never_pinned_is_told_apart_from_those_that_were(run: Run) -> None:
    Memory(default_path()).pin(PolicyPin(OTHER_LOG.key.name, Policy((Log(OTHER_LOG.key),)), 1), "somewhere")
    code, lines = run()
    assert (code, lines[-3].endswith(f"Pinned so far: {OTHER_LOG.key.name}.")) == (NOT_COMPARED, True)


@pytest.mark.parametrize("evidence_of", [LOG_KEY, OTHER_LOG])
def test_naming_the_pinned_log_beside_another_one_helps_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], evidence_of: Signer
) -> None:
    Memory(default_path()).pin(PolicyPin(LOG_KEY.key.name, POLICY, 1), "somewhere")
    both = Policy((Log(OTHER_LOG.key), Log(LOG_KEY.key)))
    assert main(["receipt", str(zipped(tmp_path, both, evidence_of))]) == int(evidence_of is OTHER_LOG)


@pytest.mark.parametrize(("retired_at", "expected"), [(0, 1), (2, 1), (3, 0)])
def test_a_retired_key_is_valid_for_its_time_only(
    run: Run, tmp_path: Path, retired_at: int, expected: int
) -> None:
    policy = Policy((Log(LOG_KEY.key), Log(OTHER_KEY.key)))
    rotation = KeyRotation(retired_at, LOG_KEY.key.vkey, OTHER_KEY.key.vkey)
    Memory(default_path()).pin(PolicyPin(LOG_KEY.key.name, policy, 1, (rotation,)), "somewhere")
    (tmp_path / "policy").write_bytes(policy.format())
    for options in ((), ("--policy", str(tmp_path / "policy"))):
        code, lines = run(*options)
        assert (code, any("retired" in line for line in lines)) == (expected, bool(expected))


def test_a_zip_without_a_usable_policy_fails(run: Run, evidence: Path) -> None:
    evidence.write_bytes(evidence.read_bytes().replace(b"quorum none", b"quorum nobo"))
    assert policy_of(EvidenceArchive(io.BytesIO(evidence.read_bytes()))) is None
    assert run()[0] == 1
