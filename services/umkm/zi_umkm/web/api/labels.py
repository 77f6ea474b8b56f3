"""The HTTP interface for the check of a product's label: an item after the other, with photos and, where the office wants it, a second look."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form, Request

from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.idempotency import IdempotencyKey
from zi_umkm import roles
from zi_umkm.use_cases.label_checking import JudgedPart
from zi_umkm.use_cases.visiting import NO_FILE
from zi_umkm.web import answers, presenters
from zi_umkm.web.api.cases import COMMAND, UPLOAD, Mentor, Ticket, Verifier, admit_file
from zi_umkm.web.bodies import LabelBody, LabelCheckBody, LabelPhotoForm
from zi_umkm.web.current_office import TheOffice

router = APIRouter(prefix="/umkm/api", tags=["officials"])


@router.post("/cases/{ticket}/check-label", responses=COMMAND)
async def check_label(
    office: TheOffice, person: Mentor, ticket: Ticket, body: LabelBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Records what was found of each part that has to be on the label of a product; the newest check counts."""
    mentoring_request = await office.access.request(ticket)
    by, checking = office.access.official(person, roles.MENTORING), office.label_checking
    if body.found:
        judged = {each.item: JudgedPart(finding=each.finding, remark=each.remark) for each in body.found}
        done = await checking.check(mentoring_request, by, key, body.product, judged)
    else:
        done = await checking.check_parts(mentoring_request, by, key, body.product, body.parts)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/confirm-label-check", responses=COMMAND)
async def confirm_label_check(
    office: TheOffice, person: Verifier, ticket: Ticket, body: LabelCheckBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Confirms the newest check of a label, as another official than the one who made it."""
    mentoring_request = await office.access.request(ticket)
    by = office.access.official(person, roles.VERIFYING)
    done = await office.label_checking.confirm(mentoring_request, by, key, body.product, body.check)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/add-label-photo", status_code=201, responses=UPLOAD)
@takes(MULTIPART, admit_file)
async def add_label_photo(
    request: Request,
    office: TheOffice,
    person: Mentor,
    ticket: Ticket,
    form: Annotated[LabelPhotoForm, Form(media_type="multipart/form-data")],
    key: IdempotencyKey = None,
) -> answers.AddedFileAnswer:
    """Adds a photo of a part of the label to the newest check: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB."""
    mentoring_request = await office.access.request(ticket)
    by, checking = office.access.official(person, roles.MENTORING), office.label_checking
    where = form.product, form.check, form.item
    await checking.refuse_photo(mentoring_request, by, *where, NO_FILE)
    content = await form.file.read()
    file = await office.uploads.attach(request, mentoring_request.ticket, by, key or uuid4(), content)
    done = await checking.add_photo(mentoring_request, by, key, *where, file)
    return answers.AddedFileAnswer(**dict(presenters.done(mentoring_request.ticket, done)), item=file.item)
