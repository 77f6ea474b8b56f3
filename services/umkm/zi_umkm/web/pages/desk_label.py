"""The page at the desk on which the label of a product is looked at, part by part, and earlier looks are read."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from zi_chassis.domain import ErasedError
from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import Translator, pages_of
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError, file_content
from zi_rules.mentoring.label_check import LabelCheckRules
from zi_rules.mentoring.rule_set import Requirement
from zi_umkm.domain.case.label_checks import newest
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.roles import MENTORING, VERIFYING
from zi_umkm.use_cases.label_checking import JudgedPart
from zi_umkm.use_cases.visiting import NO_FILE
from zi_umkm.web import labels
from zi_umkm.web.bodies import JudgedPartBody
from zi_umkm.web.form_fields import chosen, refused, status_of, text_of, try_command, uuid_of
from zi_umkm.web.label_results import label_results, remark_items
from zi_umkm.web.offers import offered_at_desk
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import ruled, say_of
from zi_umkm.web.pages.business import product_stated
from zi_umkm.web.pages.desk_case import here
from zi_umkm.web.pages.vault_reader import UnreadableNowError, reader_of_official
from zi_umkm.web.rule_names import RuleNames

router = APIRouter(include_in_schema=False)

PAGE = "/umkm/desk/cases/{ticket}/products/{number}/label"
NO_TEXTS: Mapping[UUID, str] = {}


@router.get(PAGE)
async def label_page(official: CurrentOfficial, ticket: str, number: int) -> Response:
    return await _label_page(official, await official.office.access.request(ticket), number, Form())


async def _label_page(
    official: DeskOfficial,
    request: MentoringRequest,
    number: int,
    form: Form,
    status: int = 200,
    texts: Mapping[UUID, str] = NO_TEXTS,
) -> Response:
    office = official.office
    await office.access.refuse_interested(official.person.sub, request)
    state = await office.mentoring.state(request)
    product = product_stated(state, number)
    now = office.clock.now()
    context = ruled(official.request, office, office.rules.of(state, now), state)
    named, say = context["names"], say_of(official.request)
    context |= {
        "ticket": request.ticket,
        "here": f"{here(request.ticket)}/products/{number}/label",
        "back": here(request.ticket),
        "product": named.unnamed(number, product.kind),
        "results": label_results(state, number, office.rules, named, texts),
        "opened": bool(texts),
        "number": number,
        "offered": await offered_at_desk(official, state),
        "parts_of_check": _parts_of_check(state, number, named),
        "form": form,
        "key": str(key_of(form) or uuid4()),
        **_questions(office.rules.labels[0], office.rules.on_label(state, number, now), named, say),
    }
    return pages_of(official.request).render(official.request, "desk_label.html", status, **context)


def _questions(
    label_rules: LabelCheckRules, required: Sequence[Requirement], named: RuleNames, say: Translator
) -> Mapping[str, Any]:
    """Return each part that has to be on the label, with what to look for and the findings to choose from."""
    field_labels = {"file": say(labels.UPLOAD["file"]), "item": say("Which part does it show?")}
    for each in required:
        text = named.text(each.text)
        field_labels |= {f"finding.{each.code}": text, f"remark.{each.code}": text}
    rows = [
        (
            each,
            named.text(each.text),
            _look(label_rules, each.code, named),
            _choices(label_rules, each.code, say),
        )
        for each in required
    ]
    return {"label_rules": label_rules, "required": rows, "field_labels": field_labels}


def _look(rules: LabelCheckRules, code: str, named: RuleNames) -> str:
    item = rules.item(code)
    return "" if item is None else named.text(item.look)


def _choices(rules: LabelCheckRules, code: str, say: Translator) -> list[tuple[str, str]]:
    allowed = [
        each for each in labels.LABEL_FINDINGS if each != "not_applicable" or rules.may_not_apply(code)
    ]
    return [(each, say(labels.LABEL_FINDINGS[each])) for each in allowed]


def _parts_of_check(state: MentoringCase, product: int, named: RuleNames) -> list[tuple[str, str]]:
    check = newest(state.label_checks, product)
    found = () if check is None else check.checked.found
    return [(each.item, named.requirement(each.item)) for each in found]


@router.post(PAGE)
async def check_label(official: CurrentOfficial, ticket: str, number: int) -> Response:
    form = Form.of(await official.request.form())
    request = await official.office.access.request(ticket)
    return await _on_page(official, request, number, form, "check", _check(official, request, number, form))


async def _check(official: DeskOfficial, request: MentoringRequest, number: int, form: Form) -> None:
    office, by = official.office, official.act(*MENTORING)
    state = await office.mentoring.state(request)
    product_stated(state, number)
    judged = {}
    for each in office.rules.on_label(state, number, by.at):
        finding = chosen(form, f"finding.{each.code}", tuple(labels.LABEL_FINDINGS))
        remark = text_of(form, f"remark.{each.code}")
        if finding == "not_applicable" and remark is None:
            raise ChoiceError(FIELDS["missing"], f"remark.{each.code}")
        body = JudgedPartBody.model_validate({"item": each.code, "finding": finding, "remark": remark})
        judged[each.code] = JudgedPart(finding=body.finding, remark=body.remark)
    await office.label_checking.check(request, by, key_of(form), number, judged)


@router.post(f"{PAGE}/photo")
@takes(MULTIPART)
async def add_photo(official: CurrentOfficial, ticket: str, number: int) -> Response:
    data = await official.request.form()
    form, request = Form.of(data), await official.office.access.request(ticket)
    added = _add_photo(official, request, number, form, data)
    return await _on_page(official, request, number, form, "file", added)


async def _add_photo(
    official: DeskOfficial, request: MentoringRequest, number: int, form: Form, data: FormData
) -> None:
    """Upload a photo; refuse it before the upload where it can't be accepted."""
    by, checking, key = official.act(*MENTORING), official.office.label_checking, key_of(form)
    where, content = (number, uuid_of(form, "check"), form.value("item")), await file_content(data, "file")
    await checking.refuse_photo(request, by, *where, NO_FILE)
    uploads = official.office.uploads
    file = await uploads.attach(official.request, request.ticket, by, key or uuid4(), content)
    await checking.add_photo(request, by, key, *where, file)


@router.post(f"{PAGE}/confirm")
async def confirm(official: CurrentOfficial, ticket: str, number: int) -> Response:
    form, request = Form.of(await official.request.form()), await official.office.access.request(ticket)
    check, by = uuid_of(form, "check"), official.act(*VERIFYING)
    confirmed = official.office.label_checking.confirm(request, by, key_of(form), number, check)
    return await _on_page(official, request, number, form, "check", confirmed)


async def _on_page(
    official: DeskOfficial, request: MentoringRequest, number: int, form: Form, field: str, done: Any
) -> Response:
    async def render_again(refused_form: Form, status: int) -> Response:
        return await _label_page(official, request, number, refused_form, status)

    back = f"{here(request.ticket)}/products/{number}/label"
    return await try_command(official.request, form, field, render_again, done, back)


@router.post(f"{PAGE}/open")
async def open_remarks(official: CurrentOfficial, ticket: str, number: int) -> Response:
    """Open the remarks: recorded at the vault first, shown once, as the answer to the form."""
    form, request = Form.of(await official.request.form()), await official.office.access.request(ticket)
    items = remark_items(await official.office.mentoring.state(request), number)
    try:
        opened = await (await reader_of_official(official, request.ticket)).opened((), items)
    except (ErasedError, UnreadableNowError) as error:
        again = refused(official.request, form, error, "open")
        return await _label_page(official, request, number, again, status_of(error))
    return await _label_page(official, request, number, Form(), texts=opened.texts)
