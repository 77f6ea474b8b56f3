"""What applicants do, from the request to what the office decides about."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.certificates.inside import EXPORT, OUTLINE, STATED, Inside, sample_item
from tests.certificates.officials import named
from tests.certificates.steps import MISSING, WRONG

from zi_certificates.domain import account
from zi_certificates.domain.account import Check
from zi_certificates.domain.application import errors
from zi_certificates.domain.application.events import DataSent
from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.domain.changes import changes
from zi_certificates.domain.statement import Document
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.bills import bill_for
from zi_certificates.read.letters import letters_of
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_certificates.use_cases.payments import record_payment
from zi_certificates.use_cases.rulebook import NoTariffStatedError
from zi_certificates.use_cases.statement_checks import AccountStated
from zi_chassis.domain import DomainError
from zi_contracts.certificates import PublishedFinding
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.tariffs import load_tariffs

KEY = named("key")


async def revision(inside: Inside, request: IntakeRequest) -> int:
    return (await inside.state(request)).revision


async def test_an_application_comes_from_the_request_to_a_signature(inside: Inside) -> None:
    request = await inside.signed()
    assert (await inside.state(request)).status is ApplicationStatus.ISSUED_UNSEALED


# -- the account


async def test_what_a_company_says_of_itself_lies_in_the_vault(inside: Inside) -> None:
    request = await inside.requested()
    done = await inside.office.applying.open_account(request, inside.citizen(request), KEY, STATED)
    assert done.state.details is not None
    assert {each.field for each in done.state.details.items} >= {"company.name", "account.warehouse"}
    assert done.state.details.hs_codes == ("21039012",)
    assert inside.vault.texts(request.ticket, "account.warehouse") == ["Jalan Gudang 3, Tarakan"]
    again = await inside.office.applying.open_account(request, inside.citizen(request), KEY, STATED)
    assert (again.recorded, len(inside.vault.texts(request.ticket, "account.warehouse"))) == ((), 1)


async def test_opening_an_open_account_in_other_words_leaves_nothing_in_the_vault(inside: Inside) -> None:
    request = await inside.requested()
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.open_account(request, by, KEY, STATED)
    other = STATED.model_copy(update={"warehouse": "Jalan Lain 9"})
    with pytest.raises(account.AnotherAccountError):
        await applying.open_account(request, by, KEY, other)
    assert inside.vault.texts(request.ticket, "account.warehouse") == ["Jalan Gudang 3, Tarakan"]


async def test_a_change_keeps_the_warehouse_unless_another_is_said(inside: Inside) -> None:
    request = await inside.requested()
    await inside.verified(request)
    applying, by = inside.office.applying, inside.citizen(request)
    wider = AccountStated(hs_codes=("21039012", "19053100"))
    done = await applying.change_account(request, by, None, wider)
    assert (done.state.check, done.state.revision) == (Check.WAITING, 2)
    assert done.state.details is not None
    assert [each.field for each in done.state.details.items].count("account.warehouse") == 1
    assert done.state.verified is not None
    assert done.state.verified.hs_codes == ("21039012",)
    moved = AccountStated(hs_codes=("21039012", "19053100"), warehouse="Jalan Lain 9")
    await applying.change_account(request, by, None, moved)
    assert inside.vault.texts(request.ticket, "account.warehouse")[-1] == "Jalan Lain 9"


async def test_an_account_is_kept_with_the_request_of_the_person_in_charge(inside: Inside) -> None:
    first = await inside.requested("one")
    second = await inside.requested("two", account=first.ticket)
    applying = inside.office.applying
    with pytest.raises(account.OtherTicketError, match=first.ticket):
        await applying.open_account(second, inside.citizen(second), None, STATED)
    await inside.verified(first)
    with pytest.raises(account.OtherTicketError, match=first.ticket):
        await applying.change_account(second, inside.citizen(second), None, STATED)
    moved = await applying.move_account(second, inside.citizen(second), None, STATED)
    assert (moved.state.ticket, moved.state.data_subject) == (second.ticket, second.data_subject)
    assert (moved.state.verified, moved.state.check) == (None, Check.WAITING)
    with pytest.raises(account.OtherTicketError, match=second.ticket):
        await applying.change_account(first, inside.citizen(first), None, STATED)


# -- what is applied for


async def test_products_are_numbered_in_the_list_and_keep_their_numbers(inside: Inside) -> None:
    request = await inside.requested()
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.draft(request, by, None, OUTLINE)
    await applying.add_items(request, by, None, [sample_item("A"), sample_item("B"), sample_item("C")])
    await applying.remove_item(request, by, None, 2)
    await applying.change_item(request, by, None, 3, sample_item("D"))
    done = await applying.add_items(request, by, None, [sample_item("E")])
    assert done.state.statement is not None
    assert [(each.number, each.batch) for each in done.state.statement.products] == [
        (1, "A"),
        (3, "D"),
        (4, "E"),
    ]
    with pytest.raises(errors.NoSuchProductError):
        await applying.change_item(request, by, None, 2, sample_item("B"))


async def test_two_who_add_at_once_lose_nothing(inside: Inside) -> None:
    request = await inside.requested()
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.draft(request, by, None, OUTLINE)
    await asyncio.gather(*(applying.add_items(request, by, None, [sample_item(f"B-{n}")]) for n in range(8)))
    statement = (await inside.state(request)).statement
    assert statement is not None
    assert [each.number for each in statement.products] == list(range(1, 9))
    assert {each.batch for each in statement.products} == {f"B-{n}" for n in range(8)}


async def test_adding_again_under_the_same_key_adds_once(inside: Inside) -> None:
    request = await inside.requested()
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.draft(request, by, None, OUTLINE)
    await applying.add_items(request, by, KEY, [sample_item()])
    again = await applying.add_items(request, by, KEY, [sample_item()])
    assert again.recorded == ()
    assert again.state.statement is not None
    assert len(again.state.statement.products) == 1
    other = await applying.add_items(request, by, KEY, [sample_item("B-002")])
    assert len(other.recorded) == 1


async def test_a_document_goes_with_the_only_product_that_it_speaks_of(inside: Inside) -> None:
    request = await inside.requested()
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.draft(request, by, None, OUTLINE)
    await applying.add_items(request, by, None, [sample_item("A"), sample_item("B")])
    for name, products in (("analysis", (1,)), ("invoice", (1, 2)), ("packing_list", ())):
        file = await inside.attached(request, name)
        await applying.attach(request, by, None, Document(kind=name, file=file, products=products))
    done = await applying.remove_item(request, by, None, 1)
    assert done.state.statement is not None
    assert [(each.kind, each.products) for each in done.state.statement.documents] == [
        ("invoice", (2,)),
        ("packing_list", ()),
    ]
    [invoice, _] = done.state.statement.documents
    left = await applying.detach(request, by, None, invoice.file.item)
    assert left.state.statement is not None
    assert [each.kind for each in left.state.statement.documents] == ["packing_list"]
    with pytest.raises(errors.NoSuchDocumentError):
        await applying.detach(request, by, None, invoice.file.item)


async def test_what_was_looked_at_is_what_is_changed(inside: Inside) -> None:
    request = await inside.requested()
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.draft(request, by, None, OUTLINE)
    await applying.add_items(request, by, None, [sample_item()])
    other = OUTLINE.model_copy(update={"goods": "kosmetik"})
    with pytest.raises(errors.ChangedMeanwhileError):
        await applying.change(request, by, None, other, revision=1)
    done = await applying.change(request, by, None, other, revision=2)
    assert done.state.statement is not None
    assert (done.state.statement.goods, len(done.state.statement.products)) == ("kosmetik", 1)


async def test_a_request_for_import_letters_takes_no_export_letters(inside: Inside) -> None:
    request = await inside.requested(series="ski")
    applying, by = inside.office.applying, inside.citizen(request)
    export = OUTLINE.model_copy(update={"kinds": ("ske_health",)})
    with pytest.raises(errors.OtherSeriesError):
        await applying.draft(request, by, None, export)
    await applying.draft(request, by, None, OUTLINE)
    with pytest.raises(errors.OtherSeriesError):
        await applying.change(request, by, None, export)


# -- submitting


async def test_it_is_submitted_with_what_the_rules_say(inside: Inside) -> None:
    request = await inside.submitted()
    submission = (await inside.state(request)).submission
    assert submission is not None
    assert submission.rules.id == "rancangan_surat_keterangan"
    assert (submission.amount, submission.second_evaluation, submission.resubmissions) == (50_000, True, 3)
    assert (submission.pay_by - submission.by.at).days == 3
    assert (submission.open_until - submission.by.at).days == 30
    bill = await inside.office.store.query(lambda tx: bill_for(tx, request.application))
    assert bill is not None
    assert (bill.bill, bill.amount, len(bill.bill)) == (submission.bill, 50_000, 15)


async def test_without_a_verified_account_nothing_is_submitted(inside: Inside) -> None:
    request = await inside.requested()
    await inside.drafted(request)
    with pytest.raises(errors.AccountNotVerifiedError, match="officer has to verify"):
        await inside.office.applying.submit(
            request, inside.citizen(request), None, await revision(inside, request)
        )


async def test_everything_missing_is_named_at_once(inside: Inside) -> None:
    request = await inside.requested()
    await inside.verified(request)
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.draft(request, by, None, OUTLINE)
    with pytest.raises(errors.IncompleteError) as refused:
        await applying.submit(request, by, None, 1)
    examined = await applying.examination(request)
    assert len(refused.value.findings) == len(examined.wanting) > 2
    assert {each.reason for each in refused.value.findings} >= {"no_items", "document_missing"}
    assert (await inside.state(request)).status is ApplicationStatus.DRAFT


async def test_a_file_that_intake_does_not_have_is_no_document(inside: Inside) -> None:
    request = await inside.requested()
    await inside.verified(request)
    await inside.drafted(request)
    applying, by = inside.office.applying, inside.citizen(request)
    file = await inside.attached(request, "invoice")
    forged = Document(kind="invoice", file=file.model_copy(update={"digest": "0" * 64}))
    await applying.attach(request, by, None, forged)
    with pytest.raises(errors.FilesOnTheWayError):
        await applying.submit(request, by, None, await revision(inside, request))
    await applying.attach(request, by, None, Document(kind="invoice", file=file))
    await applying.submit(request, by, None, await revision(inside, request))


async def test_what_has_no_tariff_can_not_be_submitted(inside: Inside) -> None:
    request = await inside.requested()
    await inside.verified(request)
    await inside.drafted(request)
    object.__setattr__(inside.office.rules, "tariffs", load_tariffs())
    with pytest.raises(NoTariffStatedError):
        await inside.office.applying.submit(
            request, inside.citizen(request), None, await revision(inside, request)
        )
    assert (await inside.state(request)).status is ApplicationStatus.DRAFT


async def test_an_export_without_products_is_told_what_it_lacks_and_not_that_it_has_no_price(
    inside: Inside,
) -> None:
    request = await inside.requested(series="ske")
    await inside.verified(request)
    by, applying = inside.citizen(request), inside.office.applying
    await applying.draft(request, by, None, EXPORT, None)
    with pytest.raises(errors.IncompleteError) as refused:
        await applying.submit(request, by, None, await revision(inside, request))
    assert "no_items" in {each.reason for each in refused.value.findings}


async def test_submitting_again_under_the_same_key_is_no_error(inside: Inside) -> None:
    request = await inside.requested()
    await inside.verified(request)
    await inside.drafted(request)
    applying, by = inside.office.applying, inside.citizen(request)
    now = await revision(inside, request)
    first = await applying.submit(request, by, KEY, now)
    again = await applying.submit(request, by, KEY, now)
    assert (len(first.recorded), again.recorded) == (1, ())
    with pytest.raises(errors.NotADraftError):
        await applying.submit(request, by, named("another key"), now)


# -- money


async def test_the_payment_puts_it_into_the_queue_with_its_time(inside: Inside) -> None:
    """Six working hours from Monday morning at ten in Tarakan: before the office closes."""
    request = await inside.paid()
    now = await inside.state(request)
    assert (now.status, now.holder) == (ApplicationStatus.QUEUED, "office")
    assert now.due is not None
    assert now.complete_at is not None
    assert now.due > now.complete_at


async def test_money_for_another_amount_is_recorded_and_pays_nothing(inside: Inside) -> None:
    request = await inside.submitted()
    bill = await inside.office.store.query(lambda tx: bill_for(tx, request.application))
    assert bill is not None
    notice = PaymentNotice(bill=bill.bill, payment="bank-1", amount=1, paid_at=inside.clock.now())
    refused = await record_payment(inside.office, notice)
    again = await record_payment(inside.office, notice)
    assert (refused.state.status, again.recorded) == (ApplicationStatus.AWAITING_PAYMENT, ())
    assert json.loads(refused.recorded[0].message)["data"]["reason"] == "wrong_amount"
    with pytest.raises(errors.NoSuchBillError):
        await record_payment(inside.office, notice.model_copy(update={"bill": "820000000000000"}))


# -- what is asked for, and what was rejected


async def needing_data(inside: Inside) -> IntakeRequest:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, (MISSING,), "Mohon CoA.")
    return request


async def test_the_time_that_the_office_waits_is_added_to_its_time(inside: Inside) -> None:
    request = await needing_data(inside)
    before = (await inside.state(request)).due
    inside.clock.pass_hours(2)
    applying, by = inside.office.applying, inside.citizen(request)
    with pytest.raises(errors.NothingChangedError):
        await applying.send_data(request, by, None, await revision(inside, request))
    await applying.change_item(request, by, None, 1, sample_item("B-002"))
    sent = await applying.send_data(request, by, KEY, await revision(inside, request))
    assert (sent.state.status, sent.state.officer) == (ApplicationStatus.EVALUATION, "evaluator-ani")
    assert before is not None
    assert sent.state.due is not None
    assert (sent.state.due - before).total_seconds() >= 2 * 3600
    again = await applying.send_data(request, by, KEY, await revision(inside, request))
    assert again.recorded == ()


async def test_all_that_was_asked_is_sent_or_answered_in_words(inside: Inside) -> None:
    request = await inside.paid()
    invoice = PublishedFinding(reason="document_unreadable", where="documents.invoice")
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, (MISSING, invoice))
    applying, by = inside.office.applying, inside.citizen(request)
    words = {MISSING: "Bets ini benar."}
    with pytest.raises(errors.AnswersMissingError) as refused:
        await applying.send_data(request, by, None, await revision(inside, request), words)
    assert refused.value.findings == (invoice,)
    with pytest.raises(errors.NotWantedError):
        await applying.send_data(request, by, None, await revision(inside, request), {WRONG: "Ya."})
    assert inside.vault.texts(request.ticket, "applicant.answer") == []
    file = await inside.attached(request, "a clear invoice")
    await applying.attach(request, by, None, Document(kind="invoice", file=file))
    with pytest.raises(errors.AnswersMissingError) as refused:
        await applying.send_data(request, by, None, await revision(inside, request))
    assert refused.value.findings == (MISSING,)
    for _ in range(2):
        await applying.send_data(request, by, KEY, await revision(inside, request), words)
    assert inside.vault.texts(request.ticket, "applicant.answer") == ["Bets ini benar."]
    [sent] = [
        each for each in await inside.office.store.events(request.application) if isinstance(each, DataSent)
    ]
    assert (sent.answered, len(sent.items)) == ((MISSING,), 1)


async def test_what_costs_more_than_was_paid_is_not_complete(inside: Inside) -> None:
    """Letters for two products for the price of one."""
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await inside.drafted(request, EXPORT)
    now = await revision(inside, request)
    await inside.office.applying.submit(request, inside.citizen(request), None, now)
    await inside.pay(request)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, (MISSING,))
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.add_items(request, by, None, [sample_item("B-002")])
    found = {each.reason for each in (await applying.examination(request)).findings}
    assert FindingReason.UNPAID in found
    with pytest.raises(errors.IncompleteError):
        await applying.send_data(request, by, None, await revision(inside, request))


async def test_what_was_rejected_comes_again_and_waits_from_then_on(inside: Inside) -> None:
    request = await inside.paid("one")
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG,), "Ganti CoA.")
    other = await inside.paid("two")
    applying, by = inside.office.applying, inside.citizen(request)
    for batch in ("B-001", "B-002", "B-001"):
        await applying.change_item(request, by, None, 1, sample_item(batch))
    left = (await inside.state(request)).resubmissions_left
    with pytest.raises(errors.UnchangedError, match="did not count as an attempt"):
        await applying.resubmit(request, by, None, await revision(inside, request))
    assert (await inside.state(request)).resubmissions_left == left
    await applying.change_item(request, by, None, 1, sample_item("B-002"))
    done = await applying.resubmit(request, by, None, await revision(inside, request))
    assert (done.state.status, done.state.complete_at) == (ApplicationStatus.RESUBMITTED, inside.clock.now())
    taken = await inside.office.deciding.take_next(inside.evaluator("evaluator-eko"), None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == other.ticket


@pytest.mark.parametrize("judged", ["asked", "rejected"])
async def test_what_a_signer_wrote_to_the_evaluator_is_over_once_it_is_judged_anew(
    inside: Inside, judged: str
) -> None:
    request, deciding, applying = await inside.passed(), inside.office.deciding, inside.office.applying
    await deciding.send_back(request.ticket, inside.signer(), None, (WRONG,), "Lihat invoice.")
    assert (await dossier_of(inside.office.store, request)).sent_back is not None
    officer, citizen = inside.evaluator((await inside.state(request)).officer or ""), inside.citizen(request)
    judge = deciding.ask_data if judged == "asked" else deciding.reject
    await judge(request.ticket, officer, None, (MISSING,), "Ganti CoA.")
    await applying.change_item(request, citizen, None, 1, sample_item("B-002"))
    again = applying.send_data if judged == "asked" else applying.resubmit
    await again(request, citizen, None, await revision(inside, request))
    if judged == "rejected":
        await deciding.take_next(officer, None)
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION
    assert (await dossier_of(inside.office.store, request)).sent_back is None


async def test_the_applicant_withdraws(inside: Inside) -> None:
    request = await inside.paid()
    done = await inside.office.applying.withdraw(request, inside.citizen(request), None)
    assert done.state.status is ApplicationStatus.WITHDRAWN


# -- replacing a letter


async def test_only_an_own_letter_that_still_holds_is_replaced(inside: Inside) -> None:
    request = await inside.signed("one")
    [letter] = await inside.office.store.query(lambda tx: letters_of(tx, request.application))
    later = await inside.requested("two", account=request.ticket)
    stranger = await inside.requested("three", business="9" * 64)
    export = await inside.requested("four", series="ske", account=request.ticket)

    async def replace(by: IntakeRequest, number: str = "SKI-2026-000001") -> None:
        outline = OUTLINE if by.series == "ski" else OUTLINE.model_copy(update={"kinds": ("ske_health",)})
        await inside.office.applying.draft(by, inside.citizen(by), None, outline, number)

    with pytest.raises(errors.NotReplaceableError):
        await replace(later)
    assert letter.standing is None
    assert await inside.sealed(request) == ["SKI-2026-000001"]
    for who, number in (
        (stranger, "SKI-2026-000001"),
        (export, "SKI-2026-000001"),
        (later, "SKI-2026-000009"),
    ):
        with pytest.raises(errors.NotReplaceableError):
            await replace(who, number)
    await replace(later)
    assert (await inside.state(later)).draft is not None


@pytest.mark.parametrize("command", ["change", "add_items", "withdraw", "submit", "send_data", "resubmit"])
async def test_nothing_is_done_to_what_was_not_begun(inside: Inside, command: str) -> None:
    request = await inside.requested()
    applying, by = inside.office.applying, inside.citizen(request)
    calls: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
        "change": lambda: applying.change(request, by, None, OUTLINE),
        "add_items": lambda: applying.add_items(request, by, None, [sample_item()]),
        "withdraw": lambda: applying.withdraw(request, by, None),
        "submit": lambda: applying.submit(request, by, None, 1),
        "send_data": lambda: applying.send_data(request, by, None, 1),
        "resubmit": lambda: applying.resubmit(request, by, None, 1),
    }
    with pytest.raises(errors.NotBegunError):
        await calls[command]()


async def test_nothing_of_a_company_is_in_what_the_service_keeps(inside: Inside) -> None:
    request = await needing_data(inside)
    stored_bytes = b"".join(path.read_bytes() for path in inside.office.settings.folder.glob("store.db*"))
    for words in ("PT one", "Jalan Contoh 1", "Jalan Gudang 3, Tarakan", "Mohon CoA.", "Bunga"):
        assert words in {text for *_, text in inside.vault.plain.values()}
        assert words.encode() not in stored_bytes
    assert request.ticket.encode() in stored_bytes


def test_the_sentences_of_refusals_are_sentences() -> None:
    for error in (errors.NoFindingsError(), account.OtherTicketError("3C7K9M2Q5")):
        assert isinstance(error, DomainError)
        assert str(error).endswith(".")


async def test_parties_are_kept_as_long_as_the_application_can_be_changed(inside: Inside) -> None:
    stated = {"letter.producer": "CV Contoh, Jalan 4"}
    applying, empty = inside.office.applying, await inside.requested("empty")
    with pytest.raises(errors.NotBegunError):
        await applying.state_parties(empty, inside.citizen(empty), KEY, stated)
    request = await inside.paid()
    with pytest.raises(errors.ApplicationError):
        await applying.state_parties(request, inside.citizen(request), KEY, stated)
    assert inside.vault.texts(request.ticket, "letter.producer") == []


async def test_parties_are_shown_as_changed_without_a_word_of_them(inside: Inside) -> None:
    request = await inside.requested("one")
    await inside.drafted(request)
    before = (await inside.state(request)).statement
    stated = {"letter.producer": "CV Contoh, Jalan 4"}
    await inside.office.applying.state_parties(request, inside.citizen(request), None, stated)
    after = (await inside.state(request)).statement
    assert before is not None
    assert after is not None
    [change] = changes(before, after)
    assert (change.where, change.before) == ("letter.producer", None)
    assert "Contoh" not in str(change)
