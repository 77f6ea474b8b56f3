"""A later run ends what an earlier one left behind, and only that."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from deploy.embedded.ground import (
    AlreadyRunningError,
    TakenPortError,
    UnfinishedRestoreError,
    check_free,
    locked,
    refuse_unfinished_restore,
)
from deploy.embedded.processes import birth, end, enrol, enrolled

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def sleeper() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(SLEEPER, start_new_session=True)


def test_what_is_left_is_ended_and_told(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    enrol(tmp_path, "intake", sleeper.pid)
    assert [member.name for member in end(tmp_path)] == ["intake"]
    assert sleeper.wait(120) == -signal.SIGTERM
    assert enrolled(tmp_path) == []


def test_a_stranger_with_the_same_number_is_left_alone(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    (tmp_path / "intake.pid").write_text(f"{sleeper.pid}\nanother time\n")
    assert end(tmp_path) == []
    assert sleeper.poll() is None
    sleeper.kill()
    sleeper.wait()


def test_a_copied_folder_ends_nothing_of_the_house_that_it_was_copied_from(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy"
    enrol(original, "intake", sleeper.pid)
    shutil.copytree(original, copy)
    assert (end(copy), list(copy.glob("*.pid"))) == ([], [])
    assert sleeper.poll() is None
    assert [member.name for member in end(original)] == ["intake"]
    assert sleeper.wait(120) == -signal.SIGTERM


def test_a_torn_record_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "intake.pid").write_text("12")
    assert end(tmp_path) == []


def test_an_ended_process_has_no_birth(sleeper: "subprocess.Popen[bytes]") -> None:
    assert birth(os.getpid()) != birth(sleeper.pid)
    sleeper.kill()
    until = time.monotonic() + 120
    while birth(sleeper.pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert birth(sleeper.pid) is None
    sleeper.wait()


def test_a_data_folder_takes_one_run(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"),
        locked(tmp_path),
    ):
        pass


def test_a_taken_port_is_named() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(TakenPortError, match=str(port)):
            check_free([port])


def test_a_house_whose_restore_was_interrupted_does_not_start(tmp_path: Path) -> None:
    refuse_unfinished_restore(tmp_path)
    (tmp_path / "backup" / "restore").mkdir(parents=True)
    with pytest.raises(UnfinishedRestoreError, match="Run it again"):
        refuse_unfinished_restore(tmp_path)
