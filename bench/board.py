"""umkm over ten thousand cases: the supervisor's board by every filter, the desk, its lists with their search, and the statistics, as pages
and as answers to programs, over HTTP. Alone, on both databases: `python -m bench.board [file.json]`."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.certificates.inside import ticket_of
from tests.umkm import steps as usual
from tests.umkm.inside import opened
from tests.umkm.steps import changed, named

from bench import load
from bench.desk_rates import Desk
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.store import Store
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.main import front
from zi_umkm.messaging.published import cases

CASES, AT_ONCE, MENTORS = 10_000, 200, 12
DISTRICTS = ("tarakan", "bulungan", "malinau", "nunukan", "tana_tidung")
BEGIN, EVERY = datetime(2026, 1, 5, tzinfo=UTC), timedelta(minutes=30)
MIDDLE = rfc3339(BEGIN + CASES // 2 * EVERY)
WAY = (usual.TRIAGE, usual.SELF, *usual.NUMBERED[len(usual.TRIAGED) :])
API, PAGE = "/umkm/api/board", "/umkm/desk/board"
LISTS, WHO = "/umkm/desk/lists/", "mentor-3"
QUERIES: load.Queries = {
    "api_first_page": (API, {}),
    "api_of_a_district": (API, {"district": "malinau"}),
    "api_of_a_state": (API, {"state": "correcting"}),
    "api_of_a_mentor": (API, {"mentor": "mentor-3"}),
    "api_of_nobody": (API, {"mentor": "-"}),
    "api_of_the_office": (API, {"holder": "office", "limit": "200"}),
    "api_of_all_these": (
        API,
        {"district": "malinau", "state": "correcting", "mentor": "mentor-3", "holder": "office"},
    ),
    "api_in_the_middle": (API, {"cursor": f"{MIDDLE} 0"}),
    "page_first": (PAGE, {}),
    "page_of_a_district": (PAGE, {"district": "malinau"}),
    "page_of_a_state": (PAGE, {"status": "correcting"}),
    "page_of_the_office": (PAGE, {"holder": "office"}),
    "page_of_all_these": (PAGE, {"district": "malinau", "status": "correcting", "holder": "office"}),
    "page_in_the_middle": (PAGE, {"since": MIDDLE, "after": "000000000"}),
    "desk": ("/umkm/desk/", {}),
    "api_desk": ("/umkm/api/desk", {}),
    "list_of_own_cases": (f"{LISTS}cases", {"scope": "mine"}),
    "list_of_all_cases": (f"{LISTS}cases", {"scope": "all"}),
    "list_of_all_cases_in_the_middle": (f"{LISTS}cases", {"scope": "all", "page": "100"}),
    "list_by_all_filters": (
        f"{LISTS}cases",
        {"scope": "all", "district": "malinau", "status": "correcting", "mentor": WHO, "holder": "office"},
    ),
    "search_by_ticket": (f"{LISTS}cases", {"scope": "all", "ticket": ticket_of("case 77")[:5]}),
    "list_of_evidence": (f"{LISTS}findings", {}),
    "list_of_numbers": (f"{LISTS}numbers", {}),
    "statistics": ("/umkm/statistics", {}),
    "api_statistics": ("/umkm/api/statistics", {}),
}


async def filled(folder: Path, database: str) -> None:
    """Each case with as much behind it as chance gives it."""
    async with opened(folder, database) as inside:
        store, chance = inside.office.store, Random(9)
        for first in range(0, CASES, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            await asyncio.gather(
                *(_handle_all(store, each, list(_commands(each, chance))) for each in numbers)
            )


async def _handle_all(store: Store, number: int, commands: list[MentoringCommands]) -> None:
    for command in commands:
        await store.handle(cases, named(f"case {number}"), command)


def _commands(number: int, chance: Random) -> Iterator[MentoringCommands]:
    at, hers = BEGIN + number * EVERY, f"mentor-{chance.randrange(MENTORS)}"
    subject = named(f"subject {number}")
    actors = {"staff:mentor": hers, "public": str(subject)}
    yield changed(
        usual.REGISTER,
        by=usual.owner(at).model_copy(update={"actor": str(subject)}),
        ticket=ticket_of(f"case {number}"),
        business_ref=f"{number:064x}",
        data_subject=subject,
        business=usual.BUSINESS.model_copy(update={"district": chance.choice(DISTRICTS)}),
    )
    if chance.random() < 0.9:
        yield changed(usual.ASSIGN, by=usual.mentor(hers, at), mentor=hers)
        permit = changed(usual.CERTIFICATE, letter=named(f"permit {number}"), number=f"IPC-2026-{number:06}")
        for command in WAY[: chance.randrange(len(WAY) + 1)]:
            if command is usual.ISSUE:
                command = changed(command, certificate=permit)
            at += timedelta(hours=chance.randrange(48))
            who = actors.get(command.by.role, command.by.actor)
            yield changed(command, by=command.by.model_copy(update={"at": at, "actor": who}))
    if chance.random() < 0.1:
        yield changed(usual.CLOSE, by=usual.owner(at).model_copy(update={"actor": str(subject)}))


BOARD = Desk(
    service="umkm",
    program="bench.board",
    port=18_900,
    database="umkm",
    title=f"board of {CASES:,} cases",
    queries=QUERIES,
    official=WHO,
    roles=("supervisor", "mentor", "officer"),
    fill=filled,
    front=front,
    clients=(1, 2, 4),
)

if __name__ == "__main__":
    sys.exit(BOARD.main(*map(Path, sys.argv[1:])))
