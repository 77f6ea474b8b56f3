import re

import httpx
import pytest
from tests.certificates.inside import STATED, Inside, sample_item
from tests.certificates.steps import MISSING
from tests.certificates.visiting import Visiting
from tests.web.browsing import Browser, hidden, hidden_fields, scripts_of

from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.domain.statement import StatedProduct
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.appointments import appointments_made
from zi_certificates.use_cases.statement_checks import CONSIGNEE, PRODUCER
from zi_certificates.web.pages.desk_choices import WHERE, WHERE_MORE
from zi_contracts.certificates import PublishedFinding

DESK = "/certificates/desk/"
UNREADABLE = (PublishedFinding(reason="document_unreadable", where="documents.invoice"),)
LIMIT = 100_000
FOUND_BOXES = re.compile(r'name="(found\.[^"]+)"')


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


@pytest.fixture
def evaluator(visiting: Visiting) -> Browser:
    return visiting.person("evaluator-ani", "evaluator")


@pytest.fixture
def signer(visiting: Visiting) -> Browser:
    return visiting.person("signer-budi", "signer", name="Budi Contoh")


@pytest.fixture
def head(visiting: Visiting) -> Browser:
    return visiting.person("head-dewi", "head", name="Dewi Contoh")


@pytest.fixture
def supervisor(visiting: Visiting) -> Browser:
    return visiting.person("supervisor-eka", "supervisor")


def at_desk(request: IntakeRequest) -> str:
    return f"{DESK}applications/{request.ticket}"


async def done(browser: Browser, page: str, command: str, **form: str) -> httpx.Response:
    """As a person does: looks at the page, fills in the form, sends it."""
    response = await browser.get(page)
    revision = {"revision": hidden(response, "revision")} if 'name="revision"' in response.text else {}
    return await browser.post(f"{page}/{command}", {"key": hidden(response), **revision, **form})


# -- who comes in


async def test_whoever_is_not_signed_in_is_asked_to(visiting: Visiting) -> None:
    answer = await visiting.stranger().get(DESK)
    assert answer.headers["location"] == "/sign-in?next=%2Fcertificates%2Fdesk%2F"


@pytest.mark.parametrize("role", ["applicant", "auditor", "mentor"])
async def test_other_roles_do_not_come_to_the_desk(visiting: Visiting, role: str) -> None:
    assert (await visiting.person("somebody", role).get(DESK)).status_code == 403


async def test_an_acting_signer_of_any_role_of_the_staff_comes_in_and_signs(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.passed()
    now = inside.clock.now()
    mentor = visiting.person("mentor-joko", "mentor", name="Joko Contoh")
    assert (await mentor.get(DESK)).status_code == 403
    await inside.office.appointing.appoint(
        inside.staff("head-dewi", "head"), None, "mentor-joko", now, now.replace(day=28)
    )
    assert request.ticket in (await mentor.get(DESK)).text
    page = await done(mentor, at_desk(request), "sign")
    assert "Signed, being sealed" in page.text
    assert "Plh." in inside.vault.texts(request.ticket, "letter.content")[0]


async def test_each_role_sees_its_own_work(
    visiting: Visiting, inside: Inside, evaluator: Browser, signer: Browser
) -> None:
    ready = await inside.passed()
    officer = visiting.person("officer-ira", "officer")
    assert "Take the next" in (await evaluator.get(DESK)).text
    assert "1 application waits for a signature" in (await signer.get(DESK)).text
    page = await officer.get(DESK)
    assert "Accounts to verify" in page.text
    assert "Take the next" not in page.text
    assert ready.ticket not in page.text


# -- evaluators


async def test_an_evaluator_gets_what_was_complete_first_and_chooses_nothing(
    inside: Inside, evaluator: Browser
) -> None:
    first = await inside.paid("one", business="1" * 64)
    await inside.paid("two", business="2" * 64)
    page = await evaluator.get(DESK)
    assert "2 applications wait in the queue." in page.text
    taken = await evaluator.post(f"{DESK}take", {"key": hidden(page)})
    assert taken.url.path == at_desk(first)
    again = await evaluator.post(f"{DESK}take", {"key": hidden(page)})
    assert again.url.path == at_desk(first)


async def test_with_one_in_hand_no_button_takes_a_second(inside: Inside, evaluator: Browser) -> None:
    """It would be refused; while the applicant is asked for something, the next may be taken."""
    request = await taken(inside)
    page = (await evaluator.get(DESK)).text
    assert f"You have {request.ticket} in hand: decide about it" in page
    assert "Take the next" not in page
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, (MISSING,))
    page = (await evaluator.get(DESK)).text
    assert request.ticket in page
    assert "Take the next" in page


