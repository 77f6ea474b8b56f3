"""An issued letter is amended by an application that repeats it: the old letter stays valid until the new one is sealed."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.certificates.inside import EXPORT, OUTLINE, Inside, opened, sample_item, signed_letter
from tests.certificates.steps import CALL, DRAFTED, DUE, ISSUED, PASS, PAY, SUBMIT_FREE, SUSPEND, TAKE, after
from tests.certificates.test_master_data import PRODUCER, TEXTS, added
from tests.certificates.test_signing import SIGNER

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.amended_letter import AmendedLetter
from zi_certificates.domain.application.decide import decide
from zi_certificates.domain.application.evolve import evolve
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.domain.impartiality import HinderedError
from zi_certificates.domain.standing import Standing
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.amendments import successors_of
from zi_certificates.read.letters import LetterRow, letter_numbered, letters_of
from zi_certificates.read.statistics import decision_months
from zi_certificates.use_cases.amending import AmendmentAsked
from zi_certificates.use_cases.amendment_findings import unamendable
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.use_cases.rulebook import NoTariffStatedError
from zi_certificates.use_cases.statement_checks import PRODUCER as PRINTED
from zi_contracts.certificates import PublishedFinding

SKE, SKI = "SKE-2026-000001", "SKI-2026-000001"
WRONG = PublishedFinding(reason="invoice_differs", where="invoice", item=1)


@pytest.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with opened(tmp_path) as inside:
        yield inside


def amendment(number: str = SKE, arrives: date | None = None) -> AmendmentAsked:
    return AmendmentAsked(number, "details_changed", "Batch lain yang dikirim.", arrives)


async def judged(inside: Inside, request: IntakeRequest) -> None:
    for official in ("evaluator-ani", "evaluator-eko"):
        taken = await inside.office.deciding.take_next(inside.evaluator(official), None)
        by, revision = inside.evaluator(official), taken.state.revision
        await inside.office.deciding.pass_evaluation(request.ticket, by, None, revision)


async def signed(inside: Inside, request: IntakeRequest) -> None:
    now = await inside.state(request)
    assert now.statement is not None
    letters = tuple(signed_letter(request.application, kind, now.revision) for kind in now.statement.kinds)
    await inside.office.deciding.sign(request.ticket, inside.signer(), None, now.revision, letters)


async def issued(inside: Inside, series: str = "ske", arrives: date | None = None) -> IntakeRequest:
    """A sealed letter of a company."""
    request = await inside.requested("one", series=series)
    await inside.verified(request)
    outline = EXPORT if series == "ske" else OUTLINE.model_copy(update={"arrives": arrives})
    await inside.drafted(request, outline)
    await submitted(inside, request)
    await inside.pay(request)
    await judged(inside, request)
    await signed(inside, request)
    await inside.sealed(request)
    return request


async def submitted(inside: Inside, request: IntakeRequest) -> None:
    revision = (await inside.state(request)).revision
    await inside.office.applying.submit(request, inside.citizen(request), None, revision)


async def begun(inside: Inside, of: IntakeRequest, name: str = "two", number: str = SKE) -> IntakeRequest:
    request = await inside.requested(name, series=of.series, account=of.ticket)
    await inside.office.amending.begin(request, inside.citizen(request), None, amendment(number))
    return request


async def changed(inside: Inside, request: IntakeRequest, **fields: object) -> None:
    item = sample_item(registration="MD123456789012" if request.series == "ske" else "ML123456789012")
    item = item.model_copy(update=fields)
    await inside.office.applying.change_item(request, inside.citizen(request), None, 1, item)


async def to_another_port(inside: Inside) -> tuple[IntakeRequest, IntakeRequest]:
    """Return a letter's application, and an amendment of it that is drafted."""
    of = await issued(inside)
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan")
    return of, request


