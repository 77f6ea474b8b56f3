"""Lets Lighthouse judge the seven public areas as a phone of the middle class sees them, each three times, and writes the middle figures
to bench/lighthouse.json. It needs `lighthouse` on the PATH (npm install --global lighthouse@12); without it nothing is measured and
the file stays. It ends by itself and speaks to 127.0.0.1 only: `python -m bench.lighthouse`.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.journeys.browser import program
from tests.journeys.tour import AREAS

from bench import house

PORT, RUNS, WANTED = 18_950, 3, 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "first_paint_ms": "first-contentful-paint",
    "largest_paint_ms": "largest-contentful-paint",
    "blocked_ms": "total-blocking-time",
    "bytes": "total-byte-weight",
}
RESULTS = Path(__file__).with_name("lighthouse.json")
FLAGS = "--headless --no-sandbox --disable-gpu"


def main() -> int:
    """Exit 1 when an area has less than 95 somewhere."""
    lighthouse = shutil.which("lighthouse")
    if lighthouse is None:
        print("Lighthouse is not on the PATH: the figures in bench/lighthouse.json stay as they are.")
        return 0
    with tempfile.TemporaryDirectory() as folder, house.whole(Path(folder), PORT) as settings:
        areas = {
            area: middle([judged(lighthouse, settings.public_url + area) for _ in range(RUNS)])
            for area in AREAS
        }
    load = round(os.getloadavg()[0], 1)
    version = subprocess.run(
        [lighthouse, "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    when = datetime.now(UTC).isoformat(timespec="seconds")
    results = {"when": when, "lighthouse": version, "load": load, "runs": RUNS, "areas": areas}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    for area, figures in areas.items():
        print(f"{area:16}", *(f"{name} {figures[name]}" for name in CATEGORIES))
    return int(any(figures[name] < WANTED for figures in areas.values() for name in CATEGORIES))


def judged(lighthouse: str, url: str) -> dict[str, int]:
    """Return the scores out of 100, and the figures behind the first of them."""
    command = [
        lighthouse,
        url,
        "--quiet",
        "--output=json",
        f"--chrome-flags={FLAGS}",
        f"--only-categories={','.join(CATEGORIES)}",
    ]
    environment = os.environ | {"CHROME_PATH": program()}
    done = subprocess.run(command, capture_output=True, check=True, timeout=300, env=environment)
    report: dict[str, Any] = json.loads(done.stdout)
    scores = {name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES}
    return scores | {name: round(report["audits"][audit]["numericValue"]) for name, audit in METRICS.items()}


def middle(runs: list[dict[str, int]]) -> dict[str, int]:
    return {name: round(statistics.median(each[name] for each in runs)) for name in runs[0]}


if __name__ == "__main__":
    sys.exit(main())
