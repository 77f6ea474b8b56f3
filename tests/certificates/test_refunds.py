"""Money that officials pay back counts once a second person has confirmed it; the gateway's word counts alone, as ever."""

from typing import Any

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside
from tests.certificates.officials import known_of, staff
from tests.certificates.steps import (
    CONFIRM_REFUND,
    DECLINE_REFUND,
    PAID,
    PAY,
    PAY_LESS,
    REFUND,
    REPORT_REFUND,
    REVERSE,
    SUBMITTED,
    after,
    last,
)
from tests.certificates.test_billing_gateway import AMOUNT, billed, connected
from tests.certificates.test_desk import at_desk
from tests.certificates.test_further_bills import PAY_REST, REST
from tests.certificates.visiting import Visiting
from tests.web.browsing import Browser, hidden
from tests.web.calling import key

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import ApplicationCommands
from zi_certificates.domain.application.decide import decide
from zi_certificates.domain.application.events import (
    PaymentRefunded,
    RefundConfirmed,
    RefundDeclined,
    RefundReported,
)
from zi_certificates.domain.impartiality import HinderedError
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.bills import owing_bills
from zi_certificates.read.desk_lists import DeskQueue, ListFilter, ListReader, desk_page
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_certificates.use_cases.payments import record_payment

OWING = (*SUBMITTED, PAY_LESS)
WAITING = (*OWING, REPORT_REFUND)


def test_a_refund_counts_once_a_second_person_has_confirmed_it() -> None:
    reported = last(*WAITING)
    assert isinstance(reported, RefundReported)
    assert (reported.amount, reported.refund) == (149_999, "SP2D-1")
    assert after(*WAITING).owed.amounts == (("bank-0", 149_999),)
    confirmed = last(*WAITING, CONFIRM_REFUND)
    assert isinstance(confirmed, RefundConfirmed)
    assert (confirmed.reported_by, confirmed.bill) == ("officer-ira", PAY_LESS.bill)
    owed = after(*WAITING, CONFIRM_REFUND).owed
    assert (owed.amounts, owed.reported, owed.refunded) == ((), (), {"bank-0"})


def test_the_gateways_word_about_a_refund_by_hand_is_recorded_once_beside_it() -> None:
    by_hand = after(*WAITING, CONFIRM_REFUND)
    [repeated] = decide(REFUND, by_hand)
    assert isinstance(repeated, PaymentRefunded)
    assert (repeated.amount, repeated.by_hand, repeated.reversed) == (149_999, "SP2D-1", False)
    state = after(REFUND, state=by_hand)
    assert [each.refund for each in state.owed.repeated] == ["refund-1"]
    assert (state.owed.amounts, state.status, state.paid) == ((), by_hand.status, by_hand.paid)
    assert decide(REFUND, state) == []
    same = REFUND.model_copy(update={"refund": "SP2D-1"})
    assert decide(same, by_hand) == []


@pytest.mark.parametrize("role", ["officer", "supervisor", "head"])
def test_nobody_confirms_their_own_record_in_any_role(role: str) -> None:
    confirm = CONFIRM_REFUND.model_copy(update={"by": staff("officer-ira", role)})
    with pytest.raises(errors.RefundFourEyesError):
        decide(confirm, after(*WAITING))


def test_what_is_declined_or_taken_back_is_still_owed_and_may_be_recorded_anew() -> None:
    for by in (DECLINE_REFUND.by, REPORT_REFUND.by):
        declined = last(*WAITING, DECLINE_REFUND.model_copy(update={"by": by}))
        assert isinstance(declined, RefundDeclined)
    again = (*WAITING, DECLINE_REFUND, REPORT_REFUND.model_copy(update={"refund": "SP2D-2"}))
    assert after(*again).owed.amounts == (("bank-0", 149_999),)
    for stale in (CONFIRM_REFUND, DECLINE_REFUND):  # of a page that was opened before
        with pytest.raises(errors.NoRefundWaitsError):
            decide(stale, after(*again))


@pytest.mark.parametrize(
    ("before", "command", "error"),
    [
        (OWING, CONFIRM_REFUND, errors.NoRefundWaitsError),
        (WAITING, REPORT_REFUND, errors.RefundWaitsError),
        ((*WAITING, CONFIRM_REFUND), REPORT_REFUND, errors.NothingOwedError),
        ((*OWING, REFUND), REPORT_REFUND, errors.NothingOwedError),
        (PAID, REPORT_REFUND.model_copy(update={"payment": "bank-1"}), errors.NothingOwedError),
        (OWING, REPORT_REFUND.model_copy(update={"elsewhere": True}), errors.TransferRecordedError),
        (OWING, REPORT_REFUND.model_copy(update={"known": known_of("officer-ira")}), HinderedError),
        (WAITING, CONFIRM_REFUND.model_copy(update={"known": known_of("supervisor-eka")}), HinderedError),
    ],
)
def test_no_refund_of_what_is_not_owed_or_by_somebody_with_an_interest(
    before: tuple[ApplicationCommands, ...], command: ApplicationCommands, error: type[Exception]
) -> None:
    with pytest.raises(error):
        decide(command, after(*before))


