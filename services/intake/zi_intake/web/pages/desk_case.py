"""The page of a case for officers: the actions that are possible now, its personal data."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from zi_chassis.access.identity import Staff
from zi_chassis.domain import DomainError, WrongRoleError
from zi_chassis.vault.requests import TooManyOpeningsError
from zi_chassis.vault.vault import OpenedItem
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError, field_errors
from zi_chassis.web.refused_form import refused_at
from zi_contracts.intake import ErasureReason
from zi_intake.bodies.filings import (
    AskErasureBody,
    AssignBody,
    OpenBody,
    Purpose,
    RefuseErasureBody,
    TriageBody,
    WordsBody,
)
from zi_intake.bodies.handling import OfficeAnswerBody
from zi_intake.container import Office
from zi_intake.desks import MENTORING, desk_of
from zi_intake.domain.case.deadlines import is_overdue
from zi_intake.domain.case.erasure_decisions import may_be_erased
from zi_intake.domain.case.filings import (
    AnswerableFiled,
)
from zi_intake.domain.case.refusals import CaseError
from zi_intake.domain.case.state import Case, kind_of
from zi_intake.read import labels
from zi_intake.read.sent_fields import answer_files, waiting_files
from zi_intake.roles import AT_THE_DESK
from zi_intake.use_cases.case_actions import HandledCase
from zi_intake.web.dependencies import Officer, SeenTicket, TheOffice, say_of
from zi_intake.web.desk_case import DeskCase, desk_case
from zi_intake.web.forms import categories, districts
from zi_intake.web.handling_context import handling_of
from zi_intake.web.handling_forms import FIELD_OF as FIELD_OF_HANDLING
from zi_intake.web.handling_forms import FORMS
from zi_intake.web.information_forms import DECIDING, information_of
from zi_intake.web.information_forms import FIELD_OF as FIELD_OF_INFORMATION
from zi_intake.web.information_forms import FORMS as INFORMATION_FORMS
from zi_intake.web.pages import desk_list as desk_list_page
from zi_intake.web.pages import handover as handover_page

ERASURES: tuple[ErasureReason, ...] = get_args(ErasureReason)
PDF = "application/pdf"

router = APIRouter(include_in_schema=False)


@router.get("/desk/cases/{ticket}")
async def case_page(request: Request, office: TheOffice, person: Officer, ticket: str) -> Response:
    return await case_page_for(request, office, person, ticket, Form())


@router.post("/desk/cases/{ticket}/open")
async def open_personal_data(
    request: Request, office: TheOffice, person: Officer, ticket: SeenTicket
) -> Response:
    """Show the personal data once, as the answer to the form; opening it again within the hour is counted."""
    form = Form.of(await request.form())
    try:
        purpose = OpenBody.model_validate(form.nested("purpose")).purpose
        by = office.act(person)
        opened = await office.data_access.open_case(ticket, by, purpose.value)
    except TooManyOpeningsError:
        raise
    except (ValidationError, DomainError) as error:
        return await case_page_for(
            request, office, person, ticket, _refused(request, form, error, "purpose"), 422
        )
    if opened.away is not None:
        form = _refused(request, form, opened.away, "files")
    return await case_page_for(request, office, person, ticket, form, opened=opened.items)


@router.post("/desk/cases/{ticket}/{command}")
async def act(
    request: Request, office: TheOffice, person: Officer, ticket: SeenTicket, command: str
) -> Response:
    form = Form.of(await request.form())
    try:
        await _act(office, person, ticket, command, form)
    except (ValidationError, CaseError, WrongRoleError) as error:
        field = {**FIELD_OF, **FIELD_OF_HANDLING, **FIELD_OF_INFORMATION}.get(command, "command")
        opened = await _opened_again(office, person, ticket, form)
        refused = _refused(request, form, error, field)
        return await case_page_for(request, office, person, ticket, refused, 422, opened)
    return RedirectResponse(f"/desk/cases/{ticket}", 303)


async def _opened_again(
    office: Office, person: Staff, ticket: str, form: Form
) -> Mapping[UUID, OpenedItem] | None:
    """Open what the form stood beside, so that whoever mends it reads on: within its hour that is counted, and after it another opening."""
    try:
        purpose = OpenBody.model_validate({"purpose": form.value("opened")}).purpose
        return (await office.data_access.open_case(ticket, office.act(person), purpose.value)).items
    except (ValidationError, DomainError):
        return None


FIELD_OF: Mapping[str, str] = {
    "ask": "question",
    "answer": "answer",
    "assign": "officer",
    "triage": "tier",
    "note": "note",
    "ask-erasure": "erasure",
    "refuse-erasure": "refusal",
}


async def _act(office: Office, person: Staff, ticket: str, command: str, form: Form) -> HandledCase:
    by = office.act(person, DECIDING if command == "decide-objection" else AT_THE_DESK)
    key, actions = key_of(form), office.actions
    match command:
        case "acknowledge":
            return await actions.acknowledge(ticket, by, key)
        case "assign":
            officer = AssignBody(officer=form.value("officer")).officer
            return await office.assign(ticket, person, key, officer)
        case "triage":
            return await actions.triage(
                ticket, by, key, TriageBody.model_validate(form.nested(*TriageBody.model_fields))
            )
        case "note":
            return await actions.add_note(ticket, by, key, WordsBody(text=form.value("note")).text)
        case "ask":
            return await actions.ask(ticket, by, key, WordsBody(text=form.value("question")).text)
        case "answer":
            answer = _answer_of(form)
            return await actions.answer(ticket, by, key, answer.text, answer.files)
        case "close":
            return await actions.close(ticket, by, key)
        case "ask-erasure":
            body = AskErasureBody.model_validate({"reason": form.value("erasure")})
            return await actions.ask_erasure(ticket, by, key, body.reason)
        case "approve-erasure":
            return await office.approve_erasure(ticket, by, key)
        case "refuse-erasure":
            refused = RefuseErasureBody.model_validate({"reason": form.value("refusal")})
            return await office.refuse_erasure(ticket, by, key, refused.reason)
        case _ if command in FORMS:
            return await FORMS[command](office, ticket, by, key, form)
        case _ if command in INFORMATION_FORMS:
            return await INFORMATION_FORMS[command](office, ticket, by, key, form)
        case _:
            raise NotFoundError(DETAILS[404])


def _answer_of(form: Form) -> OfficeAnswerBody:
    chosen = form.nested("files").get("files", {})
    return OfficeAnswerBody.model_validate({"text": form.value("answer"), "files": list(chosen)})


async def case_page_for(
    request: Request,
    office: Office,
    person: Staff,
    ticket: str,
    form: Form,
    status: int = 200,
    opened: Mapping[UUID, OpenedItem] | None = None,
) -> Response:
    case = await office.store.query(lambda tx: desk_case(tx, office, person, ticket))
    state, history = case.state, await office.history_of(case.records, {})
    answerable = state.filing if isinstance(state.filing, AnswerableFiled) else None
    desk = desk_of(state.filing)
    context = {
        **_of_the_desk(office, case, form),
        "ticket": case.ticket,
        "state": state,
        "filing": state.filing,
        "answerable": answerable,
        "elsewhere": None if desk is None else f"{desk.desk_pages}{case.ticket}",
        "desk": None if desk is None else labels.DESKS[desk.service],
        "decree": answerable and office.terms.decree(answerable.standard),
        "kind": labels.KINDS[kind_of(state)],
        **information_of(request, office, state),
        "category": categories(request, office).get(_category(state), _category(state)),
        "district": _district(request, office, state),
        "state_name": labels.STATES_FOR_OFFICERS[state.status.value],
        "timeline": history.timeline(say_of(request)),
        "mails": history.deliveries(),
        **_for_official(office, case, person),
        **handling_of(request, office, case),
        "erasures": _erasures(case),
        "opened": None if opened is None else [line for item in opened.values() for line in _lines(item)],
        "person": person,
        "labels": labels,
        "key": str(uuid4()),
    }
    return pages_of(request).render(request, "desk_case.html", status, **context)


def _of_the_desk(office: Office, case: DeskCase, form: Form) -> dict[str, Any]:
    """Return what is chosen from for this case, and the form with the words of the last triage where it has none."""
    state, last_triage = case.state, case.triage_words
    is_answerable = isinstance(state.filing, AnswerableFiled)
    if last_triage is not None and not form.value("subject"):
        last = {name: value for name, value in asdict(last_triage).items() if name != "aggregate"}
        form = replace(form, values={**last, **form.values})
    return {
        "form": form,
        "subject": last_triage and last_triage.subject,
        "standard": state.standard if is_answerable else None,
        "tier": office.terms.tier(state.standard) if is_answerable else None,
        "tiers": office.terms.standard(state.standard).tiers if is_answerable else {},
        "period": labels.period,
        "to_call": office.lists.emergency.to_call if state.emergency or state.judge_by else (),
    }


def _protection(state: Case) -> list[str]:
    """Return the switches that the citizen has set."""
    filing = state.filing
    if not isinstance(filing, AnswerableFiled):
        return []
    is_set = {"anonymous": filing.is_anonymous, "confidential": filing.is_confidential}
    return [switch for switch in labels.SWITCHES if is_set[switch]]


def _for_official(office: Office, case: DeskCase, person: Staff) -> dict[str, object]:
    """Return what the official can do with the case, and what is closed to them."""
    state = case.state
    return {
        "may": case.may,
        "topics": office.lists.appointed_topics,
        "nobody_agrees": not office.may_end_in_erasure(state, person.sub),
        "is_closed": state.erased is None and not case.is_open,
        "officers": case.officers,
        "purposes": _purposes(state),
        "system": office.people.system_named(getattr(state.filing, "system", None)),
        "protection": _protection(state),
        "overdue": is_overdue(state, case.now),
        "waiting_files": waiting_files(state),
        "answer_files": answer_files(state),
    }


def _district(request: Request, office: Office, state: Case) -> str:
    """Return the name of the district; its code where it has left the office's list."""
    code = str(getattr(state.filing, "district", ""))
    return dict(districts(request, office)).get(code, code)


