"""The pages for citizens: file, get the receipt, track, reply; a refused form keeps all that was typed."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from zi_chassis.access.case_token import COOKIE, TTL, CaseTokenError
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import RefusedError, TooManyRequestsError
from zi_chassis.web.refused_form import sentence_of
from zi_intake.bodies.filings import (
    CertificateBody,
    ConsultationBody,
    ReopenBody,
    WordsBody,
)
from zi_intake.bodies.information import InformationBody, SuggestionBody
from zi_intake.container import Office
from zi_intake.desks import desk_of
from zi_intake.domain.case.refusals import CaseError
from zi_intake.domain.case.state import kind_of
from zi_intake.read import labels
from zi_intake.read.sent_fields import sent_fields, sent_files
from zi_intake.uploads.attachments import MULTIPART, AttachmentError
from zi_intake.use_cases.budgets import FilingBudgetError
from zi_intake.use_cases.case_access import NoSuchCaseError
from zi_intake.use_cases.filing import FilingConfirmation
from zi_intake.web import desk_requests
from zi_intake.web.api.filing import evidence_answer, set_case_cookie
from zi_intake.web.dependencies import TheOffice, office_of, say_of
from zi_intake.web.forms import (
    as_refused,
    districts,
    is_protected,
    status_of,
    topics,
    with_former_choice,
    with_switches,
)
from zi_intake.web.handling_context import referral_of
from zi_intake.web.receipt_code import MASK, picture_of
from zi_intake.web.scripts import script_path, with_scripts
from zi_intake.web.sent_forms import other_address, to_go_back_to
from zi_intake.web.tracked_case import (
    elsewhere_of,
    forms_of,
    progress_context,
    read_case,
    standard_of,
    track_address,
    tracked_case,
    ways_back,
)
from zi_intake.web.uploads import attach, refuse_file

CONSULTATION_FIELDS = ("confidentiality", "protection", "district", "topic", "text", "reporter")
CERTIFICATE_FIELDS = ("series", "company", "reporter", "account")
# The form whose draft on the device is over with the receipt, by the kind of the case; of others it is that of the kind.
DRAFTS = {"product": "complaint", "service": "complaint"}
SHOWN_FOR = timedelta(seconds=TTL)
JUST_NOW = timedelta(minutes=5)
Prefilled = Annotated[str, Query(max_length=20)]
FiledByForm = TypeVar("FiledByForm", ConsultationBody, InformationBody, SuggestionBody)


router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request, office: TheOffice) -> Response:
    offered = office.terms.offers(office.clock.now())
    standards = [(each, office.terms.decree(each)) for each in offered]
    return pages_of(request).render(
        request,
        "home.html",
        standards=standards,
        form=Form(),
        period=labels.period,
        check_product=labels.CHECK_PRODUCT,
        services=labels.SERVICES,
    )


# -- filing


@router.get("/consultations/new")
async def new_consultation(request: Request, office: TheOffice) -> Response:
    return _consultation_page(request, office, Form())


@router.post("/consultations")
@router.post("/consultations/again")
@router.post("/consultations/new")
async def file_consultation(request: Request, office: TheOffice) -> Response:
    form = Form.of(await request.form())
    key = key_of(form) or uuid4()
    try:
        fields = {**with_switches(form.nested(*CONSULTATION_FIELDS)), "language": language_of(request)}
        return await filed(request, office, key, ConsultationBody, fields)
    except (ValidationError, CaseError, TooManyRequestsError) as error:
        return _consultation_page(request, office, as_refused(request, form, error), status_of(error))


@router.get("/certificate-applications/new")
async def new_certificate_application(
    request: Request, office: TheOffice, series: Prefilled = "", account: Prefilled = ""
) -> Response:
    """A link from an earlier request of the company fills in which letters, and its ticket."""
    form = Form({"series": series, "account.ticket": account})
    return await _certificate_page(request, office, form)


@router.post("/certificate-applications")
@router.post("/certificate-applications/again")
@router.post("/certificate-applications/new")
async def request_certificate(request: Request, office: TheOffice) -> Response:
    form = Form.of(await request.form())
    key, person = key_of(form) or uuid4(), await office.access.applicant(request)
    try:
        fields = {"company": {}, "reporter": {}, **form.nested(*CERTIFICATE_FIELDS)}
        fields["language"] = language_of(request)
        body = CertificateBody.model_validate(fields)
        confirmation = await desk_requests.request_certificate(request, office, key, body, person)
        return to_the_receipt(office, confirmation)
    except desk_requests.EarlierRequestError as error:
        refused = form.refused({".".join(error.field): sentence_of(request, error)})
    except TooManyRequestsError as error:
        place = "reporter.email" if isinstance(error, FilingBudgetError) else "account.ticket"
        refused = form.refused({place: sentence_of(request, error)})
    except (ValidationError, CaseError) as error:
        refused = as_refused(request, form, error)
    return await _certificate_page(request, office, refused, 422)


async def _certificate_page(request: Request, office: Office, form: Form, status: int = 200) -> Response:
    context = {
        "form": form,
        "key": str(key_of(form) or uuid4()),
        "series": labels.SERIES,
        "person": await office.access.applicant(request),
        "onward": other_address(request, "/certificate-applications"),
    }
    return to_go_back_to(pages_of(request).render(request, "certificate.html", status, **context))


def to_the_receipt(office: Office, confirmation: FilingConfirmation, is_apart: bool = False) -> Response:
    """`is_apart` of a complaint that could not join what its citizen chose."""
    if not confirmation.code:  # replaced since: what was filed once opens nothing any more
        return RedirectResponse(f"/track?ticket={confirmation.ticket}", 303)
    address = f"/track/{confirmation.ticket}/receipt" + ("?apart=yes" if is_apart else "")
    return with_case(office, RedirectResponse(address, 303), confirmation.ticket)


def with_case(office: Office, answer: Response, ticket: str) -> Response:
    """Let the browser open the case that it has just filed."""
    set_case_cookie(office, answer, office.tokens.issue(ticket))
    return answer


def _consultation_page(request: Request, office: Office, form: Form, status: int = 200) -> Response:
    context = {"topics": topics(request, office), "onward": other_address(request, "/consultations")}
    return filing_page(request, office, "consultation.html", form, status, **context)


async def filed(
    request: Request, office: Office, key: UUID, kind: type[FiledByForm], fields: Mapping[str, Any]
) -> Response:
    """File what was sent and lead to its receipt. Raises ValidationError, CaseError, TooManyRequestsError."""
    body = await office.read_filing(key, partial(kind.model_validate, fields))
    async with office.counted(request, key, body.reachable_by):
        return to_the_receipt(office, await office.front_door.file(key, body))


def filing_page(
    request: Request, office: Office, template: str, form: Form, status: int, **choices: Any
) -> Response:
    """Show the form of a filing; `onward` is where it is sent to."""
    context = {
        "form": with_former_choice(form),
        "key": str(key_of(form) or uuid4()),
        "districts": districts(request, office),
        "switches": labels.SWITCHES,
        "script": script_path,
    }
    answer = with_scripts(request, pages_of(request).render(request, template, status, **context, **choices))
    return answer if is_protected(form) else to_go_back_to(answer)


# -- following


@router.get("/track")
async def track_form(request: Request, ticket: str = "") -> Response:
    return _track_form(request, Form({"ticket": ticket[:20]}))


@router.post("/track")
async def find(request: Request, office: TheOffice) -> Response:
    form = Form.of(await request.form())
    try:
        ticket = await office.access.by_code(request, form.value("ticket"), form.value("code"))
    except (NoSuchCaseError, TooManyRequestsError) as error:
        return _track_form(request, form.refused({"ticket": sentence_of(request, error)}), error.status)
    answer = RedirectResponse(f"/track/{ticket}", 303)
    set_case_cookie(office, answer, await office.case_token(ticket))
    return answer


def _track_form(request: Request, form: Form, status: int = 200) -> Response:
    return pages_of(request).render(request, "track.html", status, form=form)


async def own_case(request: Request, ticket: str) -> str:
    office = await office_of(request)
    try:
        opened = await office.access.citizen(request, ticket)
    except NoSuchCaseError as error:
        raise CaseTokenError from error
    request.state.is_case_open = True
    return opened


OwnCase = Annotated[str, Depends(own_case)]


@router.get("/track/{ticket}/receipt")
async def receipt(request: Request, office: TheOffice, ticket: OwnCase, apart: str = "") -> Response:
    return await receipt_page(request, office, ticket, Form(), is_apart=apart == "yes")


async def receipt_page(
    request: Request, office: Office, ticket: str, form: Form, is_apart: bool = False
) -> Response:
    """Show the receipt for half an hour after the filing: it has the code, and a token of that age must not become the code for ever."""
    state, records = await read_case(office, ticket)
    first = records.steps[0]
    assert state.filing is not None
    if state.code.number or office.clock.now() > state.filing.by.at + SHOWN_FOR:
        return RedirectResponse(f"/track/{ticket}", 303)
    context = {
        "ticket": ticket,
        **elsewhere_of(office, ticket, state),
        "code": office.names.code(ticket),
        "state": state,
        "is_apart": is_apart,
        "by_mail": "email" in state.filing.reachable_by,
        "promise": office.promises.over(first.event_id, first.message, state.filing.by.at).decode(),
        "promised_by": office.promises.by(state.filing.by.at),
        **ways_back(request, office, ticket, state),
        "script": script_path,
        "kind_code": kind_of(state),
        "draft": DRAFTS.get(kind_of(state), kind_of(state)),
        "picture": picture_of(track_address(office, ticket)),
        "form": form,
        "key": str(uuid4()),
    }
    return with_scripts(request, pages_of(request).render(request, "receipt.html", 200, **context))


@router.get("/track/{ticket}/evidence")
async def evidence(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    return await evidence_answer(office, ticket)


@router.get("/track/{ticket}")
async def case_page(request: Request, office: TheOffice, ticket: OwnCase, done: str = "") -> Response:
    return await case_page_of(request, office, ticket, Form(), done=done)


async def case_page_of(
    request: Request, office: Office, ticket: str, form: Form, status: int = 200, done: str = ""
) -> Response:
    """`done` is what the citizen did just now; the page confirms it only if it is their last step."""
    state, texts, history = await tracked_case(office, ticket)
    context = {
        "ticket": ticket,
        "done": labels.DONE.get(done)
        if history.is_last_of_citizen(done, office.clock.now() - JUST_NOW)
        else None,
        "state": state,
        "kind": labels.KINDS[kind_of(state)],
        "matter_name": labels.MATTERS.get(kind_of(state), labels.REQUEST),
        "state_name": labels.STATES[state.status.value],
        "timeline": history.timeline(say_of(request)),
        "messages": history.messages()[::-1],
        "sent": sent_fields(texts.opened),
        "files": [] if desk_of(state.filing) else sent_files(state),
        "own_steps": history.own_steps(),
        **progress_context(office, state, office.clock.now()),
        "texts": texts.availability,
        "mails": history.deliveries(),
        **elsewhere_of(office, ticket, state),
        "desk_status": history.desk_status(),
        "standard": standard_of(office, state),
        "referral": referral_of(office, state, language_of(request)),
        "labels": labels,
        "may": forms_of(state, office.clock.now()),
        "now_at": office.clock.now(),
        "script": script_path,
        **ways_back(request, office, ticket, state),
        "web_push": office.web_push is not None and state.erased is None,
        "form": form,
        "key": str(uuid4()),
    }
    context["picture"] = picture_of(track_address(office, ticket), MASK)
    return with_scripts(request, pages_of(request).render(request, "case.html", status, **context))


def to_the_case(ticket: str, done: str) -> Response:
    return RedirectResponse(f"/track/{ticket}?done={done}", 303)


@router.post("/track/{ticket}/leave")
async def leave(ticket: str) -> Response:
    """Delete the cookie, for a shared telephone: the code is needed again after this."""
    answer = RedirectResponse("/track", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.post("/track/{ticket}/reply")
async def reply(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    form = Form.of(await request.form())
    try:
        body = WordsBody.model_validate(form.nested("text"))
        await office.actions.reply(ticket, office.actions.citizen(ticket), key_of(form), body.text)
    except (ValidationError, CaseError) as error:
        return await case_page_of(request, office, ticket, as_refused(request, form, error), 422)
    return to_the_case(ticket, "citizen_replied")


@router.post("/track/{ticket}/reopen")
async def reopen(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    form = Form.of(await request.form())
    try:
        body = ReopenBody.model_validate(form.nested("text"))
        await office.actions.reopen(ticket, office.actions.citizen(ticket), key_of(form), body.text)
    except (ValidationError, CaseError) as error:
        return await case_page_of(request, office, ticket, as_refused(request, form, error), 422)
    return to_the_case(ticket, "case_reopened")


@router.post("/track/{ticket}/withdraw")
async def withdraw(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    form = Form.of(await request.form())
    try:
        await office.actions.withdraw(ticket, office.actions.citizen(ticket), key_of(form))
    except CaseError as error:
        return await case_page_of(request, office, ticket, as_refused(request, form, error), 409)
    return RedirectResponse(f"/track/{ticket}", 303)


@router.post("/track/{ticket}/attachments")
@takes(MULTIPART)
async def add_file(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    by, form = await office.owners_act(request, ticket), Form()
    try:
        await refuse_file(request, office, ticket, by)
        data = await request.form()
        form, file = Form.of(data), data.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        await attach(request, office, ticket, by, key_of(form), content)
    except (AttachmentError, CaseError, RefusedError) as error:
        refused = form.refused({"file": sentence_of(request, error)})
        return await case_page_of(request, office, ticket, refused, status_of(error))
    return to_the_case(ticket, "attachment_added")