async def test_who_may_take_nothing_is_told_so_on_the_desk(
    visiting: Visiting, inside: Inside, evaluator: Browser
) -> None:
    page = await evaluator.post(f"{DESK}take", {})
    assert page.status_code == 409
    assert "No application waits for an evaluator now." in page.text
    officer = visiting.person("officer-ira", "officer")
    assert (await officer.post(f"{DESK}take", {})).status_code == 403


async def taken(inside: Inside) -> IntakeRequest:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    return request


async def test_an_evaluator_passes_what_is_in_order(inside: Inside, evaluator: Browser) -> None:
    request = await taken(inside)
    page = await done(evaluator, at_desk(request), "pass")
    assert page.status_code == 200
    assert (await inside.state(request)).evaluators == ("evaluator-ani",)


async def test_an_evaluator_asks_with_reasons_from_the_list_and_own_words_that_are_kept_apart(
    inside: Inside, evaluator: Browser
) -> None:
    request = await taken(inside)
    form = {
        "reasons.0.reason": "document_unreadable",
        "reasons.0.where": "documents.invoice",
        "reasons.1.reason": "name_differs",
        "reasons.1.where": "items",
        "reasons.1.item": "1",
        "note": "Page two is dark.",
        "verdict": "ask-data",
    }
    await done(evaluator, at_desk(request), "judge", **form)
    assert (await inside.state(request)).status is ApplicationStatus.NEED_DATA
    assert inside.vault.texts(request.ticket, "note") == ["Page two is dark."]
    last = inside.office.store.messages(0, 1000)[-1].message
    assert b"name_differs" in last
    assert b"dark" not in last


async def test_no_verdict_without_a_reason_and_the_words_stay(inside: Inside, evaluator: Browser) -> None:
    request = await taken(inside)
    page = await done(evaluator, at_desk(request), "judge", note="It is just wrong.", verdict="reject")
    assert page.status_code == 409
    assert "Pick at least one reason" in page.text
    assert "It is just wrong." in page.text
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION
    half = {"reasons.0.reason": "expired", "verdict": "reject"}
    assert (await done(evaluator, at_desk(request), "judge", **half)).status_code == 409


def test_whatever_a_product_states_can_be_named_as_the_place_of_a_fault() -> None:
    assert StatedProduct.model_fields.keys() - {"number", "unit_code"} <= {*WHERE, *WHERE_MORE}
    assert {PRODUCER, CONSIGNEE} <= {*WHERE, *WHERE_MORE}


async def test_what_the_rules_find_is_ticked(visiting: Visiting, inside: Inside, evaluator: Browser) -> None:
    request = await taken(inside)
    await _restated(inside, request, "19059010")
    officer = inside.staff("officer-ira", "officer")
    await inside.office.deciding.verify_account(request.ticket, officer, None, 2)
    page = await evaluator.get(at_desk(request))
    assert "This HS code isn&#39;t on your account&#39;s approved list" in page.text
    [ticked] = FOUND_BOXES.findall(page.text)
    await done(evaluator, at_desk(request), "judge", **{ticked: "yes", "verdict": "ask-data"})
    answer = await visiting.owner(request).get(f"/certificates/applications/{request.ticket}")
    assert "Next: send what the office asks for" in answer.text
    assert "Product 1: HS code" in answer.text


