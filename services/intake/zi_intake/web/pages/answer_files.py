"""The files of the office's answers: an officer adds them one by one, then the answer names those that go with it."""

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile as SentFile

from zi_chassis.access.identity import staff
from zi_chassis.domain import Act
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.problem import RefusedError
from zi_chassis.web.refused_form import sentence_of
from zi_intake.container import Office
from zi_intake.domain.case.answer_files import ANSWER_FILE
from zi_intake.domain.case.refusals import CaseError
from zi_intake.roles import AT_THE_DESK, uploading_officials
from zi_intake.uploads.attachments import MULTIPART, AttachmentError
from zi_intake.web import answers
from zi_intake.web.answers import as_json
from zi_intake.web.api.actions import done_fields
from zi_intake.web.dependencies import Idempotency, Officer, SeenTicket, TheOffice, office_of
from zi_intake.web.forms import status_of
from zi_intake.web.pages.desk_case import case_page_for
from zi_intake.web.uploads import attach, refuse_file

api = APIRouter(prefix="/intake/api")
pages = APIRouter(include_in_schema=False)


async def admit_answer_file(request: Request) -> None:
    """Refuse a sender before the file is read."""
    office = await office_of(request)
    ticket, by = await _officer(request, office, request.path_params["ticket"])
    await refuse_file(request, office, ticket, by, ANSWER_FILE)


@api.post("/cases/{ticket}/answer-files", status_code=201, response_model=answers.AttachedAnswer)
@takes(MULTIPART, admit_answer_file)
async def add_answer_file(
    request: Request, office: TheOffice, ticket: str, file: UploadFile, idempotency_key: Idempotency = None
) -> Response:
    """Add a JPEG, PNG, WebP, HEIC or PDF file of up to 10 MB for the answer, five an answer; place and device data are taken out. The
    citizen gets it with the answer that names its item."""
    ticket, by = await _officer(request, office, ticket)
    upload = await file.read()
    done, item = await attach(request, office, ticket, by, idempotency_key, upload, ANSWER_FILE)
    return as_json(answers.AttachedAnswer(**done_fields(office, done), item=item), 201)


async def _officer(request: Request, office: Office, ticket: str) -> tuple[str, Act]:
    person = await staff(*AT_THE_DESK)(request)
    ticket, state = await office.seen_by(person, ticket)
    return ticket, office.act(person, uploading_officials(state.filing))


@pages.post("/desk/cases/{ticket}/answer-files")
@takes(MULTIPART)
async def add_answer_file_on_page(
    request: Request, office: TheOffice, person: Officer, ticket: SeenTicket
) -> Response:
    form = Form()
    try:
        by = office.act(person, uploading_officials((await office.state(ticket)).filing))
        await refuse_file(request, office, ticket, by, ANSWER_FILE)
        data = await request.form()
        form, file = Form.of(data), data.get("file")
        content = await file.read() if isinstance(file, SentFile) else b""
        await attach(request, office, ticket, by, key_of(form), content, ANSWER_FILE)
    except (AttachmentError, CaseError, RefusedError) as error:
        refused = form.refused({"file": sentence_of(request, error)})
        return await case_page_for(request, office, person, ticket, refused, status_of(error))
    return RedirectResponse(f"/desk/cases/{ticket}", 303)
