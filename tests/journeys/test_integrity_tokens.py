"""Invitations over real processes, taken with and without script; integrity is killed between two answers."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.journeys.citizens import citizens
from tests.journeys.door import Door, Filed, opened
from tests.journeys.house import House, await_
from tests.web.browsing import HTML

from zi_chassis.blind_signature import SALT, BlindPublicKey
from zi_integrity.domain.survey_token import MESSAGE, SurveyToken
from zi_rules.survey.questionnaire import load_questionnaires

pytestmark = pytest.mark.journey

RULES = 'source = "A test"\nsource_status = "unverified"\nsmallest_group = 3\nanswer_days = 30\nround_seconds = 1\n'
HERE = "/integrity/surveys"
[SKM] = [each for each in load_questionnaires() if each.kind == "skm"]
ANSWER = {f"skm.{code}": "4" for code in SKM.codes}
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "survey_tokens.py"


def test_a_killed_process_loses_no_answer_and_the_ledger_shows_that_each_was_given_once(
    own_house: House, tmp_path: Path
) -> None:
    (tmp_path / "rules" / "integrity").mkdir(parents=True)
    (tmp_path / "rules" / "integrity" / "survey_invitations.toml").write_text(RULES)
    own_house.environment |= {"ZI_RULES": str(tmp_path / "rules")}
    own_house.start()
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Makassar")).date()
    with own_house.client() as client:
        door = Door(client, own_house.staff)
        window = {"kind": "skm", "opens": str(today), "closes": str(today)}
        desk(door, "/integrity/desk/surveys", window | {"finished.complaint": "10"})
        with ThreadPoolExecutor(3) as people:
            cases = list(people.map(lambda citizen: closed(door, citizen.body), citizens(3, "survey")))
        tokens = [taken(door, filed, number) for number, filed in enumerate(cases)]
        for token in tokens[:2]:
            answered(client, token)
        own_house.kill("integrity")
        await_(lambda: answered(client, tokens[2]))
        counted = await_(lambda: counts(door))
        assert re.search(r"^complaint \d{4}-Q[1-4] invited=3 signed=3 skm=3 spent=3$", counted, re.MULTILINE)
        form = {"token": tokens[0], "send": "1"} | ANSWER
        refused = client.post(f"{HERE}/answer", data=form, headers=HTML)
        assert (refused.status_code, "was used already" in refused.text) == (409, True)


def counts(door: Door) -> str | None:
    """Run the script on the ledger as an auditor exports it; None until all three answers are in it."""
    path = "/audit/api/export?format=entries&service=integrity"
    export = door.client.get(path, headers=door.staff("auditor")).text
    done = subprocess.run([sys.executable, "-I", SCRIPT], input=export, capture_output=True, text=True)
    return done.stdout if "spent=3" in done.stdout and done.returncode == 0 else None


def closed(door: Door, body: dict[str, object]) -> Filed:
    filed = door.file(body)
    for command, more in (
        ("acknowledge", {}),
        ("assign", {"officer": "officer"}),
        ("answer", {"text": "Selesai."}),
    ):
        door.office(filed, command, more)
    door.office(filed, "close")
    return filed


def desk(door: Door, path: str, form: dict[str, str]) -> bool:
    answer = door.client.post(path, data=form, headers=door.staff("survey") | HTML)
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>(.*?)</p>', answer.text)
    return True


def taken(door: Door, filed: Filed, number: int) -> str:
    """Take the invitation as soon as it is there: every second citizen with a script, the others from the office."""
    headers, path = opened(door.client, filed) | HTML, f"{HERE}/invitation/{filed['ticket']}"

    def offered() -> str | None:
        page = door.client.get(path, headers=headers).text
        return page if 'data-state="open"' in page else None

    page = await_(offered)
    fields = dict(re.findall(r'data-(service|quarter|modulus)="([^"]+)"', page))
    if number % 2:
        [seed] = re.findall(r'name="seed" value="([^"]+)"', page)
        answer = door.client.post(path, data={"seed": seed}, headers=headers)
        [token] = re.findall(r'name="token" value="([^"]+)"', answer.text)
        return str(token)
    public = BlindPublicKey.read(bytes.fromhex(fields["modulus"]))
    random = sha256(filed["ticket"].encode()).digest() * 2
    message = random[:MESSAGE]
    blinding = public.blind(message, random[:SALT], random)
    sent = door.client.post(
        f"/integrity/api/surveys/invitations/{filed['ticket']}",
        json={"blinded": blinding.blinded.hex()},
        headers=headers | {"Accept": "application/json"},
    )
    signed = bytes.fromhex(sent.json()["blind_signature"])
    signature = public.finalize(message, signed, blinding.inverse)
    return SurveyToken(fields["service"], fields["quarter"], message, signature).text


def answered(client: httpx.Client, token: str) -> bool:
    answer = client.post(f"{HERE}/answer", data={"token": token} | ANSWER | {"send": "1"}, headers=HTML)
    assert answer.status_code == 303, answer.status_code
    return True
