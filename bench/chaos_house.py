"""A house of compose with a project, passwords and ports of its own, and the faults that can be caused in it. Needs a docker engine on this
machine, root, nsenter and iptables: a process is killed as the kernel kills it, and a line is cut without a word to either side."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from bench.chaos_load import Acknowledged

ROOT = Path(__file__).parents[1]
PROJECT = "zona-chaos"
PORT, IDENTITY_PORT = 18_700, 18_701
SERVICES = ("intake", "umkm", "certificates", "integrity", "notify", "audit", "audit-writer")
# Everything else that runs, and where it listens.
SERVERS: Mapping[str, int] = {
    "nats": 4222,
    "postgres": 5432,
    "gateway": 8080,
    "witness": 8000,
    "mailbox": 8000,
    "identity": 8081,
}
# Strangers are not what is tried: no budget of one address stops the load. Everybody may read the entries, so that they can be counted.
OPTIONS: Mapping[str, str] = {
    "ZI_PORT": str(PORT),
    "ZI_IDENTITY_PORT": str(IDENTITY_PORT),
    "ZI_OPEN_ENTRIES": "1",
    "ZI_FILINGS_A_DAY": "1000000",
    "ZI_MAIL_FILINGS_A_DAY": "1000000",
    "ZI_FIRST_MAILS_A_DAY": "1000000",
}
INSIDE = f"{PROJECT}_inside"
STARTED_WITHIN = 300


class NotCausedError(Exception):
    """A fault did not happen as it is named, so what was counted meanwhile says nothing about it."""


class ComposeHouse:
    """`folder` holds its passwords and what `zi-verify` remembers of its log."""

    services: Sequence[str] = SERVICES
    servers: Mapping[str, int] = SERVERS
    settings: Sequence[str] = ("deploy/demo/compose.env",)

    def __init__(self, folder: Path, overlay: Path | None = None) -> None:
        self.folder = folder
        self._files = ["--file", "docker-compose.yml", *(["--file", str(overlay)] if overlay else [])]
        self.url = f"http://localhost:{PORT}"
        self._environment = folder / "compose.env"
        self._addresses: dict[str, str] = {}
        self._probe = httpx.Client(trust_env=False, timeout=3)
        self.noticed: list[str] = []  # by which checks of which services the last fault was noticed
        self.cause: dict[str, Any] = {}  # what was seen of the cause of the last fault
        self.filed: list[Acknowledged] = []  # while the last fault was tried

    def __enter__(self) -> "ComposeHouse":
        passwords = run(["sh", str(ROOT / "deploy" / "compose-env")])
        options = "".join(f"{name}={value}\n" for name, value in OPTIONS.items())
        self._environment.write_text(passwords + options)
        self._environment.chmod(0o600)
        self.compose("down", "--volumes", "--timeout", "10")  # what a run that was killed left
        try:
            self.prepare()
            self.compose("up", "--detach", "--build", "--wait", "--wait-timeout", str(STARTED_WITHIN))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._probe.close()
        self.compose("down", "--volumes", "--timeout", "10")

    def prepare(self) -> None:
        """Do what comes before the first start."""

    def compose(self, *words: str, overlay: Path | None = None) -> str:
        """`overlay` is one more file for this call."""
        settings = [
            word for file in (str(self._environment), *self.settings) for word in ("--env-file", file)
        ]
        command = [
            "docker",
            "compose",
            *self._files,
            *(["--file", str(overlay)] if overlay else []),
            "--project-name",
            PROJECT,
            *settings,
            "--profile",
            "demo",
        ]
        return run([*command, *words])

    def mend(self) -> None:
        """Put back what a fault left changed on purpose: nothing in this house."""

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, trust_env=False, timeout=30)

    def readiness(self, name: str) -> dict[str, str | None]:
        """Return what each check of the service says, None where all is well. Raises HTTPError or KeyError where it does not answer."""
        answer = self._probe.get(f"http://{self.address(name)}:8000/{_service_of(name)}/ready")
        return {check: state["reason"] for check, state in answer.json()["checks"].items()}

    def not_ready(self) -> list[str]:
        """Return the failing checks of each service, or that it does not answer."""
        found: list[str] = []
        for name in self.services:
            try:
                found += [f"{name}: {check}" for check, reason in self.readiness(name).items() if reason]
            except (httpx.HTTPError, KeyError, ValueError):
                found.append(f"{name}: no answer")
        return found

    def clock_is_off(self, name: str) -> float:
        """Return by how many seconds the clock of its process is ahead of this one, as the date of its answers says."""
        answer = self._probe.get(f"http://{self.address(name)}:8000/{name}/ready")
        return round(parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time())

    def inspected(self, name: str) -> dict[str, Any]:
        [found] = json.loads(run(["docker", "inspect", container(name)]))
        result: dict[str, Any] = found
        return result

    def restarts(self) -> dict[str, int]:
        """Return how often docker started each container again by itself."""
        names = [*self.services, *self.servers]
        counts = run(["docker", "inspect", "--format", "{{.RestartCount}}", *map(container, names)])
        return dict(zip(names, map(int, counts.split()), strict=True))

    def unready(self) -> list[str]:
        """Return what does not answer, or says that it is not ready."""
        return [name for name in (*self.services, *self.servers) if not self._answers(name)]

    def verify(self) -> int:
        """Return the exit status of `zi-verify log`, which remembers what it saw before; waits for the witness."""
        command = [sys.executable, "-m", "zi_verify.main", "log", f"{self.url}/audit/log"]
        command += ["--state", str(self.folder / "pins")]
        for _ in range(60):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 6:
                break
            time.sleep(1)
        if done.returncode:
            print(done.stdout, done.stderr, flush=True)
        return done.returncode

    def reconcile(self) -> dict[str, int]:
        """Compare each store with the ledger; return the exit status by service."""
        return {
            name: self._status("run", "--rm", "reconcile", name)
            for name in SERVICES
            if name != "audit-writer"
        }

    def mails(self) -> list[str]:
        """Return the Message-ID of each mail that reached the mailbox."""
        command = "cat /var/lib/zona/mailbox/maildir/new/* | grep -i '^message-id:' || true"
        lines = self.compose("exec", "--no-TTY", "mailbox", "sh", "-c", command).splitlines()
        return [line.partition(":")[2].strip() for line in lines]

    def _status(self, *words: str) -> int:
        try:
            self.compose(*words)
        except subprocess.CalledProcessError as error:
            print(error.stdout, error.stderr, flush=True)
            return error.returncode
        return 0

    def _answers(self, name: str) -> bool:
        """An address is forgotten at once where it does not answer well: containers that start anew together may have changed theirs."""
        try:
            answers = self._is_well(name)
        except (OSError, httpx.HTTPError, KeyError):
            answers = False
        if not answers:
            self._addresses.pop(name, None)
        return answers

    def _is_well(self, name: str) -> bool:
        if name == "gateway":
            return self._probe.get(f"{self.url}/status").status_code == 200
        address = self._addresses.get(name) or self.address(name)
        if name in self.services:
            path = f"{_service_of(name)}/ready"
            return self._probe.get(f"http://{address}:8000/{path}").status_code == 200
        with socket.create_connection((address, self.servers[name]), 3):
            return True

    def address(self, name: str) -> str:
        """Return its address on the inner network, or on the outer one where it is not on that. Raises KeyError while it has none."""
        networks = self.inspected(name)["NetworkSettings"]["Networks"]
        found = networks.get(INSIDE) or networks[f"{PROJECT}_front"]
        if not found["IPAddress"]:
            raise KeyError(name)
        self._addresses[name] = found["IPAddress"]
        return self._addresses[name]

    def pid(self, name: str) -> int:
        pid: int = self.inspected(name)["State"]["Pid"]
        return pid


@contextmanager
def killed(name: str, house: ComposeHouse) -> Iterator[None]:
    """As the kernel kills it: `docker kill` would count as the operator's wish, and nothing would start it again."""
    pid = house.pid(name)
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.01)
    yield


