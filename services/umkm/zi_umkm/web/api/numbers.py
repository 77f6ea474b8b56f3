"""The HTTP interface to the numbers of a case: its business and mentors record and correct them, others of the office check them."""

from typing import Annotated

from fastapi import APIRouter, Depends

from zi_chassis.access.identity import Staff, staff
from zi_chassis.web.idempotency import IdempotencyKey
from zi_umkm import roles
from zi_umkm.web import answers, presenters
from zi_umkm.web.api.cases import COMMAND, Party, Ticket
from zi_umkm.web.bodies import (
    AnswerStateQuestionBody,
    CheckBusinessNumberBody,
    CheckNumberBody,
    CorrectStateQuestionBody,
    RecordNumberBody,
    RecordStateQuestionBody,
)
from zi_umkm.web.current_office import TheOffice

router = APIRouter(prefix="/umkm/api")

Checker = Annotated[Staff, Depends(staff(*roles.CHECKING))]


@router.post("/cases/{ticket}/record-number", responses=COMMAND, tags=["business and mentors"])
async def record_number(
    office: TheOffice, caller: Party, body: RecordNumberBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Records the number of a product: of BPOM, or of the health office where it was referred. How it is written is checked."""
    mentoring_request, by = caller
    done = await office.numbers.record(mentoring_request, by, key, body.product, body.number)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/correct-number", responses=COMMAND, tags=["business and mentors"])
async def correct_number(
    office: TheOffice, caller: Party, body: RecordNumberBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Puts another number in place of one that nobody has confirmed yet."""
    mentoring_request, by = caller
    done = await office.numbers.correct(mentoring_request, by, key, body.product, body.number)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/check-number", responses=COMMAND, tags=["officials"])
async def check_number(
    office: TheOffice, person: Checker, ticket: Ticket, body: CheckNumberBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Says what was found under the number of a product; never who has mentored the business. A refuted number is none."""
    mentoring_request = await office.access.request(ticket)
    by = office.access.official(person, roles.CHECKING)
    done = await office.numbers.check(mentoring_request, by, key, body.product, body.number, body.outcome)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/check-business-number", responses=COMMAND, tags=["officials"])
async def check_business_number(
    office: TheOffice,
    person: Checker,
    ticket: Ticket,
    body: CheckBusinessNumberBody,
    key: IdempotencyKey = None,
) -> answers.StepDoneAnswer:
    """Says what was found at OSS under the business number (NIB); never who has mentored the business."""
    mentoring_request = await office.access.request(ticket)
    by = office.access.official(person, roles.CHECKING)
    done = await office.numbers.check_business(mentoring_request, by, key, body.business_ref, body.outcome)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/record-state-question", responses=COMMAND, tags=["business and mentors"])
async def record_state_question(
    office: TheOffice, caller: Party, body: RecordStateQuestionBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Records that the state asked something about a product that was sent to be registered, and until when as its letter says."""
    mentoring_request, by = caller
    done = await office.state_questions.record(mentoring_request, by, key, body.product, body.due, body.note)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/correct-state-question", responses=COMMAND, tags=["business and mentors"])
async def correct_state_question(
    office: TheOffice, caller: Party, body: CorrectStateQuestionBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Puts another day in place of the one that was recorded; a day that has passed is corrected by the other side."""
    mentoring_request, by = caller
    stated = (body.question, body.due, body.reason, body.note)
    done = await office.state_questions.correct(mentoring_request, by, key, *stated)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/answer-state-question", responses=COMMAND, tags=["business and mentors"])
async def answer_state_question(
    office: TheOffice, caller: Party, body: AnswerStateQuestionBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Records that the state was answered."""
    mentoring_request, by = caller
    done = await office.state_questions.answer(mentoring_request, by, key, body.question)
    return presenters.done(mentoring_request.ticket, done)
