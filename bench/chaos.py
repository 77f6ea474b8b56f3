"""One fault after the other in a house of compose that takes complaints all the while: what clients saw, what was acknowledged, lost or doubled,
and how long it took to be well again. `python -m bench.chaos` writes bench/chaos.json; words choose faults by their names, and their rows are
replaced; `page` writes docs/faults.md.

Bounded: loopback alone, one project of compose that is removed at the end, each fault a minute or less.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from bench.chaos_clock import wrong_clock
from bench.chaos_disks import DISKS, full, small_disks
from bench.chaos_house import (
    SERVERS,
    SERVICES,
    ComposeHouse,
    NotCausedError,
    cut_off,
    frozen,
    killed,
    restarted,
    unplugged,
)
from bench.chaos_load import Acknowledged, Load, PublishedEntries, judge
from bench.chaos_old import DATABASES, old_database, old_files, old_server

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("chaos.json")
PAGE = ROOT / "docs" / "faults.md"
RATE = float(os.environ.get("ZONA_CHAOS_RATE", "50"))  # complaints a second
CUT, FREEZE = 30.0, 60.0  # seconds
CALM = 5.0  # seconds before a fault, and without any error after it
PATIENCE = 180.0  # seconds, after which a house has not recovered by itself
CLOCK_PATIENCE = 480.0  # a ledger whose clock was ahead waits for five minutes
MAIL_PATIENCE = 420.0  # a mail that was refused is tried again after a minute, then after five
Cause = Callable[[Any], AbstractContextManager[None]]  # of the house that has the parts it needs


@dataclass(frozen=True)
class Fault:
    """`seconds` is how long its cause lasts; `command` what an operator has to do, empty where the house recovers alone. `on_small_disks`: in a house whose volumes are
    disks of their own."""

    name: str
    cause: Cause
    seconds: float = 0
    command: str = ""
    on_small_disks: bool = False
    patience: float = PATIENCE


@contextmanager
def nothing(house: ComposeHouse) -> Iterator[None]:
    yield


RUNNING = (*SERVICES, *SERVERS)
# Who dates what others rely on.
CLOCKED = ("intake", "audit-writer")
PUT_BACK = "the newest copy is put back"
FAULTS = (
    Fault("nothing happens", nothing, CUT),
    *(Fault(f"{name} is killed", partial(killed, name)) for name in RUNNING),
    *(Fault(f"{name} is restarted", partial(restarted, name)) for name in ("nats", "postgres")),
    *(Fault(f"{name} is cut off from NATS", partial(cut_off, name, "nats"), CUT) for name in SERVICES),
    *(
        Fault(f"{name} is cut off from PostgreSQL", partial(cut_off, name, "postgres"), CUT)
        for name in SERVICES
    ),
    *(Fault(f"{name} loses its network", partial(unplugged, name), CUT) for name in ("nats", "postgres")),
    *(Fault(f"{name} freezes", partial(frozen, name), FREEZE) for name in RUNNING),
    *(
        Fault(
            f"the clock of {name} is an hour {word}",
            partial(wrong_clock, name, offset),
            CUT,
            patience=CLOCK_PATIENCE,
        )
        for name in CLOCKED
        for word, offset in (("ahead", "+3600s"), ("behind", "-3600s"))
    ),
    *(Fault(f"the disk of {name} is full", partial(full, name), CUT, on_small_disks=True) for name in DISKS),
    Fault(
        "an old copy of NATS's streams is put back",
        partial(old_files, "jetstream", ("nats",)),
        on_small_disks=True,
    ),
    Fault(
        "an old copy of the published log is put back",
        partial(old_files, "tiles", ("audit-writer", "audit")),
        on_small_disks=True,
    ),
    *(
        Fault(
            f"an old copy of the database {name} is put back",
            partial(old_database, name),
            command=PUT_BACK,
            on_small_disks=True,
        )
        for name in DATABASES
    ),
    Fault("an old copy of all databases is put back", old_server, command=PUT_BACK, on_small_disks=True),
)


@dataclass(frozen=True)
class Results:
    """The file with a row for each of these faults."""

    path: Path
    faults: Sequence[Fault]

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_text()) if self.path.exists() else {}
        return found

    def store(self, rows: Mapping[str, Any], run: Mapping[str, Any] | None) -> None:
        results = self.read()
        merged = results.get("faults", {}) | dict(rows)
        order = [fault.name for fault in self.faults if fault.name in merged]
        runs = [*results.get("runs", []), *([run] if run else [])]
        self._write(results | {"runs": runs, "faults": {name: merged[name] for name in order}})

    def add(self, name: str, content: Mapping[str, Any]) -> None:
        """Store what is no row."""
        self._write(self.read() | {name: dict(content)})

    def forget(self, name: str) -> None:
        results = self.read()
        if results.get("faults", {}).pop(name, None) is not None:
            self._write(results)

    def _write(self, results: Mapping[str, Any]) -> None:
        self.path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


OF_COMPOSE = Results(RESULTS, FAULTS)

# Declared and without a row, with the reason. It goes when the fault was tried.
UNTRIED: dict[str, str] = {}


def main(arguments: list[str]) -> int:
    if arguments == ["page"]:
        from bench.chaos_cluster import sections  # which is made of this module

        PAGE.write_text(page(OF_COMPOSE.read(), *sections()), encoding="utf-8")
        return 0
    chosen = [fault for fault in FAULTS if not arguments or any(word in fault.name for word in arguments)]
    tried: list[str] = []
    for on_small_disks in (False, True):
        faults = [fault for fault in chosen if fault.on_small_disks is on_small_disks]
        if faults:
            with (
                tempfile.TemporaryDirectory(prefix="zona-chaos-") as folder,
                _files(on_small_disks, Path(folder)) as file,
            ):
                tried += measured(ComposeHouse(Path(folder), file), faults)
    for fault in chosen:
        if fault.name not in tried:
            print(f"{fault.name}: this run has no row of it", file=sys.stderr)
    return 0 if len(tried) == len(chosen) and not wrong(json.loads(RESULTS.read_text())) else 1


@contextmanager
def _files(on_small_disks: bool, folder: Path) -> Iterator[Path | None]:
    if not on_small_disks:
        yield None
        return
    with small_disks(folder) as file:
        yield file


def measured(
    house: ComposeHouse,
    faults: Sequence[Fault],
    results: Results = OF_COMPOSE,
    then: Callable[[], None] = lambda: None,
) -> list[str]:
    """Write each row as it comes, and at the end what holds for all of them. `then` is done last, in
    the same house. Return the faults that have a row of this run."""
    run = _begun_run()
    everything: list[Acknowledged] = []
    tried: list[str] = []
    with house, house.client() as client:
        log = PublishedEntries(client)
        begun, spent = time.monotonic(), time.process_time()
        for fault in faults:
            house.filed = []
            try:
                if _tried(house, fault, log, results):
                    tried.append(fault.name)
            except KeyboardInterrupt:
                print("interrupted: no further fault", flush=True)
                break
            finally:
                everything += house.filed
            house.mend()
        run["load_generator_share"] = round(
            (time.process_time() - spent) / (time.monotonic() - begun) / (os.cpu_count() or 1), 3
        )
        run["seconds"] = round(time.monotonic() - begun)
        run["faults"] = len(tried)
        run["mails"] = _mails(house, everything)
        log.read_new()
        run["came_late"] = sum(log.filed.values()) - len({each.event_id for each in everything})
        run["reconcile"] = house.reconcile()
        run["load_at_end"] = os.getloadavg()[0]
        results.store({}, run)
        then()
    return tried


def _begun_run() -> dict[str, Any]:
    from bench.__main__ import machine  # reads every bench: whoever only makes the page waits for none

    return machine() | {
        "load_generator": "bench.chaos_load",
        "docker": _version(),
        "complaints_a_second": RATE,
        "note": "",
    }


def _tried(house: ComposeHouse, fault: Fault, log: PublishedEntries, results: Results) -> bool:
    """Store the row of the fault. Return whether there is one; where there is not, that of before goes too."""
    results.forget(fault.name)
    try:
        row = _row(house, fault, log)
    except (httpx.HTTPError, subprocess.CalledProcessError, NotCausedError) as error:
        print(f"{fault.name}: no row: {error!r}", flush=True)
        return False
    results.store({fault.name: row}, None)
    print(f"{fault.name}: {row}", flush=True)
    return True


def _row(house: ComposeHouse, fault: Fault, log: PublishedEntries) -> dict[str, Any]:
    log.read_new()  # what was there before is judged already, or came late
    house.noticed, house.cause = [], {}
    load, before = Load(house.url, RATE), house.restarts()
    house.filed = load.acknowledged
    when = datetime.now(UTC).isoformat(timespec="seconds")
    load.start()
    try:
        time.sleep(CALM)
        with fault.cause(house):
            time.sleep(fault.seconds)
            not_ready = house.not_ready()
        over = time.monotonic()
        recovered, not_ready_after = _recovered(house, load, over, fault.patience)
    finally:
        load.stop(PATIENCE)
        # Also where there will be no row: what came late would count in the next one.
        with house.client() as client:
            judgement = judge(client, log, load.acknowledged, PATIENCE)
    after = house.restarts()
    return {
        "when": when,
        "lasted_s": fault.seconds,
        **_clients(load),
        "lost": judgement.lost,
        "doubled": judgement.doubled,
        "recovered_s": None if recovered is None else round(recovered, 1),
        "restarted": {name: after[name] - before[name] for name in after if after[name] > before[name]},
        "noticed": house.noticed,
        "cause": house.cause,
        "not_ready": not_ready,
        "not_ready_after": not_ready_after,
        "entries": judgement.entries,
        "zi_verify": house.verify(),
    }


def _clients(load: Load) -> dict[str, Any]:
    waits = sorted(each.waited for each in load.acknowledged) or [0.0]
    return {
        "complaints": load.begun,
        "per_second": round(load.begun / load.seconds, 1),
        "requests": load.requests,
        "errors": dict(sorted(load.errors.items())),
        "acknowledged": len(load.acknowledged),
        "unanswered": load.unanswered,
        "median_wait_s": round(waits[len(waits) // 2], 3),
        "longest_wait_s": round(waits[-1], 1),
    }


def _recovered(
    house: ComposeHouse, load: Load, over: float, patience: float
) -> tuple[float | None, list[str]]:
    """Return the seconds from the end of the cause to the last error of a client, or to the moment from which everything is ready; None where that
    does not come by itself. Also return what was not ready until then."""
    ready_since: float | None = None
    unready: list[str] = []
    failing: set[str] = set()
    while (now := time.monotonic()) < over + patience:
        unready = house.unready()
        if unready:
            ready_since = None
            failing.update(house.not_ready())
        elif ready_since is None:
            ready_since = now
        elif now - max(ready_since, load.last_error) > CALM:
            first = ready_since if ready_since - over > 2 else over
            return max(first, load.last_error, over) - over, sorted(failing)
        time.sleep(0.25)
    print(f"not recovered: {unready}, {sorted(failing)}", flush=True)
    return None, sorted(failing)


def _mails(house: ComposeHouse, acknowledged: list[Acknowledged]) -> dict[str, int]:
    """Count the mails to citizens who named an address: each has to come, and may come twice under one Message-ID."""
    expected = {each.event_id for each in acknowledged if each.has_mail}
    until = time.monotonic() + MAIL_PATIENCE
    while True:
        came = [mail.partition("@")[0].strip("<") for mail in house.mails()]
        found = expected.intersection(came)
        if found == expected or time.monotonic() > until:
            break
        time.sleep(5)
    again = sum(came.count(each) - 1 for each in found)
    return {"expected": len(expected), "came": len(found), "came_again": again}


def wrong(results: Mapping[str, Any], faults: Sequence[Fault] = FAULTS) -> dict[str, str]:
    """Return the declared faults that have neither a row nor a reason why not, or a row that is not as it has to be, with the reason; and the
    runs in which an entry was doubled late."""
    found = {}
    for fault in faults:
        row = results.get("faults", {}).get(fault.name)
        if row is None:
            reason = "" if fault.name in UNTRIED else "it was not tried"
        else:
            reason = "it was tried" if fault.name in UNTRIED else _fault_of(fault, row)
        if reason:
            found[fault.name] = reason
    for run in results.get("runs", []):
        if run.get("came_late"):
            found[f"the run of {run['when']}"] = (
                f"{run['came_late']} filings are in the ledger beside what was acknowledged"
            )
    return found


def _fault_of(fault: Fault, row: Mapping[str, Any]) -> str:
    if row["acknowledged"] + row["unanswered"] != row["complaints"] or not row["acknowledged"]:
        return "its numbers do not fit"
    for name in ("lost", "doubled", "unanswered", "zi_verify"):
        if row[name]:
            return f"{name} is {row[name]}"
    if fault.command and not row["noticed"]:
        return "no process noticed it"
    cause = row.get("cause", {})
    if cause.get("of the old copy then") != cause.get("the old copy") and fault.command:
        return "something was recorded in the old copy"
    return "it did not recover" if row["recovered_s"] is None else ""


def page(results: Mapping[str, Any], *sections: str) -> str:
    """Return docs/faults.md."""
    found = [*HEAD, *rows(results, [fault for fault in FAULTS if fault.name not in UNTRIED])]
    return "\n".join([*found, "", *FINDINGS, *_untried(), *sections])


def rows(results: Mapping[str, Any], faults: Sequence[Fault]) -> list[str]:
    """Return what is said of the runs, and the table."""
    table = [_line(fault, results["faults"][fault.name]) for fault in faults]
    return [*_runs(results["runs"]), *TABLE, *table]


HEAD = (
    "# Faults",
    "",
    "Generated by `make documents` from [bench/chaos.json](../bench/chaos.json), which `make chaos` writes: one fault after the other in a real `docker compose up` with PostgreSQL, one",
    "container a service, while complaints are filed at a steady rate. A client that gets no 201 sends the same complaint again after a second, under the same `Idempotency-Key`, as the forms",
    "do.",
    "",
    "- **Lost**: acknowledged by a 201, and not in the ledger or not to be tracked by its code. **Doubled**: in the ledger twice, or in the ledger under an id that no 201 named. Both have to be 0.",
    "- **Seen of its cause**: that it happened as it is named: the clock as the process itself dates its answers, a write that the full disk refused, packets that a cut dropped, how much",
    "an old copy lacks. A fault that was not seen has no row. The first rows are of runs that did not note it, nor which checks of `/ready` failed at the end of the fault and after it.",
    "- **Errors**: each attempt that was not answered 201, by kind. *Of the gateway* is its own answer for a service that is away.",
    "- **Longest wait**: from the first attempt to the 201, over the clients of this row.",
    "- **Well again**: seconds from the end of the cause to the moment from which every part was ready and no client saw an error; 0 where nobody noticed its end. By itself, unless a command is named.",
    "- **Ledger**: entries that `zi-verify log` read after it, with exit status 0: all hashes, chains and signatures, and that it continues what was seen before.",
    "- A container is killed by signal 9 from outside, so that docker starts it again. A frozen one stands still (`docker pause`). A cut drops packets in both directions without a word.",
    "- An old copy is ten seconds of filing older than what it replaces. Where the house can't go on with it, a process has to say so, and records nothing until the newest copy is back.",
    "",
)
TABLE = (
    "| fault | seen of its cause | lasts, s | complaints | errors | acknowledged | lost | doubled | median and longest wait, s | not ready at its end, and then | well again after, s | ledger |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|",
)

FINDINGS = (
    "Seen in it:",
    "",
    "- On the full disk of a service that has PostgreSQL nothing stands but its keys and secrets: intake refuses files by a sentence and a 503 and takes them again once there is room; audit-writer",
    "  writes nothing there while it runs. Both stay ready. How much room is left is a number of `/metrics`, and `zona doctor` judges it.",
    "- The demo's mailbox answered a mail on a full disk as one that is refused for good, so that it was given up. It asks for the mail again now; all came in the run of that row.",
    "- A service whose clock was an hour ahead stayed ready, said nothing, and dated 273 entries into the future, which `zi-verify log` finds for ever (exit status 1). On PostgreSQL nothing",
    "  is recorded by such a clock now, and the ledger's writer refuses one as well: before, it signed by one without a word, and stood still for 307 s once the clock was right.",
    "- The check of the mail server counted a frozen one as answering, because its system takes connections. It reads the greeting now. Three looks in a row have to fail, which takes longer than this minute.",
    "- In the rows of certificates, integrity, notify, audit and audit-writer that are cut off from PostgreSQL, each left with exit status 1. A process stays now, and leads again by itself",
    "  (decision 82), as the rows of a killed, restarted, frozen and unplugged PostgreSQL and those of intake and umkm show.",
    "",
    "Seen in it, and not mended yet:",
    "",
    "- A service that takes no part in filing, frozen for a minute, is missed by nobody but its own probe: no other process says so. That is what `zi_ready` and the container's health are for.",
    "- The row of *intake is killed* is of a run on a quieter machine. On the busiest one intake was not well again within 180 s once; 208 of 208 complaints were acknowledged, none lost.",
    "- Entries that came after their row was judged were not counted in the first runs; `zi-audit reconcile` agreed at the end of each.",
    "",
)


def _runs(runs: list[Mapping[str, Any]]) -> Iterator[str]:
    for run in runs:
        mails = run["mails"]
        agree = "agree" if not any(run["reconcile"].values()) else "DIFFER"
        yield (
            f"- Run of {run['when'][:10]}: {run['faults']} faults in {run['seconds']} s, {run['complaints_a_second']:g} complaints a second, {run['cores']} processors"
            f" (load {run['load_at_start']:.1f} at the start, others worked on the machine), load generator {run['load_generator_share']:.0%} of them, docker {run['docker']}."
            f" {mails['came']} of {mails['expected']} mails came, {mails['came_again']} of them twice; all stores and the ledger {agree} (`zi-audit reconcile`). {run['note']}".rstrip()
        )
    yield ""


def _untried() -> Iterator[str]:
    if UNTRIED:
        yield "Declared in [bench/chaos.py](../bench/chaos.py) and **not tried yet**:"
        yield ""
        yield from (f"- {name}: {reason}." for name, reason in UNTRIED.items())
        yield ""


def _line(fault: Fault, row: Mapping[str, Any]) -> str:
    errors = ", ".join(f"{kind}: {count}" for kind, count in row["errors"].items()) or "none"
    well = f"{row['recovered_s']:.0f}" + (f", once {fault.command}" if fault.command else "")
    well += f"; noticed by {', '.join(row['noticed'])}" if row["noticed"] else ""
    not_ready = " **then** ".join(
        _checks(row[when]) for when in ("not_ready", "not_ready_after") if row.get(when)
    )
    return (
        f"| {fault.name} | {_cause(row.get('cause', {}))} | {row['lasted_s']:.0f} | {row['complaints']} | {errors} | {row['acknowledged']} | {row['lost']}"
        f" | {row['doubled']} | {row['median_wait_s']:.2f}, {row['longest_wait_s']:.1f} | {not_ready} | {well} | {row['entries']:,} |"
    )


def _checks(found: list[str]) -> str:
    """Name the failing checks by service, a few of each."""
    by_service: dict[str, list[str]] = {}
    for each in found:
        service, _, check = each.partition(": ")
        by_service.setdefault(service, []).append(check)
    return "; ".join(
        f"{service}: {', '.join(checks[:2])}" + (f" and {len(checks) - 2} more" if len(checks) > 2 else "")
        for service, checks in by_service.items()
    )


def _cause(cause: Mapping[str, Any]) -> str:
    """Say what was seen of a cause; an old copy by how many entries it lacks."""
    parts = [
        f"{name.replace('_', ' ')}: {value}" for name, value in cause.items() if not isinstance(value, dict)
    ]
    newest, old = cause.get("the newest", {}), cause.get("the old copy", {})
    parts += [f"{name} has {old[name]:,} of {newest[name]:,}" for name in newest]
    return ", ".join(parts)


def _version() -> str:
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
