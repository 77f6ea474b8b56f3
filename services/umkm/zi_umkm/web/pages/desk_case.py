"""One case at the desk: what its mentor does, what somebody else verifies, what an evaluator decides; what is opened is recorded first."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.domain import ErasedError
from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_rules.mentoring.rule_set import MentoringRules, Part
from zi_rules.ticket import normalise_ticket
from zi_umkm.domain.business import on_track
from zi_umkm.domain.case.state import CHOSEN_BY_NOBODY, OVER, MentoringCase, MentoringStatus
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.projections import VisitRow
from zi_umkm.roles import ASSIGNING, EVALUATING, MENTORING, VERIFYING
from zi_umkm.use_cases.access import NoSuchMentoringError
from zi_umkm.use_cases.dossier import MentoringDossier, dossier_of
from zi_umkm.use_cases.mentoring import ActionTexts
from zi_umkm.web import labels
from zi_umkm.web.bodies import (
    AgreeBody,
    AssignMentorBody,
    CloseMentoringBody,
    RecordNumberBody,
    ReturnPermitBody,
)
from zi_umkm.web.form_fields import (
    TEXT_LIMIT,
    checked,
    chosen,
    day_of,
    key_of,
    refused,
    status_of,
    text_of,
    try_command,
    uuid_of,
)
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import history_of, pages_of, readable, ruled, say_of, step_in
from zi_umkm.web.pages.assessment import (
    TEXT_LABELS,
    disputes_of,
    fillable,
    heaviest_first,
    papers,
    text_items,
)
from zi_umkm.web.pages.case_owner import listed_product
from zi_umkm.web.pages.papers import (
    goods_of,
    product_of,
    product_stated,
    requirements_of_product,
    with_product,
)
from zi_umkm.web.pages.vault_reader import DESK, Opened, UnreadableNowError, reader_of_official
from zi_umkm.web.rule_names import RuleNames

REASONS: Mapping[str, str] = {
    code: title for code, title in labels.END_REASONS.items() if code not in CHOSEN_BY_NOBODY
}

router = APIRouter(include_in_schema=False)


def here(ticket: str) -> str:
    return f"{DESK}{ticket}"


def ticket_or_nothing(text: str) -> str:
    try:
        return normalise_ticket(text)
    except ValueError:
        return ""


# -- the case


@router.get("/umkm/desk/cases/{ticket}")
async def case_page(official: CurrentOfficial, ticket: str) -> Response:
    return await _case_page(official, await official.office.access.request(ticket), Form())


async def _case_page(
    official: DeskOfficial,
    mentoring_request: MentoringRequest,
    form: Form,
    status: int = 200,
    opened: Opened | None = None,
) -> Response:
    office = official.office
    dossier = await dossier_of(office, mentoring_request)
    state = dossier.state
    if state.business is None:
        raise NoSuchMentoringError
    rules = office.rules.of(state, office.clock.now())
    context = ruled(official.request, office, rules, state)
    named: RuleNames = context["names"]
    say = say_of(official.request)
    context |= {
        "ticket": mentoring_request.ticket,
        "here": here(mentoring_request.ticket),
        "state": state,
        "row": dossier.row,
        "person": official.person,
        "has_nib": state.business.has_nib,
        "step": step_in(state.status, rules),
        "opened": None if opened is None else opened.fields,
        "products": _products(dossier, rules, named, opened),
        "visits": [await _visit(official, mentoring_request, each) for each in dossier.visits],
        "fillable": fillable(state),
        "differences": dossier.differences,
        "findings": heaviest_first(state.findings),
        "papers": papers(dossier),
        "documents": list(dict.fromkeys(each.code for each in dossier.files if each.kind == "document")),
        "texts": {each.item: _texts(dossier, each.item, opened) for each in state.findings},
        "missing": dossier.missing if on_track(state.triaged, "md") else (),
        "may": _may(official, state),
        "reasons": [(code, say(title)) for code, title in REASONS.items()],
        "history": await history_of(official.request, office, dossier.messages, named),
        "form": form if form.errors else _known(state),
        "field_labels": {"mentor": say("Who mentors it?"), "reason": say("Why?")},
        "key": str(key_of(form) or uuid4()),
        "limit": TEXT_LIMIT,
    }
    return pages_of(official.request).render(official.request, "desk_case.html", status, **context)


def _texts(dossier: MentoringDossier, item: str, opened: Opened | None) -> Sequence[tuple[str, str]]:
    """Return the texts about a finding, once they were opened."""
    texts = {} if opened is None else opened.texts
    about = text_items(dossier, item)
    return [(TEXT_LABELS[each.field], texts[each.item]) for each in about if each.item in texts]


def _products(
    dossier: MentoringDossier, rules: MentoringRules, named: RuleNames, opened: Opened | None
) -> Sequence[Mapping[str, Any]]:
    """By what they are; by their names, which are the business's own, once those were opened."""
    business, state = dossier.state.business, dossier.state
    products = []
    for each in business.products if business else ():
        name = None if opened is None else opened.name_of(each)
        context = listed_product(dossier, each, name or named.unnamed(each.number, each.kind))
        parts = requirements_of_product(state, each.number, rules, Part.LABEL)
        found = dossier.readiness.get(each.number)
        wanting = found.missing if found is not None else ()
        products.append(
            {
                **vars(context),
                "label": [
                    (workspace_context.code, named.text(workspace_context.text))
                    for workspace_context in parts
                ],
                "missing": [
                    wanted.code for wanted in wanting if wanted.part in (Part.LABEL, Part.REGISTRATION)
                ],
            }
        )
    return products


