"""A thousand cases from their ends to their answers, and an adversary with every file, key and copy of the pool who guesses whose answer
is whose; the same once more with a pool that leaks on purpose, which must be found out."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from tests.integrity.survey_adversary import allowed, attack, groups, leak, live
from tests.integrity.survey_house import opened

CASES = 1_000


def measured(cases: int = CASES) -> dict[str, Any]:
    """Return for each strategy its hits among the answers, and how many are allowed; findings are strategies that had more."""
    started = time.monotonic()
    results, smallest, found = asyncio.run(_tried(cases, leaking=False))
    leaked, _, _ = asyncio.run(_tried(cases // 4, leaking=True))
    findings = [name for name, (hits, answers) in results.items() if hits > allowed(answers, smallest)]
    hits, answers = leaked["order of the store"]
    if hits <= allowed(answers, smallest):
        findings.append("a leaking pool was not found out")
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "cases": cases,
        "smallest_group": smallest,
        "groups": found,
        "hits": {name: {"hits": hits, "answers": answers} for name, (hits, answers) in results.items()},
        "allowed": round(allowed(max(answers for _, answers in results.values()), smallest), 1),
        "leaking": {name: {"hits": hits, "answers": answers} for name, (hits, answers) in leaked.items()},
        "findings": findings,
    }


async def _tried(cases: int, leaking: bool) -> tuple[dict[str, tuple[int, int]], int, int]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with opened(folder) as house:
            if leaking:
                leak(house)
            history = await live(house, cases, Random(9474))
            smallest = house.office.invitation_rules[0].smallest_group
        return attack(folder, history), smallest, len(groups(folder))


def row(result: dict[str, Any], /) -> str:
    lines = [
        f"{'unlinkability':22} {result['cases']:5} cases {result['groups']:4} groups of at least {result['smallest_group']} "
        f"{len(result['findings'])} findings {result['seconds']:5} s"
    ]
    lines += [
        f"  {name}: {each['hits']} of {each['answers']} guessed, {result['allowed']} allowed"
        for name, each in result["hits"].items()
    ]
    return "\n".join(lines)
