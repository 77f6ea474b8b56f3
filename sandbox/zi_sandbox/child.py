"""The child's side: read the file, load what opens it, give up every right, and only then open it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from zi_sandbox.seccomp import NoFilterError, forbid_system_calls

UNCONFINED = 77  # exit status: the system can't confine this process, so it opened nothing

Opener = Callable[[bytes], bytes]


def serve(load: Callable[[bytes], Opener], threads: Callable[[bytes], int] = lambda _: 0) -> None:
    """Answer the one file on standard input. `load` imports what opens it, as nothing can be read afterwards; `threads` says how many threads
    that needs. Started by `run` only."""
    memory, cpu, must_confine = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "must"
    data = sys.stdin.buffer.read()
    opener = load(data)
    try:
        confine(memory, cpu, threads(data))
    except NoFilterError:
        if must_confine:
            sys.exit(UNCONFINED)
    sys.stdout.buffer.write(opener(data))
    sys.stdout.buffer.flush()


def confine(memory: int, cpu: int, threads: int) -> None:
    """Give up every right but those to compute, to answer and to end. Raises NoFilterError with the limits set all the same, where there are
    some."""
    try:
        import resource
    except ImportError:
        raise NoFilterError(f"no limits on {sys.platform}") from None
    amounts = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    } | ({resource.RLIMIT_NPROC: _threads_of_this_user() + threads} if threads else {})
    for limit, amount in amounts.items():
        _, hard = resource.getrlimit(limit)
        lower = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        try:
            resource.setrlimit(limit, (lower, lower))
        except (ValueError, OSError) as error:
            raise NoFilterError(f"a limit can't be set: {error}") from error
    forbid_system_calls(may_start_threads=threads > 0)


def _threads_of_this_user() -> int:
    # The kernel counts those of all processes of a user together.
    return sum(_threads(process) for process in Path("/proc").glob("[0-9]*"))


def _threads(process: Path) -> int:
    try:
        if process.stat().st_uid != os.getuid():
            return 0
        return len(os.listdir(process / "task"))
    except OSError:
        return 0
