"""Files that were uploaded with a form."""

from uuid import uuid4

from starlette.datastructures import FormData

from zi_certificates.domain.statement import Document
from zi_certificates.messaging.published import applications
from zi_certificates.web.pages.application_owner import ApplicationOwner
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.refused_form import ChoiceError, file_content

PICK_ONE = msgid("Choose one from the list.")


async def uploaded_document(owner: ApplicationOwner, form: Form, data: FormData) -> Document:
    """Store the file at intake, which examines every file; its kind was chosen from the list of the rules."""
    kind, office = form.value("kind"), owner.office
    _, application = await office.store.fetch(applications, owner.intake_request.application)
    if kind not in office.rules.document_kinds(application, office.clock.now()):
        raise ChoiceError(PICK_ONE, "kind")
    content, key = await file_content(data, "file"), key_of(form) or uuid4()
    item = await owner.office.uploads.attach(
        owner.request, owner.intake_request.ticket, owner.by, key, content
    )
    return Document(kind=kind, file=item)
