"""docs/sizing.md: what an office needs, computed from the committed results of benches. `python -m bench.sizing page` writes the page;
`python -m bench.sizing 20000` prints the rows for an office with so many cases a year.

What is measured is read from bench/*.json and from the code; what is assumed stands in `Assumptions` and on the page.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from zi_audit.writer.witnesses import Times
from zi_chassis.storage.postgres import MOST_CONNECTIONS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "sizing.md"
YEARS = 10
OFFICES = (1, 10, 76)
CASES = (1_000, 5_000, 50_000)
PORTS = 20
MIB, GIB = 2**20, 2**30


@dataclass(frozen=True)
class Assumptions:
    """None of these was measured: put your own numbers in their place."""

    working_days: int = 245
    busiest_hour: float = 0.2  # of a day's cases
    busiest_day: float = 3.0  # times a usual day
    witnesses: int = 3  # other offices that witness a log
    witness_bytes: int = 2_000  # of one request for a cosignature and its answer


ASSUMED = Assumptions()


@dataclass(frozen=True)
class Measured:
    """The results of benches, by name of the file without its ending."""

    results: Mapping[str, Any]

    @staticmethod
    def committed() -> "Measured":
        names = ("results", "million")
        return Measured({name: json.loads((ROOT / "bench" / f"{name}.json").read_text()) for name in names})

    @property
    def lives(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.results["results"]["footprint"]["lives"]
        return found

    @property
    def bytes_a_case(self) -> int:
        return sum(self.parts.values())

    @cached_property
    def parts(self) -> dict[str, int]:
        """Bytes of a case by where they are; of the published log what stays, which `bench.day` measures."""
        day = self.results["results"]["audit"]["disk_after_a_day_at_one_a_second"]
        stays = sum(day[f"{name}_mib"] for name in ("entry_bundles", "tiles", "checkpoints"))
        published = round(stays * MIB / day["entries"] * self.entries_a_case)
        return {**self.lives["bytes_a_life"], "published log": published}

    @property
    def entries_a_case(self) -> float:
        return float(self.lives["entries_a_life"])

    @property
    def cpu_a_case(self) -> float:
        """Seconds of one processor, without the load generator."""
        return float(sum(self.lives["cpu_ms_a_life"].values())) / 1000

    @property
    def bytes_a_subject(self) -> int:
        return int(self.results["results"]["footprint"]["nats"]["bytes_of_memory_a_subject"])

    @property
    def rest_mib(self) -> float:
        return float(self.lives["resident_mib_at_rest"]["all"])

    @property
    def busy_mib(self) -> float:
        return float(self.results["results"]["whole_house"]["resident_mib_after"])

    @cached_property
    def allowed(self) -> int:
        """The connections that compose's PostgreSQL allows."""
        command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["postgres"]["command"]
        return next(int(word.partition("=")[2]) for word in command if word.startswith("max_connections="))

    @cached_property
    def connections(self) -> dict[str, int]:
        """The most that each process of compose opens at PostgreSQL: a pool for each of its databases, and a session for its lease."""
        services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        found = {}
        for name, service in services.items():
            settings = service.get("environment") or {}
            pools = [each for each in ("ZI_DATABASE", "ZI_KEYS_DATABASE") if settings.get(each)]
            if pools and service["restart"] != "no":
                found[name] = len(pools) * MOST_CONNECTIONS + 1
        return found


@dataclass(frozen=True)
class Office:
    """The needs of an office with so many cases a year."""

    cases: int
    measured: Measured
    assumed: Assumptions = ASSUMED

    @property
    def entries(self) -> float:
        return self.cases * self.measured.entries_a_case

    @property
    def disk(self) -> float:
        """Bytes in a year."""
        return self.cases * self.measured.bytes_a_case

    @property
    def bus_memory(self) -> float:
        """Bytes of NATS's memory for the subjects of a year, which it keeps for ever."""
        return self.entries * self.measured.bytes_a_subject

    @property
    def busiest(self) -> float:
        """Cases a second, from filing to end, in the busiest hour of the busiest day."""
        return (
            self.cases
            / self.assumed.working_days
            * self.assumed.busiest_day
            * self.assumed.busiest_hour
            / 3600
        )

    @property
    def processors(self) -> float:
        """Processors at work in that hour."""
        return self.busiest * self.measured.cpu_a_case


