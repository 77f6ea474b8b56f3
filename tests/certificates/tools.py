"""Programs of others that read letters: poppler, qpdf, zbar, openssl."""

import os
import shutil
import subprocess

import pytest


def require(program: str, packages: str) -> None:
    """Skip the test where the program is missing; where such programs are required that is a failure."""
    if shutil.which(program) is None:
        sentence = f"{program} is missing here: install {packages}."
        if os.environ.get("ZONA_REQUIRE_TOOLS") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)


def ran(*command: str) -> str:
    """What it says. Where it is missing nobody reads the letter, which is a failure wherever that is required."""
    require(command[0], "poppler-utils, qpdf, zbar-tools and openssl")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout
