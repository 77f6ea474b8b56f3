"""The auditors' index: how fast it is made anew, and how long a question waits at a given size."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from bench import peers
from zi_audit.domain.question import EntryFilter, Question
from zi_audit.messaging.tail import AT_ONCE
from zi_audit.read.index import Index
from zi_audit.read.ocel import ocel
from zi_chassis.storage.database import Database
from zi_chassis.storage.recorded import NO_PREVIOUS, digest, rfc3339
from zi_rules.ticket import ticket_from_number

OFFICE = "bench"
ORIGIN = "bench.example/log"
OFFICERS = 40
OPEN_CASES = 500
MENTORED = 5  # one case of so many is of a business
DISTRICTS = ("tarakan", "bulungan", "malinau", "nunukan", "tana_tidung")
BEGIN = datetime(2026, 1, 2, tzinfo=UTC)
# (service, event, role): a case's course, as the house tells it.
COURSE = (
    ("intake", "complaint_filed", "public"),
    ("notify", "delivery_requested", "system:notify"),
    ("notify", "delivery_handed_over", "system:notify"),
    ("intake", "case_acknowledged", "staff:officer"),
    ("intake", "case_assigned", "staff:supervisor"),
    ("intake", "personal_data_opened", "staff:officer"),
    ("intake", "clarification_asked", "staff:officer"),
    ("intake", "citizen_replied", "public"),
    ("intake", "case_answered", "staff:officer"),
    ("intake", "case_closed", "system:intake"),
)


def fill_index(index: Index, size: int) -> float:
    """Indexes `size` generated entries as the tail would; entries a second, making the entries not counted."""
    index.clear(ORIGIN)
    entries, spent, at = messages(size), 0.0, 0
    while some := list(islice(entries, AT_ONCE)):
        begun = time.perf_counter()
        at = index.add(at, some)
        spent += time.perf_counter() - begun
    return round(size / spent, 1)


def questions(index: Index, size: int, times: int = 400) -> dict[str, Any]:
    """Milliseconds of a question (p50, p95, most), each time for another case, actor or time."""
    pick = Pick(size)
    asks = _by_case_or_actor(index, pick) | _by_type_or_time(index, pick) | _by_facets(index, pick)
    return {name: _times(ask, times) for name, ask in asks.items()}


class Pick:
    """Random cases, officers, places in the log and times, the same in every run."""

    def __init__(self, size: int) -> None:
        self._chance, self._size = random.Random(1), size

    def number(self) -> int:
        return self._chance.randrange(self._size // len(COURSE))

    def case(self) -> str:
        return ticket(self.number())

    def officer(self) -> str:
        return officer(self._chance.randrange(OFFICERS))

    def cursor(self) -> int:
        return self._chance.randrange(self._size)

    def time(self) -> datetime:
        return BEGIN + timedelta(seconds=self.cursor())


Ask = Callable[[], object]


def _by_case_or_actor(index: Index, pick: Pick) -> dict[str, Ask]:
    return {
        "case": lambda: index.page(Question(case=(pick.case(),))),
        "timeline": lambda: index.timeline(pick.case()),
        "citizen": lambda: index.page(Question(actor=(citizen(pick.number()),))),
        "officer": lambda: index.page(Question(actor=(pick.officer(),))),
        "officer_from_a_cursor": lambda: index.page(Question(actor=(pick.officer(),), cursor=pick.cursor())),
        "system_actor": lambda: index.page(Question(actor=("system:notify",), cursor=pick.cursor())),
        "activity_of_an_officer": lambda: index.activity(pick.officer()),
        "activity_of_a_system": lambda: index.activity("system:notify"),
    }


def _by_type_or_time(index: Index, pick: Pick) -> dict[str, Ask]:
    answered, closed = "zi.intake.case_answered", "zi.intake.case_closed"
    return {
        "officer_and_type": lambda: index.page(Question(actor=(pick.officer(),), type=(answered,))),
        "type_and_time": lambda: index.page(Question(type=(closed,), since=pick.time())),
        "time": lambda: index.page(
            Question(since=(since := pick.time()), until=since + timedelta(seconds=60))
        ),
        "role_that_nobody_has": lambda: index.page(Question(role=("staff:nobody",))),
        "several_types": lambda: index.page(Question(type=(answered, closed), order="newest")),
    }


def _by_facets(index: Index, pick: Pick) -> dict[str, Ask]:
    return {
        "assignee": lambda: index.page(Question(assignee=(pick.officer(),), order="newest")),
        "assignee_and_district": lambda: index.page(
            Question(assignee=(pick.officer(),), district=("malinau",), cursor=0, order="oldest")
        ),
        "at_night": lambda: index.page(Question(from_hour=22, until_hour=4, actor=(pick.officer(),))),
        "took_long": lambda: index.page(
            Question(
                type=("zi.intake.case_answered",),
                measured_from="zi.intake.complaint_filed",
                least_hours=1,
                cursor=pick.cursor(),
            )
        ),
        "search": lambda: index.page(Question(search=pick.case())),
        "nothing_wrong": lambda: index.page(Question(anomaly=("any",))),
        "growth": lambda: index.growth(),
    }


def measured(place: str | Path, size: int = 1_000_000) -> dict[str, Any]:
    index = Index(Database(place), OFFICE)
    try:
        return {"entries": size, "indexed_per_second": fill_index(index, size), "ms": questions(index, size)}
    finally:
        index.database.close()


def mined(folder: Path, size: int = 20_000) -> dict[str, Any]:
    """Seconds for an export for process mining and for pm4py to read it, which must find what is in it."""
    folder.mkdir(parents=True)
    index, file = Index(Database(folder / "index.db"), OFFICE), folder / "entries.jsonocel"
    fill_index(index, size)
    begun = time.perf_counter()
    file.write_bytes(b"".join(ocel(index.export(EntryFilter()))))
    exported = time.perf_counter()
    index.database.close()
    found = peers.pm4py(file)
    read = time.perf_counter()
    objects = found["objects"]
    businesses = found["events"]["zi.intake.mentoring_requested"]
    counts = (sum(found["events"].values()), objects["official"], objects["officer"], objects["business"])
    if counts != (size, OFFICERS, OFFICERS, businesses):
        raise RuntimeError("pm4py finds something else than was exported.")
    return {
        "events": size,
        "objects": objects,
        "export_s": round(exported - begun, 1),
        "pm4py_s": round(read - exported, 1),
    }


def _times(ask: Callable[[], object], times: int) -> dict[str, float]:
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        spent.append((time.perf_counter() - begun) * 1000)
    spent.sort()
    at = {"p50": spent[times // 2], "p95": spent[int(times * 0.95)], "max": spent[-1]}
    return {name: round(value, 2) for name, value in at.items()}


def messages(size: int) -> Iterator[bytes]:
    """Entries of many cases at once, each sender's in a chain; cases end in the order of chance."""
    chance = random.Random(0)
    heads = {"intake": (0, NO_PREVIOUS), "notify": (0, NO_PREVIOUS)}
    running = [(n, 0) for n in range(OPEN_CASES)]
    begun = OPEN_CASES
    for index in range(size):
        place = chance.randrange(OPEN_CASES)
        case, step = running[place]
        if step + 1 < len(COURSE):
            running[place] = (case, step + 1)
        else:
            running[place], begun = (begun, 0), begun + 1
        service, event, role = COURSE[step]
        if step == 0 and case % MENTORED == 0:
            event = "mentoring_requested"
        position, previous = heads[service]
        message = _message(index, case, service, event, role, position + 1, previous)
        heads[service] = (position + 1, digest(message))
        yield message


