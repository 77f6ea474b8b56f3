"""A page of the desk that stayed open: what is decided on it is about what its official saw there, or nothing."""

import re

import httpx
import pytest
from tests.certificates.inside import STATED, Inside, sample_item
from tests.certificates.test_desk import DESK, FOUND_BOXES, UNREADABLE, at_desk, done, taken
from tests.certificates.visiting import Visiting
from tests.web.browsing import Browser, hidden_fields

from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.domain.statement import Document
from zi_certificates.messaging.upstream import IntakeRequest

CODES = ("2103.90.12", "19059010")
ROWS = re.compile(r'name="(reasons\.[0-9]+)\.where"')
CHANGED = "The application has changed since you looked"
OTHER_ACCOUNT = "The account has changed since you looked"
BY_HAND = {"reasons.0.reason": "name_differs", "reasons.0.where": "product", "reasons.0.item": "1"}


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


@pytest.fixture
def evaluator(visiting: Visiting) -> Browser:
    return visiting.person("evaluator-ani", "evaluator")


async def send_data(inside: Inside, request: IntakeRequest) -> None:
    """Ask for a document and let the company attach it, while a page of the desk stays open."""
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, UNREADABLE)
    await answered(inside, request)


async def answered(inside: Inside, request: IntakeRequest) -> None:
    applying, by = inside.office.applying, inside.citizen(request)
    document = Document(kind="invoice", file=await inside.attached(request, "invoice again"))
    await applying.attach(request, by, None, document)
    await applying.send_data(request, by, None, (await inside.state(request)).revision)


async def post_as_seen(browser: Browser, page: httpx.Response, where: str, **form: str) -> httpx.Response:
    """Send a form of a page that was opened before, with its hidden fields."""
    return await browser.post(where, {**hidden_fields(page), **form})


@pytest.mark.parametrize("verdict", ["reject", "ask-data"])
async def test_nothing_is_judged_that_came_after_the_page(
    inside: Inside, evaluator: Browser, verdict: str
) -> None:
    request = await taken(inside)
    page = await evaluator.get(at_desk(request))
    await send_data(inside, request)
    answer = await post_as_seen(evaluator, page, f"{at_desk(request)}/judge", verdict=verdict, **BY_HAND)
    assert (answer.status_code, CHANGED in answer.text) == (409, True)
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION
    again = await done(evaluator, at_desk(request), "judge", verdict=verdict, **BY_HAND)
    assert again.status_code == 200


async def test_a_signer_sends_back_only_what_they_looked_at(visiting: Visiting, inside: Inside) -> None:
    request, signer = await inside.passed(), visiting.person("signer-budi", "signer", name="Budi Contoh")
    page = await signer.get(at_desk(request))
    deciding, second = inside.office.deciding, inside.evaluator("evaluator-eko")
    await deciding.send_back(request.ticket, inside.signer("signer-citra"), None, UNREADABLE)
    await deciding.ask_data(request.ticket, second, None, UNREADABLE)
    await answered(inside, request)
    await deciding.pass_evaluation(request.ticket, second, None, (await inside.state(request)).revision)
    await deciding.take_next(inside.evaluator(), None)
    await deciding.pass_evaluation(
        request.ticket, inside.evaluator(), None, (await inside.state(request)).revision
    )
    assert (await inside.state(request)).status is ApplicationStatus.APPROVAL
    answer = await post_as_seen(signer, page, f"{at_desk(request)}/send-back", **BY_HAND)
    assert (answer.status_code, CHANGED in answer.text) == (409, True)
    assert (await inside.state(request)).status is ApplicationStatus.APPROVAL


