"""The HTTP interface: every route is one command or one question."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from pydantic import AfterValidator, BaseModel, ValidationError

from zi_chassis.case_token import COOKIE, TTL
from zi_chassis.domain import Act
from zi_chassis.identity import Staff, staff
from zi_chassis.randomness import random_bytes
from zi_chassis.vault import OpenedItem
from zi_chassis.web.body import takes
from zi_chassis.web.language import language_of
from zi_chassis.web.packing import download
from zi_chassis.web.page import Pages, Translator
from zi_intake import answers, requesting
from zi_intake.access import CODE_HEADER, NoSuchCaseError
from zi_intake.attaching import attach, refuse_file
from zi_intake.attachments import LARGEST
from zi_intake.bodies import (
    AskErasureBody,
    AssignBody,
    Body,
    CertificateBody,
    ComplaintBody,
    ConsultationBody,
    MentoringBody,
    NumberBody,
    OpenBody,
    RefuseErasureBody,
    ReopenBody,
    WordsBody,
    described,
)
from zi_intake.case.messages import AnswerableFiled
from zi_intake.case.state import Case, kind_of
from zi_intake.evidence import write_evidence
from zi_intake.filing import Receipt
from zi_intake.handling import Done
from zi_intake.office import Office
from zi_intake.other_desk import CERTIFICATES, MENTORING, STAFF, OtherDesk, adding, other_desk
from zi_intake.projections import Filter
from zi_intake.tracking import Told, receipt_url

MULTIPART = LARGEST + 64 * 1024

Filed = TypeVar("Filed", ComplaintBody, ConsultationBody, CertificateBody, MentoringBody)

KEY_HEADER = "Idempotency-Key"
GUESSABLE = "Give a random UUID (version 4 or 7): tickets and codes follow from it."

router = APIRouter(prefix="/intake/api")


async def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def random_uuid(key: UUID) -> UUID:
    """The ticket and the code follow from the key: one that can be guessed would give them away."""
    if key.version not in (4, 7):
        raise ValueError(GUESSABLE)
    return key


def say_of(request: Request) -> Translator:
    pages: Pages = request.app.state.pages
    return pages.translator(language_of(request))


Key = Annotated[UUID, AfterValidator(random_uuid)]
Idempotency = Annotated[Key | None, Header(alias=KEY_HEADER)]
Officer = Annotated[Staff, Depends(staff(*STAFF))]
TheOffice = Annotated[Office, Depends(office_of)]


# -- filing


async def file_complaint(request: Request) -> Response:
    """Files a complaint; the same Idempotency-Key and body get the same answer again."""
    return await _file(request, await _read(request, ComplaintBody))


async def file_consultation(request: Request) -> Response:
    """Asks the office a question; the same Idempotency-Key and body get the same answer again."""
    return await _file(request, await _read(request, ConsultationBody))


async def request_certificate(request: Request) -> Response:
    """Asks for import or export letters; the same Idempotency-Key and body get the same answer again."""
    body = await _read(request, CertificateBody)
    office = await office_of(request)
    key, person = _filing_key(request), await office.access.signed_in(request)
    try:
        receipt = await requesting.request_certificate(request, office, key, body, person)
    except requesting.EarlierRequestError as error:
        raise _refused(("body", *error.field), error.msgid) from error
    address = office.told_at(CERTIFICATES, receipt.ticket)
    links = answers.RequestedLinks(**_links(office, receipt).model_dump(), application=address)
    return _json(answers.RequestedAnswer(**receipt.__dict__, links=links), 201)


async def request_mentoring(request: Request) -> Response:
    """Asks to be mentored, for a small food business; the same Idempotency-Key and body get the same answer again."""
    body = await _read(request, MentoringBody)
    office = await office_of(request)
    key, person = _filing_key(request), await office.access.signed_in(request)
    receipt = await requesting.request_mentoring(request, office, key, body, person)
    address = office.told_at(MENTORING, receipt.ticket)
    links = answers.MentoringLinks(**_links(office, receipt).model_dump(), mentoring=address)
    return _json(answers.MentoringAnswer(**receipt.__dict__, links=links), 201)


async def _read(request: Request, body: type[Filed]) -> Filed:
    try:
        return body.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_input=False, include_url=False)) from None


async def _file(request: Request, body: ComplaintBody | ConsultationBody) -> Response:
    office = await office_of(request)
    key = _filing_key(request)
    async with office.counted(request, key, body.reachable_by):
        receipt = await office.front_door.file(key, body)
    return _json(answers.FiledAnswer(**receipt.__dict__, links=_links(office, receipt)), 201)


def _links(office: Office, receipt: Receipt) -> answers.FiledLinks:
    public = office.settings.public_url
    return answers.FiledLinks(
        track=f"{public}/track?ticket={receipt.ticket}", receipt=receipt_url(public, receipt.event_id)
    )


def _filing_key(request: Request) -> UUID:
    given = request.headers.get(KEY_HEADER)
    try:
        return UUID(bytes=random_bytes(16), version=4) if given is None else random_uuid(UUID(given))
    except ValueError as error:
        raise _refused(("header", KEY_HEADER), GUESSABLE) from error


def _refused(place: tuple[str, ...], sentence: str) -> RequestValidationError:
    told = {"type": "value_error", "loc": place, "msg": sentence, "ctx": {"error": ValueError(sentence)}}
    return RequestValidationError([told])


# FastAPI only describes these; they are answered right behind the edge.
FILING: tuple[tuple[str, Callable[[Request], Awaitable[Response]], type[Body], type[BaseModel]], ...] = (
    ("complaints", file_complaint, ComplaintBody, answers.FiledAnswer),
    ("consultations", file_consultation, ConsultationBody, answers.FiledAnswer),
    ("certificate-applications", request_certificate, CertificateBody, answers.RequestedAnswer),
    ("mentoring-requests", request_mentoring, MentoringBody, answers.MentoringAnswer),
)
for path, endpoint, body, answered in FILING:
    router.add_api_route(
        f"/{path}",
        endpoint,
        methods=["POST"],
        status_code=201,
        response_model=answered,
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": described(body)}}},
            "parameters": [
                {"name": KEY_HEADER, "in": "header", "schema": {"type": "string", "format": "uuid"}}
            ],
        },
    )


# -- the case


@router.get("/cases", response_model=list[answers.ListedCase])
async def list_cases(office: TheOffice, person: Officer, wanted: Annotated[Filter, Query()]) -> Response:
    """The office's cases without personal data, the most urgent first."""
    now = office.clock.now()
    listed = [
        answers.ListedCase(**{**row.__dict__, "overdue": row.is_overdue(now)}).model_dump(mode="json")
        for row in await office.listed(wanted)
    ]
    return Response(orjson.dumps(listed), media_type="application/json")


