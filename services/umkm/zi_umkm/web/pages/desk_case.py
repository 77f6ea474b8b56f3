"""The page of a case at the desk. Opening personal data is recorded first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.domain import ErasedError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import Translator, pages_of
from zi_rules.mentoring.rule_set import MentoringRules
from zi_rules.ticket import normalise_ticket
from zi_umkm.domain.business import on_track
from zi_umkm.domain.case.state import OVER, MentoringCase
from zi_umkm.domain.case.status import CHOSEN_BY_NOBODY
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.visits import VisitRow
from zi_umkm.roles import MENTORING, VERIFYING
from zi_umkm.use_cases.access import NoSuchMentoringError
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web import labels
from zi_umkm.web.form_fields import refused, status_of
from zi_umkm.web.letter_answers import answer_items, letters_of
from zi_umkm.web.next_steps import described_step
from zi_umkm.web.offers import offered_at_desk
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import history_of, readable, ruled, say_of
from zi_umkm.web.pages.assessment import (
    TEXT_LABELS,
    disputes_of,
    heaviest_first,
    papers,
    text_items,
)
from zi_umkm.web.pages.case_owner import listed_product
from zi_umkm.web.pages.vault_reader import DESK, Opened, UnreadableNowError, reader_of_official
from zi_umkm.web.permit_context import permit_of_desk
from zi_umkm.web.permit_texts import PermitWords, permit_items, permit_texts, words_for_official
from zi_umkm.web.product_questions import day_reasons, question_items, questions_of
from zi_umkm.web.rule_names import RuleNames

REASONS: Mapping[str, str] = {
    code: title for code, title in labels.END_REASONS.items() if code not in CHOSEN_BY_NOBODY
}

UNFIT_NAMES: Mapping[str, str] = {
    "names_a_person": msgid("It names a person"),
    "insult": msgid("It insults somebody"),
    "other": msgid("Another reason"),
}

router = APIRouter(include_in_schema=False)


def here(ticket: str) -> str:
    return f"{DESK}{ticket}"


def ticket_or_nothing(text: str) -> str:
    try:
        return normalise_ticket(text)
    except ValueError:
        return ""


@router.get("/umkm/desk/cases/{ticket}")
async def case_page(official: CurrentOfficial, ticket: str) -> Response:
    return await render_case_page(official, await official.office.access.request(ticket), Form())


async def render_case_page(
    official: DeskOfficial,
    mentoring_request: MentoringRequest,
    form: Form,
    status: int = 200,
    opened: Opened | None = None,
) -> Response:
    office = official.office
    await office.access.refuse_interested(official.person.sub, mentoring_request)
    dossier = await office.dossiers.of(mentoring_request)
    state, say = dossier.state, say_of(official.request)
    if state.business is None:
        raise NoSuchMentoringError
    rules = office.rules.of(state, office.clock.now())
    context = ruled(official.request, office, rules, state)
    named: RuleNames = context["names"]
    mentors = state.status not in OVER and official.has(*MENTORING) and official.person.sub in state.mentors
    context |= {
        "ticket": mentoring_request.ticket,
        "here": here(mentoring_request.ticket),
        **dossier_part(dossier),
        "person": official.person,
        "has_nib": state.business.has_nib,
        "step": described_step(dossier, rules, named, say),
        **_opened_context(official, dossier, opened),
        "products": _products(dossier, rules, named, opened),
        "visits": [await _visit(official, mentoring_request, each, mentors) for each in dossier.visits],
        "findings": heaviest_first(state.findings),
        "papers": papers(dossier),
        "documents": list(dict.fromkeys(each.code for each in dossier.files if each.kind == "document")),
        "missing": dossier.missing if on_track(state.triaged, "md") else (),
        "offered": await offered_at_desk(official, state, dossier.missing),
        "mentors": mentors,
        "verifies": state.status not in OVER and official.has(*VERIFYING),
        "outcomes": labels.NUMBER_OUTCOMES,
        "history": await history_of(official.request, office, dossier.messages, named),
        **permit_of_desk(official, dossier),
        **_form_context(form, state, say, rules),
    }
    return pages_of(official.request).render(official.request, "desk_case.html", status, **context)


def _opened_context(
    official: DeskOfficial, dossier: MentoringDossier, opened: Opened | None
) -> Mapping[str, Any]:
    """Return what is shown only once the data of the business was opened, and the letters, whose answers have texts."""
    texts = {} if opened is None else opened.texts
    return {
        "opened": None if opened is None else opened.fields,
        "texts_erased": False,  # opening them is refused with the reason
        "letters": letters_of(dossier, texts),
        "questions": questions_of(dossier.state, texts),
        "permit_texts": permit_texts(_permit_words(official, dossier), texts),
        "texts": {each.item: _texts(dossier, each.item, opened) for each in dossier.state.findings},
    }


def _permit_words(official: DeskOfficial, dossier: MentoringDossier) -> list[PermitWords]:
    mentors = dossier.state.former_mentors.union(dossier.state.mentors)
    return words_for_official(dossier.events, official.person.sub, mentors)


def dossier_part(dossier: MentoringDossier) -> dict[str, Any]:
    name = None if dossier.row is None else dossier.row.nickname
    return {
        "state": dossier.state,
        "row": dossier.row,
        "nickname": name,
        "differences": dossier.differences,
    }


def _form_context(
    form: Form, state: MentoringCase, say: Translator, rules: MentoringRules
) -> Mapping[str, Any]:
    return {
        "means": [(each.value, say(labels.MEANS[each.value])) for each in sorted(rules.critical.means)],
        "form": form,
        "field_labels": {
            "mentor": say("Who mentors it?"),
            "reason": say("Why?"),
            "unfit": say("The name is unfit for the office's lists"),
            "reason.revocation": say("Why is it to be revoked?"),
        },
        "question_day_reasons": day_reasons(say),
        "reasons": [(code, say(title)) for code, title in REASONS.items()],
        "unfit_names": [(code, say(title)) for code, title in UNFIT_NAMES.items()],
        "key": str(key_of(form) or uuid4()),
    }


def _texts(dossier: MentoringDossier, item: str, opened: Opened | None) -> Sequence[tuple[str, str]]:
    """Return the texts about a finding, once they were opened."""
    texts = {} if opened is None else opened.texts
    about = text_items(dossier, item)
    return [(TEXT_LABELS[each.field], texts[each.item]) for each in about if each.item in texts]


def _products(
    dossier: MentoringDossier, rules: MentoringRules, named: RuleNames, opened: Opened | None
) -> Sequence[Mapping[str, Any]]:
    """Return products by kind, and by name once the names were opened."""
    business = dossier.state.business
    products = []
    for each in business.products if business else ():
        name = None if opened is None else opened.name_of(each)
        context = listed_product(dossier, each, name or named.unnamed(each.number, each.kind))
        found = dossier.readiness.get(each.number)
        wanting = found.missing if found is not None else ()
        products.append(
            {
                **vars(context),
                "missing": [
                    wanted.code
                    for wanted in wanting
                    if wanted.part in dossier.registration_parts(each.number)
                ],
            }
        )
    return products


async def _visit(
    official: DeskOfficial, mentoring_request: MentoringRequest, row: VisitRow, mentors: bool
) -> Mapping[str, Any]:
    """Return the visit; nobody finishes one that is in dispute or has items without an answer."""
    visiting = official.office.visiting
    state = await visiting.state(mentoring_request, row.visit)
    is_open = row.assessor == "official" and row.finished is None
    may_finish = mentors and is_open and visiting.is_complete(state)
    return {**vars(row), "disputes": disputes_of(state), "may_finish": may_finish}


@router.post("/umkm/desk/cases/{ticket}/open")
async def open_business(official: CurrentOfficial, ticket: str) -> Response:
    """Open personal data: recorded at the vault first, shown once, as the answer to the form."""
    form = Form.of(await official.request.form())
    mentoring_request = await official.office.access.request(ticket)
    try:
        opened = await _opened(official, mentoring_request)
    except (ErasedError, UnreadableNowError) as error:
        return await render_case_page(
            official, mentoring_request, refused(official.request, form, error, "open"), status_of(error)
        )
    return await render_case_page(official, mentoring_request, Form(), opened=opened)


async def _opened(official: DeskOfficial, mentoring_request: MentoringRequest) -> Opened:
    dossier, fields = await official.office.dossiers.of(mentoring_request), tuple(labels.PERSONAL)
    business = dossier.state.business
    names = [item for each in (business.products if business else ()) for item in each.items]
    texts = [item for each in dossier.state.findings for item in text_items(dossier, each.item)]
    texts += [*answer_items(dossier), *question_items(dossier.state)]
    texts += permit_items(_permit_words(official, dossier))
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
