"""The pages of a complaint in four steps: what happened, the product or place, you, check your answers. Each page carries all answers, and
until the last of them is sent nothing is stored; of the three steps that ask, the style sheet shows one at a time."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from zi_chassis.domain import DomainError
from zi_chassis.web.body import STANDARD, takes
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of
from zi_chassis.web.limits import client_address
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import RefusedError, TooManyRequestsError
from zi_chassis.web.refused_form import sentence_of
from zi_intake.bodies.filings import UNKNOWN, ComplaintBody
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError
from zi_intake.read import labels
from zi_intake.uploads.attachments import LARGEST
from zi_intake.use_cases.filing import FilingConfirmation
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.forms import (
    OF_A_TOPIC,
    as_refused,
    chosen_topic,
    districts,
    is_protected,
    named,
    status_of,
    with_former_choice,
    with_switches,
)
from zi_intake.web.offered_incidents import offered_incidents
from zi_intake.web.pages.citizen import receipt_page, to_the_receipt, with_case
from zi_intake.web.scripts import script_path, with_scripts
from zi_intake.web.sent_forms import to_go_back_to
from zi_intake.web.uploads import attach

FIELDS = (
    *("kind", "confidentiality", "protection", "district", "text", "reporter", "product", "place"),
    *("illness", "joins"),
)
# The steps of the form, and the fields of each by the first part of their names.
STEPS: Mapping[str, tuple[str, ...]] = {
    "what": ("kind", "illness", "text"),
    "where": ("district", "product", "place"),
    "you": ("protection", "confidentiality", "reporter"),
}
STEP_OF = {name: step for step, names in STEPS.items() for name in names}
FIRST = next(iter(STEPS))
OF_PRODUCT = ("product", "illness")
MOST = LARGEST + STANDARD  # with a photo

# The number in the address that a step is sent to: each page sends to another one than its own (decision 63).
Turn = Annotated[int, Path(ge=1, le=999)]

Prefilled = Annotated[str, Query(max_length=20)]

router = APIRouter(include_in_schema=False)


@router.get("/complaints/new")
async def new_complaint(
    request: Request, office: TheOffice, kind: Prefilled = "", illness: Prefilled = ""
) -> Response:
    """Show the first step; a link may have chosen what the complaint is about, and that somebody is ill."""
    chosen = {"kind": kind} if kind in ("product", "service") else {}
    if illness == "yes":
        chosen = {"kind": "product", "illness": illness}
    return _form_page(request, office, Form(chosen), FIRST)


@router.post("/complaints/check/{turn}")
async def check_complaint(request: Request, office: TheOffice, turn: Turn) -> Response:
    """Show the step that was asked for, or the check; but the first of those before it where something is wrong."""
    form = Form.of(await request.form())
    if form.value("edit") in STEPS:
        return _form_page(request, office, form, form.value("edit"))
    onward = form.value("to") if form.value("to") in STEPS else None
    try:
        await _read(request, office, form, key_of(form) or uuid4())
    except ValidationError as error:
        refused = _until(as_refused(request, form, error), onward)
        if refused.errors:
            return _form_page(request, office, refused, _first_wrong(refused), 422)
    if onward is None:
        return await _check_page(request, office, form)
    return _form_page(request, office, form, onward)


@router.post("/complaints")
@router.post("/complaints/new")  # of pages that were opened before the form had an address of its own
@takes(MOST)
async def file_complaint(request: Request, office: TheOffice) -> Response:
    data = await request.form()
    form = Form.of(data)
    if sum(map(len, form.values.values())) > STANDARD:
        raise HTTPException(413)
    key, topic = key_of(form) or uuid4(), chosen_topic(office, form)
    try:
        body = await _read(request, office, form, key)
        if topic is not None and form.value("ways") != topic.code:
            return await _check_page(request, office, form)  # the ways around this office come first
        async with office.counted(request, key, body.reachable_by):
            confirmation = await office.front_door.file(key, body)
    except ValidationError as error:
        refused = as_refused(request, form, error)
        return _form_page(request, office, refused, _first_wrong(refused), 422)
    except (CaseError, TooManyRequestsError) as error:
        return await _check_page(request, office, as_refused(request, form, error), status_of(error))
    is_apart = body.joins is not None and not await _is_joined(office, confirmation.ticket)
    return await _with_photo(request, office, confirmation, key, await _photo(data), is_apart)


async def _is_joined(office: Office, ticket: str) -> bool:
    return (await office.state(ticket)).handling.incident is not None


async def _read(request: Request, office: Office, form: Form, key: UUID) -> ComplaintBody:
    """Raises ValidationError."""
    fields = with_switches(form.nested(*FIELDS)) | {"language": language_of(request)}
    topic = chosen_topic(office, form)
    if topic is not None:
        fields |= {"kind": "service", "appointed_topic": topic.code}
    if fields.get("kind") == "service":
        fields = {name: value for name, value in fields.items() if name not in OF_PRODUCT}
    return await office.read_filing(key, partial(ComplaintBody.model_validate, fields))


async def _photo(data: FormData) -> bytes | None:
    """Read the photo, which may be an empty file; None where none was chosen: a browser sends a file without a name then."""
    file = data.get("file")
    return await file.read() if isinstance(file, UploadFile) and file.filename else None


async def _with_photo(
    request: Request,
    office: Office,
    confirmation: FilingConfirmation,
    key: UUID,
    photo: bytes | None,
    is_apart: bool,
) -> Response:
    """Add the photo to what is filed by now. One that can't be kept takes nothing away: the receipt says so and asks for another."""
    if photo is None or not confirmation.code:
        return to_the_receipt(office, confirmation, is_apart)
    ticket = confirmation.ticket
    try:
        by = office.actions.citizen(ticket)
        office.budgets.refuse_upload(client_address(request), by)
        await attach(request, office, ticket, by, key, photo)
    except (DomainError, RefusedError) as error:
        refused = Form().refused({"file": sentence_of(request, error)})
        return with_case(office, await receipt_page(request, office, ticket, refused, is_apart), ticket)
    return to_the_receipt(office, confirmation, is_apart)


