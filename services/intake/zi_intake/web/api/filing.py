"""The HTTP interface: every route is one command or one question."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, ValidationError

from zi_chassis.access.case_token import COOKIE, TTL
from zi_chassis.randomness import random_bytes
from zi_chassis.web.packing import download
from zi_intake.bodies.filings import (
    Body,
    CertificateBody,
    ComplaintBody,
    ConsultationBody,
    MentoringBody,
)
from zi_intake.bodies.information import InformationBody, SuggestionBody
from zi_intake.bodies.schema import described
from zi_intake.container import Office
from zi_intake.desks import CERTIFICATES, MENTORING, Desk, desk_of
from zi_intake.domain.case.filings import AnswerableFiled
from zi_intake.domain.case.state import Case, kind_of
from zi_intake.promise import receipt_url
from zi_intake.read.desk_lists import Filter, case_page
from zi_intake.read.officers import officer_loads
from zi_intake.read.sent_fields import answer_files
from zi_intake.read.tracking import CaseHistory
from zi_intake.use_cases.filing import FilingConfirmation
from zi_intake.web import answers, desk_requests
from zi_intake.web.answers import as_json
from zi_intake.web.dependencies import (
    GUESSABLE,
    KEY_HEADER,
    Officer,
    TheOffice,
    office_of,
    random_uuid,
    say_of,
)
from zi_intake.web.evidence import write_evidence
from zi_intake.web.tracked_case import tracked_case

Filed = TypeVar(
    "Filed",
    ComplaintBody,
    ConsultationBody,
    InformationBody,
    SuggestionBody,
    CertificateBody,
    MentoringBody,
)


router = APIRouter(prefix="/intake/api")


# -- filing


async def file_complaint(request: Request) -> Response:
    """File a complaint; the same Idempotency-Key and body get the same answer again."""
    office = await office_of(request)
    key = _filing_key(request)
    return await _file(request, office, key, await _read(request, office, key, ComplaintBody))


async def file_consultation(request: Request) -> Response:
    """Ask the office a question; the same Idempotency-Key and body get the same answer again."""
    office = await office_of(request)
    key = _filing_key(request)
    return await _file(request, office, key, await _read(request, office, key, ConsultationBody))


async def request_information(request: Request) -> Response:
    """Request public information of the office; the same Idempotency-Key and body get the same answer again."""
    office = await office_of(request)
    key = _filing_key(request)
    return await _file(request, office, key, await _read(request, office, key, InformationBody))


async def make_suggestion(request: Request) -> Response:
    """Suggest something to the office; the same Idempotency-Key and body get the same answer again."""
    office = await office_of(request)
    key = _filing_key(request)
    body = await _read(request, office, key, SuggestionBody)
    async with office.counted(request, key, body.reachable_by):
        made = await office.front_door.file(key, body)
    links = filed_links(office, made)
    fields = {name: value for name, value in vars(made).items() if name != "due"}
    return as_json(answers.SuggestedAnswer(**fields, links=links), 201)


async def request_certificate(request: Request) -> Response:
    """Request import or export letters; the same Idempotency-Key and body get the same answer again."""
    office = await office_of(request)
    key = _filing_key(request)
    body, person = await _read(request, office, key, CertificateBody), await office.access.signed_in(request)
    try:
        confirmation = await desk_requests.request_certificate(request, office, key, body, person)
    except desk_requests.EarlierRequestError as error:
        raise _refused(("body", *error.field), error.msgid) from error
    address = office.desk_address(CERTIFICATES, confirmation.ticket)
    links = answers.RequestedLinks(**filed_links(office, confirmation).model_dump(), application=address)
    return as_json(answers.RequestedAnswer(**confirmation.__dict__, links=links), 201)


async def request_mentoring(request: Request) -> Response:
    """Request mentoring for a small food business; the same Idempotency-Key and body get the same answer again."""
    office = await office_of(request)
    key = _filing_key(request)
    body, person = await _read(request, office, key, MentoringBody), await office.access.signed_in(request)
    confirmation = await desk_requests.request_mentoring(request, office, key, body, person)
    address = office.desk_address(MENTORING, confirmation.ticket)
    links = answers.MentoringLinks(**filed_links(office, confirmation).model_dump(), mentoring=address)
    return as_json(answers.MentoringAnswer(**confirmation.__dict__, links=links), 201)


async def _read(request: Request, office: Office, key: UUID, body: type[Filed]) -> Filed:
    content = await request.body()
    try:
        return await office.read_filing(key, partial(body.model_validate_json, content))
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None


async def _file(
    request: Request, office: Office, key: UUID, body: ComplaintBody | ConsultationBody | InformationBody
) -> Response:
    async with office.counted(request, key, body.reachable_by):
        confirmation = await office.front_door.file(key, body)
    return as_json(answers.FiledAnswer(**confirmation.__dict__, links=filed_links(office, confirmation)), 201)


def filed_links(office: Office, confirmation: FilingConfirmation) -> answers.FiledLinks:
    public = office.settings.public_url
    return answers.FiledLinks(
        track=f"{public}/track?ticket={confirmation.ticket}",
        receipt=receipt_url(public, confirmation.event_id),
    )


def _filing_key(request: Request) -> UUID:
    key_header = request.headers.get(KEY_HEADER)
    try:
        return (
            UUID(bytes=random_bytes(16), version=4) if key_header is None else random_uuid(UUID(key_header))
        )
    except ValueError as error:
        raise _refused(("header", KEY_HEADER), GUESSABLE) from error


def _refused(place: tuple[str, ...], sentence: str) -> RequestValidationError:
    error = {"type": "value_error", "loc": place, "msg": sentence, "ctx": {"error": ValueError(sentence)}}
    return RequestValidationError([error])


# FastAPI only describes these; they are answered right behind the edge.
FILING: tuple[tuple[str, Callable[[Request], Awaitable[Response]], type[Body], type[BaseModel]], ...] = (
    ("complaints", file_complaint, ComplaintBody, answers.FiledAnswer),
    ("consultations", file_consultation, ConsultationBody, answers.FiledAnswer),
    ("information-requests", request_information, InformationBody, answers.FiledAnswer),
    ("suggestions", make_suggestion, SuggestionBody, answers.SuggestedAnswer),
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
async def list_cases(office: TheOffice, person: Officer, query: Annotated[Filter, Query()]) -> Response:
    """List the cases of a queue that a filter finds, without personal data, the most urgent first. X-Total-Count counts all of them; where
    there are more, the header Link has the address of the next page (RFC 8288)."""
    now, reader = office.clock.now(), office.reader(person)
    page = await office.store.query(lambda tx: case_page(tx, query, reader, now))
    listed = (answers.ListedCase(**{**vars(row), "overdue": row.is_overdue(now)}) for row in page.rows)
    onward = query.model_dump(exclude_none=True) | {"after": page.after}
    return answers.as_page(listed, page.total, page.after and f"/intake/api/cases?{urlencode(onward)}")


@router.get("/officers", response_model=list[answers.ListedOfficer])
async def list_officers(office: TheOffice, person: Officer) -> Response:
    """List the officers to whom cases can be given, with the open cases of each."""
    reader = office.reader(person)
    loads = await office.store.query(lambda tx: officer_loads(tx, reader))
    return Response(orjson.dumps(loads), media_type="application/json")


@router.get("/cases/{ticket}", response_model=answers.CaseAnswer)
async def track(request: Request, office: TheOffice, ticket: str) -> Response:
    """Return the status of the case; X-Case-Code or case token."""
    ticket = await office.access.citizen(request, ticket)
    state, texts, history = await tracked_case(office, ticket)
    desk = desk_of(state.filing)
    elsewhere = _elsewhere(office, ticket, desk, history)
    return as_json(
        answers.CaseAnswer(
            ticket=ticket,
            kind=kind_of(state),
            state=state.status.value,
            due=state.due,
            holder=state.holder,
            timeline=history.timeline(say_of(request)),
            messages=history.messages(),
            words=texts.availability,
            deliveries=history.deliveries(),
            standard=_standard(office, state),
            application=elsewhere if desk is CERTIFICATES else None,
            mentoring=elsewhere if desk is MENTORING else None,
            files=[answers.AnswerFile(**vars(file)) for file in answer_files(state)],
        )
    )


def _standard(office: Office, state: Case) -> answers.StandardAnswer | None:
    if not isinstance(state.filing, AnswerableFiled):
        return None
    pin = state.standard
    decree = office.terms.decree(pin)
    number = None if decree is None else decree.number
    return answers.StandardAnswer(
        **pin.model_dump(), title=office.terms.title(pin), pinned=pin.pinning, number=number
    )


def _elsewhere(
    office: Office, ticket: str, desk: Desk | None, history: CaseHistory
) -> answers.ElsewhereAnswer | None:
    if desk is None:
        return None
    status = history.desk_status()
    return answers.ElsewhereAnswer(
        address=office.desk_address(desk, ticket),
        state=status and status.state,
        holder=status and status.holder,
        due=status and status.due,
    )


@router.post("/cases/{ticket}/token", response_model=answers.TokenAnswer)
async def case_token(
    request: Request, office: TheOffice, ticket: str, x_case_code: Annotated[str | None, Header()] = None
) -> Response:
    """Return a short-lived token for this case, which every service accepts; also set as a cookie. The applicant who filed it signed in
    needs no code."""
    if x_case_code is not None:
        ticket = await office.access.by_code(request, ticket, x_case_code)
    else:
        ticket = await office.access.by_session(request, ticket)
    token = await office.case_token(ticket)
    answer = as_json(answers.TokenAnswer(token=token, expires_in=TTL))
    set_case_cookie(office, answer, token)
    return answer


def set_case_cookie(office: Office, answer: Response, token: str) -> None:
    secure = office.settings.public_url.startswith("https:")
    answer.set_cookie(COOKIE, token, max_age=TTL, path="/", httponly=True, samesite="lax", secure=secure)


@router.get("/cases/{ticket}/evidence")
async def evidence(request: Request, office: TheOffice, ticket: str) -> Response:
    """Return a zip that proves offline what the ledger and the office have of the case: acts, proofs, promises, texts with salts."""
    ticket = await office.access.citizen(request, ticket)
    return await evidence_answer(office, ticket)


async def evidence_answer(office: Office, ticket: str) -> Response:
    file = await office.packing.pack(ticket, lambda file: write_evidence(file, office, ticket))
    return download(file, f"evidence-{ticket[:8]}.zip")


# -- keys


@router.get("/jwks")
async def jwks(office: TheOffice) -> Any:
    """Return the public key of case tokens."""
    return office.tokens.jwks()


@router.get("/promise-key", response_class=PlainTextResponse)
async def promise_key(office: TheOffice) -> str:
    """Return the public key of promises, as a verifier key of signed notes."""
    return office.promises.vkey + "\n"