@router.get("/cases/{ticket}", response_model=answers.CaseAnswer)
async def track(request: Request, office: TheOffice, ticket: str) -> Response:
    """How the case stands; X-Case-Code or case token."""
    own = await office.access.citizen(request, ticket)
    state = await office.state(own)
    words = await office.words(own)
    told = await office.told(own, words.own)
    desk = other_desk(state.filing)
    elsewhere = _elsewhere(office, own, desk, told)
    return _json(
        answers.CaseAnswer(
            ticket=own,
            kind=kind_of(state),
            state=state.status.value,
            due=state.due,
            holder=state.holder,
            timeline=told.timeline(say_of(request)),
            messages=told.messages(),
            words=words.shown,
            deliveries=told.mails(),
            standard=_standard(office, state),
            application=elsewhere if desk is CERTIFICATES else None,
            mentoring=elsewhere if desk is MENTORING else None,
        )
    )


def _standard(office: Office, state: Case) -> answers.StandardAnswer | None:
    if not isinstance(state.filing, AnswerableFiled):
        return None
    pin = state.filing.standard
    return answers.StandardAnswer(**pin.model_dump(), title=office.terms.title(pin), pinned=pin.pinning)


def _elsewhere(
    office: Office, ticket: str, desk: OtherDesk | None, told: Told
) -> answers.ElsewhereAnswer | None:
    if desk is None:
        return None
    standing = told.standing_elsewhere()
    return answers.ElsewhereAnswer(
        address=office.told_at(desk, ticket),
        state=standing and standing.state,
        holder=standing and standing.holder,
        due=standing and standing.due,
    )


@router.post("/cases/{ticket}/token", response_model=answers.TokenAnswer)
async def case_token(
    request: Request, office: TheOffice, ticket: str, x_case_code: Annotated[str | None, Header()] = None
) -> Response:
    """A short-lived token for this case, which every service accepts; also set as a cookie. Who filed it signed in needs no code."""
    if x_case_code is not None:
        opened = await office.access.by_code(request, ticket, x_case_code)
    else:
        opened = await office.access.by_session(request, ticket)
    token = office.tokens.issue(opened)
    answer = _json(answers.TokenAnswer(token=token, expires_in=TTL))
    set_case_cookie(office, answer, token)
    return answer


def set_case_cookie(office: Office, answer: Response, token: str) -> None:
    secure = office.settings.public_url.startswith("https:")
    answer.set_cookie(COOKIE, token, max_age=TTL, path="/", httponly=True, samesite="lax", secure=secure)


