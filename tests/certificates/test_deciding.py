"""What officials do: who may, what of it lies in the vault, and what it is made from."""

from datetime import timedelta

import pytest
from tests.certificates.inside import STATED, Inside, signed_letter
from tests.certificates.officials import named
from tests.certificates.steps import MISSING, WRONG

from zi_certificates.domain import account
from zi_certificates.domain.account import Check
from zi_certificates.domain.application import errors
from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.domain.appointment import TooLongAppointmentError
from zi_certificates.domain.impartiality import HinderedError, NotASignerError
from zi_certificates.domain.standing import Standing
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.accounts import accounts_to_verify
from zi_certificates.read.appointments import appointments_made
from zi_certificates.read.letters import letter_numbered, letters_to_seal
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_chassis.domain import UnavailableError, WrongRoleError
from zi_chassis.storage.database import Tx
from zi_contracts.certificates import SignedLetter

KEY = named("key")


async def letters(inside: Inside, request: IntakeRequest) -> tuple[int, tuple[SignedLetter, ...]]:
    now = await inside.state(request)
    assert now.statement is not None
    signed = (signed_letter(request.application, kind, now.revision) for kind in now.statement.kinds)
    return now.revision, tuple(signed)


async def taken(inside: Inside) -> IntakeRequest:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    return request


# -- words for the applicant


async def test_what_an_official_writes_lies_in_the_vault_and_its_reference_in_the_event(
    inside: Inside,
) -> None:
    request = await taken(inside)
    deciding, by = inside.office.deciding, inside.evaluator()
    done = await deciding.ask_data(request.ticket, by, KEY, (MISSING,), "Mohon CoA.")
    [item] = done.recorded[0].event.model_dump()["items"]
    assert inside.vault.plain[item["item"]] == (request.ticket, "note", "Mohon CoA.")
    again = await deciding.ask_data(request.ticket, by, KEY, (MISSING,), "Mohon CoA.")
    assert (again.recorded, inside.vault.texts(request.ticket, "note")) == ((), ["Mohon CoA."])


async def test_what_would_be_refused_leaves_nothing_in_the_vault(inside: Inside) -> None:
    request = await taken(inside)
    stranger = inside.evaluator("evaluator-eko")
    with pytest.raises(errors.NotYourApplicationError):
        await inside.office.deciding.reject(request.ticket, stranger, None, (WRONG,), "Tidak.")
    with pytest.raises(errors.NoFindingsError):
        await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (), "Tidak.")
    assert inside.vault.texts(request.ticket, "note") == []


async def test_without_the_vault_nothing_is_decided_in_words_and_all_else_goes_on(inside: Inside) -> None:
    request = await taken(inside)
    inside.vault.is_away = True
    deciding, by = inside.office.deciding, inside.evaluator()
    with pytest.raises(UnavailableError):
        await deciding.ask_data(request.ticket, by, None, (MISSING,), "Mohon CoA.")
    assert (await inside.state(request)).status is ApplicationStatus.EVALUATION
    done = await deciding.ask_data(request.ticket, by, None, (MISSING,))
    assert done.state.status is ApplicationStatus.NEED_DATA


async def test_there_is_nothing_to_decide_about_a_ticket_that_nobody_got(inside: Inside) -> None:
    with pytest.raises(NoSuchApplicationError):
        await inside.office.deciding.release("7T2M4K9QB", inside.evaluator(), None, "absence")


# -- evaluating


async def test_a_supervisor_gives_back_what_another_has_taken(inside: Inside) -> None:
    request = await taken(inside)
    with pytest.raises(errors.NotYoursToReleaseError):
        await inside.office.deciding.release(
            request.ticket, inside.evaluator("evaluator-eko"), None, "workload"
        )
    supervisor = inside.staff("supervisor-eka", "supervisor")
    done = await inside.office.deciding.release(request.ticket, supervisor, None, "workload")
    assert (done.state.status, done.state.officer) == (ApplicationStatus.QUEUED, None)


