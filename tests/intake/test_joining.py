"""Whoever complains about a published incident is offered to join it before sending; the complaint stays a case of its own."""

import re
from uuid import uuid4

import httpx
import pytest
from tests.intake import acts
from tests.intake.acts import after, events
from tests.intake.front import COMPLAINT, NAME, Front
from tests.intake.lines import assigned
from tests.intake.test_complaint_steps import checked, hidden
from tests.intake.test_handling import get, incident_of, post
from tests.intake.test_pages import post as sent
from tests.intake.test_pages import value_of

from zi_intake.bodies.filings import ComplaintBody
from zi_intake.domain.case import refusals
from zi_intake.domain.case.state import Status
from zi_intake.domain.incident_match import Matter
from zi_intake.read import incidents, published_incidents
from zi_intake.read.published_incidents import MOST_OFFERED
from zi_intake.use_cases import case_by_case
from zi_intake.use_cases.filing import matter_of

TITLE = "Sambal botol berjamur"
WORDS = {
    "public_title": TITLE,
    "public_product": "Sambal Rahasia",
    "public_number": "MD 123456789012",
    "district": "tarakan",
    "commodity": "pangan_olahan",
    "days": "30",
}
OFFERED = "Others have reported this already"
ANOTHER: dict[str, str] = {"product.name": "Kopi", "product.registration_number": ""}


def second(front: Front) -> dict[str, str]:
    return front.staff("supervisor-budi", "supervisor")


async def proposed(front: Front, reports: int = 2, **changes: str) -> str:
    incident, *_ = await incident_of(front, *[COMPLAINT] * reports)
    page = await post(front, f"/desk/incidents/{incident}/propose", WORDS | changes)
    assert page.status_code == 303, page.text
    return str(incident)


async def published(front: Front, reports: int = 2, **changes: str) -> str:
    incident = await proposed(front, reports, **changes)
    await publish(front, incident)
    return incident


async def publish(front: Front, incident: str) -> None:
    page = await get(front, f"/desk/incidents/{incident}", second(front))
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page.text)
    assert digest, page.text
    done = await post(front, f"/desk/incidents/{incident}/publish", {"digest": digest[1]}, second(front))
    assert done.status_code == 303, done.text


async def ended(front: Front, incident: str) -> None:
    done = await post(front, f"/desk/incidents/{incident}/end-publication", {"ending": "over"})
    assert done.status_code == 303


async def join(front: Front, page: httpx.Response, incident: str, **changes: str) -> str:
    receipt = await sent(front, "/complaints", hidden(page) | {"joins": incident} | changes)
    assert receipt.url.path.endswith("/receipt"), receipt.text
    return value_of(receipt, "Ticket")


async def linked(front: Front, ticket: str) -> str | None:
    incident = (await front.office.state(ticket)).handling.incident
    return None if incident is None else str(incident)


async def test_a_complaint_joins_and_stays_a_case_of_its_own(front: Front) -> None:
    incident = await published(front)
    page = await checked(front)
    assert (OFFERED in page.text, TITLE in page.text) == (True, True)
    before = front.recorded
    ticket = await join(front, page, incident)
    assert (await linked(front, ticket), front.recorded) == (incident, before + 2)
    again = await join(front, page, incident)
    assert (again, front.recorded) == (ticket, before + 2), "sent twice, filed and joined once"
    assert ticket in (await get(front, f"/desk/incidents/{incident}")).text


async def test_nobody_has_to_join(front: Front) -> None:
    await published(front)
    page = await checked(front)
    assert re.search(r'name="joins" value=""[^>]* checked', page.text), (
        "a complaint of its own is the standard"
    )
    assert await linked(front, await join(front, page, "")) is None


async def test_what_is_published_is_offered_to_those_alone_who_report_the_same(front: Front) -> None:
    await published(front)
    for changes in (
        ANOTHER,
        {"district": "nunukan"},
        {"kind": "service"},
        {"kind": "topic:conduct"},
        {"protection.confidential": "yes"},
        {"product.name": ""},
    ):
        page = await checked(front, **changes)
        assert (page.status_code, OFFERED in page.text, TITLE in page.text) == (200, False, False), changes
    by_number = await checked(front, district="nunukan", **{"product.registration_number": "md-123456789012"})
    assert TITLE in by_number.text


async def test_words_that_wait_are_offered_to_nobody(front: Front) -> None:
    incident = await proposed(front)
    page = await checked(front)
    assert TITLE not in page.text
    ticket = await join(front, page, incident)
    assert await linked(front, ticket) is None, "a complaint that names it is filed and joins nothing"


