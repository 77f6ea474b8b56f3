"""The first page of an application, and its way from submission to withdrawal."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.answering import is_document
from zi_certificates.domain.application.deadlines import ends_soon
from zi_certificates.domain.application.payment_decisions import open_bill
from zi_certificates.domain.application.state import OVER, SIGNED, Application, ApplicationStatus
from zi_certificates.domain.next_step import next_step, to_correct
from zi_certificates.use_cases.billing import NoBillingError
from zi_certificates.use_cases.dossier import Dossier, dossier_of
from zi_certificates.use_cases.further_bills import missing_more
from zi_certificates.use_cases.rulebook import NoTariffStatedError
from zi_certificates.use_cases.taking_over import OPEN
from zi_certificates.web.bodies import SendDataBody
from zi_certificates.web.form_errors import UNREAD
from zi_certificates.web.form_fields import revision_of
from zi_certificates.web.history import people
from zi_certificates.web.page_context import findings_of, history_of, names_of, rules_context
from zi_certificates.web.pages.application_owner import ApplicationOwner, Owner, submit_form
from zi_certificates.web.presenters import say_of
from zi_chassis.domain import ErasedError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_contracts.certificates import PublishedFinding
from zi_contracts.intake import Items
from zi_rules.certificate.rule_set import CertificateRules

UNREAD_NOW = msgid("The office wrote something here. It can't be read now; try again in a minute.")
ERASED = msgid("The office wrote something here. It was erased with your data.")

router = APIRouter(include_in_schema=False)


@router.get("/certificates/applications/{ticket}")
async def overview(owner: Owner) -> Response:
    return await _overview(owner, Form())


async def _overview(owner: ApplicationOwner, form: Form, status: int = 200) -> Response:
    office, dossier = owner.office, await dossier_of(owner.office.store, owner.intake_request)
    state = dossier.state
    rules = office.rules.of(state, office.clock.now())
    context = {
        **rules_context(owner.request, office, rules),
        "ticket": dossier.ticket,
        "series": owner.intake_request.series,
        "state": state,
        "state_name": "draft" if state.status is ApplicationStatus.UNKNOWN else state.status.value,
        "account": dossier.account if dossier.account.details else None,
        "account_reasons": dossier.account_refused,
        **_next_step_context(owner, dossier, rules),
        **await _office_question_context(owner, dossier),
        **await _progress_context(owner, dossier, rules),
        "ends_soon": ends_soon(state, office.clock.now()) if state.holder == "citizen" else None,
        "may_withdraw": state.status not in (ApplicationStatus.UNKNOWN, *OVER, *SIGNED),
        "form": form,
        "key": str(uuid4()),
    }
    return pages_of(owner.request).render(owner.request, "application.html", status, **context)


def _next_step_context(owner: ApplicationOwner, dossier: Dossier, rules: CertificateRules) -> dict[str, Any]:
    """The applicant's next step, with what is missing or has to be paid."""
    office, state = owner.office, dossier.state
    missing = findings_of(office, dossier) if state.status in OPEN else ()
    amount = _amount(office, state, rules)
    account_missing = office.rules.account_findings(
        owner.intake_request.series, dossier.account, office.clock.now()
    )
    step = next_step(
        state,
        dossier.account,
        account_lacks=bool(account_missing),
        lacks=bool(missing),
        is_priced=amount is not None,
    )
    return {
        "missing": missing,
        "account_missing": account_missing,
        "amount": amount,
        "bill_url": _bill_url(office, state),
        "further": _further_bill_context(office, state),
        "next": step,
    }


async def _office_question_context(owner: ApplicationOwner, dossier: Dossier) -> dict[str, Any]:
    """The office's last question or rejection, as long as it waits for the applicant."""
    state = dossier.state
    question = (
        dossier.last_answer
        if state.status in (ApplicationStatus.NEED_DATA, ApplicationStatus.REJECTED)
        else None
    )
    return {
        "to_correct": to_correct(question.findings) if question else (),
        "office_findings": question.findings if question else (),
        "office_notes": await _office_notes(owner, question.items, question.at) if question else (),
        "changed": not state.is_unchanged(dossier.account.verified_at),
        "unanswered": _unanswered(dossier),
    }


def _unanswered(dossier: Dossier) -> list[tuple[int, PublishedFinding, bool]]:
    """List what is still asked for, with its place in the office's list, and whether it is a document."""
    state = dossier.state
    left = state.unanswered((), dossier.account.verified_at)
    return [(number, each, is_document(each)) for number, each in enumerate(state.wanted) if each in left]


async def _progress_context(
    owner: ApplicationOwner, dossier: Dossier, rules: CertificateRules
) -> dict[str, Any]:
    """Place in the queue, letters, and the history with everybody who acted."""
    history = await history_of(owner.request, owner.office, dossier)
    names = names_of(owner.request, owner.office, rules)
    notes = await _letter_notes(owner, dossier)
    return {
        "place": dossier.place,
        "parked": dossier.parked,
        "letters": [
            {**vars(each), "sealed": each.file is not None, "notes": notes.get(each.letter, ())}
            for each in dossier.letters
        ],
        "successors": dossier.successors,
        "history": history,
        "people": people(dossier.messages, say_of(owner.request), names),
        "passed_by": dossier.passed_by,
        "flags": [each for each in history if each.event == "conflict_flagged"],
    }


