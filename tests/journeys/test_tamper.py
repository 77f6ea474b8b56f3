"""One bit is changed somewhere in what a stopped house left behind: the tools find it and name the place."""

import io
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.journeys.attacks.left import Left
from tests.journeys.tools import ALONE

from zi_audit.cli import main as zi_audit
from zi_tlog.evidence import README
from zi_tlog.evidence_zip import EvidenceArchive
from zi_verify.main import main as zi_verify

pytestmark = pytest.mark.journey

Text = pytest.CaptureFixture[str]
LOG_FILES = ("tile/entries/000.p/*", "tile/0/000.p/*", "checkpoint")
MIDDLE = 0.5
PLACES = (0.02, MIDDLE, 0.98)


def flipped(content: bytes, place: float) -> bytes:
    at = int(len(content) * place)
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def flip_file(path: Path, place: float) -> None:
    path.write_bytes(flipped(path.read_bytes(), place))


def flip_value(database: Path, table: str, column: str, rowid: int, place: float) -> sqlite3.Row:
    """One bit of one value; returns its row."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.row_factory = sqlite3.Row
        row = connection.execute(f"SELECT * FROM {table} WHERE rowid = ?", [rowid]).fetchone()
        changed = flipped(bytes(row[column]), place)
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", [changed, rowid])
        assert isinstance(row, sqlite3.Row)
        return row


def rezip(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as old:
        files = {each: old.read(each) for each in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for each, content in files.items():
            new.writestr(each, change(content) if each == name else content)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sender", ["intake", "notify", "integrity"])
def test_a_changed_event_is_named_by_its_position(
    left: Left, sender: str, place: float, capsys: Text
) -> None:
    flip_value(left.data / sender / "store.db", "stored_events", "state", 3, place)
    assert zi_audit(["reconcile", "--service", sender]) == 1
    assert "Position 3:" in capsys.readouterr().out


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sender", ["intake", "notify", "integrity"])
def test_a_changed_message_is_named_by_its_position(
    left: Left, sender: str, place: float, capsys: Text
) -> None:
    flip_value(left.data / sender / "store.db", "messages", "message", 3, place)
    assert zi_audit(["reconcile", "--service", sender]) == 1
    assert "Position 3:" in capsys.readouterr().out


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("keeper", ["intake", "integrity"])
def test_a_changed_vault_item_is_named(left: Left, keeper: str, place: float, capsys: Text) -> None:
    row = flip_value(left.data / keeper / "store.db", "vault_items", "sealed", 2, place)
    assert zi_audit(["reconcile", "--service", keeper]) == 1
    assert f"Vault item {row['item']}" in capsys.readouterr().out


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("pattern", LOG_FILES)
def test_a_changed_file_of_the_log_is_named_by_the_office_and_by_anybody(
    left: Left, pattern: str, place: float, capsys: Text
) -> None:
    changed = left.file(pattern)
    flip_file(changed, place)
    name = str(changed.relative_to(left.log))
    assert zi_audit(["fsck"]) == 1
    assert name in capsys.readouterr().out
    assert zi_verify(["log", str(left.log)]) == 1
    assert name in capsys.readouterr().out


@pytest.mark.parametrize("place", PLACES)
def test_a_changed_row_of_the_ledger_is_named_by_its_index(left: Left, place: float, capsys: Text) -> None:
    row = flip_value(left.data / "audit-writer" / "ledger.db", "entries", "entry", 7, place)
    assert zi_audit(["fsck"]) == 1
    assert f"ntry {row['idx']}" in capsys.readouterr().out


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["entries/*", "checkpoint", "manifest.json", "promises/*", "private/*.json"])
def test_a_changed_file_in_the_evidence_is_named(left: Left, kind: str, place: float, capsys: Text) -> None:
    with zipfile.ZipFile(left.evidence) as archive:
        name = sorted(each for each in archive.namelist() if Path(each).match(kind))[-1]
    rezip(left.evidence, name, lambda content: flipped(content, place))
    assert zi_verify(["receipt", str(left.evidence)]) == 1
    assert any(
        line.startswith("!") and Path(name).stem in line for line in capsys.readouterr().out.splitlines()
    )


@pytest.mark.parametrize("name", ["policy", "promise.vkey"])
def test_a_changed_key_in_the_evidence_is_noticed(left: Left, name: str, capsys: Text) -> None:
    def in_the_key(content: bytes) -> bytes:
        found = re.search(rb"\+[0-9a-f]{8}\+.{9}", content)
        assert found is not None
        return flipped(content, found.end() / len(content))

    rezip(left.evidence, name, in_the_key)
    assert zi_verify(["receipt", str(left.evidence)]) == 1
    assert "FAIL" in capsys.readouterr().out


def test_a_changed_byte_of_the_zip_is_noticed_or_changes_nothing_that_it_says(
    left: Left, capsys: Text
) -> None:
    """Times and rights of the files in a zip are no evidence; everything else is."""
    whole = left.evidence.read_bytes()
    harmless = 0
    for at in range(0, len(whole), len(whole) // 60):
        left.evidence.write_bytes(flipped(whole, at / len(whole)))
        if zi_verify(["receipt", str(left.evidence)]) == ALONE:
            assert checked_members(left.evidence.read_bytes()) == checked_members(whole)
            harmless += 1
        else:
            assert "FAIL" in capsys.readouterr().out
    assert harmless < 30


def checked_members(evidence: bytes) -> dict[str, bytes | None]:
    """All but the text that explains it."""
    archive = EvidenceArchive(io.BytesIO(evidence))
    return {name: archive.read(name) for name in archive.names if name != README}
