"""A witness whose folder came from a backup, whose file apart is gone, or whose clock was ahead: it cosigns nothing that could contradict
what it signed, until a person has settled it by a command."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.witness.log import Log

from zi_tlog.cosignature import CLOCK_SKEW, Cosigner, cosigned_at
from zi_tlog.note import Note, Signature, parse_note
from zi_tlog.witness import monitoring_path
from zi_witness.error import OperatorError
from zi_witness.key import load_key, make_key
from zi_witness.last_signed import beside
from zi_witness.main import main
from zi_witness.record import Cleared, Cosigned, WitnessRecord
from zi_witness.refusal import ClockError, OldSizeError, RestoredError
from zi_witness.rule import read_offer
from zi_witness.watched import Watched
from zi_witness.web import WitnessSite

LOG = Log()
FORK = Log(fork=3)
NEIGHBOUR = Log(origin="neighbour.example/audit", seed=bytes(32))
NOW = 1767000000
YEAR_2031 = 1924992000
KEYS = Watched([LOG.vkey, NEIGHBOUR.vkey], []).keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_key(tmp_path / "w", "witness.example/w1")
    return tmp_path / "w"


def cosign(folder: Path, log: Log, old: int, size: int, clock: Callable[[], int] = lambda: NOW) -> Signature:
    record = WitnessRecord(folder, load_key(folder), clock)
    try:
        return record.cosign(read_offer(log.request(old, size).format(), KEYS))
    finally:
        record.close()


def stored_checkpoint(folder: Path, log: Log) -> bytes:
    record = WitnessRecord(folder, load_key(folder), lambda: NOW)
    note = record.checkpoint(monitoring_path(log.origin))
    record.close()
    assert note is not None
    return note


def heads(folder: Path) -> list[Cosigned]:
    record = WitnessRecord(folder, load_key(folder), lambda: NOW)
    found = record.cosigned()
    record.close()
    return found


def backup(folder: Path) -> Path:
    return Path(shutil.copytree(folder, folder.with_name("backup")))


def restore(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.with_name("backup").rename(folder)


def run(folder: Path, command: str, *options: str) -> int:
    return main([command, "--data", str(folder), *options])


def test_a_restored_witness_would_sign_a_second_story_and_does_not(folder: Path) -> None:
    cosign(folder, LOG, 0, 3)
    backup(folder)
    cosign(folder, LOG, 3, 9)
    restore(folder)
    with pytest.raises(RestoredError, match=r"was restored.*zi-witness resume"):
        cosign(folder, FORK, 3, 9)


def test_it_resumes_from_the_file_apart_and_then_refuses_the_second_story(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(folder, LOG, 0, 3)
    cosign(folder, NEIGHBOUR, 0, 2)
    backup(folder)
    cosign(folder, LOG, 3, 9)
    last = stored_checkpoint(folder, LOG)
    restore(folder)
    assert run(folder, "resume") == 0
    output = capsys.readouterr().out
    assert "ledger.example/audit: last cosigned 9 entries at 2025-12-29T09:20:00Z" in output
    assert "neighbour.example/audit: last cosigned 2 entries" in output
    assert stored_checkpoint(folder, LOG) == last
    with pytest.raises(OldSizeError):
        cosign(folder, FORK, 3, 9)
    assert cosigned_at(cosign(folder, LOG, 9, 10)) == NOW


def test_a_second_restore_of_the_same_backup_shows_too(folder: Path) -> None:
    cosign(folder, LOG, 0, 3)
    backup(folder)
    again = folder.with_name("again")
    shutil.copytree(folder, again)
    cosign(folder, LOG, 3, 4)
    restore(folder)
    assert run(folder, "resume") == 0
    again.rename(folder.with_name("backup"))
    restore(folder)
    with pytest.raises(RestoredError):
        cosign(folder, LOG, 3, 4)


def test_on_another_machine_the_file_is_missing_and_somebody_has_to_say_what_was_signed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(folder, LOG, 0, 3)
    backup(folder)
    cosign(folder, LOG, 3, 9)
    (tmp_path / "kept").write_bytes(stored_checkpoint(folder, LOG))
    restore(folder)
    beside(folder).unlink()
    with pytest.raises(RestoredError, match="is gone"):
        cosign(folder, LOG, 3, 4)
    assert run(folder, "resume") == 1
    assert "No checkpoint was given." in capsys.readouterr().err
    assert run(folder, "resume", "--checkpoint", str(tmp_path / "kept")) == 0
    assert heads(folder) == [Cosigned(LOG.origin, 9, NOW, 0)]
    cosign(folder, LOG, 9, 12)


def test_every_log_of_the_record_has_to_be_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(folder, LOG, 0, 3)
    cosign(folder, NEIGHBOUR, 0, 2)
    (tmp_path / "kept").write_bytes(stored_checkpoint(folder, LOG))
    beside(folder).unlink()
    assert run(folder, "resume", "--checkpoint", str(tmp_path / "kept")) == 1
    assert "No checkpoint was given of neighbour.example/audit." in capsys.readouterr().err
    with pytest.raises(RestoredError):
        cosign(folder, LOG, 3, 4)


def test_an_older_checkpoint_takes_nothing_away(folder: Path, tmp_path: Path) -> None:
    cosign(folder, LOG, 0, 3)
    (tmp_path / "old").write_bytes(stored_checkpoint(folder, LOG))
    cosign(folder, LOG, 3, 9)
    beside(folder).unlink()
    assert run(folder, "resume", "--checkpoint", str(tmp_path / "old")) == 0
    assert heads(folder)[0].size == 9


def test_only_what_carries_its_own_signature_is_taken(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(folder, LOG, 0, 3)
    beside(folder).unlink()
    stranger = Cosigner("witness.example/w1", b"s" * 32)
    note = parse_note(LOG.checkpoint(50))
    for forged in (LOG.checkpoint(50), note.signed(stranger.cosign(note.text, NOW)).format(), b"nothing"):
        (tmp_path / "kept").write_bytes(forged)
        assert run(folder, "resume", "--checkpoint", str(tmp_path / "kept")) == 1
        assert "no checkpoint that this witness cosigned" in capsys.readouterr().err


def test_who_has_signed_two_stories_already_is_not_resumed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(folder, LOG, 0, 9)
    note = Note(FORK.head(9), ())
    other = parse_note(FORK.checkpoint(9)).signed(load_key(folder).cosign(note.text, NOW))
    (tmp_path / "kept").write_bytes(other.format())
    assert run(folder, "resume", "--checkpoint", str(tmp_path / "kept")) == 1
    assert "has cosigned two trees of 9 entries" in capsys.readouterr().err


def test_a_new_key_has_its_file_from_the_beginning(folder: Path) -> None:
    """A backup from before the first signature is a backup too."""
    backup(folder)
    cosign(folder, LOG, 0, 3)
    restore(folder)
    with pytest.raises(RestoredError):
        cosign(folder, FORK, 0, 4)
    beside(folder).unlink()
    with pytest.raises(RestoredError):
        cosign(folder, FORK, 0, 4)


def test_a_folder_from_before_there_was_such_a_file_starts_and_gets_one(folder: Path) -> None:
    cosign(folder, LOG, 0, 3)
    record = WitnessRecord(folder, load_key(folder), lambda: NOW)
    record._database.executescript("DROP TABLE signed; DROP TABLE cleared;")
    record.close()
    beside(folder).unlink()
    cosign(folder, LOG, 3, 4)
    assert json.loads(beside(folder).read_text())["signed"] == 2


def test_a_crash_between_the_record_and_the_file_is_no_restore(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is written first: what nobody was given binds all the same."""
    before = beside(folder).read_bytes()
    cosign(folder, LOG, 0, 3)
    beside(folder).write_bytes(before)
    with pytest.raises(OldSizeError):
        cosign(folder, FORK, 0, 5)
    cosign(folder, LOG, 3, 5)


