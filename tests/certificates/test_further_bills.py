"""Money that is taken back makes an application unpaid again; what is missing is paid with a further bill."""

from uuid import UUID

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import EXPORT, Inside, sample_item
from tests.certificates.officials import DAY, HOUR, MONDAY, system
from tests.certificates.stand_in_gateway import StandInGateway
from tests.certificates.steps import (
    ASK,
    CHANGE,
    DRAFTED,
    FURTHER,
    ISSUED,
    LAPSED,
    NEED_DATA,
    PAID,
    PASSED,
    PAY,
    PAY_AGAIN,
    PAY_LESS,
    REFUND,
    REJECTED,
    RESUBMIT,
    REVERSE,
    SEND,
    SIGN,
    SUBMITTED,
    SUSPEND,
    TAKE,
    TAKEN,
    UNPAID,
    WITHDRAW,
    after,
    last,
)
from tests.certificates.test_billing_gateway import AMOUNT, billed
from tests.certificates.test_desk import at_desk, done
from tests.certificates.test_pages import here
from tests.certificates.visiting import Visiting

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import ApplicationCommands, IssueFurtherBill
from zi_certificates.domain.application.decide import decide
from zi_certificates.domain.application.events import (
    ApplicationPaid,
    DeadlineMissed,
    FurtherBillPaid,
    PaymentRefunded,
    PaymentRefused,
)
from zi_certificates.domain.application.evolve import evolve
from zi_certificates.domain.application.payment_decisions import open_bill
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.timers import PAY_BY, changes
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.bills import bill_for, owing_bills
from zi_certificates.read.desk_lists import ListFilter, ListReader, desk_page
from zi_certificates.use_cases.billing import SIGNATURE
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_certificates.use_cases.payments import KnownPaymentError, receive, record_payment
from zi_chassis.storage.timers import Clear, Set

AGAIN_BY = MONDAY + 9 * DAY
KEY = UUID(int=9)
REST = FURTHER.model_copy(
    update={"amount": 1, "reason": "underpaid", "counting": ("bank-0",), "pay_by": MONDAY + 3 * DAY}
)
PAY_REST = PAY_AGAIN.model_copy(update={"amount": 1, "paid_at": MONDAY + HOUR})
MORE = FURTHER.model_copy(update={"amount": 25_000, "reason": "more_applied_for"})
PAY_MORE = PAY_AGAIN.model_copy(update={"amount": 25_000, "more": 25_000})


@pytest.mark.parametrize("before", [PAID, TAKEN, PASSED])
def test_what_is_paid_back_stops_the_work_and_is_paid_again(before: tuple[ApplicationCommands, ...]) -> None:
    state = after(*before, REVERSE)
    assert (state.status, state.paid, state.officer) == (ApplicationStatus.AWAITING_PAYMENT, False, None)
    assert (state.deadline, state.owed.short, state.holder) == (AGAIN_BY, 150_000, "citizen")
    for command in (TAKE, SIGN, ASK):
        with pytest.raises(errors.UnpaidAgainError):
            decide(command, state)
    paid = last(*before, REVERSE, FURTHER, PAY_AGAIN)
    assert isinstance(paid, ApplicationPaid)
    again = after(*before, REVERSE, FURTHER, PAY_AGAIN)
    waits = ApplicationStatus.APPROVAL if before is PASSED else ApplicationStatus.QUEUED
    assert (again.status, again.paid, again.complete_at, again.owed.short) == (waits, True, PAY.by.at, 0)
    assert decide(PAY_AGAIN, again) == []


def test_it_expires_if_it_is_not_paid_again() -> None:
    expire = UNPAID.model_copy(update={"until": AGAIN_BY})
    assert after(*PAID, REVERSE, expire).status is ApplicationStatus.EXPIRED
    assert decide(UNPAID, after(*PAID, REVERSE)) == []


def money_taken_back() -> PaymentRefunded:
    """So late that the promised time has passed as well, which is told with it."""
    missed, refund = decide(REVERSE, after(*PAID))
    assert isinstance(missed, DeadlineMissed)
    assert isinstance(refund, PaymentRefunded)
    return refund


def test_the_timer_of_the_payment_runs_anew() -> None:
    assert changes(money_taken_back()) == (Set(PAY_BY, AGAIN_BY),)
    assert changes(last(*SUBMITTED, PAY_LESS, REFUND)) == ()
    assert changes(last(*ISSUED, REVERSE, FURTHER, PAY_AGAIN)) == (Clear(PAY_BY),)


