"""`make up`: everything on this machine, until Ctrl-C or SIGTERM; nothing that it started outlives it for longer than the next start."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from deploy.embedded import processes, witness
from deploy.embedded.greeting import greeting, not_ready
from deploy.embedded.ground import (
    AlreadyRunningError,
    TakenPortError,
    UnfinishedRestoreError,
    check_free,
    locked,
    refuse_unfinished_restore,
)
from deploy.embedded.programs import MissingProgramError, ports, programs
from deploy.embedded.readiness import waiting
from deploy.embedded.supervisor import render, start

from zi_chassis import provision
from zi_chassis.settings import UNUSABLE, DemoInEarnestError, Settings
from zi_witness.error import OperatorError

HERE = Path(__file__).resolve().parents[2]
LOOK = 0.25
TELL = 60.0
SECONDS_TO_STOP = 60.0


class NowhereToSendError(Exception):
    """Outside of a demo mail goes to a server that the operator names."""


def chosen_settings() -> Settings:
    """A demo unless an identity provider is configured; every program gets these through its environment."""
    os.environ.setdefault("ZI_DEMO", "0" if os.environ.get("ZI_ISSUER") else "1")
    os.environ["ZI_DATA"] = str(Path(os.environ.get("ZI_DATA") or "var").absolute())
    settings = Settings(service="runner")
    os.environ["ZI_PORT"] = str(settings.port)
    settings.refuse_demo_in_earnest()
    settings.refuse_no_office()
    if not settings.demo and not os.environ.get("ZI_SMTP"):
        raise NowhereToSendError(
            "Set ZI_SMTP to the host:port of a mail server; only a demo has a mailbox of its own."
        )
    return settings


class Run:
    """One run of the house: `stop` may be set from a signal handler."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.identity = settings.demo and not os.environ.get("ZI_ISSUER")
        self.mailbox = settings.demo and not os.environ.get("ZI_SMTP")
        backups = bool(os.environ.get("ZI_BACKUPS"))
        self.programs = programs(settings, identity=self.identity, mailbox=self.mailbox, backups=backups)
        self.records = settings.data / "run"
        self.stop = threading.Event()

    def __call__(self) -> int:
        refuse_unfinished_restore(self.settings.data)
        self._clean_up()
        check_free(ports(self.settings, self.programs))
        provision.main(["keys"])
        witness.prepare(self.settings)
        supervisor = self._start()
        try:
            self._wait_until_ready(supervisor)
            while supervisor.poll() is None and not self.stop.wait(LOOK):
                pass
            return self._end(supervisor)
        finally:
            processes.end(self.records)

    def _clean_up(self) -> None:
        left = processes.end(self.records)
        if left:
            names = ", ".join(member.name for member in left)
            print(
                f"An earlier run was killed and left these behind; they have been ended: {names}.", flush=True
            )

    def _start(self) -> subprocess.Popen[bytes]:
        for folder in ("logs", "run", "caddy"):
            (self.settings.data / folder).mkdir(exist_ok=True, mode=0o700)
        config = self.settings.data / "run" / "supervisord.conf"
        config.write_text(render(self.programs, self.settings.data, HERE))
        supervisor = start(config)
        processes.enrol(self.records, processes.SUPERVISOR, supervisor.pid)
        return supervisor

    def _wait_until_ready(self, supervisor: subprocess.Popen[bytes]) -> None:
        """Print the greeting once all is ready; until then print once a minute what is missing."""
        reported_at = time.monotonic()
        while supervisor.poll() is None and not self.stop.wait(LOOK):
            missing = waiting(self.programs)
            if not missing:
                print(greeting(self.settings, identity=self.identity, mailbox=self.mailbox), flush=True)
                return
            if time.monotonic() - reported_at > TELL:
                reported_at = time.monotonic()
                print(not_ready(self.settings, missing), flush=True)

    def _end(self, supervisor: subprocess.Popen[bytes]) -> int:
        if supervisor.poll() is not None:
            print(
                f"The supervisor ended ({supervisor.returncode}); everything else is being ended too.",
                file=sys.stderr,
            )
            return 1
        print("Stopping.", flush=True)
        supervisor.terminate()
        try:
            supervisor.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            return 1
        return 0


def main() -> int:
    os.chdir(HERE)
    os.umask(0o077)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    try:
        settings = chosen_settings()
        run = Run(settings)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: run.stop.set())
        with locked(settings.data):
            return run()
    except (
        AlreadyRunningError,
        TakenPortError,
        UnfinishedRestoreError,
        MissingProgramError,
        NowhereToSendError,
        DemoInEarnestError,
        *UNUSABLE,
        OperatorError,
    ) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
