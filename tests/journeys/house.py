"""The whole house as `make up` runs it: real NATS, real processes, real files, on a folder and ports of a test's own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, TypeVar

import httpx
from deploy.embedded import processes
from deploy.embedded.forking import FORKS
from tests.journeys.fork_server import ROOT as ROOT
from tests.journeys.fork_server import RUNNER, Forked, houses, without_settings
from tests.ports import free_range

from zi_chassis.settings import GATEWAY, IDENTITY, LISTENERS, NATS

READY = "Zona is ready."
SERVICES = ("intake", "umkm", "certificates", "integrity", "notify", "audit", "audit-writer")
PATIENCE = 120.0
# By a browser, of each of its requests, while networks of this machine come and go, as those of containers do. The page that tells of it
# comes a moment later, and may interrupt what is asked for next.
NETWORK_CHANGED = ("net::ERR_NETWORK_CHANGED", 'interrupted by another navigation to "chrome-error:')
# The first pause between two looks, how much longer each next one is, and up to how many seconds.
SHORTEST, LONGER, LONGEST = 0.05, 1.25, 0.25
TO_START = 300.0  # a house reads much, which takes minutes where thirty others want the processor
# Past any proxy; nobody here speaks TLS, and reading the certificates that are trusted takes longer than an answer.
PLAIN: Any = {"trust_env": False, "verify": False}
T = TypeVar("T")


def await_(condition: Callable[[], T | None], patience: float = PATIENCE, pause: float | None = None) -> T:
    """Return what `condition` gives as soon as it is true. Meanwhile an assertion in it may fail, a refusal lack the field of an answer, and a
    browser drop what it asks for.

    Without a `pause` it is asked less and less often: half of what a house answers would be such questions, and what is waited for needs
    the processor."""
    rest = pause or SHORTEST
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if found := condition():
                return found
        except (httpx.HTTPError, AssertionError, LookupError):
            pass
        except Exception as error:
            if not any(each in str(error) for each in NETWORK_CHANGED):
                raise
        time.sleep(rest)
        rest = pause or min(rest * LONGER, LONGEST)
    found = condition()
    assert found, "it never came to be"
    return found


# All citizens of a journey come from one address, and in one day.
MANY = dict.fromkeys(
    ("ZI_FILINGS_A_DAY", "ZI_MAIL_FILINGS_A_DAY", "ZI_UPLOAD_MB_A_DAY", "ZI_FIRST_MAILS_A_DAY"), "100000"
)


def environment(data: Path, port: int) -> dict[str, str]:
    """This process's own, without any setting of the house but the budgets."""
    return without_settings() | MANY | {"ZI_DATA": str(data), "ZI_PORT": str(port), "PYTHONUNBUFFERED": "1"}


