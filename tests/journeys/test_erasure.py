"""A person is erased from a real house, and stays erased when the house is restored to before it."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.intake.sample_files import photo
from tests.journeys import records
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed, code
from tests.journeys.house import PLAIN, House, await_
from tests.journeys.tools import ALONE, audit, here, verify_log, verify_receipt

from zi_operations.cli import main as zona
from zi_operations.house import HouseOfData, HouseSettings
from zi_operations.outcome import OperationStatus

pytestmark = pytest.mark.journey

ERASED = Citizen(1, "erasure")
STAYS = Citizen(2, "erasure")
REASON = {"reason": "subject_request"}
STEP = "zi.intake.data_subject_erased"


@dataclass
class Scene:
    """A house in which one of two closed cases was erased, and copies of its data and keys from just before."""

    house: House
    backup: Path
    erased: Filed
    stays: Filed
    keys: tuple[bytes, ...]
    before: Path
    after: Path


def secrets(data: Path) -> set[bytes]:
    """Every key in the key store, read past the service."""
    with closing(sqlite3.connect(f"file:{data / 'intake' / 'keys.db'}?mode=ro", uri=True)) as store:
        return {bytes(row[0]) for row in store.execute("SELECT key FROM keys")}


def key_files(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (data / "intake").glob("keys.db*"))


def back_up(folder: Path, copy: Path) -> None:
    """As an office does while it works: the data and the keys."""
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.db*", "lock"))
    for name in ("store.db", "keys.db"):
        with closing(sqlite3.connect(folder / name)) as live, closing(sqlite3.connect(copy / name)) as target:
            live.backup(target)


def restore(scene: Scene) -> None:
    scene.house.stop()
    shutil.rmtree(scene.house.data / "intake")
    shutil.copytree(scene.backup, scene.house.data / "intake")


def closed(door: Door, citizen: Citizen) -> Filed:
    filed = door.file(citizen.body)
    door.all_steps(filed, citizen.texts, photo())
    return filed


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("erasure")
    with House(folder / "var") as house, house.client() as client:
        door = Door(client, house.staff)
        stays = closed(door, STAYS)
        earlier_keys = secrets(house.data)
        erased = closed(door, ERASED)
        before, after = folder / "before.zip", folder / "after.zip"
        before.write_bytes(await_(lambda: door.whole_evidence(erased)))
        await_(lambda: records.settled(house), pause=0.5)
        back_up(house.data / "intake", folder / "backup")
        keys = tuple(secrets(house.data) - earlier_keys)
        door.office(erased, "ask-erasure", REASON)
        door.office(erased, "approve-erasure", person="supervisor")
        after.write_bytes(await_(lambda: door.whole_evidence(erased)))
        yield Scene(house, folder / "backup", erased, stays, keys, before, after)


def test_the_key_is_in_no_file_of_the_key_store(scene: Scene) -> None:
    assert len(scene.keys) == 1
    assert not any(key in key_files(scene.house.data) for key in scene.keys)
    assert secrets(scene.house.data)  # the other person's


def test_the_case_is_tracked_without_its_words_and_another_one_with_them(scene: Scene) -> None:
    with scene.house.client() as client:
        door = Door(client, scene.house.staff)
        erased, other = door.track(scene.erased), door.track(scene.stays)
    assert (erased["words"], erased["messages"]) == ("erased", [])
    assert erased["timeline"][-1]["type"] == STEP
    assert STAYS.texts["text"] in [message["text"] for message in other["messages"]]


def test_no_official_reads_it_and_the_page_says_why(scene: Scene) -> None:
    with scene.house.client() as client:
        where = f"/intake/api/cases/{scene.erased['ticket']}/personal-data"
        for person in ("officer", "supervisor"):
            refused = client.post(where, json={"purpose": "handling"}, headers=scene.house.staff(person))
            assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:erased")
        page = client.get(
            f"/desk/cases/{scene.erased['ticket']}",
            headers=scene.house.staff() | {"Accept": "text/html", "Accept-Language": "en"},
        )
    assert "The personal data of this case was erased" in page.text


def test_nothing_can_be_added_to_it(scene: Scene) -> None:
    with scene.house.client() as client:
        where = f"/intake/api/cases/{scene.erased['ticket']}/reopen"
        refused = client.post(where, json={"text": "Saya lagi."}, headers=code(scene.erased))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:erased")


def test_evidence_from_before_still_matches_and_from_after_names_the_erasing_entry(scene: Scene) -> None:
    before, after = verify_receipt(scene.before), verify_receipt(scene.after)
    assert (before.code, after.code) == (ALONE, ALONE)
    assert "included and matching" in before.text.splitlines()[-1].lower()
    with scene.house.client() as client:
        step = Door(client, scene.house.staff).track(scene.erased)["timeline"][-1]
    assert (
        f"included, payload erased (entry {step['ledger']['index']})" in after.text.splitlines()[-1].lower()
    )


def test_the_log_and_the_store_are_as_they_were_recorded(scene: Scene, tmp_path: Path) -> None:
    await_(lambda: records.settled(scene.house), pause=0.5)
    token = tmp_path / "token"
    token.write_text(scene.house.token("auditor"))
    log = verify_log(f"{scene.house.url}/audit/log", "--token-file", str(token))
    assert log.code == 0, log.text
    compared = audit(scene.house.data, "reconcile", "--service", "intake")
    assert compared.code == 0, compared.text
    lines = [line for line in audit(scene.house.data, "erasures").text.splitlines() if STEP in line]
    assert scene.erased["ticket"] in [records.parse(line.encode())["subject"] for line in lines]
    assert " are erased)" in compared.text
    assert "(0 are erased)" not in compared.text


def test_a_mail_to_an_erased_address_says_why_it_could_not_be_sent(scene: Scene) -> None:
    """notify stands still until after the erasure."""
    notify = scene.house.pid("notify")
    with scene.house.client() as client:
        door = Door(client, scene.house.staff)
        filed = door.file(Citizen(4, "erasure").body)
        os.kill(notify, signal.SIGSTOP)
        try:
            door.citizen(filed, "withdraw")
            door.office(filed, "ask-erasure", REASON)
            door.office(filed, "approve-erasure", person="supervisor")
        finally:
            os.kill(notify, signal.SIGCONT)
        mails = await_(lambda: [mail for mail in door.track(filed)["deliveries"] if mail["reason"]])
    assert {(mail["state"], mail["reason"]) for mail in mails} == {("failed", "erased")}


def test_a_house_that_was_lost_comes_back_from_its_backup_as_it_was(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backup is made while people file. Everything is lost then, the streams and the witness too."""
    house = scene.house
    monkeypatch.setenv("ZI_DATA", str(house.data))
    monkeypatch.setenv("ZI_PORT", str(house.port))
    key, target = str(tmp_path / "key"), tmp_path / "backups"
    assert here(zona, "key", key).code == 0
    with house.client() as client, ThreadPoolExecutor(1) as citizens:
        filing = citizens.map(Door(client, house.staff).file, [Citizen(n, "lost").body for n in range(5)])
        assert here(zona, "backup", str(target)).code == 0
        assert len(list(filing)) == 5
    _, secret = HouseOfData(HouseSettings(data=house.data)).files()
    assert not [path for path in secret if path.parts[-2] not in ("secrets", "keys", "backup")]
    house.stop()
    house.data.rename(tmp_path / "lost")
    [backup] = map(str, target.iterdir())
    restored = here(zona, "restore", backup, "--key", key)
    assert restored.code == OperationStatus.UNSETTLED.code, restored.text
    assert here(zona, "erasures", "--nothing-newer", "all is lost").code == 0
    house.start()
    await_(lambda: records.settled(house), pause=0.5)
    checked = here(zona, "check")
    assert checked.code == 0, checked.text
    with house.client() as client:
        door = Door(client, house.staff)
        assert door.track(scene.erased)["words"] == "erased"
        assert STAYS.texts["text"] in [each["text"] for each in door.track(scene.stays)["messages"]]
        fresh = tmp_path / "fresh.zip"
        fresh.write_bytes(await_(lambda: door.whole_evidence(scene.stays)))
    assert verify_receipt(fresh).code == verify_receipt(scene.before).code == ALONE


