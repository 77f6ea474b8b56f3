from pathlib import Path

import pytest
from tests.verify.kept_log import KeptLog, StoppedError, replayed
from tests.verify.sample_log import sample_messages

from zi_verify.memory import Memory
from zi_verify.replay import LogReport
from zi_verify.verdict import Included

SIZE = 1000
FIRST = "tile/entries/000"


@pytest.fixture
def log() -> KeptLog:
    return KeptLog(sample_messages(SIZE))


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "state" / "memory.sqlite")


def interrupted(log: KeptLog, memory: Memory, at: int = 512) -> None:
    with pytest.raises(StoppedError):
        replayed(log, memory, stop_at=at)
    log.requests.clear()


def remarks_of(report: LogReport) -> str:
    return "\n".join(remark.en for remark in report.remarks)


def test_what_was_read_before_is_not_read_again_and_every_hash_is(log: KeptLog, memory: Memory) -> None:
    interrupted(log, memory)
    report = replayed(log, memory)
    assert (report.verdict, report.senders) == (Included(), replayed(log).senders)
    assert "tile/entries/002" in log.requests
    assert {"tile/0/000", "tile/0/001"} < set(log.requests)
    assert "contents and chains of entries 0 to 511 were checked by 2027-01-15" in remarks_of(report)
    assert "--whole" in remarks_of(report)


def test_an_interruption_is_remembered_by_the_file_alone(log: KeptLog, tmp_path: Path) -> None:
    first = Memory(tmp_path / "m")
    interrupted(log, first)
    first.close()
    assert "entries 0 to 511" in remarks_of(replayed(log, Memory(tmp_path / "m")))


def test_after_its_end_a_run_begins_anew(log: KeptLog, memory: Memory) -> None:
    interrupted(log, memory)
    replayed(log, memory)
    log.requests.clear()
    assert "interrupted" not in remarks_of(replayed(log, memory))
    assert "tile/entries/001" in log.requests


def test_a_whole_run_takes_nothing_over(log: KeptLog, memory: Memory) -> None:
    interrupted(log, memory)
    log.flip(FIRST, 300)
    assert replayed(log, memory).verdict == Included()
    interrupted(KeptLog(sample_messages(SIZE)), memory)
    assert replayed(log, memory, is_whole=True).first_bad == 0


@pytest.mark.parametrize("name", ["tile/0/000", "tile/1/000.p/3"])
def test_a_changed_hash_in_the_early_part_is_found_as_by_a_whole_run(
    log: KeptLog, memory: Memory, name: str
) -> None:
    interrupted(log, memory)
    log.flip(name, 40)
    report = replayed(log, memory)
    assert report.verdict == replayed(log).verdict != Included()


def test_an_early_part_that_was_forked_is_read_again_and_the_chains_are_its_own(
    log: KeptLog, memory: Memory
) -> None:
    interrupted(log, memory)
    forked = KeptLog(
        [sample_messages(SIZE)[0].replace(b"acknowledged", b"acknowledgec"), *sample_messages(SIZE)[1:]]
    )
    report = replayed(forked, memory)
    assert "read again" in remarks_of(report)
    assert report.verdict == replayed(forked).verdict
    assert report.first_bad == 1


def test_a_log_that_is_shorter_than_what_was_read_is_read_again(log: KeptLog, memory: Memory) -> None:
    interrupted(log, memory)
    assert replayed(KeptLog(sample_messages(300)), memory).verdict == Included()


def test_a_log_that_grew_meanwhile_is_gone_on_with(log: KeptLog, memory: Memory) -> None:
    interrupted(log, memory)
    log.append(sample_messages(2 * SIZE)[SIZE:])
    report = replayed(log, memory)
    assert (report.verdict, report.senders) == (Included(), replayed(log).senders)


def test_nothing_is_kept_of_a_log_with_a_fault_or_without_entries(log: KeptLog, memory: Memory) -> None:
    entries = sample_messages(SIZE)
    spoilt = KeptLog([entries[0].replace(b"acknowledged", b"acknowledgec"), *entries[1:]])
    hidden = KeptLog(entries)
    for name in [name for name in hidden.files if "entries" in name]:
        del hidden.files[name]
    for bad in (spoilt, hidden):
        interrupted(bad, memory)
        assert memory.interrupted(bad.signer.key.name) is None
