"""The HTTP interface for applicants, the public and the payment gateway: every route is one command or one question."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator

from zi_certificates.container import Office
from zi_certificates.domain.account import NoAccountError, OtherTicketError
from zi_certificates.domain.application.commands import (
    Change,
)
from zi_certificates.domain.application.errors import ApplicationError, NoSuchProductError, NotBegunError
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.domain.ids import request_id_of
from zi_certificates.domain.statement import Document, Outline
from zi_certificates.messaging.heard import Request as Requested
from zi_certificates.messaging.published import applications
from zi_certificates.read.bills import bill_for
from zi_certificates.read.fairness import passings
from zi_certificates.roles import (
    OFFICIALS,
)
from zi_certificates.use_cases.billing import SIGNATURE
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_certificates.use_cases.payments import receive
from zi_certificates.use_cases.statement_checks import AccountStated
from zi_certificates.use_cases.taking_over import ADDRESS, PRODUCTS
from zi_certificates.web import answers, telling
from zi_certificates.web.answers import refusals
from zi_certificates.web.bodies import (
    AccountBody,
    DocumentForm,
    ItemsBody,
    RevisionBody,
    StatementBody,
    TakeOverBody,
)
from zi_certificates.web.problems import UnreadableListError
from zi_chassis.case_token import CaseTokenError
from zi_chassis.domain import Act
from zi_chassis.identity import staff
from zi_chassis.uploads import MULTIPART, presented_token
from zi_chassis.web.body import takes
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import UnsupportedMediaError
from zi_contracts.vault import ItemRef
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.item_list import ItemReport, parse_items

KEY_HEADER = "Idempotency-Key"
CSV = "text/csv"
PUBLIC = refusals(400, 404, 405, 413, 415, 422, 503)
OWN = PUBLIC | refusals(401, 403)
COMMAND = OWN | refusals(409)
UPLOAD = COMMAND | refusals(429)

router = APIRouter(prefix="/certificates/api")


class ReplacesFixedError(ApplicationError):
    sentence = "Which letter is to be replaced is said when the application is begun: begin a new one for another letter."


def random_uuid(key: UUID | None) -> UUID | None:
    """Somebody else's intention must not be met by a guess."""
    if key is not None and key.version not in (4, 7):
        raise ValueError(msgid("Give a random UUID here (version 4 or 7), a new one for each intention."))
    return key


async def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


TheOffice = Annotated[Office, Depends(office_of)]
Ticket = Annotated[str, Path(description="As it stands on the receipt of the request.")]
Number = Annotated[int, Path(ge=1, le=1_000)]
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-[0-9]{2}$", description="Written YYYY-MM.")]
Key = Annotated[UUID | None, AfterValidator(random_uuid), Header(alias=KEY_HEADER)]


async def applicant(request: Request, office: TheOffice, ticket: Ticket) -> tuple[Requested, Act]:
    """Whoever has the token of this case, or has filed it signed in for a company."""
    return await office.access.applicant(request, ticket)


async def admit_file(request: Request) -> None:
    """Before the file is read."""
    await applicant(request, await office_of(request), request.path_params["ticket"])


Applicant = Annotated[tuple[Requested, Act], Depends(applicant)]


# -- how it stands


async def reader(request: Request, office: TheOffice, ticket: Ticket) -> tuple[Requested, str | None]:
    """The applicant, with what they have shown, or an official, to whom nothing out of the vault is told here."""
    try:
        requested, by = await office.access.applicant(request, ticket)
    except CaseTokenError:
        await staff(*OFFICIALS)(request)
        return await office.access.request(ticket), None
    return requested, presented_token(request, by)


@router.get("/applications/{ticket}", responses=OWN, tags=["applicants"])
async def application(
    request: Request, office: TheOffice, read: Annotated[tuple[Requested, str | None], Depends(reader)]
) -> answers.ApplicationAnswer:
    """What is missing, its place in the queue, who was taken before it and why, who decided in which role, its letters."""
    requested, token = read
    return await telling.application(request, office, await dossier_of(office.store, requested), token)


@router.get("/overtakings", responses=PUBLIC, tags=["public"])
async def count_overtakings(
    request: Request, office: TheOffice, before: Month | None = None
) -> list[answers.OvertakingCount]:
    """How often an application that was complete later was taken first, by month and reason; needs no sign-in.

    The last 24 months in which that happened, or those before the month that is named.
    """
    counted = await office.store.query(lambda tx: passings(tx, before))
    return telling.overtakings(telling.names(request, office), counted)


# -- the account


@router.post("/applications/{ticket}/account", responses=COMMAND, tags=["applicants"])
async def state_account(
    office: TheOffice, own: Applicant, body: AccountBody, key: Key = None
) -> answers.AccountDoneAnswer:
    """Opens the company's account, or changes it; documents that were handed in stay. An officer verifies it once."""
    requested, by = own
    stated = AccountStated(**dict(body))
    _, version, account = await office.applying.account(requested)
    is_open = version and request_id_of(key, by, "open-account", [stated]) not in account.requests
    tell = office.applying.change_account if is_open else office.applying.open_account
    return telling.account_done(await tell(requested, by, key, stated))


