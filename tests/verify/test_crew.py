"""A log that several processes read is worth what it is worth to one, whoever of them dies; and none of them stays behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.until import PATIENCE
from tests.verify.foreign_log import SUNLIGHT, SunlightLog, certificates
from tests.verify.kept_log import StoppedError
from tests.verify.sample_log import LOG_KEY, POLICY, SampleLog, sample_messages
from tests.verify.web_log import Manners, WebLog

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.policy import Log, Policy
from zi_tlog.tree import Edge, leaf_hash
from zi_verify.birth import Births
from zi_verify.crew import Crew
from zi_verify.memory import Memory
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.shape import BUNDLES
from zi_verify.source import FolderSource, LogSource, ZipSource
from zi_verify.stretch import Stretch, StretchJob
from zi_verify.verdict import Failed, Included
from zi_verify.walk import Entries
from zi_verify.web_source import WebSource

SIZE = 5_000  # two stretches, the last of them cut off inside a tile
NOW = 1_800_000_000


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SampleLog(tmp_path_factory.mktemp("whole"), sample_messages(SIZE)).folder


@pytest.fixture
def log(whole: Path, tmp_path: Path) -> SampleLog:
    """A copy of it that a test may spoil."""
    shutil.copytree(whole, tmp_path / "log")
    spoilt = SampleLog.__new__(SampleLog)
    spoilt.folder, spoilt.signer = tmp_path / "log", LOG_KEY
    return spoilt


def checked(
    source: LogSource,
    workers: int = 2,
    older: tuple[Checkpoint, ...] = (),
    memory: Memory | None = None,
    progress: Callable[[int, int], None] = lambda size, total: None,
) -> LogReport:
    demand = Demand(POLICY, True, older=older, workers=workers, alone_below=0, kept_every=4096)
    return replay(source, demand, memory or Memory(None), progress, lambda: NOW)


def same(log: SampleLog, older: tuple[Checkpoint, ...] = ()) -> LogReport:
    """Check the log with one process and with several, which must report the same."""
    by_one, by_many = (checked(FolderSource(log.folder), workers, older) for workers in (0, 2))
    assert by_many == by_one
    return by_many


def test_an_honest_log_holds(log: SampleLog) -> None:
    report = same(log)
    assert report.verdict == Included()
    assert sum(report.senders.values()) == SIZE


@pytest.mark.parametrize("workers", [1, 3])
def test_any_number_of_processes_says_the_same(log: SampleLog, workers: int) -> None:
    assert checked(FolderSource(log.folder), workers) == checked(FolderSource(log.folder), 0)


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("tile/entries/017", 0),
        ("tile/0/010", 5000),
        ("tile/1/000.p/19", 40),
        ("tile/entries/019.p/136", 500),
    ],
)
def test_one_changed_byte_is_named_alike(log: SampleLog, name: str, at: int) -> None:
    log.flip(name, at)
    assert name in [finding.file for finding in _failed(same(log)).findings]


@pytest.mark.parametrize("name", ["tile/entries/017", "tile/0/019.p/136"])
def test_a_missing_file_is_named_alike(log: SampleLog, name: str) -> None:
    (log.folder / name).unlink()
    assert name in [finding.file for finding in _failed(same(log)).findings]


def _failed(report: LogReport) -> Failed:
    assert isinstance(report.verdict, Failed)
    return report.verdict


def test_a_broken_chain_is_named_alike(tmp_path: Path) -> None:
    entries = sample_messages(SIZE)
    log = SampleLog(tmp_path / "log", [*entries[:4500], *entries[4501:]])
    assert same(log).first_bad is not None


def test_older_trees_of_all_sizes_are_found_again(log: SampleLog) -> None:
    entries = sample_messages(SIZE)
    older, edge = [], Edge()
    for size in (1, 255, 256, 4095, 4096, 4097, 4864, SIZE):
        edge = edge.append(map(leaf_hash, entries[edge.size : size])).after
        older.append(Checkpoint(LOG_KEY.key.name, size, edge.root))
    assert same(log, tuple(older)).verdict == Included()
    older[3] = Checkpoint(LOG_KEY.key.name, 4095, bytes(32))
    assert len(_failed(same(log, tuple(older))).findings) == 1


def test_a_zip_and_an_address_are_read_by_each_process_itself(log: SampleLog, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        for path in sorted(log.folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(log.folder))
    server = WebLog(log.folder, Manners(token="secret"))
    try:
        for source in (ZipSource(tmp_path / "log.zip"), WebSource(server.url, "secret")):
            report = checked(source)
            assert (report.verdict, sum(report.senders.values())) == (Included(), SIZE)
        assert not checked(WebSource(server.url, None)).read_entries
    finally:
        server.stop()


def test_a_foreign_log_is_read_by_several_too(tmp_path: Path) -> None:
    log = SunlightLog(certificates(4200))
    for name, data in log.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    policy = Policy((Log(SUNLIGHT.key),))
    demand = Demand(policy, True, entries=Entries.ANY, workers=2, alone_below=0)
    report = replay(FolderSource(tmp_path), demand, Memory(None), lambda size, total: None)
    assert report.verdict == Included()


def test_an_interrupted_run_of_several_goes_on(log: SampleLog) -> None:
    memory = Memory(None)

    def stop(size: int, total: int) -> None:
        if size >= 4096:
            raise StoppedError

    with pytest.raises(StoppedError):
        checked(FolderSource(log.folder), 2, memory=memory, progress=stop)
    report = checked(FolderSource(log.folder), 2, memory=memory)
    assert report.verdict == Included()
    assert any("Went on from an interrupted run" in remark.en for remark in report.remarks)


def test_what_a_process_that_died_was_to_read_is_read_here(log: SampleLog) -> None:
    killed = []

    def kill_one(size: int, total: int) -> None:
        for reader in readers_here()[:1]:
            os.kill(reader, signal.SIGKILL)
            killed.append(reader)

    report = checked(FolderSource(log.folder), progress=kill_one)
    assert (report.verdict, sum(report.senders.values())) == (Included(), SIZE)
    assert killed
    assert readers_here() == []


def test_only_a_few_stretches_are_asked_for_ahead(log: SampleLog) -> None:
    job = StretchJob(FolderSource(log.folder), SIZE, BUNDLES, frozenset(), True, Births([], NOW))
    requests = []

    def ranges() -> Iterator[range]:
        for number in range(19):
            requests.append(number)
            yield range(number, number + 1)

    crew = Crew(job, 2)
    try:
        stretches = crew.stretches(ranges())
        assert isinstance(next(stretches), Stretch)
        assert len(requests) == 5
        assert sum(1 for _ in stretches) == 18
    finally:
        crew.close()


# The whole program

PROGRAM = """
import sys, time
from pathlib import Path
from tests.verify.sample_log import POLICY
from zi_verify.memory import Memory
from zi_verify.replay import Demand, replay
from zi_verify.source import FolderSource