def test_the_gateways_word_or_a_further_bill_ends_what_waits() -> None:
    for ends in ((REFUND,), (REST, PAY_REST)):
        state = after(*WAITING, *ends)
        assert state.owed.reported == ()
        with pytest.raises(errors.NoRefundWaitsError):
            decide(CONFIRM_REFUND, state)


def test_money_that_is_owed_is_paid_back_also_while_it_is_unpaid_again() -> None:
    twice = PAY.model_copy(update={"payment": "bank-0"})
    assert after(*PAID, twice, REVERSE, REPORT_REFUND, CONFIRM_REFUND).owed.amounts == ()


async def paid_too_little(inside: Inside, name: str = "one", business: str = "a" * 64) -> IntakeRequest:
    request, bill = await billed(inside, name, business)
    notice = {"bill": bill.bill, "payment": f"bank-{name}", "amount": AMOUNT - 1}
    await record_payment(inside.office, PaymentNotice(**notice, paid_at=inside.clock.now()))
    return request


async def test_what_waits_is_a_queue_with_a_true_count(either: Inside) -> None:
    first, second = await paid_too_little(either), await paid_too_little(either, "two", "c" * 64)
    refunding, officer = either.office.refunding, either.staff("officer-ira", "officer")
    assert await queue(either, "owing") == {first.ticket, second.ticket}
    assert await queue(either, "refund") == set()
    for request, name in ((first, "one"), (second, "two")):
        await refunding.report(request.ticket, officer, None, f"bank-{name}", f"SP2D-{name}")
    assert await queue(either, "refund") == await queue(either, "owing") == {first.ticket, second.ticket}
    supervisor = either.staff("supervisor-eka", "supervisor")
    await refunding.confirm(first.ticket, supervisor, None, "bank-one", "SP2D-one")
    await refunding.decline(second.ticket, officer, None, "bank-two", "SP2D-two")
    assert await queue(either, "refund") == set()
    assert await queue(either, "owing") == {second.ticket}
    assert [each.ticket for each in await either.office.store.query(owing_bills)] == [second.ticket]


async def test_one_transfer_pays_back_one_payment_however_it_is_written(either: Inside) -> None:
    first, second = await paid_too_little(either), await paid_too_little(either, "two", "c" * 64)
    refunding, officer = either.office.refunding, either.staff("officer-ira", "officer")
    supervisor = either.staff("supervisor-eka", "supervisor")
    await refunding.report(first.ticket, officer, None, "bank-one", "SP2D-1")
    with pytest.raises(errors.TransferRecordedError):
        await refunding.report(second.ticket, officer, None, "bank-two", "sp2d.1")
    await refunding.decline(first.ticket, supervisor, None, "bank-one", "SP2D-1")
    await refunding.report(second.ticket, officer, None, "bank-two", "sp2d.1")
    await refunding.confirm(second.ticket, supervisor, None, "bank-two", "sp2d.1")
    with pytest.raises(errors.TransferRecordedError):
        await refunding.report(first.ticket, officer, None, "bank-one", "SP2D-1")


async def queue(inside: Inside, name: DeskQueue) -> set[str]:
    reader, now = ListReader("supervisor-eka"), inside.clock.now()
    page = await inside.office.store.query(lambda tx: desk_page(tx, ListFilter(name), reader, now))
    assert page.total == len(page.rows)
    return {each.ticket for each in page.rows}