def test_the_file_of_another_witness_is_refused(folder: Path, tmp_path: Path) -> None:
    make_key(tmp_path / "other", "witness.example/w2")
    for content in (beside(tmp_path / "other").read_bytes(), b"{}", b"[]", b"not JSON"):
        beside(folder).write_bytes(content)
        with pytest.raises(OperatorError, match="is not the file of what this witness signed last"):
            cosign(folder, LOG, 0, 3)


def test_the_file_may_lie_elsewhere(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "w", tmp_path / "elsewhere"
    options = ("--last-signed", str(elsewhere))
    assert run(data, "key", "--name", "witness.example/w1", *options) == 0
    assert elsewhere.exists()
    assert not beside(data).exists()
    assert run(data, "resume", *options) == 0


def test_a_file_that_can_not_be_written_gives_no_cosignature(folder: Path) -> None:
    record = WitnessRecord(folder, load_key(folder), lambda: NOW)
    client = TestClient(WitnessSite(record, Watched([LOG.vkey], []), load_key(folder).verifier).application())
    beside(folder).unlink()
    beside(folder).mkdir()
    assert client.post("/add-checkpoint", content=LOG.request(0, 5).format()).status_code == 503
    beside(folder).rmdir()
    assert client.post("/add-checkpoint", content=LOG.request(5, 5).format()).status_code == 200
    record.close()


def test_the_page_says_that_nothing_is_signed_and_why(folder: Path) -> None:
    cosign(folder, LOG, 0, 3)
    beside(folder).unlink()
    record = WitnessRecord(folder, load_key(folder), lambda: NOW)
    client = TestClient(WitnessSite(record, Watched([LOG.vkey], []), load_key(folder).verifier).application())
    answer = client.post("/add-checkpoint", content=LOG.request(3, 5).format())
    assert answer.status_code == 503
    assert "zi-witness resume" in answer.text
    page = client.get("/").text
    assert "was restored from a backup" in page
    assert "dipulihkan dari cadangan" in page
    record.close()


def test_after_a_clock_that_was_ahead_nothing_is_signed_until_that_is_cleared(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(folder, LOG, 0, 3, lambda: YEAR_2031)
    cosign(folder, NEIGHBOUR, 0, 2)
    with pytest.raises(ClockError, match="zi-witness clear-clock"):
        cosign(folder, LOG, 3, 4)
    cosign(folder, NEIGHBOUR, 2, 3)
    assert run(folder, "clear-clock") == 0
    output = capsys.readouterr().out
    assert "ledger.example/audit: the cosignature of 3 entries is dated 2031-01-01T00:00:00Z" in output
    assert "neighbour" not in output
    assert cosigned_at(cosign(folder, LOG, 3, 4, lambda: YEAR_2031 - 1)) == YEAR_2031 - 1


def test_what_was_cleared_is_shown_for_ever(folder: Path) -> None:
    cosign(folder, LOG, 0, 3, lambda: YEAR_2031)
    record = WitnessRecord(folder, load_key(folder), lambda: NOW)
    assert record.clear_clock() == [Cleared(LOG.origin, 3, YEAR_2031, NOW)] == record.cleared()
    assert record.clear_clock() == []
    client = TestClient(WitnessSite(record, Watched([LOG.vkey], []), load_key(folder).verifier).application())
    page = client.get("/").text
    assert "is dated 2031-01-01T00:00:00Z; this was set right at 2025-12-29T09:20:00Z" in page
    assert "terlalu cepat" in page
    record.close()


def test_a_clock_that_is_a_little_ahead_is_no_reason_to_stop(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(folder, LOG, 0, 3, lambda: NOW + CLOCK_SKEW)
    assert cosigned_at(cosign(folder, LOG, 3, 4)) == NOW + CLOCK_SKEW
    assert run(folder, "clear-clock") == 0
    assert "nothing was changed" in capsys.readouterr().out


def test_a_time_beyond_every_calendar_is_cleared_too(folder: Path) -> None:
    cosign(folder, LOG, 0, 3, lambda: 2**62)
    assert run(folder, "clear-clock") == 0