async def paid_amendment(inside: Inside) -> tuple[IntakeRequest, IntakeRequest]:
    """As `to_another_port`, submitted and paid."""
    of, request = await to_another_port(inside)
    await submitted(inside, request)
    await inside.pay(request)
    return of, request


async def letter(inside: Inside, number: str) -> LetterRow:
    row = await inside.office.store.query(lambda tx: letter_numbered(tx, number))
    assert row is not None
    return row


async def test_it_begins_with_all_that_the_letter_states(inside: Inside) -> None:
    of = await issued(inside)
    request = await begun(inside, of)
    before, now = (await inside.state(of)).statement, (await inside.state(request)).statement
    assert before is not None
    assert now is not None
    assert (now.products, now.documents, now.country) == (before.products, before.documents, before.country)
    assert now.ticket_of(now.documents[0].file.item, request.ticket) == of.ticket
    assert inside.vault.texts(request.ticket, "applicant.answer") == ["Batch lain yang dikirim."]
    assert (await letter(inside, SKE)).standing is Standing.VALID


async def test_it_goes_the_way_of_an_application_and_then_replaces_the_letter(inside: Inside) -> None:
    _, request = await to_another_port(inside)
    await submitted(inside, request)
    assert (await inside.state(request)).status is ApplicationStatus.AWAITING_PAYMENT
    await inside.pay(request)
    await judged(inside, request)
    [row] = await inside.office.store.query(lambda tx: successors_of(tx, [SKE]))
    assert (row.ticket, row.amendment, row.is_open) == (request.ticket, "details_changed", True)
    assert (await letter(inside, SKE)).standing is Standing.VALID
    await signed(inside, request)
    assert await inside.sealed(request) == ["SKE-2026-000002"]
    await inside.office.sealing._register.end_replaced()
    old = await letter(inside, SKE)
    assert (old.standing, old.by_number) == (Standing.SUPERSEDED, "SKE-2026-000002")
    [month] = await inside.office.store.query(decision_months)
    assert (month.issued, month.amended, month.promised) == (1, 1, 2)


async def test_the_new_letter_says_what_was_amended(inside: Inside) -> None:
    _, request = await paid_amendment(inside)
    await judged(inside, request)
    revision = (await inside.state(request)).revision
    await inside.office.signing.sign(request.ticket, inside.signer(), None, revision, SIGNER)
    [content] = inside.vault.texts(request.ticket, "letter.content")
    facts = {fact["label"]["en"]: fact["value"] for fact in json.loads(content)["facts"]}
    assert facts["Takes the place of letter"] == SKE
    assert facts["Changed from that letter (row of the product)"] == "Pelabuhan / Port (1)"


async def test_who_evaluated_the_amendment_does_not_sign_it(inside: Inside) -> None:
    _, request = await paid_amendment(inside)
    await judged(inside, request)
    now = await inside.state(request)
    letters = (signed_letter(request.application, "ske_health", now.revision),)
    by = inside.signer("evaluator-ani")
    with pytest.raises(errors.SamePersonError):
        await inside.office.deciding.sign(request.ticket, by, None, now.revision, letters)
    await inside.declared("signer-budi")
    with pytest.raises(HinderedError):
        await inside.office.deciding.sign(request.ticket, inside.signer(), None, now.revision, letters)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, [("nothing_amended", "items")]),
        ({"product": "Kecap Lain"}, [("not_amendable", "product")]),
        ({"port": "Nunukan", "pack": "drum"}, [("not_amendable", "pack")]),
        ({"quantity": Decimal(7), "unit": "ton"}, []),
    ],
)
async def test_only_what_the_rules_let_change_is_amended(
    inside: Inside, fields: dict[str, object], found: list[tuple[str, str]]
) -> None:
    request = await begun(inside, await issued(inside))
    await changed(inside, request, **fields)
    examined = await inside.office.applying.examination(request)
    assert [(each.reason.value, each.where) for each in examined.findings] == found
    if found:
        with pytest.raises(errors.IncompleteError):
            await submitted(inside, request)


