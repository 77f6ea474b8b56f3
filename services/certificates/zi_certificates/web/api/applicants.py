"""The HTTP interface for applicants, the public and the payment gateway: every route is one command or one question."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form, Request
from fastapi.exceptions import RequestValidationError

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.account import NoAccountError, OtherTicketError
from zi_certificates.domain.application.commands import ChangeApplication
from zi_certificates.domain.application.errors import ApplicationError, NoSuchProductError, NotBegunError
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.ids import request_id_of
from zi_certificates.domain.statement import Document, Outline
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.bills import bill_for
from zi_certificates.read.fairness import passings
from zi_certificates.roles import OFFICIALS
from zi_certificates.use_cases.billing import SIGNATURE
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_certificates.use_cases.payments import receive
from zi_certificates.use_cases.statement_checks import AccountStated
from zi_certificates.use_cases.taking_over import ADDRESS, PRODUCTS
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.parameters import (
    COMMAND,
    PUBLIC,
    SIGNED_IN,
    UPLOAD,
    Month,
    Number,
    TheOffice,
    Ticket,
    office_of,
    refusals,
)
from zi_certificates.web.bodies import (
    AccountBody,
    DocumentForm,
    ItemsBody,
    RevisionBody,
    SendDataBody,
    StatementBody,
    TakeOverBody,
)
from zi_certificates.web.problems import UnreadableListError
from zi_chassis.access.case_token import CaseTokenError
from zi_chassis.access.identity import staff
from zi_chassis.domain import Act
from zi_chassis.uploads import MULTIPART, presented_token
from zi_chassis.web.body import takes
from zi_chassis.web.idempotency import IdempotencyKey
from zi_chassis.web.problem import UnsupportedMediaError
from zi_contracts.vault import ItemRef
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.item_list import ItemReport, parse_items

CSV = "text/csv"

router = APIRouter(prefix="/certificates/api")


class ReplacesFixedError(ApplicationError):
    sentence = "Which letter is to be replaced is said when the application is begun: begin a new one for another letter."


async def requesting_applicant(
    request: Request, office: TheOffice, ticket: Ticket
) -> tuple[IntakeRequest, Act]:
    """Let in the holder of the token of this case, and the person who filed it signed in for a company."""
    return await office.access.applicant(request, ticket)


async def admit_file(request: Request) -> None:
    """Let in the applicant before the file is read."""
    await requesting_applicant(request, await office_of(request), request.path_params["ticket"])


Applicant = Annotated[tuple[IntakeRequest, Act], Depends(requesting_applicant)]


# -- how it stands


async def reader(request: Request, office: TheOffice, ticket: Ticket) -> tuple[IntakeRequest, str | None]:
    """Let in the applicant with their token, and officials without one: they read nothing out of the vault here."""
    try:
        requested, by = await office.access.applicant(request, ticket)
    except CaseTokenError:
        await staff(*OFFICIALS)(request)
        return await office.access.request(ticket), None
    return requested, presented_token(request, by)


@router.get("/applications/{ticket}", responses=SIGNED_IN, tags=["applicants"])
async def application(
    request: Request, office: TheOffice, read: Annotated[tuple[IntakeRequest, str | None], Depends(reader)]
) -> answers.ApplicationAnswer:
    """Shows what is missing, the place in the queue, applications that were taken before it and why, decisions by role, and letters."""
    requested, token = read
    return await presenters.application(request, office, await dossier_of(office.store, requested), token)


@router.get("/overtakings", responses=PUBLIC, tags=["public"])
async def count_overtakings(
    request: Request, office: TheOffice, before: Month | None = None
) -> list[answers.OvertakingCount]:
    """Counts how often an application that was complete later was taken first, by month and reason; needs no sign-in.

    The last 24 months in which that happened, or those before the month that is named.
    """
    counted = await office.store.query(lambda tx: passings(tx, before))
    return presenters.overtakings(presenters.names(request, office), counted)


# -- the account


@router.post("/applications/{ticket}/account", responses=COMMAND, tags=["applicants"])
async def state_account(
    office: TheOffice, applicant: Applicant, body: AccountBody, key: IdempotencyKey = None
) -> answers.AccountDoneAnswer:
    """Opens the company's account, or changes it; documents that were handed in stay. An officer verifies it once."""
    requested, by = applicant
    stated = AccountStated(**dict(body))
    _, version, account = await office.applying.account(requested)
    is_open = version and request_id_of(key, by, "open-account", [stated]) not in account.requests
    tell = office.applying.change_account if is_open else office.applying.open_account
    return presenters.account_done(await tell(requested, by, key, stated))


