"""The faults that a cluster is there for, in the house of deploy/cluster on one machine: `python -m bench.chaos_cluster` writes
bench/chaos_cluster.json; words choose faults by their names. `python -m bench.chaos page` shows them too.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bench import chaos
from bench.chaos import CUT, Fault, Results
from bench.chaos_house import (
    SERVERS,
    SERVICES,
    ComposeHouse,
    NotCausedError,
    container,
    killed,
    run,
    unplugged,
)
from bench.chaos_load import complaint

STREAM = "ZI_INTAKE"
DATABASES = ("postgres", "postgres-2")
NATS = ("nats", "nats-2", "nats-3")
COST_TURNS, COST_FILINGS = 4, 50
# As the next release may be: each service fills its read models anew.
NEXT_IMAGES = {service: f"zona-{service.partition('-')[0]}:next" for service in SERVICES}
NEXT_VERSION = r"""
FROM {image}
USER 0:0
RUN cd /opt/house/zi_{package}/read && sed -i -E 's/^    version = ([0-9]+)$/    version = 1\1/' *.py && grep -qE '^    version = 1[0-9]+$' *.py
"""
LEASE_LINE = re.compile(r"^zi_lease_held\b.* 1(\.0)?$", re.MULTILINE)
PROMOTED = "the replica is promoted"


class ClusterHouse(ComposeHouse):
    """`away` is the server of PostgreSQL that stands still since a promotion."""

    services = (*SERVICES, *(f"{name}-2" for name in SERVICES))
    servers: Mapping[str, int] = {**SERVERS, "nats-2": 4222, "nats-3": 4222, "postgres-2": 5432}
    settings = ("deploy/demo/compose.env", "deploy/cluster/compose.env")
    away = ""

    def prepare(self) -> None:
        self._script("postgres", "first")

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        images = sorted(set(NEXT_IMAGES.values()))
        subprocess.run(["docker", "image", "rm", *images], capture_output=True, check=False)

    def unready(self) -> list[str]:
        return [name for name in super().unready() if name != self.away]

    def leading(self, service: str) -> str | None:
        """Return which of the two processes holds the lease."""
        for name in (service, f"{service}-2"):
            try:
                answer = self._probe.get(f"http://{self.address(name)}:8000/{service}/metrics")
            except (httpx.HTTPError, KeyError):
                continue
            if LEASE_LINE.search(answer.text):
                return name
        return None

    def first_of_nats(self, servers: Sequence[str] = NATS) -> str:
        """Return the server that leads the stream of intake, as the first of these says that answers."""
        for name in servers:
            streams = "http://127.0.0.1:8222/jsz?accounts=1&streams=1"
            try:
                inside = ["nsenter", "--target", str(self.pid(name)), "--net"]
                answer = json.loads(run([*inside, "curl", "--silent", "--max-time", "3", streams]))
            except (ValueError, subprocess.CalledProcessError):  # it starts just now, or does not run
                continue
            for account in answer.get("account_details", []):
                for stream in account.get("stream_detail", []):
                    if stream["name"] == STREAM and stream["cluster"].get("leader"):
                        return str(stream["cluster"]["leader"])
        raise NotCausedError(f"{STREAM} has no leader")

    def first_of_postgres(self) -> str:
        for name in DATABASES:
            if self._psql(name, "SELECT NOT pg_is_in_recovery()") == "t":
                return name
        raise NotCausedError("no server of PostgreSQL leads")

    def is_paired(self, name: str) -> bool:
        sql = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        return self._psql(name, sql) == "1"

    def records(self) -> bool:
        """Return whether both processes of intake are ready."""
        try:
            return not any(any(self.readiness(name).values()) for name in ("intake", "intake-2"))
        except (httpx.HTTPError, KeyError, ValueError):
            return False

    def mend(self) -> None:
        """As docs/cluster.md says."""
        away, self.away = self.away, ""
        if away:
            self._script(away, "rejoin")
            self.compose("up", "--detach", "--wait", "--no-deps", away)
            self.compose("run", "--rm", "--no-deps", "pair")

    def _script(self, name: str, word: str) -> None:
        """Run a word of the script in the folder of a server that stands still."""
        self.compose("run", "--rm", "--no-deps", "--entrypoint", "bash", name, "/cluster/postgres.sh", word)

    def _psql(self, name: str, sql: str) -> str:
        command = ("psql", "--no-psqlrc", "-At", "-h", "127.0.0.1", "-U", "postgres", "-c", sql)
        try:
            return self.compose("exec", "--no-TTY", name, *command).strip()
        except subprocess.CalledProcessError:
            return ""


@contextmanager
def leader_killed(service: str, house: ClusterHouse) -> Iterator[None]:
    name = house.leading(service)
    if name is None:
        raise NotCausedError(f"nobody leads {service}")
    with killed(name, house):
        begun = time.monotonic()
        while (then := house.leading(service)) is None:
            if time.monotonic() > begun + chaos.PATIENCE:
                raise NotCausedError(f"nobody leads {service} after {name}")
            time.sleep(0.1)
        house.cause = {"led": name, "leads": then, "lease_moved_s": round(time.monotonic() - begun, 1)}
        yield


@contextmanager
def nats_killed(house: ClusterHouse) -> Iterator[None]:
    name = house.first_of_nats()
    with killed(name, house):
        house.cause = {"led": name}
        yield
    house.cause["leads"] = house.first_of_nats()


@contextmanager
def nats_unplugged(house: ClusterHouse) -> Iterator[None]:
    name = house.first_of_nats()
    with unplugged(name, house):
        yield
        others = [each for each in NATS if each != name]
        house.cause = {"led": name, "leads": house.first_of_nats(others)}


@contextmanager
def promoted(house: ClusterHouse) -> Iterator[None]:
    """`docker kill` counts as the operator's wish, so the server stays away as one does whose machine is lost."""
    name = house.first_of_postgres()
    [other] = [each for each in DATABASES if each != name]
    if not house.is_paired(name):
        raise NotCausedError(f"{name} has no copy")
    house.away = name
    run(["docker", "kill", container(name)])
    begun = time.monotonic()
    house.compose("exec", "--no-TTY", other, "bash", "/cluster/postgres.sh", "promote")
    house.cause = {"led": name, "leads": other, "promoted_s": round(time.monotonic() - begun, 1)}
    house.noticed = ["the operator"]
    while not house.records():
        if time.monotonic() > begun + chaos.PATIENCE:
            raise NotCausedError("intake did not go on")
        time.sleep(0.1)
    house.cause["intake_is_ready_s"] = round(time.monotonic() - begun, 1)
    yield


