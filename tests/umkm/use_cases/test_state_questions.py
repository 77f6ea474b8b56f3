"""The state's questions over a real store: their timers, their words in the vault, their pages and their statistics."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.umkm.inside import Inside
from tests.umkm.steps import DAY
from tests.umkm.visiting import Visiting
from tests.web.browsing import hidden

from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.state_question_times import question_times


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


async def sent(inside: Inside, name: str = "one") -> MentoringRequest:
    request = await inside.permitted(name)
    await inside.office.mentoring.send_registration(request, inside.business(request), None, 1)
    return request


def events(inside: Inside, name: str) -> int:
    kind = f'"type":"zi.umkm.state_question_{name}"'.encode()
    return sum(kind in row.message for row in inside.office.store.messages(0, 10_000))


async def test_it_is_reminded_of_three_days_before_its_day_and_missed_on_it(inside: Inside) -> None:
    request = await sent(inside)
    questions, by, key = inside.office.state_questions, inside.business(request), uuid4()
    for _ in range(2):
        await questions.record(request, by, key, 1, inside.clock.now() + 10 * DAY, "Hasil uji logam")
    assert inside.vault.texts(request.ticket, "note")[-1] == "Hasil uji logam"
    inside.clock.at += 7 * DAY - timedelta(minutes=1)
    await inside.tick()
    assert events(inside, "reminded") == 0
    inside.clock.at += timedelta(minutes=1)
    await inside.tick()
    assert (events(inside, "recorded"), events(inside, "reminded"), events(inside, "missed")) == (1, 1, 0)
    inside.clock.at += 3 * DAY
    await inside.tick()
    await inside.tick()
    assert (events(inside, "reminded"), events(inside, "missed")) == (1, 1)
    [question] = (await inside.state(request)).state_questions
    await questions.answer(request, inside.mentor(), None, question.question)
    times = await inside.office.store.query(question_times)
    assert (times.recorded, times.answered, times.missed, times.days) == (1, 1, 1, 10)


async def test_an_answer_in_time_ends_its_timers(inside: Inside) -> None:
    request = await sent(inside)
    questions, by = inside.office.state_questions, inside.business(request)
    await questions.record(request, by, None, 1, inside.clock.now() + 2 * DAY, None)
    [question] = (await inside.state(request)).state_questions
    await questions.answer(request, by, None, question.question)
    inside.clock.at += 5 * DAY
    await inside.tick()
    assert (events(inside, "reminded"), events(inside, "missed")) == (0, 0)


@pytest.mark.parametrize(("away", "reminded"), [(2, 1), (8, 0), (12, 0)])
async def test_a_question_is_missed_also_where_its_product_was_away_meanwhile(
    inside: Inside, away: int, reminded: int
) -> None:
    request = await sent(inside)
    mentoring, by = inside.office.mentoring, inside.business(request)
    await inside.office.state_questions.record(request, by, None, 1, inside.clock.now() + 10 * DAY, None)
    await mentoring.return_registration(request, by, None, 1, "Data diminta lagi")
    inside.clock.at += away * DAY
    await inside.tick()
    await mentoring.send_registration(request, inside.business(request), None, 1)
    inside.clock.at += 5 * DAY + timedelta(hours=1)
    await inside.tick()
    inside.clock.at += 5 * DAY
    await inside.tick()
    assert (events(inside, "reminded"), events(inside, "missed")) == (reminded, 1)


async def test_a_question_is_missed_also_where_a_number_that_was_refuted_stood_meanwhile(
    inside: Inside,
) -> None:
    request = await sent(inside)
    by, numbers = inside.business(request), inside.office.numbers
    await inside.office.state_questions.record(request, by, None, 1, inside.clock.now() + 10 * DAY, None)
    await numbers.record(request, by, None, 1, "MD 123456789012")
    inside.clock.at += 8 * DAY
    await inside.tick()
    assert events(inside, "reminded") == 0
    officer = inside.staff("officer-budi", "officer")
    await numbers.check(request, officer, None, 1, "MD 123456789012", "refuted")
    await inside.tick()
    inside.clock.at += 3 * DAY
    await inside.tick()
    assert (events(inside, "reminded"), events(inside, "missed")) == (0, 1)


async def test_a_corrected_day_moves_its_timers_and_its_reason_is_in_the_vault(inside: Inside) -> None:
    request = await sent(inside)
    questions, by, key = inside.office.state_questions, inside.business(request), uuid4()
    await questions.record(request, by, None, 1, inside.clock.now() + 5 * DAY, None)
    [question] = (await inside.state(request)).state_questions
    later = question.due + 10 * DAY
    for _ in range(2):
        await questions.correct(request, by, key, question.question, later, "extended", "Surat kedua")
    assert inside.vault.texts(request.ticket, "note")[-1] == "Surat kedua"
    inside.clock.at += 6 * DAY
    await inside.tick()
    assert (events(inside, "corrected"), events(inside, "reminded"), events(inside, "missed")) == (1, 0, 0)
    inside.clock.at = later
    await inside.tick()
    await inside.tick()
    assert events(inside, "missed") == 1
    times = await inside.office.store.query(question_times)
    assert (times.missed, times.moved) == (1, 1)
    assert (times.late, times.answered) == (0, 0)
    again = later + 3 * DAY
    await questions.correct(request, inside.mentor(), None, question.question, again, "misread", "Salah baca")
    times = await inside.office.store.query(question_times)
    assert (times.missed, times.moved) == (1, 1)
    await questions.answer(request, inside.mentor(), None, question.question)
    times = await inside.office.store.query(question_times)
    assert (times.answered, times.late, times.missed) == (1, 1, 1)


async def test_both_record_and_answer_on_their_pages(visiting: Visiting, inside: Inside) -> None:
    request = await sent(inside)
    owner, mentor = visiting.owner(request), visiting.person("mentor-ani", "mentor")
    page = await owner.get(f"/umkm/cases/{request.ticket}/products/1")
    fields = {"key": hidden(page), "product": "1", "asked": "Hasil uji logam", "asked_until": ""}
    here = f"/umkm/cases/{request.ticket}/products/1"
    refused = await owner.post(f"{here}/record-state-question", fields)
    assert refused.status_code == 422
    assert "Hasil uji logam" in refused.text
    for day in ("0001-01-01", "9999-12-31", "2026-01-01"):
        refused = await owner.post(f"{here}/record-state-question", fields | {"asked_until": day})
        assert (refused.status_code, "Hasil uji logam" in refused.text) == (409, True)
        assert "from today on, and not after 2099" in refused.text
    page = await owner.post(f"{here}/record-state-question", fields | {"asked_until": "2027-06-30"})
    assert "To be answered by 30 June 2027" in page.text
    assert "Hasil uji logam" in page.text
    desk = f"/umkm/desk/cases/{request.ticket}"
    page = await mentor.get(desk)
    assert "Waits for an answer" in page.text
    form = {"key": hidden(page), "question": hidden(page, "question")}
    assert "The state was answered" not in (await mentor.post(f"{desk}/answer-state-question", form)).text
    page = await mentor.get(desk)
    question = re.findall(r'name="right_day\.([0-9a-f-]{36})"', page.text)
    assert question == []  # it was answered
    second = {"key": str(uuid4()), "product": "1", "asked_until.1": "2027-07-30"}
    page = await mentor.post(f"{desk}/record-state-question", second)
    assert "30 July 2027" in page.text
    [id] = re.findall(r'name="right_day\.([0-9a-f-]{36})"', page.text)
    form = {
        "key": str(uuid4()),
        "question": id,
        f"right_day.{id}": "2027-08-15",
        f"day_reason.{id}": "extended",
    }
    refused = await mentor.post(f"{desk}/correct-state-question", form)
    assert (refused.status_code, "2027-08-15" in refused.text) == (422, True)
    form |= {f"day_note.{id}": "Surat perpanjangan"}
    assert "15 August 2027" in (await owner.post(f"{here}/correct-state-question", form)).text
    assert (await visiting.stranger().get("/umkm/statistics")).status_code == 200