@pytest.mark.parametrize(
    ("before", "command"), [((*NEED_DATA, CHANGE), SEND), ((*REJECTED, CHANGE), RESUBMIT)]
)
def test_nothing_is_sent_while_it_is_unpaid_again(
    before: tuple[ApplicationCommands, ...], command: ApplicationCommands
) -> None:
    state = after(*before, REVERSE)
    assert state.status is after(*before).status
    with pytest.raises(errors.UnpaidAgainError):
        decide(command, state)
    assert isinstance(last(*before, REVERSE, FURTHER, PAY_AGAIN), FurtherBillPaid)
    assert after(*before, REVERSE, FURTHER, PAY_AGAIN).paid


def test_an_issued_letter_stays_for_officials_to_judge() -> None:
    state = after(*ISSUED, REVERSE)
    assert (state.status, state.paid, state.owed.is_unpaid_again) == (ApplicationStatus.ISSUED, False, True)
    assert after(*ISSUED, REVERSE, SUSPEND).status is ApplicationStatus.SUSPENDED
    again = after(*ISSUED, REVERSE, FURTHER, PAY_AGAIN)
    assert (again.status, again.owed.is_unpaid_again) == (ApplicationStatus.ISSUED, False)


def test_what_was_reversed_before_there_were_further_bills_stays_as_it_was() -> None:
    reversed_then = money_taken_back().model_copy(update={"pay_by": None})
    state = evolve(after(*PAID), reversed_then)
    assert (state.status, state.paid) == (ApplicationStatus.QUEUED, True)


@pytest.mark.parametrize("end", [WITHDRAW, LAPSED])
def test_money_taken_back_after_the_end_leaves_nothing_to_pay(end: ApplicationCommands) -> None:
    ended = (*NEED_DATA, end)
    refund = last(*ended, REVERSE)
    assert isinstance(refund, PaymentRefunded)
    assert (refund.reversed, refund.pay_by) == (True, None)
    assert after(*ended, REVERSE).owed.short == 0
    assert after(*ended, REVERSE, REVERSE) == after(*ended, REVERSE)
    stored_then = evolve(after(*ended), refund.model_copy(update={"pay_by": AGAIN_BY}))
    for state in (after(*ended, REVERSE), stored_then, after(*NEED_DATA, REVERSE, end)):
        assert not state.is_unpaid_again
        with pytest.raises(errors.NothingMissingError):
            decide(FURTHER, state)
    paid = decide(PAY_AGAIN, after(FURTHER, state=after(*NEED_DATA, REVERSE)))
    assert isinstance(paid[0], FurtherBillPaid)


def test_too_little_is_made_up_with_a_second_code_and_both_are_recorded() -> None:
    state = after(*SUBMITTED, PAY_LESS, REST)
    assert state.owed.partly_paid == ("bank-0",)
    paid = last(*SUBMITTED, PAY_LESS, REST, PAY_REST)
    assert isinstance(paid, ApplicationPaid)
    assert paid.counting == ("bank-0",)
    whole = after(*SUBMITTED, PAY_LESS, REST, PAY_REST)
    assert (whole.status, whole.owed.amounts) == (ApplicationStatus.QUEUED, ())
    assert sum(amount for _, amount in whole.owed.counted) == 150_000
    assert after(*SUBMITTED, PAY_LESS, REST, PAY_REST, REFUND).owed.short == 149_999


def test_the_rest_pays_nothing_once_the_first_part_is_back() -> None:
    refused = last(*SUBMITTED, PAY_LESS, REST, REFUND, PAY_REST)
    assert isinstance(refused, PaymentRefused)
    assert refused.reason == "wrong_amount"


def test_more_that_is_applied_for_is_paid_beside_the_first_bill() -> None:
    assert isinstance(last(*NEED_DATA, MORE, PAY_MORE), FurtherBillPaid)
    state = after(*NEED_DATA, MORE, PAY_MORE)
    assert (state.status, state.price, state.paid) == (ApplicationStatus.NEED_DATA, 175_000, True)
    reversed_too = after(*NEED_DATA, MORE, REVERSE, PAY_MORE)
    assert (reversed_too.paid, reversed_too.owed.short) == (False, 150_000)
    at_work = after(*TAKEN, ASK, CHANGE, MORE, SEND, REVERSE)
    assert isinstance(decide(PAY_MORE, at_work)[0], FurtherBillPaid)
    assert after(*TAKEN, ASK, CHANGE, MORE, SEND, REVERSE, PAY_MORE).status == "awaiting_payment"