@pytest.mark.parametrize("form", [{"more": "yes"}, {"verdict": "reject"}], ids=["more rows", "refused"])
async def test_a_page_that_comes_again_with_what_was_typed_is_still_the_old_page(
    inside: Inside, evaluator: Browser, form: dict[str, str]
) -> None:
    request = await taken(inside)
    page = await evaluator.get(at_desk(request))
    await send_data(inside, request)
    typed = {"reasons.0.reason": "name_differs", "note": "Nama lain."}
    again = await post_as_seen(evaluator, page, f"{at_desk(request)}/judge", **typed, **form)
    assert ("Nama lain." in again.text, CHANGED in again.text) == (True, False)
    answer = await post_as_seen(evaluator, again, f"{at_desk(request)}/judge", verdict="reject", **BY_HAND)
    assert (answer.status_code, CHANGED in answer.text) == (409, True)
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION
    await post_as_seen(evaluator, answer, f"{at_desk(request)}/judge", verdict="reject", **BY_HAND)
    assert (await inside.state(request)).status is ApplicationStatus.REJECTED


async def codes_of_account(inside: Inside, request: IntakeRequest, *codes: str) -> None:
    """Restate the codes of the account, and let an officer verify it."""
    _, _, account = await inside.office.applying.account(request)
    assert account.details is not None
    stated = STATED.model_copy(update={"documents": account.details.documents, "hs_codes": codes})
    await inside.office.applying.change_account(request, inside.citizen(request), None, stated)
    officer = inside.staff("officer-ira", "officer")
    await inside.office.deciding.verify_account(request.ticket, officer, None, account.revision + 1)


async def two_products_taken(inside: Inside) -> IntakeRequest:
    """With two codes, both on the account."""
    request, applying = await inside.requested(), inside.office.applying
    await inside.verified(request)
    await codes_of_account(inside, request, *CODES)
    await inside.drafted(request)
    by = inside.citizen(request)
    await applying.add_items(
        request, by, None, [sample_item("B-002").model_copy(update={"hs_code": CODES[1]})]
    )
    [analysis] = [each for each in (await applying.examination(request)).missing if each.item == 2]
    file = await inside.attached(request, "second analysis")
    await applying.attach(request, by, None, Document(kind=analysis.any_of[0], file=file, products=(2,)))
    await applying.submit(request, by, None, (await inside.state(request)).revision)
    await inside.pay(request)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    return request


async def test_what_was_ticked_is_what_is_asked_for_whatever_the_rules_find_by_now(
    inside: Inside, evaluator: Browser
) -> None:
    request = await two_products_taken(inside)
    await codes_of_account(inside, request, CODES[0])
    page = await evaluator.get(at_desk(request))
    [ticked] = FOUND_BOXES.findall(page.text)
    await codes_of_account(inside, request, CODES[1])
    form = {ticked: "yes", "verdict": "ask-data"}
    answer = await post_as_seen(evaluator, page, f"{at_desk(request)}/judge", **form)
    assert (answer.status_code, "The rules find something else by now" in answer.text) == (409, True)
    await codes_of_account(inside, request, CODES[0])
    await post_as_seen(evaluator, page, f"{at_desk(request)}/judge", **form)
    [wanted] = (await inside.state(request)).wanted
    assert (wanted.reason, wanted.where, wanted.item) == ("hs_code_not_on_account", "hs_code", 2)


@pytest.mark.parametrize("command", ["approve-override", "refuse-override"])
async def test_another_exception_than_the_one_on_the_page_is_not_decided(
    visiting: Visiting, inside: Inside, command: str
) -> None:
    request, head = await taken(inside), visiting.person("head-dewi", "head")
    deciding, supervisor = inside.office.deciding, inside.staff("supervisor-eka", "supervisor")
    await deciding.ask_override(request.ticket, supervisor, None, "evaluator-ani", "no_other_official")
    page = await head.get(at_desk(request))
    await deciding.refuse_override(request.ticket, inside.staff("supervisor-fajar", "supervisor"), None)
    await deciding.ask_override(request.ticket, supervisor, None, "evaluator-eko", "no_other_official")
    answer = await post_as_seen(head, page, f"{at_desk(request)}/{command}")
    assert (answer.status_code, CHANGED in answer.text) == (409, True)
    state = await inside.state(request)
    assert (state.override and state.override.official, state.excused) == ("evaluator-eko", frozenset())
    await done(head, at_desk(request), command, official="evaluator-eko", reason="no_other_official")
    excused = {"evaluator-eko"} if command == "approve-override" else set()
    assert ((await inside.state(request)).override, set((await inside.state(request)).excused)) == (
        None,
        excused,
    )