def _category(state: Case) -> str:
    return str(getattr(state.filing, "commodity", None) or getattr(state.filing, "topic", None) or "")


def _erasures(case: DeskCase) -> dict[str, str]:
    """Return the reasons that can be given now, with their sentences."""
    return {
        reason: labels.ERASURES[reason]
        for reason in ERASURES
        if may_be_erased(reason, case.state, is_over=case.is_retention_over)
    }


def _purposes(state: Case) -> dict[str, str]:
    """Return the purposes for which the personal data can be opened, with their sentences."""
    desk = desk_of(state.filing)
    elsewhere = {Purpose.EVALUATION: desk is not None, Purpose.MENTORING: desk is MENTORING}
    elsewhere[Purpose.REFERRAL] = state.handling.contact_allowed
    return {
        name: sentence for name, sentence in labels.PURPOSES.items() if elsewhere.get(Purpose(name), True)
    }


def _lines(opened: OpenedItem) -> list[tuple[str, str, str]]:
    """Return (field, text or data address, media type) for each line of the page."""
    if opened.media_type:
        address = f"data:{opened.media_type};base64,{b64encode(opened.plaintext).decode()}"
        return [(opened.field, address, opened.media_type)]
    if opened.field == "letter.file":
        return [(opened.field, f"data:{PDF};base64,{opened.text}", PDF)]
    if opened.field == "products":
        return [("products", "\n".join(map(_line_of_product, json.loads(opened.text))), "")]
    if opened.field in ("product", "place"):
        return [(f"{opened.field}.{name}", str(value), "") for name, value in json.loads(opened.text).items()]
    return [(opened.field, opened.text, "")]


def _line_of_product(product: Mapping[str, str]) -> str:
    return ": ".join(product[part] for part in ("name", "description") if part in product)


def _refused(request: Request, form: Form, error: ValidationError | DomainError, field: str) -> Form:
    if isinstance(error, DomainError):
        return refused_at(request, form, error, field)
    errors = field_errors(request, error)
    if field in FIELD_OF_INFORMATION.values():
        errors = {field if name == "text" else name: sentence for name, sentence in errors.items()}
    whole = field == "tier" or field in (*FIELD_OF_HANDLING.values(), *FIELD_OF_INFORMATION.values())
    return form.refused(errors if whole else {field: next(iter(errors.values()))})


for each in (desk_list_page, handover_page):
    router.include_router(each.router)
