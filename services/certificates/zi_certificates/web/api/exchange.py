"""The HTTP interface for other systems: an application is sent for a company with the key that the company made."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from zi_certificates.read.exchange import ImportKeyRow
from zi_certificates.use_cases.importing import UnknownImportKeyError
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.parameters import COMMAND, TheOffice, office_of, refusals
from zi_certificates.web.import_body import ApplicationSentBody
from zi_chassis.domain import DomainError
from zi_chassis.web.body import takes

router = APIRouter(prefix="/certificates/api/exchange", tags=["other systems"])

LARGEST = 512 * 1024
EXCHANGE = {**COMMAND, **refusals(429)}
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": ApplicationSentBody.model_json_schema()}},
    }
}


class ImportedAnswer(BaseModel):
    """`findings` is what the company still has to bring before it can submit the draft."""

    reference: str
    ticket: str
    revision: int
    page: str
    findings: list[answers.FindingAnswer]


async def import_key(request: Request) -> ImportKeyRow:
    """Let in whoever shows a key of a company."""
    office = await office_of(request)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise UnknownImportKeyError
    return await office.importing.key(token.strip())


TheKey = Annotated[ImportKeyRow, Depends(import_key)]


@router.post("/applications", status_code=201, responses=EXCHANGE, openapi_extra=BODY)
@takes(LARGEST, import_key)
async def import_application(
    request: Request, response: Response, office: TheOffice, key: TheKey
) -> ImportedAnswer:
    """Drafts an application for the company, which looks at it, adds the documents, submits and pays as usual.

    The same content under the same reference is answered again (200); another content under it is refused (409). Everything that is
    wrong is named at once, each with a JSON pointer.
    """
    ticket = None
    try:
        body = ApplicationSentBody.model_validate_json(await request.body())
        ticket = office.access.normalised(body.ticket)
        result = await office.importing.take(key, body.sent(ticket))
    except ValidationError as error:
        await office.importing.record(key, "invalid_fields", None)
        raise RequestValidationError(_in_body(error)) from error
    except DomainError as error:
        await office.importing.record(key, error.kind, ticket)
        raise
    await office.importing.record(key, "taken" if result.is_new else "repeated", result.request.ticket)
    response.status_code = 201 if result.is_new else 200
    names = presenters.names(request, office, result.state)
    examined = await office.applying.examination(result.request)
    return ImportedAnswer(
        reference=body.reference,
        ticket=result.request.ticket,
        revision=result.state.revision,
        page=f"{office.settings.public_url}/certificates/applications/{result.request.ticket}",
        findings=[presenters.finding(names, each) for each in examined.wanting],
    )


def _in_body(error: ValidationError) -> list[dict[str, object]]:
    found = error.errors(include_url=False)
    return [{**each, "loc": ("body", *each["loc"])} for each in found]
