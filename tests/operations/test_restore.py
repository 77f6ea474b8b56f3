"""A backup comes back whole into an empty house; what is lost is named, and who was erased since stays erased."""

import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse

from zi_chassis.storage.postgres import read_only
from zi_chassis.vault.erasure_files import BROUGHT, UNSETTLED, brought_lines, brought_up_to
from zi_operations.backup import TakenBackup
from zi_operations.drill import Drill, DrillReport
from zi_operations.drill_scratch import scratch_address
from zi_operations.erasures_settled import bring_missing, settle_by_log, settle_by_statement
from zi_operations.examination import HouseExamination
from zi_operations.house import STAGING, HouseOfData
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.postgres_copy import copy_in, copy_out
from zi_operations.report import outcome_of
from zi_operations.unsettled import unsettled

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
DATABASES = ("intake_database", "intake_keys_database", "audit_writer_database")


def refused(outcome: OperationStatus, backup_folder: BackupFolder, taken: TakenBackup) -> None:
    with pytest.raises(OperationError) as refusal:
        backup_folder.restore(taken, backup_folder.empty())
    assert refusal.value.outcome is outcome
    assert not list((backup_folder.target.parent / "restored").rglob("*.db"))


def test_everything_agrees_after_a_restore(small: SmallHouse, backup_folder: BackupFolder) -> None:
    restored = backup_folder.restore(backup_folder.take(small.house), backup_folder.empty())
    examined = restored.examined
    assert examined.is_sound
    assert (examined.entries, examined.messages, examined.items) == (3, 3, 2)
    assert outcome_of(examined) is OperationStatus.UNSETTLED
    again = backup_folder.empty()
    files = [path.relative_to(small.folder) for path in small.folder.rglob("secrets/*")]
    assert all((again.data / path).read_bytes() == (small.folder / path).read_bytes() for path in files)
    assert again.tiles.read("checkpoint") == small.house.tiles.read("checkpoint")