@router.post("/applications/{ticket}/account/move", responses=COMMAND, tags=["applicants"])
async def move_account(
    office: TheOffice, applicant: Applicant, body: AccountBody, key: IdempotencyKey = None
) -> answers.AccountDoneAnswer:
    """Makes whoever filed this request the person in charge of the company's account; an officer verifies it again."""
    requested, by = applicant
    stated = AccountStated(**dict(body))
    return presenters.account_done(await office.applying.move_account(requested, by, key, stated))


@router.post(
    "/applications/{ticket}/account/documents", status_code=201, responses=UPLOAD, tags=["applicants"]
)
@takes(MULTIPART, admit_file)
async def add_account_document(
    request: Request,
    office: TheOffice,
    applicant: Applicant,
    form: Annotated[DocumentForm, Form(media_type="multipart/form-data")],
    key: IdempotencyKey = None,
) -> answers.AccountAttachedAnswer:
    """Adds a document to the account: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB."""
    requested, by = applicant
    _refuse_unknown_kind(office, form.kind, await _now(office, requested))
    await _refuse_without_account(office, requested)
    document = Document(kind=form.kind, file=await _store_file(request, office, applicant, form, key))
    done = presenters.account_done(await office.applying.attach_to_account(requested, by, key, document))
    return answers.AccountAttachedAnswer(**dict(done), item=document.file.item)


@router.post("/applications/{ticket}/account/documents/{item}/remove", responses=COMMAND, tags=["applicants"])
async def remove_account_document(
    office: TheOffice, applicant: Applicant, item: UUID, key: IdempotencyKey = None
) -> answers.AccountDoneAnswer:
    """Takes a document out of the account; the file itself stays in the vault."""
    requested, by = applicant
    return presenters.account_done(await office.applying.detach_from_account(requested, by, key, item))


async def _refuse_without_account(office: CertificatesOffice, requested: IntakeRequest) -> None:
    """Refuse before the upload what would be refused after it, so that no file is left behind."""
    _, _, account = await office.applying.account(requested)
    if account.ticket is None:
        raise NoAccountError
    if account.ticket != requested.ticket:
        raise OtherTicketError(account.ticket)


# -- what is applied for


