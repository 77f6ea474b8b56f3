"""A process that has read the programs of `make up` and forks houses for one pytest worker: to read them anew at each start costs more
than what a journey asks of them. It ends with its worker, and the houses that are left then stop in order."""

import ast
import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn, cast

from deploy.embedded import forking, programs, supervisor
from jinja2 import Environment, FileSystemBytecodeCache

from zi_chassis.settings import Settings
from zi_chassis.web import page
from zi_chassis.web.language import indonesian
from zi_rules.holidays import current_holidays

ROOT = Path(__file__).resolve().parents[2]
RUNNER, SUPERVISOR = "deploy.embedded", "deploy.embedded.forking"
# Whoever reads settings while modules are read would give them to every house: this one can't be read.
TRAP = {"ZI_PORT": "settings are read after the fork"}
LARGEST_REQUEST = 1 << 17


class Forked:
    """A forked process, with those methods of `subprocess.Popen` that its starter needs.

    `handle` is its pidfd: no signal reaches another process with the same number. `exit_code` is called once it has ended.
    """

    def __init__(self, pid: int, handle: int, exit_code: Callable[[], int]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle = handle
        self._exit_code = exit_code

    def poll(self) -> int | None:
        return self._await(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._await(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def _await(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._handle], [], [], seconds)[0]:
            self.returncode = self._exit_code()
            os.close(self._handle)
        return self.returncode


class ForkServer:
    """The worker's end."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.fork_server", str(theirs.fileno()), *modules],
                env=without_settings() | TRAP | {"PYTHONUNBUFFERED": "1"},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def run(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], output: int
    ) -> Forked:
        """Run the module as `python -m` does, at the root; `output` is the descriptor that it prints to."""
        content = json.dumps([module, list(arguments), dict(environment)]).encode()
        report, write = os.pipe()
        try:
            socket.send_fds(self._requests, [content], [output, write])
        finally:
            os.close(write)
        pid, handles, *_ = socket.recv_fds(self._requests, LARGEST_REQUEST, 1)
        assert pid, "the fork server has ended"
        return Forked(int(pid), handles[0], lambda: reported(report))

    def close(self) -> None:
        self._requests.close()
        self.process.wait()


def reported(report: int) -> int:
    """Read the exit code of a process, which the server writes once it has ended."""
    with open(report) as pipe:
        return int(pipe.read())


def without_settings() -> dict[str, str]:
    """Return this process's own environment, without any setting of a house."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ZI_")}


@cache
def houses() -> ForkServer:
    """Return this worker's server; it begins with the first house."""
    server = ForkServer((f"{RUNNER}.__main__", SUPERVISOR, *program_modules()))
    atexit.register(server.close)
    return server


def program_modules() -> list[str]:
    """Return the modules that `make up` runs, with all that can be chosen."""
    settings = Settings(service="runner", demo=True)
    chosen = programs.programs(settings, identity=True, mailbox=True, backups=True)
    lines = [program.command for program in chosen]
    return list(dict.fromkeys(line[2] for line in lines if line[:2] == (sys.executable, "-m")))


# -- the server


def main(descriptor: int, modules: Sequence[str]) -> None:
    gc.disable()  # nothing that is read here ever ends
    for module in forking.SHARED:
        import_module(module)
    with warnings.catch_warnings(record=True):
        import_module("oidc_provider_mock")  # which the provider of the demo becomes
    for module in modules:
        read_imports(module)
    for module in modules:
        sys.modules.pop(module, None)  # it runs anew, as the program
    read_data(modules)
    gc.freeze()
    assert threading.active_count() == 1, "a fork has no thread but its own"
    supervisor.start = cast(Any, fork_supervisor)
    with tempfile.TemporaryDirectory(
        prefix="zi-templates-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")
    ) as compiled:
        cast(Any, page).Environment = partial(Environment, bytecode_cache=FileSystemBytecodeCache(compiled))
        serve(socket.socket(fileno=descriptor))


def read_imports(module: str) -> None:
    """Import what the module imports; itself it runs once, in its fork."""
    spec = find_spec(module)
    assert spec
    assert spec.origin
    tree = ast.parse(Path(spec.origin).read_text())
    tree.body = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(tree, spec.origin, "exec"), {})


def read_data(modules: Sequence[str]) -> None:
    """Read what each program of a service reads at its start and keeps: its Indonesian sentences and the national holidays."""
    for package in {module.partition(".")[0] for module in modules if module.startswith("zi_")}:
        indonesian(package)
    indonesian("zi_chassis.web")
    current_holidays()


def serve(requests: socket.socket) -> None:
    """Fork what is asked for and report its end, until the worker is gone."""
    running: dict[int, tuple[int, int]] = {}
    while True:
        for ready in select.select([requests.fileno(), *running], [], [])[0]:
            if ready in running:
                pid, report = running.pop(ready)
                os.close(ready)
                with open(report, "w") as pipe:
                    pipe.write(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
                continue
            content, descriptors, *_ = socket.recv_fds(requests, LARGEST_REQUEST, 2)
            if not content:
                for pid, _ in running.values():
                    os.kill(pid, signal.SIGTERM)
                return
            output, report = descriptors
            pid = os.fork()
            if pid == 0:
                requests.detach()
                os.dup2(output, sys.stdout.fileno())
                os.dup2(output, sys.stderr.fileno())
                lead(*json.loads(content))
            os.close(output)
            handle = os.pidfd_open(pid)
            running[handle] = pid, report
            socket.send_fds(requests, [str(pid).encode()], [handle])


def lead(module: str, arguments: list[str], environment: dict[str, str]) -> NoReturn:
    """Become the module in a session of its own, with none of the files of the process that forked."""
    code = 1
    try:
        for handled in forking.HANDLED:
            signal.signal(handled, signal.SIG_DFL)
        os.setsid()
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        code = forking.become(module, arguments, environment)
    finally:
        os._exit(code)


def fork_supervisor(config: Path) -> Forked:
    """As `supervisor.start` does: it leads its own session when this returns."""
    begun, beginning = os.pipe()
    pid = os.fork()
    if pid == 0:
        lead(SUPERVISOR, ["-c", str(config)], dict(os.environ))
    os.close(beginning)
    with open(begun) as pipe:
        pipe.read()
    return Forked(pid, os.pidfd_open(pid), lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
