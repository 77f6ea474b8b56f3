"""The HTTP interface of a filed case: every route is an action of the office or of the citizen."""

from base64 import b64encode
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import Response

from zi_chassis.access.identity import staff
from zi_chassis.domain import Act
from zi_chassis.vault.vault import OpenedItem
from zi_chassis.web.body import takes
from zi_intake.bodies.filings import (
    AskErasureBody,
    AssignBody,
    NumberBody,
    OpenBody,
    RefuseErasureBody,
    ReopenBody,
    TriageBody,
    WordsBody,
)
from zi_intake.bodies.handling import HandoverBody, OfficeAnswerBody
from zi_intake.bodies.words import AddedWordsBody, RatingBody
from zi_intake.container import Office
from zi_intake.roles import SUPERVISOR, UPLOADING_AT_MENTORING, uploading_officials
from zi_intake.uploads.attachments import MULTIPART
from zi_intake.use_cases.case_access import CODE_HEADER, NoSuchCaseError
from zi_intake.use_cases.case_actions import HandledCase
from zi_intake.web import answers
from zi_intake.web.answers import as_json
from zi_intake.web.dependencies import Idempotency, Officer, SeenTicket, TheOffice, office_of
from zi_intake.web.handing_over import hand_over
from zi_intake.web.uploads import attach, refuse_file

router = APIRouter(prefix="/intake/api")


# -- commands of the office


@router.post("/cases/{ticket}/acknowledge", response_model=answers.DoneAnswer)
async def acknowledge(
    office: TheOffice, person: Officer, ticket: SeenTicket, idempotency_key: Idempotency = None
) -> Response:
    """Confirm that the office has the case."""
    return done(office, await office.actions.acknowledge(ticket, office.act(person), idempotency_key))


