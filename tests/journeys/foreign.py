"""A verifier that this project did not write (aics-tlog), as a process in an environment of its own."""

import subprocess
from pathlib import Path

from tests.journeys.house import ROOT
from tests.journeys.tools import ToolResult

PYTHON = ROOT / ".venv-peers/bin/python"


def aics(command: str, tiles: str | Path, *options: object) -> ToolResult:
    """`tiles` is the address or the folder of a log."""
    assert PYTHON.exists(), "Install what ours is held against first: make .venv-peers/.installed"
    done = subprocess.run(
        [PYTHON, "-m", "aics_tlog", command, "--tiles", str(tiles), *map(str, options)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return ToolResult(done.returncode, done.stdout + done.stderr)