def _known(state: MentoringCase) -> Form:
    """Return a form with the label parts that are checked already."""
    return Form(
        {f"label.{product}.{code}": "yes" for product, codes in state.labels.items() for code in codes}
    )


async def _visit(
    official: DeskOfficial, mentoring_request: MentoringRequest, row: VisitRow
) -> Mapping[str, Any]:
    state = await official.office.visiting.state(mentoring_request, row.visit)
    return {**vars(row), "disputes": disputes_of(state)}


def _may(official: DeskOfficial, state: MentoringCase) -> Mapping[str, bool]:
    """Return which forms this official sees; the decider has the last word."""
    sub, is_open = official.person.sub, state.status not in OVER
    mentors = official.has("mentor") and sub in state.mentors
    evaluates = official.has("evaluator") and state.status is MentoringStatus.PERMIT_APPLIED
    return {
        "take": is_open
        and official.has("mentor")
        and state.mentors[-1:] != (sub,)
        and sub not in state.evaluators,
        "assign": is_open and official.has("supervisor"),
        "mentor": is_open and mentors,
        "refer": not state.referred.issuperset(on_track(state.triaged, "pirt")),
        "verify": is_open and official.has(*VERIFYING),
        "permit": evaluates and sub not in state.mentors,
        "mentors_decide_not": evaluates and sub in state.mentors,
        "graduate": mentors and state.status is MentoringStatus.NUMBER_OBTAINED,
    }


@router.post("/umkm/desk/cases/{ticket}/open")
async def open_business(official: CurrentOfficial, ticket: str) -> Response:
    """Recorded at the vault before anything is disclosed; shown once, as the answer to the form."""
    form = Form.of(await official.request.form())
    mentoring_request = await official.office.access.request(ticket)
    try:
        opened = await _opened(official, mentoring_request)
    except (ErasedError, UnreadableNowError) as error:
        return await _case_page(
            official, mentoring_request, refused(official.request, form, error, "open"), status_of(error)
        )
    return await _case_page(official, mentoring_request, Form(), opened=opened)


