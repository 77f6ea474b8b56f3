"""What is heard, and what comes of it."""

from uuid import uuid4

import pytest
from tests.certificates.inside import Inside, ticket_of
from tests.certificates.officials import BUSINESS, named
from tests.certificates.steps import WRONG

from zi_certificates.domain.ids import account_id, application_id
from zi_certificates.domain.impartiality import HinderedError, Interest
from zi_certificates.domain.queue import NothingForYouError
from zi_certificates.messaging.upstream import (
    account_of,
    facts_about,
    files_of,
    interests_of,
    request_of,
    requests_by,
)

OTHERS = "a" * 64


async def test_a_request_is_noted_as_intake_passed_it_on(inside: Inside) -> None:
    request = await inside.requested("one", series="ske", actor="tono", role="applicant")
    assert (request.ticket, request.series, request.account) == (ticket_of("one"), "ske", None)
    assert (request.actor, request.role, request.reachable_by) == ("tono", "applicant", ("email",))
    assert request.application == application_id(named("case one"))
    assert {each.field for each in request.items} == {
        *("company.name", "company.address", "company.nib", "reporter.name")
    }
    assert await inside.office.store.query(lambda tx: requests_by(tx, "tono", "applicant")) == ([request], 1)


async def test_a_later_request_applies_with_the_account_of_the_first_one(inside: Inside) -> None:
    """Whichever request of the company was named."""
    first = await inside.requested("one")
    second = await inside.requested("two", account=first.ticket)
    third = await inside.requested("three", account=second.ticket)
    for request in (first, second, third):
        account = await inside.office.store.query(lambda tx, request=request: account_of(tx, request))  # type: ignore[misc]
        assert account == account_id(first.case)
    assert third.account == first.ticket


async def test_files_are_noted_for_requests_and_for_nothing_else(inside: Inside) -> None:
    request = await inside.requested()
    item = await inside.attached(request, "invoice")
    other = {"media_type": "image/png", "size": 4, "items": [item.model_dump(mode="json")]}
    await inside.hear("intake", "attachment_added", other, aggregate=uuid4(), subject="7T2M4K9QB")
    assert await inside.office.store.query(lambda tx: files_of(tx, request.ticket)) == {
        item.item: item.digest
    }
    assert await inside.office.store.query(lambda tx: files_of(tx, "7T2M4K9QB")) == {}


async def test_what_is_of_no_concern_changes_nothing(inside: Inside) -> None:
    await inside.hear("intake", "data_kept", {"items": []}, aggregate=uuid4())
    assert await inside.office.store.query(lambda tx: request_of(tx, "-")) is None
    assert inside.office.store.received_position("intake") == 1


async def test_a_declaration_hinders_until_it_is_cleared_and_a_mentorship_for_ever(inside: Inside) -> None:
    store = inside.office.store
    declared = await inside.declared("ani", OTHERS)
    await inside.mentored("ani", OTHERS)
    both = {Interest(kind=kind, business_ref=OTHERS) for kind in ("conflict", "mentorship")}
    assert set(await store.query(lambda tx: interests_of(tx, "ani"))) == both
    facts = await store.query(lambda tx: facts_about(tx, {OTHERS}))
    assert [(each.kind, each.position) for each in facts] == [("conflict", 1), ("mentorship", 1)]
    assert facts[0].event == declared.id
    await inside.cleared("ani", OTHERS)
    [left] = await store.query(lambda tx: interests_of(tx, "ani"))
    assert left.kind == "mentorship"


async def test_a_declaration_before_the_business_had_a_number_hinders_by_the_number(inside: Inside) -> None:
    first = await inside.paid()
    evaluator = inside.evaluator()
    await inside.office.deciding.take_next(evaluator, None)
    await inside.declared(evaluator.actor, OTHERS)
    assert (await inside.state(first)).officer == evaluator.actor
    await inside.numbered(former=OTHERS)
    assert (await inside.state(first)).officer is None
    with pytest.raises(NothingForYouError):
        await inside.office.deciding.take_next(evaluator, None)
    await inside.cleared(evaluator.actor, OTHERS)
    await inside.office.deciding.take_next(evaluator, None)


async def test_a_declaration_that_comes_after_the_number_takes_the_application_too(inside: Inside) -> None:
    first = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.numbered(former=OTHERS)
    await inside.declared("evaluator-ani", OTHERS)
    assert (await inside.state(first)).officer is None


async def test_a_declaration_under_a_corrected_number_hinders_by_the_wrong_one(inside: Inside) -> None:
    """The application still has the number that a mentoring case of the business had before."""
    first = await inside.paid()
    evaluator = inside.evaluator()
    await inside.office.deciding.take_next(evaluator, None)
    await inside.numbered(former=BUSINESS, business=OTHERS)
    await inside.declared(evaluator.actor, OTHERS)
    assert (await inside.state(first)).officer is None
    with pytest.raises(NothingForYouError):
        await inside.office.deciding.take_next(evaluator, None)
    await inside.cleared(evaluator.actor, OTHERS)
    await inside.office.deciding.take_next(evaluator, None)


async def test_a_new_fact_flags_what_this_official_decided_about_this_business(inside: Inside) -> None:
    first, two = await inside.paid("one"), await inside.paid("two")
    elsewhere = await inside.paid("elsewhere", OTHERS)
    deciding = inside.office.deciding
    for official in ("evaluator-ani", "evaluator-eko"):
        await deciding.take_next(inside.evaluator(official), None)
    await deciding.reject(first.ticket, inside.evaluator(), None, (WRONG,))
    await deciding.take_next(inside.evaluator(), None)
    answer = await inside.declared("evaluator-ani")
    flagged = {each.ticket: (await inside.state(each)).flagged for each in (first, two, elsewhere)}
    assert flagged == {first.ticket: {answer.id}, two.ticket: frozenset(), elsewhere.ticket: frozenset()}


async def test_a_flag_names_the_message_that_caused_it(inside: Inside) -> None:
    await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    answer = await inside.mentored("evaluator-ani")
    [row] = inside.office.store.messages(inside.office.store.last()[0] - 1, 10)
    assert row.nats_subject.startswith("zi.certificates.conflict_flagged.")
    assert f'"causation":"{answer.id}"'.encode() in row.message


async def test_a_fact_about_the_account_hinders_in_every_application_with_it(inside: Inside) -> None:
    """A request without NIB has a reference of its own; its account was opened with another."""
    first = await inside.paid("one", business="1" * 64)
    second = await inside.paid("two", business="2" * 64, account=first.ticket)
    await inside.declared("evaluator-ani", "1" * 64)
    with pytest.raises(NothingForYouError, match="2 applications"):
        await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.take_next(inside.evaluator("evaluator-eko"), None)
    await inside.office.deciding.reject(first.ticket, inside.evaluator("evaluator-eko"), None, (WRONG,))
    await inside.office.deciding.take_next(inside.evaluator("evaluator-eko"), None)
    answer = await inside.declared("evaluator-eko", "1" * 64)
    assert (await inside.state(second)).flagged == {answer.id}


async def test_whoever_is_hindered_verifies_no_account(inside: Inside) -> None:
    request = await inside.requested()
    await inside.declared("officer-ira")
    with pytest.raises(HinderedError):
        await inside.verified(request)
