"""Debian's Prometheus reads a real house in which one fault after the other is caused, and the alarms that fire are those of the table; every
query of Grafana is asked there too. Needs the package `prometheus`.

The waiting of an alarm (`for`) is shortened to a sixtieth; its expression is as it is shipped.
"""

import json
import re
import shutil
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
from uuid import uuid4

import httpx
import yaml
from tests.journeys import records
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.house import House, await_
from tests.journeys.test_faults import forged, no_room, plant, plant_poison
from tests.ports import free_range

from zi_operations.sealing import make_keys, write_house_key

ROOT = Path(__file__).parents[1]
RULES = ROOT / "deploy" / "prometheus" / "alarms.yml"
CONFIG = ROOT / "deploy" / "prometheus" / "prometheus.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "zona.json"
PAGE = ROOT / "docs" / "alarms.md"
FASTER = 60
PATIENCE = 240.0
SETTLED = 12.0  # seconds, in which an alarm that follows from another one fires as well
Cause = Callable[[House], AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """`alarms` fire while the cause is there; `also` may fire, which depends on where the fault meets the house."""

    name: str
    cause: Cause
    alarms: frozenset[str]
    also: frozenset[str] = frozenset()


@contextmanager
def _frozen(program: str, house: House) -> Iterator[None]:
    with house.stopped(program):
        _file(house)
        yield


@contextmanager
def _frozen_service(program: str, house: House) -> Iterator[None]:
    with house.stopped(program):
        yield


@contextmanager
def _without_room(program: str, house: House) -> Iterator[None]:
    with no_room(house.pid(program)):
        _file(house)
        yield


@contextmanager
def _poison(house: House) -> Iterator[None]:
    """The house is started anew over it, as after an upgrade."""
    house.stop()
    plant_poison(house.data)
    house.begin()
    yield


@contextmanager
def _unproven(house: House) -> Iterator[None]:
    plant(house, "intake", forged(records.stored(house.data, "intake")), proven=False)
    _file(house)
    yield


@contextmanager
def _forged(house: House) -> Iterator[None]:
    planted = forged(records.stored(house.data, "intake"))
    plant(house, "intake", planted)
    plant(house, "notify", json.dumps({**json.loads(planted), "id": str(uuid4())}).encode())
    _file(house)
    yield


@contextmanager
def _many_openings(house: House) -> Iterator[None]:
    with house.client() as client:
        filed = Door(client, house.staff).file(Citizen(int(time.time()), "opened").body)
        for _ in range(12):
            address = f"/intake/api/cases/{filed['ticket']}/personal-data"
            headers = house.staff("officer") | {"Idempotency-Key": str(uuid4())}
            client.post(address, json={"purpose": "handling"}, headers=headers)
    yield


@contextmanager
def _no_backup(house: House) -> Iterator[None]:
    """The backups are gone, and none can be written."""
    target = Path(house.environment["ZI_BACKUPS"])
    aside = target.with_name("aside")
    target.rename(aside)
    target.touch()
    try:
        yield
    finally:
        target.unlink()
        aside.rename(target)


@contextmanager
def _no_drill(house: House) -> Iterator[None]:
    """The note of the last drill is from last year, and no scratch folder can be made."""
    note = house.data / "backup" / "last-drill"
    before = note.read_text()
    note.write_text("2020-01-01T00:00:00+00:00\n")
    try:
        with no_room(house.pid("backups")):
            yield
    finally:
        note.write_text(before)


NOT_READY = frozenset({"NotReady"})
FAULTS = (
    Fault("NATS does not answer", partial(_frozen, "nats"), frozenset({"OutboxQuiet", "NotReady"})),
    Fault("a service hangs", partial(_frozen_service, "notify"), frozenset({"NoAnswer"})),
    Fault(
        "the ledger's writer hangs",
        partial(_frozen_service, "audit-writer"),
        frozenset({"NoAnswer"}),
        NOT_READY,
    ),
    Fault("the witness does not answer", partial(_frozen, "witness"), frozenset({"WitnessFault"})),
    Fault(
        "intake's disk is full",
        partial(_without_room, "intake"),
        frozenset({"CommandsUnrecorded", "NotReady"}),
    ),
    Fault(
        "the ledger's disk is full",
        partial(_without_room, "audit-writer"),
        frozenset({"LogStopped", "NotReady"}),
    ),
    Fault("no backup can be made", _no_backup, frozenset({"BackupOld", "BackupFailed"})),
    Fault("no drill can be made", _no_drill, frozenset({"DrillOld", "DrillFailed"})),
    Fault("an official opens more than allowed", _many_openings, frozenset({"OpeningsLimited"})),
    Fault("somebody writes without a service's key", _unproven, frozenset({"ForeignMessages"})),
    Fault(
        "a message breaks its contract",
        _poison,
        frozenset({"InboxBlocked", "NotReady"}),
        frozenset(
            {"NoAnswer", "ForeignMessages"}
        ),  # the house meets it at a start, and counts anew what was passed over before
    ),
    Fault(
        "somebody writes with a service's key",
        _forged,
        frozenset({"OutboxStopped", "LogAnomaly", "NotReady"}),
        # The last two were seen once, on a machine with ten times the load that it carries.
        frozenset({"OutboxQuiet", "InboxBlocked", "NoAnswer", "NobodyLeads"}),
    ),
)
# Alarms that no fault here causes, and the reason.
UNTRIED = {
    **dict.fromkeys(
        ("ArchiveStill", "ArchiveBehind"),
        "A house of `make up` has no PostgreSQL. promtool judges the rule, and a test stops a real archive and reads the number.",
    ),
    "BackupCopyOld": "The house of the trial has no bucket. promtool judges the rule, and a test takes the bucket away and reads the number.",
    "NobodyLeads": "No fault here causes it each time: on SQLite a process that does not lead does not answer. promtool judges the rule.",
}


def _file(house: House) -> None:
    """Somebody files, whatever becomes of it."""
    with house.client() as client:
        body = Citizen(int(time.time() * 10), "fault").body
        try:
            client.post(
                "/intake/api/complaints", json=body, headers={"Idempotency-Key": str(uuid4())}, timeout=5
            )
        except httpx.HTTPError:
            return


class Prometheus:
    """A server for one fault alone, with its own memory: what grew before does not count."""

    def __init__(self, folder: Path, house: House, port: int) -> None:
        self._folder = folder
        self._house = house
        self.url = f"http://127.0.0.1:{port}"
        self._port = port

    def __enter__(self) -> "Prometheus":
        self._folder.mkdir(parents=True)
        (self._folder / "alarms.yml").write_text(_hurried(RULES.read_text()))
        (self._folder / "prometheus.yml").write_text(yaml.safe_dump(self._config()))
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *("prometheus", f"--config.file={self._folder / 'prometheus.yml'}"),
                    *(
                        f"--storage.tsdb.path={self._folder / 'data'}",
                        f"--web.listen-address=127.0.0.1:{self._port}",
                    ),
                ],
                stdout=log,
                stderr=log,
            )
        await_(lambda: len(self.ask('up{job="zona"} == 1')) == len(self._targets()))
        time.sleep(4)  # two samples of everything, or nothing grows
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)

    def firing(self) -> frozenset[str]:
        alerts = self._get("/api/v1/alerts")["alerts"]
        return frozenset(each["labels"]["alertname"] for each in alerts if each["state"] == "firing")

    def ask(self, query: str) -> list[Any]:
        result: list[Any] = self._get("/api/v1/query", query=query)["result"]
        return result

    def _get(self, path: str, **query: str) -> Any:
        answer = httpx.get(f"{self.url}{path}", params=query, trust_env=False, timeout=10)
        answer.raise_for_status()
        return answer.json()["data"]

    def _targets(self) -> list[dict[str, Any]]:
        [job] = yaml.safe_load(CONFIG.read_text())["scrape_configs"]
        targets: list[dict[str, Any]] = job["static_configs"]
        return targets

    def _config(self) -> dict[str, Any]:
        moved = []
        for each in self._targets():
            name = each["labels"]["instance"]
            moved.append({**each, "targets": [self._house.service_url(name).removeprefix("http://")]})
        return {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": ["alarms.yml"],
            "scrape_configs": [{"job_name": "zona", "static_configs": moved}],
        }


