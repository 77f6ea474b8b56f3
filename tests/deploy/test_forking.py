"""A program that begins as a fork of the supervisor is as if it had been executed."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys.house import ROOT

BECOME = "import os, sys; from deploy.embedded.forking import become; os._exit(become('program', ['a', 'b'], {'ONLY': 'this'}))"


def became(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(program)
    environment = {"PYTHONPATH": f"{ROOT}:{folder}", "EARLIER": "gone"}
    return subprocess.run([sys.executable, "-c", BECOME], env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("ends", "code", "says"),
    [
        ("", 0, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no demo')", 1, "no demo"),
        ("raise ValueError('broken')", 1, "ValueError: broken"),
    ],
)
def test_its_end_is_the_end_of_the_process(tmp_path: Path, ends: str, code: int, says: str) -> None:
    done = became(tmp_path, f"import sys\nprint('begun')\n{ends}\n")
    assert (done.returncode, done.stdout) == (code, "begun\n")
    assert says in done.stderr


def test_it_has_its_own_name_arguments_settings_and_signals(tmp_path: Path) -> None:
    done = became(
        tmp_path,
        "import gc, os, signal, sys\n"
        "print(__name__, sys.argv[1:], dict(os.environ), gc.isenabled())\n"
        "print({signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGCHLD)} == {signal.SIG_DFL})\n",
    )
    assert done.stdout == "__main__ ['a', 'b'] {'ONLY': 'this'} True\nTrue\n", done.stderr