@router.get("/cases/{ticket}/evidence")
async def evidence(request: Request, office: TheOffice, ticket: str) -> Response:
    """A zip that proves offline what the ledger and the office have of the case: acts, proofs, promises, own words with salts."""
    own = await office.access.citizen(request, ticket)
    return await evidence_answer(office, own)


async def evidence_answer(office: Office, ticket: str) -> Response:
    file = await office.packing.pack(ticket, lambda file: write_evidence(file, office, ticket))
    return download(file, f"evidence-{ticket[:8]}.zip")


# -- commands of the office


@router.post("/cases/{ticket}/acknowledge", response_model=answers.DoneAnswer)
async def acknowledge(
    office: TheOffice, person: Officer, ticket: str, request: Idempotency = None
) -> Response:
    """Confirms that the office has the case."""
    own = await _known(office, ticket)
    return _done(office, await office.handling.acknowledge(own, office.act(person), request))


@router.post("/cases/{ticket}/assign", response_model=answers.DoneAnswer)
async def assign(
    office: TheOffice, person: Officer, ticket: str, body: AssignBody, request: Idempotency = None
) -> Response:
    """Gives the case to an officer: officers take free ones themselves, supervisors give them to anybody."""
    own = await _known(office, ticket)
    return _done(office, await office.handling.assign(own, office.act(person), request, body.officer))


@router.post("/cases/{ticket}/ask", response_model=answers.DoneAnswer)
async def ask(
    office: TheOffice, person: Officer, ticket: str, body: WordsBody, request: Idempotency = None
) -> Response:
    """Asks the citizen for more; the clock stands until the reply."""
    own = await _known(office, ticket)
    return _done(office, await office.handling.ask(own, office.act(person), request, body.text))


@router.post("/cases/{ticket}/answer", response_model=answers.DoneAnswer)
async def answer(
    office: TheOffice, person: Officer, ticket: str, body: WordsBody, request: Idempotency = None
) -> Response:
    """Answers the citizen."""
    own = await _known(office, ticket)
    return _done(office, await office.handling.answer(own, office.act(person), request, body.text))


@router.post("/cases/{ticket}/close", response_model=answers.DoneAnswer)
async def close(office: TheOffice, person: Officer, ticket: str, request: Idempotency = None) -> Response:
    """Closes an answered case; the citizen may reopen it for some days."""
    own = await _known(office, ticket)
    return _done(office, await office.handling.close(own, office.act(person), request))


@router.post("/cases/{ticket}/personal-data", response_model=answers.OpenedAnswer)
async def open_personal_data(office: TheOffice, person: Officer, ticket: str, body: OpenBody) -> Response:
    """Shows what lies in the vault for this case; that somebody looked, and why, is recorded first. The files of a case that
    another desk works on are many: each is shown by itself."""
    own = await _known(office, ticket)
    opened = await office.openings.open_case(own, office.act(person), body.purpose.value)
    fields = [_opened(item, each) for item, each in opened.items()]
    return _json(answers.OpenedAnswer(ticket=own, fields=fields))


@router.post("/cases/{ticket}/ask-erasure", response_model=answers.DoneAnswer)
async def ask_erasure(
    office: TheOffice, person: Officer, ticket: str, body: AskErasureBody, request: Idempotency = None
) -> Response:
    """Asks for the erasure of all personal data of a case that has ended, or of any case on a lawful demand."""
    own = await _known(office, ticket)
    return _done(office, await office.handling.ask_erasure(own, office.act(person), request, body.reason))


@router.post("/cases/{ticket}/approve-erasure", response_model=answers.DoneAnswer)
async def approve_erasure(
    office: TheOffice, person: Officer, ticket: str, request: Idempotency = None
) -> Response:
    """Erases for good what was asked for: a supervisor decides, and not the one who asked."""
    own = await _known(office, ticket)
    return _done(office, await office.approve_erasure(own, office.act(person), request))


@router.post("/cases/{ticket}/refuse-erasure", response_model=answers.DoneAnswer)
async def refuse_erasure(
    office: TheOffice, person: Officer, ticket: str, body: RefuseErasureBody, request: Idempotency = None
) -> Response:
    """Refuses what was asked for: a supervisor decides, and not the one who asked."""
    own = await _known(office, ticket)
    return _done(office, await office.handling.refuse_erasure(own, office.act(person), request, body.reason))


# -- commands of the citizen


@router.post("/cases/{ticket}/reply", response_model=answers.DoneAnswer)
async def reply(
    request: Request, office: TheOffice, ticket: str, body: WordsBody, idempotency_key: Idempotency = None
) -> Response:
    """Replies to the office's question."""
    own = await office.access.citizen(request, ticket)
    by = office.handling.citizen(own)
    return _done(office, await office.handling.reply(own, by, idempotency_key, body.text))


