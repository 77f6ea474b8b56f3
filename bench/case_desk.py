"""intake: the officers' desk over ten thousand open cases: its lists, filters, search and one case, over HTTP, and the processor time that the
queries take. Alone, on both databases: `python -m bench.case_desk [file.json]`."""

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.intake import acts
from tests.intake.front import opened

from bench import load
from bench.desk_rates import Desk
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.store import Store
from zi_intake.container import Office
from zi_intake.domain.case.messages import CaseCommands
from zi_intake.main import front
from zi_intake.messaging.published import decider
from zi_intake.read.desk_lists import DESK_PAGE, Filter, case_page, queue_lengths
from zi_intake.read.visibility import CaseReader
from zi_rules.standard import ServiceKind
from zi_rules.ticket import ticket_from_number

CASES, ENDED, AT_ONCE, OFFICERS = 10_000, 2_000, 200, 12
REPEATS = 20
BEGIN, EVERY = datetime(2026, 1, 5, tzinfo=UTC), timedelta(minutes=20)
DISTRICTS = ("tarakan", "bulungan", "malinau", "nunukan", "tana_tidung")
ME = CaseReader("officer-3", frozenset({"officer", "supervisor"}))


def ticket(number: int) -> str:
    return ticket_from_number(7_919 * (number + 1))


DESK, API = "/desk/", "/intake/api/cases"
MIDDLE = f"1 {rfc3339(BEGIN + CASES // 2 * EVERY)} 000000000"
QUERIES: load.Queries = {
    "desk": (DESK, {}),
    "desk_in_the_middle": (DESK, {"after": MIDDLE}),
    "my_work": (DESK, {"show": "mine"}),
    "waiting_for_me": (DESK, {"show": "waiting"}),
    "to_be_taken_up": (DESK, {"show": "acknowledge"}),
    "late": (DESK, {"show": "late"}),
    "colleagues_work": (DESK, {"show": "team"}),
    "ended": (DESK, {"show": "closed"}),
    "of_a_district": (DESK, {"district": "malinau"}),
    "of_an_officer": (DESK, {"officer": "officer-7"}),
    "search_for_a_ticket": (DESK, {"text": ticket(CASES // 2)}),
    "search_for_what_nothing_has": (DESK, {"text": "ZZZZZZ"}),
    "api": (API, {}),
    "api_late": (API, {"show": "late", "limit": "50"}),
    "incidents": ("/desk/incidents", {}),
    "statistics": ("/desk/statistics", {"since": "2026-01-01"}),
    "requests_to_see": ("/desk/disclosures", {}),
    "case": (f"/desk/cases/{ticket(0)}", {}),
}
QUESTIONS: Mapping[str, Filter] = {
    name: Filter.model_validate({**query, "limit": DESK_PAGE})
    for name, (path, query) in QUERIES.items()
    if path == DESK
}


async def filled(folder: Path, database: str) -> dict[str, float]:
    """Each case with as much behind it as chance gives it; return the processor time of the queries over all."""
    async with opened(folder, database=database) as inside:
        store, chance = inside.office.store, Random(9)
        for first in range(0, CASES + ENDED, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            await asyncio.gather(
                *(
                    handle_all(inside.office, each, commands_of(inside.office, each, chance))
                    for each in numbers
                )
            )
        return {name: processor_ms(store, query) for name, query in QUESTIONS.items()}


def processor_ms(store: Store, query: Filter) -> float:
    """Milliseconds of this process for the queries of one page; with PostgreSQL its server's own come on top."""
    now = BEGIN + CASES // 2 * EVERY
    begun = time.process_time()
    for _ in range(REPEATS):
        with store.database.reading() as tx:
            case_page(tx, query, ME, now, queue_lengths(tx, ME, now))
    return round((time.process_time() - begun) / REPEATS * 1000, 1)


async def handle_all(office: Office, number: int, commands: Iterable[CaseCommands]) -> None:
    id = _aggregate(office, number)
    for command in commands:
        await office.store.handle(decider, id, command)


def _aggregate(office: Office, number: int) -> UUID:
    """The first cases are under their own names, so that their pages can be opened."""
    return (
        office.names.aggregate(ticket(number)) if number < AT_ONCE else uuid5(NAMESPACE_URL, ticket(number))
    )


def commands_of(office: Office, number: int, chance: Random) -> Iterator[CaseCommands]:
    at, officer = BEGIN + number * EVERY, f"officer-{chance.randrange(OFFICERS)}"
    filed = {
        "ticket": ticket(number),
        "district": chance.choice(DISTRICTS),
        "due": at + timedelta(days=chance.choice((7, 20, 90))),
        "acknowledge_by": at + timedelta(days=5),
    }
    standard = office.terms.at_filing(ServiceKind.COMPLAINT, "product", at).standard
    yield acts.complaint().model_copy(update=filed | {"by": acts.citizen(at), "standard": standard})
    way = acts.CLOSED[1:] if number >= CASES else acts.ANSWERED[1 : chance.randrange(1, 5)]
    for command in way:
        at += timedelta(hours=chance.randrange(1, 30))
        changes: dict[str, Any] = {"by": acts.officer(officer, at)}
        if hasattr(command, "officer"):
            changes["officer"] = officer
        yield command.model_copy(update=changes)


CASE_DESK = Desk(
    service="intake",
    program="bench.case_desk",
    port=19_500,
    database="intake",
    title=f"desk of {CASES:,} open cases",
    queries=QUERIES,
    official=ME.official,
    roles=sorted(ME.roles),
    fill=filled,
    front=front,
)

if __name__ == "__main__":
    sys.exit(CASE_DESK.main(*map(Path, sys.argv[1:])))