async def test_an_incident_that_ends_between_check_and_sending_loses_nothing(front: Front) -> None:
    incident = await published(front)
    page = await checked(front)
    await ended(front, incident)
    receipt = await sent(front, "/complaints", hidden(page) | {"joins": incident})
    assert "What you chose to join takes no more reports" in receipt.text
    ticket = value_of(receipt, "Ticket")
    assert await linked(front, ticket) is None
    assert (await front.office.state(ticket)).status is Status.FILED


async def test_its_time_ends_by_itself(front: Front) -> None:
    incident = await published(front, days="7")
    page = await checked(front)
    front.clock.pass_days(7)
    assert TITLE not in (await checked(front)).text
    assert await linked(front, await join(front, page, incident)) is None
    assert "Propose the words" in (await get(front, f"/desk/incidents/{incident}")).text


async def test_a_complaint_about_something_else_joins_nothing_whatever_it_names(front: Front) -> None:
    """Somebody fills an incident with complaints that do not belong there, by a form of their own."""
    incident = await published(front)
    for changes in (ANOTHER, {"protection.confidential": "yes"}, {"kind": "service"}):
        page = await checked(front, **changes)
        assert await linked(front, await join(front, page, incident)) is None, changes
    unknown = await join(front, await checked(front), str(uuid4()))
    assert await linked(front, unknown) is None


async def test_a_program_joins_like_a_page_and_a_repeat_gives_the_same_answer(front: Front) -> None:
    incident, key = await published(front), str(uuid4())
    first = await front.file(COMPLAINT | {"joins": incident}, key)
    await ended(front, incident)
    assert await front.file(COMPLAINT | {"joins": incident}, key) == first
    assert await linked(front, first["ticket"]) == incident
    apart = await front.file(COMPLAINT | {"joins": incident}, key := str(uuid4()))
    await post(front, f"/desk/incidents/{incident}/propose", WORDS)
    await publish(front, incident)
    assert await front.file(COMPLAINT | {"joins": incident}, key) == apart
    assert await linked(front, apart["ticket"]) is None, "a repeat decides nothing anew"


async def test_reporters_learn_nothing_of_each_other(front: Front) -> None:
    incident = await published(front)
    ticket = await join(front, await checked(front), incident)
    filed = {"ticket": ticket, "code": front.office.names.code(ticket)}
    tracked = await front.track(filed)
    assert "Nobody else sees your case." in str(tracked) or "terlihat" in str(tracked)
    assert not [each for each in (incident, TITLE) if each in str(tracked)]
    messages = [row.message for row in front.office.store.messages(0, 1000)]
    of_cases = [each for each in messages if b'"zi.intake.case_linked"' in each]
    assert of_cases
    assert not [each for each in of_cases if incident.encode() in each]
    assert not [each for each in messages if TITLE.encode() in each or NAME.encode() in each]


async def test_no_number_is_shown_however_many_report(front: Front) -> None:
    """One that changes tells a business which customer complained: it could join itself, and wait for the next step."""
    incident = await published(front)
    before = (await checked(front)).text.partition(OFFERED)[2].partition("</fieldset>")[0]
    for _ in range(3):
        await join(front, await checked(front), incident)
    after_joining = (await checked(front)).text.partition(OFFERED)[2].partition("</fieldset>")[0]
    assert before == after_joining != ""


async def taken_out(front: Front, ticket: str) -> None:
    done = await post(front, f"/desk/cases/{ticket}/unlink", {"unlink_reason": "Produk lain."})
    assert done.status_code == 303, done.text


async def test_a_publication_whose_reports_are_taken_out_is_offered_no_more_and_can_be_ended(
    front: Front,
) -> None:
    """Of a single report that is left the business would know the reporter."""
    incident, *cases = await incident_of(front, COMPLAINT, COMPLAINT)
    where = f"/desk/incidents/{incident}"
    assert (await post(front, f"{where}/propose", WORDS)).status_code == 303
    await publish(front, incident)
    page = await checked(front)
    await taken_out(front, cases[0]["ticket"])
    assert TITLE not in (await checked(front)).text
    assert await linked(front, await join(front, page, incident)) is None
    await taken_out(front, cases[1]["ticket"])
    assert f'href="{where}"' in (await get(front, "/desk/incidents")).text
    assert f'href="{where}"' in (await get(front, "/desk/incidents?text=botol")).text
    assert "It is public" in (await get(front, where, front.staff("officer-cici"))).text
    done = await post(front, f"{where}/end-publication", {"ending": "over"})
    assert (done.status_code, done.headers["location"]) == (303, "/desk/incidents")
    assert (await get(front, where)).status_code == 404