async def test_a_producer_that_came_from_the_companys_data_is_amended(inside: Inside) -> None:
    of = await inside.requested("one", series="ske")
    await inside.verified(of)
    await inside.drafted(of, EXPORT)
    entry = await added(inside, of, PRODUCER, TEXTS | {"master.address": "Jalan Utara 1"})
    await inside.office.master_use.name_producer(of, inside.citizen(of), None, entry)
    await submitted(inside, of)
    await inside.pay(of)
    await judged(inside, of)
    await signed(inside, of)
    await inside.sealed(of)
    request = await begun(inside, of)
    state_parties = inside.office.applying.state_parties
    await state_parties(request, inside.citizen(request), None, {PRINTED: "PT Lain, Jalan Lain"})
    assert (await inside.office.applying.examination(request)).findings == ()
    await submitted(inside, request)


async def test_a_product_is_neither_added_nor_taken_away(inside: Inside) -> None:
    request = await begun(inside, await issued(inside))
    more = sample_item("B-9", registration="MD123456789012")
    await inside.office.applying.add_items(request, inside.citizen(request), None, [more])
    examined = await inside.office.applying.examination(request)
    assert ("not_amendable", "items") in [(each.reason.value, each.where) for each in examined.findings]


async def test_one_letter_has_one_amendment_at_a_time(inside: Inside) -> None:
    of = await issued(inside)
    first = await begun(inside, of)
    with pytest.raises(errors.AmendmentOpenError):
        await begun(inside, of, "three")
    other = await inside.requested("four", series="ske", account=of.ticket)
    with pytest.raises(errors.AmendmentOpenError):
        await inside.office.applying.draft(other, inside.citizen(other), None, EXPORT, SKE)
    await inside.office.applying.withdraw(first, inside.citizen(first), None)
    await begun(inside, of, "five")


async def test_a_repeat_begins_nothing_more(inside: Inside) -> None:
    of = await issued(inside)
    request = await inside.requested("two", series="ske", account=of.ticket)
    by, key = inside.citizen(request), UUID(int=7)
    once = await inside.office.amending.begin(request, by, key, amendment())
    again = await inside.office.amending.begin(request, by, key, amendment())
    without_key = await inside.office.amending.begin(request, by, None, amendment())
    assert (len(once.recorded), len(again.recorded), len(without_key.recorded)) == (1, 0, 0)
    assert len(inside.vault.texts(request.ticket, "applicant.answer")) == 1


async def test_only_a_valid_letter_of_the_own_account_is_amended(inside: Inside) -> None:
    of = await issued(inside)
    stranger = await inside.requested("stranger", series="ske")
    import_request = await inside.requested("import", series="ski", account=of.ticket)
    for request in (stranger, import_request):
        with pytest.raises(errors.NotAmendableError):
            await inside.office.amending.begin(request, inside.citizen(request), None, amendment())
    [row] = await inside.office.store.query(lambda tx: letters_of(tx, of.application))
    suspending = inside.office.deciding.suspend
    await suspending(of.ticket, inside.signer(), None, row.letter, "unsafe_product")
    with pytest.raises(errors.NotAmendableError):
        await begun(inside, of)
    await inside.office.deciding.revoke(of.ticket, inside.signer(), None, row.letter, "unsafe_product")
    with pytest.raises(errors.NotAmendableError):
        await begun(inside, of, "three")


async def test_a_letter_that_is_suspended_meanwhile_gets_no_valid_successor(inside: Inside) -> None:
    of, request = await paid_amendment(inside)
    await judged(inside, request)
    row = await letter(inside, SKE)
    await inside.office.deciding.suspend(of.ticket, inside.signer(), None, row.letter, "unsafe_product")
    with pytest.raises(errors.AmendedLetterOverError):
        await signed(inside, request)