@router.post("/cases/{ticket}/assign", response_model=answers.DoneAnswer)
async def assign(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: AssignBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Assign the case to an officer: officers take free cases themselves, supervisors assign any case. Taking a confidential case is a
    request to a second person; the case stays where it is until somebody assigns it, or the second person has agreed."""
    return done(office, await office.assign(ticket, person, idempotency_key, body.officer))


@router.post("/cases/{ticket}/triage", response_model=answers.DoneAnswer)
async def triage(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: TriageBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Judge what the case needs: the tier of its standard, from which the due date follows, the reason that the citizen reads, whether it is
    an emergency, and the neutral words by which lists show and find it."""
    return done(office, await office.actions.triage(ticket, office.act(person), idempotency_key, body))


@router.post("/cases/{ticket}/notes", response_model=answers.DoneAnswer)
async def add_note(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: WordsBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Write a note for colleagues; whoever opens the personal data of the case reads it."""
    return done(office, await office.actions.add_note(ticket, office.act(person), idempotency_key, body.text))


@router.post("/cases/{ticket}/ask", response_model=answers.DoneAnswer)
async def ask(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: WordsBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Ask the citizen for more; the clock stands until the reply."""
    return done(office, await office.actions.ask(ticket, office.act(person), idempotency_key, body.text))


@router.post("/cases/{ticket}/answer", response_model=answers.DoneAnswer)
async def answer(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: OfficeAnswerBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Answer the citizen, with files that were added for it."""
    by = office.act(person)
    answered = await office.actions.answer(ticket, by, idempotency_key, body.text, body.files)
    return done(office, answered)


@router.post("/cases/{ticket}/close", response_model=answers.DoneAnswer)
async def close(
    office: TheOffice, person: Officer, ticket: SeenTicket, idempotency_key: Idempotency = None
) -> Response:
    """Close an answered case; the citizen may reopen it for some days."""
    return done(office, await office.actions.close(ticket, office.act(person), idempotency_key))


@router.post("/cases/{ticket}/personal-data", response_model=answers.OpenedAnswer)
async def open_personal_data(
    office: TheOffice, person: Officer, ticket: SeenTicket, body: OpenBody
) -> Response:
    """Return the personal data of the case; the access and its purpose are recorded first. The files of a case that another desk
    works on are many: each is opened by itself. `missing` are files that can't be opened now, because the place for files does not answer."""
    opened = await office.data_access.open_case(ticket, office.act(person), body.purpose.value)
    fields = [_opened(item, each) for item, each in opened.items.items()]
    return as_json(answers.OpenedAnswer(ticket=ticket, fields=fields, missing=list(opened.missing)))


@router.post("/cases/{ticket}/ask-erasure", response_model=answers.DoneAnswer)
async def ask_erasure(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: AskErasureBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Ask for the erasure of all personal data of a case that has ended, or of any case on a lawful demand."""
    return done(
        office, await office.actions.ask_erasure(ticket, office.act(person), idempotency_key, body.reason)
    )


@router.post("/cases/{ticket}/approve-erasure", response_model=answers.DoneAnswer)
async def approve_erasure(
    office: TheOffice, person: Officer, ticket: SeenTicket, idempotency_key: Idempotency = None
) -> Response:
    """Approve an erasure: the personal data is erased for good. The supervisor is another person than the one who asked for it."""
    return done(office, await office.approve_erasure(ticket, office.act(person), idempotency_key))


@router.post("/cases/{ticket}/refuse-erasure", response_model=answers.DoneAnswer)
async def refuse_erasure(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: RefuseErasureBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Refuse an erasure. The supervisor is another person than the one who asked for it."""
    return done(office, await office.refuse_erasure(ticket, office.act(person), idempotency_key, body.reason))


@router.post("/handover", response_model=answers.WorkHandedOverAnswer)
async def hand_over_cases(
    office: TheOffice, person: Officer, body: HandoverBody, idempotency_key: Idempotency = None
) -> Response:
    """Give the open cases of a colleague to an officer, at most 100 at once and the most urgent first; `left` says how many remain."""
    by = office.act(person, (SUPERVISOR,))
    handed = await hand_over(office, office.reader(person), by, idempotency_key, body.colleague, body.officer)
    stated = vars(handed) | {"refused": list(handed.refused)}
    return as_json(answers.WorkHandedOverAnswer(**stated))


# -- commands of the citizen


@router.post("/cases/{ticket}/reply", response_model=answers.DoneAnswer)
async def reply(
    request: Request, office: TheOffice, ticket: str, body: WordsBody, idempotency_key: Idempotency = None
) -> Response:
    """Reply to the office's question."""
    ticket = await office.access.citizen(request, ticket)
    by = office.actions.citizen(ticket)
    return done(office, await office.actions.reply(ticket, by, idempotency_key, body.text))


@router.post("/cases/{ticket}/reopen", response_model=answers.DoneAnswer)
async def reopen(
    request: Request,
    office: TheOffice,
    ticket: str,
    body: ReopenBody | None = None,
    idempotency_key: Idempotency = None,
) -> Response:
    """Reopen an answered or closed case."""
    ticket = await office.access.citizen(request, ticket)
    by = office.actions.citizen(ticket)
    text = None if body is None else body.text
    return done(office, await office.actions.reopen(ticket, by, idempotency_key, text))


@router.post("/cases/{ticket}/words", response_model=answers.DoneAnswer)
async def add_words(
    request: Request,
    office: TheOffice,
    ticket: str,
    body: AddedWordsBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Add words to a case that the office works on: more, a correction, or an objection to how it is handled."""
    ticket = await office.access.citizen(request, ticket)
    by = await office.owners_act(request, ticket)
    return done(office, await office.actions.add_words(ticket, by, idempotency_key, body))


@router.post("/cases/{ticket}/rating", response_model=answers.DoneAnswer)
async def rate_answer(
    request: Request, office: TheOffice, ticket: str, body: RatingBody, idempotency_key: Idempotency = None
) -> Response:
    """Say whether the answer helped; a later rating takes the place of this one."""
    ticket = await office.access.citizen(request, ticket)
    by = await office.owners_act(request, ticket)
    return done(office, await office.actions.rate(ticket, by, idempotency_key, body))


@router.post("/cases/{ticket}/nib", response_model=answers.DoneAnswer)
async def give_number(
    request: Request, office: TheOffice, ticket: str, body: NumberBody, idempotency_key: Idempotency = None
) -> Response:
    """Give the business number (NIB) of a mentored business that had none, or correct it."""
    ticket = await office.access.citizen(request, ticket)
    by = await office.owners_act(request, ticket)
    return done(office, await office.actions.give_number(ticket, by, idempotency_key, body.nib))


@router.post("/cases/{ticket}/withdraw", response_model=answers.DoneAnswer)
async def withdraw(
    request: Request, office: TheOffice, ticket: str, idempotency_key: Idempotency = None
) -> Response:
    """Withdraw an open case."""
    ticket = await office.access.citizen(request, ticket)
    by = office.actions.citizen(ticket)
    return done(office, await office.actions.withdraw(ticket, by, idempotency_key))


async def admit_file(request: Request) -> None:
    """Refuse a sender before the file is read."""
    office = await office_of(request)
    ticket, by = await _citizen_or_officer(request, office, request.path_params["ticket"])
    await refuse_file(request, office, ticket, by)


@router.post(
    "/cases/{ticket}/attachments",
    status_code=201,
    response_model=answers.AttachedAnswer,
)
@takes(MULTIPART, admit_file)
async def add_attachment(
    request: Request, office: TheOffice, ticket: str, file: UploadFile, idempotency_key: Idempotency = None
) -> Response:
    """Add a JPEG, PNG, WebP, HEIC or PDF file of up to 10 MB, five a case, sixty for letters, three hundred for mentoring;
    place and device data are taken out."""
    ticket, by = await _citizen_or_officer(request, office, ticket)
    done, item = await attach(request, office, ticket, by, idempotency_key, await file.read())
    return as_json(answers.AttachedAnswer(**done_fields(office, done), item=item), 201)


async def _citizen_or_officer(request: Request, office: Office, ticket: str) -> tuple[str, Act]:
    if (citizens := await ticket_of_citizen(request, office, ticket)) is not None:
        return citizens, await office.owners_act(request, citizens)
    person = await staff(*UPLOADING_AT_MENTORING)(request)
    ticket, state = await office.seen_by(person, ticket)
    return ticket, office.act(person, uploading_officials(state.filing))


async def ticket_of_citizen(request: Request, office: Office, ticket: str) -> str | None:
    """Return the tidied ticket, or None for a request that does not prove that the case is its sender's; a wrong code is refused."""
    if CODE_HEADER in request.headers or await office.access.is_open(request, ticket):
        return await office.access.citizen(request, ticket)
    return None


def done(office: Office, done: HandledCase) -> Response:
    return as_json(answers.DoneAnswer(**done_fields(office, done)))


def done_fields(office: Office, done: HandledCase) -> dict[str, Any]:
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
