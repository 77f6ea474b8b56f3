"""Ways round the rules that somebody might try, each of them closed."""

import asyncio
import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from tests.certificates import steps as usual
from tests.certificates import test_account
from tests.certificates.calling import STATEMENT, Calling
from tests.certificates.inside import (
    ACCOUNT_DOCUMENTS,
    DEMO_RULES,
    EXPORT,
    STATED,
    Inside,
    opened,
    sample_item,
    ticket_of,
)
from tests.certificates.steps import MISSING, WRONG

from zi_certificates.domain import account
from zi_certificates.domain.application import errors
from zi_certificates.domain.application.decide import (
    decide as decide_application,
)
from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.domain.impartiality import HinderedError
from zi_certificates.domain.queue import InHandError, NothingForYouError
from zi_certificates.domain.statement import MOST_REVISIONS, Document
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.accounts import account_referred
from zi_chassis.storage.store import Handled


async def ask_data(inside: Inside, request: IntakeRequest) -> None:
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
        await ask_data(inside, request)
    coming = (await inside.state(request)).revision + 1
    send = applying.resubmit if rejected else applying.send_data
    sent, _ = await asyncio.gather(
        send(request, by, None, coming),
        applying.add_items(request, by, None, [sample_item("B-002")]),
        return_exceptions=True,
    )
    assert isinstance(sent, errors.ApplicationError)
    assert (await inside.state(request)).status in (ApplicationStatus.NEED_DATA, ApplicationStatus.REJECTED)


# -- which application