async def test_only_who_took_it_has_the_forms(visiting: Visiting, inside: Inside) -> None:
    request = await taken(inside)
    other = visiting.person("evaluator-eko", "evaluator")
    page = await other.get(at_desk(request))
    assert "It is in order" not in page.text
    page = await other.post(f"{at_desk(request)}/pass", {"revision": "1"})
    assert page.status_code == 409
    assert "Only the evaluator who took the application" in page.text


async def test_what_was_typed_when_the_sign_in_had_ended_is_kept_until_they_have_signed_in_again(
    visiting: Visiting, inside: Inside, evaluator: Browser
) -> None:
    request = await taken(inside)
    response = await evaluator.get(at_desk(request))
    note = 'Faktur "asli",\nmohon <jelas>.'
    reason = {"reasons.0.reason": "document_unreadable", "reasons.0.where": "documents.invoice"}
    unseen = {"key": hidden(response), "revision": hidden(response, "revision")}
    typed = {**unseen, "verdict": "ask-data", "note": note, **reason}
    where = f"{at_desk(request)}/judge"
    page = await visiting.stranger().post(where, typed)
    assert page.status_code == 401
    assert 'href="/sign-in?next=%2F" target="_blank"' in page.text
    assert f'action="{where}"' in page.text
    assert hidden_fields(page) == typed
    assert inside.vault.texts(request.ticket, "note") == []
    assert (await evaluator.post(where, hidden_fields(page))).status_code == 200
    assert inside.vault.texts(request.ticket, "note") == [note]


async def test_who_only_looks_without_a_sign_in_is_sent_to_sign_in(
    visiting: Visiting, inside: Inside
) -> None:
    request = await taken(inside)
    answer = await visiting.stranger().get(at_desk(request))
    assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    answer = await visiting.client.post("/certificates/api/queue/take")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_an_evaluator_or_a_supervisor_gives_it_back(
    inside: Inside, evaluator: Browser, supervisor: Browser
) -> None:
    request = await taken(inside)
    page = await done(evaluator, at_desk(request), "release")
    assert page.status_code == 422
    assert 'href="#field-release"' in page.text
    await done(supervisor, at_desk(request), "release", release="absence")
    assert (await inside.state(request)).status is ApplicationStatus.QUEUED


async def test_who_evaluates_too_is_not_offered_to_take_it_away_from_a_colleague(
    visiting: Visiting, inside: Inside, supervisor: Browser
) -> None:
    request = await taken(inside)
    assert "Give it back to the queue" in (await supervisor.get(at_desk(request))).text
    both = visiting.person("supervisor-eka", "supervisor", "evaluator")
    assert "Give it back to the queue" not in (await both.get(at_desk(request))).text
    page = await both.post(f"{at_desk(request)}/release", {"release": "absence"})
    assert page.status_code == 409
    assert "or a supervisor who does not evaluate, gives it back" in page.text
    assert (await inside.state(request)).officer == "evaluator-ani"


async def test_who_is_hindered_is_told_and_has_no_forms(inside: Inside, evaluator: Browser) -> None:
    request = await taken(inside)
    await inside.declared("evaluator-ani")
    page = await evaluator.get(at_desk(request))
    assert "You may not decide here" in page.text
    assert "Reject for these reasons" not in page.text
    assert (await done(evaluator, at_desk(request), "pass")).status_code == 409


# -- signers


async def test_a_signer_sees_what_changed_since_the_office_asked(inside: Inside, signer: Browser) -> None:
    request = await taken(inside)
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, UNREADABLE)
    await inside.office.applying.change_item(request, inside.citizen(request), None, 1, sample_item("B-999"))
    page = await signer.get(at_desk(request))
    assert "Since the office asked for more" in page.text
    assert "Since it was submitted" in page.text
    assert page.text.count("B-999") >= 3


