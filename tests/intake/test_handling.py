"""Incidents, visits, referrals and answers that a second person approves: what each changes, and who is refused."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.intake import acts
from tests.intake.acts import DAY, DUE, INCIDENT, MONDAY, after, events, officer, supervisor
from tests.intake.front import COMPLAINT, NAME, Front, code
from tests.intake.lines import CONFIDENTIAL, assigned, office_of_lines
from tests.intake.test_desk import HTML

from zi_intake.domain.case import handling_messages as handling
from zi_intake.domain.case import messages, refusals
from zi_intake.domain.case.handling_decisions import may_approve
from zi_intake.domain.case.messages import CaseCommands
from zi_intake.domain.case.state import Status
from zi_intake.messaging.published import publish
from zi_intake.terms import Terms
from zi_intake.web import bulk_answers


async def get(front: Front, path: str, headers: Any = None) -> httpx.Response:
    return await front.client.get(path, headers=HTML | (headers or front.staff()))


async def post(front: Front, path: str, form: dict[str, str], headers: Any = None) -> httpx.Response:
    return await front.client.post(path, data=form, headers=HTML | (headers or front.staff()))


# -- incidents


def test_a_case_belongs_to_one_incident_at_a_time() -> None:
    linked = after(*acts.ASSIGNED, acts.LINK)
    assert (linked.handling.incident, linked.items[-1].field) == (INCIDENT, "incident.reason")
    assert events(*acts.ASSIGNED, acts.LINK, acts.LINK)[3:] == events(*acts.ASSIGNED, acts.LINK)[3:]
    assert after(*acts.ASSIGNED, acts.LINK, acts.UNLINK).handling.incident is None


ANOTHER = acts.LINK.model_copy(update={"incident": acts.DRAFT_ID})
STRANGER = {"by": officer("officer-cici")}
LINK_BY_SUPERVISOR = acts.LINK.model_copy(update={"by": supervisor()})
UNLINK_BY_SUPERVISOR = acts.UNLINK.model_copy(update={"by": supervisor()})


@pytest.mark.parametrize(
    ("before", "command", "error"),
    [
        ((*acts.ASSIGNED, acts.LINK), ANOTHER, refusals.AlreadyLinkedError),
        (acts.ASSIGNED, acts.UNLINK, refusals.NotLinkedError),
        (acts.CONFIDENTIAL, LINK_BY_SUPERVISOR, refusals.ConfidentialCaseError),
        ((*acts.CONFIDENTIAL, acts.LINK), LINK_BY_SUPERVISOR, refusals.ConfidentialCaseError),
        ((*acts.CONFIDENTIAL, acts.LINK), UNLINK_BY_SUPERVISOR, refusals.ConfidentialCaseError),
        (acts.CLOSED, acts.LINK, refusals.EndedError),
        (acts.ACKNOWLEDGED, acts.LINK, refusals.NotAssignedError),
        (acts.ASSIGNED, acts.LINK.model_copy(update=STRANGER), refusals.NotYourCaseError),
        (acts.ASSIGNED, acts.VISIT.model_copy(update=STRANGER), refusals.NotYourCaseError),
        (acts.ASSIGNED, acts.REFER.model_copy(update=STRANGER), refusals.NotYourCaseError),
        (acts.ACKNOWLEDGED, acts.REFER, refusals.NotAssignedError),
        (acts.CLARIFICATION_ASKED, acts.REFER, refusals.CitizenAskedError),
        (acts.ANSWERED, acts.VISIT, refusals.AlreadyAnsweredError),
        (acts.ASSIGNED, acts.ALLOW, refusals.NothingReferredError),
        (acts.ASSIGNED, acts.APPROVE, refusals.NoDraftError),
        (acts.PASSED_ON, acts.LINK, refusals.PassedOnError),
    ],
)
def test_it_is_refused(before: tuple[CaseCommands, ...], command: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        after(*before, command)


def test_the_incident_is_in_no_message() -> None:
    """A citizen has the messages of the case as evidence: the incident would lead to the other reporters."""
    case = after(*acts.ASSIGNED, acts.LINK)
    linked = events(*acts.ASSIGNED, acts.LINK)[-1]
    assert str(INCIDENT) not in publish(linked, case).data.model_dump_json()


# -- visits


def test_a_visit_is_recorded_when_it_is_over() -> None:
    case = after(*acts.ASSIGNED, acts.VISIT)
    assert (case.handling.visits, case.status) == (1, Status.ASSIGNED)
    with pytest.raises(refusals.VisitToComeError):
        after(*acts.ASSIGNED, acts.VISIT.model_copy(update={"visited_on": MONDAY.date() + DAY}))


# -- referrals


def test_a_referral_is_an_answer_that_tells_the_citizen() -> None:
    *_, referred, answered = events(*acts.REFERRED)
    assert isinstance(referred, handling.CaseReferred)
    assert isinstance(answered, messages.CaseAnswered)
    assert (referred.items, answered.items) == ((acts.TOLD_BODY,), (acts.TOLD_CITIZEN,))
    case = after(*acts.REFERRED)
    assert (case.status, case.holder, case.handling.referral) == (Status.ANSWERED, "citizen", referred)
    assert after(*acts.REFERRED, acts.REOPEN).status is Status.ASSIGNED, "whoever disagrees has it reopened"


def test_a_late_referral_hides_no_broken_promise() -> None:
    late = acts.REFER.model_copy(update={"by": officer(at=DUE + DAY)})
    missed, *_ = events(*acts.ASSIGNED, late)[3:]
    assert isinstance(missed, messages.DeadlineMissed)


def test_name_and_contact_go_along_only_if_the_citizen_allows_it() -> None:
    opening = acts.OPEN.model_copy(update={"purpose": "referral"})
    with pytest.raises(refusals.ContactNotAllowedError):
        after(*acts.REFERRED, opening)
    allowed = (*acts.REFERRED, acts.ALLOW)
    assert after(*allowed, opening).access.hours
    assert events(*allowed, acts.ALLOW) == events(*allowed)
    taken_back = acts.ALLOW.model_copy(update={"allowed": False})
    with pytest.raises(refusals.ContactNotAllowedError):
        after(*allowed, taken_back, opening)
    other = acts.REFER.model_copy(update={"body": "police"})
    assert not after(*allowed, acts.REOPEN, other).handling.contact_allowed, "another body"


def test_the_body_is_not_published_where_it_would_tell_the_topic() -> None:
    case = after(*acts.FOR_APPOINTED, acts.ASSIGN_APPOINTED, acts.REFER)
    referral = case.handling.referral
    assert referral is not None
    assert publish(referral, case).data.model_dump()["body"] is None
    assert publish(referral, after(*acts.REFERRED)).data.model_dump()["body"] == "health_office"


# -- answers that a second person approves


def test_an_answer_waits_for_a_second_person() -> None:
    case = after(*acts.DRAFTED)
    assert (case.status, case.holder) == (Status.ASSIGNED, "office"), "the clock runs on"
    assert case.handling.withheld == {ref.item for ref in acts.DRAFT.items}
    sent = after(*acts.DRAFTED, acts.APPROVE)
    assert (sent.status, sent.closes_on) == (Status.ANSWERED, acts.APPROVE.closes_on)
    assert (sent.handling.withheld, sent.handling.draft) == (set(), None)
    assert len({ref.item for ref in sent.items}) == len(sent.items)
    answered = events(*acts.DRAFTED, acts.APPROVE)[-1]
    assert isinstance(answered, messages.CaseAnswered)
    assert (answered.by.actor, answered.drafted_by) == ("supervisor-budi", "officer-ani")


def test_nobody_approves_their_own_answer_or_another_one_than_they_read() -> None:
    approval = acts.APPROVE.model_copy(
        update={"by": officer().model_copy(update={"role": "staff:supervisor"})}
    )
    with pytest.raises(refusals.OwnDraftError):
        after(*acts.DRAFTED, approval)
    newer = acts.DRAFT.model_copy(update={"draft": INCIDENT})
    with pytest.raises(refusals.NoDraftError):
        after(*acts.DRAFTED, newer, acts.APPROVE)
    with pytest.raises(refusals.NoDraftError):
        after(*acts.DRAFTED, acts.APPROVE, acts.APPROVE)
    with pytest.raises(refusals.CitizenAskedError):
        after(*acts.DRAFTED, acts.ASK, acts.APPROVE)


def test_an_answer_that_was_given_back_is_written_anew() -> None:
    returned = after(*acts.DRAFTED, acts.RETURN)
    assert returned.handling.draft is None
    assert returned.handling.withheld == {ref.item for ref in acts.DRAFT.items}, "the citizen never gets it"
    event = events(*acts.DRAFTED, acts.RETURN)[-1]
    assert isinstance(event, handling.DraftReturned)
    assert event.drafted_by == "officer-ani"


def test_a_referral_waits_like_an_answer() -> None:
    refer = acts.REFER.model_copy(update={"draft": acts.DRAFT_ID})
    waiting = after(*acts.ASSIGNED, refer)
    assert (waiting.status, waiting.handling.referral) == (Status.ASSIGNED, None)
    sent = after(*acts.ASSIGNED, refer, acts.APPROVE)
    assert sent.handling.referral is not None
    assert (sent.status, sent.handling.referral.body) == (Status.ANSWERED, "health_office")


def test_who_cannot_read_a_confidential_case_approves_no_answer_in_it() -> None:
    drafted = (*acts.CONFIDENTIAL, acts.DRAFT)
    assert not may_approve(after(*drafted), "supervisor-budi", MONDAY)
    with pytest.raises(refusals.ConfidentialCaseError):
        after(*drafted, acts.APPROVE)
    plain = after(*acts.DRAFTED)
    assert [may_approve(plain, each, MONDAY) for each in ("supervisor-budi", "officer-ani")] == [True, False]
    assert not may_approve(after(*acts.ASSIGNED), "supervisor-budi", MONDAY)


# -- in the house


async def incident_of(front: Front, *bodies: Any) -> list[Any]:
    """File cases and put them into one incident."""
    await front.client.get("/desk/", headers=front.staff())
    cases, incident = [await front.file(body) for body in bodies], ""
    for filed in cases:
        await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
        chosen = {"incident": incident} if incident else {"title": "Sambal botol berjamur"}
        linked = await post(front, f"/desk/cases/{filed['ticket']}/link", {**chosen, "link_reason": "Sama."})
        assert linked.status_code == 303, linked.text
        incident = str((await front.office.state(filed["ticket"])).handling.incident)
    return [incident, *cases]


async def test_one_answer_goes_to_all_reporters_or_to_none(front: Front) -> None:
    incident, *cases = await incident_of(front, COMPLAINT, COMPLAINT, COMPLAINT)
    where = f"/desk/incidents/{incident}/answer"
    await front.handled(cases[1], ("ask", {"text": "Beli di mana?"}))
    refused = await post(front, where, {"answer": "Produk ditarik."})
    assert refused.status_code == 422
    assert cases[1]["ticket"] in refused.text.partition("None was answered")[2].partition("</ul>")[0]
    assert "The citizen has been asked" in refused.text
    assert "Produk ditarik." in refused.text, "what was typed stays"
    states = [(await front.office.state(each["ticket"])).status.value for each in cases]
    assert states == ["assigned", "clarification_asked", "assigned"]
    reply = {"json": {"text": "Di pasar."}, "headers": code(cases[1])}
    await front.client.post(f"/intake/api/cases/{cases[1]['ticket']}/reply", **reply)
    done = await post(front, where, {"answer": "Produk ditarik."})
    assert "3 cases were answered" in done.text
    for filed in cases:
        tracked = await front.track(filed)
        assert (tracked["state"], tracked["messages"][-1]["text"]) == ("answered", "Produk ditarik.")
        assert not [each for each in cases if each is not filed and each["ticket"] in str(tracked)]
        assert incident not in str(tracked)
    again = await post(front, where, {"answer": "Produk ditarik."})
    assert "No open case of this incident waits for an answer." in again.text


async def test_a_repeated_answer_to_all_says_what_was_answered(front: Front) -> None:
    """The line broke before the reply came, and a colleague has linked a case since: that one has not got this answer."""
    incident, *cases = await incident_of(front, COMPLAINT, COMPLAINT)
    where = f"/desk/incidents/{incident}/answer"
    form = {"answer": "Produk ditarik.", "key": str(uuid4())}
    assert "2 cases were answered" in (await post(front, where, form)).text
    assert "2 cases were answered" in (await post(front, where, form)).text
    late = await front.file(COMPLAINT)
    await front.handled(late, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    chosen = {"incident": incident, "link_reason": "Sama."}
    await post(front, f"/desk/cases/{late['ticket']}/link", chosen)
    program = {
        "json": {"answer": form["answer"]},
        "headers": front.staff() | {"Idempotency-Key": form["key"]},
    }
    repeated = await front.client.post(f"/intake/api/incidents/{incident}/answer", **program)
    assert repeated.status_code == 200
    assert set(repeated.json()["tickets"]) == {each["ticket"] for each in cases}
    assert (await front.office.state(late["ticket"])).status is Status.ASSIGNED
    another = await post(front, where, form | {"answer": "Toko ditutup."})
    assert "1 case was answered" in another.text, "another text is another answer"


async def test_what_another_has_in_confidence_is_not_answered_with_the_others(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path) as house:
        hidden, open_case = await assigned(house, CONFIDENTIAL), await assigned(house, COMPLAINT)
        begun = await post(
            house, f"/desk/cases/{open_case['ticket']}/link", {"title": "Sambal", "link_reason": "x"}
        )
        assert begun.status_code == 303
        incident = str((await house.office.state(open_case["ticket"])).handling.incident)
        chosen = {"incident": incident, "link_reason": "x"}
        assert (await post(house, f"/desk/cases/{hidden['ticket']}/link", chosen)).status_code == 303
        where, above = f"/desk/incidents/{incident}", house.staff("supervisor-dedi", "supervisor")
        page = (await get(house, where, above)).text
        assert "Answer the open cases that you may read" in page
        assert "A case in confidence is answered by whoever has it" in page
        assert hidden["ticket"] not in page
        of_hidden = (await get(house, f"/desk/cases/{hidden['ticket']}", above)).text
        assert "Take it out of the incident" not in of_hidden
        done = await house.client.post(
            f"/intake/api/incidents/{incident}/answer", json={"answer": "Ditarik."}, headers=above
        )
        assert done.json() == {"tickets": [open_case["ticket"]], "refused": {}}
        assert (await house.office.state(hidden["ticket"])).status is Status.ASSIGNED


async def test_the_answer_to_one_case_is_no_answer_to_all(front: Front) -> None:
    incident, *cases = await incident_of(front, COMPLAINT, COMPLAINT)
    form = {"answer": "Produk ditarik.", "key": str(uuid4())}
    await post(front, f"/desk/cases/{cases[0]['ticket']}/answer", form)
    assert "1 case was answered" in (await post(front, f"/desk/incidents/{incident}/answer", form)).text
    assert (await front.office.state(cases[1]["ticket"])).status is Status.ANSWERED


async def test_a_case_that_moves_on_meanwhile_stops_the_answer_for_all(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at all cases and the decision one is asked: none is answered, not even those before it."""
    incident, *cases = await incident_of(front, COMPLAINT, COMPLAINT)
    look = bulk_answers._refused

    async def before_it_moves_on(*_: Any) -> dict[str, Any]:
        await front.handled(cases[1], ("ask", {"text": "Beli di mana?"}))
        monkeypatch.setattr(bulk_answers, "_refused", look)
        return {}

    monkeypatch.setattr(bulk_answers, "_refused", before_it_moves_on)
    body, where = {"answer": "Produk ditarik."}, f"/intake/api/incidents/{incident}/answer"
    answer = await front.client.post(where, json=body, headers=front.staff())
    assert (answer.status_code, list(answer.json()["refused"])) == (422, [cases[1]["ticket"]])
    states = [(await front.office.state(each["ticket"])).status.value for each in cases]
    assert states == ["assigned", "clarification_asked"]


