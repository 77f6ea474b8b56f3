"""`zi-audit` where it can't look: a status of its own and a sentence, told apart from what it finds."""

from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE, ORIGIN, Home, Sender

from zi_audit.cli import main
from zi_audit.files.log_keys import KEY
from zi_chassis.settings import Settings
from zi_tlog.note import Signer


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, intake: Sender) -> Path:
    """The folder of a house whose log has twenty entries."""
    monkeypatch.setenv("ZI_DATA", str(tmp_path))
    monkeypatch.setenv("ZI_OFFICE", OFFICE)
    monkeypatch.setenv("ZI_LOG_ORIGIN", ORIGIN)
    settings = Settings(service="audit-writer")
    home = Home(settings.folder, signer=Signer(ORIGIN, settings.secret(KEY)))
    log = home.opened()
    log.append(intake.say(20))
    home.close()
    return settings.folder


def test_a_whole_log_is_told_apart_from_one_that_was_changed(data: Path) -> None:
    assert main(["fsck"]) == 0
    (data / "tiles/checkpoint").write_bytes(b"changed\n")
    assert main(["fsck"]) == 1


@pytest.mark.parametrize("command", ["fsck", "erasures"])
def test_a_missing_database_is_no_finding_and_none_is_made(
    data: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in data.glob("ledger.db*"):
        file.unlink()
    assert main([command]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(
        f"There is no ledger database {data / 'ledger.db'}: set ZI_DATA or ZI_DATABASE."
    )
    assert not (data / "ledger.db").exists()


@pytest.mark.parametrize("command", ["fsck", "erasures", "refill"])
def test_a_database_that_can_not_be_read_is_no_finding(
    data: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in data.glob("ledger.db*"):
        file.unlink()
    (data / "ledger.db").write_bytes(b"no database " * 1000)
    assert main([command]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("zi-audit broke off, so nothing follows about what it was to look at: ")
    assert "file is not a database" in output.err
    assert output.err.count("\n") == 1


def test_a_database_server_that_is_away_is_no_finding(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_DATABASE", "postgresql://127.0.0.1:1/ledger")
    assert main(["fsck"]) == 2
    assert capsys.readouterr().err.startswith(
        "zi-audit broke off, so nothing follows about what it was to look at: "
    )


def test_a_store_that_can_not_be_read_is_no_finding(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = data.parent / "intake/store.db"
    store.parent.mkdir()
    store.write_bytes(b"no database " * 1000)
    assert main(["reconcile", "--service", "intake"]) == 2
    assert capsys.readouterr().err.startswith(
        "zi-audit broke off, so nothing follows about what it was to look at: "
    )
