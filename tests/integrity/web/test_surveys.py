"""The pages of surveys: from the opening of a window to its published result, as officials and everybody see them."""

import csv
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.integrity.inside import InsideIntegrity, opened
from tests.integrity.survey_steps import SKM
from tests.web.browsing import Browser

from zi_chassis.storage.timers import TimerLoop
from zi_integrity.domain.survey.ids import survey_window_id
from zi_integrity.domain.survey.messages import CountOrigins, RecordAnswer
from zi_integrity.messaging.surveys.published import survey_windows
from zi_integrity.messaging.timers import DueCommands

DESK, PUBLIC = "/integrity/desk/surveys", "/integrity/surveys"
HERE = "2026-Q4/skm"
WINDOW = survey_window_id("skm", "2026-Q4")
OPENING = {"kind": "skm", "opens": "2026-12-07", "closes": "2026-12-20", "finished.complaint": "150"}
WORDS = "Parkirnya terlalu sempit."


@dataclass
class Surveying:
    inside: InsideIntegrity
    officer: Browser
    team: Browser
    everybody: Browser

    async def open(self) -> None:
        answer = await self.officer.post(DESK, OPENING)
        assert answer.status_code == 200, answer.text

    async def answered(
        self, count: int, value: int = 4, service: str = "complaint", words: str = "", **values: int
    ) -> None:
        for _ in range(count):
            await self._answered(dict.fromkeys(SKM.codes, value) | values, service, words)

    async def _answered(self, values: dict[str, int], service: str, words: str) -> None:
        office = self.inside.office
        sealed = office.vault.seal(uuid4(), {"survey.words": words}, fresh=True) if words else None
        command = RecordAnswer(
            by=self.inside.act("system:integrity", "system:integrity"),
            answer=uuid4(),
            kind="skm",
            service=service,
            day=date(2026, 12, 8),
            scale=4,
            values=values,
            comment=sealed.refs[0] if sealed else None,
        )
        await office.store.handle(survey_windows, WINDOW, command, sealed)

    async def closed(self) -> None:
        self.inside.clock.at += timedelta(days=30)
        office = self.inside.office
        await TimerLoop(office.store, self.inside.clock, DueCommands(office.store)).tick()

    def comment(self) -> UUID:
        _, state = self.inside.office.store.load(survey_windows, WINDOW)
        [item] = state.comments
        return item


@pytest.fixture
async def surveying(tmp_path: Path) -> AsyncIterator[Surveying]:
    async with opened(tmp_path) as inside:
        yield surveying_in(inside)


def surveying_in(inside: InsideIntegrity) -> Surveying:
    officer, team = inside.person("survei-tuti", "survey"), inside.person("tim-wawan", "integrity")
    return Surveying(inside, officer, team, inside.stranger())


async def test_from_an_open_window_to_a_closed_action(surveying: Surveying) -> None:
    await surveying.open()
    assert "This survey is open" in (await surveying.everybody.get(f"{PUBLIC}/{HERE}")).text
    await surveying.answered(11, waktu=1, biaya=2)
    await surveying.answered(1, 2, "ski")
    early = await surveying.officer.post(f"{DESK}/{HERE}/publish")
    assert early.status_code == 409
    assert "The survey is still open" in early.text
    await surveying.closed()
    desk = await surveying.officer.get(f"{DESK}/{HERE}")
    assert "Many answers that are all the same" in desk.text
    assert (
        "It could be answered until Sunday, 20 December 2026."
        in (await surveying.everybody.get(f"{PUBLIC}/{HERE}")).text
    )
    await surveying.officer.post(f"{DESK}/{HERE}/publish")
    page = await surveying.everybody.get(f"{PUBLIC}/{HERE}")
    assert "83.10" in page.text
    assert "B, good" in page.text
    assert "12, wanted 108" in page.text
    assert "too few answers" in page.text
    await _followed_up(surveying)


async def _followed_up(surveying: Surveying) -> None:
    action = {"step": "plan", "action.1": "Two counters", "responsible.1": "Head of services"}
    refused = await surveying.officer.post(f"{DESK}/{HERE}/actions/1", action | {"until.1": "2099-01-01"})
    assert refused.status_code == 409
    assert "Two counters" in refused.text
    await surveying.officer.post(f"{DESK}/{HERE}/actions/1", action | {"until.1": "2027-02-01"})
    assert "Two counters" in (await surveying.everybody.get(f"{PUBLIC}/actions")).text
    surveying.inside.clock.at += timedelta(days=60)
    assert "1 late" in (await surveying.everybody.get(f"{PUBLIC}/actions")).text
    done = {"step": "close", "evidence.1": "Photo in the hall"}
    await surveying.officer.post(f"{DESK}/{HERE}/actions/1", done)
    actions = await surveying.everybody.get(f"{PUBLIC}/actions")
    assert "Photo in the hall" in actions.text
    assert "1 late" not in actions.text