async def test_a_signer_signs_for_contents_that_are_kept(inside: Inside, signer: Browser) -> None:
    request = await inside.passed()
    page = await done(signer, at_desk(request), "sign")
    assert "Signed, being sealed" in page.text
    [content] = inside.vault.texts(request.ticket, "letter.content")
    assert "Budi Contoh" in content


async def test_a_signer_sends_back_with_reasons_that_the_evaluator_reads(
    inside: Inside, signer: Browser, evaluator: Browser
) -> None:
    request = await inside.passed()
    form = {"reasons.0.reason": "invoice_differs", "reasons.0.where": "invoice", "note": "Lihat halaman dua."}
    await done(signer, at_desk(request), "send-back", **form)
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION
    assert "Lihat halaman dua." not in (await evaluator.get(at_desk(request))).text
    assert "Lihat halaman dua." in (await done(evaluator, at_desk(request), "open")).text


async def test_who_evaluated_has_no_form_to_sign(visiting: Visiting, inside: Inside) -> None:
    request = await inside.passed()
    both = visiting.person("evaluator-ani", "evaluator", "signer")
    assert "You sign for" not in (await both.get(at_desk(request))).text
    page = await done(both, at_desk(request), "sign")
    assert "somebody else has to sign" in page.text
    assert inside.vault.texts(request.ticket, "letter.content") == []


async def test_an_issued_letter_is_suspended_reinstated_and_revoked_with_reasons(
    visiting: Visiting, inside: Inside, signer: Browser
) -> None:
    request = await inside.signed()
    [number] = await inside.sealed(request)
    [letter] = (await inside.state(request)).letters
    command, why, note = f"letters/{letter.id}", f"standing.{letter.id}", f"standing_note.{letter.id}"
    page = await done(signer, at_desk(request), command, verdict="suspend")
    assert (page.status_code, f'href="#field-standing-{letter.id}"' in page.text) == (422, True)
    await done(signer, at_desk(request), command, verdict="suspend", **{why: "unsafe_product"})
    assert (await inside.state(request)).status is ApplicationStatus.SUSPENDED
    again = f"reinstatement.{letter.id}"
    other = visiting.person("head-dewi", "head", name="Dewi Contoh")
    page = await done(other, at_desk(request), command, verdict="reinstate", **{note: "All is well."})
    assert (page.status_code, "All is well.</textarea>" in page.text) == (422, True)
    assert f'href="#field-reinstatement-{letter.id}"' in page.text
    page = await done(signer, at_desk(request), command, verdict="reinstate", **{again: "cause_removed"})
    assert "You suspended this letter yourself" in page.text
    cause = {again: "cause_removed", note: "All is well."}
    page = await done(other, at_desk(request), command, verdict="reinstate", **cause)
    assert "The cause of the suspension was removed" in page.text
    assert f"Suspend {number}" in page.text
    assert inside.vault.texts(request.ticket, "note") == ["All is well."]
    company = visiting.owner(request)
    assert "All is well." in (await company.get(f"/certificates/applications/{request.ticket}")).text
    inside.vault.is_away = True
    assert "All is well." not in (await company.get(f"/certificates/applications/{request.ticket}")).text
    inside.vault.is_away = False
    page = await done(signer, at_desk(request), command, verdict="revoke", **{why: "false_statement"})
    assert "Revoked" in page.text
    assert f"Suspend {number}" not in page.text


# -- what is opened


async def test_names_are_closed_until_they_are_opened_and_shown_once(
    inside: Inside, evaluator: Browser
) -> None:
    request = await taken(inside)
    page = await evaluator.get(at_desk(request))
    assert "PT one" not in page.text
    opened = await done(evaluator, at_desk(request), "open")
    assert "PT one" in opened.text
    assert "PT one" not in (await evaluator.get(at_desk(request))).text


