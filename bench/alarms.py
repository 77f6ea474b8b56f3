"""Debian's promtool judges the alarms over the numbers in deploy/prometheus/alarms_test.yml, and reads what Prometheus is started with; needs the
package `prometheus`."""

import re
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "deploy" / "prometheus"


def measured() -> dict[str, Any]:
    """Raises CalledProcessError, with what promtool printed, where an alarm fires otherwise than it should."""
    started = time.monotonic()
    promtool = shutil.which("promtool")
    if promtool is None:
        raise FileNotFoundError("promtool is missing: apt-get install prometheus")
    with tempfile.TemporaryDirectory(prefix="zona-alarms-") as folder:
        _laid_out(Path(folder))
        for words in (("test", "rules", "alarms_test.yml"), ("check", "config", "prometheus.yml")):
            subprocess.run([promtool, *words], cwd=folder, check=True, capture_output=True, text=True)
    cases = yaml.safe_load((FOLDER / "alarms_test.yml").read_text())["tests"]
    fired = sum(bool(judged["exp_alerts"]) for case in cases for judged in case["alert_rule_test"])
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "cases": len(cases),
        "fired": fired,
        "silent": len(cases) - fired,
    }


def row(result: dict[str, Any]) -> str:
    figures = " ".join(f"{result[key]:5} {key}" for key in ("cases", "fired", "silent"))
    return f"{'alarms':22} {figures} {result['seconds']:5} s"


def _laid_out(folder: Path) -> None:
    """Copy the files to where they find each other, as they do in the container."""
    for path in FOLDER.iterdir():
        text = path.read_text()
        (folder / path.name).write_text(re.sub(r"/etc/prometheus/", "", text))
