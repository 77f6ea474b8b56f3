"""The desk of service standards: begin, write, ask the public, adopt, review, withdraw."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_contracts.integrity.standards import (
    ConsultationManner,
    ConsultationWaiver,
    DraftEnd,
    ReviewOutcome,
    StandardEnd,
)
from zi_integrity.domain.standard.difference import changed_components, differences, stated_periods
from zi_integrity.domain.standard.terms import missing_components, table_of
from zi_integrity.letters.standards import AdoptionDetails
from zi_integrity.read.standards import PAGE, StandardRow, desk_standards, standard_row
from zi_integrity.roles import HEAD, ZONE_TEAM
from zi_integrity.web import standard_labels as labels
from zi_integrity.web.form_fields import (
    choice_of,
    day_of,
    form_key,
    needed_day,
    required_words,
    say_of,
    shown_key,
    submitted,
    words_of,
)
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.pages.standards import changes_since, service_names
from zi_integrity.web.paging import page_number, pages_for
from zi_integrity.web.standard_forms import documents_of, form_of, periods_of, terms_of

HERE = "/integrity/desk/standards"
DRAFTING = (*ZONE_TEAM, *HEAD)
LONGEST_SEARCH, LONGEST_STATEMENT = 100, 500

CHOICES = {
    "manners": labels.MANNERS,
    "waivers": labels.WAIVERS,
    "draft_ends": labels.DRAFT_ENDS,
    "standard_ends": labels.STANDARD_ENDS,
    "outcomes": labels.OUTCOMES,
}

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def desk_list(official: CurrentOfficial) -> Response:
    return await _list_page(official, Form())


async def _list_page(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    official.act(DRAFTING)
    request, office = official.request, official.office
    search, page = request.query_params.get("search", "")[:LONGEST_SEARCH], page_number(request)
    rows, count = await office.store.query(lambda tx: desk_standards(tx, search, page))
    names = service_names(office, language_of(request))
    return pages_of(request).render(
        request,
        "desk_standards.html",
        status,
        rows=rows,
        count=count,
        search=search,
        paging=pages_for(count, page, PAGE),
        names=names,
        services=list(names.items()),
        labels=labels,
        form=form,
        search_form=Form({"search": search}),
        key=shown_key(form),
    )


@router.post(HERE)
async def begin(official: CurrentOfficial) -> Response:
    form = Form.of(await official.request.form())
    return await submitted(
        official.request, form, "service", _begin(official, form), partial(_list_page, official)
    )


async def _begin(official: ZoneOfficial, form: Form) -> str:
    by, services = official.act(DRAFTING), service_names(official.office, "en")
    draft = await official.office.standards.begin(choice_of(form, "service", services), by, form_key(form))
    return f"{HERE}/{draft}"


@router.get(f"{HERE}/{{standard}}")
async def desk_standard(official: CurrentOfficial, standard: UUID) -> Response:
    return await _page(official, standard, None)


async def _page(official: ZoneOfficial, standard: UUID, form: Form | None, status: int = 200) -> Response:
    official.act(DRAFTING)
    row, request, office = await _row(official, standard), official.request, official.office
    language, say = language_of(request), say_of(official)
    day = office.standards.day(official.act(DRAFTING))
    record = await office.store.query(lambda tx: office.standards.record(tx, row.service, day))
    context = {
        **_draft_context(row, form, language),
        "row": row,
        "name": service_names(office, language).get(row.service, row.service),
        "labels": labels,
        "units": labels.chosen(labels.UNITS, say),
        "changes": labels.sentences(differences(record.terms, row.terms), language),
        "since": changes_since(row, language),
        "unnamed": await _unnamed(official, row, record.terms, language),
        "is_stale": row.version is None and record.latest != row.after,
        "latest": record.latest,
        "choices": {name: labels.chosen(table, say) for name, table in CHOICES.items()},
        "is_head": official.has(*HEAD),
        "may_write": row.status.value in ("draft", "consulted"),
    }
    return pages_of(request).render(request, "desk_standard.html", status, **context)


async def _unnamed(official: ZoneOfficial, row: StandardRow, terms: str, language: str) -> list[str]:
    """Name the components that a draft changes though no proposal that it follows names them."""
    if not row.follows or row.version is not None:
        return []
    office = official.office
    followed = await office.store.query(lambda tx: office.standards.proposals(tx, row.follows))
    named = {each for proposal in followed for each in proposal.components}
    changed = changed_components(row.consulted or terms, row.terms)
    return labels.names_of([each for each in changed if each not in named], language)


def _draft_context(row: StandardRow, form: Form | None, language: str) -> dict[str, Any]:
    """Return the form with what was typed over what is saved, and the fields that this draft has."""
    table, typed = table_of(row.terms), form or Form()
    titles = stated_periods(table)
    return {
        "form": Form({**form_of(row.terms).values, **typed.values}, typed.errors),
        "components": labels.component_names(language),
        "periods": [
            (place, labels.in_language(titles[place.removeprefix("period.")][0], language))
            for place in periods_of(table)
        ],
        "fees": list(table.get("fees", {})),
        "documents": [(place, names[language]) for place, names in documents_of(table)],
        "missing": [
            f"{labels.in_language(labels.NAMES[part], language)} ({code})"
            for part, code in (each.split(".") for each in missing_components(row.terms))
        ],
    }


async def _row(official: ZoneOfficial, standard: UUID) -> StandardRow:
    row = await official.office.store.query(lambda tx: standard_row(tx, standard))
    if row is None:
        raise NotFoundError(DETAILS[404])
    return row


@router.post(f"{HERE}/{{standard}}/{{step}}")
async def take_step(official: CurrentOfficial, standard: UUID, step: str) -> Response:
    form = Form.of(await official.request.form())
    if step not in STEPS:
        raise NotFoundError(DETAILS[404])
    take, field = STEPS[step]

    async def taken() -> str:
        await take(official, standard, form)
        return f"{HERE}/{standard}"

    return await submitted(official.request, form, field, taken(), partial(_page, official, standard))


async def _write(official: ZoneOfficial, standard: UUID, form: Form) -> None:
    by, row = official.act(DRAFTING), await _row(official, standard)
    follows = (
        (words_of(form, "follows", longest=LONGEST_STATEMENT, lines=False) or "").replace(",", " ").split()
    )
    terms = terms_of(form, row.terms)
    await official.office.standards.revise(standard, by, form.value("before"), terms, follows)


async def _open(official: ZoneOfficial, standard: UUID, form: Form) -> None:
    by, manner = official.act(DRAFTING), cast(ConsultationManner, choice_of(form, "manner", labels.MANNERS))
    forum = words_of(form, "forum", longest=LONGEST_SEARCH, lines=False)
    until = needed_day(form, "until")
    await official.office.standards.open_consultation(standard, by, manner, forum, until)


async def _close(official: ZoneOfficial, standard: UUID, form: Form) -> None:
    by = official.act(DRAFTING)
    await official.office.standards.close_consultation(standard, by, required_words(form, "summary"))


async def _drop(official: ZoneOfficial, standard: UUID, form: Form) -> None:
    by, reason = official.act(DRAFTING), cast(DraftEnd, choice_of(form, "draft_end", labels.DRAFT_ENDS))
    await official.office.standards.drop(standard, by, reason)


async def _adopt(official: ZoneOfficial, standard: UUID, form: Form) -> None:
    by, person = official.act(HEAD), official.person
    waiver = form.value("waiver") and choice_of(form, "waiver", labels.WAIVERS)
    details = AdoptionDetails(
        before=form.value("before"),
        effective_from=needed_day(form, "effective_from"),
        effective_to=day_of(form, "effective_to", is_needed=False),
        waiver=cast(ConsultationWaiver | None, waiver or None),
        waiver_statement=words_of(form, "waiver_statement", longest=LONGEST_STATEMENT, lines=False),
        unnamed_reason=words_of(form, "unnamed_reason", longest=LONGEST_STATEMENT, lines=False),
    )
    await official.office.adoption.adopt(standard, details, by, person.name or person.sub)


async def _withdraw(official: ZoneOfficial, standard: UUID, form: Form) -> None:
    by, reason = official.act(HEAD), cast(StandardEnd, choice_of(form, "standard_end", labels.STANDARD_ENDS))
    await official.office.standards.withdraw(standard, by, reason)


async def _review(official: ZoneOfficial, standard: UUID, form: Form) -> None:
    by, outcome = official.act(DRAFTING), cast(ReviewOutcome, choice_of(form, "outcome", labels.OUTCOMES))
    await official.office.standards.review(standard, by, outcome, needed_day(form, "next_due"))


Take = Callable[[ZoneOfficial, UUID, Form], Awaitable[None]]
STEPS: dict[str, tuple[Take, str]] = {
    "text": (_write, "title.id"),
    "consult": (_open, "until"),
    "close": (_close, "summary"),
    "drop": (_drop, "draft_end"),
    "adopt": (_adopt, "effective_from"),
    "withdraw": (_withdraw, "standard_end"),
    "review": (_review, "next_due"),
}
