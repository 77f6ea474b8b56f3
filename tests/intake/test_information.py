"""Requests for public information: the clock of the law, one extension, refusals from a list, objections that somebody else decides."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from tests.intake import acts
from tests.intake.acts import DAY, DUE, MONDAY, after, events, item, officer, supervisor
from tests.intake.front import EMAIL, NAME, PHONE, Front, code
from tests.intake.test_own_case import opened
from tests.intake.test_pages import get, hidden_key, post

from zi_chassis.domain import WrongRoleError
from zi_chassis.office_clock import office_zone
from zi_intake.domain.case import messages, refusals
from zi_intake.domain.case.answer_files import ANSWER_FILE
from zi_intake.domain.case.information_decisions import may_decide_objection, may_object
from zi_intake.domain.case.information_messages import TimeExtended
from zi_intake.domain.case.state import Status, kind_of
from zi_intake.messaging.published import publish
from zi_intake.read import information_register as register
from zi_intake.read.sent_fields import SENT
from zi_intake.read.visibility import CaseReader
from zi_intake.terms import Terms
from zi_intake.vault_answers import TEXTS
from zi_intake.web.pages import information as information_pages
from zi_rules.calendar import Pause
from zi_rules.standard import NoStandardError, ServiceKind, ServiceStandard

INFORMATION: dict[str, Any] = {
    "language": "id",
    "district": "tarakan",
    "text": "Rekap hasil uji sambal tahun 2025.",
    "purpose": "Untuk skripsi.",
    "reporter": {"name": NAME, "email": EMAIL, "phone": PHONE},
}
BOSS = supervisor().model_copy(update={"actor": "supervisor-dewi"})


# -- the rules, without a store


def test_the_time_is_extended_once_and_for_a_reason() -> None:
    case = after(*acts.REQUESTED, acts.EXTEND)
    assert (case.due, case.information.is_extended) == (acts.EXTEND.due, True)
    assert acts.EXTEND.items[0] in case.items
    event = events(*acts.REQUESTED, acts.EXTEND)[-1]
    assert isinstance(event, TimeExtended)
    assert publish(event, case).data.model_dump()["due"] == acts.EXTEND.due
    with pytest.raises(refusals.ExtendedBeforeError):
        after(acts.EXTEND, state=case)


@pytest.mark.parametrize(
    ("before", "command", "error"),
    [
        (acts.ASSIGNED, acts.EXTEND, refusals.NoRequestForInformationError),
        (acts.ASSIGNED, acts.REFUSE, refusals.NoRequestForInformationError),
        (acts.REQUESTED[:2], acts.EXTEND, refusals.NotAssignedError),
        (
            acts.REQUESTED,
            acts.EXTEND.model_copy(update={"by": officer(at=DUE + DAY)}),
            refusals.TooLateToExtendError,
        ),
        ((*acts.REQUESTED, acts.ASK), acts.EXTEND, refusals.CitizenAskedError),
        (acts.REQUESTED, acts.REOPEN, refusals.NothingToObjectToError),
        ((*acts.REQUESTED, acts.WITHDRAW), acts.REOPEN, refusals.WithdrawnError),
        (
            (*acts.REQUESTED, acts.ANSWER, acts.CLOSE),
            acts.REOPEN.model_copy(update={"by": acts.citizen(MONDAY + 31 * DAY)}),
            refusals.TooLateToObjectError,
        ),
        ((*acts.OBJECTED, acts.DECIDE_OBJECTION), acts.REOPEN, refusals.ObjectionDecidedError),
        ((*acts.REQUESTED, acts.ANSWER), acts.DECIDE_OBJECTION, refusals.NoObjectionError),
        ((*acts.OBJECTED, acts.WITHDRAW), acts.DECIDE_OBJECTION, refusals.NoObjectionError),
        (acts.OBJECTED, acts.ANSWER, refusals.ObjectionWaitsError),
        (acts.OBJECTED, acts.EXTEND, refusals.ObjectionWaitsError),
        (acts.OBJECTED, acts.ASSIGN, refusals.InvolvedInAnswerError),
    ],
)
def test_it_is_refused(before: Any, command: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        after(*before, command)


def test_an_extension_outlives_a_judgement() -> None:
    case = after(*acts.REQUESTED, acts.EXTEND, acts.TRIAGE)
    assert case.due == acts.EXTEND.due


def test_a_refusal_is_an_answer_with_a_reason() -> None:
    event = events(*acts.REQUESTED, acts.REFUSE)[-1]
    assert isinstance(event, messages.CaseAnswered)
    assert (event.refusal, event.objection) == ("not_held", None)
    case = after(*acts.REQUESTED, acts.REFUSE)
    assert (case.status, case.information.refused_for) == (Status.ANSWERED, "not_held")
    assert publish(event, case).data.model_dump()["refusal"] == "not_held"
    drafted = acts.REFUSE.model_copy(update={"draft": acts.DRAFT_ID})
    approved = after(*acts.REQUESTED, drafted, acts.APPROVE)
    assert approved.information.refused_for == "not_held"


def test_an_objection_waits_for_somebody_who_was_not_involved() -> None:
    case = after(*acts.OBJECTED)
    assert (case.status, case.officer, case.due) == (Status.ACKNOWLEDGED, None, acts.REOPEN.due)
    assert case.information.involved == {"officer-ani"}
    assert after(acts.REOPEN, state=case) == case, "it waits already"
    assert [may_decide_objection(case, each) for each in ("supervisor-budi", "officer-ani")] == [True, False]
    assert not may_object(case)
    decision = acts.DECIDE_OBJECTION.model_copy(
        update={"by": officer().model_copy(update={"role": "staff:supervisor"})}
    )
    with pytest.raises(refusals.InvolvedInAnswerError):
        after(decision, state=case)
    decided = after(acts.DECIDE_OBJECTION, state=case)
    assert (decided.status, decided.information.decided) == (Status.ANSWERED, "upheld")
    assert not may_object(decided)
    assert events(*acts.OBJECTED)[-1].model_dump()["objection"] is True


def test_whoever_approved_the_answer_was_involved_in_it() -> None:
    draft = acts.ANSWER.model_copy(update={"draft": acts.DRAFT_ID})
    case = after(*acts.REQUESTED, draft, acts.APPROVE, acts.REOPEN)
    assert case.information.involved == {"officer-ani", "supervisor-budi"}
    with pytest.raises(refusals.InvolvedInAnswerError):
        after(acts.DECIDE_OBJECTION, state=case)
    assert after(acts.DECIDE_OBJECTION.model_copy(update={"by": BOSS}), state=case).is_answered


@pytest.mark.parametrize(
    "work",
    [
        (acts.TRIAGE.model_copy(update={"by": supervisor()}), acts.ANSWER),
        (acts.EXTEND.model_copy(update={"by": supervisor()}), acts.ANSWER),
        (acts.DRAFT, acts.RETURN, acts.ANSWER),
        (acts.DRAFT.model_copy(update={"by": supervisor()}), acts.ANSWER),
    ],
)
def test_whoever_worked_on_the_answer_was_involved_in_it(work: Any) -> None:
    case = after(*acts.REQUESTED, *work, acts.REOPEN)
    assert case.information.involved == {"officer-ani", "supervisor-budi"}
    assert not may_decide_objection(case, "supervisor-budi")
    with pytest.raises(refusals.InvolvedInAnswerError):
        after(acts.DECIDE_OBJECTION, state=case)


def test_whoever_wrote_a_draft_that_was_never_sent_was_involved() -> None:
    late = messages.ReportMissedDeadline(by=acts.timer(DUE + DAY), clock="answer", due=DUE)
    draft = acts.DRAFT.model_copy(update={"by": supervisor()})
    case = after(*acts.REQUESTED, draft, late, acts.REOPEN)
    assert "supervisor-budi" in case.information.involved


@pytest.mark.parametrize(("outcome", "refused_for"), [("upheld", None), ("rejected", "not_held")])
def test_a_refusal_ends_with_an_upheld_objection_alone(outcome: str, refused_for: str | None) -> None:
    objected = after(*acts.REQUESTED, acts.REFUSE, acts.REOPEN)
    assert objected.information.refused_for == "not_held"
    decide = acts.DECIDE_OBJECTION.model_copy(update={"outcome": outcome})
    assert after(decide, state=objected).information.refused_for == refused_for


def test_an_office_that_never_answers_is_objected_to_as_well() -> None:
    late = messages.ReportMissedDeadline(by=acts.timer(DUE + DAY), clock="answer", due=DUE)
    case = after(*acts.REQUESTED, late)
    assert may_object(case)
    objected = after(acts.REOPEN, state=case)
    assert (objected.information.is_objected, objected.missed) == (True, frozenset())
    assert [event.__class__.__name__ for event in events(*acts.OBJECTED, late)][-1] == "CaseReopened"


def test_a_decision_and_nothing_else_of_a_request_is_final() -> None:
    for commands, final in (
        ((*acts.REQUESTED, acts.REFUSE), None),
        ((*acts.OBJECTED, acts.DECIDE_OBJECTION), True),
    ):
        assert publish(events(*commands)[-1], after(*commands)).data.model_dump()["final"] is final


def test_a_decision_that_comes_too_late_is_reported_with_it() -> None:
    slow = acts.DECIDE_OBJECTION.model_copy(update={"by": supervisor(acts.REOPEN.due + DAY)})
    recorded = events(*acts.OBJECTED, slow)[-2:]
    assert [each.__class__.__name__ for each in recorded] == ["DeadlineMissed", "CaseAnswered"]
    missed = publish(recorded[0], after(*acts.OBJECTED)).data.model_dump()
    assert missed["service"] == "public_information"


def test_the_files_of_a_decision_are_added_by_who_decides() -> None:
    file = acts.PHOTO.model_copy(update={"by": supervisor(), "items": (item(ANSWER_FILE),)})
    with pytest.raises(WrongRoleError):
        after(*acts.OBJECTED, file.model_copy(update={"by": officer()}))
    ani = officer().model_copy(update={"role": "staff:supervisor"})
    with pytest.raises(refusals.InvolvedInAnswerError):
        after(*acts.OBJECTED, file.model_copy(update={"by": ani}))
    sending = acts.DECIDE_OBJECTION.model_copy(update={"files": (file.items[0].item,)})
    sent = after(*acts.OBJECTED, file, sending)
    assert sent.handling.withheld == frozenset()


def test_its_texts_are_read_by_the_requester_and_by_auditors() -> None:
    assert "information.purpose" in SENT
    assert {"information.purpose", "extension.reason"} <= TEXTS


def test_the_kind_of_a_request() -> None:
    case = after(*acts.REQUESTED)
    assert kind_of(case) == "information"
    assert not may_decide_objection(replace(case, status=Status.CLOSED), "supervisor-budi")


# -- in the house


async def requested(front: Front, **changes: Any) -> Any:
    filed = await front.file(INFORMATION | changes, to="information-requests")
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    return filed


def at(year: int, month: int, day: int, hour: int) -> str:
    return datetime(year, month, day, hour, tzinfo=UTC).isoformat().replace("+00:00", "Z")


async def test_the_dates_follow_the_working_calendar(front: Front) -> None:
    """From Monday 2 March 2026; 18 to 24 March are holidays, joint leave and a weekend, 3 April is Good Friday."""
    filed = await requested(front)
    ten = (await front.office.state(filed["ticket"])).due
    assert ten is not None
    calendar = front.office.terms._calendars.current
    assert calendar.working_days_in(pause(MONDAY, ten)) == 10
    extended = await front.act(filed, "extend", {"extension_reason": "Datanya di tiga tempat."})
    until = datetime.fromisoformat(extended.json()["due"])
    assert calendar.working_days_in(pause(ten, until)) == 7
    again = await front.act(filed, "extend", {"extension_reason": "Masih."})
    assert (again.status_code, again.json()["type"]) == (409, "urn:zona:problem:extended_before")
    assert (await front.track(filed))["messages"][-1]["text"] == "Datanya di tiga tempat."
    await front.handled(filed, ("answer", {"text": "Terlampir."}))
    objected = await front.act(filed, "reopen", {"text": "Tidak lengkap."}, code(filed))
    decide_by = datetime.fromisoformat(objected.json()["due"])
    assert calendar.working_days_in(pause(MONDAY, decide_by)) == 30


@pytest.mark.parametrize(
    ("received", "ten", "seventeen"),
    [
        ((2026, 3, 13), (2026, 4, 6), (2026, 4, 15)),  # over Nyepi, Idul Fitri and Good Friday
        ((2026, 5, 13), (2026, 6, 3), (2026, 6, 12)),  # over Ascension, Idul Adha and the day of Pancasila
    ],
)
async def test_the_dates_are_those_of_the_governments_days(
    front: Front, received: tuple[int, int, int], ten: tuple[int, int, int], seventeen: tuple[int, int, int]
) -> None:
    """Counted by hand from the joint decree of the three ministers."""
    front.clock.at = datetime(*received, 2, tzinfo=UTC)
    filed = await requested(front)
    assert datetime.fromisoformat(filed["due"]).astimezone(office_zone()).date() == date(*ten)
    extended = await front.act(filed, "extend", {"extension_reason": "Datanya di tiga tempat."})
    assert datetime.fromisoformat(extended.json()["due"]).astimezone(office_zone()).date() == date(*seventeen)


def pause(began: datetime, ended: datetime) -> Any:
    return Pause(began=began, ended=ended)


async def test_a_request_from_the_page_to_the_decision_about_an_objection(front: Front) -> None:
    page = await get(front, "/information-requests/new")
    assert "10 working days" in page.text
    form = {"key": hidden_key(page), "district": "tarakan", "text": "Rekap hasil uji.", "reporter.name": ""}
    refused = await post(front, "/information-requests", form)
    assert (refused.status_code, 'id="field-reporter-name-error"' in refused.text) == (422, True)
    receipt = await post(front, "/information-requests", form | {"reporter.name": NAME})
    assert "you can object" in receipt.text
    ticket = receipt.url.path.split("/")[2]
    filed = {"ticket": ticket, "code": front.office.names.code(ticket)}
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    where = f"/desk/cases/{ticket}"
    assert "Refuse the information" in (await get(front, where, **front.staff())).text
    wrong = {"refusal": "no_time", "refusal_text": "Sibuk."}
    assert (await post(front, f"{where}/refuse-information", wrong, **front.staff())).status_code == 422
    reason = {"refusal": "not_held", "refusal_text": "Data itu ada di Dinas."}
    done = await post(front, f"{where}/refuse-information", reason, **front.staff())
    assert "This office does not hold the information" in done.text
    case_page = await opened(front, filed)
    assert "The office does not give the information" in case_page.text
    assert "Object to the answer" in case_page.text
    objected = await post(front, f"/track/{ticket}/reopen", {"text": "Ada di kantor ini."})
    assert "Your objection waits for its decision" in objected.text
    mine = await post(
        front, f"{where}/decide-objection", {"outcome": "rejected", "decision": "x"}, **front.staff()
    )
    assert mine.status_code == 403
    head = front.staff("kepala-eka", "head")
    assert "Decide about the objection" in (await get(front, where, **head)).text
    read = await post(front, f"{where}/open", {"purpose": "supervision"}, **head)
    assert "Ada di kantor ini." in read.text
    decision = {"outcome": "upheld", "decision": "Rekapnya kami beri."}
    await post(front, f"{where}/decide-objection", decision, **head)
    over = await opened(front, filed)
    assert "Komisi Informasi" in over.text
    assert "Rekapnya kami beri." in over.text
    again = await front.act(filed, "reopen", {"text": "Lagi."}, code(filed))
    assert again.json()["type"] == "urn:zona:problem:objection_decided"


async def test_the_register_has_a_search_a_count_and_a_file(front: Front) -> None:
    answered, refused, waiting = [await requested(front) for _ in range(3)]
    await front.handled(answered, ("answer", {"text": "Ini."}))
    body = {"refusal": "other_law", "text": "Pasal 17."}
    await front.handled(refused, ("refuse-information", body), ("close", None))
    await front.act(waiting, "withdraw", headers=code(waiting))
    unknown = await front.act(await requested(front), "refuse-information", {"refusal": "x", "text": "x"})
    assert unknown.json()["type"] == "urn:zona:problem:no_such_refusal"
    page = await get(front, "/desk/information", **front.staff())
    assert "4 requests, the latest first" in page.text
    for outcome, number in (("given", 1), ("refused", 1), ("ended", 1), ("open", 1), ("objected", 0)):
        found = await get(front, f"/desk/information?outcome={outcome}", **front.staff())
        assert found.text.count('<th scope="row">') == number
    filtered = await get(front, f"/desk/information?text={refused['ticket'][:6]}", **front.staff())
    assert (
        "1 request, the latest first" in filtered.text,
        "Kept secret by another law" in filtered.text,
    ) == (
        True,
        True,
    )
    table = await get(front, "/desk/information.csv", **front.staff())
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["refusal"] for row in rows if row["ticket"] == refused["ticket"]] == ["other_law"]
    assert NAME not in table.text
    statistics = await get(front, "/intake/api/statistics", **front.staff("supervisor-budi", "supervisor"))
    assert statistics.json()["counts"]["kind"] == {"information": 4}
    assert statistics.json()["counts"]["outcome"]["refused"] == 1


async def test_what_one_file_of_the_register_does_not_hold_is_in_the_next(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(information_pages, "MOST_IN_FILE", 2)
    filed = {(await requested(front))["ticket"] for _ in range(3)}
    page = await get(front, "/desk/information", **front.staff())
    assert "The latest 2;" in page.text
    path: str | None = "/desk/information.csv"
    found: list[str] = []
    while path:
        table = await get(front, path, **front.staff())
        assert table.headers["x-total-count"] == "3"
        found += [row["ticket"] for row in csv.DictReader(io.StringIO(table.text))]
        onward = re.fullmatch(r'<([^>]+)>; rel="next"', table.headers.get("link", ""))
        path = onward and onward[1]
    assert (len(found), set(found)) == (3, filed)


async def test_the_days_of_the_register_are_those_of_the_office(front: Front) -> None:
    """A request of the early morning is one of that day, and noon is not the hour of the evening."""
    front.clock.at = datetime(2026, 3, 1, 23, 30, 1, 500, UTC)
    await requested(front)
    table = await get(front, "/desk/information.csv", **front.staff())
    [row] = csv.DictReader(io.StringIO(table.text))
    assert row["received"] == "2026-03-02T07:30:01+08:00"
    assert row["due"].endswith("T16:00:00+08:00")


async def decided(front: Front, filed: Any, outcome: str, *answer: tuple[str, Any]) -> None:
    """Object to the answer, or to the silence where there is none; a supervisor decides and the case is closed."""
    await front.handled(filed, *answer)
    if not answer:
        front.clock.pass_days(40)
        assert await front.office.deadlines.tick() == 1
    objected = await front.act(filed, "reopen", {"text": "Tidak benar."}, code(filed))
    assert objected.status_code == 200, objected.text
    decision = {"outcome": outcome, "text": "Putusan kami."}
    boss = front.staff("supervisor-budi", "supervisor")
    for command, body in (("decide-objection", decision), ("close", None)):
        done = await front.act(filed, command, body, boss)
        assert done.status_code == 200, done.text


async def test_whoever_gets_no_information_in_time_reads_where_to_turn(front: Front) -> None:
    filed = await requested(front)
    front.clock.pass_days(40)
    assert "turn to the Information Commission" in (await opened(front, filed)).text
    assert await front.office.deadlines.tick() == 1
    assert "object to the silence below" in (await opened(front, filed)).text


async def register_of(front: Front) -> dict[str, str]:
    table = await get(front, "/desk/information.csv", **front.staff())
    return {row["ticket"]: row["outcome"] for row in csv.DictReader(io.StringIO(table.text))}


async def test_an_objection_hides_no_refusal(front: Front) -> None:
    refuse = "refuse-information", {"refusal": "not_held", "text": "Ada di Dinas."}
    fulfilled, refused = await requested(front), await requested(front)
    await decided(front, fulfilled, "upheld", refuse)
    await decided(front, refused, "rejected", refuse)
    assert await register_of(front) == {fulfilled["ticket"]: "given", refused["ticket"]: "refused"}
    page = await get(front, "/desk/information?outcome=given", **front.staff())
    assert page.text.partition("<tbody>")[2].count("This office does not hold") == 0, "it was given"
    assert public_figures(front) == {
        **{("acknowledged", "kept"): 2, ("answered", "kept"): 4},
        **{("outcome", "resolved"): 1, ("outcome", "refused"): 1},
    }
    statistics = await get(front, "/intake/api/statistics", **front.staff("supervisor-budi", "supervisor"))
    assert statistics.json()["counts"]["outcome"] == {"resolved": 1, "refused": 1}


async def test_an_objection_hides_no_broken_promise(front: Front) -> None:
    """The office was silent: that stays broken, and the decision in time does not make it kept."""
    filed = await requested(front)
    await decided(front, filed, "rejected")
    assert await register_of(front) == {filed["ticket"]: "rejected"}
    assert (
        "Objection rejected, no answer before it"
        in (await get(front, "/desk/information", **front.staff())).text
    )
    fulfilled = await requested(front)
    await decided(front, fulfilled, "upheld")
    assert (await register_of(front))[fulfilled["ticket"]] == "given"
    assert public_figures(front)["answered", "broken"] == 2
    assert ("answered", "kept") not in public_figures(front)


def public_figures(front: Front) -> dict[tuple[str, str], int]:
    rows = front.office.store.read(lambda tx: tx.execute("SELECT * FROM public_figures"))
    counted: dict[tuple[str, str], int] = {}
    for row in rows:
        counted[row["measure"], row["code"]] = counted.get((row["measure"], row["code"]), 0) + row["number"]
    return counted


async def test_the_page_of_a_closed_request_says_how_long_one_can_object(front: Front) -> None:
    filed = await requested(front)
    await front.handled(filed, ("answer", {"text": "Terlampir."}), ("close", None))
    closed = await opened(front, filed)
    assert ("you can object until" in closed.text, "file anew" in closed.text) == (True, False)
    assert NAME in closed.text
    assert "What the information is for" in closed.text, "what was sent is read back"
    over = await requested(front)
    await decided(front, over, "rejected", ("answer", {"text": "Terlampir."}))
    assert "Komisi Informasi" in (await opened(front, over)).text


async def test_a_withdrawn_objection_waits_no_more(front: Front) -> None:
    filed = await requested(front)
    await front.handled(filed, ("answer", {"text": "Terlampir."}))
    await front.act(filed, "reopen", {"text": "Kurang."}, code(filed))
    await front.act(filed, "withdraw", headers=code(filed))
    page = await opened(front, filed)
    assert "You have withdrawn this case" in page.text
    assert "Your objection waits" not in page.text
    desk = await get(front, f"/desk/cases/{filed['ticket']}", **front.staff())
    assert "An objection waits for a decision" not in desk.text


async def test_the_second_person_sees_that_a_draft_refuses(front: Front, monkeypatch: Any) -> None:
    tier = Terms.tier
    monkeypatch.setattr(Terms, "tier", lambda *pin: tier(*pin).model_copy(update={"second_person": True}))
    filed = await requested(front)
    await front.handled(filed, ("refuse-information", {"refusal": "not_held", "text": "Ada di Dinas."}))
    boss = front.staff("supervisor-budi", "supervisor")
    page = await get(front, f"/desk/cases/{filed['ticket']}", **boss)
    assert "/approve-draft" in page.text
    assert "It refuses the information: This office does not hold the information" in page.text


@pytest.mark.parametrize(
    ("command", "fields"),
    [("refuse-information", ("refusal", "refusal-text")), ("decide-objection", ("outcome", "decision"))],
)
async def test_what_is_missing_is_named_at_its_own_field(
    front: Front, command: str, fields: tuple[str, str]
) -> None:
    filed = await requested(front)
    if command == "decide-objection":
        await front.handled(filed, ("answer", {"text": "Terlampir."}))
        await front.act(filed, "reopen", {"text": "Kurang."}, code(filed))
    boss = front.staff("supervisor-budi", "supervisor")
    page = await post(front, f"/desk/cases/{filed['ticket']}/{command}", {}, **boss)
    assert [f'id="field-{each}-error"' in page.text for each in fields] == [True, True], fields
    assert "upheld&#39;" not in page.text, "no code of ours is read by people"


async def test_the_register_goes_on_page_after_page(front: Front) -> None:
    tickets = {(await front.file(INFORMATION, to="information-requests"))["ticket"] for _ in range(3)}
    reader = CaseReader("officer-ani", frozenset({"officer"}))

    async def read(after: str) -> register.RegisterPage:
        query = register.RegisterQuery(after=after)
        return await front.office.store.query(lambda tx: register.register_page(tx, query, reader, 2))

    first = await read("")
    second = await read(first.after or "")
    assert (first.total, len(first.rows), second.after) == (3, 2, None)
    assert {row.ticket for row in (*first.rows, *second.rows)} == tickets


async def test_an_office_without_a_standard_for_it_takes_none(front: Front) -> None:
    in_force = front.office.terms.in_force

    def without(service: ServiceKind, at: datetime) -> ServiceStandard:
        if service is ServiceKind.PUBLIC_INFORMATION:
            raise NoStandardError
        return in_force(service, at)

    front.office.terms.in_force = without  # type: ignore[method-assign]
    page = await get(front, "/information-requests/new")
    assert (page.status_code, "This office takes no requests" in page.text) == (409, True)
    home = (await get(front, "/")).text
    assert ("/information-requests/new" in home, "/complaints/new" in home) == (False, True)


async def test_a_repeat_under_its_key_is_the_same_request(front: Front) -> None:
    key = str(uuid4())
    once = await front.file(INFORMATION, key, to="information-requests")
    assert (await front.file(INFORMATION, key, to="information-requests"))["ticket"] == once["ticket"]
    nameless = INFORMATION | {"reporter": None}
    answer = await front.client.post("/intake/api/information-requests", json=nameless)
    assert answer.status_code == 422