async def test_what_was_public_can_be_proven_by_its_event(front: Front) -> None:
    incident = await published(front)
    await ended(front, incident)
    await post(front, f"/desk/incidents/{incident}/propose", WORDS | {"public_title": "Ditulis keliru"})
    await post(front, f"/desk/incidents/{incident}/propose", WORDS | {"public_title": "Sambal basi"})
    await publish(front, incident)
    rows = await front.office.store.query(lambda tx: tx.execute("SELECT * FROM publication_words"))
    assert {row["title"] for row in rows} == {TITLE, "Sambal basi"}, "what was never public is not kept"
    messages = [row.message for row in front.office.store.messages(0, 1000)]
    public = [each for each in messages if b'"zi.intake.incident_published"' in each]
    assert len(public) == 2
    assert all(any(row["digest"].encode() in each for each in public) for row in rows)
    assert "Sambal basi" in (await checked(front)).text


async def test_strangers_fill_no_incident_and_count_none_in_confidence(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await published(front)
    page = await checked(front)
    monkeypatch.setattr(published_incidents, "MOST_JOINED", 3)
    secret = await assigned(front)
    chosen = {"incident": incident, "link_reason": "Sama."}
    assert (await post(front, f"/desk/cases/{secret['ticket']}/link", chosen)).status_code == 303
    assert TITLE in (await checked(front)).text, "one in confidence takes no place"
    last = await join(front, page, incident)
    assert TITLE not in (await checked(front)).text
    over = hidden(page) | {"joins": incident, "key": str(uuid4())}
    receipt = await sent(front, "/complaints", over)
    assert await linked(front, value_of(receipt, "Ticket")) is None
    by = {"X-Case-Code": front.office.names.code(last)}
    gone = await front.client.post(f"/intake/api/cases/{last}/withdraw", headers=by)
    assert gone.status_code == 200, gone.text
    assert TITLE in (await checked(front)).text, "one that was withdrawn leaves its place"
    assert published_incidents.MOST_JOINED < incidents.MOST_CASES


async def test_a_claimed_illness_is_neither_taken_nor_answered_with_the_others(front: Front) -> None:
    """Answered unread, its clock would end in silence."""
    incident = await published(front)
    ticket = await join(front, await checked(front, illness="yes"), incident)
    where = f"/desk/incidents/{incident}"
    page = await get(front, where)
    assert ("Judge these first" in page.text, "Take them" in page.text) == (True, False)
    await post(front, f"{where}/take", {})
    assert (await front.office.state(ticket)).officer is None
    await front.handled({"ticket": ticket}, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    answered = await post(front, f"{where}/answer", {"answer": "Produk ditarik."})
    assert "2 cases were answered" in answered.text
    state = await front.office.state(ticket)
    assert (state.status, state.judge_by is None) == (Status.ASSIGNED, False)
    judged = {"tier": "normative", "reason": "Tidak ada yang sakit.", "subject": "Sambal botol berjamur"}
    await front.handled({"ticket": ticket}, ("triage", judged))
    again = await post(front, f"{where}/answer", {"answer": "Produk ditarik."})
    assert "1 case was answered" in again.text
    assert "Judge these first" not in again.text


async def test_a_report_that_refuses_is_named_and_holds_up_no_other(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is acknowledged in time that nobody took."""
    incident = await published(front)
    entry = {"road": "counter", "complaint": COMPLAINT}
    answer = await front.client.post(
        "/intake/api/entries", json=entry, headers=front.staff() | {"Idempotency-Key": str(uuid4())}
    )
    entered = answer.json()["ticket"]  # by whoever takes the others: a colleague works on it
    most_urgent = "UPDATE cases SET incident = ?, urgency = '' WHERE ticket = ?"
    await front.office.store.writer.submit(
        lambda batch: batch.tx.execute(most_urgent, incident, entered), alone=True
    )
    others = [await join(front, await checked(front), incident) for _ in range(2)]
    monkeypatch.setattr(case_by_case, "MOST_AT_ONCE", 1)
    where = f"/desk/incidents/{incident}"
    for _ in others:
        page = await post(front, f"{where}/take", {})
        assert (page.status_code, "1 report was taken" in page.text) == (422, True)
        assert entered in page.text.partition("1 report stays where it is")[2].partition("</ul>")[0]
    assert {(await front.office.state(each)).officer for each in others} == {"officer-ani"}
    assert (await front.office.state(entered)).status is Status.FILED


async def test_who_cannot_take_them_is_shown_no_button(front: Front) -> None:
    incident = await published(front)
    await join(front, await checked(front), incident)
    where = f"/desk/incidents/{incident}"
    page = await get(front, where, front.staff("head-hana", "head"))
    assert ("1 report that joined" in page.text, "Take them" in page.text) == (True, False)
    assert "Take them" in (await get(front, where)).text


async def test_whoever_enters_a_complaint_joins_nothing_for_its_reporter(front: Front) -> None:
    incident = await published(front)
    entry = {"road": "counter", "complaint": COMPLAINT | {"joins": incident}}
    refused = await front.client.post("/intake/api/entries", json=entry, headers=front.staff())
    assert (refused.status_code, "Kosongkan joins" in refused.text) == (422, True), refused.text


async def test_what_was_sent_in_confidence_does_not_count(front: Front) -> None:
    """A single open report among confidential ones: published, the business would know who that was."""
    incident, *_ = await incident_of(front, COMPLAINT)
    hidden_case = await assigned(front)
    chosen = {"incident": incident, "link_reason": "Sama."}
    assert (await post(front, f"/desk/cases/{hidden_case['ticket']}/link", chosen)).status_code == 303
    await post(front, f"/desk/incidents/{incident}/propose", WORDS)
    page = await get(front, f"/desk/incidents/{incident}", second(front))
    digest = re.findall(r'name="digest" value="([0-9a-f]{64})"', page.text)
    refused = await post(front, f"/desk/incidents/{incident}/publish", {"digest": digest[0]}, second(front))
    assert refused.status_code == 422
    assert "from 2 reports on" in refused.text
    assert TITLE not in (await checked(front)).text


async def test_a_slandering_title_is_refused_and_what_is_public_ends_at_once(front: Front) -> None:
    incident, *_ = await incident_of(front, COMPLAINT, COMPLAINT)
    where = f"/desk/incidents/{incident}"
    refused = await post(front, f"{where}/propose", WORDS | {"public_title": "Toko Melati menipu"})
    assert (refused.status_code, "name no person and no business" in refused.text) == (422, True)
    assert "Toko Melati menipu" in refused.text, "what was typed stays"
    await post(front, f"{where}/propose", WORDS)
    answer = await post(
        front, f"{where}/publish", {"digest": "0" * 64}, front.staff("officer-ani", "supervisor")
    )
    assert answer.status_code == 422
    by_officer = await post(front, f"{where}/publish", {"digest": "0" * 64}, front.staff("officer-cici"))
    assert by_officer.status_code == 403
    assert (await post(front, f"{where}/end-publication", {})).status_code == 422


async def test_what_joined_holds_up_no_answer_and_is_taken_at_once(front: Front) -> None:
    """Somebody could join again and again, and the others would never be answered."""
    incident = await published(front)
    ticket = await join(front, await checked(front), incident)
    answered = await post(front, f"/desk/incidents/{incident}/answer", {"answer": "Produk ditarik."})
    assert "2 cases were answered" in answered.text
    assert "1 report that joined waits for somebody to take it" in answered.text
    taken = await post(front, f"/desk/incidents/{incident}/take", {"key": str(uuid4())})
    assert taken.status_code == 303
    state = await front.office.state(ticket)
    assert (state.status, state.officer) == (Status.ASSIGNED, "officer-ani")
    again = await post(front, f"/desk/incidents/{incident}/answer", {"answer": "Produk ditarik."})
    assert "1 case was answered" in again.text


async def test_an_officer_takes_out_what_does_not_belong_with_a_reason(front: Front) -> None:
    incident = await published(front)
    ticket = await join(front, await checked(front), incident)
    await post(front, f"/desk/incidents/{incident}/take", {})
    out = await post(front, f"/desk/cases/{ticket}/unlink", {"unlink_reason": "Produk lain."})
    assert out.status_code == 303
    assert await linked(front, ticket) is None
    assert (await front.office.state(ticket)).items[-1].field == "incident.reason"


async def test_who_looks_very_often_is_offered_nothing_and_can_still_file(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await published(front)
    monkeypatch.setattr(front.office.budgets, "_lookups", type(front.office.budgets._lookups)(1))
    assert TITLE in (await checked(front)).text
    page = await checked(front)
    assert TITLE not in page.text
    await join(front, page, incident)
    assert MOST_OFFERED == 3


# -- the rule of a case


def test_a_complaint_joins_when_it_is_sent_and_at_no_other_time() -> None:
    joined = after(*acts.FILED, acts.JOIN)
    assert (joined.handling.incident, joined.status) == (acts.INCIDENT, Status.FILED)
    assert events(*acts.FILED, acts.JOIN, acts.JOIN) == events(*acts.FILED, acts.JOIN)
    for before in (acts.ASSIGNED, (acts.confidential(),), (acts.consultation(),)):
        with pytest.raises(refusals.JoinedAtFilingError):
            after(*before, acts.JOIN)


def test_the_matter_of_a_complaint_is_its_product() -> None:
    assert matter_of(ComplaintBody.model_validate(COMPLAINT)) == Matter(
        "tarakan", "pangan_olahan", "Sambal Rahasia", "MD 123456789012"
    )
