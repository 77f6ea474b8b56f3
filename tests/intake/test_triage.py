"""An officer judges what a case needs: tier, due date, emergency and neutral words; nothing that happened before is hidden by it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.intake import acts
from tests.intake.acts import DAY, DUE, MONDAY, SHORTER, after, events, officer
from tests.intake.erasures import ASK_ERASURE, ENDING, approve
from tests.intake.front import COMPLAINT, NAME, Front, code
from tests.intake.test_desk import BOSS, HTML, desk, get, post

from zi_intake.domain.case import messages, refusals
from zi_intake.domain.case.messages import CaseCommands
from zi_intake.domain.case.state import Status, evolve
from zi_intake.terms import load_terms
from zi_rules.standard import ServiceKind, UnknownTierError

WITA = ZoneInfo("Asia/Makassar")
TERMS = load_terms(Path("/nowhere"))
LONGER = SHORTER.model_copy(update={"tier": "berat"})
JUDGED: dict[str, Any] = {
    "tier": "normative",
    "reason": "Cukup dijawab dari aturan.",
    "subject": "Sambal botol berjamur",
    "product": "Sambal Rahasia",
    "place": "Kios Melati",
    "registration_number": "MD 123456789012",
}


def triage(**changes: object) -> messages.TriageCase:
    return acts.TRIAGE.model_copy(update=changes)


def test_it_moves_the_due_date_and_the_tier() -> None:
    case = after(*acts.ACKNOWLEDGED, acts.TRIAGE)
    assert (case.due, case.standard, case.status) == (acts.TRIAGE.due, SHORTER, Status.ACKNOWLEDGED)
    assert case.items[-1].field == "triage.reason"


def test_a_second_one_holds_and_the_first_stays_recorded() -> None:
    second = triage(standard=LONGER, due=DUE + 40 * DAY, emergency=True)
    recorded = events(*acts.ASSIGNED, acts.TRIAGE, second)
    assert [each.due for each in recorded if isinstance(each, messages.CaseTriaged)] == [
        acts.TRIAGE.due,
        second.due,
    ]
    case = after(*acts.ASSIGNED, acts.TRIAGE, second)
    assert (case.due, case.standard, case.emergency) == (second.due, LONGER, True)


def test_a_deadline_that_passed_is_reported_before_it_is_moved_and_stays_broken() -> None:
    late = triage(by=officer(at=DUE + DAY), standard=LONGER, due=DUE + 40 * DAY)
    *_, missed, triaged = events(*acts.ASSIGNED, late)
    assert isinstance(missed, messages.DeadlineMissed)
    assert (missed.clock, missed.due, type(triaged)) == ("answer", DUE, messages.CaseTriaged)
    assert after(*acts.ASSIGNED, late).missed == {"answer"}


def urgent(day: int, *, emergency: bool = True) -> messages.TriageCase:
    """Judge on this day, the answer being due a day later, or at the end of the tier where it is no emergency."""
    due = MONDAY + (day + 1) * DAY if emergency else DUE
    return triage(by=officer(at=MONDAY + day * DAY), emergency=emergency, due=due)


def test_the_clock_of_an_emergency_begins_once() -> None:
    first = MONDAY + DAY
    again = after(*acts.ASSIGNED, urgent(0), urgent(1))
    assert (again.due, again.missed) == (first, set())
    for later in (urgent(3), urgent(3, emergency=False)):
        *_, missed, _ = events(*acts.ASSIGNED, urgent(0), urgent(1), later)
        assert isinstance(missed, messages.DeadlineMissed)
        assert missed.due == first
    calm = after(*acts.ASSIGNED, urgent(0), urgent(1, emergency=False))
    assert (calm.due, calm.emergency, calm.emergency_due) == (DUE, False, first)
    back = after(*acts.ASSIGNED, urgent(0), urgent(1, emergency=False), urgent(3))
    assert (back.due, back.emergency) == (first, True)


def test_the_reply_of_the_citizen_moves_the_clock_of_an_emergency() -> None:
    commands = (*acts.ASSIGNED, urgent(0), acts.ASK)
    replied = acts.REPLY.model_copy(update={"due": MONDAY + 4 * DAY})
    assert after(*commands, replied, urgent(5)).due == MONDAY + 4 * DAY
    before = (*acts.ASSIGNED, urgent(0), urgent(0, emergency=False), acts.ASK, acts.REPLY)
    assert after(*before, urgent(5)).due == MONDAY + 6 * DAY


def test_a_reply_that_nobody_waited_for_stops_no_clock() -> None:
    replied = messages.CitizenReplied(by=acts.REPLY.by, items=(), due=DUE)
    assert evolve(after(*acts.ASSIGNED), replied).pauses == ()


def test_a_case_goes_to_officers_alone() -> None:
    with pytest.raises(refusals.NoOfficerError):
        after(
            *acts.ASSIGNED,
            acts.ASSIGN_BY_SUPERVISOR.model_copy(
                update={"officer": "mentor-ani", "known_roles": frozenset()}
            ),
        )


@pytest.mark.parametrize(
    ("before", "by", "error"),
    [
        (acts.FILED, officer(), refusals.NotAcknowledgedError),
        (acts.CLARIFICATION_ASKED, officer(), refusals.CitizenAskedError),
        (acts.ANSWERED, officer(), refusals.AlreadyAnsweredError),
        (acts.CLOSED, officer(), refusals.EndedError),
        (acts.ASSIGNED, officer("officer-cici"), refusals.NotYourCaseError),
        (acts.PASSED_ON, officer(), refusals.PassedOnError),
    ],
)
def test_it_is_refused(before: tuple[CaseCommands, ...], by: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        after(*before, triage(by=by))


def test_nobody_judges_a_confidential_case_that_they_cannot_read() -> None:
    """Before somebody has it nobody reads it, and a guess would move its due date."""
    with pytest.raises(refusals.ConfidentialCaseError):
        after(*acts.CONFIDENTIAL[:2], triage())
    with pytest.raises(refusals.ConfidentialCaseError):
        after(*acts.CONFIDENTIAL, triage(by=acts.supervisor()))
    assert after(*acts.CONFIDENTIAL, triage()).standard == SHORTER


def test_a_supervisor_may_judge_again() -> None:
    assert after(*acts.ASSIGNED, triage(by=acts.supervisor())).due == acts.TRIAGE.due


def test_the_time_that_the_citizen_was_waited_for_is_known_until_a_reopening() -> None:
    replied = acts.REPLY.model_copy(update={"by": acts.citizen(MONDAY + 2 * DAY)})
    waited = after(*acts.CLARIFICATION_ASKED, replied)
    assert (waited.began, waited.pauses) == (MONDAY, ((MONDAY, MONDAY + 2 * DAY),))
    reopening = acts.REOPEN.model_copy(update={"by": acts.citizen(MONDAY + 9 * DAY)})
    reopened = after(*acts.CLARIFICATION_ASKED, replied, acts.ANSWER, reopening)
    assert (reopened.began, reopened.pauses) == (MONDAY + 9 * DAY, ())


def test_notes_are_added_as_long_as_the_case_is_not_erased() -> None:
    assert after(*acts.CLOSED, acts.NOTE).items[-1].field == "case.note"


@pytest.mark.parametrize(
    ("received", "tier", "due"),
    [
        ((2026, 5, 13), "normative", (2026, 5, 22)),
        ((2026, 3, 13), "normative", (2026, 3, 27)),
        ((2026, 3, 13), "without_inspection", (2026, 4, 10)),
        ((2025, 12, 23), "normative", (2026, 1, 2)),
    ],
)
def test_it_is_due_as_if_it_had_been_of_this_tier_from_the_beginning(
    received: tuple[int, int, int], tier: str, due: tuple[int, int, int]
) -> None:
    at = datetime(*received, 10, tzinfo=WITA)
    pin = TERMS.in_tier(TERMS.at_filing(ServiceKind.COMPLAINT, "product", at).standard, tier)
    assert TERMS.due_in_tier(pin, at, ()).astimezone(WITA).date() == date(*due)


def test_the_working_time_of_the_citizen_counts_for_no_tier() -> None:
    at = datetime(2026, 5, 11, 10, tzinfo=WITA)
    pin = TERMS.in_tier(TERMS.at_filing(ServiceKind.COMPLAINT, "product", at).standard, "normative")
    waited = (datetime(2026, 5, 12, 10, tzinfo=WITA), datetime(2026, 5, 13, 10, tzinfo=WITA))
    assert TERMS.due_in_tier(pin, at, (waited,)) > TERMS.due_in_tier(pin, at, ())


def test_a_standard_has_its_own_tiers_alone() -> None:
    pin = TERMS.at_filing(ServiceKind.COMPLAINT, "product", MONDAY).standard
    with pytest.raises(UnknownTierError):
        TERMS.in_tier(pin, "whenever")


# -- over the store, as people do it


async def judged(front: Front, **changes: object) -> Any:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None), ("triage", JUDGED | changes))
    return filed


async def test_the_citizen_reads_the_new_date_and_the_reason(front: Front) -> None:
    front.clock.at = datetime(2026, 5, 13, 2, tzinfo=UTC)
    case = await front.track(await judged(front), **{"Accept-Language": "en"})
    assert case["due"].startswith("2026-05-22")
    assert "judged how much work this needs" in case["timeline"][-1]["text"]
    assert case["messages"][-1]["text"] == JUDGED["reason"]
    assert case["messages"][-1]["sender"] == "office"
    assert case["standard"]["tier"] == "normative"


async def test_after_a_reply_the_case_stays_in_the_tier_that_was_chosen(front: Front) -> None:
    filed = await judged(front)
    await front.handled(filed, ("assign", {"officer": "officer-ani"}), ("ask", {"text": "Which batch?"}))
    front.clock.pass_days(1)
    replied = await front.act(filed, "reply", {"text": "B-77"}, code(filed))
    assert replied.json()["due"].startswith("2026-03-10")


@pytest.mark.parametrize(
    "text", ["berjamur", "sambal BOTOL", "rahasia", "melati kios", "md123456789012", "md 1234 5678 9012"]
)
async def test_lists_find_what_officers_wrote(front: Front, text: str) -> None:
    filed, other = await judged(front), await front.file()
    listed = (
        await front.client.get("/intake/api/cases", params={"text": text}, headers=front.staff())
    ).json()
    assert [(each["ticket"], each["subject"]) for each in listed] == [(filed["ticket"], JUDGED["subject"])]
    assert other["ticket"] not in (await get(front, f"/desk/?text={text}")).text


async def test_words_about_a_confidential_case_are_for_who_handles_it(front: Front) -> None:
    filed = await front.file(COMPLAINT | {"confidential": True})
    await get(front, "/desk/", "officer-ani", "officer")
    await front.handled(filed, ("acknowledge", None))
    await front.act(filed, "assign", {"officer": "officer-ani"}, front.staff(*BOSS))
    await front.handled(filed, ("triage", JUDGED))
    for account, sees in (("officer-ani", True), ("officer-cici", False)):
        lists = [
            (await get(front, f"/desk/?text={text}", account, "officer")).text for text in ("", "berjamur")
        ]
        assert [filed["ticket"] in each for each in lists] == [True, sees], account
        page = (await get(front, desk(filed), account, "officer")).text
        assert {JUDGED["subject"] in each for each in (*lists, page)} == {sees}


async def test_the_latest_words_are_found_and_an_erasure_ends_them(front: Front) -> None:
    filed = await judged(front)
    await front.handled(filed, ("triage", JUDGED | {"subject": "Kemasan rusak", "product": None}))
    for text, found in (("kemasan", 1), ("berjamur", 0)):
        assert (await get(front, f"/desk/?text={text}")).text.count(f"/desk/cases/{filed['ticket']}") == found
    await front.handled(filed, *ENDING[1:], ASK_ERASURE)
    assert (await approve(front, filed)).status_code == 200
    assert await front.office.store.query(lambda tx: tx.execute("SELECT * FROM case_words")) == []
    assert "Kemasan" not in (await get(front, "/desk/?show=closed")).text


@pytest.mark.parametrize(
    "text", ["bunga@warga.example mengeluh", "Hubungi 0811 0000 1234", "NIK 3201010101010001"]
)
async def test_contacts_and_long_numbers_do_not_get_into_lists(front: Front, text: str) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    for field in ("subject", "product", "place"):
        refused = await front.act(filed, "triage", JUDGED | {field: text})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    page = await post(front, desk(filed, "triage"), JUDGED | {"subject": text, "place": ""})
    assert (page.status_code, 'href="#field-subject"' in page.text) == (422, True)
    assert JUDGED["reason"] in page.text


async def test_a_tier_that_the_standard_does_not_have_is_refused(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    refused = await front.act(filed, "triage", JUDGED | {"tier": "whenever"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:no_such_tier")


async def test_a_repeat_judges_once(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    once = front.staff() | {"Idempotency-Key": "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"}
    first, second = [await front.act(filed, "triage", JUDGED, once) for _ in range(2)]
    assert (first.json()["event_id"] is None, second.json()["event_id"]) == (False, None)


async def test_an_emergency_stands_on_top_of_every_list(front: Front) -> None:
    await front.file()
    urgent = await judged(front, emergency=True, tier="with_inspection")
    for show in ("open", "all", "free"):
        listed = await front.client.get("/intake/api/cases", params={"show": show}, headers=front.staff())
        assert (listed.json()[0]["ticket"], listed.json()[0]["emergency"]) == (urgent["ticket"], True)
    assert "Emergency" in (await get(front, "/desk/")).text
    page = (await get(front, desk(urgent))).text
    assert "Emergency" in page
    assert 'href="tel:1500533"' in page
    assert (await front.track(urgent))["due"].startswith("2026-03-03")
    await front.handled(urgent, ("triage", JUDGED))
    page = (await get(front, desk(urgent))).text
    assert (">Emergency" in page, "Promised as an emergency by" in page) == (False, True)


async def test_the_desk_offers_it_with_the_words_of_the_last_time(front: Front) -> None:
    filed = await front.file()
    assert "Judge what it needs" not in (await get(front, desk(filed))).text
    await post(front, desk(filed, "acknowledge"), {})
    page = await post(front, desk(filed, "triage"), {k: v for k, v in JUDGED.items() if isinstance(v, str)})
    assert (page.status_code, JUDGED["subject"] in page.text) == (200, True)
    assert 'value="Kios Melati"' in page.text
    assert "5 working days" in page.text


# -- notes


async def test_a_note_is_read_with_the_personal_data_and_by_no_citizen(front: Front) -> None:
    filed = await front.file()
    await post(front, desk(filed, "note"), {"note": "Tetangga menelepon dua kali."})
    assert "Tetangga" not in (await get(front, desk(filed))).text
    assert "Tetangga" in (await post(front, desk(filed, "open"), {"purpose": "handling"})).text
    case = await front.track(filed, **{"Accept-Language": "en"})
    assert "An officer wrote a note for colleagues." in [step["text"] for step in case["timeline"]]
    assert "Tetangga" not in str(case)
    assert b"Tetangga" not in front.everything_kept()
    refused = await post(front, desk(filed, "note"), {"note": " "})
    assert (refused.status_code, 'href="#field-note"' in refused.text) == (422, True)


# -- handing over


async def with_cases(front: Front, officer: str, number: int) -> list[str]:
    tickets = []
    for _ in range(number):
        filed = await front.file(COMPLAINT)
        for command, body in (("acknowledge", None), ("assign", {"officer": officer})):
            assert (await front.act(filed, command, body, front.staff(officer))).status_code == 200
        tickets.append(filed["ticket"])
    return tickets


async def test_all_work_of_a_colleague_is_handed_over_and_a_repeat_changes_nothing(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zi_intake.use_cases.case_by_case.MOST_AT_ONCE", 2)
    tickets, others = await with_cases(front, "officer-ani", 3), await with_cases(front, "officer-dewi", 1)
    await get(front, "/desk/", "officer-cici", "officer")
    boss = front.staff(*BOSS) | {"Idempotency-Key": "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"}
    body, done = {"colleague": "officer-ani", "officer": "officer-cici"}, []
    for left in (1, 0, 0):
        answer = (await front.client.post("/intake/api/handover", json=body, headers=boss)).json()
        assert (answer["left"], answer["refused"]) == (left, [])
        done += answer["tickets"]
    assert sorted(done) == sorted(tickets)
    for ticket in tickets:
        assert (await front.office.state(ticket)).officers == ("officer-ani", "officer-cici")
    assert (await front.office.state(others[0])).officer == "officer-dewi"


async def test_work_is_handed_over_by_supervisors_to_officers_who_are_known(front: Front) -> None:
    await with_cases(front, "officer-ani", 1)
    form = {"colleague": "officer-ani", "officer": "officer-nobody"}
    page = await post(front, "/desk/handover", form, *BOSS)
    assert (page.status_code, 'href="#field-officer"' in page.text) == (422, True)
    assert "officer-ani: 1 open case" in page.text
    blank = await post(front, "/desk/handover", form | {"colleague": ""}, *BOSS)
    assert (blank.status_code, 'href="#field-colleague"' in blank.text) == (422, True)
    assert (await get(front, "/desk/handover")).status_code == 403
    refusal = await front.client.post("/intake/api/handover", json=form, headers=front.staff())
    assert refusal.status_code == 403
    await front.client.get("/intake/api/cases", headers=front.staff("officer-nobody"))
    handed = await post(front, "/desk/handover", form, *BOSS)
    assert "1 case was handed over" in handed.text


async def test_nobody_s_work_is_handed_over_to_themselves(front: Front) -> None:
    """Else the page says that all of it was handed over, and nothing has changed."""
    await with_cases(front, "officer-ani", 1)
    form = {"colleague": "officer-ani", "officer": "officer-ani"}
    page = await post(front, "/desk/handover", form, *BOSS)
    assert (page.status_code, "choose somebody else" in page.text) == (422, True)
    refused = await front.client.post("/intake/api/handover", json=form, headers=front.staff(*BOSS))
    assert [each["field"] for each in refused.json()["errors"]] == ["officer"]


async def test_a_case_that_somebody_else_has_by_now_stays_where_it_is(front: Front) -> None:
    [ticket] = await with_cases(front, "officer-ani", 1)
    await with_cases(front, "officer-cici", 1)
    by = acts.supervisor(front.clock.now())
    late = await front.office.actions.assign(ticket, by, None, "officer-cici", instead_of="officer-dewi")
    assert (late.recorded, late.state.officer) == ((), "officer-ani")


# -- officers who are known


async def test_a_case_is_given_to_a_known_officer_alone(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    boss, body = front.staff(*BOSS), {"officer": "officer-cici"}
    refused = await front.act(filed, "assign", body, boss)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:no_officer")
    await front.client.get("/desk/", headers=HTML | front.staff("officer-cici", "mentor", "officer"))
    listed = (await front.client.get("/intake/api/officers", headers=boss)).json()
    assert {"account": "officer-cici", "open_cases": 0} in listed
    assert "officer-cici: 0 open cases" in (await get(front, desk(filed), *BOSS)).text
    assert (await front.act(filed, "assign", body, boss)).status_code == 200
    assert NAME not in str(listed)


async def test_who_has_lost_the_role_is_given_nothing_more(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None))
    for roles in (("officer", "mentor"), ("mentor",)):
        await front.client.get("/desk/", headers=HTML | front.staff("officer-cici", *roles))
    refused = await front.act(filed, "assign", {"officer": "officer-cici"}, front.staff(*BOSS))
    assert refused.status_code == 409
