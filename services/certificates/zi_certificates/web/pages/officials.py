"""The pages for officials, each by their role: the next application, what to sign, accounts to verify, exceptions, acting signers;
lists show no personal data, and what is opened is recorded first.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from zi_certificates.container import Office
from zi_certificates.domain.account import Account, Check
from zi_certificates.domain.application.state import (
    WAITING,
    Application,
    Status,
)
from zi_certificates.domain.appointment import YourselfError
from zi_certificates.domain.changes import cells
from zi_certificates.messaging.heard import interests_of, request_of
from zi_certificates.messaging.published import accounts as account_decider
from zi_certificates.read import labels
from zi_certificates.read.accounts import AccountRow, account_referred, accounts_to_verify
from zi_certificates.read.applications import applications_in, counts
from zi_certificates.read.appointments import appointment_of, appointments_made
from zi_certificates.read.history import Step, steps
from zi_certificates.read.letters import letter_numbered
from zi_certificates.roles import (
    APPOINTING,
    OFFICIALS,
    OVERRIDING,
    RELEASING,
    SIGNING,
    VERIFYING,
)
from zi_certificates.use_cases.access import (
    NoSuchApplicationError,
)
from zi_certificates.use_cases.dossier import Dossier, dossier_of
from zi_certificates.use_cases.dossier import messages as messages_of
from zi_certificates.web.api.applicants import office_of
from zi_certificates.web.bodies import (
    TEXT_LIMIT,
    AppointBody,
    NoteBody,
    OverrideBody,
    ReasonsBody,
    RefuseAccountBody,
    ReleaseBody,
    StandingBody,
    findings,
)
from zi_certificates.web.pages.applicants import (
    REFUSED,
    UNREAD,
    ChooseError,
    findings_of,
    given,
    history_of,
    key_of,
    names_of,
    pages_of,
    refused,
    revision_of,
    ruled,
    status_of,
)
from zi_certificates.web.telling import say_of
from zi_chassis.domain import Act, DomainError, UnavailableError
from zi_chassis.identity import Staff, staff
from zi_chassis.recorded import event_id
from zi_chassis.web.form import Form
from zi_chassis.web.language import WITA, msgid
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError
from zi_contracts.message import Message
from zi_rules.certificate.finding import Finding
from zi_rules.certificate.reason import FindingReason, OverrideReason, ReleaseReason, StandingReason
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.ticket import normalise_ticket

DESK = "/certificates/desk/"
COMPANY = ("company.name", "company.address", "company.nib", "account.warehouse")
AT_WORK = (Status.EVALUATION, Status.NEED_DATA, Status.APPROVAL, Status.QUEUED, Status.RESUBMITTED)
PICKS = 3
WHERE = ("items", "kinds", "country", "hs_codes", "account", "registration_number", "hs_code", "batch")
WHERE_MORE = (
    "manufactured",
    "expires",
    "quantity",
    "invoice",
    "analysis",
    "analysis.results",
    "transport_document",
)

FOUND_NOTHING = msgid("There is no application with this ticket, and no letter with this number.")

router = APIRouter(include_in_schema=False)


class NothingPickedError(DomainError):
    """Whoever asks for something or says no says why, in the words of the list."""

    def __init__(self) -> None:
        super().__init__("Pick at least one reason, and say where it applies.")


@dataclass(frozen=True)
class Official:
    """Somebody of the office who has to do with letters, and what they are looking at with which browser."""

    web: Request
    office: Office
    person: Staff
    is_acting: bool

    def act(self, *roles: str) -> Act:
        return self.office.access.official(self.person, roles)

    def has(self, *roles: str) -> bool:
        return not self.person.roles.isdisjoint(roles)

    @property
    def may_sign(self) -> bool:
        return self.is_acting or self.has("signer", "head")

    def as_signer(self) -> Act:
        """By their own role, or by whichever they have as an acting signer."""
        return self.act(*SIGNING)


async def official(request: Request) -> Official:
    """An acting signer may have any role of the staff."""
    office = await office_of(request)
    person = await staff(*SIGNING)(request)
    now = office.clock.now()
    appointed = await office.store.query(lambda tx: appointment_of(tx, person.sub, now))
    if appointed is None and person.roles.isdisjoint(OFFICIALS):
        await staff(*OFFICIALS)(request)
    return Official(request, office, person, appointed is not None)


SomeOfficial = Annotated[Official, Depends(official)]


# -- the desk


@router.get("/certificates/desk")
async def without_slash() -> Response:
    return RedirectResponse(DESK, 308)


@router.get(DESK)
async def desk(one: SomeOfficial) -> Response:
    return await _desk(one, Form())


async def _desk(one: Official, form: Form, status: int = 200) -> Response:
    office, now, sub = one.office, one.office.clock.now(), one.person.sub
    query = office.store.query
    working = await query(lambda tx: applications_in(tx, AT_WORK))
    shown = {
        **ruled(one.web, office, office.rules.in_force(now)),
        "person": one.person,
        "now": now,
        "is_evaluator": one.has("evaluator"),
        "may_sign": one.may_sign,
        "is_verifier": one.has(*VERIFYING),
        "is_overseer": one.has(*OVERRIDING),
        "waiting": sum(many for status, many in (await query(counts)).items() if status in WAITING),
        "in_hand": await query(lambda tx: applications_in(tx, (Status.EVALUATION, Status.NEED_DATA), sub)),
        "to_sign": [each for each in working if each.status is Status.APPROVAL],
        "accounts": await query(accounts_to_verify),
        "overrides": [each for each in working if each.override_for is not None],
        "working": working,
        "form": form,
        "key": str(uuid4()),
    }
    return pages_of(one.web).render(one.web, "desk.html", status, **shown)


@router.post("/certificates/desk/take")
async def take(one: SomeOfficial) -> Response:
    """Nobody chooses: the queue gives what was complete first."""
    form = Form.of(await one.web.form())
    try:
        taken = await one.office.deciding.take_next(one.act("evaluator"), key_of(form))
    except REFUSED as error:
        return await _desk(one, refused(one.web, form, error, "take"), status_of(error))
    return RedirectResponse(_application_page_of(taken.state), 303)


def _application_page_of(state: Application) -> str:
    assert state.draft is not None
    return f"{DESK}applications/{state.draft.ticket}"


@router.get("/certificates/desk/find")
async def find(one: SomeOfficial, wanted: str = "") -> Response:
    form = Form({"wanted": wanted[:30]})
    number = wanted.strip().upper()
    letter = await one.office.store.query(lambda tx: letter_numbered(tx, number))
    ticket = letter.ticket if letter else _ticket(wanted)
    if await one.office.store.query(lambda tx: request_of(tx, ticket)) is None:
        return await _desk(one, form.refused({"wanted": say_of(one.web)(FOUND_NOTHING)}), 404)
    return RedirectResponse(f"{DESK}applications/{ticket}", 303)


def _ticket(said: str) -> str:
    try:
        return normalise_ticket(said)
    except ValueError:
        return ""


# -- one application


@router.get("/certificates/desk/applications/{ticket}")
async def application_page(one: SomeOfficial, ticket: str) -> Response:
    return await _application_page(one, ticket, Form())


async def _application_page(
    one: Official,
    ticket: str,
    form: Form,
    status: int = 200,
    opened: Mapping[str, str] | None = None,
) -> Response:
    office, now = one.office, one.office.clock.now()
    dossier = await _dossier(office, ticket)
    state, rules = dossier.state, office.rules.of(dossier.state, now)
    told = await history_of(one.web, office, dossier)
    hindered = await _is_hindered(one, dossier)
    shown = {
        **ruled(one.web, office, rules),
        **_choices(one, rules, state),
        "ticket": dossier.ticket,
        "state": state,
        "stands": state.status.value,
        "account": dossier.account if dossier.account.opened else None,
        "person": one.person,
        "overdue": state.due is not None and state.holder == "office" and state.due < now,
        "flags": [each for each in told if each.event == "conflict_flagged"],
        "hindered": hindered,
        "compared": dossier.comparisons(),
        "cells": cells,
        "wanting": findings_of(office, dossier),
        "opened": opened,
        "letters": [
            {**vars(each), "id": each.letter, "sealed": each.file is not None} for each in dossier.letters
        ],
        "history": told,
        "may": _may(one, state, hindered=hindered),
        "form": form,
        "key": str(key_of(form) or uuid4()),
        "limit": TEXT_LIMIT,
    }
    return pages_of(one.web).render(one.web, "desk_application.html", status, **shown)


async def _dossier(office: Office, ticket: str) -> Dossier:
    dossier = await dossier_of(office.store, await office.access.request(ticket))
    if dossier.state.statement is None:
        raise NoSuchApplicationError
    return dossier


async def _is_hindered(one: Official, dossier: Dossier) -> bool:
    if dossier.row is None or one.person.sub in dossier.row.excused:
        return False
    interests = await one.office.store.query(lambda tx: interests_of(tx, one.person.sub))
    return any(each.business_ref in dossier.row.businesses for each in interests)


def _choices(one: Official, rules: CertificateRules, state: Application) -> dict[str, Any]:
    """What can be picked from lists."""
    names = names_of(one.web, one.office, rules)
    products = state.statement.products if state.statement else ()
    documents = [f"documents.{each}" for each in rules.names.documents]
    return {
        "reasons": [(each.value, names.reason(each)) for each in FindingReason],
        "places": [(each, names.field(each)) for each in (*WHERE, *WHERE_MORE, *documents)],
        "products": [(str(each.number), f"{each.number}. {each.product}") for each in products],
        "releases": [(each.value, names.release(each)) for each in ReleaseReason],
        "standings": [(each.value, names.standing(each)) for each in StandingReason],
        "overrides": [(each.value, names.override(each)) for each in OverrideReason],
        "field_labels": {name: say_of(one.web)(label) for name, label in labels.DECISION.items()},
    }


def _may(one: Official, state: Application, *, hindered: bool) -> dict[str, bool]:
    """Which forms the application has for this official now; the decider has the last word."""
    in_evaluation, mine = state.status is Status.EVALUATION, state.officer == one.person.sub
    overseer = one.has(*OVERRIDING)
    asked = state.override
    return {
        "evaluate": in_evaluation and mine and not hindered,
        "release": in_evaluation and (mine or (overseer and not one.has("evaluator"))),
        "sign": state.status is Status.APPROVAL
        and one.may_sign
        and not hindered
        and one.person.sub not in state.hands,
        "stand": one.may_sign and not hindered,
        "ask_override": overseer and asked is None,
        "decide_override": overseer
        and asked is not None
        and one.person.sub not in (asked.by.actor, asked.official),
    }


@router.post("/certificates/desk/applications/{ticket}/open")
async def open_company(one: SomeOfficial, ticket: str) -> Response:
    """Recorded at the vault before anything is disclosed; shown once, as the answer to the form: the company as an officer has
    verified it, in whose name the letter will be."""
    form = Form.of(await one.web.form())
    dossier = await _dossier(one.office, ticket)
    try:
        opened = await _opened(one, dossier.account.verified_ticket or dossier.ticket)
    except UNREAD as error:
        return await _application_page(one, ticket, _unread(one, form, error), 503)
    return await _application_page(one, ticket, Form(), opened=opened)


async def _opened(one: Official, ticket: str) -> Mapping[str, str]:
    told = await one.office.vault.read(ticket, COMPANY, "evaluation", token=one.person.token)
    return {name: told[name] for name in COMPANY if name in told}


def _unread(one: Official, form: Form, error: Exception) -> Form:
    sentence = error if isinstance(error, DomainError) else UnavailableError()
    return refused(one.web, form, sentence, "open")


@router.post("/certificates/desk/applications/{ticket}/letters/{letter}")
async def stand(one: SomeOfficial, ticket: str, letter: UUID) -> Response:
    form = Form.of(await one.web.form())
    field = f"standing.{letter}"
    shown_at = {"reason": field, "note": f"standing_note.{letter}"}
    return await _tried(one, ticket, form, field, _stand(one, ticket, letter, form), shown_at)


async def _stand(one: Official, ticket: str, letter: UUID, form: Form) -> None:
    own, by, key, deciding = _tidied(ticket), one.as_signer(), key_of(form), one.office.deciding
    note = form.value(f"standing_note.{letter}").strip() or None
    verdict = form.value("verdict")
    if verdict == "reinstate":
        await deciding.reinstate(own, by, key, letter, NoteBody(note=note).note)
        return
    body = StandingBody.model_validate(given(reason=form.value(f"standing.{letter}"), note=note))
    if verdict == "suspend":
        await deciding.suspend(own, by, key, letter, body.reason, body.note)
    elif verdict == "revoke":
        await deciding.revoke(own, by, key, letter, body.reason, body.note)
    else:
        raise NotFoundError(DETAILS[404])


@router.post("/certificates/desk/applications/{ticket}/{command}")
async def decide(one: SomeOfficial, ticket: str, command: str) -> Response:
    form = Form.of(await one.web.form())
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])
    field, done = COMMANDS[command]
    return await _tried(one, ticket, form, field, done(one, _tidied(ticket), form), SHOWN_AT.get(field))


async def _tried(
    one: Official,
    ticket: str,
    form: Form,
    field: str,
    done: Awaitable[object],
    shown_at: Mapping[str, str] | None = None,
) -> Response:
    try:
        await done
    except REFUSED as error:
        told = refused(one.web, form, error, field, shown_at)
        return await _application_page(one, ticket, told, status_of(error))
    return RedirectResponse(f"{DESK}applications/{_tidied(ticket)}", 303)


async def _pass(one: Official, ticket: str, form: Form) -> None:
    by = one.act("evaluator")
    await one.office.deciding.pass_evaluation(ticket, by, key_of(form), revision_of(form))


async def _judge(one: Official, ticket: str, form: Form) -> None:
    by, reasons = one.act("evaluator"), await _picked(one, ticket, form)
    body = ReasonsBody.model_validate({"reasons": reasons, "note": form.value("note").strip() or None})
    deciding, key = one.office.deciding, key_of(form)
    match form.value("verdict"):
        case "ask-data":
            await deciding.ask_data(ticket, by, key, findings(body.reasons), body.note)
        case "reject":
            await deciding.reject(ticket, by, key, findings(body.reasons), body.note)
        case _:
            raise NotFoundError(DETAILS[404])


async def _send_back(one: Official, ticket: str, form: Form) -> None:
    by, reasons = one.as_signer(), await _picked(one, ticket, form)
    body = ReasonsBody.model_validate({"reasons": reasons, "note": form.value("note").strip() or None})
    await one.office.deciding.send_back(ticket, by, key_of(form), findings(body.reasons), body.note)


async def _picked(one: Official, ticket: str, form: Form) -> list[dict[str, Any]]:
    """Those of the rules' findings that were ticked, and what was picked by hand."""
    found = findings_of(one.office, await _dossier(one.office, ticket))
    return _reasons(form, found)


