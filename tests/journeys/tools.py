"""The tools of auditors and operators, as processes of their own, or in this one where there are very many calls."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.house import await_

from zi_verify.status import ExitStatus

ALONE = ExitStatus.NOT_COMPARED.code  # of evidence that is compared with no policy from elsewhere
BEYOND = ExitStatus.NOT_WITNESSED_YET.code
FAIRNESS = Path(__file__).resolve().parents[2] / "docs" / "fairness.py"
OFFLINE = (
    "import sys\n"
    "def refuse(event, arguments):\n"
    "    if event.startswith('socket.') and event != 'socket.__new__': raise OSError('there is no network here')\n"
    "sys.addaudithook(refuse)\n"
    "from zi_verify.main import main\n"
    "sys.exit(main(sys.argv[1:]))"
)


@dataclass(frozen=True)
class ToolResult:
    code: int
    text: str


def verify_receipt(evidence: Path, *options: str) -> ToolResult:
    """`zi-verify receipt`, unable to open a socket."""
    return _run(["-c", OFFLINE, "receipt", str(evidence), *options])


def verify_certificate(letter: Path, *options: str) -> ToolResult:
    """`zi-verify certificate`, unable to open a socket."""
    return _run(["-c", OFFLINE, "certificate", str(letter), *options])


def overtakings(export: str) -> ToolResult:
    """docs/fairness.py, with nothing of ours to import."""
    return _run(["-I", str(FAIRNESS)], export)


def verify_log(place: str | Path, *options: str) -> ToolResult:
    """`zi-verify log`, again while the witnesses have not signed all of it."""
    return await_(
        lambda: result if (result := _verify_log(place, *options)).code != BEYOND else None, pause=0.5
    )


def _verify_log(place: str | Path, *options: str) -> ToolResult:
    return _run(["-m", "zi_verify.main", "log", str(place), *options])


def audit(data: Path, *arguments: str, **settings: str) -> ToolResult:
    """`zi-audit` on the data folder of a house."""
    return _run(["-m", "zi_audit.cli", *arguments], ZI_DATA=str(data), **settings)


def here(tool: Callable[[list[str]], int], *arguments: str) -> ToolResult:
    """The same tool in this process."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
        code = tool(list(arguments))
    return ToolResult(code, out.getvalue())


def _run(arguments: list[str], stdin: str | None = None, **settings: str) -> ToolResult:
    done = subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        env={name: value for name, value in os.environ.items() if not name.startswith("ZI_")} | settings,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return ToolResult(done.returncode, done.stdout + done.stderr)
