"""Run docs/survey_results.py on an export of the ledger: it computes the published results, and names differences."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from tests.audit.log_home import OFFICE, Home
from tests.audit.web import served
from tests.chassis.provider import OwnProvider
from tests.integrity.inside import InsideIntegrity, opened

from zi_audit.domain.arrival import Arrival
from zi_chassis.storage.timers import TimerLoop
from zi_integrity.domain.survey.decide import quarter_of
from zi_integrity.domain.survey.ids import survey_window_id
from zi_integrity.domain.survey.messages import RecordAnswer
from zi_integrity.messaging.surveys.published import survey_windows
from zi_integrity.messaging.timers import DueCommands

SCRIPT = Path(__file__).parents[2] / "docs" / "survey_results.py"
EXPORT = "/audit/api/export?format=entries&service=integrity"
SKM, SPAK = "skm", "spak"


@pytest.fixture
async def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two published surveys as the ledger gives them to auditors: three services of which one has too few, and too few."""
    monkeypatch.setenv("ZI_OFFICE", OFFICE)
    async with opened(tmp_path / "integrity") as inside:
        await surveyed(inside, SKM, {"complaint": 40, "mentoring": 12, "ski": 9}, Random(14))
        await surveyed(inside, SPAK, {"ske": 8}, Random(15))
        return await exported(inside, tmp_path / "ledger")


async def surveyed(inside: InsideIntegrity, kind: str, counts: dict[str, int], chance: Random) -> None:
    office, officer = inside.office, inside.act("survei-tuti", "staff:survey")
    day = office.surveys.today()
    window = await office.surveys.open(officer, kind, day, day + timedelta(days=7), counts)
    await recorded(inside, kind, counts, chance, day)
    inside.clock.at += timedelta(days=10)
    await TimerLoop(office.store, inside.clock, DueCommands(office.store)).tick()
    await office.surveys.publish(window, inside.act("survei-tuti", "staff:survey"))


async def recorded(
    inside: InsideIntegrity, kind: str, counts: dict[str, int], chance: Random, day: date
) -> None:
    form = inside.office.surveys.questionnaire(kind, day)
    for service in (service for service, count in counts.items() for _ in range(count)):
        command = RecordAnswer(
            by=inside.act("system:integrity", "system:integrity"),
            answer=uuid4(),
            kind=form.kind,
            service=service,
            day=day,
            scale=form.scale,
            values={code: chance.randint(1, form.scale) for code in form.codes},
        )
        window = survey_window_id(kind, quarter_of(day))
        await inside.office.store.handle(survey_windows, window, command)


async def exported(inside: InsideIntegrity, folder: Path) -> list[str]:
    folder.mkdir()
    home, provider = Home(folder), OwnProvider()
    text = inside.office.store.messages(0, 100_000)
    try:
        home.opened().append([Arrival("integrity", row.position, row.message) for row in text])
        async for web in served(home, provider):
            await web.indexed(len(text))
            answer = (await web.get(EXPORT, web.auditor())).text.splitlines()
        assert len(answer) == len(text)
        return answer
    finally:
        home.close()
        provider.close()


def computed(lines: Iterable[str]) -> tuple[int, list[str]]:
    """Run the script with nothing of ours to import; return its exit code and what it prints."""
    export = "".join(f"{line}\n" for line in lines)
    done = subprocess.run([sys.executable, "-I", SCRIPT], input=export, capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def published(lines: Iterable[str]) -> list[str]:
    """Return the published results in the form of the script."""
    found = []
    for message in (json.loads(json.loads(line)["entry"]) for line in lines):
        for each in message["data"].get("results", ()):
            name = f"{message['data']['quarter']} {message['data']['kind']} {each['service'] or 'all'}"
            values = (each[key] or "-" for key in ("index", "low", "high"))
            found.append(" ".join((name, str(each["answers"]), *values)))
    return found


def changed(line: str, old: str, new: str) -> str:
    row = json.loads(line)
    row["entry"] = row["entry"].replace(old, new)
    return json.dumps(row)


def test_it_is_short_enough_to_be_read() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 100


async def test_the_ledger_alone_gives_every_published_number(lines: list[str]) -> None:
    code, found = computed(lines)
    assert (code, [line for line in found if line]) == (0, published(lines))
    assert len(published(lines)) == 6
    assert " - " not in published(lines)[1]
    assert published(lines)[2].endswith("mentoring 12 - - -")
    assert published(lines)[3].endswith("ski 9 - - -")
    assert published(lines)[4].endswith("all 8 - - -")


async def test_another_result_than_that_of_the_answers_is_found(lines: list[str]) -> None:
    [_, index, *_] = published(lines)[0].rsplit(" ", 3)
    code, found = computed(changed(line, f'"index":"{index}"', '"index":"99.99"') for line in lines)
    assert code == 1
    assert "2026-Q4 skm all: published was 61 99.99" in found


async def test_an_answer_that_is_left_out_is_found(lines: list[str]) -> None:
    [dropped, *_] = [line for line in lines if "survey_answer_recorded" in line]
    code, found = computed(line for line in lines if line != dropped)
    assert code == 1
    assert any("what integrity said before it is missing" in line for line in found)
    assert any("skm all: published was 61" in line for line in found)