def _reasons(form: Form, found: Sequence[Finding]) -> list[dict[str, Any]]:
    ticked = [each for number, each in enumerate(found) if form.value(f"found.{number}")]
    by_rule = [{"reason": each.reason.value, "where": each.where, "item": each.item} for each in ticked]
    by_hand = [_by_hand(form, number) for number in range(PICKS)]
    picked = [*by_rule, *(each for each in by_hand if each)]
    if not picked:
        raise NothingPickedError
    return picked


def _by_hand(form: Form, number: int) -> dict[str, Any] | None:
    reason, where, item = (form.value(f"reasons.{number}.{part}") for part in ("reason", "where", "item"))
    if not reason and not where:
        return None
    if not reason or not where:
        raise NothingPickedError
    return {"reason": reason, "where": where, "item": int(item) if item.isdecimal() else None}


async def _sign(one: Official, ticket: str, form: Form) -> None:
    by = one.as_signer()
    await one.office.signing.sign(ticket, by, key_of(form), revision_of(form), one.person)


async def _release(one: Official, ticket: str, form: Form) -> None:
    reason = ReleaseBody.model_validate(given(reason=form.value("release"))).reason
    await one.office.deciding.release(ticket, one.act(*RELEASING), key_of(form), reason)


async def _ask_override(one: Official, ticket: str, form: Form) -> None:
    body = OverrideBody.model_validate(
        given(official=form.value("official").strip(), reason=form.value("override"))
    )
    by = one.act(*OVERRIDING)
    await one.office.deciding.ask_override(ticket, by, key_of(form), body.official, body.reason)


