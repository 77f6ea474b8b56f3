"""A survey over real processes: ten finished cases, their invitations and answers, and a result that follows from the ledger alone."""

import csv
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import httpx
import pytest
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed, opened
from tests.journeys.house import House, await_

from zi_rules.survey.questionnaire import load_questionnaires

pytestmark = pytest.mark.journey

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "survey_results.py"
DESK, INVITATION = "/integrity/desk/surveys", "/integrity/surveys/invitation"
[SKM] = [each for each in load_questionnaires() if each.kind == "skm"]
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
CASES = 10


def test_ten_finished_cases_become_a_published_index(own_house: House) -> None:
    own_house.restart_later(0)
    with own_house.client() as client:
        filed = [_finished(Door(client, own_house.staff), Citizen(number, "s")) for number in range(CASES)]
    own_house.restart_later(1)
    with own_house.client() as client:
        place = _opened(client, own_house, _today() + timedelta(days=1))
        tokens = [_token(client, each) for each in filed]
        for number, token in enumerate(tokens):
            assert _answered(client, token, 3 if number % 2 else 4) == "/integrity/surveys/thanks"
        assert _answered(client, tokens[0], 1) == ""
    own_house.restart_later(2)
    with own_house.client() as client:
        await_(lambda: f"{CASES}, wanted" in client.get("/integrity/surveys", headers=ENGLISH).text)
        assert _posted(client, own_house, f"{DESK}/{place}/publish").status_code == 409
    own_house.restart_later(5)
    with own_house.client() as client:
        await_(lambda: _posted(client, own_house, f"{DESK}/{place}/publish").status_code == 303)
        _published(client, own_house, place)


def _today() -> date:
    """By the office's clock, which is eight hours ahead; the house's own is shifted by whole days and a minute."""
    return (datetime.now(UTC) + timedelta(hours=8, minutes=1)).date()


def _finished(door: Door, citizen: Citizen) -> Filed:
    filed = door.file(citizen.body)
    door.office(filed, "acknowledge")
    door.office(filed, "assign", {"officer": "officer"})
    door.office(filed, "answer", {"text": citizen.texts["answer"]})
    door.office(filed, "close")
    return filed


def _opened(client: httpx.Client, house: House, day: date) -> str:
    """The survey of one day; where it stands."""
    fields = {"kind": "skm", "opens": day.isoformat(), "closes": day.isoformat(), "finished.complaint": "10"}
    answer = _posted(client, house, DESK, fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix(f"{DESK}/")


def _posted(
    client: httpx.Client, house: House, path: str, fields: Mapping[str, str] | None = None
) -> httpx.Response:
    return client.post(path, data=fields or {}, headers=house.staff("survey") | ENGLISH)


def _token(client: httpx.Client, filed: Filed) -> str:
    """Take the invitation of the case without a script, as soon as its key is in the ledger."""
    headers, page = opened(client, filed) | ENGLISH, f"{INVITATION}/{filed['ticket']}"
    seed = await_(lambda: _hidden(client.get(page, headers=headers).text, "seed"))
    handed = client.post(page, data={"seed": seed}, headers=headers)
    assert handed.status_code == 200, handed.text
    return _hidden(handed.text, "token")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    return found[1] if found else ""


def _answered(client: httpx.Client, token: str, value: int) -> str:
    """Return the address that the answer leads to; none if it is refused."""
    fields = {"token": token, "send": "1", "words": ""} | {f"skm.{code}": str(value) for code in SKM.codes}
    answer = client.post("/integrity/surveys/answer", data=fields, headers=ENGLISH)
    return answer.headers.get("location", "")


def _published(client: httpx.Client, house: House, place: str) -> None:
    page = client.get(f"/integrity/surveys/{place}", headers=ENGLISH).text
    assert "87.50" in page
    rows = list(csv.DictReader(StringIO(client.get(f"/integrity/surveys/{place}/answers.csv").text)))
    assert [row["waktu"] for row in rows] == ["3"] * 5 + ["4"] * 5
    line = f"{place.partition('/')[0]} skm all 10 87.50 "
    await_(lambda: any(each.startswith(line) for each in _computed(client, house)))


def _computed(client: httpx.Client, house: House) -> list[str]:
    """Run the script on the ledger as an auditor exports it."""
    path = "/audit/api/export?format=entries&service=integrity"
    export = client.get(path, headers=house.staff("auditor"))
    assert export.status_code == 200, export.text
    done = subprocess.run([sys.executable, "-I", SCRIPT], input=export.text, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout.splitlines()