class House:
    """`start` and `stop` may follow each other on the same data; `with` does both.

    `url` is the gateway as programs reach it, `public_url` as browsers see it (the origin of cookies and sign-in).
    Where `is_executed` is set, each program is read anew, as `make up` does it; else the house is a fork (tests/journeys/fork_server.py).
    """

    def __init__(self, data: Path, port: int | None = None, **settings: str) -> None:
        self.data = data
        self.port = port or free_range()
        self.url = f"http://127.0.0.1:{self.port + GATEWAY}"
        self.public_url = f"http://localhost:{self.port + GATEWAY}"
        self.issuer = f"http://127.0.0.1:{self.port + IDENTITY}"
        self.nats_url = f"nats://127.0.0.1:{self.port + NATS}"
        self.log = data.with_suffix(".up.log")
        self.environment = environment(data, self.port) | settings
        self.program = RUNNER
        self.is_executed = not FORKS
        self._runner: subprocess.Popen[bytes] | Forked | None = None
        self._tokens: dict[str, str] = {}
        self._moved = timedelta()

    def __enter__(self) -> "House":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- life

    @property
    def runner(self) -> subprocess.Popen[bytes] | Forked:
        assert self._runner is not None
        return self._runner

    def start(self) -> None:
        """Returns once everything is ready."""
        self.begin()
        try:
            await_(lambda: READY in self.runner_output() or self.runner.poll() is not None, TO_START)
            assert READY in self.runner_output()
        except AssertionError:
            self.stop()
            raise AssertionError(f"{self.runner_output()}\n{self.logs()}") from None

    def begin(self) -> None:
        """Starts the runner and waits for nothing."""
        self._tokens.clear()  # the demo provider makes a new key at each start
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as out:
            self._runner = self._executed(out) if self.is_executed else self._forked(out)

    def _forked(self, out: IO[bytes]) -> Forked:
        return houses().run(self.program, (), self.environment, out.fileno())

    def _executed(self, out: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", self.program],
            env=self.environment,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )

    def stop(self) -> int:
        """As with SIGTERM; the runner's exit code. What is left after that is ended by its recorded id."""
        runner, self._runner = self._runner, None
        if runner is None:
            return 0
        runner.terminate()
        try:
            return runner.wait(90)
        finally:
            runner.kill()
            processes.end(self.data / "run")

    def abandon(self) -> None:
        """Nobody looks at it any more: all of it ends at once, the supervisor first because it would start the others again."""
        if self._runner is not None:
            self._runner.kill()
            self._runner.wait()
            self._runner = None
            left = processes.enrolled(self.data / "run")
            for member in sorted(left, key=lambda member: member.name != processes.SUPERVISOR):
                member.signal(signal.SIGKILL)

    def restart_later(self, days: int) -> None:
        """So many days after its first start, by the office's clock; only a demo's clock can be moved."""
        self.stop()
        self.environment |= {"ZI_DEMO": "1", "ZI_CLOCK_SHIFT": str(60 + days * 24 * 3600)}
        self.start()

    def later(self, days: int) -> None:
        """Move the clock of the running house so many days on from where it is; it was started by `restart_later`."""
        assert "ZI_CLOCK_SHIFT" in self.environment
        self._moved += timedelta(days=days)
        fresh = self.data / "clock.new"
        fresh.write_text(str(int(self._moved.total_seconds())))
        fresh.rename(self.data / "clock")

    def now(self) -> datetime:
        """Return the time by the clock of the house."""
        shift = timedelta(seconds=int(self.environment.get("ZI_CLOCK_SHIFT", "0")))
        return datetime.now(UTC) + shift + self._moved

    def runner_output(self) -> str:
        """Return what the runner printed since it began."""
        return self.log.read_text()

    def logs(self) -> str:
        files = sorted((self.data / "logs").glob("*.log"))
        return "\n".join(f"-- {file.name}\n{file.read_text()[-2000:]}" for file in files)

    # -- processes

    def pid(self, name: str) -> int:
        """Of the process that runs this program now."""
        return await_(lambda: self._member(name)).pid

    def alive(self) -> dict[str, int]:
        return {member.name: member.pid for member in processes.enrolled(self.data / "run")}

    def kill(self, name: str) -> None:
        """`kill -9`, and returns once the runner has another one running."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        await_(lambda: (found := self._member(name)) and found.pid != pid)

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """The program stands still and does not end."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _member(self, name: str) -> processes.Member | None:
        found = {member.name: member for member in processes.enrolled(self.data / "run")}
        return found.get(name)

    # -- talking to it

    def service_url(self, name: str) -> str:
        """Past the gateway."""
        return f"http://127.0.0.1:{self.port + LISTENERS[name]}"

    def unready(self, name: str) -> dict[str, str]:
        """Return the reasons why a program is not ready, by check; empty when it is."""
        answer = httpx.get(f"{self.service_url(name)}/{name}/ready", **PLAIN, timeout=10)
        checks: Mapping[str, Any] = answer.json()["checks"]
        return {check: state["reason"] for check, state in checks.items() if state["reason"]}

    def seed(self, service: str) -> Path:
        """The key under which `service` speaks to NATS."""
        return self.data / "nats" / "keys" / f"{service}.nk"

    def token(self, person: str = "officer") -> str:
        """The bearer of a demo person (deploy/demo/people.json)."""
        if person not in self._tokens:
            self._tokens[person] = sign_in(self.public_url, person)
        return self._tokens[person]

    def staff(self, person: str = "officer") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(person)}"}

    def client(self, address: str = "127.0.0.1") -> httpx.Client:
        """Over the gateway, from a loopback address of the caller's choice: wrong tries are counted by address."""
        transport = httpx.HTTPTransport(local_address=address, **PLAIN)
        return httpx.Client(base_url=self.url, transport=transport, trust_env=False, timeout=60)


def sign_in(public_url: str, person: str) -> str:
    """The way of a browser: our page, the provider's, and back; the token is in our cookie then."""
    with httpx.Client(base_url=public_url, **PLAIN, timeout=60) as browser:
        begun = browser.get("/sign-in")
        assert begun.status_code == 303, begun.text
        chosen = httpx.post(begun.headers["location"], data={"sub": person}, **PLAIN, timeout=60)
        back = browser.get(chosen.headers["location"])
        assert back.status_code == 303, back.text
        return browser.cookies["zi_staff"]