def _message(
    index: int, case: int, service: str, event: str, role: str, position: int, previous: str
) -> bytes:
    actor = citizen(case) if role == "public" else officer(case) if role.startswith("staff") else role
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": _id("event", index),
            "source": f"/zi/{OFFICE}/{service}",
            "type": f"zi.{service}.{event}",
            "subject": ticket(case),
            "time": rfc3339(BEGIN + timedelta(seconds=index)),
            "datacontenttype": "application/json",
            "aggregate": _id("case", case),
            "version": 1,
            "position": position,
            "previous": previous,
            "actor": actor,
            "actorrole": role,
            "commitment": NO_PREVIOUS,
            "data": _data(event, case),
        }
    )


def _data(event: str, case: int) -> dict[str, Any]:
    """As much as the house discloses: where, about what, whose hands."""
    data: dict[str, Any] = {
        "holder": "citizen" if event == "clarification_asked" else "office",
        "pad": "x" * 180,
    }
    match event:
        case "complaint_filed":
            return data | {
                "district": DISTRICTS[case % len(DISTRICTS)],
                "commodity": "obat",
                "kind": "product",
            }
        case "mentoring_requested":
            return data | {"district": DISTRICTS[case % len(DISTRICTS)], "business_ref": business(case)}
        case "case_assigned":
            return data | {"officer": officer(case)}
        case "personal_data_opened":
            return {"purpose": "handling"}
        case "case_closed":
            return data | {"reason": "resolved"}
        case _:
            return data


def ticket(case: int) -> str:
    return ticket_from_number(case * 2_654_435_761 % 2**36)


def citizen(case: int) -> str:
    return _id("citizen", case)


def business(case: int) -> str:
    return digest(f"business {case}".encode())


def officer(number: int) -> str:
    return _id("officer", number % OFFICERS)


def _id(kind: str, number: int) -> str:
    return str(UUID(bytes=random.Random(f"{kind} {number}").randbytes(16), version=4))
