"""One byte changed anywhere in the log is found and named."""

from pathlib import Path

import pytest
from tests.audit.log_home import Home, Sender

from zi_audit.tools.fsck import Fsck, Report, sentences
from zi_chassis.storage.database import Database


@pytest.fixture
def log(home: Home, intake: Sender) -> Home:
    """300 entries, grown in three steps, the middle one's partial files still there, two checkpoints kept."""
    log = home.opened()
    for _ in range(3):
        home.clock.pass_by(60)
        log.append(intake.say(100))
    return home


def examined(home: Home) -> Report:
    return Fsck(home.ledger(), home.tiles, home.keys).run()


def findings(home: Home) -> list[str]:
    return list(sentences(examined(home)))


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def change(home: Home, sql: str, *values: object) -> None:
    database = Database(home.folder / "ledger.db")
    with database.transaction() as tx:
        tx.execute(sql, *values)
    database.close()


def test_a_whole_log_has_no_findings(log: Home) -> None:
    report = examined(log)
    assert report.findings == []
    assert report.entries == 300
    assert "as they were written" in next(sentences(report))


def test_an_entry_changed_in_the_database_is_named(log: Home, intake: Sender) -> None:
    forged = intake.sent[41].content.replace(b"invented", b"honest__")
    change(log, "UPDATE entries SET entry = ? WHERE idx = 41", forged)
    assert findings(log) == ["Entry 41: its bytes in the ledger database are not what was logged."]


def test_an_entry_changed_in_the_database_with_its_hash_is_named(log: Home, intake: Sender) -> None:
    change(log, "UPDATE entries SET entry = ?, leaf_hash = ? WHERE idx = 41", b"{}", bytes(32))
    found = findings(log)
    assert all("Entry 41: its" in sentence and "ledger database" in sentence for sentence in found)
    assert len(found) == 2


def test_an_entry_removed_from_the_database_is_named(log: Home) -> None:
    change(log, "DELETE FROM entries WHERE idx = 41")
    assert findings(log) == ["Entry 41 is missing from the ledger database."]


def test_a_column_that_contradicts_its_entry_is_named(log: Home) -> None:
    change(log, "UPDATE entries SET position = 7 WHERE idx = 41")
    assert findings(log) == ["The columns of entry 41 in the ledger database contradict its bytes."]


def test_a_state_that_was_changed_is_named(log: Home) -> None:
    change(log, "UPDATE log_state SET size = 299")
    assert any("contradicts the checkpoint" in sentence for sentence in findings(log))


@pytest.mark.parametrize(
    "path",
    [
        "tile/entries/000",
        "tile/entries/000.p/100",
        "tile/entries/001.p/44",
        "tile/0/000",
        "tile/0/000.p/200",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "checkpoints/100",
        "checkpoint",
    ],
)
def test_a_changed_file_is_named(log: Home, path: str) -> None:
    flip(log.folder / "tiles" / path, -30)
    assert any(path in sentence or f"entry {path}" in sentence for sentence in findings(log))


@pytest.mark.parametrize(
    "path", ["tile/entries/001.p/44", "tile/0/000", "tile/1/000.p/1", "checkpoint", "witness-policy"]
)
def test_a_missing_file_is_named(log: Home, path: str) -> None:
    (log.folder / "tiles" / path).unlink()
    assert findings(log)


def test_an_entry_that_was_slipped_in_behind_the_signed_ones_is_named(log: Home) -> None:
    columns = "event_id, sender, position, leaf_hash, entry, anomaly"
    change(log, f"INSERT INTO entries SELECT 300, {columns} FROM entries WHERE idx = 7")
    assert findings(log) == ["Entry 300 in the ledger database was never signed."]


def test_a_file_cut_short_is_named(log: Home) -> None:
    path = log.folder / "tiles/tile/entries/000"
    path.write_bytes(path.read_bytes()[:-1])
    assert any("tile/entries/000" in sentence for sentence in findings(log))


def test_a_file_that_no_log_has_is_named(log: Home) -> None:
    (log.folder / "tiles/tile/0/notes.txt").write_bytes(b"remember the milk")
    assert findings(log) == ["tile/0/notes.txt does not belong to the log."]


def test_a_consistent_forgery_of_all_files_is_found_by_the_signed_root(
    log: Home, intake: Sender, tmp_path: Path
) -> None:
    other = Home(tmp_path / "forged", signer=log.signer, clock=log.clock)
    forged = Sender("intake", case="FORGED000")
    other.opened().append(forged.say(300))
    genuine = log.read("checkpoint")
    (other.folder / "tiles/checkpoint").write_bytes(genuine)
    found = list(sentences(Fsck(other.ledger(), other.tiles, log.keys).run()))
    other.close()
    assert any("do not give the root of checkpoint" in sentence for sentence in found)