@contextmanager
def alone(house: House) -> Iterator[str]:
    """intake, and nothing else of the house."""
    environment = house.environment | {"ZI_NATS_SEED": str(house.seed("intake")), "ZI_DEMO": "1"}
    with (house.data / "logs" / "alone.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "zi_intake.main"], env=environment, stdout=log, stderr=log
        )
    url = house.service_url("intake")
    try:
        await_(lambda: httpx.get(f"{url}/intake/health", **PLAIN).status_code == 200)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def test_restored_data_and_keys_are_erased_again_before_the_house_is_ready(scene: Scene) -> None:
    """Of intake's folder as it was before the erasure: the stream alone knows of it."""
    restore(scene)
    assert all(key in key_files(scene.house.data) for key in scene.keys)
    scene.house.begin()
    url = scene.house.service_url("intake")
    await_(lambda: httpx.get(f"{url}/intake/health", **PLAIN).status_code == 200)
    with httpx.Client(base_url=url, **PLAIN, timeout=60) as client:
        door = Door(client, scene.house.staff)
        assert door.track(scene.erased)["messages"] == []
        await_(lambda: "erasures" not in scene.house.unready("intake"))
        assert not any(key in key_files(scene.house.data) for key in scene.keys)
        assert door.track(scene.erased)["words"] == "erased"
        assert STAYS.texts["text"] in [each["text"] for each in door.track(scene.stays)["messages"]]
    assert "outbox" in await_(lambda: scene.house.unready("intake"))  # the stream is further than the store


def test_without_the_stream_nothing_restored_is_told_to_anybody(scene: Scene) -> None:
    """The bus stays away: what was erased is not known, so the vault stays shut. What was published since is not known either, so nothing
    is recorded."""
    restore(scene)
    with alone(scene.house) as url, httpx.Client(base_url=url, **PLAIN, timeout=60) as client:
        door = Door(client, scene.house.staff)
        assert (door.track(scene.erased)["words"], door.track(scene.erased)["messages"]) == ("not_now", [])
        refused = client.post("/intake/api/complaints", json=Citizen(3, "erasure").body)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert {"erasures", "published"} <= scene.house.unready("intake").keys()
