"""The pages for officers: the list without personal data, one case with what can be done now, and the recorded opening."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from zi_chassis.domain import DomainError, WrongRoleError
from zi_chassis.identity import APPLICANT, Staff, staff
from zi_chassis.vault import OpenedItem
from zi_chassis.vault_requests import TooManyOpeningsError
from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, NotFoundError, field_errors
from zi_contracts.intake import ErasureReason
from zi_intake import labels
from zi_intake.api import Officer, TheOffice, say_of
from zi_intake.bodies import (
    TEXT_LIMIT,
    AskErasureBody,
    AssignBody,
    OpenBody,
    Purpose,
    RefuseErasureBody,
    WordsBody,
)
from zi_intake.case.decide import may_be_erased
from zi_intake.case.messages import AnswerableFiled
from zi_intake.case.refusals import CaseError
from zi_intake.case.state import Case, Status, kind_of
from zi_intake.handling import Done
from zi_intake.office import Office
from zi_intake.other_desk import CERTIFICATES, MENTORING, STAFF, other_desk
from zi_intake.pages import districts, key_of, pages_of
from zi_intake.projections import Filter

ENDED = ("closed", "withdrawn")
ERASURES: tuple[ErasureReason, ...] = get_args(ErasureReason)
PDF = "application/pdf"

router = APIRouter(include_in_schema=False)


@router.get("/desk")
async def desk() -> Response:
    return RedirectResponse("/desk/", 308)


# Where else people work, by their roles: whoever signs in without a page in mind comes here first.
PLACES: Mapping[str, tuple[str, ...]] = {
    "/certificates/desk/": CERTIFICATES.officials,
    "/umkm/desk/": MENTORING.officials,
    "/certificates/": (APPLICANT,),
    "/umkm/": (APPLICANT,),
    "/audit/": ("auditor",),
}
ROLES = (*STAFF, *(role for roles in PLACES.values() for role in roles))


@router.get("/desk/")
async def case_list(
    request: Request,
    office: TheOffice,
    person: Annotated[Staff, Depends(staff(*ROLES))],
    wanted: Annotated[Filter, Query()],
) -> Response:
    places = [place for place, roles in PLACES.items() if not person.roles.isdisjoint(roles)]
    if person.roles.isdisjoint(STAFF):
        return _elsewhere(request, places)
    shown = {
        "places": places,
        "cases": await office.listed(wanted),
        "wanted": wanted,
        "form": Form(
            {"show": wanted.show, "officer": wanted.officer or "", "district": wanted.district or ""}
        ),
        "now": office.clock.now(),
        "person": person,
        "labels": labels,
        "districts": districts(request, office),
    }
    return pages_of(request).render(request, "desk.html", 200, **shown)


def _elsewhere(request: Request, places: Sequence[str]) -> Response:
    """Whoever works in one place goes there, everybody else chooses."""
    if len(places) == 1:
        return RedirectResponse(places[0], 303)
    return pages_of(request).render(request, "places.html", 200, places=places, labels=labels)


@router.get("/desk/cases/{ticket}")
async def case_page(request: Request, office: TheOffice, person: Officer, ticket: str) -> Response:
    return await _case_page(request, office, person, ticket, Form())


@router.post("/desk/cases/{ticket}/open")
async def open_personal_data(request: Request, office: TheOffice, person: Officer, ticket: str) -> Response:
    """Shown once, as the answer to the form; looking again within the hour is counted."""
    form = Form.of(await request.form())
    try:
        purpose = OpenBody.model_validate(form.nested("purpose")).purpose
        own = (await office.access.known(ticket))[0]
        opened = await office.openings.open_case(own, office.act(person), purpose.value)
    except TooManyOpeningsError:
        raise
    except (ValidationError, DomainError) as error:
        return await _case_page(
            request, office, person, ticket, _refused(request, form, error, "purpose"), 422
        )
    return await _case_page(request, office, person, ticket, Form(), opened=opened)


@router.post("/desk/cases/{ticket}/{command}")
async def act(request: Request, office: TheOffice, person: Officer, ticket: str, command: str) -> Response:
    form = Form.of(await request.form())
    own = (await office.access.known(ticket))[0]
    try:
        await _act(office, person, own, command, form)
    except (ValidationError, CaseError, WrongRoleError) as error:
        field = FIELD_OF.get(command, "command")
        return await _case_page(request, office, person, own, _refused(request, form, error, field), 422)
    return RedirectResponse(f"/desk/cases/{own}", 303)


FIELD_OF: Mapping[str, str] = {
    "ask": "question",
    "answer": "answer",
    "assign": "officer",
    "ask-erasure": "erasure",
    "refuse-erasure": "refusal",
}


async def _act(office: Office, person: Staff, ticket: str, command: str, form: Form) -> Done:
    by, request, handling = office.act(person), key_of(form), office.handling
    match command:
        case "acknowledge":
            return await handling.acknowledge(ticket, by, request)
        case "assign":
            officer = AssignBody(officer=form.value("officer")).officer
            return await handling.assign(ticket, by, request, officer)
        case "ask":
            return await handling.ask(ticket, by, request, WordsBody(text=form.value("question")).text)
        case "answer":
            return await handling.answer(ticket, by, request, WordsBody(text=form.value("answer")).text)
        case "close":
            return await handling.close(ticket, by, request)
        case "ask-erasure":
            asked = AskErasureBody.model_validate({"reason": form.value("erasure")})
            return await handling.ask_erasure(ticket, by, request, asked.reason)
        case "approve-erasure":
            return await office.approve_erasure(ticket, by, request)
        case "refuse-erasure":
            refused = RefuseErasureBody.model_validate({"reason": form.value("refusal")})
            return await handling.refuse_erasure(ticket, by, request, refused.reason)
        case _:
            raise NotFoundError(DETAILS[404])


async def _case_page(
    request: Request,
    office: Office,
    person: Staff,
    ticket: str,
    form: Form,
    status: int = 200,
    opened: Mapping[UUID, OpenedItem] | None = None,
) -> Response:
    own, _, _, state = await office.access.known(ticket)
    told = await office.told(own, {})
    answerable = state.filing if isinstance(state.filing, AnswerableFiled) else None
    desk = other_desk(state.filing)
    shown = {
        "ticket": own,
        "state": state,
        "filing": state.filing,
        "answerable": answerable,
        "elsewhere": None if desk is None else f"{desk.desk_pages}{own}",
        "desk": None if desk is None else labels.DESKS[desk.service],
        "tier": answerable and office.terms.tier(answerable.standard),
        "kind": labels.KINDS[kind_of(state)],
        "category": labels.CATEGORIES.get(_category(state), ""),
        "district": dict(districts(request, office)).get(getattr(state.filing, "district", ""), ""),
        "state_name": labels.STATES_FOR_OFFICERS[state.status.value],
        "timeline": told.timeline(say_of(request)),
        "mails": told.mails(),
        "may": _may(state, person),
        "erasures": _erasures(state),
        "purposes": _purposes(state),
        "overdue": _is_overdue(state, office),
        "opened": None if opened is None else [shown for each in opened.values() for shown in _shown(each)],
        "person": person,
        "labels": labels,
        "form": form,
        "key": str(uuid4()),
        "limit": TEXT_LIMIT,
    }
    return pages_of(request).render(request, "desk_case.html", status, **shown)


def _category(state: Case) -> str:
    return str(getattr(state.filing, "commodity", None) or getattr(state.filing, "topic", None) or "")


def _is_overdue(state: Case, office: Office) -> bool:
    waiting = state.status.value not in ENDED and state.holder == "office"
    return waiting and state.due is not None and state.due < office.clock.now()


def _may(state: Case, person: Staff) -> dict[str, bool]:
    """Which forms the case has for this officer now."""
    status, supervisor = state.status.value, "supervisor" in person.roles
    mine = supervisor or state.officer == person.sub
    assignable = status not in (*ENDED, Status.FILED, Status.PASSED_ON)
    return {
        "acknowledge": status == "filed",
        "take": assignable and state.officer is None,
        "assign": assignable and supervisor,
        "ask": status == "assigned" and mine,
        "answer": status == "assigned" and mine,
        "close": status == "answered" and mine,
        "open": state.erased is None,
        "ask_erasure": state.erased is None and state.erasure is None,
        "decide_erasure": state.erasure is not None and supervisor and state.erasure.by.actor != person.sub,
    }


def _erasures(state: Case) -> dict[str, str]:
    """The reasons that can be given now, in words."""
    return {reason: labels.ERASURES[reason] for reason in ERASURES if may_be_erased(reason, state)}


def _purposes(state: Case) -> dict[str, str]:
    """What the personal data of the case can be opened for, in words."""
    desk = other_desk(state.filing)
    elsewhere = {Purpose.EVALUATION: desk is not None, Purpose.MENTORING: desk is MENTORING}
    return {name: words for name, words in labels.PURPOSES.items() if elsewhere.get(Purpose(name), True)}


def _shown(opened: OpenedItem) -> list[tuple[str, str, str]]:
    """(field, text or data address, media type)."""
    if opened.media_type:
        address = f"data:{opened.media_type};base64,{b64encode(opened.plaintext).decode()}"
        return [(opened.field, address, opened.media_type)]
    if opened.field == "letter.file":
        return [(opened.field, f"data:{PDF};base64,{opened.text}", PDF)]
    if opened.field == "products":
        return [("products", "\n".join(map(_made, json.loads(opened.text))), "")]
    if opened.field in ("product", "place"):
        return [(f"{opened.field}.{name}", str(said), "") for name, said in json.loads(opened.text).items()]
    return [(opened.field, opened.text, "")]


def _made(product: Mapping[str, str]) -> str:
    return ": ".join(product[part] for part in ("name", "description") if part in product)


def _refused(request: Request, form: Form, error: ValidationError | DomainError, field: str) -> Form:
    if isinstance(error, DomainError):
        return form.refused({field: pages_of(request).say(request, error.msgid, **error.values)})
    return form.refused({field: next(iter(field_errors(request, error).values()))})