def test_a_code_for_less_than_is_missing_meanwhile_settles_nothing() -> None:
    more_too = REVERSE.model_copy(
        update={"bill": MORE.bill, "payment": "bank-8", "refund": "refund-3", "request": None}
    )
    first = FURTHER.model_copy(update={"bill": "820000000000003"})
    paid_more = PAY_MORE.model_copy(update={"payment": "bank-8"})
    before = (*NEED_DATA, MORE, paid_more, REVERSE, first, more_too)
    assert after(*before).owed.short == 175_000
    pay = PAY_AGAIN.model_copy(update={"bill": first.bill})
    [refused] = decide(pay, after(*before))
    assert isinstance(refused, PaymentRefused)
    assert refused.reason == "wrong_amount"
    assert after(*before, pay).owed.short == 175_000
    whole = FURTHER.model_copy(update={"bill": "820000000000004", "amount": 175_000})
    pay_whole = PAY_AGAIN.model_copy(update={"bill": whole.bill, "amount": 175_000, "payment": "bank-9"})
    again = after(*before, pay, whole, pay_whole)
    assert (again.paid, again.owed.short, again.owed.pay_by) == (True, 0, None)


@pytest.mark.parametrize("before", [PAID, NEED_DATA])
def test_a_payment_stored_for_less_than_was_missing_leaves_the_rest(
    before: tuple[ApplicationCommands, ...],
) -> None:
    """There are such payments from when a code settled whatever was missing; the rest can be paid with another."""
    state = after(*before, REVERSE, FURTHER)
    less = decide(PAY_AGAIN, state)[0].model_copy(update={"amount": 100_000})
    state = evolve(state, less)
    assert (state.paid, state.owed.short, state.owed.pay_by) == (False, 50_000, AGAIN_BY)
    rest = FURTHER.model_copy(update={"bill": "820000000000003", "amount": 50_000})
    pay = PAY_AGAIN.model_copy(update={"bill": rest.bill, "amount": 50_000, "payment": "bank-9"})
    again = after(rest, pay, state=state)
    assert (again.status, again.paid, again.owed.short) == (state.status, True, 0)


@pytest.mark.parametrize(
    ("before", "command", "reason"),
    [
        ((*PAID, REVERSE, FURTHER), {"amount": 149_999}, "wrong_amount"),
        ((*PAID, REVERSE, FURTHER), {"paid_at": AGAIN_BY + HOUR}, "too_late"),
        ((*PAID, REVERSE, FURTHER, WITHDRAW), {}, "too_late"),
        ((*PAID, REVERSE, FURTHER, PAY_AGAIN), {"payment": "bank-8"}, "already_paid"),
        ((*PAID, REVERSE), {"bill": PAY.bill, "paid_at": MONDAY + 4 * DAY}, "too_late"),
        ((*SUBMITTED, PAY_LESS, REST, PAY), {"amount": 1, "paid_at": MONDAY + HOUR}, "already_paid"),
    ],
)
def test_money_for_a_further_bill_that_does_not_pay_it_is_recorded(
    before: tuple[ApplicationCommands, ...], command: dict[str, object], reason: str
) -> None:
    [refused] = decide(PAY_AGAIN.model_copy(update=command), after(*before))
    assert isinstance(refused, PaymentRefused)
    assert refused.reason == reason


def test_part_that_is_missing_is_not_paid_with_the_whole() -> None:
    state = after(*SUBMITTED, PAY_LESS, REST, PAY_REST, REFUND)
    [refused] = decide(PAY.model_copy(update={"payment": "bank-9"}), state)
    assert isinstance(refused, PaymentRefused)


@pytest.mark.parametrize(
    ("before", "command", "error"),
    [
        (DRAFTED, FURTHER, errors.NotSubmittedError),
        (SUBMITTED, REST, errors.NothingMissingError),
        (PAID, FURTHER, errors.NothingMissingError),
        ((*PAID, REVERSE), REST, errors.NothingMissingError),
        (NEED_DATA, MORE.model_copy(update={"amount": 0}), errors.NothingMissingError),
    ],
)
def test_no_further_bill_is_made_out_for_nothing(
    before: tuple[ApplicationCommands, ...], command: IssueFurtherBill, error: type[Exception]
) -> None:
    with pytest.raises(error):
        decide(command, after(*before))


def test_a_code_for_more_pays_only_what_is_missing_then() -> None:
    second = MORE.model_copy(update={"bill": "820000000000003", "amount": 50_000})
    pay = PAY_MORE.model_copy(update={"more": 50_000})
    refused = last(*NEED_DATA, MORE, second, pay)
    assert isinstance(refused, PaymentRefused)
    assert refused.reason == "wrong_amount"
    state = after(*NEED_DATA, MORE, second, pay)
    assert (state.price, state.owed.amounts) == (150_000, (("bank-7", 25_000),))
    whole = PAY_MORE.model_copy(
        update={"bill": second.bill, "payment": "bank-8", "amount": 50_000, "more": 50_000}
    )
    assert after(whole, state=state).price == 200_000


