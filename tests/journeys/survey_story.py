"""A survey of finished cases, step by step over plain HTTP: invitations, answers, the published index, and the script that computes it again."""

import csv
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import httpx
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed, opened
from tests.journeys.house import House, await_

from zi_rules.survey.questionnaire import load_questionnaires

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "survey_results.py"
DESK, INVITATION = "/integrity/desk/surveys", "/integrity/surveys/invitation"
[SKM] = [each for each in load_questionnaires() if each.kind == "skm"]
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
CASES = 10


class SurveyStory:
    def __init__(self, house: House, client: httpx.Client) -> None:
        self.house, self.client, self.place = house, client, ""

    @property
    def today(self) -> date:
        """By the office's clock, which is eight hours ahead."""
        return (self.house.now() + timedelta(hours=8)).date()

    def finished(self, citizen: Citizen) -> Filed:
        door = Door(self.client, self.house.staff)
        filed = door.file(citizen.body)
        door.office(filed, "acknowledge")
        door.office(filed, "assign", {"officer": "officer"})
        door.office(filed, "answer", {"text": citizen.texts["answer"]})
        door.office(filed, "close")
        return filed

    def opened_for(self, day: date) -> None:
        fields = {
            "kind": "skm",
            "opens": day.isoformat(),
            "closes": day.isoformat(),
            "finished.complaint": "10",
        }
        answer = self._posted(DESK, fields)
        assert answer.status_code == 303, answer.text
        self.place = answer.headers["location"].removeprefix(f"{DESK}/")

    def publish(self) -> int:
        return self._posted(f"{DESK}/{self.place}/publish").status_code

    def _posted(self, path: str, fields: Mapping[str, str] | None = None) -> httpx.Response:
        return self.client.post(path, data=fields or {}, headers=self.house.staff("survey") | ENGLISH)

    def token(self, filed: Filed) -> str:
        """Take the invitation of the case without a script, as soon as its key is in the ledger."""
        headers, page = opened(self.client, filed) | ENGLISH, f"{INVITATION}/{filed['ticket']}"
        seed = await_(lambda: _hidden(self.client.get(page, headers=headers).text, "seed"))
        handed = self.client.post(page, data={"seed": seed}, headers=headers)
        assert handed.status_code == 200, handed.text
        return _hidden(handed.text, "token")

    def answered(self, token: str, value: int) -> str:
        """Return the address that the answer leads to; none if it is refused."""
        fields = {"token": token, "send": "1", "words": ""} | {
            f"skm.{code}": str(value) for code in SKM.codes
        }
        answer = self.client.post("/integrity/surveys/answer", data=fields, headers=ENGLISH)
        return answer.headers.get("location", "")

    def is_published(self) -> None:
        """As a page, as raw answers, and as a script computes it from the ledger."""
        page = self.client.get(f"/integrity/surveys/{self.place}", headers=ENGLISH).text
        assert "87.50" in page
        answers = self.client.get(f"/integrity/surveys/{self.place}/answers.csv").text
        rows = list(csv.DictReader(StringIO(answers)))
        assert [row["waktu"] for row in rows] == ["3"] * 5 + ["4"] * 5
        line = f"{self.place.partition('/')[0]} skm all 10 87.50 "
        await_(lambda: any(each.startswith(line) for each in self._computed()))

    def _computed(self) -> list[str]:
        """Run the script on the ledger as an auditor exports it."""
        path = "/audit/api/export?format=entries&service=integrity"
        export = self.client.get(path, headers=self.house.staff("auditor"))
        assert export.status_code == 200, export.text
        done = subprocess.run(
            [sys.executable, "-I", SCRIPT], input=export.text, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout.splitlines()


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    return found[1] if found else ""