@contextmanager
def restarted(name: str, house: ComposeHouse) -> Iterator[None]:
    house.compose("restart", name)
    yield


@contextmanager
def frozen(name: str, house: ComposeHouse) -> Iterator[None]:
    run(["docker", "pause", container(name)])
    try:
        yield
        house.cause = {"stands_still": house.inspected(name)["State"]["Paused"]}
        if not house.cause["stands_still"]:
            raise NotCausedError(f"{name} is not paused")
    finally:
        run(["docker", "unpause", container(name)])


@contextmanager
def cut_off(name: str, server: str, house: ComposeHouse) -> Iterator[None]:
    """Drop what they send to each other, in both directions, as on a line that was pulled out somewhere between."""
    address = house.address(name)
    rules = (("INPUT", "--source", address), ("OUTPUT", "--destination", address))
    inside = ["nsenter", "--target", str(house.pid(server)), "--net", "iptables", "--wait"]
    for chain, *match in rules:
        run([*inside, "--append", chain, *match, "--jump", "DROP"])
    try:
        yield
        house.cause = {"packets_dropped": _dropped(inside, address)}
        if not house.cause["packets_dropped"]:
            raise NotCausedError(f"{name} and {server} sent each other nothing")
    finally:
        for chain, *match in rules:
            run([*inside, "--delete", chain, *match, "--jump", "DROP"])


def _dropped(iptables: Sequence[str], address: str) -> int:
    lines = run([*iptables, "--list", "--verbose", "--exact", "--numeric"]).splitlines()
    rows = [line.split() for line in lines if "DROP" in line and address in line.split()]
    return sum(int(row[0]) for row in rows)


@contextmanager
def unplugged(name: str, house: ComposeHouse) -> Iterator[None]:
    """Its interface on the inner network is gone, and it gets another one."""
    run(["docker", "network", "disconnect", INSIDE, container(name)])
    try:
        yield
    finally:
        run(["docker", "network", "connect", "--alias", name, INSIDE, container(name)])


def _service_of(name: str) -> str:
    """Return the service whose second process, in a cluster, has this name."""
    return name.removesuffix("-2")


def container(name: str) -> str:
    return f"{PROJECT}-{name}-1"


def run(command: Sequence[str]) -> str:
    """Raises CalledProcessError, after it printed what the program said."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-4000:], flush=True)
        done.check_returncode()
    return done.stdout