@router.post("/cases/{ticket}/reopen", response_model=answers.DoneAnswer)
async def reopen(
    request: Request,
    office: TheOffice,
    ticket: str,
    body: ReopenBody | None = None,
    idempotency_key: Idempotency = None,
) -> Response:
    """Reopens an answered or closed case."""
    own = await office.access.citizen(request, ticket)
    by = office.handling.citizen(own)
    text = None if body is None else body.text
    return _done(office, await office.handling.reopen(own, by, idempotency_key, text))


@router.post("/cases/{ticket}/nib", response_model=answers.DoneAnswer)
async def give_number(
    request: Request, office: TheOffice, ticket: str, body: NumberBody, idempotency_key: Idempotency = None
) -> Response:
    """Says the business number (NIB) of a mentored business that had none, or another one than it said."""
    own = await office.access.citizen(request, ticket)
    by = await office.owners_act(request, own)
    return _done(office, await office.handling.give_number(own, by, idempotency_key, body.nib))


@router.post("/cases/{ticket}/withdraw", response_model=answers.DoneAnswer)
async def withdraw(
    request: Request, office: TheOffice, ticket: str, idempotency_key: Idempotency = None
) -> Response:
    """Withdraws an open case."""
    own = await office.access.citizen(request, ticket)
    by = office.handling.citizen(own)
    return _done(office, await office.handling.withdraw(own, by, idempotency_key))


async def admit_file(request: Request) -> None:
    """Before the file is read."""
    office = await office_of(request)
    own, by = await _citizen_or_officer(request, office, request.path_params["ticket"])
    await refuse_file(request, office, own, by)


@router.post(
    "/cases/{ticket}/attachments",
    status_code=201,
    response_model=answers.AttachedAnswer,
)
@takes(MULTIPART, admit_file)
async def add_attachment(
    request: Request, office: TheOffice, ticket: str, file: UploadFile, idempotency_key: Idempotency = None
) -> Response:
    """Adds a JPEG, PNG, WebP, HEIC or PDF file of up to 10 MB, five a case, sixty for letters, three hundred for mentoring;
    place and device data are taken out."""
    own, by = await _citizen_or_officer(request, office, ticket)
    done, item = await attach(request, office, own, by, idempotency_key, await file.read())
    return _json(answers.AttachedAnswer(**_done_answer(office, done), item=item), 201)


async def _citizen_or_officer(request: Request, office: Office, ticket: str) -> tuple[str, Act]:
    if (own := await own_ticket(request, office, ticket)) is not None:
        return own, await office.owners_act(request, own)
    person = await staff(*STAFF, *MENTORING.adding)(request)
    own, _, _, state = await office.access.known(ticket)
    return own, office.act(person, adding(state.filing))


async def own_ticket(request: Request, office: Office, ticket: str) -> str | None:
    """None for whoever does not show that the case is theirs; a wrong code is refused."""
    if CODE_HEADER in request.headers or await office.access.is_open(request, ticket):
        return await office.access.citizen(request, ticket)
    return None


# -- keys


@router.get("/jwks")
async def jwks(office: TheOffice) -> Any:
    """The public key of case tokens."""
    return office.tokens.jwks()


@router.get("/promise-key", response_class=PlainTextResponse)
async def promise_key(office: TheOffice) -> str:
    """The public key of promises, as a verifier key of signed notes."""
    return office.promises.vkey + "\n"


async def _known(office: Office, ticket: str) -> str:
    return (await office.access.known(ticket))[0]


def _done(office: Office, done: Done) -> Response:
    return _json(answers.DoneAnswer(**_done_answer(office, done)))


def _done_answer(office: Office, done: Done) -> dict[str, Any]:
    filing = done.state.filing
    if filing is None:
        raise NoSuchCaseError
    recorded = done.recorded[0] if done.recorded else None
    promise = recorded and office.promises.over(recorded.event_id, recorded.message, recorded.event.by.at)
    return {
        "ticket": filing.ticket,
        "state": done.state.status.value,
        "holder": done.state.holder,
        "due": done.state.due,
        "event_id": recorded and recorded.event_id,
        "promise": promise.decode() if promise else None,
    }


def _opened(item: UUID, opened: OpenedItem) -> answers.OpenedField:
    is_file = bool(opened.media_type)
    return answers.OpenedField(
        item=item,
        field=opened.field,
        text=None if is_file else opened.text,
        media_type=opened.media_type or None,
        content=b64encode(opened.plaintext).decode() if is_file else None,
    )


def _json(answer: BaseModel, status: int = 200) -> Response:
    return Response(answer.model_dump_json(), status, media_type="application/json")