def wait(size, total):
    print(size, flush=True)
    time.sleep(600)

try:
    replay(FolderSource(Path(sys.argv[1])), Demand(POLICY, True, workers=2, alone_below=0), Memory(None), wait)
except KeyboardInterrupt:
    sys.exit(2)
"""


def heed_interrupts() -> None:
    """A shell that runs the tests in its background starts them deaf to SIGINT, which programs inherit."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("blow", "status"), [(signal.SIGINT, 2), (signal.SIGKILL, -signal.SIGKILL)])
def test_no_process_stays_behind(log: SampleLog, blow: signal.Signals, status: int) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(log.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,
    )
    assert program.stdout is not None
    program.stdout.readline()
    readers = children(program.pid)
    assert len(readers) == 2
    program.send_signal(blow)
    _, output = program.communicate(timeout=PATIENCE)
    assert (program.returncode, output) == (status, b"")
    patience = time.monotonic() + PATIENCE
    while any(map(is_alive, readers)):
        assert time.monotonic() < patience
        time.sleep(0.01)


def children(process: int) -> list[int]:
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def readers_here() -> list[int]:
    """The readers of this process; a test before this one may have left children of another kind."""
    return [child for child in children(os.getpid()) if "zi_verify.crew" in command_line(child)]


def command_line(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
