"""Feeds every reader of strangers' bytes with changed ones, guided by the lines that they reach, so long as each has time; the first finding
of a reader is kept in tests/fuzz/kept, where `make test` reads it from then on."""

import secrets
import sys
import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tests.fuzz.guided import Fuzzer
from tests.fuzz.targets import CORPUS, TARGETS, Target

SECONDS = 20  # a reader


def measured(seconds: float = SECONDS) -> dict[str, Any]:
    """Of each reader how much it was fed, how many of its lines were reached, and what was found."""
    started, number = time.monotonic(), secrets.randbelow(2**32)
    targets = {target.name: _fed(target, number, seconds) for target in TARGETS}
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "number": number,
        "tries": sum(each["tries"] for each in targets.values()),
        "findings": sum(each["finding"] is not None for each in targets.values()),
        "targets": targets,
    }


def _fed(target: Target, number: int, seconds: float) -> dict[str, Any]:
    fuzzer, until = Fuzzer(target, number), time.monotonic() + seconds
    tries, slowest, finding = 0, 0.0, None
    for found in fuzzer.findings():
        tries += 1
        slowest = max(slowest, fuzzer.took)
        if found is not None:
            finding = found[1]
            _keep(target, found[0])
        if finding is not None or time.monotonic() > until:
            break
    lines, corpus = len(fuzzer.lines), len(fuzzer.corpus)
    return {
        "tries": tries,
        "lines": lines,
        "corpus": corpus,
        "slowest": round(slowest, 2),
        "finding": finding,
    }


def _keep(target: Target, data: bytes) -> None:
    folder = CORPUS / target.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / sha256(data).hexdigest()[:12]).write_bytes(data)


def row(result: dict[str, Any]) -> str:
    lines = [f"{'fuzz':22} {result['tries']:7} tries {result['findings']:3} findings {result['seconds']:5} s"]
    for name, each in result["targets"].items():
        figures = f"{each['tries']:7} tries {each['lines']:5} lines {each['corpus']:4} kept {each['slowest']:6} s slowest"
        lines.append(f"  {name:20} {figures} {each['finding'] or ''}".rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    print(row(measured(float(sys.argv[1]) if sys.argv[1:] else SECONDS)))
