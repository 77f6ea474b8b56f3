"""Whatever stands still, or will soon, is named with the command that mends it."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse

from zi_chassis.process.waiting import NOT_APPLIED, NOT_COMPARED, UNREADABLE
from zi_operations import doctor, remedies
from zi_operations.cli import main
from zi_operations.cluster_servers import of_copies, of_nats, of_postgres, postgres_hosts
from zi_operations.drill_note import last_drill, note_drill
from zi_operations.house import HouseOfData, HouseSettings
from zi_operations.sealing import make_keys, write_house_key
from zi_operations.standing_still import StandingStill

AROUND = timedelta(seconds=10)


def house_of(small: SmallHouse, **settings: object) -> HouseOfData:
    """A house of which nobody answers, with the backups of `backup_folder`."""
    return HouseOfData(HouseSettings(data=small.folder, free_disk_mb=0, **settings))  # type: ignore[arg-type]


def found(house: HouseOfData, now: datetime) -> dict[str, StandingStill]:
    return {each.part: each for each in doctor.findings(house, now)}


def test_a_house_without_backups_or_processes_says_both_with_commands(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    house = house_of(small, backups=backup_folder.target)
    assert found(house, backup_folder.at)["backup"].remedy is remedies.MAKE_KEY
    write_house_key(house.backup_key, backup_folder.house_key)
    everything = found(house, backup_folder.at)
    assert everything["house"].remedy is remedies.START_HOUSE
    assert everything["backup"].why == "the newest whole backup is none"
    assert everything["backup"].remedy.en == f"zona backup {backup_folder.target}"
    assert everything["drill"].remedy is remedies.PRACTISE


def test_a_fresh_backup_and_drill_are_well_and_grow_old(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    house = house_of(small, backups=backup_folder.target)
    write_house_key(house.backup_key, backup_folder.house_key)
    backup_folder.take(small.house)
    note_drill(house, backup_folder.at)
    assert found(house, backup_folder.at + AROUND).keys() == {"house"}
    assert "backup" in found(house, backup_folder.at + timedelta(hours=27))
    assert "drill" not in found(house, backup_folder.at + timedelta(days=99))
    assert "drill" in found(house, backup_folder.at + timedelta(days=101))


def test_a_backup_that_is_not_whole_is_named_and_does_not_hide_an_old_one(
    small: SmallHouse, backup_folder: BackupFolder
) -> None:
    house = house_of(small, backups=backup_folder.target)
    write_house_key(house.backup_key, backup_folder.house_key)
    note_drill(house, backup_folder.at)
    cut = backup_folder.take(small.house).folder
    (cut / "data.zona").write_bytes(b"")
    named = [each.why for each in doctor.of_backups(house, backup_folder.at + AROUND)]
    assert named == [
        "the newest whole backup is none",
        f"{cut} is not whole, of another key or of the future",
    ]


def test_an_interrupted_restore_a_missing_store_and_a_full_disk_are_named(small: SmallHouse) -> None:
    (small.folder / "backup" / "restore" / "left").mkdir(parents=True)
    small.stores["umkm"].close()
    for file in (small.folder / "umkm").glob("store.db*"):
        file.unlink()
    house = HouseOfData(HouseSettings(data=small.folder, free_disk_mb=2**40))
    everything = found(house, datetime.now(UTC))
    assert everything["restore"].remedy is remedies.RESTORE_AGAIN
    shutil.rmtree(small.folder / "backup" / "restore")
    (small.folder / "backup" / "fetched" / "zona-20261130T021500Z").mkdir(parents=True)
    assert found(house, datetime.now(UTC))["restore"].remedy is remedies.LEFT_OF_BUCKET
    assert everything["umkm/store"].remedy is remedies.MISSING
    assert everything["disk"].remedy is remedies.FREE_SPACE


def test_a_database_that_is_away_is_a_finding_and_its_password_is_not_shown(small: SmallHouse) -> None:
    away = house_of(small, intake_database="postgresql://intake:secret@127.0.0.1:1/intake")
    finding = found(away, datetime.now(UTC))["intake/store"]
    assert finding.remedy is remedies.ROOM
    assert "secret" not in finding.why


def test_a_setting_that_was_forgotten_is_named(small: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZI_PUBLIC_URL", "https://layanan.example")
    assert "ZI_TRUSTED_PROXIES" in found(house_of(small), datetime.now(UTC))["settings"].why


def test_the_command_tells_people_and_programs(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    monkeypatch.setenv("ZI_FREE_DISK_MB", "0")
    monkeypatch.setenv("ZI_PORT", "1")
    assert main(["doctor", "--language", "id"]) == 1
    assert "-> make up; pada compose" in capsys.readouterr().out
    assert main(["doctor", "--json"]) == 1
    assert [each["part"] for each in json.loads(capsys.readouterr().out)] == ["house"]


def test_nothing_stands_still(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    monkeypatch.setenv("ZI_FREE_DISK_MB", "0")
    monkeypatch.setattr(doctor, "answers", lambda _: {"intake": {"store": {"ok": True, "reason": None}}})
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == "Nothing stands still.\n"


def test_a_note_of_a_drill_that_cannot_be_read_is_none(small: SmallHouse) -> None:
    assert last_drill(small.house) is None
    note_drill(small.house, datetime.now(UTC))
    assert last_drill(small.house) is not None
    (small.folder / "backup" / "last-drill").write_text("yesterday")
    assert last_drill(small.house) is None


def test_another_key_of_the_house_makes_former_backups_no_longer_its_own(
    small: SmallHouse, backup_folder: BackupFolder, tmp_path: Path
) -> None:
    backup_folder.take(small.house)
    house = house_of(small, backups=backup_folder.target)
    write_house_key(house.backup_key, make_keys()[0])
    assert found(house, backup_folder.at + AROUND)["backup"]
    shutil.rmtree(backup_folder.target)


NOWHERE = "postgresql://postgres:secret@127.0.0.1:1,127.0.0.1:2/postgres"


def test_a_server_of_databases_that_is_away_does_not_hide_the_other_findings(small: SmallHouse) -> None:
    """The leftovers of drills are looked for on that server too."""
    away = house_of(small, intake_database=NOWHERE, drill_postgres=NOWHERE)
    assert {"intake/store", "house"} <= found(away, datetime.now(UTC)).keys()


def test_a_cluster_without_a_leader_is_one_finding_with_its_own_way_out(small: SmallHouse) -> None:
    databases = {"intake_database": NOWHERE, "audit_writer_database": NOWHERE}
    everything = found(house_of(small, drill_postgres=NOWHERE, **databases), datetime.now(UTC))
    assert everything["postgresql"].remedy is remedies.NO_LEADER
    assert "secret" not in everything["postgresql"].why
    assert not {"intake/store", "audit-writer/ledger"} & everything.keys()


def test_a_server_of_a_cluster_is_known_by_its_name_alone(small: SmallHouse) -> None:
    address = "postgresql://audit:secret@postgres:5432,postgres-2/audit_writer"
    assert postgres_hosts(house_of(small, audit_writer_database=address)) == ["postgres", "postgres-2"]


@pytest.mark.parametrize(
    ("waited_for", "streaming", "synchronous", "remedy"),
    [
        ("postgres-2", 1, 1, None),
        ("postgres-2", 0, 0, remedies.COPY_AWAY),
        ("", 1, 0, remedies.PAIR),
        ("", 0, 0, remedies.NO_COPY),
    ],
)
def test_commits_that_wait_for_no_copy_or_for_one_that_is_away_are_named(
    waited_for: str, streaming: int, synchronous: int, remedy: object
) -> None:
    finding = of_copies(waited_for, streaming, synchronous)
    assert (finding and finding.remedy) is remedy


@pytest.mark.postgres
def test_what_commits_wait_for_is_asked_of_the_server_that_leads(small: SmallHouse, postgres: str) -> None:
    servers = house_of(small, drill_postgres=postgres, audit_writer_database=NOWHERE)
    [finding] = of_postgres(servers)
    assert finding.remedy is remedies.NO_COPY
    assert list(of_postgres(house_of(small, drill_postgres=postgres))) == []


@pytest.fixture
def greeting() -> Iterator[str]:
    """The address of a server that speaks first, as NATS does."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b'INFO {"server_name": "nats"}')

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield f"nats://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_each_server_of_nats_in_a_cluster_is_asked(greeting: str) -> None:
    away = "nats://127.0.0.1:1"
    assert list(of_nats([greeting, greeting])) == []
    [minority] = of_nats([greeting, away, greeting])
    assert (minority.part, minority.why) == ("nats 127.0.0.1:1", "does not answer; the others go on")
    majority = list(of_nats([greeting, away, away]))
    assert [each.remedy for each in majority] == [remedies.NATS_SERVER] * 2
    assert "too few are left" in majority[0].why
    assert list(of_nats([away])) == []  # a house with one server has its services' word