async def test_nobody_takes_the_next_with_one_in_hand(either: Inside) -> None:
    """Whoever could hold many would choose among them."""
    first, two = await either.paid("one"), await either.paid("two")
    deciding, by = either.office.deciding, either.evaluator()
    await deciding.take_next(by, None)
    with pytest.raises(InHandError, match=first.ticket):
        await deciding.take_next(by, None)
    await deciding.ask_data(first.ticket, by, None, (MISSING,))
    taken = await deciding.take_next(by, None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == two.ticket


async def test_of_two_takings_at_once_by_one_evaluator_one_is_refused(either: Inside) -> None:
    await either.paid("one")
    await either.paid("two")
    takings = (either.office.deciding.take_next(either.evaluator(), None) for _ in range(2))
    answer = await asyncio.gather(*takings, return_exceptions=True)
    assert {type(each) for each in answer} == {Handled, InHandError}


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


async def test_whoever_has_an_interest_in_the_company_under_its_later_number_is_hindered_too(
    inside: Inside,
) -> None:
    """The account was opened without the number, and moved to a request that says it."""
    first = await inside.requested("one", business="1" * 64, nib=None)
    with pytest.raises(account.AccountIncompleteError):
        await inside.verified(first)
    later = await inside.requested("two", business="2" * 64, account=first.ticket)
    documents = [Document(kind=each, file=await inside.attached(later, each)) for each in ACCOUNT_DOCUMENTS]
    stated = STATED.model_copy(update={"documents": tuple(documents)})
    moved = await inside.office.applying.move_account(later, inside.citizen(later), None, stated)
    await inside.declared("officer-ira", "2" * 64)
    verify = inside.office.deciding.verify_account
    with pytest.raises(HinderedError):
        await verify(first.ticket, inside.staff("officer-ira", "officer"), None, moved.state.revision)
    await verify(first.ticket, inside.staff("officer-ono", "officer"), None, moved.state.revision)
    await inside.declared("evaluator-ani", "2" * 64)
    await inside.paid("three", business="1" * 64, account=first.ticket)
    with pytest.raises(NothingForYouError):
        await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.take_next(inside.evaluator("evaluator-eko"), None)
    answer = await inside.declared("evaluator-eko", "2" * 64)
    assert (await inside.state(await inside.office.access.request(ticket_of("three")))).flagged == {answer.id}


async def test_whoever_verified_an_account_before_their_interest_was_known_is_flagged(either: Inside) -> None:
    request = await either.requested()
    await either.verified(request)
    await either.declared("officer-ono")
    assert _flags(either) == []
    answer = await either.declared("officer-ira")
    again = await either.mentored("officer-ira")
    assert [(each["data"]["official"], each["data"]["event"]) for each in _flags(either)] == [
        ("officer-ira", str(answer.id)),
        ("officer-ira", str(again.id)),
    ]
    assert {each["subject"] for each in _flags(either)} == {request.ticket}
    _, _, now = await either.office.applying.account(request)
    assert (now.check, now.revision) == ("verified", 1)
    row = await either.office.store.query(lambda tx: account_referred(tx, request.ticket))
    assert row is not None
    assert (row.check, row.is_verified) == ("verified", True)


def _flags(inside: Inside) -> list[Any]:
    answer = [json.loads(row.message) for row in inside.office.store.messages(0, 1_000)]
    return [each for each in answer if each["type"] == "zi.certificates.account_flagged"]


# -- whose name


async def test_who_signs_sees_the_name_that_the_letter_will_have(calling: Calling) -> None:
    """A later request may call the company anything; the letter has the name that an officer has verified."""
    visiting, inside = calling.visiting, calling.inside
    first = await inside.requested("one")
    await inside.verified(first)
    later = await inside.paid("Palsu", account=first.ticket)
    signer = visiting.person("signer-budi", "signer")
    page = await signer.post(f"/certificates/desk/applications/{later.ticket}/open")
    assert "PT one" in page.text
    assert "PT Palsu" not in page.text


# -- how many have looked at it


async def test_goods_that_two_have_to_evaluate_are_evaluated_by_two_whatever_was_submitted_first(
    tmp_path: Path,
) -> None:
    """The office's own rules want a second evaluation of other letters than the one that was submitted."""
    folder = tmp_path / "rules"
    copytree(DEMO_RULES, folder)
    shipped = (files("zi_rules") / "data" / "certificates" / "rancangan.toml").read_text()
    rule = '[[second_evaluation]]\nsource = "No document seen: this office'
    assert rule in shipped
    (folder / "certificates").mkdir()
    filed = shipped.replace(rule, rule.replace("]]\n", ']]\nkinds = ["ske_free_sale"]\n'))
    (folder / "certificates" / "rancangan.toml").write_text(filed)
    async with opened(tmp_path / "data", rules=folder) as inside:
        request = await inside.requested(series="ske")
        await inside.verified(request)
        await inside.drafted(request, EXPORT)
        applying, by = inside.office.applying, inside.citizen(request)
        await applying.submit(request, by, None, (await inside.state(request)).revision)
        await inside.pay(request)
        await ask_data(inside, request)
        await applying.change(request, by, None, EXPORT.model_copy(update={"kinds": ("ske_free_sale",)}))
        for missing in (await applying.examination(request)).missing:
            file = await inside.attached(request, missing.any_of[0])
            products = () if missing.item is None else (missing.item,)
            await applying.attach(
                request, by, None, Document(kind=missing.any_of[0], file=file, products=products)
            )
        sent = await applying.send_data(
            request, by, None, (await inside.state(request)).revision, {MISSING: "Bets ini benar."}
        )
        passed = await inside.office.deciding.pass_evaluation(
            request.ticket, inside.evaluator(), None, sent.state.revision
        )
        assert passed.state.status is ApplicationStatus.QUEUED


# -- what can't be done any more


async def test_a_letter_is_asked_for_once(calling: Calling) -> None:
    """Of one kind asked for twice nobody could sign both."""
    request = await calling.inside.requested()
    await calling.tell(request, "statement", STATEMENT | {"kinds": ["ski_post_border", "ski_post_border"]})
    assert (await calling.read(request))["statement"]["kinds"] == ["ski_post_border"]


# -- how much


def test_nobody_makes_an_application_or_an_account_too_long_to_be_looked_at() -> None:
    """Every page of it reads all that was ever stated."""
    drafted = usual.after(usual.DRAFT)
    assert decide_application(usual.CHANGE, replace(drafted, revision=MOST_REVISIONS - 1))
    with pytest.raises(errors.TooManyRevisionsError):
        decide_application(usual.CHANGE, replace(drafted, revision=MOST_REVISIONS))
    opened = test_account.after(test_account.OPEN)
    with pytest.raises(account.TooManyChangesError):
        account.decide(test_account.CHANGE, replace(opened, revision=MOST_REVISIONS))