async def test_a_refused_amendment_leaves_the_letter_valid_with_the_reason_shown(inside: Inside) -> None:
    of, request = await paid_amendment(inside)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG,))
    assert (await letter(inside, SKE)).standing is Standing.VALID
    [row] = (await dossier_of(inside.office.store, of)).successors
    assert (row.status, row.refused_for) == (ApplicationStatus.REJECTED, (WRONG,))
    [month] = await inside.office.store.query(decision_months)
    assert (month.rejected, month.not_amended) == (0, 1)


async def test_an_import_letter_is_amended_until_its_goods_arrive(inside: Inside) -> None:
    today = inside.clock.now().date()
    of = await issued(inside, "ski", today + timedelta(days=2))
    inside.clock.pass_hours(24 * 4)
    with pytest.raises(errors.ShipmentOverError):
        await begun(inside, of, number=SKI)
    inside.clock.pass_hours(-24 * 3)
    await begun(inside, of, "three", SKI)


async def test_an_amendment_begun_in_time_is_not_submitted_after_the_goods_arrived(inside: Inside) -> None:
    """A later day of arrival in the amendment itself makes no more time."""
    today = inside.clock.now().date()
    request = await begun(inside, await issued(inside, "ski", today + timedelta(days=2)), number=SKI)
    await changed(inside, request, invoice="INV-NEW")
    later = OUTLINE.model_copy(update={"arrives": today + timedelta(days=60)})
    now = (await inside.state(request)).statement
    assert now is not None
    outline = later.model_copy(update={"kinds": now.kinds})
    await inside.office.applying.change(request, inside.citizen(request), None, outline)
    inside.clock.pass_hours(24 * 4)
    with pytest.raises(errors.ShipmentOverError):
        await submitted(inside, request)
    inside.clock.pass_hours(-24 * 3)
    await submitted(inside, request)


async def test_nothing_is_submitted_for_a_letter_that_is_not_valid_any_more(inside: Inside) -> None:
    of, request = await to_another_port(inside)
    row = await letter(inside, SKE)
    suspending = inside.office.deciding.suspend
    await suspending(of.ticket, inside.signer(), None, row.letter, "unsafe_product")
    with pytest.raises(errors.NotAmendableError):
        await submitted(inside, request)


async def test_an_amendment_of_a_letter_that_ended_is_not_signed(inside: Inside) -> None:
    _, request = await paid_amendment(inside)
    await judged(inside, request)
    row = await letter(inside, SKE)
    ends = inside.clock.now().date() + timedelta(days=2)
    with inside.office.store.database.transaction() as tx:
        tx.execute("UPDATE letters SET valid_until = ? WHERE letter = ?", ends.isoformat(), str(row.letter))
    inside.clock.pass_hours(24 * 4)
    with pytest.raises(errors.AmendedLetterOverError):
        await signed(inside, request)
    inside.clock.pass_hours(-24 * 2)
    await signed(inside, request)


async def test_an_import_letter_without_a_day_of_arrival_needs_one(inside: Inside) -> None:
    of = await issued(inside, "ski")
    request = await inside.requested("two", account=of.ticket)
    by, today = inside.citizen(request), inside.clock.now().date()
    for arrives, error in (
        (None, errors.ArrivalNeededError),
        (today - timedelta(days=1), errors.ShipmentOverError),
    ):
        with pytest.raises(error):
            await inside.office.amending.begin(request, by, None, amendment(SKI, arrives))
    await inside.office.amending.begin(request, by, None, amendment(SKI, today + timedelta(days=5)))


async def test_what_the_office_has_not_decided_is_not_amended(inside: Inside) -> None:
    of = await issued(inside)
    undecided = inside.office.rules.amendments[0].model_copy(update={"amendments": ()})
    inside.office.rules.amendments._in_files = (undecided,)
    with pytest.raises(errors.AmendmentUndecidedError):
        await begun(inside, of)