async def _approve_override(one: Official, ticket: str, form: Form) -> None:
    await one.office.deciding.approve_override(ticket, one.act(*OVERRIDING), key_of(form))


async def _refuse_override(one: Official, ticket: str, form: Form) -> None:
    await one.office.deciding.refuse_override(ticket, one.act(*OVERRIDING), key_of(form))


# For each command the field at which a refusal is shown, and what is done.
COMMANDS: Mapping[str, tuple[str, Callable[[Official, str, Form], Awaitable[None]]]] = {
    "pass": ("pass", _pass),
    "judge": ("reasons", _judge),
    "send-back": ("reasons", _send_back),
    "sign": ("sign", _sign),
    "release": ("release", _release),
    "ask-override": ("official", _ask_override),
    "approve-override": ("override", _approve_override),
    "refuse-override": ("override", _refuse_override),
}
SHOWN_AT: Mapping[str, Mapping[str, str]] = {
    "release": {"reason": "release"},
    "official": {"reason": "override"},
}


def _tidied(ticket: str) -> str:
    try:
        return normalise_ticket(ticket)
    except ValueError:
        raise NoSuchApplicationError from None


# -- accounts


@router.get("/certificates/desk/accounts/{reference}")
async def account_page(one: SomeOfficial, reference: str) -> Response:
    return await _account_page(one, reference, Form())


