"""Products approved or refused one by one: the letter names the approved ones alone, and says which were refused."""

import json

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside, sample_item, signed_letter
from tests.certificates.officials import evaluator
from tests.certificates.steps import (
    CHANGE,
    PASS,
    PAY,
    REJECT,
    SEND_BACK,
    SIGN,
    SUBMIT,
    TAKE,
    after,
    draft,
    product,
    submit,
)
from tests.certificates.test_desk import at_desk, done
from tests.certificates.test_pages import here
from tests.certificates.visiting import Visiting
from tests.web.browsing import hidden

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import ApplicationCommands
from zi_certificates.domain.application.decide import decide
from zi_certificates.domain.application.events import EvaluationPassed, LettersSigned
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.domain.printed_product import printed_product
from zi_certificates.domain.statement import Document
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.public_register import RegisterFilter, register_page
from zi_certificates.use_cases.verifying import signed_products
from zi_contracts.certificates import PublishedFinding
from zi_tlog.letter_goods import CodeGoods

FIRST, SECOND, THIRD = (PublishedFinding(reason="analysis_fails", where="items", item=n) for n in (1, 2, 3))
CICI = evaluator("evaluator-cici")


def two_products(*, twice: bool = False) -> tuple[ApplicationCommands, ...]:
    begun = draft()
    products = (
        *begun.statement.products,
        product(2, "B-002").model_copy(update={"invoice": "INV-EXAMPLE-2"}),
    )
    stated = begun.statement.model_copy(update={"products": products})
    return begun.model_copy(update={"statement": stated}), submit(second_evaluation=twice), PAY, TAKE


def passing(*refused: PublishedFinding, **changes: object) -> ApplicationCommands:
    return PASS.model_copy(update={"refused": refused, **changes})


SIGN_TWO = SIGN.model_copy(update={"refused": frozenset({2})})


def test_a_product_is_refused_and_the_others_go_on_to_the_signature() -> None:
    state = after(*two_products(), passing(SECOND))
    assert (state.status, state.refused) == (ApplicationStatus.APPROVAL, (SECOND,))
    assert state.approved is not None
    assert [each.number for each in state.approved.products] == [1]
    [signed] = decide(SIGN_TWO, state)
    assert isinstance(signed, LettersSigned)
    assert signed.refused == (SECOND,)


def test_nobody_signs_for_other_products_than_they_saw() -> None:
    with pytest.raises(errors.ChangedMeanwhileError):
        decide(SIGN, after(*two_products(), passing(SECOND)))
    with pytest.raises(errors.ChangedMeanwhileError):
        decide(SIGN_TWO, after(*two_products(), passing()))


def test_the_records_of_a_letter_have_no_product_that_was_refused() -> None:
    """Whoever compares the paper with an invoice that it lacks would hold a good letter for a forged one."""
    state = after(*two_products(), passing(SECOND), SIGN_TWO)
    assert state.signed is not None
    [letter] = state.signed.letters
    assert [each.invoice for each in signed_products(state, letter)] == ["INV-EXAMPLE-1"]
    assert state.statement is not None
    sealed = [printed_product(each) for each in state.statement.products if each.number != 2]
    recorded = [printed_product(each) for each in signed_products(state, letter)]
    assert CodeGoods.of(sealed, 0).is_list(recorded)


def test_all_refused_is_a_rejection_and_an_unknown_product_is_none() -> None:
    taken = after(*two_products())
    with pytest.raises(errors.NothingApprovedError):
        decide(passing(FIRST, SECOND), taken)
    with pytest.raises(errors.NoSuchProductError):
        decide(passing(THIRD), taken)
    with pytest.raises(errors.NoSuchProductError):
        decide(passing(SECOND.model_copy(update={"item": None})), taken)


def test_a_second_evaluator_refuses_the_same_products() -> None:
    again = TAKE.model_copy(update={"by": CICI})
    state = after(*two_products(twice=True), passing(SECOND), again)
    for other in ((), (FIRST,)):
        with pytest.raises(errors.OtherRefusalsError):
            decide(passing(*other, by=CICI), state)
    [passed] = decide(passing(SECOND.model_copy(update={"reason": "name_differs"}), by=CICI), state)
    assert isinstance(passed, EvaluationPassed)
    assert passed.second
    back = after(*two_products(twice=True), passing(SECOND), again, passing(SECOND, by=CICI), SEND_BACK)
    assert (back.evaluators, back.refused) == (("evaluator-ani",), (SECOND,))