@contextmanager
def leader_of_postgres_killed(house: ClusterHouse) -> Iterator[None]:
    name = house.first_of_postgres()
    with killed(name, house):
        house.cause = {"led": name}
        yield


@contextmanager
def copy_killed(house: ClusterHouse) -> Iterator[None]:
    leader = house.first_of_postgres()
    [name] = [each for each in DATABASES if each != leader]
    with killed(name, house):
        house.cause = {"leads": leader}
        yield


@contextmanager
def upgraded(house: ClusterHouse) -> Iterator[None]:
    """Replace each process by one of the next version, one after the other, as docs/cluster.md says."""
    overlay = next_version(house.folder)
    former = {name: house.inspected(name)["Id"] for name in house.services}
    begun = time.monotonic()
    for service in SERVICES:
        for name in (f"{service}-2", service):
            house.compose("up", "--detach", "--wait", "--no-deps", name, overlay=overlay)
    if same := [name for name in house.services if house.inspected(name)["Id"] == former[name]]:
        raise NotCausedError(f"{same} were not replaced")
    house.cause = {"processes_replaced": len(former), "in_s": round(time.monotonic() - begun)}
    yield


def next_version(folder: Path) -> Path:
    """Build its images beside those of the house. Return a file of compose that names them."""
    for image in sorted(set(NEXT_IMAGES.values())):
        name = image.partition(":")[0]
        recipe = NEXT_VERSION.format(image=name, package=name.removeprefix("zona-"))
        build = ["docker", "build", "--quiet", "--tag", image, "-"]
        subprocess.run(build, input=recipe.encode(), capture_output=True, check=True)
    pairs = [(name, image) for service, image in NEXT_IMAGES.items() for name in (service, f"{service}-2")]
    file = folder / "next.yml"
    file.write_text(json.dumps({"services": {name: {"image": image} for name, image in pairs}}))
    return file


