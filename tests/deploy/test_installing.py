"""The locks install as they are, on the index of any day: nothing is resolved, so that no later release can break or enter an installation."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.deploy.newer_index import NEWER, locked_names, newer_index

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_lock_is_installed_without_resolving_and_with_hashes() -> None:
    recipes = (ROOT / "Makefile").read_text() + (ROOT / "deploy/Dockerfile").read_text()
    calls = re.findall(r".*-r requirements\S*\.lock.*", recipes.replace("\\\n", " "))
    assert {path.name for path in LOCKS} == set(re.findall(r"requirements\S*\.lock", " ".join(calls)))
    flags = [call.replace("$(LOCKED)", "--no-deps --require-hashes") for call in calls]
    assert not [call for call in flags if "--no-deps" not in call or "--require-hashes" not in call]


def test_no_lock_names_an_address() -> None:
    assert not [path.name for path in LOCKS if "://" in path.read_text()]


@pytest.mark.long
@pytest.mark.journey
def test_the_locks_install_on_an_index_with_a_newer_release_of_everything(tmp_path: Path) -> None:
    home = tmp_path / "venv"
    python = home / "bin/python"
    names = locked_names(*(path.read_text() for path in LOCKS))
    with newer_index(names) as address:
        index = {
            "PIP_EXTRA_INDEX_URL": address,
            "PIP_NO_COMPILE": "0",
            "MAKEFLAGS": "",
        }  # the value of pip's `compile`
        run(["make", f"VENV={home}", f"{home}/.tested"], index)
        # The index is really asked, and really offers the newer ones.
        choice = run([python, "-m", "pip", "install", "--dry-run", "--no-deps", "coverage>=9999"], index)
    assert f"coverage-{NEWER}" in choice
    installed = run([python, "-m", "pip", "list", "--format=freeze"], {}).lower()
    assert f"=={NEWER}" not in installed
    assert {"coverage", "nkeys", "hypothesis"} <= {line.split("==")[0] for line in installed.splitlines()}
    assert "No broken requirements" in run([python, "-m", "pip", "check"], {})