async def test_a_window_that_can_t_be_opened_leaves_the_form_as_it_was(surveying: Surveying) -> None:
    for fields, sentence in (
        ({"opens": "2026-12-06"}, "A survey begins today or later"),
        ({"closes": "never"}, "date"),
        ({"finished.complaint": "many"}, "Write a whole number"),
        ({"kind": "other"}, ""),
    ):
        refused = await surveying.officer.post(DESK, OPENING | fields)
        assert refused.status_code in (409, 422)
        assert sentence in refused.text
        assert f'value="{(OPENING | fields)["opens"]}"' in refused.text


async def test_two_windows_of_a_questionnaire_at_once_are_refused(surveying: Surveying) -> None:
    await surveying.officer.post(DESK, OPENING | {"closes": "2027-01-31"})
    again = await surveying.officer.post(DESK, OPENING)
    assert "has its survey in this quarter already" in again.text
    next_quarter = OPENING | {"opens": "2027-01-15", "closes": "2027-02-15"}
    overlapping = await surveying.officer.post(DESK, next_quarter)
    assert overlapping.status_code == 409
    assert "The survey of 2026-Q4" in overlapping.text
    await surveying.officer.post(DESK, next_quarter | {"opens": "2027-02-01"})
    assert "2 surveys" in (await surveying.everybody.get(PUBLIC)).text


async def test_a_target_follows_from_the_users_that_were_counted(surveying: Surveying) -> None:
    office = surveying.inside.office
    with office.store.database.transaction() as tx:
        for number in range(12):
            tx.execute(
                "INSERT INTO invitations (ticket, invitation, service, quarter, survey_key, answer_until, taken)"
                " VALUES (?, ?, 'ski', '2026-Q3', ?, '2026-10-30', 0)",
                *(f"T{number}", str(uuid4()), str(uuid4())),
            )
    desk = await surveying.officer.get(DESK)
    assert 'name="finished.ski" type="text" value="12"' in desk.text
    await surveying.officer.post(DESK, OPENING | {"finished.ski": "0"})
    _, opened = await office.surveys.window(WINDOW)
    assert {each.service: each.finished for each in opened.targets if each.finished} == {
        "complaint": 150,
        "ski": 12,
    }


async def test_nothing_is_shown_of_few_answers(surveying: Surveying) -> None:
    await surveying.open()
    await surveying.answered(9)
    await surveying.closed()
    await surveying.officer.post(f"{DESK}/{HERE}/publish")
    page = await surveying.everybody.get(f"{PUBLIC}/{HERE}")
    assert "No result is shown of fewer than 10 answers." in page.text
    assert "100.00" not in page.text
    assert (await surveying.everybody.get(f"{PUBLIC}/{HERE}/answers.csv")).status_code == 404


async def test_raw_answers_come_with_scale_and_method_and_hide_small_services(surveying: Surveying) -> None:
    await surveying.open()
    await surveying.answered(10)
    await surveying.answered(2, 3, "ski")
    await surveying.answered(11, service="mentoring")
    assert (await surveying.everybody.get(f"{PUBLIC}/{HERE}/answers.csv")).status_code == 404
    await surveying.closed()
    await surveying.officer.post(f"{DESK}/{HERE}/publish")
    answer = await surveying.everybody.get(f"{PUBLIC}/{HERE}/answers.csv")
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert len(rows) == 23
    assert Counter(row["service"] for row in rows) == {"": 12, "mentoring": 11}
    assert {(row["scale"], row["method"]) for row in rows} == {("4", "times_25")}
    assert [row["waktu"] for row in rows] == ["3"] * 2 + ["4"] * 21


async def test_free_words_are_read_as_a_recorded_act_and_shown_after_a_decision(surveying: Surveying) -> None:
    await surveying.open()
    await surveying.answered(9)
    await surveying.answered(1, words=WORDS)
    item = {"item": str(surveying.comment())}
    comments = f"{DESK}/{HERE}/comments"
    assert WORDS not in (await surveying.officer.get(comments)).text
    assert WORDS in (await surveying.officer.post(f"{comments}/open", item)).text
    assert "/desk/contributors/" in (await surveying.team.post(f"{comments}/open", item)).text
    last = surveying.inside.office.store.messages(0, 99)[-1].message
    assert b'"type":"zi.integrity.contributor_data_opened"' in last
    assert "1 comment waits" in (await surveying.everybody.get(f"{PUBLIC}/{HERE}")).text
    withheld = item | {"decision": "withheld"}
    assert (await surveying.officer.post(comments, withheld)).status_code == 422
    await surveying.officer.post(comments, withheld | {"reason": "insult"})
    await surveying.officer.post(comments, item | {"decision": "shown"})
    assert WORDS not in (await surveying.everybody.get(f"{PUBLIC}/{HERE}/comments")).text
    await surveying.closed()
    await surveying.officer.post(f"{DESK}/{HERE}/publish")
    assert WORDS in (await surveying.everybody.get(f"{PUBLIC}/{HERE}/comments")).text
    assert WORDS in (await surveying.everybody.get(f"{PUBLIC}/{HERE}")).text


