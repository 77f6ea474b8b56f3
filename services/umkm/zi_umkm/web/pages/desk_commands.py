"""The commands of officials to a case: each form of the case page runs one."""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.roles import ASSIGNING, CHECKING, MENTORING, SUPERVISING, VERIFYING
from zi_umkm.use_cases.statements import ActionTexts
from zi_umkm.web.bodies import (
    AgreeBody,
    AssignMentorBody,
    CheckBusinessNumberBody,
    CheckNumberBody,
    CloseMentoringBody,
    RecordNumberBody,
    RemoveNicknameBody,
    VerifyBody,
)
from zi_umkm.web.form_fields import chosen, day_of, text_of, try_command, uuid_of
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.pages.desk_case import REASONS, UNFIT_NAMES, here, render_case_page
from zi_umkm.web.pages.desk_permit import PERMIT_COMMANDS, Done
from zi_umkm.web.product_questions import corrected_day, question_day

router = APIRouter(include_in_schema=False)


async def _take(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    by = official.act(*MENTORING)
    await official.office.mentoring.assign(mentoring_request, by, key_of(form), by.actor)


async def _assign(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    body = AssignMentorBody.model_validate(without_empty(mentor=form.value("mentor").strip()))
    await official.office.mentoring.assign(
        mentoring_request, official.act(*ASSIGNING), key_of(form), body.mentor
    )


async def _triage(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.triage(mentoring_request, official.act(*MENTORING), key_of(form))


async def _refer(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    by, note = official.act(*MENTORING), text_of(form, "note")
    referring = official.office.letters.referring
    await referring.refer(mentoring_request, by, key_of(form), note, official.person)


async def _return(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.return_(mentoring_request, official.act(*MENTORING), key_of(form))


async def _agree(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    item, by = form.value("item"), official.act(*MENTORING)
    fields = {name: text_of(form, f"{name}.{item}") for name in ("cause", "correction", "plan")}
    body = AgreeBody.model_validate({"item": item, "due": day_of(form, f"due.{item}"), **fields})
    texts = ActionTexts(**fields)
    await official.office.mentoring.agree(mentoring_request, by, key_of(form), body.item, body.due, texts)


async def _verify(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    item = form.value("item")
    fields = {"means": form.value(f"means.{item}"), "note": text_of(form, f"seen.{item}")}
    body, by = VerifyBody.model_validate(without_empty(item=item, **fields)), official.act(*VERIFYING)
    mentoring = official.office.mentoring
    await mentoring.verify(mentoring_request, by, key_of(form), body.item, body.means, body.note)


async def _reopen(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    item = form.value("item")
    note = text_of(form, f"reopen.{item}")
    await official.office.mentoring.reopen(
        mentoring_request, official.act(*VERIFYING), key_of(form), item, note
    )


async def _settle(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    by, visit = official.act(*MENTORING), uuid_of(form, "visit")
    await official.office.visiting.settle(
        mentoring_request, by, visit, form.value("item"), uuid_of(form, "answer")
    )


async def _finish(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.visiting.finish(mentoring_request, official.act(*MENTORING), uuid_of(form, "visit"))


async def _send_registration(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.send_registration(
        mentoring_request, official.act(*MENTORING), key_of(form), _product(form)
    )


async def _record_number(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    body, by = _number(form), official.act(*MENTORING)
    numbers = official.office.numbers
    await numbers.record(mentoring_request, by, key_of(form), body.product, body.number)


async def _correct_number(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    body, by = _number(form), official.act(*MENTORING)
    numbers = official.office.numbers
    await numbers.correct(mentoring_request, by, key_of(form), body.product, body.number)


def _number(form: Form) -> RecordNumberBody:
    product = _product(form)
    fields = without_empty(product=product, number=form.value(f"number.{product}").strip())
    return RecordNumberBody.model_validate(fields)


async def _check_number(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    body = CheckNumberBody.model_validate(
        {"product": _product(form), "number": form.value("number"), "outcome": form.value("outcome")}
    )
    by, numbers = official.act(*CHECKING), official.office.numbers
    await numbers.check(mentoring_request, by, key_of(form), body.product, body.number, body.outcome)


async def _check_business_number(
    official: DeskOfficial, mentoring_request: MentoringRequest, form: Form
) -> None:
    body = CheckBusinessNumberBody.model_validate(
        {"business_ref": form.value("business_ref"), "outcome": form.value("outcome")}
    )
    by, numbers = official.act(*CHECKING), official.office.numbers
    await numbers.check_business(mentoring_request, by, key_of(form), body.business_ref, body.outcome)


async def _return_registration(
    official: DeskOfficial, mentoring_request: MentoringRequest, form: Form
) -> None:
    by = official.act(*MENTORING)
    await official.office.mentoring.return_registration(mentoring_request, by, key_of(form), _product(form))


async def _graduate(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.graduate(mentoring_request, official.act(*MENTORING), key_of(form))


async def _resume(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.resume(mentoring_request, official.act(*MENTORING), key_of(form))


async def _close(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    body = CloseMentoringBody.model_validate({"reason": chosen(form, "reason", tuple(REASONS))})
    await official.office.mentoring.close(
        mentoring_request, official.act(*MENTORING), key_of(form), body.reason
    )


async def _remove_nickname(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    chosen_reason = chosen(form, "unfit", tuple(UNFIT_NAMES))
    body = RemoveNicknameBody.model_validate({"reason": chosen_reason})
    by = official.act(*SUPERVISING)
    await official.office.naming.remove(mentoring_request, by, key_of(form), body.reason)


async def _record_question(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    product, by = _product(form), official.act(*MENTORING)
    due, text = question_day(form, f"asked_until.{product}"), text_of(form, f"asked.{product}")
    await official.office.state_questions.record(mentoring_request, by, key_of(form), product, due, text)


async def _correct_question(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    by, question = official.act(*MENTORING), uuid_of(form, "question")
    corrected = corrected_day(form, question)
    await official.office.state_questions.correct(mentoring_request, by, key_of(form), question, *corrected)


async def _answer_question(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    by, question = official.act(*MENTORING), uuid_of(form, "question")
    await official.office.state_questions.answer(mentoring_request, by, key_of(form), question)


# For each command the field at which a refusal is shown, with the form's own item or product at the end, and what is done.
COMMANDS: Mapping[str, tuple[str, Done]] = {
    "take": ("command", _take),
    "assign": ("mentor", _assign),
    "triage": ("command", _triage),
    "refer": ("note", _refer),
    "return": ("command", _return),
    "agree": ("due.{item}", _agree),
    "verify": ("means.{item}", _verify),
    "reopen": ("reopen.{item}", _reopen),
    "settle": ("command", _settle),
    "finish": ("command", _finish),
    "send-registration": ("send.{product}", _send_registration),
    "record-number": ("number.{product}", _record_number),
    "correct-number": ("number.{product}", _correct_number),
    "check-number": ("check.{product}", _check_number),
    "check-business-number": ("nib", _check_business_number),
    "return-registration": ("send.{product}", _return_registration),
    "record-state-question": ("asked_until.{product}", _record_question),
    "correct-state-question": ("right_day.{question}", _correct_question),
    "answer-state-question": ("command", _answer_question),
    **PERMIT_COMMANDS,
    "graduate": ("command", _graduate),
    "resume": ("command", _resume),
    "close": ("reason", _close),
    "remove-nickname": ("unfit", _remove_nickname),
}


@router.post("/umkm/desk/cases/{ticket}/{command}")
async def act(official: CurrentOfficial, ticket: str, command: str) -> Response:
    form = Form.of(await official.request.form())
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])
    mentoring_request = await official.office.access.request(ticket)
    place, done = COMMANDS[command]
    field = place.format_map({name: form.value(name) for name in ("item", "product", "question")})

    async def render_again(refused: Form, status: int) -> Response:
        return await render_case_page(official, mentoring_request, refused, status)

    shown_at = {"note": field, "means": field, "number": field, "due": field, "item": field}
    return await try_command(
        official.request,
        form,
        field,
        render_again,
        done(official, mentoring_request, form),
        here(mentoring_request.ticket),
        shown_at,
    )


def _product(form: Form) -> int:
    text = form.value("product")
    if not text.isdecimal() or len(text) > 6:
        raise NotFoundError(DETAILS[404])
    return int(text)


def without_empty(**fields: object) -> dict[str, object]:
    """Drop blank fields, so that they are missing and not wrong."""
    return {name: value for name, value in fields.items() if value not in ("", None)}
