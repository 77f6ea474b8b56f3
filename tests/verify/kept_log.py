"""A log whose files are kept in memory, to be read and to be spoilt; it notes what was asked for."""

from collections.abc import Sequence
from pathlib import Path

from tests.verify.sample_log import LOG_KEY, POLICY, SampleLog

from zi_tlog.note import Signer
from zi_tlog.policy import Policy
from zi_verify.memory import Memory
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.source import sizes


class KeptLog(SampleLog):
    """SampleLog without a folder, and a LogSource."""

    def __init__(self, entries: Sequence[bytes] = (), signer: Signer = LOG_KEY) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []
        super().__init__(Path("nowhere"), entries, signer)

    def read(self, name: str) -> bytes | None:
        self.requests.append(name)
        return self.files.get(name)

    def policy(self) -> bytes | None:
        return self.files.get("witness-policy")

    def history(self) -> list[int]:
        return sizes(name.removeprefix("checkpoints/") for name in self.files)

    def write(self, name: str, data: bytes) -> None:
        self.files[name] = data

    def flip(self, name: str, at: int) -> None:
        data = bytearray(self.files[name])
        data[at] ^= 1
        self.files[name] = bytes(data)

    def file_of(self, kind: str, index: int) -> str:
        """The path of the tile or bundle of entry `index` as the newest checkpoint names it."""
        number, last = divmod(self.edge.size, 256)
        at = index // 256
        return f"tile/{kind}/{at:03d}" + (f".p/{last}" if at == number else "")


class StoppedError(Exception):
    """The person pressed Ctrl-C."""


def replayed(
    log: KeptLog,
    memory: Memory | None = None,
    policy: Policy = POLICY,
    *,
    stop_at: int | None = None,
    is_whole: bool = False,
    now: int = 1_800_000_000,
) -> LogReport:
    """The report on the log; `stop_at`: the run is interrupted once it came to this size."""

    def progress(size: int, total: int) -> None:
        if stop_at is not None and size >= stop_at:
            raise StoppedError

    demand = Demand(policy, is_pinned=True, is_whole=is_whole, kept_every=256)
    return replay(log, demand, memory or Memory(None), progress, lambda: now)
