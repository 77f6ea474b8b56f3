"""Bills and payments over a gateway that is late, says things twice, is silent or says what is wrong."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside
from tests.certificates.stand_in_gateway import SECRET, URL, StandInGateway
from tests.certificates.test_timers import loop

from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.bills import Bill, bill_for
from zi_certificates.use_cases import gateway_polling
from zi_certificates.use_cases.billing import Simulator
from zi_certificates.use_cases.billing_gateway import BillingGateway, GatewayAwayError, billing_of
from zi_chassis.settings import Settings
from zi_chassis.unusable_setting import UnusableSettingError
from zi_contracts.message import Message

AMOUNT = 50_000
HOURS_TO_PAY = 72.0


@pytest.fixture
def gateway(inside: Inside) -> StandInGateway:
    return connected(inside)


def connected(inside: Inside) -> StandInGateway:
    stand_in = StandInGateway()
    inside.office.billing = stand_in.adapter()
    inside.office.applying._billing = inside.office.billing
    return stand_in


async def billed(inside: Inside, name: str = "one", business: str = "a" * 64) -> tuple[IntakeRequest, Bill]:
    request = await inside.submitted(name, business=business)
    bill = await inside.office.store.query(lambda tx: bill_for(tx, request.application))
    assert bill is not None
    return request, bill


async def status(inside: Inside, request: IntakeRequest) -> ApplicationStatus:
    return (await inside.state(request)).status


def refused_payments(inside: Inside, event: str = "payment_refused") -> list[dict[str, Any]]:
    rows = inside.office.store.messages(0, 1_000)
    return [each.data for each in (Message.parse(row.message) for row in rows) if each.event == event]


def refunded_payments(inside: Inside) -> list[dict[str, Any]]:
    return refused_payments(inside, "payment_refunded")


async def test_a_bill_is_made_out_once_for_an_amount_and_a_day(inside: Inside) -> None:
    gateway, application, now = StandInGateway(), uuid4(), inside.clock.now()
    adapter = gateway.adapter()
    bills = [await adapter.issue(application, AMOUNT, now) for _ in range(2)]
    bills += [await adapter.issue(application, AMOUNT + 1, now)]
    bills += [await adapter.issue(application, AMOUNT, now + timedelta(days=1))]
    bills += [await adapter.issue(uuid4(), AMOUNT, now)]
    assert bills[0] == bills[1]
    assert len(set(bills)) == len(gateway.bills) == 4
    assert adapter.pay_at(bills[0]) == f"{URL}/pay/{bills[0]}"


@pytest.mark.parametrize(
    "lie",
    [
        {"amount": AMOUNT + 1},
        {"amount": "50000"},
        {"expires": "2027-01-01T00:00:00+00:00"},
        {"expires": "tomorrow"},
        {"bill": "82 <script>"},
    ],
)
async def test_a_bill_that_is_not_what_was_asked_for_is_none(inside: Inside, lie: dict[str, Any]) -> None:
    gateway = StandInGateway(lie=lie)
    with pytest.raises(GatewayAwayError):
        await gateway.adapter().issue(uuid4(), AMOUNT, inside.clock.now())


@pytest.mark.parametrize("gateway", [StandInGateway(silent=True), StandInGateway(secret=b"another")])
async def test_an_answer_that_is_none_or_not_signed_makes_no_bill(
    inside: Inside, gateway: StandInGateway
) -> None:
    with pytest.raises(GatewayAwayError):
        await gateway.adapter().issue(uuid4(), AMOUNT, inside.clock.now())


async def test_while_the_gateway_is_away_nothing_is_submitted_and_it_is_said_so(calling: Calling) -> None:
    gateway = StandInGateway(silent=True)
    calling.inside.office.applying._billing = gateway.adapter()
    request = await calling.inside.requested()
    await calling.inside.verified(request)
    await calling.inside.drafted(request)
    revision = (await calling.read(request))["statement"]["revision"]
    refused = await calling.tell(request, "submit", {"revision": revision})
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:zona:problem:gateway_away")
    assert refused.headers["Retry-After"] == "120"
    assert await status(calling.inside, request) is ApplicationStatus.DRAFT


async def test_a_payment_whose_notice_is_lost_is_found_by_asking(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    assert await inside.office.polling.tick() == 1
    assert await status(inside, request) is ApplicationStatus.AWAITING_PAYMENT
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())
    await inside.office.polling.tick()
    assert await status(inside, request) is ApplicationStatus.QUEUED
    assert await inside.office.polling.tick() == 0  # a bill that is paid is not asked about


async def test_a_notice_that_comes_after_the_answer_and_twice_changes_nothing(calling: Calling) -> None:
    inside, gateway = calling.inside, StandInGateway()
    inside.office.billing = inside.office.applying._billing = gateway.adapter()
    request, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())
    await inside.office.polling.tick()
    before = inside.office.store.last()
    answers = [await calling.notify(*gateway.notice(bill.bill)) for _ in range(2)]
    assert [each.json()["outcome"] for each in answers] == ["paid", "paid"]
    assert inside.office.store.last() == before
    gateway.pay(bill.bill, AMOUNT, inside.clock.now(), "bank-2")
    double = await calling.notify(*gateway.notice(bill.bill, payment=1))
    assert (double.json()["outcome"], double.json()["reason"]) == ("refused", "already_paid")
    assert (await calling.notify(gateway.notice(bill.bill)[0], "0" * 64)).status_code == 403
    assert await status(inside, request) is ApplicationStatus.QUEUED


async def test_a_wrong_amount_is_recorded_once_and_the_right_one_still_pays(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT - 1, inside.clock.now())
    for _ in range(3):
        await inside.office.polling.tick()
    assert [each["reason"] for each in refused_payments(inside)] == ["wrong_amount"]
    assert await status(inside, request) is ApplicationStatus.AWAITING_PAYMENT
    gateway.pay(bill.bill, AMOUNT, inside.clock.now(), "bank-2")
    await inside.office.polling.tick()
    assert await status(inside, request) is ApplicationStatus.QUEUED


async def test_who_paid_in_time_does_not_expire_because_the_gateway_was_silent(
    inside: Inside, gateway: StandInGateway
) -> None:
    """The notice was lost and the gateway is away when the time to pay ends: it has the last word when it is back."""
    request, bill = await billed(inside)
    await inside.office.polling.tick()
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())
    gateway.silent = True
    inside.clock.pass_hours(HOURS_TO_PAY + 1)
    timers = loop(inside)
    await timers.tick()
    await inside.office.polling.tick()
    await timers.tick()
    assert timers.reason is not None
    assert "the payment gateway has not said yet" in timers.reason
    assert inside.office.polling.reason == gateway_polling.AWAY
    assert await status(inside, request) is ApplicationStatus.AWAITING_PAYMENT
    gateway.silent = False
    await inside.office.polling.tick()
    await timers.tick()
    assert await status(inside, request) is ApplicationStatus.QUEUED
    assert (timers.reason, inside.office.polling.reason) == (None, None)


async def test_what_is_unpaid_by_the_gateways_word_expires(inside: Inside, gateway: StandInGateway) -> None:
    request, bill = await billed(inside)
    inside.clock.pass_hours(HOURS_TO_PAY + 1)
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())  # too late
    await inside.office.polling.tick()
    await loop(inside).tick()
    assert await status(inside, request) is ApplicationStatus.EXPIRED
    assert [each["reason"] for each in refused_payments(inside)] == ["too_late"]


async def test_a_refund_is_recorded_once_and_says_whether_it_had_paid_the_bill(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT - 1, inside.clock.now())
    gateway.pay(bill.bill, AMOUNT, inside.clock.now(), "bank-2")
    await inside.office.polling.tick()
    inside.clock.pass_hours(HOURS_TO_PAY)
    gateway.pay_back(bill.bill, inside.clock.now(), payment=1)  # what paid the bill
    for _ in range(2):
        assert await inside.office.polling.tick() == 1
    assert [(each["amount"], each["reversed"]) for each in refunded_payments(inside)] == [(AMOUNT, True)]
    gateway.pay_back(bill.bill, inside.clock.now(), payment=0)
    assert await inside.office.polling.tick() == 1
    assert await inside.office.polling.tick() == 1  # nothing is owed any more, but the bill is open again
    assert [(each["amount"], each.get("reversed")) for each in refunded_payments(inside)[1:]] == [
        (AMOUNT - 1, None)
    ]
    assert await status(inside, request) is ApplicationStatus.AWAITING_PAYMENT
    assert (await inside.state(request)).owed.amounts == ()


async def test_money_that_is_paid_back_before_it_is_found_pays_nothing(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())
    gateway.pay_back(bill.bill, inside.clock.now())
    await inside.office.polling.tick()
    assert await status(inside, request) is ApplicationStatus.AWAITING_PAYMENT
    assert (refused_payments(inside), refunded_payments(inside)) == ([], [])
    gateway.pay(bill.bill, AMOUNT, inside.clock.now(), "bank-2")
    await inside.office.polling.tick()
    assert await status(inside, request) is ApplicationStatus.QUEUED


async def test_a_second_payment_whose_notice_is_lost_is_found_and_so_is_its_refund(
    inside: Inside, gateway: StandInGateway
) -> None:
    _, bill = await billed(inside)
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())
    await inside.office.polling.tick()
    gateway.pay(bill.bill, AMOUNT, inside.clock.now(), "bank-2")
    assert await inside.office.polling.tick() == 0
    inside.clock.pass_hours(24)
    assert await inside.office.polling.tick() == 1
    assert [each["reason"] for each in refused_payments(inside)] == ["already_paid"]
    gateway.pay_back(bill.bill, inside.clock.now(), payment=1)
    await inside.office.polling.tick()
    assert [each["amount"] for each in refunded_payments(inside)] == [AMOUNT]


@pytest.mark.parametrize("ends", ["withdrawn", "expired"])
async def test_money_that_comes_after_the_end_is_found_for_a_quarter_of_a_year(
    inside: Inside, gateway: StandInGateway, ends: str
) -> None:
    request, bill = await billed(inside)
    if ends == "withdrawn":
        await inside.office.applying.withdraw(request, inside.citizen(request), None)
    inside.clock.pass_hours(HOURS_TO_PAY + 1)
    await inside.office.polling.tick()
    await loop(inside).tick()
    assert (await status(inside, request)).value == ends
    inside.clock.pass_hours(24 * 89)
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())
    assert await inside.office.polling.tick() == 1
    assert [each["reason"] for each in refused_payments(inside)] == ["too_late"]


async def test_a_bill_is_left_alone_after_that_and_does_not_make_the_service_unready(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    await inside.office.applying.withdraw(request, inside.citizen(request), None)
    del gateway.bills[bill.bill]
    assert (await inside.office.polling.tick(), inside.office.polling.reason) == (0, None)
    inside.clock.pass_hours(HOURS_TO_PAY + 24 * 90 + 1)
    await inside.office.polling.tick()
    assert gateway.queries == [bill.bill]


async def test_an_answer_about_another_bill_pays_nothing(inside: Inside, gateway: StandInGateway) -> None:
    request, bill = await billed(inside)
    other, another = await billed(inside, "two", business="b" * 64)
    gateway.pay(another.bill, AMOUNT, inside.clock.now())
    gateway.lie = {"bill": another.bill, "payments": gateway.bills[another.bill]["payments"]}
    await inside.office.polling.tick()
    assert await status(inside, request) is ApplicationStatus.AWAITING_PAYMENT
    assert await status(inside, other) is ApplicationStatus.QUEUED
    assert bill.bill != another.bill


async def test_a_gateway_that_fails_is_left_alone_and_nobody_is_left_out(
    inside: Inside, gateway: StandInGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_polling, "MOST_FAILURES", 1)
    requests = [
        await billed(inside, name, business=letter * 64) for name, letter in (("one", "a"), ("two", "b"))
    ]
    gateway.silent = True
    for _ in range(2):
        assert await inside.office.polling.tick() == 0
        inside.clock.pass_hours(1)
    assert sorted(gateway.queries) == sorted(bill.bill for _, bill in requests)


async def test_a_bill_that_the_gateway_has_lost_does_not_stop_the_others(
    inside: Inside, gateway: StandInGateway
) -> None:
    request, bill = await billed(inside)
    other, another = await billed(inside, "two", business="b" * 64)
    del gateway.bills[bill.bill]
    gateway.pay(another.bill, AMOUNT, inside.clock.now())
    assert await inside.office.polling.tick() == 1
    assert await status(inside, other) is ApplicationStatus.QUEUED
    assert await status(inside, request) is ApplicationStatus.AWAITING_PAYMENT


async def test_what_the_gateway_does_not_know_by_its_signed_word_expires(
    inside: Inside, gateway: StandInGateway
) -> None:
    """It forgot the bill, or another gateway made it out; an answer without a signature, or about another bill, is none."""
    request, _ = await billed(inside)
    gateway.bills.clear()
    inside.clock.pass_hours(HOURS_TO_PAY + 1)
    timers = loop(inside)
    for lie, admits in (({}, False), ({"bill": "820"}, True), ({"unknown": False}, True)):
        gateway.lie, gateway.admits = lie, admits
        assert await inside.office.polling.tick() == 0
        await timers.tick()
        assert await status(inside, request) is ApplicationStatus.AWAITING_PAYMENT
        assert inside.office.polling.reason == gateway_polling.AWAY
    gateway.lie = {}
    assert await inside.office.polling.tick() == 1
    await timers.tick()
    assert await status(inside, request) is ApplicationStatus.EXPIRED
    assert (timers.reason, inside.office.polling.reason) == (None, None)


async def test_bills_that_cannot_be_asked_about_do_not_stop_a_later_bill(
    inside: Inside, gateway: StandInGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_polling, "LARGEST_BATCH", 2)
    monkeypatch.setattr(gateway_polling, "MOST_FAILURES", 1)
    for letter in "abc":
        await billed(inside, letter, business=letter * 64)
    gateway.bills = {f"forgotten {code}": bill for code, bill in gateway.bills.items()}
    await inside.office.polling.tick()
    inside.clock.pass_hours(1)
    request, bill = await billed(inside, "later", business="d" * 64)
    gateway.pay(bill.bill, AMOUNT, inside.clock.now())
    await inside.office.polling.tick()
    assert await status(inside, request) is ApplicationStatus.QUEUED


async def test_the_simulator_is_not_asked(inside: Inside) -> None:
    await inside.submitted()
    assert isinstance(inside.office.billing, Simulator)
    assert await inside.office.polling.tick() == 0


def test_a_gateway_is_named_with_its_address(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"service": "certificates", "data": tmp_path}
    settings = Settings(**fields, billing="gateway", billing_url=URL)
    client = StandInGateway().adapter(SECRET)._client
    assert isinstance(billing_of(settings, client), BillingGateway)
    for wrong in ({"billing": "gateway"}, {"billing_url": URL}):
        with pytest.raises(UnusableSettingError, match="set together"):
            Settings(**fields, **wrong)
