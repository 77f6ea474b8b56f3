"""Notices of the gateway, and the page on which nobody pays."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.certificates.calling import Calling

from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.bills import Bill
from zi_certificates.use_cases.billing import NoBillingError, NoGateway, Simulator
from zi_certificates.use_cases.billing_gateway import billing_of
from zi_chassis.settings import Settings

CLIENT = httpx.AsyncClient()


def simulator(calling: Calling) -> Simulator:
    billing = calling.inside.office.billing
    assert isinstance(billing, Simulator)
    return billing


def notice(calling: Calling, billed: Bill, **changes: Any) -> bytes:
    fields = {"bill": billed.bill, "payment": "bank-1", "amount": billed.amount}
    return json.dumps(fields | {"paid_at": calling.inside.clock.now().isoformat()} | changes).encode()


async def notify(calling: Calling, body: bytes) -> Any:
    answer = await calling.notify(body, simulator(calling).signature(body))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def status(calling: Calling, request: IntakeRequest) -> ApplicationStatus:
    return (await calling.inside.state(request)).status


async def test_a_genuine_notice_pays_and_is_answered_the_same_however_often_it_comes(
    calling: Calling,
) -> None:
    request = await calling.inside.submitted()
    body = notice(calling, await calling.bill(request))
    answers = [await notify(calling, body) for _ in range(3)]
    assert (answers[0]["outcome"], answers[0]["reason"]) == ("paid", None)
    assert answers[0] == answers[1] == answers[2]
    assert await status(calling, request) is ApplicationStatus.QUEUED
    assert (await calling.read(request))["bill"]["is_paid"]


async def test_another_amount_is_recorded_and_pays_nothing(calling: Calling) -> None:
    request = await calling.inside.submitted()
    bill = await calling.bill(request)
    body = notice(calling, bill, amount=bill.amount - 1)
    answers = [await notify(calling, body) for _ in range(2)]
    assert [(each["outcome"], each["reason"]) for each in answers] == [("refused", "wrong_amount")] * 2
    assert await status(calling, request) is ApplicationStatus.AWAITING_PAYMENT
    assert (await notify(calling, notice(calling, bill, payment="bank-2")))["outcome"] == "paid"


async def test_money_that_comes_twice_is_to_be_paid_back(calling: Calling) -> None:
    request = await calling.inside.submitted()
    bill = await calling.bill(request)
    first = await notify(calling, notice(calling, bill))
    second = await notify(calling, notice(calling, bill, payment="bank-2"))
    assert (first["outcome"], second["outcome"], second["reason"]) == ("paid", "refused", "already_paid")
    assert (await notify(calling, notice(calling, bill)))["outcome"] == "paid"


async def test_money_that_comes_too_late_is_to_be_paid_back(calling: Calling) -> None:
    request = await calling.inside.submitted()
    bill = await calling.bill(request)
    late = (bill.pay_by + timedelta(seconds=1)).isoformat()
    assert (await notify(calling, notice(calling, bill, paid_at=late)))["reason"] == "too_late"


async def test_nobody_without_the_secret_makes_a_notice(calling: Calling) -> None:
    request = await calling.inside.submitted()
    bill = await calling.bill(request)
    body = notice(calling, bill)
    genuine = simulator(calling).signature(body)
    for forged in (b"", b"0" * 64, genuine[:-1].encode(), genuine.upper().encode(), b"\xfc"):
        refused = await calling.notify(body, forged)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:zona:problem:forged_notice")
    changed = notice(calling, bill, amount=1)
    assert (await calling.notify(changed, genuine)).status_code == 403
    assert await status(calling, request) is ApplicationStatus.AWAITING_PAYMENT


async def test_a_forged_notice_is_refused_before_it_is_read(calling: Calling) -> None:
    assert (await calling.notify(b"\xff not json", "0" * 64)).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "many"}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": True}, "amount"),
        ({"paid_at": 1_700_000_000}, "paid_at"),
        ({"paid_at": "2026-12-07T09:00:00"}, "paid_at"),
        ({"payment": "Bunga Contoh, 0811"}, "payment"),
        ({"more": 1}, "more"),
    ],
)
async def test_a_signed_notice_that_says_nonsense_is_refused_with_its_fields(
    calling: Calling, wrong: dict[str, Any], field: str
) -> None:
    request = await calling.inside.submitted()
    body = notice(calling, await calling.bill(request), **wrong)
    refused = await calling.notify(body, simulator(calling).signature(body))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


async def test_a_signed_notice_that_is_no_json_is_refused(calling: Calling) -> None:
    refused = await calling.notify(b"\xff", simulator(calling).signature(b"\xff"))
    assert refused.status_code == 422


async def test_money_for_a_bill_that_nobody_made_out_is_no_event(calling: Calling) -> None:
    request = await calling.inside.submitted()
    body = notice(calling, await calling.bill(request), bill="820000000000000")
    before = calling.inside.office.store.last()
    refused = await calling.notify(body, simulator(calling).signature(body))
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:zona:problem:unknown_bill")
    assert calling.inside.office.store.last() == before


# -- the simulator


async def test_the_page_says_that_no_money_moves_and_sends_the_notice_of_a_bank(calling: Calling) -> None:
    request = await calling.inside.submitted()
    bill = await calling.bill(request)
    where = f"/certificates/billing-simulator/{bill.bill}"
    browser = calling.visiting.stranger()
    page = await browser.get(where)
    assert "No money moves here" in page.text
    assert f"Rp {bill.amount:,}" in page.text
    paid = await browser.post(where)
    assert "The notice of payment was sent" in paid.text
    assert await status(calling, request) is ApplicationStatus.QUEUED
    calling.inside.clock.pass_hours(1)
    again = await browser.post(where)
    assert "the bill was paid already" in again.text


async def test_the_page_speaks_indonesian(calling: Calling) -> None:
    request = await calling.inside.submitted()
    bill = await calling.bill(request)
    browser = calling.visiting.stranger()
    page = await browser.get(f"/certificates/billing-simulator/{bill.bill}?lang=id")
    assert "Tidak ada uang yang berpindah di sini" in page.text
    assert "Simulasikan pembayaran" in page.text


async def test_the_page_knows_no_other_bills(calling: Calling) -> None:
    page = await calling.visiting.stranger().get("/certificates/billing-simulator/820000000000000")
    assert page.status_code == 404


async def test_an_application_has_one_bill_that_nobody_can_guess(calling: Calling) -> None:
    first, second = await calling.inside.requested("one"), await calling.inside.requested("two")
    now, billing = calling.inside.clock.now(), simulator(calling)
    bills = [await billing.issue(each.application, 1, now) for each in (first, first, second)]
    assert bills[0] == bills[1] != bills[2]
    elsewhere = Simulator(b"another secret", "http://zona.example")
    assert await elsewhere.issue(first.application, 1, now) != bills[0]


async def test_without_a_gateway_nothing_is_billed_and_no_notice_is_genuine(calling: Calling) -> None:
    settings = calling.inside.office.settings.model_copy(update={"billing": ""})
    calling.inside.office.billing = billing_of(settings, CLIENT)
    assert isinstance(calling.inside.office.billing, NoGateway)
    assert (await calling.notify(b"{}", "")).status_code == 403
    page = await calling.visiting.stranger().get("/certificates/billing-simulator/820000000000000")
    assert page.status_code == 404
    with pytest.raises(NoBillingError):
        calling.inside.office.billing.pay_at("820000000000000")


async def test_without_a_gateway_nothing_is_submitted(calling: Calling) -> None:
    calling.inside.office.applying._billing = NoGateway()
    request = await calling.inside.requested()
    await calling.inside.verified(request)
    await calling.inside.drafted(request)
    revision = (await calling.read(request))["statement"]["revision"]
    refused = await calling.tell(request, "submit", {"revision": revision})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:no_billing")
    assert await status(calling, request) is ApplicationStatus.DRAFT


def test_a_demonstration_has_the_simulator_and_nothing_else_has_it_unasked(tmp_path: Any) -> None:
    for demo, kind in ((True, Simulator), (False, NoGateway)):
        settings = Settings(service="certificates", data=tmp_path, demo=demo)
        assert isinstance(billing_of(settings, CLIENT), kind)
