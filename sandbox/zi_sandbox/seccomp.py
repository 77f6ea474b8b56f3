"""The kernel's filter of system calls (seccomp_filter(2), classic BPF): what is not on the list fails with ENOSYS, for good. It needs no
rights, and no right takes it off again."""

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
from itertools import chain

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_SECCOMP_SET_MODE_FILTER, _EVERY_THREAD = 1, 1

# struct seccomp_data: int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6] (of the first, the low half on these machines).
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.ENOSYS
_INSTRUCTION = struct.Struct("=HBBI")

# What computing, answering on an open descriptor and ending take. No path, no process, no thread, no socket, no signal to another process; and
# no fcntl and no ioctl, which can send signals and type on terminals. By name: (x86_64, aarch64).
_ALLOWED = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "readv": (19, 65),
    "writev": (20, 66),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "getpid": (39, 172),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "exit_group": (231, 94),
    "set_robust_list": (273, 99),
    "getrandom": (318, 278),
    "rseq": (334, 293),
}
# Starting a thread as the C library does, with these flags to the letter: no process and no namespace. clone3(2) is refused, as its flags lie
# in memory; the C library then takes this one.
_CLONE = (56, 220)
_THREAD_FLAGS = 0x3D0F00
# Where a machine's numbers stand in the lists, its AUDIT_ARCH, and its number of seccomp(2).
_MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}


class NoFilterError(Exception):
    """This system has no filter of system calls, or this program knows none for its kind of machine."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid_system_calls(*, may_start_threads: bool) -> None:
    """Leave all threads of this process the calls of the list, for good, and end it with the thread that started it. Raises NoFilterError,
    and then nothing is forbidden."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        raise NoFilterError(f"no filter of system calls on {sys.platform} {platform.machine()}")
    column, architecture, seccomp = _MACHINES[platform.machine()]
    clone = _CLONE[column] if may_start_threads else None
    code = _program([numbers[column] for numbers in _ALLOWED.values()], clone, architecture)
    program = _Program(len(code) // _INSTRUCTION.size, code)
    libc = ctypes.CDLL(None, use_errno=True)
    _require(libc.prctl(_PR_SET_PDEATHSIG, _long(signal.SIGKILL), _long(0), _long(0), _long(0)))
    _require(libc.prctl(_PR_SET_NO_NEW_PRIVS, _long(1), _long(0), _long(0), _long(0)))
    calls = _long(seccomp), _long(_SECCOMP_SET_MODE_FILTER), _long(_EVERY_THREAD), ctypes.byref(program)
    _require(libc.syscall(*calls))


def _program(numbers: list[int], clone: int | None, architecture: int) -> bytes:
    # struct sock_filter: code, jump if true, jump if false, k; a jump counts from the next line. Every number on the list leads to the last
    # line; one of another architecture's table (x32 has bit 30) is none of them.
    thread = [
        (_JUMP_IF_EQUAL, 0, 2, clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 1, 0, _THREAD_FLAGS),
    ]
    tail = [*(thread if clone is not None else []), (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    last = len(numbers) + len(tail) - 1
    lines = chain(
        [(_LOAD, 0, 0, _ARCHITECTURE), (_JUMP_IF_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _REFUSE)],
        [(_LOAD, 0, 0, _NUMBER)],
        [(_JUMP_IF_EQUAL, last - place - 1, 0, number) for place, number in enumerate(numbers)],
        tail,
    )
    return b"".join(_INSTRUCTION.pack(*line) for line in lines)


def _long(value: int) -> ctypes.c_ulong:
    return ctypes.c_ulong(value)


def _require(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise NoFilterError(f"the kernel refuses a filter of system calls: {os.strerror(number)}")