async def _opened(official: DeskOfficial, mentoring_request: MentoringRequest) -> Opened:
    dossier, fields = await dossier_of(official.office, mentoring_request), tuple(labels.PERSONAL)
    business = dossier.state.business
    names = [item for each in (business.products if business else ()) for item in each.items]
    texts = [item for each in dossier.state.findings for item in text_items(dossier, each.item)]
    opened = await (await reader_of_official(official, mentoring_request.ticket)).opened(
        fields, [*names, *texts]
    )
    fields_by_name = {each: opened.fields[each] for each in fields if each in opened.fields}
    return replace(
        opened,
        fields={
            name: readable(name, text, say_of(official.request)) for name, text in fields_by_name.items()
        },
    )


# -- its products, as their mentor states them for the business


@router.get("/umkm/desk/cases/{ticket}/products/new")
async def new_product(official: CurrentOfficial, ticket: str) -> Response:
    return await _product_form(official, ticket, None, Form())


@router.get("/umkm/desk/cases/{ticket}/products/{number}/change")
async def change_product(official: CurrentOfficial, ticket: str, number: int) -> Response:
    state = await official.office.mentoring.state(await official.office.access.request(ticket))
    product = product_stated(state, number)
    traits = {f"traits.{each}": "yes" for each in product.traits}
    return await _product_form(official, ticket, number, Form({"kind": product.kind, **traits}))