@pytest.mark.parametrize(("fee", "outcome"), [("none", ApplicationStatus.QUEUED), (None, None)])
async def test_what_the_office_asks_nothing_for_waits_in_the_queue_at_once(
    inside: Inside, fee: str | None, outcome: ApplicationStatus | None
) -> None:
    of = await issued(inside)
    stated = inside.office.rules.amendments[0]
    priced = tuple(each.model_copy(update={"fee": fee}) for each in stated.amendments)
    inside.office.rules.amendments._in_files = (stated.model_copy(update={"amendments": priced}),)
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan")
    if outcome is None:
        with pytest.raises(NoTariffStatedError):
            await submitted(inside, request)
        return
    await submitted(inside, request)
    now = await inside.state(request)
    assert (now.status, now.paid, now.complete_at) == (outcome, True, inside.clock.now())
    assert now.submission is not None
    assert (now.submission.amount, now.submission.bill) == (0, "")
    taken = await inside.office.deciding.take_next(inside.evaluator(), None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == request.ticket


async def test_an_amendment_waits_behind_what_was_complete_before_it(inside: Inside) -> None:
    _, request = await to_another_port(inside)
    earlier = await inside.paid("earlier")
    await submitted(inside, request)
    await inside.pay(request)
    taken = await inside.office.deciding.take_next(inside.evaluator(), None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == earlier.ticket


async def test_an_amended_letter_is_amended_again_with_the_first_documents(inside: Inside) -> None:
    of, request = await paid_amendment(inside)
    await judged(inside, request)
    await signed(inside, request)
    await inside.sealed(request)
    await inside.office.sealing._register.end_replaced()
    with pytest.raises(errors.NotAmendableError):
        await begun(inside, of, "three")
    third = await begun(inside, of, "four", "SKE-2026-000002")
    await changed(inside, third, port="Sebatik")
    await submitted(inside, third)
    now = (await inside.state(third)).statement
    assert now is not None
    assert {now.ticket_of(each.file.item, third.ticket) for each in now.documents} == {of.ticket}


def test_an_amendment_that_costs_nothing_is_complete_when_it_is_submitted() -> None:
    state = after(*DRAFTED, SUBMIT_FREE)
    assert (state.status, state.paid, state.due, state.holder) == ("queued", True, DUE, "office")
    with pytest.raises(errors.AnotherBillError):
        decide(PAY, state)
    assert after(*DRAFTED, SUBMIT_FREE, TAKE, PASS).status is ApplicationStatus.APPROVAL


def test_an_official_calls_once_for_the_amendment_of_a_valid_letter() -> None:
    assert after(*ISSUED, CALL).letters[0].to_amend
    assert after(*ISSUED, CALL).status is ApplicationStatus.ISSUED
    assert decide(CALL, after(*ISSUED, CALL)) == []
    with pytest.raises(errors.LetterOverError):
        decide(CALL, after(*ISSUED, SUSPEND))


def test_a_call_names_what_the_rules_let_change_and_another_one_may_name_more() -> None:
    issued, invoice = after(*ISSUED), CALL.model_copy(update={"fields": ("invoice",)})
    nothing, batch = (CALL.model_copy(update={"fields": fields}) for fields in ((), ("batch",)))
    with pytest.raises(errors.NoFieldNamedError):
        decide(nothing, issued)
    with pytest.raises(errors.FieldNotAmendableError):
        decide(batch, issued)
    once = after(*ISSUED, CALL)
    assert once.letters[0].called_fields == {"port"}
    assert decide(CALL, once) == []
    with pytest.raises(errors.NoFieldNamedError):
        decide(nothing, once)
    assert after(*ISSUED, CALL, invoice).letters[0].called_fields == {"port", "invoice"}


def test_a_stored_call_that_named_nothing_is_about_all() -> None:
    issued = after(*ISSUED)
    [call] = decide(CALL, issued)
    once = evolve(issued, call.model_copy(update={"fields": ()}))
    assert once.letters[0].to_amend
    assert decide(CALL, once) == []


def test_nobody_calls_for_what_the_office_has_not_decided_or_a_company_amends_already() -> None:
    """Else the call would be about whatever is decided later, or promise a fee that the amendment at work does not have."""
    issued = after(*ISSUED)
    for change, error in (
        ({"fields": (), "amendable": frozenset()}, errors.AmendmentUndecidedError),
        ({"is_at_work": True}, errors.LetterAtWorkError),
    ):
        with pytest.raises(error):
            decide(CALL.model_copy(update=change), issued)


def test_a_call_covers_what_it_names_and_one_that_names_nothing_covers_all() -> None:
    amended = AmendedLetter(letter=uuid4(), application=uuid4(), reason="office_error")
    assert not amended.is_called_for({"port"})
    called = amended.model_copy(update={"called_for": True})
    assert called.is_called_for({"port", "batch"})
    named = called.model_copy(update={"called_fields": ("invoice", "port")})
    assert (named.is_called_for({"port"}), named.is_called_for({"port", "batch"})) == (True, False)


async def called_for(inside: Inside, of: IntakeRequest, *fields: str) -> None:
    row, note = await letter(inside, SKE), "Pelabuhan keliru."
    await inside.office.amendment_calls.call(of.ticket, inside.evaluator(), None, row.letter, note, fields)


async def submitted_after_call(inside: Inside, of: IntakeRequest) -> IntakeRequest:
    """An amendment of what an official named, and of nothing else."""
    await called_for(inside, of, "port")
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan")
    await submitted(inside, request)
    return request


async def test_an_error_that_an_official_found_is_amended_without_a_fee(inside: Inside) -> None:
    of = await issued(inside)
    with pytest.raises(errors.NoFieldNamedError):
        await called_for(inside, of)
    assert inside.vault.texts(of.ticket, "note") == []
    request = await submitted_after_call(inside, of)
    assert inside.vault.texts(of.ticket, "note") == ["Pelabuhan keliru."]
    assert (await inside.state(request)).status is ApplicationStatus.QUEUED


async def test_whoever_changes_more_than_was_called_for_pays_as_for_an_amendment_of_their_own(
    inside: Inside,
) -> None:
    of = await issued(inside)
    await called_for(inside, of, "port")
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan", invoice="INV-2")
    await submitted(inside, request)
    now = await inside.state(request)
    assert (now.status, now.price) == (ApplicationStatus.AWAITING_PAYMENT, (await inside.state(of)).price)


async def test_whatever_is_changed_after_a_free_submission_is_paid_before_it_goes_on(inside: Inside) -> None:
    """The way round: submit what was called for, and change the rest once the office has a question."""
    of = await issued(inside)
    request = await submitted_after_call(inside, of)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, (WRONG,))
    await changed(inside, request, port="Nunukan", invoice="INV-2")
    by, now = inside.citizen(request), await inside.state(request)
    with pytest.raises(errors.IncompleteError) as refused:
        await inside.office.applying.send_data(request, by, None, now.revision)
    assert [each.reason for each in refused.value.findings] == ["unpaid"]
    with pytest.raises(errors.LetterAtWorkError):
        await called_for(inside, of, "invoice")
    await inside.office.further_billing.issue(request, by, None)
    [bill] = (await inside.state(request)).owed.bills
    assert (bill.reason, bill.amount) == ("more_applied_for", (await inside.state(of)).price)


async def test_without_a_fee_of_its_own_a_company_amends_what_an_official_named_and_no_more(
    inside: Inside,
) -> None:
    of = await issued(inside)
    await called_for(inside, of, "port")
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan", invoice="INV-2")
    now = await inside.state(request)
    rule = inside.office.rules.amendment_rule(now)
    assert rule is not None
    undecided = rule.model_copy(update={"fee": None})
    assert [(each.reason, each.where) for each in unamendable(now, undecided)] == [
        ("not_amendable", "invoice")
    ]
    assert unamendable(now, rule) == ()