@pytest.mark.parametrize("command", ["approve-override", "refuse-override"])
async def test_a_page_that_does_not_say_which_exception_decides_none(
    visiting: Visiting, inside: Inside, command: str
) -> None:
    request, head = await taken(inside), visiting.person("head-dewi", "head")
    supervisor = inside.staff("supervisor-eka", "supervisor")
    await inside.office.deciding.ask_override(
        request.ticket, supervisor, None, "evaluator-ani", "no_other_official"
    )
    answer = await done(head, at_desk(request), command, official="evaluator-ani")
    assert (answer.status_code, CHANGED in answer.text) == (409, True)
    assert (await inside.state(request)).override is not None


async def test_an_evaluator_names_as_many_faults_as_there_are(inside: Inside, evaluator: Browser) -> None:
    request = await taken(inside)
    places = ("product", "batch", "quantity", "unit", "pack", "port", "invoice")
    named = {
        f"reasons.{n}.{part}": value
        for n, where in enumerate(places)
        for part, value in (("reason", "name_differs"), ("where", where), ("item", "1"))
    }
    first = {name: value for name, value in named.items() if int(name.split(".")[1]) < 3}
    page = await done(evaluator, at_desk(request), "judge", more="yes", note="Tujuh hal.", **first)
    assert (page.status_code, 'name="reasons.5.where"' in page.text, "Tujuh hal." in page.text) == (
        200,
        True,
        True,
    )
    assert 'name="reasons.6.where"' not in page.text
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION
    again = await post_as_seen(
        evaluator, page, f"{at_desk(request)}/judge", more="yes", **first | {"reasons.5.where": ""}
    )
    assert 'name="reasons.8.where"' in again.text
    await post_as_seen(evaluator, again, f"{at_desk(request)}/judge", verdict="ask-data", **named)
    assert [each.where for each in (await inside.state(request)).wanted] == list(places)


async def test_no_form_has_more_rows_than_can_be_recorded(inside: Inside, evaluator: Browser) -> None:
    request = await taken(inside)
    page = await done(
        evaluator, at_desk(request), "judge", more="yes", **{"reasons.999.where": "", "reasons.x.where": ""}
    )
    assert (len(set(ROWS.findall(page.text))), "More reasons" in page.text) == (48, False)


async def test_an_officer_names_more_than_one_fault_of_an_account(visiting: Visiting, inside: Inside) -> None:
    request, officer = await inside.requested(), visiting.person("officer-ira", "officer")
    await inside.office.applying.open_account(request, inside.citizen(request), None, STATED)
    page = f"{DESK}accounts/{request.ticket}"
    assert 'name="reasons.5.where"' in (await done(officer, page, "refuse", more="yes")).text
    faults = {
        f"reasons.{n}.{part}": value
        for n, where in enumerate(("account", "hs_codes"))
        for part, value in (("reason", "name_differs"), ("where", where))
    }
    await done(officer, page, "refuse", **faults)
    message = inside.office.store.messages(0, 1000)[-1].message
    assert (b"hs_codes" in message, message.count(b"name_differs")) == (True, 2)


async def test_an_account_that_was_restated_is_not_refused_for_what_it_was(
    visiting: Visiting, inside: Inside
) -> None:
    request, officer = await inside.requested(), visiting.person("officer-ira", "officer")
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.open_account(request, by, None, STATED)
    where = f"{DESK}accounts/{request.ticket}"
    page = await officer.get(where)
    await applying.change_account(request, by, None, STATED.model_copy(update={"hs_codes": CODES}))
    half = {"reasons.0.reason": "name_differs"}
    again = await post_as_seen(officer, page, f"{where}/refuse", **half)
    assert '<div id="field-reasons"><p class="error">Pick at least one reason' in again.text
    answer = await post_as_seen(officer, again, f"{where}/refuse", **half, **{"reasons.0.where": "account"})
    assert (answer.status_code, OTHER_ACCOUNT in answer.text) == (409, True)
    fresh = await post_as_seen(officer, answer, f"{where}/refuse", **half, **{"reasons.0.where": "account"})
    assert fresh.status_code == 200