def size(amount: float) -> str:
    for unit, worth in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if amount >= worth:
            return f"{amount / worth:.1f} {unit}"
    return f"{amount:.0f} bytes"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


Cell = Callable[[Office], str]
OF_AN_OFFICE: Mapping[str, Cell] = {
    "entries of the ledger in a year": lambda office: f"{office.entries:,.0f}",
    "disk in a year": lambda office: size(office.disk),
    f"disk after {YEARS} years": lambda office: size(YEARS * office.disk),
    f"NATS's memory after {YEARS} years": lambda office: size(YEARS * office.bus_memory),
    "cases a second in the busiest hour": lambda office: f"{office.busiest:.3f}",
    "processors at work in that hour": lambda office: f"{office.processors:.3f}",
}


def of_offices(measured: Measured, cases: Sequence[int] = CASES) -> list[str]:
    offices = [Office(each, measured) for each in cases]
    rows = [[name, *(cell(office) for office in offices)] for name, cell in OF_AN_OFFICE.items()]
    return table(["cases a year", *(f"{each:,}" for each in cases)], rows)


def of_many(measured: Measured) -> list[str]:
    """So many offices of the middle size, each on a machine of its own, and all on one."""
    office = Office(CASES[1], measured)
    rows = [
        ["entries in a year", *(f"{count * office.entries:,.0f}" for count in OFFICES)],
        [
            f"disk after {YEARS} years, all together",
            *(size(count * YEARS * office.disk) for count in OFFICES),
        ],
        ["memory at rest, all on one machine", *(size(count * measured.rest_mib * MIB) for count in OFFICES)],
        ["the same after load", *(size(count * measured.busy_mib * MIB) for count in OFFICES)],
        [
            f"NATS's memory after {YEARS} years, all on one machine",
            *(size(count * YEARS * office.bus_memory) for count in OFFICES),
        ],
        [
            "processors in the busiest hour, all on one machine",
            *(f"{count * office.processors:.2f}" for count in OFFICES),
        ],
        [f"ports, from 8080 on, {PORTS} each", *(f"8080 to {8080 + count * PORTS - 1}" for count in OFFICES)],
        [
            "PostgreSQL's `max_connections`, all on one server",
            *(f"{connections(measured, count):,}" for count in OFFICES),
        ],
    ]
    return table(["offices", *map(str, OFFICES)], rows)


def of_witnesses() -> list[str]:
    """Each office is witnessed by some others, at most once a minute while nothing happens."""
    rows = []
    for count in OFFICES:
        each = min(ASSUMED.witnesses, count - 1)
        hourly = each * 3600 / Times().renew
        rows.append(
            [
                str(count),
                str(each),
                f"{hourly:,.0f}",
                size(hourly * 24 * 365 * ASSUMED.witness_bytes),
                f"{count * hourly:,.0f}",
            ]
        )
    head = [
        "offices",
        "witnesses of each",
        "requests an hour that an office answers",
        "traffic of an office in a year",
        "requests an hour, all together",
    ]
    return table(head, rows)


def connections(measured: Measured, offices: int = 1) -> int:
    """With three for the administrator, and ten for `zona` and the archive."""
    return offices * (sum(measured.connections.values()) + 10) + 3


def page(measured: Measured | None = None) -> str:
    measured = measured or Measured.committed()
    sections = (_one_case, _functions, _one_office, _many_offices, _witnesses, _connections, _limits)
    return "\n".join([*HEAD, *(line for section in sections for line in section(measured))])


