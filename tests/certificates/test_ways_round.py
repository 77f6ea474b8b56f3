"""Ways round the rules that somebody might try, each of them closed."""

import asyncio

import pytest
from tests.certificates.inside import EXPORT, Inside, sample_item
from tests.certificates.steps import MISSING, WRONG

from zi_certificates import refusal
from zi_certificates.application import Status
from zi_certificates.heard import Request
from zi_certificates.impartiality import HinderedError
from zi_certificates.queue import InHandError, NothingForYouError
from zi_chassis.store import Handled


async def asked(inside: Inside, request: Request) -> None:
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, (MISSING,))


# -- what nobody has looked at


@pytest.mark.parametrize("rejected", [False, True])
async def test_what_changes_while_it_is_sent_is_not_taken_for_what_was_examined(
    inside: Inside, *, rejected: bool
) -> None:
    """The revision that is coming is named beforehand: nothing of it was examined, and it costs more than was paid."""
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await inside.drafted(request, EXPORT)
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.submit(request, by, None, (await inside.state(request)).revision)
    await inside.pay(request)
    if rejected:
        await inside.office.deciding.take_next(inside.evaluator(), None)
        await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG,))
    else:
        await asked(inside, request)
    coming = (await inside.state(request)).revision + 1
    send = applying.resubmit if rejected else applying.send_data
    sent, _ = await asyncio.gather(
        send(request, by, None, coming),
        applying.add_items(request, by, None, [sample_item("B-002")]),
        return_exceptions=True,
    )
    assert isinstance(sent, refusal.ApplicationError)
    assert (await inside.state(request)).status in (Status.NEED_DATA, Status.REJECTED)


# -- which application


async def test_nobody_takes_the_next_with_one_in_hand(either: Inside) -> None:
    """Whoever could hold many would choose among them."""
    one, two = await either.paid("one"), await either.paid("two")
    deciding, by = either.office.deciding, either.evaluator()
    await deciding.take_next(by, None)
    with pytest.raises(InHandError, match=one.ticket):
        await deciding.take_next(by, None)
    await deciding.ask_data(one.ticket, by, None, (MISSING,))
    taken = await deciding.take_next(by, None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == two.ticket


async def test_of_two_takings_at_once_by_one_evaluator_one_is_refused(either: Inside) -> None:
    await either.paid("one")
    await either.paid("two")
    takings = (either.office.deciding.take_next(either.evaluator(), None) for _ in range(2))
    told = await asyncio.gather(*takings, return_exceptions=True)
    assert {type(each) for each in told} == {Handled, InHandError}


# -- who decides


async def test_whoever_filed_it_does_not_evaluate_it(inside: Inside) -> None:
    """An official may have a company too."""
    request = await inside.requested(actor="evaluator-ani", role="applicant")
    await inside.verified(request)
    await inside.drafted(request)
    revision = (await inside.state(request)).revision
    await inside.office.applying.submit(request, inside.citizen(request), None, revision)
    await inside.pay(request)
    with pytest.raises(NothingForYouError):
        await inside.office.deciding.take_next(inside.evaluator(), None)


async def test_whoever_filed_it_does_not_verify_the_account(inside: Inside) -> None:
    request = await inside.requested(actor="officer-ira", role="applicant")
    with pytest.raises(HinderedError):
        await inside.verified(request)
