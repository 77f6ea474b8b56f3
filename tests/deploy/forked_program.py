"""A program for tests/deploy/test_fork_server.py: prints what it finds around it, or ends as its argument says."""

import json
import os
import random
import signal
import sys
from typing import NoReturn
from uuid import uuid4


def facts() -> dict[str, object]:
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "leads": os.getsid(0) == os.getpid(),
        "files": sorted(os.listdir("/proc/self/fd"), key=int)[:-1],  # the last is the listing's own
        "signals": [signal.getsignal(number) is signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGHUP)],
        "drawn": [random.random(), str(uuid4()), os.urandom(8).hex()],
    }


def stop(*_: object) -> NoReturn:
    print("stopped", flush=True)
    sys.exit(5)


def wait() -> None:
    signal.signal(signal.SIGTERM, stop)
    print("waits", flush=True)
    signal.pause()


if __name__ == "__main__":
    match sys.argv[1]:
        case "facts":
            print(json.dumps(facts()))
        case "wait":
            wait()
        case "fault":
            raise ValueError("invented")
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case code:
            sys.exit(int(code))