async def test_producer_and_consignee_are_opened_with_the_company_as_they_are_stated_now(
    inside: Inside, evaluator: Browser
) -> None:
    """Also where the company is opened under an earlier request: they are of this one."""
    first = await inside.paid("first")
    request = await inside.requested("second", account=first.ticket)
    await inside.drafted(request)
    applying, by = inside.office.applying, inside.citizen(request)
    for producer in ("CV Lama, Jalan 4", "CV Baru, Jalan 5"):
        await applying.state_parties(request, by, None, {"letter.producer": producer})
    await applying.submit(request, by, None, (await inside.state(request)).revision)
    assert "CV Baru" not in (await evaluator.get(at_desk(request))).text
    opened = await done(evaluator, at_desk(request), "open")
    assert "CV Baru, Jalan 5" in opened.text
    assert "CV Lama" not in opened.text


async def test_while_the_vault_is_away_nothing_is_opened(inside: Inside, evaluator: Browser) -> None:
    request = await taken(inside)
    inside.office._vault = None
    page = await done(evaluator, at_desk(request), "open")
    assert page.status_code == 503
    assert "PT one" not in page.text


async def test_an_official_who_opens_too_much_is_told_to_wait(inside: Inside, evaluator: Browser) -> None:
    request = await taken(inside)
    inside.vault.refusal = "too_many"
    page = await done(evaluator, at_desk(request), "open")
    assert (page.status_code, page.headers["retry-after"]) == (429, "60")
    assert "as often as the office allows" in page.text
    assert "PT one" not in page.text


async def test_a_document_is_opened_at_intake_which_records_it_first(
    inside: Inside, evaluator: Browser
) -> None:
    request = await taken(inside)
    state = await inside.state(request)
    assert state.statement is not None
    page = await evaluator.get(at_desk(request))
    for document in state.statement.documents:
        assert f'action="/desk/cases/{request.ticket}/files/{document.file.item}"' in page.text
    assert 'name="purpose" value="evaluation"' in page.text


async def test_lists_show_no_personal_data(visiting: Visiting, inside: Inside) -> None:
    await inside.paid("one", business="1" * 64)
    everything = visiting.person("everybody", "evaluator", "signer", "supervisor", "officer", "head")
    page = await everything.get(DESK)
    assert "PT one" not in page.text
    assert "Bunga" not in page.text


# -- exceptions


async def test_a_list_names_who_evaluated_and_nobody_yet_only_where_an_evaluator_is_awaited(
    inside: Inside, supervisor: Browser
) -> None:
    """Lists also said so of applications that were decided, or ended before anybody could take them."""
    decided, waits = await inside.signed(), await inside.paid("waits", business="d" * 64)
    over = await inside.submitted("over", business="e" * 64)
    await inside.office.applying.withdraw(over, inside.citizen(over), None)
    page = (await supervisor.get("/certificates/desk/applications?queue=all")).text
    lines = {
        each.ticket: page.partition(f">{each.ticket}</a>")[2].partition("</tr>")[0]
        for each in (decided, waits, over)
    }
    last = {
        ticket: line.rpartition('data-heading="Evaluator"><span>')[2].partition("<")[0]
        for ticket, line in lines.items()
    }
    assert last == {
        decided.ticket: "evaluator-ani, evaluator-eko",
        waits.ticket: "Nobody yet",
        over.ticket: "–",
    }


async def test_an_exception_takes_two_and_shows_on_the_desk(
    visiting: Visiting, inside: Inside, supervisor: Browser, head: Browser
) -> None:
    await inside.declared("evaluator-ani")
    request = await inside.paid()
    form = {"official": "evaluator-ani", "override": "no_other_official"}
    await done(supervisor, at_desk(request), "ask-override", **form)
    assert "Approve the exception" not in (await supervisor.get(at_desk(request))).text
    assert "Exceptions to be decided" in (await head.get(DESK)).text
    override = {"official": "evaluator-ani", "reason": "no_other_official"}
    await done(head, at_desk(request), "approve-override", **override)
    assert "evaluator-ani" in (await inside.state(request)).excused