def test_each_process_of_a_service_is_a_part_of_its_own(small: SmallHouse) -> None:
    several = house_of(small, intake_url="http://127.0.0.1:1,http://localhost:1")
    answered = doctor.answers(several)
    assert list(answered)[:3] == ["intake at 127.0.0.1", "intake at localhost", "notify"]
    answered["intake at localhost"] = {"lease": {"ok": False, "reason": "away"}}
    still = {each.part: each.remedy for each in doctor.standing_still(several, answered)}
    assert still["intake at 127.0.0.1"] is remedies.START
    assert still["intake at localhost lease"] is remedies.DATABASE


def test_while_nats_is_away_nobody_is_told_to_skip_messages_or_to_restore(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fifty lines said so, one for each lane and outbox of each service; and of two servers that are away each was named once a part."""
    silent = {"reason": "it is not heard: TimeoutError: nats: timeout"}
    needs = dict.fromkeys(("hears intake", "outbox", "unpublished", "lanes", "tail"), silent)
    away, blocked = {"reason": "NATS is away"}, {"reason": "A message can't be handled."}
    answered: dict[str, dict[str, object] | None] = {
        "intake": {**needs, "broker": away, "store": {"reason": "the machine stored nothing"}},
        "audit": {**needs, "nats": away},
        "notify": {"hears intake": blocked, "broker": {"reason": None}},
        "umkm": {"unpublished": {"reason": f"{UNREADABLE} (OperationalError)"}},
    }
    still = {each.part: each.remedy for each in doctor.standing_still(small.house, answered)}
    assert still == {
        "intake broker": remedies.BUS,
        "intake store": remedies.ROOM,
        "audit nats": remedies.BUS,
        "notify hears intake": remedies.LANE,
        "umkm unpublished": remedies.DATABASE,
    }
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    monkeypatch.setattr(doctor, "answers", lambda _: answered)
    assert main(["doctor"]) == 1
    assert "intake broker, audit nats: NATS is away\n  -> start NATS" in capsys.readouterr().out


def test_what_waits_for_the_database_alone_is_not_a_reason_to_restore_anything(small: SmallHouse) -> None:
    checks = {"published": {"reason": NOT_COMPARED}, "erasures": {"reason": NOT_APPLIED}}
    lost = {"reason": "the stream holds what the store does not"}
    behind = {"published": lost, "hears intake": lost, "timers": lost}
    still = doctor.standing_still(small.house, {"intake": checks, "notify": behind})
    assert [each.remedy for each in still] == [remedies.WAIT, remedies.WAIT, remedies.RESTORE]