async def test_the_list_of_incidents_has_a_search_and_a_count(front: Front) -> None:
    incident, filed = await incident_of(front, COMPLAINT)
    listed = await get(front, "/desk/incidents")
    assert "1 incident, the latest first" in listed.text
    assert incident in (await get(front, "/desk/incidents?text=BERJAMUR")).text
    assert incident not in (await get(front, "/desk/incidents?text=kopi")).text
    assert filed["ticket"] in (await get(front, f"/desk/incidents/{incident}")).text
    assert (await get(front, "/desk/incidents/00000000-0000-4000-8000-000000000000")).status_code == 404
    untitled = await post(front, f"/desk/cases/{filed['ticket']}/link", {"link_reason": "x"})
    assert untitled.status_code == 422
    taken_out = await post(front, f"/desk/cases/{filed['ticket']}/unlink", {"unlink_reason": "Lain."})
    assert taken_out.status_code == 303
    assert (await get(front, f"/desk/incidents/{incident}")).status_code == 404


async def test_a_case_goes_into_an_incident_that_the_list_on_its_page_has_no_place_for(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zi_intake.read.incidents.INCIDENT_PAGE", 1)
    older, _ = await incident_of(front, COMPLAINT)
    front.clock.pass_by(minutes=1)
    await incident_of(front, COMPLAINT)
    filed = await front.file(COMPLAINT)
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    page = (await get(front, f"/desk/cases/{filed['ticket']}")).text
    assert (older in page, 'href="/desk/incidents"' in page) == (False, True)
    where = f"/desk/incidents/{older}/add"
    unknown = await post(front, where, {"added_ticket": "0000", "link_reason": "Sama."})
    assert unknown.status_code == 422
    assert "No case that you see has this ticket." in unknown.text
    assert "Sama." in unknown.text, "what was typed stays"
    typed = {"added_ticket": f" {filed['ticket'].lower()} ", "link_reason": "Sama."}
    assert (await post(front, where, typed)).status_code == 303
    assert str((await front.office.state(filed["ticket"])).handling.incident) == older


async def test_an_incident_shows_nobody_a_case_that_they_do_not_see(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path) as house:
        filed = await assigned(house, CONFIDENTIAL)
        chosen = {"title": "Laporan rahasia", "link_reason": "x"}
        await post(house, f"/desk/cases/{filed['ticket']}/link", chosen)
        incident = (await house.office.state(filed["ticket"])).handling.incident
        other = await assigned(house, COMPLAINT, "officer-cici")
        guessed = {"incident": str(incident), "link_reason": "x"}
        where = f"/desk/cases/{other['ticket']}/link"
        refused = await post(house, where, guessed, house.staff("officer-cici"))
        assert (refused.status_code, "There is no such incident" in refused.text) == (422, True)
        begun = {"title": "Sambal", "link_reason": "x", "key": str(incident)}
        for _ in "sent", "sent again":
            assert (await post(house, where, begun, house.staff("officer-cici"))).status_code == 303
        assert (await house.office.state(other["ticket"])).handling.incident != incident
        for person, many in (("officer-ani", 1), ("officer-cici", 0)):
            listed = await house.client.get("/desk/incidents", headers=house.staff(person))
            assert listed.text.count("Laporan rahasia") == many, person
            page = await house.client.get(f"/desk/incidents/{incident}", headers=house.staff(person))
            assert page.status_code == (200 if many else 404)
            answer = await house.client.post(
                f"/intake/api/incidents/{incident}/answer",
                json={"answer": "x"},
                headers=house.staff("officer-cici"),
            )
            assert answer.status_code == 404


async def test_the_citizen_is_told_of_a_referral_and_decides_about_the_contact(front: Front) -> None:
    filed = await front.file()
    await front.client.get("/desk/", headers=front.staff())
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    body = {
        "referral_body": "health_office",
        "referral_reason": "Dapur rumah diawasi Dinas Kesehatan.",
        "referral_text": "Sambal berjamur di sebuah kios.",
    }
    where = f"/desk/cases/{filed['ticket']}"
    nobody = await post(front, f"{where}/refer", body | {"referral_body": "neighbour"})
    assert nobody.status_code == 422
    assert (await post(front, f"{where}/refer", body)).status_code == 303
    page = (await get(front, f"/track/{filed['ticket']}", code(filed))).text
    for text in ("Health office", body["referral_reason"], body["referral_text"], "Allow it"):
        assert text in page, text
    assert (
        "referral"
        not in (await get(front, where)).text.partition('name="purpose"')[2].partition("</select>")[0]
    )
    refused = await front.act(filed, "personal-data", {"purpose": "referral"})
    assert (refused.status_code, NAME in refused.text) == (409, False)
    allowed = await post(front, f"/track/{filed['ticket']}/contact", {"allowed": "true"}, code(filed))
    assert allowed.status_code == 303
    opened = await front.act(filed, "personal-data", {"purpose": "referral"})
    assert NAME in opened.text


async def test_a_standard_lets_a_second_person_read_the_answer(front: Front, monkeypatch: Any) -> None:
    filed = await front.file()
    await front.client.get("/desk/", headers=front.staff())
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    tier = Terms.tier
    monkeypatch.setattr(Terms, "tier", lambda *pin: tier(*pin).model_copy(update={"second_person": True}))
    where, boss = f"/desk/cases/{filed['ticket']}", front.staff("supervisor-budi", "supervisor")
    await front.handled(filed, ("answer", {"text": "Belum selesai."}))
    tracked = await front.track(filed)
    assert (tracked["state"], "Belum selesai" in str(tracked)) == ("assigned", False)
    for wanted, person in ((False, None), (True, boss)):
        assert ("/approve-draft" in (await get(front, where, person)).text) == wanted
    draft = (await front.office.state(filed["ticket"])).handling.draft
    assert draft is not None
    returned = await post(
        front, f"{where}/return-draft", {"draft": str(draft.draft), "draft_reason": "Kapan?"}, boss
    )
    assert returned.status_code == 303, returned.text
    await front.handled(filed, ("answer", {"text": "Selesai besok."}))
    stale = await post(front, f"{where}/approve-draft", {"draft": str(draft.draft)}, boss)
    assert stale.status_code == 422
    draft = (await front.office.state(filed["ticket"])).handling.draft
    assert draft is not None
    sent = await post(front, f"{where}/approve-draft", {"draft": str(draft.draft)}, boss)
    assert sent.status_code == 303, sent.text
    tracked = await front.track(filed)
    assert tracked["state"] == "answered"
    assert [each["text"] for each in tracked["messages"]][1:] == ["Selesai besok."]
    assert "Kapan?" not in str(tracked)


async def test_what_was_opened_stays_open_while_a_form_is_mended(front: Front) -> None:
    filed = await front.file()
    await front.client.get("/desk/", headers=front.staff())
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    where = f"/desk/cases/{filed['ticket']}"
    opened = await post(front, f"{where}/open", {"purpose": "contact"})
    assert NAME in opened.text
    assert 'name="opened" value="contact"' in opened.text
    mended = await post(front, f"{where}/answer", {"answer": "", "opened": "contact"})
    assert (mended.status_code, NAME in mended.text) == (422, True)
    assert 'name="opened" value="contact"' in mended.text
    for purpose in ("", "anything", "referral"):
        closed = await post(front, f"{where}/answer", {"answer": "", "opened": purpose})
        assert (closed.status_code, NAME in closed.text) == (422, False), purpose
    other = {"answer": "", "opened": "contact"}
    recorded = await post(front, f"{where}/answer", other, front.staff("officer-cici"))
    assert NAME in recorded.text
    types = [each["type"] for each in (await front.track(filed))["timeline"]]
    assert types.count("zi.intake.personal_data_opened") == 2, "one of each reader"


async def test_a_visit_is_told_and_its_findings_stay_inside(front: Front) -> None:
    filed = await front.file()
    await front.client.get("/desk/", headers=front.staff())
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    where = f"/desk/cases/{filed['ticket']}"
    body = {"visited_on": "2026-03-01", "outcome": "as_reported", "findings": "Jamur pada tiga botol."}
    assert (await post(front, f"{where}/visit", body | {"visited_on": "soon"})).status_code == 422
    assert (await post(front, f"{where}/visit", body)).status_code == 303
    tracked = await front.track(filed)
    assert "Jamur" not in str(tracked)
    assert tracked["timeline"][-1]["type"] == "zi.intake.visit_recorded"
    opened = await front.act(filed, "personal-data", {"purpose": "handling"})
    assert "Jamur pada tiga botol." in opened.text
