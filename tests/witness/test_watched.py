import os
from pathlib import Path

import pytest
from tests.witness.log import Log

from zi_tlog.cosignature import Cosigner
from zi_witness.error import OperatorError
from zi_witness.watched import Watched

LOG = Log()
NEXT_KEY = Log(seed=bytes(32))
NEIGHBOUR = Log(origin="neighbour.example/audit", seed=b"n" * 32)
WITNESS = Cosigner("witness.example/w1", b"w" * 32)


def policy(*logs: Log) -> str:
    lines = [f"log {log.vkey} https://{log.origin}/log\n" for log in logs]
    return "".join([*lines, f"witness w {WITNESS.key.vkey} https://witness.example\n", "quorum w\n"])


def test_logs_come_from_keys_and_from_policies(tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(policy(NEIGHBOUR))
    watched = Watched([LOG.vkey], [tmp_path / "policy"])
    assert watched.keys(LOG.origin) == [LOG.signer.verifier]
    assert watched.keys(NEIGHBOUR.origin) == [NEIGHBOUR.signer.verifier]
    assert watched.keys("unknown.example") == []


def test_a_log_that_changes_its_key_has_both_and_none_twice(tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(policy(LOG, NEXT_KEY))
    watched = Watched([LOG.vkey], [tmp_path / "policy"])
    assert watched.logs() == {LOG.origin: [LOG.signer.verifier, NEXT_KEY.signer.verifier]}


def test_a_policy_may_come_later_and_may_change(tmp_path: Path) -> None:
    watched = Watched([], [tmp_path / "policy"])
    assert watched.logs() == {}
    (tmp_path / "policy").write_text(policy(LOG))
    assert list(watched.logs()) == [LOG.origin]
    (tmp_path / "policy").write_text(policy(LOG, NEIGHBOUR))
    assert list(watched.logs()) == [LOG.origin, NEIGHBOUR.origin]


def test_a_folder_is_as_many_policies_as_it_has_files(tmp_path: Path) -> None:
    watched = Watched([], [tmp_path])
    (tmp_path / "first").write_text(policy(LOG))
    (tmp_path / "second").write_text(policy(NEIGHBOUR))
    assert list(watched.logs()) == [LOG.origin, NEIGHBOUR.origin]
    (tmp_path / "second").unlink()
    assert list(watched.logs()) == [LOG.origin]


def test_a_policy_that_is_spoiled_goes_on_to_hold_as_it_was(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "policy"
    path.write_text(policy(LOG))
    watched = Watched([], [path])
    path.write_text("nonsense")
    assert list(watched.logs()) == [LOG.origin]
    assert "A policy has no line 'nonsense'" in caplog.text


def test_a_policy_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "policy"
    path.write_text(policy(LOG))
    os.utime(path, ns=(1, 1))
    watched = Watched([], [path])
    path.write_text("x" * len(policy(LOG)))
    os.utime(path, ns=(1, 1))
    assert list(watched.logs()) == [LOG.origin]


def test_a_spoiled_policy_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "policy").write_text("quorum w\n")
    with pytest.raises(OperatorError, match="policy: The quorum 'w' is not defined before"):
        Watched([], [tmp_path / "policy"])


@pytest.mark.parametrize("vkey", ["nonsense", WITNESS.key.vkey])
def test_what_is_no_key_of_a_log_is_told_at_the_start(vkey: str) -> None:
    with pytest.raises(OperatorError, match="--log"):
        Watched([vkey], [])