async def _product_form(
    official: DeskOfficial, ticket: str, number: int | None, form: Form, status: int = 200
) -> Response:
    mentoring_request = await official.office.access.request(ticket)
    state = await official.office.mentoring.state(mentoring_request)
    if number is not None:
        product_stated(state, number)
    rules = official.office.rules.in_force(official.office.clock.now())
    context = ruled(official.request, official.office, rules)
    context |= {
        "ticket": mentoring_request.ticket,
        "here": here(mentoring_request.ticket),
        "for_desk": True,
        "number": number,
        **goods_of(rules, context["names"]),
        "form": form,
        "field_labels": {},
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(official.request).render(official.request, "product_change.html", status, **context)


@router.post("/umkm/desk/cases/{ticket}/products/new")
async def add_product(official: CurrentOfficial, ticket: str) -> Response:
    return await _save_product(official, ticket, None)


@router.post("/umkm/desk/cases/{ticket}/products/{number}/change")
async def save_product(official: CurrentOfficial, ticket: str, number: int) -> Response:
    return await _save_product(official, ticket, number)


async def _save_product(official: DeskOfficial, ticket: str, number: int | None) -> Response:
    form = Form.of(await official.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _product_form(official, ticket, number, refused, status)

    done = _state_product(official, ticket, number, form)
    return await try_command(
        official.request, form, "name", render_again, done, here(ticket_or_nothing(ticket))
    )


async def _state_product(official: DeskOfficial, ticket: str, number: int | None, form: Form) -> None:
    by, mentoring_request = official.act(*MENTORING), await official.office.access.request(ticket)
    state = await official.office.mentoring.state(mentoring_request)
    stated = product_of(form, number, official.office.rules.in_force(by.at))
    await official.office.mentoring.restate(
        mentoring_request, by, key_of(form), with_product(state, mentoring_request.district, number, stated)
    )


@router.post("/umkm/desk/cases/{ticket}/products/{number}/remove")
async def remove_product(official: CurrentOfficial, ticket: str, number: int) -> Response:
    form = Form.of(await official.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _product_form(official, ticket, number, refused, status)

    done = _remove_product(official, ticket, number, form)
    return await try_command(
        official.request, form, "name", render_again, done, here(ticket_or_nothing(ticket))
    )


async def _remove_product(official: DeskOfficial, ticket: str, number: int, form: Form) -> None:
    by, mentoring_request = official.act(*MENTORING), await official.office.access.request(ticket)
    state = await official.office.mentoring.state(mentoring_request)
    changed = with_product(state, mentoring_request.district, number, None)
    await official.office.mentoring.restate(mentoring_request, by, key_of(form), changed)


# -- what is done


Done = Callable[[DeskOfficial, MentoringRequest, Form], Awaitable[object]]


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
    await official.office.mentoring.refer(
        mentoring_request, official.act(*MENTORING), key_of(form), text_of(form, "note")
    )


async def _return(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.return_(mentoring_request, official.act(*MENTORING), key_of(form))


async def _check_label(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    product = _product(form)
    parts = frozenset(checked(form, f"label.{product}"))
    await official.office.mentoring.check_label(
        mentoring_request, official.act(*MENTORING), key_of(form), product, parts
    )


async def _agree(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    item, by = form.value("item"), official.act(*MENTORING)
    fields = {name: text_of(form, f"{name}.{item}") for name in ("cause", "correction", "plan")}
    body = AgreeBody.model_validate({"item": item, "due": day_of(form, f"due.{item}"), **fields})
    texts = ActionTexts(**fields)
    await official.office.mentoring.agree(mentoring_request, by, key_of(form), body.item, body.due, texts)


async def _verify(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.verify(
        mentoring_request, official.act(*VERIFYING), key_of(form), form.value("item")
    )


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
    product = _product(form)
    fields = without_empty(product=product, number=form.value(f"number.{product}").strip())
    body = RecordNumberBody.model_validate(fields)
    by = official.act(*MENTORING)
    await official.office.mentoring.record_number(mentoring_request, by, key_of(form), product, body.number)


async def _return_registration(
    official: DeskOfficial, mentoring_request: MentoringRequest, form: Form
) -> None:
    by = official.act(*MENTORING)
    await official.office.mentoring.return_registration(mentoring_request, by, key_of(form), _product(form))


async def _issue_permit(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.issue_permit(mentoring_request, official.act(*EVALUATING), key_of(form))


async def _return_permit(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    body = ReturnPermitBody.model_validate(without_empty(note=text_of(form, "permit")))
    await official.office.mentoring.return_permit(
        mentoring_request, official.act(*EVALUATING), key_of(form), body.note
    )


async def _graduate(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.graduate(mentoring_request, official.act(*MENTORING), key_of(form))


async def _resume(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    await official.office.mentoring.resume(mentoring_request, official.act(*MENTORING), key_of(form))


async def _close(official: DeskOfficial, mentoring_request: MentoringRequest, form: Form) -> None:
    body = CloseMentoringBody.model_validate({"reason": chosen(form, "reason", tuple(REASONS))})
    await official.office.mentoring.close(
        mentoring_request, official.act(*MENTORING), key_of(form), body.reason
    )


# For each command the field at which a refusal is shown, with the form's own item or product at the end, and what is done.
COMMANDS: Mapping[str, tuple[str, Done]] = {
    "take": ("command", _take),
    "assign": ("mentor", _assign),
    "triage": ("command", _triage),
    "refer": ("note", _refer),
    "return": ("command", _return),
    "check-label": ("label.{product}", _check_label),
    "agree": ("due.{item}", _agree),
    "verify": ("reopen.{item}", _verify),
    "reopen": ("reopen.{item}", _reopen),
    "settle": ("command", _settle),
    "finish": ("command", _finish),
    "send-registration": ("send.{product}", _send_registration),
    "record-number": ("number.{product}", _record_number),
    "return-registration": ("send.{product}", _return_registration),
    "issue-permit": ("permit", _issue_permit),
    "return-permit": ("permit", _return_permit),
    "graduate": ("command", _graduate),
    "resume": ("command", _resume),
    "close": ("reason", _close),
}


@router.post("/umkm/desk/cases/{ticket}/{command}")
async def act(official: CurrentOfficial, ticket: str, command: str) -> Response:
    form = Form.of(await official.request.form())
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])
    mentoring_request = await official.office.access.request(ticket)
    place, done = COMMANDS[command]
    field = place.format(item=form.value("item"), product=form.value("product"))

    async def render_again(refused: Form, status: int) -> Response:
        return await _case_page(official, mentoring_request, refused, status)

    shown_at = {"note": field, "number": field, "due": field, "item": field}
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
