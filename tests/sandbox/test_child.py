"""An attacker's code already runs in the child: what it can't do, tried in real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from zi_sandbox import parent
from zi_sandbox.limits import Limits
from zi_sandbox.parent import ChildError, UnconfinedError, run, weakness

LIMITS = Limits(memory=500_000_000, cpu=1, wall=20, answer=1000)
BEFORE = "import ctypes, os, signal, socket, sys, threading, time; from zi_sandbox.child import serve"


def attack(code: str, data: bytes = b"", limits: Limits = LIMITS) -> str:
    """Run the code after the file was read; return what it leaves in `answer`, or the name of a system error."""
    body = "\n".join(f"        {line}" for line in code.splitlines())
    program = f"""{BEFORE}
def opener(data):
    answer = "done"
    try:
{body}
    except OSError as error:
        answer = type(error).__name__ + " " + str(error.errno)
    return str(answer).encode()
serve(lambda data: opener)
"""
    return run(("-c", program), data, limits).decode()


REFUSED = "OSError 38"


def test_it_computes_and_answers() -> None:
    assert attack("answer = sum(data) + sum(range(100_000))", b"\x01\x02") == "4999950003"


@pytest.mark.parametrize(
    "code",
    [
        "answer = open({path!r}).read()",
        "answer = os.stat({path!r}).st_size",
        "answer = os.listdir({folder!r})",
        "os.chdir({folder!r})",
        "os.unlink({path!r})",
        "os.rename({path!r}, {path!r} + 'x')",
        "os.symlink('a', {folder!r} + '/b')",
        "os.mkdir({folder!r} + '/c')",
    ],
)
def test_it_reaches_no_file(code: str, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("secret")
    assert attack(code.format(path=str(key), folder=str(tmp_path))) == REFUSED
    assert os.listdir(tmp_path) == ["key"]


def test_it_inherits_no_file_and_no_word_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("secret")
    monkeypatch.setenv("ZI_SECRET", "secret")
    with (tmp_path / "key").open() as file:
        os.set_inheritable(file.fileno(), True)
        code = f"answer = os.environ.get('ZI_SECRET'), os.read({file.fileno()}, 10)"
        assert attack(code) == "OSError 9"
    assert attack("answer = os.environ.get('ZI_SECRET')") == "None"


@pytest.mark.parametrize(
    "code",
    [
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
        "socket.socketpair()",
    ],
)
def test_it_has_no_network(code: str) -> None:
    assert attack(code) == REFUSED


@pytest.mark.parametrize(
    "code",
    [
        "os.fork()",
        "os.execv('/bin/sh', ['sh'])",
        "os.kill({parent}, 0)",
        "os.killpg(0, 9)",
        "os.setuid(1)",
        "os.nice(-5)",
    ],
)
def test_it_reaches_no_process(code: str) -> None:
    assert attack(code.format(parent=os.getpid())) == REFUSED


def test_it_makes_no_bomb_of_processes_or_threads() -> None:
    assert attack("while True: os.fork()") == REFUSED
    assert attack(
        "try: threading.Thread(target=print).start()\nexcept RuntimeError as error: answer = error"
    ) == ("can't start new thread")


@pytest.mark.parametrize(
    "call", [2, 41, 56, 57, 59, 62, 72, 101, 157, 302, 317, 425, 435, 437, 0x40000000 | 2]
)
def test_raw_system_calls_are_refused_too(call: int) -> None:
    """open, socket, clone, fork, execve, kill, fcntl, ptrace, prctl, prlimit64, seccomp, io_uring, clone3, openat2, and x32's open."""
    code = f"ctypes.set_errno(0); answer = libc.syscall({call}, 0, 0, 0, 0, 0), ctypes.get_errno()"
    program = f"""{BEFORE}
libc = ctypes.CDLL(None, use_errno=True)
def opener(data):
    {code}
    return str(answer).encode()
serve(lambda data: opener)
"""
    assert run(("-c", program), b"", LIMITS) == b"(-1, 38)"


def test_it_gets_no_more_memory_than_it_may() -> None:
    assert attack("try: bytearray(3_000_000_000)\nexcept MemoryError: answer = 'no memory'") == "no memory"


def test_a_loop_that_ignores_signals_ends_with_its_time() -> None:
    stubborn = (
        "for number in range(1, 32):\n    if number not in (9, 19): signal.signal(number, signal.SIG_IGN)\n"
    )
    with pytest.raises(ChildError, match="ended with -9"):
        attack(stubborn + "while True: pass")


def test_one_that_only_waits_is_ended_too() -> None:
    with pytest.raises(ChildError, match="ended with -9"):
        attack(
            "lock = threading.Lock(); lock.acquire(); lock.acquire()", limits=Limits(500_000_000, 1, 1, 1000)
        )


def test_an_endless_answer_is_cut_off() -> None:
    with pytest.raises(ChildError, match="too much"):
        attack("while True: os.write(1, bytes(100_000))")