def test_what_is_stated_anew_or_sent_back_is_judged_anew() -> None:
    assert after(*two_products(), passing(SECOND), SEND_BACK).refused == ()
    assert (
        after(
            *two_products(twice=True),
            passing(SECOND),
            TAKE.model_copy(update={"by": CICI}),
            REJECT.model_copy(update={"by": CICI}),
        ).refused
        == ()
    )
    assert after(*two_products()[:1], CHANGE, SUBMIT.model_copy(update={"revision": 2})).refused == ()


async def with_two_products(inside: Inside, country: str = "MY") -> IntakeRequest:
    """A paid application for two products."""
    request = await inside.requested()
    await inside.verified(request)
    await inside.drafted(request)
    applying, by = inside.office.applying, inside.citizen(request)
    second = sample_item("B-002").model_copy(update={"country": country})
    await applying.add_items(request, by, None, [second])
    for missing in (await applying.examination(request)).missing:
        file = await inside.attached(request, f"{missing.any_of[0]} {missing.item}")
        products = () if missing.item is None else (missing.item,)
        await applying.attach(
            request, by, None, Document(kind=missing.any_of[0], file=file, products=products)
        )
    await applying.submit(request, by, None, (await inside.state(request)).revision)
    await inside.pay(request)
    return request


async def test_the_letter_names_what_was_approved_and_says_what_was_refused(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await with_two_products(inside)
    for name in ("evaluator-ani", "evaluator-eko"):
        await inside.office.deciding.take_next(inside.evaluator(name), None)
        browser = visiting.person(name, "evaluator")
        assert "Refuse some of the products" in (await browser.get(at_desk(request))).text
        await done(browser, at_desk(request), "pass", **{"refuse.2": "analysis_fails", "refuse.1": ""})
    state = await inside.state(request)
    assert (state.status, state.refused_numbers) == (ApplicationStatus.APPROVAL, {2})
    signer = visiting.person("signer-budi", "signer", name="Budi Contoh")
    page = await signer.get(at_desk(request))
    assert "Refused, so the letter leaves them out:" in page.text
    form = {"key": hidden(page), "revision": hidden(page, "revision")}
    blind = await signer.post(f"{at_desk(request)}/sign", form)
    assert (blind.status_code, "has changed since you looked" in blind.text) == (409, True)
    await signer.post(f"{at_desk(request)}/sign", {**form, "refused": hidden(page, "refused")})
    [content] = map(json.loads, inside.vault.texts(request.ticket, "letter.content"))
    assert [each["batch"] for each in content["products"]] == ["B-001"]
    [refused] = [each["value"] for each in content["facts"] if each["label"]["en"].startswith("Refused")]
    assert refused == "Kecap Contoh (B-002)"
    page = await visiting.owner(request).get(here(request))
    assert "Some products were refused" in page.text
    assert "A test result on the CoA doesn&#39;t meet the requirement." in page.text


async def test_the_interface_refuses_and_signs_by_number(calling: Calling) -> None:
    inside = calling.inside
    request = await with_two_products(inside)
    revision = {"revision": (await inside.state(request)).revision}
    refused = [{"reason": "analysis_fails", "where": "items", "item": 2}]
    for name in ("evaluator-ani", "evaluator-eko"):
        person = calling.person(name, "evaluator")
        await calling.post("/queue/take", None, person)
        passed = await calling.post(
            f"/applications/{request.ticket}/pass", revision | {"refused": refused}, person
        )
        assert passed.status_code == 200, passed.text
    sign = f"/applications/{request.ticket}/sign"
    assert (await calling.post(sign, revision, calling.signer)).json()["type"].endswith("changed_meanwhile")
    assert (await calling.post(sign, revision | {"refused": [2]}, calling.signer)).status_code == 200
    [answer] = (await calling.read(request))["refused"]
    assert (answer["reason"], answer["item"]) == ("analysis_fails", 2)


async def test_the_register_names_no_country_of_refused_products_alone(inside: Inside) -> None:
    request = await with_two_products(inside, country="TH")
    revision = (await inside.state(request)).revision
    for name in ("evaluator-ani", "evaluator-eko"):
        await inside.office.deciding.take_next(inside.evaluator(name), None)
        await inside.office.deciding.pass_evaluation(
            request.ticket, inside.evaluator(name), None, revision, (SECOND,)
        )
    letters = (signed_letter(request.application, "ski_post_border", revision),)
    await inside.office.deciding.sign(request.ticket, inside.signer(), None, revision, letters, {2})
    await inside.sealed(request)
    day = inside.clock.now().date()
    page = await inside.office.store.query(lambda tx: register_page(tx, RegisterFilter(), None, day))
    assert [each.countries for each in page.letters] == [("MY",)]
    thai = RegisterFilter(country="TH")
    assert (await inside.office.store.query(lambda tx: register_page(tx, thai, None, day))).total == 0
