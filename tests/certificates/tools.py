"""Programs of others that read letters: poppler, qpdf, zbar, openssl."""

import os
import shutil
import subprocess

import pytest


def ran(*command: str) -> str:
    """What it says. Where it is missing nobody reads the letter, which is a failure wherever that is required."""
    if shutil.which(command[0]) is None:
        sentence = f"{command[0]} is missing here: install poppler-utils, qpdf, zbar-tools and openssl."
        if os.environ.get("ZONA_REQUIRE_TOOLS") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout
