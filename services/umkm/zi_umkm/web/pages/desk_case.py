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
from zi_umkm.messaging.upstream import MentoringRequest as Asked
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
    tried,
    uuid_of,
)
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import history_of, pages_of, readable, ruled, say_of, step_in
from zi_umkm.web.pages.assessment import WORDS, disputes_of, fillable, heaviest_first, papers, words_about
from zi_umkm.web.pages.case_owner import shown_product
from zi_umkm.web.pages.papers import asked_for, goods_of, product_of, product_stated, with_product
from zi_umkm.web.pages.vault_reader import DESK, Opened, UnreadableNowError, at_the_desk
from zi_umkm.web.rule_names import RuleNames

REASONS: Mapping[str, str] = {
    code: words for code, words in labels.END_REASONS.items() if code not in CHOSEN_BY_NOBODY
}

router = APIRouter(include_in_schema=False)


def here(ticket: str) -> str:
    return f"{DESK}{ticket}"


def ticket_or_nothing(said: str) -> str:
    try:
        return normalise_ticket(said)
    except ValueError:
        return ""


# -- the case


@router.get("/umkm/desk/cases/{ticket}")
async def case_page(one: CurrentOfficial, ticket: str) -> Response:
    return await _case_page(one, await one.office.access.request(ticket), Form())


async def _case_page(
    one: DeskOfficial,
    asked: Asked,
    form: Form,
    status: int = 200,
    opened: Opened | None = None,
) -> Response:
    office = one.office
    dossier = await dossier_of(office, asked)
    state = dossier.state
    if state.business is None:
        raise NoSuchMentoringError
    rules = office.rules.of(state, office.clock.now())
    shown = ruled(one.web, office, rules, state)
    named: RuleNames = shown["names"]
    say = say_of(one.web)
    shown |= {
        "ticket": asked.ticket,
        "here": here(asked.ticket),
        "state": state,
        "row": dossier.row,
        "person": one.person,
        "has_nib": state.business.has_nib,
        "step": step_in(state.status, rules),
        "opened": None if opened is None else opened.fields,
        "products": _products(dossier, rules, named, opened),
        "visits": [await _visit(one, asked, each) for each in dossier.visits],
        "fillable": fillable(state),
        "differences": dossier.differences,
        "findings": heaviest_first(state.findings),
        "papers": papers(dossier),
        "documents": list(dict.fromkeys(each.code for each in dossier.files if each.kind == "document")),
        "words": {each.item: _words(dossier, each.item, opened) for each in state.findings},
        "missing": dossier.missing if on_track(state.triaged, "md") else (),
        "may": _may(one, state),
        "reasons": [(code, say(words)) for code, words in REASONS.items()],
        "history": await history_of(one.web, office, dossier.messages, named),
        "form": form if form.errors else _known(state),
        "field_labels": {"mentor": say("Who mentors it?"), "reason": say("Why?")},
        "key": str(key_of(form) or uuid4()),
        "limit": TEXT_LIMIT,
    }
    return pages_of(one.web).render(one.web, "desk_case.html", status, **shown)


def _words(dossier: MentoringDossier, item: str, opened: Opened | None) -> Sequence[tuple[str, str]]:
    """What was written about a finding, once it was opened."""
    texts = {} if opened is None else opened.texts
    about = words_about(dossier, item)
    return [(WORDS[each.field], texts[each.item]) for each in about if each.item in texts]


def _products(
    dossier: MentoringDossier, rules: MentoringRules, named: RuleNames, opened: Opened | None
) -> Sequence[Mapping[str, Any]]:
    """By what they are; by their names, which are the business's own, once those were opened."""
    business, state = dossier.state.business, dossier.state
    told = []
    for each in business.products if business else ():
        name = None if opened is None else opened.name_of(each)
        shown = shown_product(dossier, each, name or named.unnamed(each.number, each.kind))
        parts = asked_for(state, each.number, rules, Part.LABEL)
        found = dossier.readiness.get(each.number)
        wanting = found.missing if found is not None else ()
        told.append(
            {
                **vars(shown),
                "label": [(part.code, named.text(part.text)) for part in parts],
                "missing": [
                    wanted.code for wanted in wanting if wanted.part in (Part.LABEL, Part.REGISTRATION)
                ],
            }
        )
    return told


def _known(state: MentoringCase) -> Form:
    """What of the labels is ticked already."""
    return Form(
        {f"label.{product}.{code}": "yes" for product, codes in state.labels.items() for code in codes}
    )


async def _visit(one: DeskOfficial, asked: Asked, row: VisitRow) -> Mapping[str, Any]:
    state = await one.office.visiting.state(asked, row.visit)
    return {**vars(row), "disputes": disputes_of(state)}


def _may(one: DeskOfficial, state: MentoringCase) -> Mapping[str, bool]:
    """Which forms this official has here now; the decider has the last word."""
    sub, is_open = one.person.sub, state.status not in OVER
    mentors = one.has("mentor") and sub in state.mentors
    evaluates = one.has("evaluator") and state.status is MentoringStatus.PERMIT_APPLIED
    return {
        "take": is_open
        and one.has("mentor")
        and state.mentors[-1:] != (sub,)
        and sub not in state.evaluators,
        "assign": is_open and one.has("supervisor"),
        "mentor": is_open and mentors,
        "refer": not state.referred.issuperset(on_track(state.triaged, "pirt")),
        "verify": is_open and one.has(*VERIFYING),
        "permit": evaluates and sub not in state.mentors,
        "mentors_decide_not": evaluates and sub in state.mentors,
        "graduate": mentors and state.status is MentoringStatus.NUMBER_OBTAINED,
    }


@router.post("/umkm/desk/cases/{ticket}/open")
async def open_business(one: CurrentOfficial, ticket: str) -> Response:
    """Recorded at the vault before anything is disclosed; shown once, as the answer to the form."""
    form = Form.of(await one.web.form())
    asked = await one.office.access.request(ticket)
    try:
        opened = await _opened(one, asked)
    except (ErasedError, UnreadableNowError) as error:
        return await _case_page(one, asked, refused(one.web, form, error, "open"), status_of(error))
    return await _case_page(one, asked, Form(), opened=opened)


async def _opened(one: DeskOfficial, asked: Asked) -> Opened:
    dossier, fields = await dossier_of(one.office, asked), tuple(labels.PERSONAL)
    business = dossier.state.business
    names = [item for each in (business.products if business else ()) for item in each.items]
    words = [item for each in dossier.state.findings for item in words_about(dossier, each.item)]
    opened = await (await at_the_desk(one, asked.ticket)).opened(fields, [*names, *words])
    told = {each: opened.fields[each] for each in fields if each in opened.fields}
    return replace(
        opened, fields={name: readable(name, text, say_of(one.web)) for name, text in told.items()}
    )


# -- its products, as their mentor states them for the business


@router.get("/umkm/desk/cases/{ticket}/products/new")
async def new_product(one: CurrentOfficial, ticket: str) -> Response:
    return await _product_form(one, ticket, None, Form())


@router.get("/umkm/desk/cases/{ticket}/products/{number}/change")
async def change_product(one: CurrentOfficial, ticket: str, number: int) -> Response:
    state = await one.office.mentoring.state(await one.office.access.request(ticket))
    product = product_stated(state, number)
    traits = {f"traits.{each}": "yes" for each in product.traits}
    return await _product_form(one, ticket, number, Form({"kind": product.kind, **traits}))


async def _product_form(
    one: DeskOfficial, ticket: str, number: int | None, form: Form, status: int = 200
) -> Response:
    asked = await one.office.access.request(ticket)
    state = await one.office.mentoring.state(asked)
    if number is not None:
        product_stated(state, number)
    rules = one.office.rules.in_force(one.office.clock.now())
    shown = ruled(one.web, one.office, rules)
    shown |= {
        "ticket": asked.ticket,
        "here": here(asked.ticket),
        "for_desk": True,
        "number": number,
        **goods_of(rules, shown["names"]),
        "form": form,
        "field_labels": {},
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(one.web).render(one.web, "product_change.html", status, **shown)


@router.post("/umkm/desk/cases/{ticket}/products/new")
async def add_product(one: CurrentOfficial, ticket: str) -> Response:
    return await _save_product(one, ticket, None)


@router.post("/umkm/desk/cases/{ticket}/products/{number}/change")
async def save_product(one: CurrentOfficial, ticket: str, number: int) -> Response:
    return await _save_product(one, ticket, number)


async def _save_product(one: DeskOfficial, ticket: str, number: int | None) -> Response:
    form = Form.of(await one.web.form())

    async def again(refused: Form, status: int) -> Response:
        return await _product_form(one, ticket, number, refused, status)

    done = _state_product(one, ticket, number, form)
    return await tried(one.web, form, "name", again, done, here(ticket_or_nothing(ticket)))


async def _state_product(one: DeskOfficial, ticket: str, number: int | None, form: Form) -> None:
    by, asked = one.act(*MENTORING), await one.office.access.request(ticket)
    state = await one.office.mentoring.state(asked)
    stated = product_of(form, number, one.office.rules.in_force(by.at))
    await one.office.mentoring.restate(
        asked, by, key_of(form), with_product(state, asked.district, number, stated)
    )


@router.post("/umkm/desk/cases/{ticket}/products/{number}/remove")
async def remove_product(one: CurrentOfficial, ticket: str, number: int) -> Response:
    form = Form.of(await one.web.form())

    async def again(refused: Form, status: int) -> Response:
        return await _product_form(one, ticket, number, refused, status)

    done = _remove_product(one, ticket, number, form)
    return await tried(one.web, form, "name", again, done, here(ticket_or_nothing(ticket)))


async def _remove_product(one: DeskOfficial, ticket: str, number: int, form: Form) -> None:
    by, asked = one.act(*MENTORING), await one.office.access.request(ticket)
    state = await one.office.mentoring.state(asked)
    changed = with_product(state, asked.district, number, None)
    await one.office.mentoring.restate(asked, by, key_of(form), changed)


# -- what is done


Done = Callable[[DeskOfficial, Asked, Form], Awaitable[object]]


async def _take(one: DeskOfficial, asked: Asked, form: Form) -> None:
    by = one.act(*MENTORING)
    await one.office.mentoring.assign(asked, by, key_of(form), by.actor)


async def _assign(one: DeskOfficial, asked: Asked, form: Form) -> None:
    body = AssignMentorBody.model_validate(given(mentor=form.value("mentor").strip()))
    await one.office.mentoring.assign(asked, one.act(*ASSIGNING), key_of(form), body.mentor)


async def _triage(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.mentoring.triage(asked, one.act(*MENTORING), key_of(form))


async def _refer(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.mentoring.refer(asked, one.act(*MENTORING), key_of(form), text_of(form, "note"))


async def _return(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.mentoring.return_(asked, one.act(*MENTORING), key_of(form))


async def _check_label(one: DeskOfficial, asked: Asked, form: Form) -> None:
    product = _product(form)
    parts = frozenset(checked(form, f"label.{product}"))
    await one.office.mentoring.check_label(asked, one.act(*MENTORING), key_of(form), product, parts)


async def _agree(one: DeskOfficial, asked: Asked, form: Form) -> None:
    item, by = form.value("item"), one.act(*MENTORING)
    words = {name: text_of(form, f"{name}.{item}") for name in ("cause", "correction", "plan")}
    body = AgreeBody.model_validate({"item": item, "due": day_of(form, f"due.{item}"), **words})
    said = ActionTexts(**words)
    await one.office.mentoring.agree(asked, by, key_of(form), body.item, body.due, said)


async def _verify(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.mentoring.verify(asked, one.act(*VERIFYING), key_of(form), form.value("item"))


async def _reopen(one: DeskOfficial, asked: Asked, form: Form) -> None:
    item = form.value("item")
    note = text_of(form, f"reopen.{item}")
    await one.office.mentoring.reopen(asked, one.act(*VERIFYING), key_of(form), item, note)


async def _settle(one: DeskOfficial, asked: Asked, form: Form) -> None:
    by, visit = one.act(*MENTORING), uuid_of(form, "visit")
    await one.office.visiting.settle(asked, by, visit, form.value("item"), uuid_of(form, "answer"))


async def _finish(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.visiting.finish(asked, one.act(*MENTORING), uuid_of(form, "visit"))


async def _send_registration(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.mentoring.send_registration(asked, one.act(*MENTORING), key_of(form), _product(form))


async def _record_number(one: DeskOfficial, asked: Asked, form: Form) -> None:
    product = _product(form)
    said = given(product=product, number=form.value(f"number.{product}").strip())
    body = RecordNumberBody.model_validate(said)
    by = one.act(*MENTORING)
    await one.office.mentoring.record_number(asked, by, key_of(form), product, body.number)


async def _return_registration(one: DeskOfficial, asked: Asked, form: Form) -> None:
    by = one.act(*MENTORING)
    await one.office.mentoring.return_registration(asked, by, key_of(form), _product(form))


async def _issue_permit(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.mentoring.issue_permit(asked, one.act(*EVALUATING), key_of(form))


async def _return_permit(one: DeskOfficial, asked: Asked, form: Form) -> None:
    body = ReturnPermitBody.model_validate(given(note=text_of(form, "permit")))
    await one.office.mentoring.return_permit(asked, one.act(*EVALUATING), key_of(form), body.note)


async def _graduate(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.mentoring.graduate(asked, one.act(*MENTORING), key_of(form))


async def _resume(one: DeskOfficial, asked: Asked, form: Form) -> None:
    await one.office.mentoring.resume(asked, one.act(*MENTORING), key_of(form))


async def _close(one: DeskOfficial, asked: Asked, form: Form) -> None:
    body = CloseMentoringBody.model_validate({"reason": chosen(form, "reason", tuple(REASONS))})
    await one.office.mentoring.close(asked, one.act(*MENTORING), key_of(form), body.reason)


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
async def act(one: CurrentOfficial, ticket: str, command: str) -> Response:
    form = Form.of(await one.web.form())
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])
    asked = await one.office.access.request(ticket)
    place, done = COMMANDS[command]
    field = place.format(item=form.value("item"), product=form.value("product"))

    async def again(refused: Form, status: int) -> Response:
        return await _case_page(one, asked, refused, status)

    shown_at = {"note": field, "number": field, "due": field, "item": field}
    return await tried(one.web, form, field, again, done(one, asked, form), here(asked.ticket), shown_at)


def _product(form: Form) -> int:
    said = form.value("product")
    if not said.isdecimal() or len(said) > 6:
        raise NotFoundError(DETAILS[404])
    return int(said)


def given(**said: object) -> dict[str, object]:
    """What was left blank is missed at its field, and not taken for a wrong value."""
    return {name: value for name, value in said.items() if value not in ("", None)}
