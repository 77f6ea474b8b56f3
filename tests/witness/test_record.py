import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.witness.log import Log, agree

from zi_tlog.cosignature import CLOCK_SKEW, Cosigner, cosigned_at
from zi_tlog.note import Signature, Verifier, open_note, parse_note
from zi_tlog.witness import AddCheckpoint, monitoring_path
from zi_witness.error import OperatorError
from zi_witness.record import FORKS_KEPT, Cosigned, WitnessRecord, make_record
from zi_witness.refusal import CosigningRefusedError, InconsistentError, OldSizeError
from zi_witness.rule import read_offer

LOG = Log()
FORK = Log(fork=3)
NEIGHBOUR = Log(origin="neighbour.example/audit", seed=bytes(32))
COSIGNER = Cosigner("witness.example/w1", bytes(range(32, 64)))
PATH = monitoring_path(LOG.origin)


def keys(origin: str) -> list[Verifier]:
    return [log.signer.verifier for log in (LOG, NEIGHBOUR) if log.origin == origin]


def cosign(record: WitnessRecord, request: AddCheckpoint) -> Signature:
    return record.cosign(read_offer(request.format(), keys))


@contextmanager
def opened(
    folder: Path, clock: Callable[[], int] = lambda: 1767000000, apart: str = "apart"
) -> Iterator[WitnessRecord]:
    make_record(folder)
    record = WitnessRecord(folder, COSIGNER, clock, folder / apart)
    try:
        yield record
    finally:
        record.close()


@pytest.fixture
def record(tmp_path: Path) -> Iterator[WitnessRecord]:
    with opened(tmp_path) as entry:
        yield entry


def test_what_was_cosigned_is_shown_with_both_signatures(record: WitnessRecord) -> None:
    signature = cosign(record, LOG.request(0, 5))
    note = parse_note(record.checkpoint(PATH) or b"")
    assert open_note(note, [LOG.signer.verifier])
    assert open_note(note, [COSIGNER.verifier]) == (signature,)
    assert record.cosigned() == [Cosigned(LOG.origin, 5, 1767000000, 0)]


def test_nothing_is_shown_of_a_log_that_was_never_cosigned(record: WitnessRecord) -> None:
    assert record.checkpoint(PATH) is None
    assert record.forks(PATH) is None
    assert record.cosigned() == []


def test_each_log_has_a_record_of_its_own(record: WitnessRecord) -> None:
    cosign(record, LOG.request(0, 5))
    cosign(record, NEIGHBOUR.request(0, 2))
    cosign(record, LOG.request(5, 6))
    assert {entry.origin: entry.size for entry in record.cosigned()} == {LOG.origin: 6, NEIGHBOUR.origin: 2}


def test_a_refusal_leaves_the_last_checkpoint_as_it_was(record: WitnessRecord) -> None:
    cosign(record, LOG.request(0, 5))
    before = record.checkpoint(PATH)
    for request in (FORK.request(5, 9), LOG.request(0, 9), FORK.request(5, 5)):
        with pytest.raises(CosigningRefusedError):
            cosign(record, request)
    assert record.checkpoint(PATH) == before


def test_what_was_cosigned_is_known_after_a_new_start(tmp_path: Path) -> None:
    with opened(tmp_path) as record:
        cosign(record, LOG.request(0, 5))
    with opened(tmp_path) as record, pytest.raises(OldSizeError) as refused:
        cosign(record, FORK.request(0, 9))
    assert refused.value.size == 5


def test_a_clock_that_was_set_back_dates_no_larger_tree_before_a_smaller_one(tmp_path: Path) -> None:
    times = iter([1767000000, 1767000000 - CLOCK_SKEW, 1768000000])
    with opened(tmp_path, lambda: next(times)) as record:
        signed = [cosign(record, LOG.request(old, size)) for old, size in ((0, 1), (1, 2), (2, 3))]
    assert list(map(cosigned_at, signed)) == [1767000000, 1767000000, 1768000000]


def test_a_fork_is_kept_with_both_signed_checkpoints(record: WitnessRecord) -> None:
    cosign(record, LOG.request(0, 5))
    for _ in range(2):
        with pytest.raises(OldSizeError):
            cosign(record, FORK.request(0, 5))
    with pytest.raises(InconsistentError):
        cosign(record, FORK.request(5, 5))
    assert record.forks(PATH) == (record.checkpoint(PATH) or b"") + b"\n" + FORK.checkpoint(5)
    assert record.cosigned()[0].forks == 1


def test_of_many_forks_a_few_are_kept(record: WitnessRecord) -> None:
    cosign(record, LOG.request(0, 20))
    for number in range(FORKS_KEPT + 3):
        with pytest.raises(CosigningRefusedError):
            cosign(record, Log(fork=number).request(0, 20))
    assert record.cosigned()[0].forks == FORKS_KEPT


def test_a_key_whose_record_is_gone_is_not_used_again(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="must not be used again"):
        WitnessRecord(tmp_path, COSIGNER, lambda: 0)


offers = st.tuples(st.sampled_from([LOG, FORK]), st.integers(0, 8), st.integers(0, 8)).filter(
    lambda offer: offer[1] <= offer[2]
)


@settings(deadline=None)
@given(st.lists(offers, max_size=12))
def test_one_after_another_exactly_what_continues_the_last_is_cosigned(
    requests: Sequence[tuple[Log, int, int]],
) -> None:
    with TemporaryDirectory() as folder, opened(Path(folder)) as record:
        last, size = LOG, 0
        for log, old, new in requests:
            continues = old == size and agree(last, size, log, size)
            if continues:
                cosign(record, log.request(old, new))
                last, size = log, new
            else:
                with pytest.raises(OldSizeError if old != size else InconsistentError):
                    cosign(record, log.request(old, new))


@settings(deadline=None)
@given(st.lists(offers, min_size=2, max_size=24))
def test_at_the_same_time_no_two_cosignatures_contradict_each_other(
    requests: Sequence[tuple[Log, int, int]],
) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        entry = stack.enter_context(opened(folder))
        shutil.copy(folder / "apart", folder / "apart of the other")
        other = stack.enter_context(opened(folder, apart="apart of the other"))

        def tried(number: int) -> tuple[Log, int] | None:
            log, old, size = requests[number]
            try:
                cosign((entry, other)[number % 2], log.request(old, size))
            except CosigningRefusedError:
                return None
            return log, size

        with ThreadPoolExecutor(8) as pool:
            signed = [found for found in pool.map(tried, range(len(requests))) if found]
        largest = entry.cosigned()[0].size if signed else 0
    assert all(agree(*first, *second) for first, second in combinations(signed, 2))
    assert largest == max((size for _, size in signed), default=0)