@router.post("/applications/{ticket}/account/move", responses=COMMAND, tags=["applicants"])
async def move_account(
    office: TheOffice, own: Applicant, body: AccountBody, key: Key = None
) -> answers.AccountDoneAnswer:
    """Makes whoever filed this request the person in charge of the company's account; an officer verifies it again."""
    requested, by = own
    stated = AccountStated(**dict(body))
    return telling.account_done(await office.applying.move_account(requested, by, key, stated))


@router.post(
    "/applications/{ticket}/account/documents", status_code=201, responses=UPLOAD, tags=["applicants"]
)
@takes(MULTIPART, admit_file)
async def add_account_document(
    request: Request,
    office: TheOffice,
    own: Applicant,
    form: Annotated[DocumentForm, Form(media_type="multipart/form-data")],
    key: Key = None,
) -> answers.AccountAttachedAnswer:
    """Adds a document to the account: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB."""
    requested, by = own
    _refuse_unknown_kind(office, form.kind)
    await _refuse_without_account(office, requested)
    document = Document(kind=form.kind, file=await _kept(request, office, own, form, key))
    done = telling.account_done(await office.applying.attach_to_account(requested, by, key, document))
    return answers.AccountAttachedAnswer(**dict(done), item=document.file.item)


@router.post("/applications/{ticket}/account/documents/{item}/remove", responses=COMMAND, tags=["applicants"])
async def remove_account_document(
    office: TheOffice, own: Applicant, item: UUID, key: Key = None
) -> answers.AccountDoneAnswer:
    """Takes a document out of the account; the file itself stays in the vault."""
    requested, by = own
    return telling.account_done(await office.applying.detach_from_account(requested, by, key, item))


async def _refuse_without_account(office: Office, requested: Requested) -> None:
    """What would be refused afterwards leaves no file behind."""
    _, _, account = await office.applying.account(requested)
    if account.ticket is None:
        raise NoAccountError
    if account.ticket != requested.ticket:
        raise OtherTicketError(account.ticket)


# -- what is applied for


@router.post("/applications/{ticket}/statement", responses=COMMAND, tags=["applicants"])
async def state(
    office: TheOffice, own: Applicant, body: StatementBody, key: Key = None
) -> answers.DoneAnswer:
    """Says which letters are applied for, for which goods; products and documents stay as they are."""
    requested, by = own
    outline = Outline(**body.model_dump(mode="json", exclude={"replaces"}))
    now = await _now(office, requested)
    if now.draft is None or request_id_of(key, by, "draft") in now.requests:
        drafted = await office.applying.draft(requested, by, key, outline, body.replaces)
        return telling.done(requested.ticket, drafted)
    if body.replaces != now.draft.replaces:
        raise ReplacesFixedError
    return telling.done(requested.ticket, await office.applying.change(requested, by, key, outline))


@router.post("/applications/{ticket}/items", responses=COMMAND, tags=["applicants"])
async def add_items(
    office: TheOffice, own: Applicant, body: ItemsBody, key: Key = None
) -> answers.DoneAnswer:
    """Adds products at the end of the list."""
    requested, by = own
    return telling.done(requested.ticket, await office.applying.add_items(requested, by, key, body.items))


