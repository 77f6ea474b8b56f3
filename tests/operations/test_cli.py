"""The command line: its statuses, its two languages, and what a program reads."""

import errno
import json
import os
import re
import signal
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse

from zi_operations.cli import main
from zi_operations.drill_scratch import scratch_folder
from zi_operations.outcome import OperationStatus, table
from zi_operations.retention import is_whole
from zi_operations.sealing import write_house_key

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
VERBS = (
    "key",
    "backup",
    "restore",
    "check",
    "erasures",
    "drill",
    "upgrade",
    "doctor",
    "schedule",
    "sender-key",
    "shorten",
)


@pytest.fixture
def here(small: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> SmallHouse:
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    return small


def test_the_life_of_a_backup(
    here: SmallHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, target = str(tmp_path / "stick" / "zona.key"), str(tmp_path / "backups")
    assert main(["backup", target]) == OperationStatus.REFUSED.code
    assert main(["key", key]) == 0
    assert main(["key", str(tmp_path / "another")]) == OperationStatus.REFUSED.code
    assert main(["backup", target, "--keep", "2"]) == 0
    assert "intake 2" in capsys.readouterr().out
    [backup] = map(str, Path(target).iterdir())
    monkeypatch.setenv("ZI_DATA", str(tmp_path / "empty"))
    assert main(["restore", backup, "--key", key, "--dry-run"]) == 0
    assert not (tmp_path / "empty").exists()
    assert main(["restore", backup, "--key", key, "--language", "id"]) == OperationStatus.UNSETTLED.code
    assert "data pribadi terkunci" in capsys.readouterr().out
    assert main(["restore", backup, "--key", key]) == OperationStatus.NOT_EMPTY.code
    assert main(["check"]) == OperationStatus.UNSETTLED.code
    assert main(["erasures"]) == OperationStatus.UNSETTLED.code
    assert main(["erasures", "--nothing-newer", "a test"]) == 0
    capsys.readouterr()
    assert main(["check", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["entries"], answer["missing"], answer["standing_still"]) == (3, [], [])


def test_a_drill_reports_and_leaves_nothing(
    here: SmallHouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scratch").mkdir()
    assert main(["drill", "--scratch", str(tmp_path / "scratch"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["entries"], answer["messages"], answer["faults"]) == (3, 3, {})
    assert set(answer["seconds"]) == {"backup", "restore"}
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_a_killed_drill_left_is_named_and_removed(
    here: SmallHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_BACKUPS", str(tmp_path))
    left = tmp_path / "zona-drill-left"
    left.mkdir()
    with scratch_folder(tmp_path) as running:
        assert main(["check"]) == OperationStatus.FOUND.code
        printed = capsys.readouterr().out
        assert str(left) in printed
        assert str(running) not in printed
        assert main(["drill"]) == 0
        assert not left.exists()
        assert running.exists()


def test_a_terminated_drill_leaves_nothing(
    here: SmallHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def terminated(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("zi_operations.cli.ProgressBar", lambda _: terminated)
    with pytest.raises(SystemExit, match="143"):
        main(["drill", "--scratch", str(tmp_path)])
    assert not list(tmp_path.glob("zona-drill-*"))


def test_a_backup_in_the_house_itself_is_refused(here: SmallHouse) -> None:
    assert main(["backup", str(here.folder / "backups")]) == OperationStatus.REFUSED.code


def test_a_database_that_does_not_answer_has_a_sentence_and_a_status(
    here: SmallHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_INTAKE_DATABASE", "postgresql://nobody@127.0.0.1:1/nothing")
    assert main(["check"]) == OperationStatus.UNREADABLE.code
    assert capsys.readouterr().err.startswith("zona: ")


def test_damage_is_found_with_the_way_out(here: SmallHouse, capsys: pytest.CaptureFixture[str]) -> None:
    with here.stores["intake"].database.transaction() as tx:
        tx.execute("UPDATE messages SET hash = ? WHERE position = 1", "0" * 64)
    tile = Path(here.house.tiles.place) / "tile/0/000.p/3"
    tile.write_bytes(tile.read_bytes()[:-1])
    assert main(["check"]) == OperationStatus.FOUND.code
    printed = capsys.readouterr().out
    assert "intake: Position 1: the message's bytes do not fit its kept hash." in printed
    assert "zi-audit fsck" in printed
    assert "zona restore" in printed


def test_a_copy_of_a_running_log_is_named(here: SmallHouse, capsys: pytest.CaptureFixture[str]) -> None:
    """The checkpoint was copied after the database and before the tiles."""
    later = Path(here.house.tiles.place) / "tile/entries/000.p/3"
    here.ledger.close()
    here.file()
    later.unlink()
    with sqlite3.connect(here.folder / "audit-writer/ledger.db") as database:
        database.execute("DELETE FROM entries WHERE idx = 2")
    assert main(["check"]) == OperationStatus.FOUND.code
    assert "copied while the house ran" in capsys.readouterr().out


def _of_another_volume(*_: object) -> None:
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


def test_a_new_key_of_a_sender_takes_the_former_one_aside(
    here: SmallHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_PORT", "1")
    seed = here.folder / "nats" / "keys" / "intake.nk"
    assert main(["sender-key", "intake"]) == OperationStatus.REFUSED.code
    seed.parent.mkdir(parents=True)
    seed.write_text("the former")
    with monkeypatch.context() as patched:
        patched.setattr("zi_operations.doctor.answers", lambda _: {"intake": {}, "notify": {"store": {}}})
        assert main(["sender-key", "intake"]) == OperationStatus.REFUSED.code
    assert "Stop it first" in capsys.readouterr().err
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _of_another_volume)
        assert main(["sender-key", "intake"]) == 0
    [aside] = (here.folder / "backup" / "former-keys").iterdir()
    assert (aside.read_text(), seed.exists()) == ("the former", False)
    assert aside.stat().st_mode & 0o777 == 0o600
    assert aside.relative_to(here.folder) in here.house.files()[1]


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_every_command_explains_itself_in_both_languages(
    verb: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([*filter(None, [verb]), "--help", "--language", language])
    words = {"en": r"\b(the|of)\b", "id": r"\b(dan|yang|tidak)\b"}[language]
    assert re.search(words, capsys.readouterr().out)


def test_the_statuses_in_the_docs_are_those_of_the_program() -> None:
    section = PAGE.partition("## Exit statuses of zona")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    assert rows == [(str(each.code), each.word.en, each.meaning.en) for each in OperationStatus]
    assert table("id").count("\n") == len(OperationStatus) - 1


def test_a_setting_that_can_not_be_used_is_told_and_refused(
    here: SmallHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_BACKUP_AT", "25:99")
    assert main(["check"]) == OperationStatus.REFUSED.code
    assert (
        capsys.readouterr().err
        == "zona: ZI_BACKUP_AT is '25:99': hour value is outside expected range of 0-23.\n"
    )


def test_a_backup_is_told_to_be_whole_where_older_ones_can_not_be_removed(
    here: SmallHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = BackupFolder(tmp_path)
    folder.at -= timedelta(hours=1)
    write_house_key(here.house.backup_key, folder.house_key)
    old, rename = folder.take(here.house).folder, Path.rename

    def refuse_old(path: Path, target: Path) -> Path:
        if path == old:
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_old)
    assert main(["backup", str(folder.target), "--keep", "1"]) == OperationStatus.NOT_REMOVED.code
    (made,) = set(folder.target.iterdir()) - {old}
    printed = capsys.readouterr().err
    assert f"zona: {made} is whole. Older backups could not be removed" in printed
    assert f"Read-only file system: '{old}'" in printed
    assert is_whole(made, folder.house_key)


@pytest.mark.parametrize(
    ("arguments", "setting", "sentence"),
    [
        (["shorten", "--leave", "0"], {}, "a whole number of at least 1 is expected, and not '0'"),
        (["backup", "--keep", "all"], {}, "a whole number of at least 1 is expected, and not 'all'"),
        (["drill", "--scratch", "/lost"], {}, "zona: There is no folder /lost."),
        (
            ["schedule"],
            {"ZI_BACKUPS_LISTEN": "here"},
            "zona: ZI_BACKUPS_LISTEN is 'here': host:port is expected",
        ),
        (["schedule"], {"ZI_BACKUP_COPY": "bucket"}, "zona: bucket is no address of a bucket."),
    ],
)
def test_what_is_refused_has_a_sentence_and_a_status(
    here: SmallHouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    setting: dict[str, str],
    sentence: str,
) -> None:
    for name, value in {"ZI_BACKUPS": str(tmp_path / "backups"), **setting}.items():
        monkeypatch.setenv(name, value)
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code
    assert status == OperationStatus.REFUSED.code
    assert sentence in capsys.readouterr().err