HEAD = (
    "# Sizing",
    "",
    "Generated by `make documents` ([bench/sizing.py](../bench/sizing.py)) from the committed results of benches:",
    "[results](../bench/results.json), [million](../bench/million.json). What is assumed is named; `python -m bench.sizing 20000` prints the table for 20,000 cases a year.",
    "",
    "**An office is a folder of data**: its name, logo, districts, people, rules ([Make it yours](office.md)) and what it has recorded. Several offices on one machine each have",
    "their own data folder, twenty ports, keys, users and log, and share the programs alone ([Install](install.md), Several offices on one machine).",
    "",
)


def _one_case(measured: Measured) -> list[str]:
    lives, bench = measured.lives, measured.results["results"]["footprint"]
    parts = [[part, f"{amount:,}"] for part, amount in measured.parts.items()]
    rest, after = lives["resident_mib_at_rest"], lives["resident_mib_after"]
    programs = [
        [name, f"{each:.1f}", f"{rest[name]:.0f}", f"{after[name]:.0f}"]
        for name, each in lives["cpu_ms_a_life"].items()
    ]
    programs.append(["all", f"{1000 * measured.cpu_a_case:.0f}", f"{rest['all']:.0f}", f"{after['all']:.0f}"])
    return [
        "## One case",
        "",
        f"A complaint from its filing to its end: {lives['requests_a_life']} requests over the gateway, {measured.entries_a_case:.1f} entries of the ledger,",
        f"{1000 * measured.cpu_a_case:.0f} ms of one processor, {size(measured.bytes_a_case)} of disk for ever. Files that people attach come on top, with their own size.",
        f"Mean of {lives['lives']} lives, on SQLite, {bench['when'][:10]}, with {bench['cores']} processors (load {bench['load_at_start']:.1f} before it), {lives['lives_a_second']:.1f} lives a second with {lives['clients']} clients;",
        f"their programs took {lives['load_generator_cpu_ms_a_life']:.0f} ms more of a processor for each.",
        "",
        *table(["where", "bytes a case"], parts),
        *table(["program", "ms of a processor a case", "MiB at rest", "MiB after these lives"], programs),
    ]


def _functions(measured: Measured) -> list[str]:
    found = measured.results["results"]["functions"]
    lines = [
        "### What is left of it",
        "",
        f"By library, C module and room of this house, in the two programs that take most; {found['lives']} lives, {found['when'][:10]}, load {found['load_at_start']:.1f} before them, by `python -m bench.functions`.",
        "Counting takes as long again, and the more the smaller a function is, so that these shares say where to look and not how long it takes.",
        "",
    ]
    for program, shares in found["percent"].items():
        rows = [
            [name, f"{each:.1f}"] for kind in ("parts", "functions") for name, each in shares[kind].items()
        ]
        lines += table([program, "% of its own processor time"], rows)
    return lines


def _one_office(measured: Measured) -> list[str]:
    middle = Office(CASES[1], measured)
    memory = measured.busy_mib * MIB + YEARS * middle.bus_memory
    return [
        "## One office",
        "",
        f"Assumed: {ASSUMED.working_days} working days; a busiest day of {ASSUMED.busiest_day:.0f} times the usual cases, with {ASSUMED.busiest_hour:.0%} of them in one hour, and each case's whole life in",
        "that hour, which is more than will be.",
        "",
        *of_offices(measured),
        f"The house takes {measured.rest_mib:.0f} MiB of memory at rest and {measured.busy_mib:.0f} MiB after load (PSS of all processes of `make up`; two runs, the second with 64 clients that file as fast as they can). Add",
        f"NATS's memory from the table: each message has a subject of its own, which takes {measured.bytes_a_subject} bytes of memory for as long as the stream keeps it;",
        "`zona shorten` removes what nobody needs there any more, and the table is without it ([decision 85](adr/0085-a-stream-may-be-shortened-at-its-beginning.md)). A backup takes",
        "about the stores, the keys and the ledger's database of the disk above, packed; keep room for fourteen, and for one more copy of the largest database.",
        "",
        f"Two processors and 4 GiB carry {CASES[1]:,} cases a year for {YEARS} years: {size(memory)} of memory and {size(YEARS * middle.disk)} of disk.",
        "",
    ]


