"""Writes this process down under its data folder, then becomes the program: `python -m deploy.embedded.member RUN NAME PROGRAM ...`."""

import os
import sys
from pathlib import Path

from deploy.embedded.processes import enrol

if __name__ == "__main__":
    run, name, *program = sys.argv[1:]
    enrol(Path(run), name, os.getpid())
    os.execvp(program[0], program)  # noqa: S606 - becomes the program, no shell
