"""The commands of docs/audit.md, done as an auditor does them, over the whole house."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys import records
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.house import ROOT, House, await_

pytestmark = pytest.mark.journey

COMMANDS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/audit.md").read_text(), re.DOTALL)


def shell(commands: str, folder: Path, office: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-eu", "-c", commands],
        cwd=folder,
        env={"PATH": path, "OFFICE": office},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_an_auditor_is_led_through_the_first_hour(house: House, tmp_path: Path) -> None:
    door = Door(house.client(), house.staff)
    filed = door.file(Citizen(1, "guide").body)
    await_(lambda: records.settled(house))
    (tmp_path / "token").write_text(house.token("auditor"))
    shutil.copy(ROOT / "docs/root_over_export.py", tmp_path)
    take, prove = COMMANDS

    def proven() -> str | None:
        taken = shell(take, tmp_path, house.url)
        assert taken.returncode == 0, taken.stderr
        done = shell(prove, tmp_path, house.url)
        assert "NOT" not in done.stderr, done.stderr
        return (
            done.stdout if done.returncode == 0 else None
        )  # the index may be a moment behind the checkpoint

    assert await_(proven).startswith("The root over ")
    with (tmp_path / "entries.csv").open(newline="") as table:
        assert filed["ticket"] in {row["case"] for row in csv.DictReader(table)}
    assert json.loads((tmp_path / "entries.jsonocel").read_bytes())["events"]
    spoilt_is_found(prove, tmp_path, house.url)


def spoilt_is_found(prove: str, folder: Path, office: str) -> None:
    """An entry that is left out, one that was altered, and one that was altered together with its hash."""
    export = folder / "entries-whole.jsonl"
    lines = export.read_text().splitlines(keepends=True)
    first = json.loads(lines[0])
    other = json.dumps({**first, "entry": first["entry"] + " "}) + "\n"
    rehashed = json.dumps({**first, "entry": None, "leaf_hash": "00" * 32}) + "\n"
    for spoilt, found in (
        (lines[1:], "Entry 0 is missing"),
        ([other, *lines[1:]], "Entry 0 is not what"),
        ([rehashed, *lines[1:]], "NOT the one that was signed"),
    ):
        export.write_text("".join(spoilt))
        done = shell(prove, folder, office)
        assert (done.returncode, found in done.stderr) == (1, True), done.stderr