async def test_whoever_decides_about_an_exception_reads_why_it_is_asked_for(
    inside: Inside, head: Browser
) -> None:
    request, why = await inside.paid(), "Yang lain sedang cuti."
    await inside.office.deciding.ask_override(
        request.ticket, inside.staff("supervisor-eka", "supervisor"), None, "evaluator-ani", "emergency", why
    )
    assert why not in (await head.get(at_desk(request))).text
    assert why in (await done(head, at_desk(request), "open")).text


async def test_an_exception_is_refused(inside: Inside, supervisor: Browser, head: Browser) -> None:
    request = await inside.paid()
    page = await done(supervisor, at_desk(request), "ask-override", official="no such name!", override="")
    assert page.status_code == 422
    assert "no such name!" in page.text
    assert 'href="#field-override"' in page.text
    form = {"official": "evaluator-ani", "override": "emergency"}
    await done(supervisor, at_desk(request), "ask-override", **form)
    await done(head, at_desk(request), "refuse-override", official="evaluator-ani", reason="emergency")
    state = await inside.state(request)
    assert (state.override, state.excused) == (None, frozenset())


# -- accounts


async def test_an_officer_verifies_a_complete_account(visiting: Visiting, inside: Inside) -> None:
    officer = visiting.person("officer-ira", "officer")
    request = await inside.requested()
    await inside.verified(request)
    await _restated(inside, request, "21039012", "19059010")
    assert request.ticket in (await officer.get(DESK)).text
    page = f"{DESK}accounts/{request.ticket}"
    assert "HS codes verified before" in (await officer.get(page)).text
    await done(officer, page, "verify")
    _, _, account = await inside.office.applying.account(request)
    assert account.verified == account.details


async def _restated(inside: Inside, request: IntakeRequest, *codes: str) -> None:
    _, _, account = await inside.office.applying.account(request)
    assert account.details is not None
    stated = STATED.model_copy(update={"documents": account.details.documents, "hs_codes": codes})
    await inside.office.applying.change_account(request, inside.citizen(request), None, stated)


async def test_an_officer_refuses_an_incomplete_account_with_reasons(
    visiting: Visiting, inside: Inside
) -> None:
    officer = visiting.person("officer-ira", "officer")
    request = await inside.requested()
    await inside.office.applying.open_account(request, inside.citizen(request), None, STATED)
    page = f"{DESK}accounts/{request.ticket}"
    refused = await done(officer, page, "verify")
    assert (refused.status_code, "Something that the rules ask of an account" in refused.text) == (409, True)
    assert (await done(officer, page, "refuse")).status_code == 409
    [missing, *_] = FOUND_BOXES.findall((await officer.get(page)).text)
    await done(officer, page, "refuse", **{missing: "yes"})
    answer = await visiting.owner(request).get(f"/certificates/applications/{request.ticket}/account")
    assert "Not in order" in answer.text
    assert "Attach the document that is asked for." in answer.text


async def test_the_data_of_an_account_are_opened_too(visiting: Visiting, inside: Inside) -> None:
    officer = visiting.person("officer-ira", "officer")
    request = await inside.requested()
    await inside.office.applying.open_account(request, inside.citizen(request), None, STATED)
    page = await done(officer, f"{DESK}accounts/{request.ticket}", "open")
    assert "Jalan Gudang 3" in page.text


async def test_no_account_of_that_name(visiting: Visiting) -> None:
    officer = visiting.person("officer-ira", "officer")
    assert (await officer.get(f"{DESK}accounts/3C7K9M2Q5")).status_code == 404


# -- acting signers