async def test_a_hindered_evaluator_acts_after_two_others_have_agreed(inside: Inside) -> None:
    request = await taken(inside)
    await inside.mentored("evaluator-ani")
    deciding, now = inside.office.deciding, await inside.state(request)
    with pytest.raises(HinderedError):
        await deciding.pass_evaluation(request.ticket, inside.evaluator(), None, now.revision)
    supervisor, head = inside.staff("supervisor-eka", "supervisor"), inside.staff("head-dewi", "head")
    await deciding.ask_override(request.ticket, supervisor, None, "evaluator-ani", "no_other_official")
    with pytest.raises(errors.OverrideFourEyesError):
        await deciding.approve_override(request.ticket, supervisor, None)
    await deciding.approve_override(request.ticket, head, None)
    await deciding.pass_evaluation(request.ticket, inside.evaluator(), None, now.revision)


async def test_an_override_for_the_queue_lets_the_evaluator_take_it(inside: Inside) -> None:
    request = await inside.paid()
    await inside.mentored("evaluator-ani")
    deciding = inside.office.deciding
    supervisor, head = inside.staff("supervisor-eka", "supervisor"), inside.staff("head-dewi", "head")
    await deciding.ask_override(request.ticket, supervisor, None, "evaluator-ani", "emergency", "Obat.")
    await deciding.refuse_override(request.ticket, head, None)
    await deciding.ask_override(request.ticket, supervisor, named("again"), "evaluator-ani", "emergency")
    await deciding.approve_override(request.ticket, head, None)
    done = await deciding.take_next(inside.evaluator(), None)
    assert done.state.draft is not None
    assert done.state.draft.ticket == request.ticket


# -- signing


async def test_an_acting_signer_signs_within_the_time_and_by_the_appointment(inside: Inside) -> None:
    request = await inside.passed()
    deciding, now = inside.office.deciding, inside.clock.now()
    acting = inside.staff("officer-ira", "officer")
    revision, signed = await letters(inside, request)
    with pytest.raises(NotASignerError):
        await deciding.sign(request.ticket, acting, None, revision, signed)
    head = inside.staff("head-dewi", "head")
    id, _ = await inside.office.appointing.appoint(head, KEY, "officer-ira", now, now + timedelta(days=2))
    done = await deciding.sign(request.ticket, acting, None, revision, signed)
    [made] = (await inside.office.store.query(appointments_made)).rows
    assert (made.appointment, done.recorded[0].event.model_dump()["acting"]) == (id, made.event)


async def test_an_appointment_is_made_once_and_ends(inside: Inside) -> None:
    deciding, now = inside.office.deciding, inside.clock.now()
    head, acting = inside.staff("head-dewi", "head"), inside.staff("officer-ira", "officer")
    await inside.known("officer-ira", "officer")
    first, _ = await inside.office.appointing.appoint(head, KEY, "officer-ira", now, now + timedelta(days=2))
    again, done = await inside.office.appointing.appoint(
        head, KEY, "officer-ira", now, now + timedelta(days=2)
    )
    assert (again, done.recorded) == (first, ())
    with pytest.raises(WrongRoleError):
        await inside.office.appointing.end_appointment(first, inside.signer())
    await inside.office.appointing.end_appointment(first, head)
    request = await inside.passed()
    revision, signed = await letters(inside, request)
    with pytest.raises(NotASignerError):
        await deciding.sign(request.ticket, acting, None, revision, signed)


async def test_appointments_one_after_the_other_last_no_longer_than_the_rules_allow(either: Inside) -> None:
    head, appointing, now = either.staff("head-dewi", "head"), either.office.appointing, either.clock.now()
    await either.known("officer-ira", "officer")
    await either.known("officer-joko", "officer")
    days = appointing.rules.most_days
    middle, end = now + timedelta(days=days), now + timedelta(days=2 * days)
    first, _ = await appointing.appoint(head, KEY, "officer-ira", now, middle)
    with pytest.raises(TooLongAppointmentError, match=f"{days} days in a row"):
        await appointing.appoint(head, None, "officer-ira", middle, end)
    again, repeated = await appointing.appoint(head, KEY, "officer-ira", now, middle)
    assert (again, repeated.recorded) == (first, ())
    await appointing.appoint(head, None, "officer-joko", middle, end)
    await appointing.end_appointment(first, head)
    _, anew = await appointing.appoint(head, None, "officer-ira", middle, end)
    assert len(anew.recorded) == 1


