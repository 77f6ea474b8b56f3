"""The acts of a citizen on the page of their case beside its steps: add words, rate the answer, look at a file of their own."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from zi_chassis.domain import ErasedError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_intake.bodies.words import AddedWordsBody, RatingBody
from zi_intake.domain.case.refusals import CaseError
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.forms import as_refused
from zi_intake.web.pages.citizen import OwnCase, case_page_of, to_the_case
from zi_intake.web.pages.files import ATTACHED, file_answer

router = APIRouter(include_in_schema=False)


@router.post("/track/{ticket}/words")
async def add_words(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    form = Form.of(await request.form())
    try:
        fields = {"kind": form.value("added.kind") or "addition", "text": form.value("added")}
        body = AddedWordsBody.model_validate(fields)
        await office.actions.add_words(ticket, office.actions.citizen(ticket), key_of(form), body)
    except (ValidationError, CaseError, ErasedError) as error:
        refused = as_refused(request, form, error, {"text": "added", "kind": "added"})
        return await case_page_of(request, office, ticket, refused, 422)
    return to_the_case(ticket, "words_added")


@router.post("/track/{ticket}/rating")
async def rate(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    form = Form.of(await request.form())
    try:
        body = RatingBody.model_validate(form.nested("rating"))
        await office.actions.rate(ticket, office.actions.citizen(ticket), key_of(form), body)
    except (ValidationError, CaseError, ErasedError) as error:
        refused = as_refused(request, form, error, {"text": "rating"})
        return await case_page_of(request, office, ticket, refused, 422)
    return to_the_case(ticket, "answer_rated")


@router.get("/track/{ticket}/files/{item}")
async def own_file(office: TheOffice, ticket: OwnCase, item: UUID) -> Response:
    """Show the citizen a file of their own; that is not recorded."""
    opened = await office.actions.own_items(ticket, ATTACHED, (item,))
    if item not in opened:
        raise NotFoundError(DETAILS[404])
    return file_answer(opened[item])