@router.post("/applications/{ticket}/statement", responses=COMMAND, tags=["applicants"])
async def state(
    office: TheOffice, applicant: Applicant, body: StatementBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Says which letters are applied for, for which goods; products and documents stay as they are."""
    requested, by = applicant
    outline = Outline.model_validate_json(body.model_dump_json(exclude={"replaces"}))
    now = await _now(office, requested)
    if now.draft is None or request_id_of(key, by, "draft") in now.requests:
        drafted = await office.applying.draft(requested, by, key, outline, body.replaces)
        return presenters.done(requested.ticket, drafted)
    if body.replaces != now.draft.replaces:
        raise ReplacesFixedError
    return presenters.done(requested.ticket, await office.applying.change(requested, by, key, outline))


@router.post("/applications/{ticket}/items", responses=COMMAND, tags=["applicants"])
async def add_items(
    office: TheOffice, applicant: Applicant, body: ItemsBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Adds products at the end of the list."""
    requested, by = applicant
    return presenters.done(requested.ticket, await office.applying.add_items(requested, by, key, body.items))


@router.post(
    "/applications/{ticket}/items/csv",
    responses=COMMAND,
    tags=["applicants"],
    openapi_extra={"requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string"}}}}},
)
async def add_list(
    request: Request, office: TheOffice, applicant: Applicant, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Adds the products of a list (CSV in UTF-8, columns named in English or Indonesian): all, or none and a report."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != CSV:
        raise UnsupportedMediaError("Send the list itself, as text/csv.")
    requested, by = applicant
    read = parse_items(await request.body())
    if isinstance(read, ItemReport):
        raise UnreadableListError(read)
    return presenters.done(requested.ticket, await office.applying.add_items(requested, by, key, read.items))


@router.post("/applications/{ticket}/items/{number}/change", responses=COMMAND, tags=["applicants"])
async def change_item(
    office: TheOffice, applicant: Applicant, number: Number, body: UnnumberedItem, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Puts a product in the place of the one of this number."""
    requested, by = applicant
    changed = await office.applying.change_item(requested, by, key, number, body)
    return presenters.done(requested.ticket, changed)


@router.post("/applications/{ticket}/items/{number}/remove", responses=COMMAND, tags=["applicants"])
async def remove_item(
    office: TheOffice, applicant: Applicant, number: Number, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Takes a product out of the list; the others keep their numbers."""
    requested, by = applicant
    return presenters.done(requested.ticket, await office.applying.remove_item(requested, by, key, number))


@router.post("/applications/{ticket}/documents", status_code=201, responses=UPLOAD, tags=["applicants"])
@takes(MULTIPART, admit_file)
async def add_document(
    request: Request,
    office: TheOffice,
    applicant: Applicant,
    form: Annotated[DocumentForm, Form(media_type="multipart/form-data")],
    key: IdempotencyKey = None,
) -> answers.DocumentAttachedAnswer:
    """Adds a document: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB; `products` numbers those it speaks of, or none for the whole."""
    requested, by = applicant
    now = await _now(office, requested)
    _refuse_unknown_kind(office, form.kind, now)
    _refuse_unattachable(now, by, form)
    sent = await office.importing.was_announced(requested.application, form.kind, await form.file.read())
    await form.file.seek(0)
    file = await _store_file(request, office, applicant, form, key)
    document = Document(kind=form.kind, file=file, products=form.products, announced=sent)
    done = presenters.done(requested.ticket, await office.applying.attach(requested, by, key, document))
    return answers.DocumentAttachedAnswer(**dict(done), item=file.item)


@router.post("/applications/{ticket}/documents/{item}/remove", responses=COMMAND, tags=["applicants"])
async def remove_document(
    office: TheOffice, applicant: Applicant, item: UUID, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Takes a document out of the application; the file itself stays in the vault."""
    requested, by = applicant
    return presenters.done(requested.ticket, await office.applying.detach(requested, by, key, item))


@router.post("/applications/{ticket}/take-over", responses=COMMAND, tags=["applicants"])
async def take_over(
    request: Request, office: TheOffice, applicant: Applicant, body: TakeOverBody
) -> answers.TakenOverAnswer:
    """Looks up what the business told in its mentoring case, if it agreed there; that is recorded with that case, and nothing here.

    What of it holds for the application is sent with its account and its items.
    """
    requested, by = applicant
    taken_over = await office.taking_over.read_fields(
        requested, body.case, presented_token(request, by), ADDRESS, PRODUCTS
    )
    return answers.TakenOverAnswer(
        case=taken_over.case, warehouse=taken_over.address, products=list(taken_over.products)
    )


def _refuse_unattachable(now: Application, by: Act, form: DocumentForm) -> None:
    """Refuse before the upload what would be refused after it, so that no file is left behind."""
    if now.statement is None:
        raise NotBegunError
    if not set(form.products) <= {each.number for each in now.statement.products}:
        raise NoSuchProductError
    coming = ItemRef(item=uuid4(), field="attachment", digest="0" * 64)
    attached = now.statement.with_document(Document(kind=form.kind, file=coming, products=form.products))
    applications.decide(ChangeApplication(by=by, statement=attached), now)


def _refuse_unknown_kind(office: CertificatesOffice, kind: str, now: Application) -> None:
    known = office.rules.document_kinds(now, office.clock.now())
    if kind not in known:
        problem = {"type": "enum", "loc": ("body", "kind"), "ctx": {"expected": ", ".join(sorted(known))}}
        raise RequestValidationError([problem])


async def _store_file(
    request: Request,
    office: CertificatesOffice,
    applicant: tuple[IntakeRequest, Act],
    form: DocumentForm,
    key: UUID | None,
) -> ItemRef:
    requested, by = applicant
    content = await form.file.read()
    return await office.uploads.attach(request, requested.ticket, by, key or uuid4(), content)


# -- on its way


@router.post("/applications/{ticket}/submit", responses=COMMAND, tags=["applicants"])
async def submit(
    office: TheOffice, applicant: Applicant, body: RevisionBody, key: IdempotencyKey = None
) -> answers.SubmittedAnswer:
    """Submits a complete application and answers with the bill; what is missing or wrong comes back all at once (409)."""
    requested, by = applicant
    handled = await office.applying.submit(requested, by, key, body.revision)
    billed = await office.store.query(lambda tx: bill_for(tx, requested.application))
    bill = None if billed is None else presenters.bill(office, billed, is_paid=handled.state.paid)
    return answers.SubmittedAnswer(**dict(presenters.done(requested.ticket, handled)), bill=bill)


@router.post("/applications/{ticket}/send-data", responses=COMMAND, tags=["applicants"])
async def send_data(
    office: TheOffice, applicant: Applicant, body: SendDataBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Sends all that the office has asked for, each corrected, attached or answered in words; the office's clock runs again."""
    requested, by = applicant
    sent = await office.applying.send_data(requested, by, key, body.revision, body.in_words())
    return presenters.done(requested.ticket, sent)


@router.post("/applications/{ticket}/resubmit", responses=COMMAND, tags=["applicants"])
async def resubmit(
    office: TheOffice, applicant: Applicant, body: RevisionBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Submits a rejected application again, as often and as long as the rules allow."""
    requested, by = applicant
    return presenters.done(
        requested.ticket, await office.applying.resubmit(requested, by, key, body.revision)
    )


@router.post("/applications/{ticket}/withdraw", responses=COMMAND, tags=["applicants"])
async def withdraw(
    office: TheOffice, applicant: Applicant, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Withdraws an application before it is signed for."""
    requested, by = applicant
    return presenters.done(requested.ticket, await office.applying.withdraw(requested, by, key))


async def _now(office: CertificatesOffice, requested: IntakeRequest) -> Application:
    _, now = await office.store.fetch(applications, requested.application)
    return now


# -- the payment gateway

SIGNED_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": PaymentNotice.model_json_schema()}},
    },
    "parameters": [{"name": SIGNATURE, "in": "header", "required": True, "schema": {"type": "string"}}],
}


@router.post(
    "/payment-notices", responses=PUBLIC | refusals(403), tags=["gateway"], openapi_extra=SIGNED_BODY
)
async def payment_notice(request: Request, office: TheOffice) -> answers.NoticeAnswer:
    """The gateway's notice that a bill was paid, signed: hex HMAC-SHA256 of the body, under the secret that both share.

    Whatever it says is recorded, also what pays for nothing; the same notice is answered the same, however often it comes, until its
    payment is paid back.
    """
    notice, outcome = await receive(office, await request.body(), request.headers)
    return answers.NoticeAnswer(
        bill=notice.bill, payment=notice.payment, outcome=outcome.outcome, reason=outcome.reason
    )