def _form_page(request: Request, office: Office, form: Form, current: str, status: int = 200) -> Response:
    steps = {step: form.refused(_of_step(form.errors, step)) for step in STEPS}
    context = {"steps": steps, "current": current}
    return _page(request, office, "complaint.html", form, status, **context)


def _of_step(errors: Mapping[str, str], step: str) -> dict[str, str]:
    return {name: text for name, text in errors.items() if _step_of(name) == step}


def _step_of(name: str) -> str:
    return STEP_OF.get(name.partition(".")[0], FIRST)


def _first_wrong(form: Form) -> str:
    return min(map(_step_of, form.errors), key=list(STEPS).index)


def _until(form: Form, onward: str | None) -> Form:
    """Return the form with the mistakes of the steps before this one alone, or with all for the check."""
    steps = list(STEPS)
    before = steps if onward is None else steps[: steps.index(onward)]
    return form.refused({name: text for name, text in form.errors.items() if _step_of(name) in before})


async def _check_page(request: Request, office: Office, form: Form, status: int = 200) -> Response:
    hidden = [(name, text) for name, text in form.values.items() if name.partition(".")[0] in STEP_OF]
    is_offered = form.value("kind") == "product" and not _is_protected(office, with_former_choice(form))
    offered = await offered_incidents(request, office, form) if is_offered else ()
    context = {"hidden": hidden, "offered": list(offered)}
    return _page(request, office, "complaint_check.html", form, status, **context)


def _page(request: Request, office: Office, template: str, form: Form, status: int, **more: Any) -> Response:
    context: dict[str, Any] = {
        "form": with_former_choice(form),
        "key": str(key_of(form) or uuid4()),
        "choices": _choices(request, office),
        "switches": labels.SWITCHES,
        "topics": office.lists.appointed_topics,
        "chosen": chosen_topic(office, form),
        "appointed": office.people.appointed_for,
        "emergency": office.lists.emergency,
        "is_urgent": form.value("kind") == "product" and form.value("illness"),
        "onward": f"/complaints/check/{_turn(request) % 999 + 1}",
        "script": script_path,
    }
    answer = with_scripts(request, pages_of(request).render(request, template, status, **context, **more))
    return answer if _is_protected(office, context["form"]) else to_go_back_to(answer)


def _turn(request: Request) -> int:
    return int(request.path_params.get("turn", 0))


def _is_protected(office: Office, form: Form) -> bool:
    """Return whether nothing of it may lie on the disk of a device that others use as well."""
    return chosen_topic(office, form) is not None or is_protected(form)


def _choices(request: Request, office: Office) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """Return what can be chosen, by field: (value, label) or (value, label, hint)."""
    say = partial(pages_of(request).say, request)
    hint = say(labels.APPOINTED_HINT)
    topics = named(request, office.lists.appointed_topics)
    return {
        "kind": [
            *((code, *map(say, texts)) for code, texts in labels.COMPLAINT_KINDS.items()),
            *((OF_A_TOPIC + code, name, hint) for code, name in topics),
        ],
        "district": districts(request, office),
        "product.commodity": [
            *((code, say(name)) for code, name in labels.COMMODITIES.items()),
            (UNKNOWN, say(labels.NOT_KNOWN)),
        ],
    }
