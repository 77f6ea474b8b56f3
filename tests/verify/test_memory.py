import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.verify.kept_log import KeptLog, replayed
from tests.verify.sample_log import LOG_KEY, sample_messages

from zi_tlog.note import Signer
from zi_tlog.policy import Log, Policy
from zi_verify.anomaly import Record
from zi_verify.error import VerifyError
from zi_verify.memory import Memory, Remembered, default_path, moment
from zi_verify.standing import Adoption, ChainState, KeyRotation, Lateness
from zi_verify.verdict import Included

ORIGIN = LOG_KEY.key.name
OTHER = Signer(ORIGIN, b"o" * 32)


def test_what_held_is_remembered_word_for_word(tmp_path: Path) -> None:
    log = KeptLog(sample_messages(300))
    replayed(log, Memory(tmp_path / "m"), now=100)
    (remembered,) = Memory(tmp_path / "m").recall(ORIGIN).values()
    assert (remembered.note, remembered.at, remembered.grown_at, len(remembered.tiles)) == (
        log.checkpoint,
        100,
        100,
        32,
    )
    assert Memory(tmp_path / "m").recall("other.example/log") == {}


def test_what_failed_is_not_remembered() -> None:
    memory, log = Memory(None), KeptLog(sample_messages(300))
    log.flip("tile/0/000", 0)
    replayed(log, memory)
    assert memory.recall(ORIGIN) == {}


def test_the_time_of_growth_stays_while_the_log_does_not_grow() -> None:
    memory, log = Memory(None), KeptLog(sample_messages(9))
    for now in (100, 200):
        replayed(log, memory, now=now)
    (remembered,) = memory.recall(ORIGIN).values()
    assert (remembered.at, remembered.grown_at) == (200, 100)


def test_another_house_of_the_same_name_is_told_apart_and_spoken_of() -> None:
    memory, policy = Memory(None), Policy((Log(OTHER.key),))
    replayed(KeptLog(sample_messages(300)), memory)
    report = replayed(KeptLog(sample_messages(9), OTHER), memory, policy)
    assert report.verdict == Included()
    assert any("under another key" in remark.en for remark in report.remarks)
    assert len(memory.recall(ORIGIN)) == 2


def test_a_log_whose_old_key_left_the_policy_is_known_again() -> None:
    memory = Memory(None)
    replayed(KeptLog(sample_messages(300)), memory)
    report = replayed(KeptLog(sample_messages(400), OTHER), memory, Policy((Log(OTHER.key),)))
    assert not any("under another key" in remark.en for remark in report.remarks)


def test_a_standing_is_kept_whole() -> None:
    standing = ChainState(
        {"/zi/contoh/intake": (3, "a" * 64, "2026-11-24T01:02:03.000000Z")},
        {b"k" * 16: 2, b"l" * 16: 2**64 - 1},
        [KeyRotation(4, "old", "new")],
        "/zi/contoh",
        [
            Record(
                2, 7, "wrong_lane", "notify", "/zi/contoh/audit", "system:audit", "system:audit", 3, "b" * 64
            )
        ],
        Lateness(3, 700, 9),
        [Adoption(5, "ledger.example/audit", "quorum none")],
    )
    assert ChainState.unpack(*standing.pack()) == standing


@pytest.mark.parametrize(
    ("environment", "ends"),
    [
        ({"XDG_STATE_HOME": "/s"}, "/s/zi-verify/memory.sqlite"),
        ({"HOME": "/h"}, "/h/.local/state/zi-verify/memory.sqlite"),
    ],
)
def test_the_memory_is_in_the_persons_state_folder(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], ends: str
) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert str(default_path()) == ends


def test_a_memory_that_can_not_be_used_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, and long enough to be none for certain" * 20)
    with pytest.raises(VerifyError, match="--no-memory"):
        Memory(tmp_path / "text")
    with pytest.raises(VerifyError, match="--state"):
        Memory(tmp_path / "text" / "below")


def _spoil_note(base: sqlite3.Connection) -> None:
    base.execute("UPDATE verified SET note = x'78'")


def _spoil_edge(base: sqlite3.Connection) -> None:
    base.execute(
        "INSERT INTO interrupted VALUES (?, 3, x'00', '[{}, [], , [], [0, 0, 0]]', x'', 1)", (ORIGIN,)
    )


def _spoil_senders(base: sqlite3.Connection) -> None:
    base.execute("INSERT INTO interrupted VALUES (?, 0, x'', 'nonsense', x'', 1)", (ORIGIN,))


@pytest.mark.parametrize("spoil", [_spoil_note, _spoil_edge, _spoil_senders])
def test_a_spoilt_memory_is_named(tmp_path: Path, spoil: Callable[[sqlite3.Connection], None]) -> None:
    log = KeptLog(sample_messages(9))
    replayed(log, Memory(tmp_path / "m"))
    with sqlite3.connect(tmp_path / "m") as base:
        spoil(base)
    base.close()
    with pytest.raises(VerifyError, match="can't be used"):
        replayed(log, Memory(tmp_path / "m"))


def test_how_far_an_earlier_version_had_come_is_read_again(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "m") as base:
        Memory(tmp_path / "m").close()
        base.execute("INSERT INTO interrupted VALUES (?, 0, x'', '[{}, []]', x'', 1)", (ORIGIN,))
    base.close()
    assert replayed(KeptLog(sample_messages(9)), Memory(tmp_path / "m")).verdict == Included()


def test_moments_are_written_for_people() -> None:
    assert moment(0) == "1970-01-01 00:00:00 UTC"
    assert moment(2**62).startswith("9999-12-31")
    assert Remembered(KeptLog(sample_messages(2)).checkpoint, 1, 1).checkpoint.size == 2
