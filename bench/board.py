"""umkm: the supervisor's board over ten thousand cases, page by page and by every filter. Alone, with SQLite only:
`python -m bench.board`."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.certificates.inside import ticket_of
from tests.umkm import steps as usual
from tests.umkm.calling import Calling
from tests.umkm.steps import MONDAY, changed, mentor, named
from tests.umkm.visiting import visited

from zi_umkm.case import CaseCommands
from zi_umkm.published import cases

CASES, AT_ONCE, MENTORS, TIMES = 10_000, 200, 12, 100
DISTRICTS = ("tarakan", "bulungan", "malinau", "nunukan", "tana_tidung")
AFTER = (usual.TRIAGE, usual.SELF, usual.ASSESS, usual.AGREE)
ASKED: Mapping[str, Mapping[str, str]] = {
    "first_page": {},
    "of_a_district": {"district": "malinau"},
    "of_a_state": {"state": "correcting"},
    "of_a_mentor": {"mentor": "mentor-3"},
    "of_nobody": {"mentor": "-"},
    "of_the_office": {"holder": "office", "limit": "200"},
    "in_the_middle": {"cursor": "2026-12-04T00:00:00.000000Z 0"},
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="zona-board-") as folder:
        print(json.dumps(measured(Path(folder)), indent=1))
    return 0


def measured(folder: Path, **databases: str) -> dict[str, Any]:
    """`databases` are further ones, by name."""
    told: dict[str, Any] = {"cases": CASES}
    for name, place in {"sqlite": "", **databases}.items():
        (folder / name).mkdir(parents=True)
        told[name] = asyncio.run(_of(folder / name, place))
    return told


async def _of(folder: Path, database: str) -> dict[str, Any]:
    async with visited(folder, database) as visiting:
        calling = Calling(visiting)
        await _filled(calling)
        return {name: await _looked(calling, asked) for name, asked in ASKED.items()}


async def _filled(calling: Calling) -> None:
    """Each case with as much behind it as chance gives it."""
    store, chance = calling.inside.office.store, Random(9)

    async def one(number: int) -> None:
        for command in _commands(number, chance):
            await store.handle(cases, named(f"case {number}"), command)

    for first in range(0, CASES, AT_ONCE):
        await asyncio.gather(*(one(number) for number in range(first, first + AT_ONCE)))


def _commands(number: int, chance: Random) -> Iterator[CaseCommands]:
    at = MONDAY - timedelta(minutes=CASES - number)
    own = named(f"subject {number}")
    yield changed(
        usual.REGISTER,
        by=usual.owner(at),
        ticket=ticket_of(f"case {number}"),
        business_ref=f"{number:064x}",
        data_subject=own,
        business=usual.BUSINESS.model_copy(update={"district": chance.choice(DISTRICTS)}),
    )
    if chance.random() < 0.1:
        return
    hers = f"mentor-{chance.randrange(MENTORS)}"
    yield changed(usual.ASSIGN, by=mentor(hers, at), mentor=hers)
    for command in AFTER[: chance.randrange(len(AFTER) + 1)]:
        who = mentor(hers, at) if command.by.role == "staff:mentor" else usual.owner(at)
        yield changed(command, by=who)


async def _looked(calling: Calling, asked: Mapping[str, str]) -> dict[str, float]:
    taken, shown = [], calling.supervisor
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = await calling.get("/board", shown, **asked)
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.text
    taken.sort()
    return {"p50_ms": round(taken[TIMES // 2], 1), "p95_ms": round(taken[TIMES * 95 // 100], 1)}


if __name__ == "__main__":
    sys.exit(main())