@router.post(
    "/applications/{ticket}/items/csv",
    responses=COMMAND,
    tags=["applicants"],
    openapi_extra={"requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string"}}}}},
)
async def add_list(
    request: Request, office: TheOffice, own: Applicant, key: Key = None
) -> answers.DoneAnswer:
    """Adds the products of a list (CSV in UTF-8, columns named in English or Indonesian): all, or none and a report."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != CSV:
        raise UnsupportedMediaError("Send the list itself, as text/csv.")
    requested, by = own
    read = parse_items(await request.body())
    if isinstance(read, ItemReport):
        raise UnreadableListError(read)
    return telling.done(requested.ticket, await office.applying.add_items(requested, by, key, read.items))


@router.post("/applications/{ticket}/items/{number}/change", responses=COMMAND, tags=["applicants"])
async def change_item(
    office: TheOffice, own: Applicant, number: Number, body: UnnumberedItem, key: Key = None
) -> answers.DoneAnswer:
    """Puts a product in the place of the one of this number."""
    requested, by = own
    changed = await office.applying.change_item(requested, by, key, number, body)
    return telling.done(requested.ticket, changed)


@router.post("/applications/{ticket}/items/{number}/remove", responses=COMMAND, tags=["applicants"])
async def remove_item(
    office: TheOffice, own: Applicant, number: Number, key: Key = None
) -> answers.DoneAnswer:
    """Takes a product out of the list; the others keep their numbers."""
    requested, by = own
    return telling.done(requested.ticket, await office.applying.remove_item(requested, by, key, number))


@router.post("/applications/{ticket}/documents", status_code=201, responses=UPLOAD, tags=["applicants"])
@takes(MULTIPART, admit_file)
async def add_document(
    request: Request,
    office: TheOffice,
    own: Applicant,
    form: Annotated[DocumentForm, Form(media_type="multipart/form-data")],
    key: Key = None,
) -> answers.AttachedAnswer:
    """Adds a document: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB; `products` numbers those it speaks of, or none for the whole."""
    requested, by = own
    _refuse_unknown_kind(office, form.kind)
    _refuse_unattachable(await _now(office, requested), by, form)
    file = await _kept(request, office, own, form, key)
    document = Document(kind=form.kind, file=file, products=form.products)
    done = telling.done(requested.ticket, await office.applying.attach(requested, by, key, document))
    return answers.AttachedAnswer(**dict(done), item=file.item)


@router.post("/applications/{ticket}/documents/{item}/remove", responses=COMMAND, tags=["applicants"])
async def remove_document(
    office: TheOffice, own: Applicant, item: UUID, key: Key = None
) -> answers.DoneAnswer:
    """Takes a document out of the application; the file itself stays in the vault."""
    requested, by = own
    return telling.done(requested.ticket, await office.applying.detach(requested, by, key, item))


@router.post("/applications/{ticket}/take-over", responses=COMMAND, tags=["applicants"])
async def take_over(
    request: Request, office: TheOffice, own: Applicant, body: TakeOverBody
) -> answers.TakenOverAnswer:
    """Looks up what the business told in its mentoring case, if it agreed there; that is recorded with that case, and nothing here.

    What of it holds for the application is sent with its account and its items.
    """
    requested, by = own
    told = await office.taking_over.told(
        requested, body.case, presented_token(request, by), ADDRESS, PRODUCTS
    )
    return answers.TakenOverAnswer(case=told.case, warehouse=told.address, products=list(told.products))


def _refuse_unattachable(now: Application, by: Act, form: DocumentForm) -> None:
    """What would be refused afterwards leaves no file behind."""
    if now.statement is None:
        raise NotBegunError
    if not set(form.products) <= {each.number for each in now.statement.products}:
        raise NoSuchProductError
    coming = ItemRef(item=uuid4(), field="attachment", digest="0" * 64)
    attached = now.statement.with_document(Document(kind=form.kind, file=coming, products=form.products))
    applications.decide(Change(by=by, statement=attached), now)


def _refuse_unknown_kind(office: Office, kind: str) -> None:
    known = office.rules.in_force(office.clock.now()).names.documents
    if kind not in known:
        told = {"type": "enum", "loc": ("body", "kind"), "ctx": {"expected": ", ".join(sorted(known))}}
        raise RequestValidationError([told])


async def _kept(
    request: Request, office: Office, own: tuple[Requested, Act], form: DocumentForm, key: UUID | None
) -> ItemRef:
    requested, by = own
    content = await form.file.read()
    return await office.uploads.attach(request, requested.ticket, by, key or uuid4(), content)


# -- on its way


@router.post("/applications/{ticket}/submit", responses=COMMAND, tags=["applicants"])
async def submit(
    office: TheOffice, own: Applicant, body: RevisionBody, key: Key = None
) -> answers.SubmittedAnswer:
    """Submits a complete application and answers with the bill; what is missing or wrong comes back all at once (409)."""
    requested, by = own
    handled = await office.applying.submit(requested, by, key, body.revision)
    billed = await office.store.query(lambda tx: bill_for(tx, requested.application))
    bill = None if billed is None else telling.bill(office, billed, is_paid=handled.state.paid)
    return answers.SubmittedAnswer(**dict(telling.done(requested.ticket, handled)), bill=bill)


@router.post("/applications/{ticket}/send-data", responses=COMMAND, tags=["applicants"])
async def send_data(
    office: TheOffice, own: Applicant, body: RevisionBody, key: Key = None
) -> answers.DoneAnswer:
    """Sends what the office has asked for; the office's clock runs again."""
    requested, by = own
    return telling.done(requested.ticket, await office.applying.send_data(requested, by, key, body.revision))


@router.post("/applications/{ticket}/resubmit", responses=COMMAND, tags=["applicants"])
async def resubmit(
    office: TheOffice, own: Applicant, body: RevisionBody, key: Key = None
) -> answers.DoneAnswer:
    """Submits a rejected application again, as often and as long as the rules allow."""
    requested, by = own
    return telling.done(requested.ticket, await office.applying.resubmit(requested, by, key, body.revision))


@router.post("/applications/{ticket}/withdraw", responses=COMMAND, tags=["applicants"])
async def withdraw(office: TheOffice, own: Applicant, key: Key = None) -> answers.DoneAnswer:
    """Withdraws an application before it is signed for."""
    requested, by = own
    return telling.done(requested.ticket, await office.applying.withdraw(requested, by, key))


async def _now(office: Office, requested: Requested) -> Application:
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

    Whatever it says is recorded, also what pays for nothing; the same notice is answered the same, however often it comes.
    """
    said, became = await receive(office, await request.body(), request.headers)
    return answers.NoticeAnswer(
        bill=said.bill, payment=said.payment, outcome=became.outcome, reason=became.reason
    )
