"""Two journeys in a house whose office has rules of its own: invitations to surveys, taken with and without script, while integrity is killed
between two answers; and notices to a browser, with a push service that is busy and then knows it no more."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.journeys.beside import beside
from tests.journeys.citizens import citizens
from tests.journeys.door import Door, Filed, opened
from tests.journeys.house import House, await_
from tests.journeys.push_story import CHANNELS, PushStory, routing_at_any_hour
from tests.notify.push_service import PushService, push_service
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


@pytest.fixture(scope="module")
def pushes() -> Iterator[PushService]:
    with beside(push_service()) as service:
        yield service


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, pushes: PushService) -> Iterator[House]:
    """Its clock is moved on by a test."""
    folder = tmp_path_factory.mktemp("ruled")
    (folder / "rules" / "integrity").mkdir(parents=True)
    (folder / "rules" / "integrity" / "survey_invitations.toml").write_text(RULES)
    (folder / "rules" / "message_channels.toml").write_text(CHANNELS.format(origin=pushes.origin))
    (folder / "rules" / "notice_routing.toml").write_text(routing_at_any_hour())
    instance = House(folder / "var", ZI_RULES=str(folder / "rules"))
    instance.restart_later(0)
    yield instance
    instance.abandon()


def test_a_killed_process_loses_no_answer_and_the_ledger_shows_that_each_was_given_once(house: House) -> None:
    today = house.now().astimezone(ZoneInfo("Asia/Makassar")).date()
    with house.client() as client:
        door = Door(client, house.staff)
        window = {"kind": "skm", "opens": str(today), "closes": str(today)}
        desk(door, "/integrity/desk/surveys", window | {"finished.complaint": "10"})
        with ThreadPoolExecutor(3) as people:
            cases = list(people.map(lambda citizen: closed(door, citizen.body), citizens(3, "survey")))
        tokens = [taken(door, filed, number) for number, filed in enumerate(cases)]
        for token in tokens[:2]:
            answered(client, token)
        house.kill("integrity")
        await_(lambda: answered(client, tokens[2]))
        counted = await_(lambda: counts(door))
        assert re.search(r"^complaint \d{4}-Q[1-4] invited=3 signed=3 skm=3 spent=3$", counted, re.MULTILINE)
        form = {"token": tokens[0], "send": "1"} | ANSWER
        refused = client.post(f"{HERE}/answer", data=form, headers=HTML)
        assert (refused.status_code, "was used already" in refused.text) == (409, True)


def test_a_browser_is_told_that_there_is_news_as_long_as_it_is_there(
    house: House, pushes: PushService
) -> None:
    """While the way is switched off nothing goes to it, a busy push service is left alone as long as it wants, and one that knows the browser no
    more ends the notices to it."""
    with house.client() as client:
        story = PushStory(house, client, pushes)
        story.agree()
        story.door.office(story.filed, "acknowledge")
        first = story.has_come(1)
        assert story.switch("off", "officer") == 403
        assert story.switch("off") == 303
        story.door.office(story.filed, "assign", {"officer": "officer"})
        story.is_told("handed_over", "requested")
        pushes.answer((429, {"Retry-After": "3600"}), 201)
        assert story.switch("on") == 303
        story.is_told("handed_over", "deferred")
        busy = story.has_come(2)
        house.later(days=1)
        again = story.has_come(3)
        assert first.headers["topic"] == busy.headers["topic"] == again.headers["topic"]
        story.is_told("handed_over", "handed_over")
        pushes.answer(410)
        story.door.office(story.filed, "answer", {"text": "Selesai."})
        story.is_told("handed_over", "handed_over", "failed")
        await_(lambda: not story.ends_on_the_page())
        story.has_come(4)


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