async def test_the_desk_leads_from_the_record_to_the_second_person(visiting: Visiting) -> None:
    request = await paid_too_little(visiting.inside)
    page, desk = at_desk(request), "/certificates/desk/"
    officer = visiting.person("officer-ira", "officer", "supervisor")
    assert "1 application has money to be paid back" in (await officer.get(desk)).text
    refused = await sent(officer, page, "report", "see Bunga's account")
    assert refused.status_code == 422
    assert "see Bunga&#39;s account" in refused.text
    reported = await sent(officer, page, "report", "SP2D-1")
    assert "Waits for a second person" in reported.text
    assert "Confirm the refund" not in reported.text
    assert "1 application has a refund that waits for a second person" in (await officer.get(desk)).text
    answer = await sent(officer, page, "confirm", "SP2D-1")
    assert (answer.status_code, "somebody else has to confirm it" in answer.text) == (409, True)
    head = visiting.person("head-dewi", "head")
    assert "Confirm the refund" in (await head.get(page)).text
    confirmed = await sent(head, page, "confirm", "SP2D-1")
    assert "counts as paid back" in confirmed.text
    assert "Money to be paid back" not in confirmed.text
    owner = await visiting.owner(request).get(f"/certificates/applications/{request.ticket}")
    assert "was confirmed by a second person" in owner.text
    assert "SP2D-1" not in owner.text


async def sent(browser: Browser, page: str, verdict: str, refund: str) -> Any:
    form = {"key": hidden(await browser.get(page)), "payment": "bank-one", "refund.bank-one": refund}
    return await browser.post(f"{page}/refunds", form | {"verdict": verdict})


async def test_a_program_records_confirms_and_reads_what_is_owed(calling: Calling) -> None:
    request = await paid_too_little(calling.inside)
    where, transfer = f"/applications/{request.ticket}/refunds", {"payment": "bank-one", "refund": "SP2D-1"}
    officer, head = calling.person("officer-ira", "officer"), calling.person("head-dewi", "head")
    repeated = key()
    for _ in range(2):
        assert (await calling.post(where, transfer, officer | repeated)).status_code == 200
    [owed] = (await calling.get(where, officer)).json()
    assert (owed["amount"], owed["reported"]["reported_by"]) == (AMOUNT - 1, "officer-ira")
    assert (await calling.post(f"{where}/confirm", transfer, officer)).json()["type"].endswith("four_eyes")
    assert (await calling.post(f"{where}/confirm", transfer, head)).status_code == 200
    before = calling.inside.office.store.last()
    assert (await calling.post(where, transfer, officer | repeated)).status_code == 200
    assert calling.inside.office.store.last() == before
    assert (await calling.get(where, officer)).json() == []
    assert (await calling.post(f"{where}/decline", transfer, head)).status_code == 409
    assert (await calling.get(where, calling.evaluator)).status_code == 403


async def test_references_of_payments_are_for_who_may_pay_back(visiting: Visiting) -> None:
    inside, request = visiting.inside, await paid_too_little(visiting.inside)
    page, api = at_desk(request), f"/certificates/api/applications/{request.ticket}/refunds"
    officer = inside.staff("officer-ira", "officer")
    await inside.office.refunding.report(request.ticket, officer, None, "bank-one", "SP2D-1")
    await inside.declared("officer-ira", request.business_ref)
    token = visiting.provider.token("officer-ira", "officer")
    refused = await visiting.client.get(api, headers={"Authorization": f"Bearer {token}"})
    assert (refused.status_code, "bank-one" in refused.text) == (403, False)
    for name, role, may in (
        ("officer-ira", "officer", 0),
        ("evaluator-ani", "evaluator", 0),
        ("head-dewi", "head", 1),
    ):
        text = (await visiting.person(name, role).get(page)).text
        assert "Money to be paid back" in text, name
        assert [each in text for each in ("bank-one", "SP2D-1")] == [bool(may)] * 2, name


async def test_a_refund_by_hand_that_the_gateway_repeats_is_told_to_the_desk(visiting: Visiting) -> None:
    inside = visiting.inside
    gateway = connected(inside)
    request, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT - 1, inside.clock.now(), "bank-one")
    await inside.office.polling.tick()
    officer, head = inside.staff("officer-ira", "officer"), visiting.person("head-dewi", "head")
    await inside.office.refunding.report(request.ticket, officer, None, "bank-one", "SP2D-1")
    supervisor = inside.staff("supervisor-eka", "supervisor")
    await inside.office.refunding.confirm(request.ticket, supervisor, None, "bank-one", "SP2D-1")
    assert "Perhaps paid back twice" not in (await head.get(at_desk(request))).text
    gateway.pay_back(bill.bill, inside.clock.now())
    for _ in range(2):
        inside.clock.pass_hours(24)
        await inside.office.polling.tick()
    page = (await head.get(at_desk(request))).text
    assert page.count("Perhaps paid back twice") == 1
    assert "Ask the bank whether it went back twice" in page
    assert ("SP2D-1" in page, "Money to be paid back" in page) == (True, False)
    evaluator = (await visiting.person("evaluator-ani", "evaluator").get(at_desk(request))).text
    assert ("Perhaps paid back twice" in evaluator, "SP2D-1" in evaluator) == (True, False)