def _amount(office: CertificatesOffice, state: Application, rules: CertificateRules) -> int | None:
    try:
        return office.rules.amount(state, rules) if state.statement else None
    except NoTariffStatedError:
        return None


def _further_bill_context(office: CertificatesOffice, state: Application) -> dict[str, Any]:
    """The further bill for what is missing now, and what one would be made out for."""
    now, more = office.clock.now(), 0
    if state.paid and state.status in (ApplicationStatus.NEED_DATA, ApplicationStatus.REJECTED):
        more = missing_more(office.rules, state, now)
    bill = open_bill(state, more, now)
    return {"bill": bill, "pay_at": bill and office.billing.pay_at(bill.bill), "more": more}


def _bill_url(office: CertificatesOffice, state: Application) -> str | None:
    if state.status is not ApplicationStatus.AWAITING_PAYMENT or state.submission is None:
        return None
    try:
        return office.billing.pay_at(state.submission.bill)
    except NoBillingError:
        return None


async def _office_notes(owner: ApplicationOwner, items: Items, at: datetime) -> Sequence[dict[str, Any]]:
    return _notes(at, items, *await _own_texts(owner, items))


async def _letter_notes(owner: ApplicationOwner, dossier: Dossier) -> Mapping[UUID, Sequence[dict[str, Any]]]:
    """The office's words about each letter, in the order in which they were written."""
    written = dossier.written_about_letters
    texts, unread = await _own_texts(owner, tuple(item for each in written for item in each.items))
    notes: dict[UUID, list[dict[str, Any]]] = {}
    for each in written:
        notes.setdefault(each.letter, []).extend(_notes(each.by.at, each.items, texts, unread))
    return notes


def _notes(at: datetime, items: Items, texts: Mapping[UUID, str], unread: str) -> list[dict[str, Any]]:
    """Return the texts of one time, or `unread` instead of them, so that nobody misses a note without knowing."""
    known = [{"at": at, "text": texts[each.item], "unread": ""} for each in items if each.item in texts]
    return known if known or not items else [{"at": at, "text": "", "unread": unread}]


async def _own_texts(owner: ApplicationOwner, items: Items) -> tuple[Mapping[UUID, str], str]:
    """Read the office's words from the vault, and say why one is missing; the reasons are context anyway."""
    if not items:
        return {}, UNREAD_NOW
    ticket, token = owner.intake_request.ticket, owner.token
    try:
        texts = await owner.office.vault.disclosed(ticket, items, "own_copy", token)
    except ErasedError:
        return {}, ERASED
    except UNREAD:
        return {}, UNREAD_NOW
    return {item: each.text for item, each in texts.items()}, UNREAD_NOW


async def _submit(owner: ApplicationOwner, form: Form) -> None:
    await owner.office.applying.submit(owner.intake_request, owner.by, key_of(form), revision_of(form))


async def _send_data(owner: ApplicationOwner, form: Form) -> None:
    """Send what was asked for; what is typed is an answer to the finding of the same place in the office's list."""
    state = (await dossier_of(owner.office.store, owner.intake_request)).state
    typed = {number: form.value(f"answers.{number}").strip() for number in range(len(state.wanted))}
    answers = [state.wanted[number].model_dump() | {"text": text} for number, text in typed.items() if text]
    revision = revision_of(form)
    body = SendDataBody.model_validate({"revision": revision or 1, "answers": answers})
    await owner.office.applying.send_data(
        owner.intake_request, owner.by, key_of(form), revision, body.in_words()
    )


async def _resubmit(owner: ApplicationOwner, form: Form) -> None:
    await owner.office.applying.resubmit(owner.intake_request, owner.by, key_of(form), revision_of(form))


async def _further_bill(owner: ApplicationOwner, form: Form) -> None:
    await owner.office.further_billing.issue(owner.intake_request, owner.by, key_of(form))


async def _withdraw(owner: ApplicationOwner, form: Form) -> None:
    await owner.office.applying.withdraw(owner.intake_request, owner.by, key_of(form))


COMMANDS: Mapping[str, Callable[[ApplicationOwner, Form], Awaitable[None]]] = {
    "submit": _submit,
    "send-data": _send_data,
    "resubmit": _resubmit,
    "further-bill": _further_bill,
    "withdraw": _withdraw,
}


@router.post("/certificates/applications/{ticket}/{command}")
async def act(owner: Owner, command: str) -> Response:
    form = Form.of(await owner.request.form())
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])

    async def again(refused: Form, status: int) -> Response:
        return await _overview(owner, refused, status)

    return await submit_form(owner, form, "command", again, COMMANDS[command](owner, form), owner.address)