async def test_an_evaluator_of_the_application_is_told_before_anything_is_made_for_the_letters(
    inside: Inside,
) -> None:
    request = await inside.passed()
    revision, _ = await letters(inside, request)
    evaluated = inside.signer("evaluator-ani")
    with pytest.raises(errors.SamePersonError):
        await inside.office.deciding.refuse_unless_signable(request.ticket, evaluated, None, revision)
    with pytest.raises(errors.ChangedMeanwhileError):
        await inside.office.deciding.refuse_unless_signable(request.ticket, inside.signer(), None, 1)
    await inside.office.deciding.refuse_unless_signable(request.ticket, inside.signer(), None, revision)


async def test_signing_again_signs_nothing_more(inside: Inside) -> None:
    request = await inside.passed()
    revision, signed = await letters(inside, request)
    await inside.office.deciding.sign(request.ticket, inside.signer(), KEY, revision, signed)
    again = await inside.office.deciding.sign(request.ticket, inside.signer(), KEY, revision, signed)
    assert again.recorded == ()
    waiting = await inside.office.store.query(letters_to_seal)
    assert [each.letter for each in waiting] == [each.letter for each in signed]


async def test_the_signer_sends_back_with_reasons(inside: Inside) -> None:
    request = await inside.passed()
    done = await inside.office.deciding.send_back(request.ticket, inside.signer(), None, (WRONG,), "Cek.")
    assert (done.state.status, done.state.officer) == (ApplicationStatus.EVALUATION, "evaluator-eko")


async def test_how_a_letter_stands_is_known_by_its_number(inside: Inside) -> None:
    request = await inside.signed()
    [number] = await inside.sealed(request)
    deciding, letter = inside.office.deciding, (await inside.state(request)).letters[0].id

    def standing(tx: Tx) -> tuple[Standing | None, str | None]:
        row = letter_numbered(tx, number)
        assert row is not None
        return row.standing, row.reason

    read = inside.office.store.query
    assert await read(standing) == (Standing.VALID, None)
    await deciding.suspend(request.ticket, inside.signer(), None, letter, "unsafe_product", "Ditunda.")
    assert await read(standing) == (Standing.SUSPENDED, "unsafe_product")
    with pytest.raises(errors.OwnSuspensionError):
        await deciding.reinstate(request.ticket, inside.signer(), None, letter, "cause_removed", "Baik.")
    other = inside.signer("signer-citra")
    await deciding.reinstate(request.ticket, other, None, letter, "cause_removed", "Baik.")
    assert await read(standing) == (Standing.VALID, None)
    await deciding.revoke(request.ticket, inside.signer(), None, letter, "false_statement")
    assert await read(standing) == (Standing.REVOKED, "false_statement")
    assert inside.vault.texts(request.ticket, "note") == ["Ditunda.", "Baik."]


# -- accounts


async def test_an_account_is_verified_with_all_that_the_rules_ask(inside: Inside) -> None:
    request = await inside.requested()
    deciding, officer = inside.office.deciding, inside.staff("officer-ira", "officer")
    await inside.office.applying.open_account(request, inside.citizen(request), None, STATED)
    assert [each.reference for each in (await inside.office.store.query(accounts_to_verify)).rows] == [
        request.ticket
    ]
    with pytest.raises(account.AccountIncompleteError):
        await deciding.verify_account(request.ticket, officer, None, 1)
    with pytest.raises(account.NoReasonsError):
        await deciding.refuse_account(request.ticket, officer, None, 1, ())
    done = await deciding.refuse_account(request.ticket, officer, None, 1, (MISSING,))
    assert done.state.check is Check.REFUSED
    assert (await inside.office.store.query(accounts_to_verify)).total == 0


async def test_an_account_that_nobody_opened_is_not_verified(inside: Inside) -> None:
    await inside.requested()
    with pytest.raises(account.NoAccountError):
        await inside.office.deciding.verify_account(
            "7T2M4K9QB", inside.staff("officer-ira", "officer"), None, 1
        )