def test_a_program_that_does_not_read_the_file_has_no_answer() -> None:
    with pytest.raises(ChildError):
        run(("-c", "import os; os.close(0); os._exit(1)"), bytes(10_000_000), LIMITS)


def test_ctrl_c_ends_parent_and_child(tmp_path: Path) -> None:
    """The child ignores it, the parent does not."""
    program = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests may ignore it
from zi_sandbox.limits import Limits
from zi_sandbox.parent import run
child = '''{BEFORE}
signal.signal(signal.SIGINT, signal.SIG_IGN)
def opener(data):
    sys.stderr.flush()
    while True: pass
def load(data):
    open({str(tmp_path / "started")!r}, "w").write(str(os.getpid()))
    return opener
serve(load)
'''
run(("-c", child), b"", Limits(500_000_000, 30, 30, 10))
"""
    runner = subprocess.Popen(
        [sys.executable, "-c", program], stderr=subprocess.DEVNULL, start_new_session=True
    )
    started = tmp_path / "started"
    while not (started.exists() and started.read_text()):
        assert runner.poll() is None
    child = int(started.read_text())
    os.killpg(runner.pid, signal.SIGINT)
    runner.wait(120)
    assert not _lives(child)


def test_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    started = tmp_path / "started"
    child = f"""{BEFORE}
def opener(data):
    os.write(1, b'x')
    lock = threading.Lock(); lock.acquire(); lock.acquire()
def load(data):
    open({str(started)!r}, "w").write(str(os.getpid()))
    return opener
serve(load)
"""
    program = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-I", "-c", {child!r}, "500000000", "30", "must"],
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
child.stdout.read(1)
print("confined", flush=True)
child.wait()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as runner:
        assert runner.stdout is not None
        assert runner.stdout.readline() == b"confined\n"
        runner.kill()
        runner.wait()
    pid = int(started.read_text())
    for _ in range(10_000):
        if not _lives(pid):
            return
        signal.sigtimedwait((), 0.01)
    pytest.fail("the child lives on")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


WITHOUT_FILTER = "import platform; platform.machine = lambda: 'abacus'; "


def test_where_the_system_has_no_filter_the_file_is_not_opened() -> None:
    program = ("-c", f"{WITHOUT_FILTER}{BEFORE}; serve(lambda data: lambda data: b'opened')")
    with pytest.raises(UnconfinedError):
        run(program, b"", LIMITS)
    assert run(program, b"", LIMITS, must_confine=False) == b"opened"


def test_the_limits_hold_without_the_filter_too() -> None:
    code = f"{WITHOUT_FILTER}{BEFORE}; serve(lambda data: lambda data: bytearray(3_000_000_000))"
    with pytest.raises(ChildError):
        run(("-c", code), b"", LIMITS, must_confine=False)


def test_this_system_confines_and_one_that_does_not_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weakness() is None
    weak = f"{WITHOUT_FILTER}import runpy; runpy.run_module('zi_sandbox.probe', run_name='__main__')"
    assert weakness(("-c", weak)) == "this system has no filter of system calls, or refuses it"
    open_house = "from zi_sandbox.probe import escapes; import sys; sys.stdout.buffer.write(escapes(b''))"
    assert "open a file" in str(weakness(("-c", open_house)))
    monkeypatch.setattr(parent, "_PROBE", Limits(1_000_000_000, 10, 0.001, 1000))
    assert "ended with" in str(weakness())


def _threaded(code: str) -> str:
    body = "\n".join(f"    {line}" for line in code.splitlines())
    program = f"{BEFORE}\nlibc = ctypes.CDLL(None, use_errno=True)\nimport resource\n"
    program += f"def opener(data):\n{body}\n    return str(answer).encode()\nserve(lambda data: opener, lambda data: 20)"
    return run(("-c", program), b"", Limits(2_000_000_000, 5, 20, 1000)).decode()


def test_a_child_that_needs_threads_gets_them_and_no_process() -> None:
    started = "found = []\nthread = threading.Thread(target=lambda: found.append(7))\nthread.start()\nthread.join()\n"
    assert _threaded(started + "answer = found") == "[7]"
    assert _threaded("try: answer = os.fork()\nexcept OSError as error: answer = error.errno") == "38"
    for flags in ("17", "0x3d0f00 | 0x10000000", "0x100"):
        code = f"answer = libc.syscall(56, {flags}, 0, 0, 0, 0), ctypes.get_errno()"
        assert _threaded(code) == "(-1, 38)"


def test_a_bomb_of_threads_ends_at_their_number() -> None:
    """The kernel counts them for every user but root, and services run as users of their own."""
    program = f"""{BEFORE}
import resource
if os.getuid() == 0: os.setuid(65534)
def opener(data):
    lock = threading.Lock(); lock.acquire()
    for count in range(1000):
        try: threading.Thread(target=lock.acquire, daemon=True).start()
        except RuntimeError: break
    os.write(1, str(count).encode()); os._exit(0)
serve(lambda data: opener, lambda data: 20)
"""
    assert int(run(("-c", program), b"", Limits(2_000_000_000, 5, 20, 1000))) <= 20
