"""Other programs at the same task, each run as its own process from its own environment."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-peers/bin/python"
MINING = ROOT / ".venv-mining/bin/python"
SIZES = ("10000", "100000")


def pymerkle(folder: Path) -> dict[str, dict[str, float]]:
    """Appending to pymerkle's SQLite tree and proving from it, by size."""
    folder.mkdir(parents=True)
    command = [str(PYTHON), str(ROOT / "bench/pymerkle_tree.py"), str(folder), *SIZES]
    rates: dict[str, dict[str, float]] = json.loads(
        subprocess.run(command, capture_output=True, check=True).stdout
    )
    return rates


def pm4py(log: Path) -> dict[str, dict[str, int]]:
    """Count with pm4py the events and objects of an object-centric event log by type, and the events of each officer."""
    command = [str(MINING), "-W", "ignore", str(ROOT / "bench/ocel_pm4py.py"), str(log)]
    found: dict[str, dict[str, int]] = json.loads(
        subprocess.run(command, capture_output=True, check=True).stdout
    )
    return found
