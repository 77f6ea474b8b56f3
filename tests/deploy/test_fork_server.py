"""A program that begins as a fork of the journeys' server is as if it had been executed, and ends with its worker at the latest."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.fork_server import Forked, ForkServer, program_modules
from tests.journeys.house import ROOT, await_

PROGRAM = "tests.deploy.forked_program"
PATIENCE = 60


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    server = ForkServer(())
    yield server
    server.close()


def begun(server: ForkServer, output: Path, *arguments: str, **environment: str) -> Forked:
    with output.open("wb") as out:
        return server.run(PROGRAM, arguments, environment, out.fileno())


def facts(server: ForkServer, output: Path, **environment: str) -> Any:
    assert begun(server, output, "facts", **environment).wait(PATIENCE) == 0, output.read_text()
    return json.loads(output.read_text())


def test_it_has_settings_a_session_and_files_of_its_own(server: ForkServer, tmp_path: Path) -> None:
    first = facts(server, tmp_path / "first", ZI_PORT="1")
    second = facts(server, tmp_path / "second")
    assert (first["environment"], second["environment"]) == ({"ZI_PORT": "1"}, {})
    assert first["folder"] == str(ROOT)
    assert first["leads"]
    assert first["files"] == ["0", "1", "2"]
    assert first["signals"] == [True, True]
    assert not set(first["drawn"]) & set(second["drawn"])


@pytest.mark.parametrize(("argument", "code"), [("0", 0), ("3", 3), ("fault", 1), ("kill", -signal.SIGKILL)])
def test_its_exit_code_is_reported(server: ForkServer, tmp_path: Path, argument: str, code: int) -> None:
    forked = begun(server, tmp_path / "out", argument)
    assert forked.wait(PATIENCE) == code
    assert forked.poll() == forked.returncode == code
    forked.kill()  # whoever has the number now is left alone


def test_it_takes_signals(server: ForkServer, tmp_path: Path) -> None:
    forked = begun(server, out := tmp_path / "out", "wait")
    await_(lambda: "waits" in out.read_text())
    assert forked.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        forked.wait(0)
    forked.terminate()
    assert (forked.wait(PATIENCE), out.read_text()) == (5, "waits\nstopped\n")


def test_what_a_worker_leaves_is_told_to_stop(tmp_path: Path) -> None:
    server = ForkServer(())
    begun(server, out := tmp_path / "out", "wait")
    await_(lambda: "waits" in out.read_text())
    server.close()
    await_(lambda: "stopped" in out.read_text())


def test_it_reads_every_program_of_make_up() -> None:
    programs = {"zi_intake.main", "zi_audit.writer.main", "zi_notify.mailbox", "zi_operations.cli"}
    assert programs <= set(program_modules())