def _hurried(rules: str) -> str:
    """Shorten the waiting of each alarm."""
    units = {"s": 1, "m": 60, "h": 3600}

    def shorter(found: re.Match[str]) -> str:
        seconds = max(1, int(found[1]) * units[found[2]] // FASTER)
        return f"for: {seconds}s"

    return re.sub(r"for: (\d+)([smh])", shorter, rules)


def measured() -> dict[str, Any]:
    """Return which alarms fired at each fault. Raises HTTPStatusError where a query of Grafana is none."""
    if shutil.which("prometheus") is None:
        raise FileNotFoundError("prometheus is missing: apt-get install prometheus")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zona-alarm-faults-") as folder:
        found, queries = _run(Path(folder))
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "prometheus": _version(),
        "faults": {name: sorted(alarms) for name, alarms in found.items()},
        "queries": queries,
    }


def against_the_table(faults: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the faults at which other alarms fired than the table says, or one of the table's did not."""
    return {
        fault.name: sorted(faults[fault.name])
        for fault in FAULTS
        if not fault.alarms <= set(faults[fault.name]) <= fault.alarms | fault.also
    }


def _run(folder: Path) -> tuple[dict[str, frozenset[str]], dict[str, int]]:
    house = House(
        folder / "var",
        ZI_BACKUPS=str(folder / "backups"),
        ZI_OPENINGS_AN_HOUR="3",
    )
    house.is_executed = True
    write_house_key(house.data / "backup" / "key", make_keys()[0])
    first = free_range()
    found: dict[str, frozenset[str]] = {}
    queries: dict[str, int] = {}
    with house:
        _file(house)
        await_(lambda: (house.data / "backup" / "last-drill").exists() and _is_whole(house))
        for number, fault in enumerate(FAULTS):
            with Prometheus(folder / f"prometheus-{number}", house, first + number) as prometheus:
                calm = prometheus.firing()
                assert not calm, f"before {fault.name}: {calm}"
                queries = queries or _queries(prometheus)
                with fault.cause(house):
                    found[fault.name] = _fired(prometheus, fault)
                print(f"{fault.name}: {', '.join(sorted(found[fault.name])) or 'nothing'}", flush=True)
            if fault is not FAULTS[-1] and fault.cause is not _poison:
                await_(lambda: _is_whole(house))
            elif fault.cause is _poison:
                _skip(house)
    return found, queries


def _fired(prometheus: Prometheus, fault: Fault) -> frozenset[str]:
    """Collect what fires from the cause on: some alarms end before others begin."""
    until = time.monotonic() + PATIENCE
    fired = frozenset[str]()
    while time.monotonic() < until and not fault.alarms <= fired:
        fired |= prometheus.firing()
        time.sleep(0.5)
    for _ in range(int(SETTLED)):
        fired |= prometheus.firing()
        time.sleep(1)
    return fired


def _is_whole(house: House) -> bool:
    names = ("intake", "umkm", "certificates", "integrity", "notify", "audit", "audit-writer", "backups")
    return all(house.unready(name) == {} for name in names) and records.settled(house)


def _skip(house: House) -> None:
    """An operator skips the message everywhere."""
    with house.client() as client:
        await_(lambda: client.get("/sign-in").status_code == 303)
        ops = house.staff("ops")
        for name in ("notify", "certificates", "umkm", "integrity"):
            for lane in client.get(f"/{name}/api/lanes", headers=ops).json():
                if lane["blocked_at"]:
                    skip = {"position": lane["blocked_at"], "reason": "planted by a trial of the alarms"}
                    client.post(f"/{name}/api/lanes/{lane['sender']}/skip", json=skip, headers=ops)
    await_(lambda: _is_whole(house))


def _queries(prometheus: Prometheus) -> dict[str, int]:
    """Ask every query of the dashboard; return how many series each draws in a house that is well."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return {
        panel["title"]: sum(len(prometheus.ask(each["expr"])) for each in panel["targets"])
        for panel in panels
    }


def _version() -> str:
    printed = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=True)
    return (printed.stdout or printed.stderr).split()[2]


def row(result: Mapping[str, Any]) -> str:
    fired = {alarm for alarms in result["faults"].values() for alarm in alarms}
    return (
        f"{'alarm faults':22} {len(result['faults']):5} faults {len(fired):5} alarms {len(result['queries']):5} queries"
        f" {result['seconds']:5} s"
    )


def page() -> str:
    """Return docs/alarms.md."""
    names = [
        rule["alert"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
    ]
    lines = [
        "# Alarms by fault",
        "",
        "Generated by `make documents` from the table in [bench/alarm_faults.py](../bench/alarm_faults.py), which `make alarms` compares with a real Prometheus",
        "that reads a real house. What to do about each alarm: [operations](operations.md), What to watch. A ● fires, a ○ may fire, nothing else does.",
        "",
        f"| fault | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
    ]
    for fault in FAULTS:
        marks = ["●" if name in fault.alarms else "○" if name in fault.also else "" for name in names]
        lines.append(f"| {fault.name} | {' | '.join(marks)} |")
    lines += ["", *(f"- `{name}`: {why}" for name, why in UNTRIED.items()), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["page"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        result = measured()
        (ROOT / "bench" / "alarm_faults.json").write_text(
            json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        )
        print(row(result))
        sys.exit(
            f"other alarms than the table says: {wrong}"
            if (wrong := against_the_table(result["faults"]))
            else 0
        )