async def _account_page(
    one: Official,
    reference: str,
    form: Form,
    status: int = 200,
    opened: Mapping[str, str] | None = None,
) -> Response:
    office, now = one.office, one.office.clock.now()
    row, version, account = await _account(office, reference)
    rules = office.rules.in_force(now)
    interests = await office.store.query(lambda tx: interests_of(tx, one.person.sub))
    hindered = any(each.business_ref in row.businesses for each in interests)
    shown = {
        **ruled(one.web, office, rules),
        **_choices(one, rules, Application()),
        "reference": row.reference,
        "account": account,
        "hindered": hindered,
        "wanting": await _account_findings(office, row, account),
        "opened": opened,
        "may_verify": account.check is Check.WAITING and one.has(*VERIFYING) and not hindered,
        "history": await _account_history(one, row, version, rules),
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(one.web).render(one.web, "desk_account.html", status, **shown)


async def _account(office: Office, reference: str) -> tuple[AccountRow, int, Account]:
    own = _tidied(reference)
    row = await office.store.query(lambda tx: account_referred(tx, own))
    if row is None:
        raise NoSuchApplicationError
    version, account = await office.store.fetch(account_decider, row.account)
    return row, version, account


async def _account_findings(office: Office, row: AccountRow, account: Account) -> tuple[Finding, ...]:
    opening = await office.store.query(lambda tx: request_of(tx, row.reference))
    if opening is None:
        return ()
    return office.rules.account_findings(opening.series, account, office.clock.now())


async def _account_history(
    one: Official, row: AccountRow, version: int, rules: CertificateRules
) -> list[Step]:
    ids = [event_id(row.account, number) for number in range(1, version + 1)]
    told = await one.office.store.query(lambda tx: messages_of(tx, ids))
    indexes = await one.office.ledger.indexes([Message.parse(each).id for each in told])
    names = names_of(one.web, one.office, rules)
    return steps(told, indexes, one.office.settings.public_url, say_of(one.web), names)


@router.post("/certificates/desk/accounts/{reference}/open")
async def open_account_data(one: SomeOfficial, reference: str) -> Response:
    form = Form.of(await one.web.form())
    row, _, _ = await _account(one.office, reference)
    try:
        opened = await _opened(one, row.ticket)
    except UNREAD as error:
        return await _account_page(one, reference, _unread(one, form, error), 503)
    return await _account_page(one, reference, Form(), opened=opened)


@router.post("/certificates/desk/accounts/{reference}/verify")
async def verify_account(one: SomeOfficial, reference: str) -> Response:
    form = Form.of(await one.web.form())
    return await _account_tried(one, reference, form, _verify(one, _tidied(reference), form))


async def _verify(one: Official, reference: str, form: Form) -> None:
    by = one.act(*VERIFYING)
    await one.office.deciding.verify_account(reference, by, key_of(form), revision_of(form))


@router.post("/certificates/desk/accounts/{reference}/refuse")
async def refuse_account(one: SomeOfficial, reference: str) -> Response:
    form = Form.of(await one.web.form())
    return await _account_tried(one, reference, form, _refuse(one, _tidied(reference), form))


async def _refuse(one: Official, reference: str, form: Form) -> None:
    row, _, account = await _account(one.office, reference)
    reasons = _reasons(form, await _account_findings(one.office, row, account))
    body = RefuseAccountBody.model_validate({"revision": revision_of(form), "reasons": reasons})
    by = one.act(*VERIFYING)
    await one.office.deciding.refuse_account(
        reference, by, key_of(form), body.revision, findings(body.reasons)
    )


async def _account_tried(one: Official, reference: str, form: Form, done: Awaitable[object]) -> Response:
    try:
        await done
    except REFUSED as error:
        told = refused(one.web, form, error, "reasons")
        return await _account_page(one, reference, told, status_of(error))
    return RedirectResponse(DESK, 303)


# -- acting signers


@router.get("/certificates/desk/appointments")
async def appointments(one: SomeOfficial) -> Response:
    return await _appointments(one, Form())


async def _appointments(one: Official, form: Form, status: int = 200) -> Response:
    shown = {
        "labels": labels,
        "appointments": await one.office.store.query(appointments_made),
        "field_labels": {name: say_of(one.web)(label) for name, label in labels.APPOINTMENT.items()},
        "is_head": one.has(*APPOINTING),
        "now": one.office.clock.now(),
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(one.web).render(one.web, "appointments.html", status, **shown)


@router.post("/certificates/desk/appointments")
async def appoint(one: SomeOfficial) -> Response:
    form = Form.of(await one.web.form())
    try:
        body = AppointBody.model_validate(
            given(
                official=form.value("official").strip(),
                begins=_at_the_office(form, "begins"),
                ends=_at_the_office(form, "ends"),
            )
        )
        by = one.act(*APPOINTING)
        await one.office.deciding.appoint(by, key_of(form), body.official, body.begins, body.ends)
    except REFUSED as error:
        field = "official" if isinstance(error, YourselfError) else "ends"
        return await _appointments(one, refused(one.web, form, error, field), status_of(error))
    return RedirectResponse(f"{DESK}appointments", 303)


def _at_the_office(form: Form, name: str) -> str:
    """What a field for a local time sends is meant by the office's clock."""
    said = form.value(name).strip()
    try:
        return said and datetime.fromisoformat(said).replace(tzinfo=WITA).isoformat()
    except ValueError:
        raise ChooseError(FIELDS["string_pattern_mismatch"], name) from None


@router.post("/certificates/desk/appointments/{appointment}/end")
async def end_appointment(one: SomeOfficial, appointment: UUID) -> Response:
    form = Form.of(await one.web.form())
    try:
        await one.office.deciding.end_appointment(appointment, one.act(*APPOINTING))
    except REFUSED as error:
        return await _appointments(one, refused(one.web, form, error, "official"), status_of(error))
    return RedirectResponse(f"{DESK}appointments", 303)