def cost(house: ClusterHouse) -> dict[str, Any]:
    """Return the median milliseconds of a complaint, sent alone, where its commit waits for the copy and where it does not, in turns."""
    waited: dict[str, list[float]] = {"paired": [], "alone": []}
    began = os.getloadavg()[0]
    with house.client() as client:
        leader = house.first_of_postgres()
        for turn in range(COST_TURNS):
            house.compose("run", "--rm", "--no-deps", "pair")
            waited["paired"] += _filings(client, f"paired {turn}")
            house.compose("exec", "--no-TTY", leader, "bash", "/cluster/postgres.sh", "alone")
            waited["alone"] += _filings(client, f"alone {turn}")
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_at_start": round(began, 1),
        "complaints_each": COST_TURNS * COST_FILINGS,
        **{f"{name}_ms": round(statistics.median(times) * 1000, 1) for name, times in waited.items()},
    }


def _filings(client: httpx.Client, series: str) -> list[float]:
    times = []
    for number in range(COST_FILINGS):
        begun = time.monotonic()
        headers = {"Idempotency-Key": str(uuid4())}
        answer = client.post("/intake/api/complaints", json=complaint(number, series), headers=headers)
        answer.raise_for_status()
        times.append(time.monotonic() - begun)
    return times


FAULTS = (
    Fault("nothing happens", chaos.nothing, CUT),
    Fault("the NATS server that leads is killed", nats_killed),
    Fault("the NATS server that leads loses its network", nats_unplugged, CUT),
    Fault("the PostgreSQL server that leads is killed and stays away", promoted, command=PROMOTED),
    Fault("the PostgreSQL server that leads is killed", leader_of_postgres_killed),
    Fault("the copy of PostgreSQL is killed", copy_killed),
    *(Fault(f"the {name} that leads is killed", partial(leader_killed, name)) for name in SERVICES),
    Fault("a new version comes", upgraded),
)
RESULTS = Results(Path(__file__).with_name("chaos_cluster.json"), FAULTS)


def main(arguments: list[str]) -> int:
    chosen = [fault for fault in FAULTS if not arguments or any(word in fault.name for word in arguments)]
    with tempfile.TemporaryDirectory(prefix="zona-cluster-") as folder:
        house = ClusterHouse(Path(folder), Path("deploy/cluster/compose.yml"))
        tried = chaos.measured(house, chosen, RESULTS, lambda: RESULTS.add("cost", cost(house)))
    return 0 if len(tried) == len(chosen) and not chaos.wrong(RESULTS.read(), FAULTS) else 1


HEAD = (
    "## In a cluster",
    "",
    "Generated from [bench/chaos_cluster.json](../bench/chaos_cluster.json), which `python -m bench.chaos_cluster` writes: the same load through the gateway of a [cluster](cluster.md) whose servers",
    "and processes all run on one machine, so what dies is a container and never a disk. *Lease moved* is the time from the death of the process that led to the other one's lease; *promoted* and",
    "*intake is ready* are seconds since the death, at once after which the command is given: a person takes longer, and clients wait for it.",
    "",
)


FINDINGS = (
    "Seen in it:",
    "",
    "- An earlier run (not in the file) filed 5 complaints a second while others put a load of 25 to 42 on the machine, so that clients waited up to 12.2 s while nothing happened: 2,460 of 2,460",
    "  acknowledged, none lost, none doubled, 498 of 498 mails. A client waited 37.8 s for the promotion there, and leases moved within 1.1 to 7.3 s. Stores were not compared with the ledger.",
    "- The ledger's writer that stood by was never ready, and accounts that only read found no leader. Both are mended; the rows are of the mended house.",
    "- A kill of the leading PostgreSQL without a promotion is over as soon as docker has started it again: the copy follows by itself.",
    "- While a new version came, others put a load of 35 to 60 on the machine, so that a start took twenty seconds. Two attempts got a 503, where 84 had before a process that leaves said so to the gateway.",
    "",
)


def sections() -> Iterator[str]:
    """Yield what docs/faults.md says of a cluster, once it was measured."""
    results = RESULTS.read()
    if measured := results.get("cost"):
        yield from HEAD
        yield (
            f"A commit that waits for its copy: a complaint that is sent alone takes {measured['paired_ms']:g} ms, and {measured['alone_ms']:g} ms where it does not wait (medians of"
            f" {measured['complaints_each']} each, in turns, both servers on one disk; load {measured['load_at_start']:g})."
        )
        yield ""
        yield from chaos.rows(results, FAULTS)
        yield ""
        yield from FINDINGS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