async def test_the_head_appoints_by_the_clock_of_the_office_and_ends_it(
    inside: Inside, head: Browser
) -> None:
    page = f"{DESK}appointments"
    await inside.known("officer-ira", "auditor", "officer")
    await inside.known("auditor-wira", "auditor")
    listed = (await head.get(page)).text
    assert '<option value="officer-ira">' in listed
    assert "auditor-wira" not in listed
    assert 'value="head-dewi"' not in listed
    form = {"official": "officer-ira", "begins": "2026-12-07T08:00", "ends": "2026-12-09T16:00"}
    response = await head.get(page)
    answer = await head.post(page, {"key": hidden(response), **form})
    assert "In force" in answer.text
    [made] = (await inside.office.store.query(appointments_made)).rows
    assert made.begins.isoformat() == "2026-12-07T00:00:00+00:00"
    answer = await head.post(f"{page}/{made.appointment}/end", {"key": hidden(answer)})
    assert "Ended early" in answer.text


async def test_a_refused_appointment_keeps_what_was_typed(head: Browser) -> None:
    form = {"official": "officer-ira", "begins": "2026-12-09T08:00", "ends": "2026-12-08T16:00"}
    page = await head.post(f"{DESK}appointments", form)
    assert page.status_code == 409
    assert "An appointment ends after it begins" in page.text
    assert 'value="2026-12-09T08:00"' in page.text
    page = await head.post(f"{DESK}appointments", {**form, "begins": "soon"})
    assert (page.status_code, 'value="soon"' in page.text) == (422, True)
    assert "From: Write day and time, for example 2026-12-31T09:00." in page.text
    page = await head.post(f"{DESK}appointments", {**form, "begins": "2026-11-31T08:00"})
    assert "From: There is no such day in the calendar" in page.text


async def test_the_head_is_told_at_the_name_that_nobody_appoints_themselves(head: Browser) -> None:
    form = {"official": "head-dewi", "begins": "2026-12-08T08:00", "ends": "2026-12-09T16:00"}
    page = await head.post(f"{DESK}appointments", form)
    assert page.status_code == 409
    assert 'href="#field-official">Official: You sign already' in page.text


async def test_an_empty_appointment_is_missed_at_every_field(head: Browser) -> None:
    page = await head.post(f"{DESK}appointments", {"official": " ", "begins": "", "ends": ""})
    assert page.status_code == 422
    assert [f"{label}: This field is needed." in page.text for label in ("Official", "From", "Until")] == [
        True
    ] * 3


async def test_only_the_head_appoints(supervisor: Browser) -> None:
    assert "Appoint somebody" not in (await supervisor.get(f"{DESK}appointments")).text
    form = {"official": "officer-ira", "begins": "2026-12-07T08:00", "ends": "2026-12-09T16:00"}
    assert (await supervisor.post(f"{DESK}appointments", form)).status_code == 403


# -- finding


async def test_an_application_is_found_by_its_ticket_or_the_number_of_its_letter(
    inside: Inside, signer: Browser
) -> None:
    request = await inside.signed()
    [number] = await inside.sealed(request)
    for wanted in (request.ticket.lower(), number):
        page = await signer.get(f"{DESK}find?wanted={wanted}")
        assert page.url.path == at_desk(request)
    for wanted in ("3C7K9M2Q5", "SKI-2026-999999", ""):
        page = await signer.get(f"{DESK}find?wanted={wanted}")
        assert page.status_code == 404
        assert "There is no application with this ticket, and no letter with this number." in page.text


async def test_what_was_never_begun_is_not_at_the_desk(inside: Inside, signer: Browser) -> None:
    request = await inside.requested()
    assert (await signer.get(at_desk(request))).status_code == 404


async def test_the_pages_of_the_desk_are_small_and_run_drafts_alone(
    inside: Inside, evaluator: Browser
) -> None:
    request = await taken(inside)
    for path in (DESK, at_desk(request), f"{DESK}accounts/{request.ticket}", f"{DESK}appointments"):
        page = await evaluator.get(path)
        assert page.status_code == 200
        assert scripts_of(page) == ["drafts.js"]
        assert len(page.content) < LIMIT
