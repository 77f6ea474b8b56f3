"""The simulator's page, on which nobody pays: it sends the notice that a bank would send, through the same door."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_certificates.container import CertificatesOffice
from zi_certificates.read.bills import Bill, bill_of
from zi_certificates.use_cases.billing import PaymentOutcome, Simulator, payments_of
from zi_certificates.use_cases.payments import UnknownBillError, receive
from zi_certificates.web import presenters
from zi_certificates.web.api.parameters import TheOffice
from zi_certificates.web.history import PAYMENTS
from zi_chassis.web.page import Pages
from zi_chassis.web.problem import DETAILS, NotFoundError

PAGE = "/certificates/billing-simulator/{bill}"

router = APIRouter(include_in_schema=False)


@router.get(PAGE)
async def show(request: Request, office: TheOffice, bill: str) -> Response:
    simulator_of(office)
    billed = await _billed(office, bill)
    came = await office.store.query(lambda tx: payments_of(tx, billed.bill))
    return _page(request, office, billed, came)


@router.post(PAGE)
async def pretend(office: TheOffice, bill: str) -> Response:
    """Every press of the button is another payment; one too many is seen refused."""
    simulator = simulator_of(office)
    billed = await _billed(office, bill)
    notice, headers = simulator.notice(billed.bill, billed.amount, office.clock.now())
    await receive(office, notice, headers)
    return RedirectResponse(PAGE.format(bill=billed.bill), 303)


def simulator_of(office: CertificatesOffice) -> Simulator:
    """There is no such page where money is real."""
    if not isinstance(office.billing, Simulator):
        raise NotFoundError(DETAILS[404])
    return office.billing


async def _billed(office: CertificatesOffice, bill: str) -> Bill:
    billed = await office.store.query(lambda tx: bill_of(tx, bill))
    if billed is None:
        raise UnknownBillError
    return billed


def _page(
    request: Request, office: CertificatesOffice, billed: Bill, came: Sequence[PaymentOutcome]
) -> Response:
    pages: Pages = request.app.state.pages
    say = presenters.say_of(request)
    return pages.render(
        request,
        "billing_simulator.html",
        bill=billed,
        amount=presenters.names(request, office).amount(billed.amount),
        is_paid=any(each.outcome == "paid" for each in came),
        refused=[say(PAYMENTS[each.reason]) for each in came if each.reason is not None],
        application=f"/certificates/applications/{billed.ticket}",
    )