def test_only_the_code_for_what_is_missing_now_is_shown() -> None:
    now = MONDAY + DAY
    assert open_bill(after(*DRAFTED), 0, now) is None
    assert open_bill(after(*NEED_DATA, MORE), 25_000, now) is not None
    assert open_bill(after(*NEED_DATA, MORE), 50_000, now) is None
    assert open_bill(after(*NEED_DATA, MORE, REVERSE), 25_000, now) is None
    bill = open_bill(
        after(*NEED_DATA, MORE.model_copy(update={"bill": "820000000000003"}), REVERSE, FURTHER), 25_000, now
    )
    assert bill is not None
    assert bill.reason == "reversed"
    assert open_bill(after(*NEED_DATA, REVERSE, FURTHER), 0, AGAIN_BY) is None
    assert open_bill(after(*NEED_DATA, REVERSE, FURTHER, PAY_AGAIN), 0, now) is None


def test_a_code_that_can_still_be_paid_stays_the_only_one() -> None:
    assert decide(FURTHER, after(*PAID, REVERSE, FURTHER)) == []
    late = FURTHER.by.model_copy(update={"at": AGAIN_BY})
    assert decide(FURTHER.model_copy(update={"by": late}), after(*PAID, REVERSE, FURTHER)) != []


async def unpaid(inside: Inside, application: UUID) -> None:
    bill = await inside.office.store.query(lambda tx: bill_for(tx, application))
    assert bill is not None
    back = {"payment": f"bank-{bill.bill}", "bill": bill.bill, "pay_by": inside.clock.now() + 3 * DAY}
    reverse = REVERSE.model_copy(update={"by": system(inside.clock.now()), **back})
    await inside.office.store.handle(applications, application, reverse)


@pytest.fixture
def gateway(inside: Inside) -> StandInGateway:
    stand_in = StandInGateway()
    adapter = stand_in.adapter()
    inside.office.billing = inside.office.applying._billing = adapter
    inside.office.further_billing._billing = adapter
    return stand_in


async def test_the_gateways_word_unpays_and_its_second_code_pays_again(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())
    await inside.office.polling.tick()
    gateway.pay_back(bill.bill, inside.clock.now())
    inside.clock.pass_hours(25)
    await inside.office.polling.tick()
    assert (await inside.state(request)).status is ApplicationStatus.AWAITING_PAYMENT
    by, issue = inside.citizen(request), inside.office.further_billing.issue
    once, twice = await issue(request, by, None), await issue(request, by, None)
    assert (len(once.recorded), len(twice.recorded), len(gateway.bills)) == (1, 0, 2)
    second = await inside.office.store.query(lambda tx: bill_for(tx, request.application))
    assert second is not None
    assert second.bill != bill.bill
    gateway.pay(second.bill, AMOUNT, inside.clock.now(), "bank-2")
    await inside.office.polling.tick()
    assert (await inside.state(request)).status is ApplicationStatus.QUEUED
    await inside.office.polling.tick()
    taken = await inside.office.deciding.take_next(inside.evaluator(), None)
    assert taken.state.status is ApplicationStatus.EVALUATION


async def test_the_notice_of_a_payment_that_was_paid_back_is_not_answered_as_paid(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT, inside.clock.now(), "bank-1")
    notice, signature = gateway.notice(bill.bill)
    _, first = await receive(inside.office, notice, {SIGNATURE: signature})
    gateway.pay_back(bill.bill, inside.clock.now())
    inside.clock.pass_hours(25)
    await inside.office.polling.tick()
    _, again = await receive(inside.office, notice, {SIGNATURE: signature})
    assert (first.outcome, again.outcome) == ("paid", "refunded")
    assert (await inside.state(request)).status is ApplicationStatus.AWAITING_PAYMENT
    await inside.office.further_billing.issue(request, inside.citizen(request), None)
    second = await inside.office.store.query(lambda tx: bill_for(tx, request.application))
    assert second is not None
    gateway.pay(second.bill, AMOUNT, inside.clock.now(), "bank-1")
    notice, signature = gateway.notice(second.bill)
    with pytest.raises(KnownPaymentError):
        await receive(inside.office, notice, {SIGNATURE: signature})