def test_who_reads_tiles_and_rules_reads_them_after_a_restore_and_nobody_reads_secrets(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    """In compose these are volumes that services read as users of their own: after a restore no evidence could be made."""
    tiles, tariffs = small.folder / "audit-writer" / "tiles", small.folder / "rules" / "certificate_tariffs"
    for folder, name in ((tiles / "checkpoints", "1"), (tariffs, "2027.toml")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("kept")
    again = backup_folder.empty()
    for shared in ("audit-writer/tiles", "rules"):
        (again.data / shared).mkdir(parents=True)
        (again.data / shared).chmod(0o755)
    backup_folder.restore(backup_folder.take(small.house), again)

    def mode(name: str) -> int:
        return (again.data / name).stat().st_mode & 0o777

    assert mode("audit-writer/tiles/checkpoints") == mode("rules/certificate_tariffs") == 0o755
    assert mode("intake") == mode("intake/secrets") == 0o700


def drill(house: HouseOfData, scratch: Path) -> DrillReport:
    return Drill(house, scratch, datetime.now(UTC), lambda *_: None).run()


def test_what_a_drill_writes_waits_for_no_copy_of_a_cluster() -> None:
    for server in (
        "postgresql://postgres:secret@one,two/postgres",
        "postgresql://postgres@one,two/postgres?sslmode=require",
    ):
        parts = conninfo_to_dict(scratch_address(server, "zona_drill_1"))
        assert (parts["dbname"], parts["options"]) == ("zona_drill_1", "-c synchronous_commit=local")
        assert (parts["host"], parts.get("sslmode")) == ("one,two", "require" if "?" in server else None)


@pytest.mark.postgres
def test_the_same_on_postgresql(
    postgres_server: str, backup_folder: BackupFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(prefix: str) -> dict[str, str]:
        addresses = {}
        with psycopg.connect(postgres_server.format("postgres"), autocommit=True) as admin:
            for name in DATABASES:
                admin.execute(f"CREATE DATABASE {prefix}_{name}".encode())
                addresses[name] = postgres_server.format(f"{prefix}_{name}")
        return addresses

    small = SmallHouse(tmp_path / "var", made("before"))
    small.file()
    small.file("notify")
    small.hear("notify", "intake", 1)
    small.publish()
    taken = backup_folder.take(small.house)
    with pytest.raises(OperationError, match="ZI_DRILL_POSTGRES"):
        drill(small.house, tmp_path / "refused")
    monkeypatch.setenv("ZI_DRILL_POSTGRES", postgres_server.format("postgres"))
    assert drill(small.house, tmp_path / "drill").examined.is_sound
    with psycopg.connect(postgres_server.format("postgres")) as server:
        assert (
            server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'zona_drill%'").fetchall()
            == []
        )
    small.close()
    empty = made("after")
    restored = backup_folder.restore(taken, backup_folder.empty(databases=empty))
    assert restored.examined.is_sound
    again = SmallHouse(tmp_path / "restored", empty)
    again.file()
    again.published = {name: each.position for name, each in taken.manifest.stores.items()}
    again.publish()
    assert HouseExamination(again.house).run().is_sound
    again.close()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def back_dated(path: Path) -> None:
    path.write_text(path.read_text().replace('"size": 3', '"size": 2'))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("data.zona", cut),
        ("data.zona", flipped),
        ("keys.zona", flipped),
        ("manifest.json", cut),
        ("manifest.json", back_dated),
    ],
)
def test_a_changed_backup_is_refused(
    small: SmallHouse, backup_folder: BackupFolder, name: str, change: Callable[[Path], None]
) -> None:
    taken = backup_folder.take(small.house)
    change(taken.folder / name)
    refused(OperationStatus.CHANGED, backup_folder, taken)


def test_a_part_of_another_backup_is_refused(small: SmallHouse, backup_folder: BackupFolder) -> None:
    first, second = backup_folder.take(small.house), backup_folder.take(small.house)
    shutil.copy(first.folder / "data.zona", second.folder / "data.zona")
    refused(OperationStatus.CHANGED, backup_folder, second)


def test_a_backup_of_another_house_is_refused(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    taken = BackupFolder(tmp_path).take(small.house)
    refused(OperationStatus.CHANGED, backup_folder, taken)


def test_a_house_with_data_is_left_as_it_is(small: SmallHouse, backup_folder: BackupFolder) -> None:
    taken = backup_folder.take(small.house)
    with pytest.raises(OperationError) as refusal:
        backup_folder.restore(taken, small.house)
    assert refusal.value.outcome is OperationStatus.NOT_EMPTY
    assert not (small.folder / "intake" / UNSETTLED).exists()


def test_a_copy_of_the_files_is_named_as_such(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    hot = shutil.copytree(small.folder, tmp_path / "hot")
    with pytest.raises(OperationError, match="copy of the files of a house") as refusal:
        backup_folder.restore(
            TakenBackup(hot, backup_folder.take(small.house).manifest), backup_folder.empty()
        )
    assert refusal.value.outcome is OperationStatus.NO_BACKUP


def test_an_old_backup_is_recognised_beside_a_newer_one(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    old, new = backup_folder.take(small.house), backup_folder.take(small.house)
    with pytest.raises(OperationError, match=new.folder.name) as refusal:
        backup_folder.restore(old, backup_folder.empty())
    assert refusal.value.outcome is OperationStatus.OLD


def test_an_interrupted_restore_is_completed_by_the_same_command(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    taken, empty = backup_folder.take(small.house), backup_folder.empty()
    empty.data.mkdir()
    (empty.data / "umkm").touch()  # a file in its way stops it when the ledger is in its place already
    with pytest.raises(OSError, match="umkm"):
        backup_folder.restore(taken, empty)
    assert empty.ledger.exists()
    assert unsettled(empty) == ["intake", "integrity"]
    (empty.data / "umkm").unlink()
    assert backup_folder.restore(taken, empty).examined.is_sound
    assert unsettled(empty) == ["intake", "integrity"]


def test_a_restore_that_was_interrupted_after_the_move_is_completed_too(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    """The tiles are made already by then: that they are there says nothing about erasures."""
    taken, empty = backup_folder.take(small.house), backup_folder.empty()
    in_the_way = empty.data / "intake" / BROUGHT
    in_the_way.mkdir(parents=True)
    with pytest.raises(OSError, match=BROUGHT):
        backup_folder.restore(taken, empty)
    assert empty.tiles.has("checkpoint")
    in_the_way.rmdir()
    assert backup_folder.restore(taken, empty).examined.is_sound
    assert unsettled(empty) == ["intake", "integrity"]
    assert not (empty.data / STAGING).exists()


@pytest.mark.postgres
def test_a_database_that_is_filled_already_is_passed_over(postgres: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres) as connection:
        connection.execute("CREATE TABLE filled (a BIGINT)")
        connection.execute("INSERT INTO filled VALUES (1)")
    with closing(read_only(postgres)) as connection:
        copy_out(connection, lambda name, pieces: (tmp_path / name).write_bytes(b"".join(pieces)))
    with psycopg.connect(postgres) as connection:
        connection.execute("DROP TABLE filled")
    for _ in range(2):
        copy_in(postgres, "zona-1", lambda name: (tmp_path / name).open("rb"))
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SELECT a FROM filled").fetchall() == [(1,)]
    with pytest.raises(psycopg.errors.DuplicateTable):
        copy_in(postgres, "zona-2", lambda name: (tmp_path / name).open("rb"))


def test_with_the_published_log_the_lost_tail_is_named_and_erasures_since_are_known(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    """Stores, keys and streams are lost, the published files are not: a person who was erased after the backup stays erased."""
    subject = small.file()
    small.publish()
    taken = backup_folder.take(small.house)
    event = small.erase(subject)
    small.file("umkm")
    small.publish()
    empty = backup_folder.empty()
    shutil.copytree(Path(small.house.tiles.place), empty.data / "audit-writer/tiles")
    restored = backup_folder.restore(taken, empty)
    assert restored.refilled == 3
    missing = [(each.service, each.position, each.type) for each in restored.examined.missing]
    assert missing == [
        ("intake", 4, "zi.intake.erasure_requested"),
        ("intake", 5, "zi.intake.data_subject_erased"),
        ("umkm", 1, "zi.umkm.filed"),
    ]
    assert not restored.examined.faults
    assert restored.examined.pending == 1
    brought = empty.data / "intake/erasures"
    assert str(event) in brought.read_text()
    assert unsettled(empty) == []
    assert outcome_of(restored.examined) is OperationStatus.OLD
    brought.write_text(brought.read_text().splitlines()[0] + "\n")
    examined = HouseExamination(empty).run()
    assert (examined.pending, len(examined.faults)) == (0, 1)
    assert "should be destroyed and is not" in str(examined.faults)


def test_what_the_page_sets_aside_leaves_an_empty_house_with_its_published_log(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    taken = backup_folder.take(small.house)
    small.file()
    small.publish()
    small.close()
    [commands] = re.findall(
        r"^   ```sh\n(   data=.*?)^   ```$", OPERATIONS.read_text(), re.MULTILINE | re.DOTALL
    )
    subprocess.run(["sh", "-euc", commands], cwd=tmp_path, check=True)
    restored = backup_folder.restore(taken, small.house)
    assert [(each.service, each.position) for each in restored.examined.missing] == [("intake", 3)]
    assert unsettled(small.house) == []
    [aside] = tmp_path.glob("var-aside-*")
    assert (aside / "intake" / "keys.db").exists()
    assert (aside / "audit-writer" / "ledger.db").exists()


def test_where_nothing_outlived_the_loss_the_house_waits_for_a_copy_of_the_log(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    subject = small.file()
    small.publish()
    old = shutil.copytree(Path(small.house.tiles.place), tmp_path / "old-copy")
    small.file()
    small.publish()
    taken = backup_folder.take(small.house)
    event = small.erase(subject)
    small.publish()
    copy = shutil.copytree(Path(small.house.tiles.place), tmp_path / "auditors-copy")
    empty = backup_folder.empty()
    backup_folder.restore(taken, empty)
    assert unsettled(empty) == ["intake", "integrity"]
    for outcome, wrong in ((OperationStatus.OLD, old), (OperationStatus.REFUSED, tmp_path / "nothing")):
        with pytest.raises(OperationError) as refusal:
            settle_by_log(empty, wrong)
        assert refusal.value.outcome is outcome
    assert settle_by_log(empty, copy) == 2
    assert unsettled(empty) == []
    assert str(event) in (empty.data / "intake/erasures").read_text()
    assert [each.position for each in HouseExamination(empty).run().missing] == [5, 6]


def test_a_store_that_was_set_back_gets_the_erasures_of_the_ledger(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    """Somebody put back a copy of intake's folder alone; the ledger goes further, and the streams are lost."""
    subject = small.file()
    small.publish()
    old = backup_folder.take(small.house)
    event = small.erase(subject)
    small.publish()
    backup_folder.restore(old, back := backup_folder.empty())
    small.close()
    shutil.rmtree(small.folder / "intake")
    shutil.copytree(back.data / "intake", small.folder / "intake")
    assert brought_up_to(small.folder / "intake" / BROUGHT) == 3  # of the restore, and of no use beyond
    assert bring_missing(small.house) == ["intake"]
    assert brought_up_to(small.folder / "intake" / BROUGHT) == 5
    [message] = brought_lines(small.folder / "intake" / BROUGHT)
    assert str(event) in message.decode()
    assert brought_lines(small.folder / "umkm" / BROUGHT) == [message]
    assert bring_missing(back) == []


def test_the_statement_of_an_operator_is_kept(small: SmallHouse, backup_folder: BackupFolder) -> None:
    empty = backup_folder.empty()
    backup_folder.restore(backup_folder.take(small.house), empty)
    settle_by_statement(empty, "no copy\nanywhere", backup_folder.at)
    assert unsettled(empty) == []
    assert (empty.data / "backup/statements").read_text().endswith("known: no copy anywhere\n")


def test_keys_that_were_removed_from_a_backup_are_named_with_the_option(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    taken = backup_folder.take(small.house)
    apart = (taken.folder / "keys.zona").rename(tmp_path / "apart")
    with pytest.raises(OperationError, match="--keys"):
        backup_folder.restore(taken, backup_folder.empty())
    assert backup_folder.restore(taken, backup_folder.empty("another"), apart).examined.is_sound