async def test_a_comment_of_elsewhere_is_not_opened(surveying: Surveying) -> None:
    await surveying.open()
    for item in (str(uuid4()), "nothing"):
        refused = await surveying.officer.post(f"{DESK}/{HERE}/comments/open", {"item": item})
        assert refused.status_code == 422


async def test_paper_is_entered_once_a_form_and_marked(surveying: Surveying) -> None:
    await surveying.open()
    page = await surveying.officer.get(f"{DESK}/{HERE}/paper")
    fields = {"service": "complaint", "key": str(uuid4())} | {f"skm.{code}": "3" for code in SKM.codes}
    assert page.text.count('type="radio"') == 36
    for missing in ("service", "skm.waktu"):
        refused = await surveying.officer.post(f"{DESK}/{HERE}/paper", fields | {missing: ""})
        assert refused.status_code == 422
        assert f"field-{missing.replace('.', '-')}" in refused.text
    refused = await surveying.officer.post(f"{DESK}/{HERE}/paper", fields | {"skm.waktu": "5"})
    assert "Choose one of the answers." in refused.text
    surveying.inside.clock.at += timedelta(hours=3)
    for _ in range(2):
        entered = await surveying.officer.post(f"{DESK}/{HERE}/paper", fields)
        assert "The form was entered" in entered.text
    another = await surveying.officer.post(f"{DESK}/{HERE}/paper", fields | {"skm.waktu": "1"})
    assert another.status_code == 409
    assert "Another paper was entered from this form" in another.text
    _, state = surveying.inside.office.store.load(survey_windows, WINDOW)
    [answer] = state.answers
    assert answer.on_paper
    last = surveying.inside.office.store.messages(0, 99)[-1].message.decode()
    assert '"time":"2026-12-07T02:00:00' in last  # of the message before it


async def test_flags_are_assessed_by_the_team_and_not_by_who_entered_paper(surveying: Surveying) -> None:
    await surveying.open()
    await surveying.answered(11)
    origins = CountOrigins(
        by=surveying.inside.act("system:integrity", "system:integrity"),
        service="complaint",
        day=date(2026, 12, 8),
        answers=11,
        from_office=11,
    )
    await surveying.inside.office.store.handle(survey_windows, WINDOW, origins)
    assert "Will be flagged at the close" in (await surveying.team.get(f"{DESK}/{HERE}")).text
    await surveying.closed()
    found = {"finding.1": "explained", "note.1": "Open day."}
    assert (await surveying.officer.post(f"{DESK}/{HERE}/flags/1", found)).status_code == 403
    refused = await surveying.team.post(f"{DESK}/{HERE}/flags/1", found | {"note.1": "x" * 201})
    assert refused.status_code == 422
    assert (await surveying.team.post(f"{DESK}/{HERE}/flags/1", found | {"note.1": ""})).status_code == 422
    await surveying.team.post(f"{DESK}/{HERE}/flags/1", found)
    page = await surveying.everybody.get(f"{PUBLIC}/{HERE}")
    assert "Open day." in page.text
    assert "Nobody has looked into it yet." in page.text


async def test_strangers_and_other_officials_have_no_desk_of_surveys(surveying: Surveying) -> None:
    await surveying.open()
    for path in ("", f"/{HERE}", f"/{HERE}/paper", f"/{HERE}/comments"):
        assert (await surveying.inside.person("a", "officer").get(f"{DESK}{path}")).status_code == 403
    assert (await surveying.inside.person("kepala", "head").get(f"{DESK}/{HERE}")).status_code == 200
    assert (await surveying.inside.person("kepala", "head").get(f"{DESK}/{HERE}/paper")).status_code == 403


@pytest.mark.parametrize("path", ["2026-Q3/skm", "2026-Q4/other", "x/y", "2026-Q4/skm/comments"])
async def test_a_window_that_is_not_there_is_not_found(surveying: Surveying, path: str) -> None:
    assert (await surveying.everybody.get(f"{PUBLIC}/{path}")).status_code == 404


async def test_the_first_pages_are_small(surveying: Surveying) -> None:
    await surveying.open()
    for path in (PUBLIC, f"{PUBLIC}/{HERE}", f"{PUBLIC}/actions"):
        page = await surveying.everybody.get(path)
        assert page.status_code == 200
        assert len(page.content) < 40_000
        assert "<script" not in page.text


async def test_former_windows_are_drawn_with_a_table_beside_them(surveying: Surveying) -> None:
    await surveying.open()
    await surveying.answered(12, waktu=3)
    await surveying.closed()
    await surveying.officer.post(f"{DESK}/{HERE}/publish")
    page = await surveying.everybody.get(f"{PUBLIC}/{HERE}")
    assert '<svg class="chart"' in page.text
    assert "2026-Q4" in page.text


async def test_a_quarter_that_follows_takes_the_questionnaire_that_is_in_force(surveying: Surveying) -> None:
    await surveying.open()
    office = surveying.inside.office
    assert [each.kind for each in await office.surveys.answerable("2026-Q4")] == ["skm"]
    assert await office.surveys.answerable("2027-Q1") == []
    surveying.inside.clock.at += timedelta(days=20)
    assert await office.surveys.answerable("2026-Q4") == []