async def test_the_rest_of_a_bill_is_paid_and_nothing_is_owed_then(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT - 20_000, inside.clock.now())
    await inside.office.polling.tick()
    await inside.office.further_billing.issue(request, inside.citizen(request), None)
    second = await inside.office.store.query(lambda tx: bill_for(tx, request.application))
    assert second is not None
    assert second.amount == 20_000
    gateway.pay(second.bill, 20_000, inside.clock.now(), "bank-2")
    await inside.office.polling.tick()
    assert (await inside.state(request)).status is ApplicationStatus.QUEUED
    assert await inside.office.store.query(owing_bills) == []


async def asked_for_data(inside: Inside) -> IntakeRequest:
    """An export that is paid, and that the office has asked about."""
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await inside.drafted(request, EXPORT)
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.submit(request, by, None, (await inside.state(request)).revision)
    await inside.pay(request)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    wanted = ASK.wanted
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, wanted)
    return request


async def test_more_products_are_paid_with_a_second_code(calling: Calling) -> None:
    inside = calling.inside
    request = await asked_for_data(inside)
    applying, by = inside.office.applying, inside.citizen(request)
    nothing = await calling.tell(request, "further-bill")
    assert (nothing.status_code, nothing.json()["type"]) == (409, "urn:zona:problem:nothing_missing")
    second = sample_item("B-002", registration="MD123456789012")
    await applying.add_items(request, by, None, [second])
    bill = (await calling.tell(request, "further-bill")).json()["bill"]
    assert (bill["amount"], bill["is_paid"]) == (25_000, False)
    await inside.pay(request)
    reasons = {each.reason.value for each in (await applying.examination(request)).findings}
    assert "unpaid" not in reasons


async def test_an_outdated_code_is_neither_offered_nor_taken(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await asked_for_data(inside)
    applying, by = inside.office.applying, inside.citizen(request)
    billing, browser = inside.office.further_billing, visiting.owner(request)
    await applying.add_items(request, by, None, [sample_item("B-002", registration="MD123456789012")])
    first = billing.bill_of((await billing.issue(request, by, KEY)).state, by, KEY)
    assert f"Billing code for Rp 25,000: {first.bill}" in (await browser.get(here(request))).text
    await applying.add_items(request, by, None, [sample_item("B-003", registration="MD123456789012")])
    page = (await browser.get(here(request))).text
    assert first.bill not in page
    assert "Get a billing code for it" in page
    with pytest.raises(errors.ChangedMeanwhileError):
        billing.bill_of(await inside.state(request), by, None)
    again = (await billing.issue(request, by, KEY)).state
    assert billing.bill_of(again, by, KEY) == first
    second = billing.bill_of((await billing.issue(request, by, None)).state, by, None)
    assert second.amount == 50_000
    notice = {"bill": first.bill, "payment": "bank-old", "amount": 25_000, "paid_at": inside.clock.now()}
    await record_payment(inside.office, PaymentNotice(**notice))
    owing = await inside.office.store.query(owing_bills)
    assert [each.bill for each in owing] == [first.bill]
    await inside.pay(request)
    reasons = {each.reason.value for each in (await applying.examination(request)).findings}
    assert "unpaid" not in reasons


async def test_nobody_is_to_pay_for_what_is_over(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await inside.paid()
    await unpaid(inside, request.application)
    await inside.office.applying.withdraw(request, inside.citizen(request), None)
    reader = ListReader("signer-budi")
    page = await inside.office.store.query(
        lambda tx: desk_page(tx, ListFilter("unpaid"), reader, inside.clock.now())
    )
    assert (page.total, page.rows) == (0, ())
    at_the_desk = await visiting.person("signer-budi", "signer").get(at_desk(request))
    assert "Unpaid again" not in at_the_desk.text
    assert "are to be paid again" not in (await visiting.owner(request).get(here(request))).text


async def test_officials_and_applicant_see_that_it_is_unpaid_again(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await inside.signed()
    await inside.sealed(request)
    await unpaid(inside, request.application)
    reader = ListReader("signer-budi")
    page = await inside.office.store.query(
        lambda tx: desk_page(tx, ListFilter("unpaid"), reader, inside.clock.now())
    )
    assert (page.total, page.rows[0].ticket) == (1, request.ticket)
    at_the_desk = await visiting.person("signer-budi", "signer").get(at_desk(request))
    assert "judge whether they stay valid" in at_the_desk.text
    desk = await visiting.person("signer-budi", "signer").get("/certificates/desk/")
    assert "1 application is unpaid again" in desk.text
    browser = visiting.owner(request)
    assert "are to be paid again" in (await browser.get(here(request))).text
    page_now = await done(browser, here(request), "further-bill")
    assert "Billing code for Rp 50,000" in page_now.text
    await inside.pay(request)
    assert "are to be paid again" not in (await browser.get(here(request))).text
