"""The configuration of supervisord: it restarts whatever dies, at once and for ever, and stops floor after floor."""

import getpass
import os
import shlex
import subprocess
import sys
from itertools import groupby
from pathlib import Path

from deploy.embedded.programs import Program

# Between two starts of a program that ends at once supervisord waits one second longer each time.
FOR_EVER = 1_000_000
SECONDS_TO_STOP = 10


def start(config: Path) -> "subprocess.Popen[bytes]":
    """Run supervisord in a session of its own."""
    line = [sys.executable, "-m", "deploy.embedded.forking", "-c", str(config)]
    return subprocess.Popen(line, start_new_session=True, stdin=subprocess.DEVNULL)


def render(programs: list[Program], data: Path, here: Path) -> str:
    parts = [_supervisord(data, here), *(_program(program, data) for program in programs)]
    floors = groupby(sorted(programs, key=lambda p: p.floor), key=lambda p: p.floor)
    parts += [_group(floor, [program.name for program in members]) for floor, members in floors]
    return "\n".join(parts)


def _supervisord(data: Path, here: Path) -> str:
    return _section(
        "supervisord",
        nodaemon="true",
        silent="true",
        logfile=str(data / "logs" / "supervisord.log"),
        pidfile=str(data / "run" / "supervisord"),
        directory=str(here),
        umask="077",
        **({"user": getpass.getuser()} if os.getuid() == 0 else {}),
    )


def _program(program: Program, data: Path) -> str:
    return _section(
        f"program:{program.name}",
        command=shlex.join(program.command),
        environment=",".join(f'{name}="{value}"' for name, value in program.environment.items()),
        autorestart="unexpected" if program.once else "true",
        startsecs="0" if program.once else "1",
        startretries=str(FOR_EVER),
        stopwaitsecs=str(SECONDS_TO_STOP),
        stopasgroup="true",
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=str(data / "logs" / f"{program.name}.log"),
        stdout_logfile_maxbytes="10MB",
        stdout_logfile_backups="2",
    )


def _group(floor: int, names: list[str]) -> str:
    return _section(f"group:floor-{floor}", programs=",".join(names), priority=str(floor))


def _section(title: str, **values: str) -> str:
    escaped = (f"{name}={value.replace('%', '%%')}" for name, value in values.items() if value)
    return "\n".join([f"[{title}]", *escaped, ""])