def _many_offices(measured: Measured) -> list[str]:
    return [
        "## Many offices",
        "",
        f"Each with {CASES[1]:,} cases a year.",
        "",
        *of_many(measured),
        "Offices on machines of their own need what the first column says, each. They share nothing but each other's witness.",
        "Where one machine may die without its services, they are a [cluster](cluster.md).",
        "",
    ]


def _witnesses(measured: Measured) -> list[str]:
    return [
        "## Witnesses of each other",
        "",
        f"Assumed: each log is witnessed by {ASSUMED.witnesses} other offices, and a request with its answer takes {size(ASSUMED.witness_bytes)}. A log that stands still is cosigned anew every",
        f"{Times().renew:.0f} seconds; one that grows is cosigned at most as often as its checkpoints come. A witness keeps one signed size for each log, and reads no entry.",
        "",
        *of_witnesses(),
    ]


def _connections(measured: Measured) -> list[str]:
    rows = [[name, str(count)] for name, count in measured.connections.items()]
    return [
        "## Connections of PostgreSQL",
        "",
        f"Each process opens at most {MOST_CONNECTIONS} connections for each of its databases, and one for its lease. PostgreSQL allows 100 if nobody says otherwise; compose",
        f"sets {measured.allowed}, which is enough for this sum and for a second set of service processes, as a rolling upgrade has for minutes.",
        "",
        *table(
            ["process", "most connections"],
            [*rows, ["all, with `zona`, the archive and the administrator", str(connections(measured))]],
        ),
    ]


def _limits(measured: Measured) -> list[str]:
    results, middle = measured.results["results"], Office(CASES[1], measured)
    filings = results["whole_house"]["through_the_gateway"]["64"]["per_second"]
    writes = results["postgresql"]["group_commit_on"]["64"]["per_second"]
    verified = measured.results["million"]["zi_verify_log"]["with_chains_per_second"]
    replay = ceil(YEARS * middle.entries / verified)
    one_lock = "one write lock for each service: more processes do not raise it, a faster disk does"
    rows = [
        [
            "filings into one store on PostgreSQL",
            f"{writes:,.0f} a second, 64 clients, 2 processors",
            one_lock,
        ],
        [
            "one process of intake and two, on one PostgreSQL",
            f"pages of a case {_beside(results['processes']['read'])}; filings {_beside(results['processes']['written'])}",
            f"two processors, shared with the database and the load generator (load at the start {results['processes']['load_at_start']:g}): a second process is for reads and for the death of the first; filings wait for the one write lock",
        ],
        ["filings through the gateway, whole house", f"{filings:,.0f} a second, 2 processors", "processors"],
        [
            "whole lives through the gateway",
            f"{1000 * measured.cpu_a_case:.0f} ms of a processor each, so {1 / measured.cpu_a_case:.0f} a second for each processor",
            "processors, until one store's write lock is the limit",
        ],
        [
            "an auditor replays the log",
            f"{verified:,.0f} entries a second",
            f"{replay} s for {YEARS} years of {CASES[1]:,} cases",
        ],
    ]
    return ["## Where it ends", "", *table(["limit", "measured", "what moves it"], rows)]


def _beside(rates: Mapping[str, Mapping[str, float]]) -> str:
    """Say what the process alone does and what both do."""
    alone, both = rates["1"], rates["2"]
    return (
        f"{alone['per_second']:,.0f} and {both['per_second']:,.0f} a second, {alone['processor_ms']:.1f} and"
        f" {both['processor_ms']:.1f} ms of a processor each"
    )


def main(arguments: Sequence[str]) -> int:
    if list(arguments) == ["page"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print("\n".join(of_offices(Measured.committed(), [int(each) for each in arguments] or CASES)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
