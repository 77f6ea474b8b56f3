"""Gifts: what an official reports, and the desk of the unit (UPG), which alone opens a report.

Neither the head nor another official has a way to a report; opening it, printing it and saving it are recorded first.
"""

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import cast
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.spreadsheet import as_csv
from zi_contracts.integrity.gratification import GiftKind, GiftOutcome
from zi_integrity.read.gifts import ALL, PAGE, GiftRow, gift_counts, gift_row, gifts_for_unit, gifts_of
from zi_integrity.roles import GIFT_UNIT, OFFICIALS
from zi_integrity.use_cases.gifts import GiftStatement
from zi_integrity.web import register_labels as labels
from zi_integrity.web.form_fields import (
    LONGEST_NAME,
    choice_of,
    form_key,
    past_day,
    required_words,
    say_of,
    shown_key,
    submitted,
    whole_rupiah,
    words_of,
)
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.paging import page_number, pages_for

HERE = "/integrity/desk/gifts"

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def own_gifts(official: CurrentOfficial) -> Response:
    return await _own_page(official, Form())


async def _own_page(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    office, page = official.office, page_number(official.request)
    reporter, search = office.register_names.reporter(official.person.sub), _search_of(official)
    rows, count = await office.store.query(lambda tx: gifts_of(tx, reporter, search, page))
    rules = office.register_times.in_force(office.clock.now())
    return pages_of(official.request).render(
        official.request,
        "gifts.html",
        status,
        labels=labels,
        choices=labels.choices(say_of(official)),
        rows=rows,
        count=count,
        paging=pages_for(count, page, PAGE),
        search=search,
        search_form=Form({"search": search}),
        limits=rules.limits,
        terms=rules.terms,
        is_unit=official.has(*GIFT_UNIT),
        form=form,
        key=shown_key(form),
    )


def _search_of(official: ZoneOfficial) -> str:
    return official.request.query_params.get("search", "").strip()[:LONGEST_NAME]


@router.post(HERE)
async def report(official: CurrentOfficial) -> Response:
    form = Form.of(await official.request.form())
    return await submitted(
        official.request, form, "thing", _report(official, form), partial(_own_page, official)
    )


async def _report(official: ZoneOfficial, form: Form) -> str:
    by, office = official.act(OFFICIALS), official.office
    kind = cast(GiftKind, choice_of(form, "kind", labels.GIFT_KINDS))
    happened_on = past_day(form, "happened_on", office.register_times.day(office.clock.now()))
    value = whole_rupiah(form, "value")
    texts = {
        "gift.giver": required_words(form, "giver", longest=LONGEST_NAME, lines=False),
        "gift.relation": words_of(form, "relation"),
        "gift.thing": required_words(form, "thing"),
        "gift.value": None if value is None else str(value),
        "gift.occasion": words_of(form, "occasion", longest=LONGEST_NAME, lines=False),
        "gift.place": words_of(form, "place", longest=LONGEST_NAME, lines=False),
    }
    stated = GiftStatement(kind, happened_on, {field: text for field, text in texts.items() if text})
    name = official.person.name or official.person.sub
    await office.gifts.report(by, form_key(form), name, stated)
    return HERE


@router.get(f"{HERE}/mine/{{gift}}")
async def own_gift(official: CurrentOfficial, gift: UUID) -> Response:
    return await _own_gift(official, gift, Form())


async def _own_gift(official: ZoneOfficial, gift: UUID, form: Form, status: int = 200) -> Response:
    row = await official.office.store.query(lambda tx: gift_row(tx, gift))
    if row is None or row.reporter != official.office.register_names.reporter(official.person.sub):
        raise NotFoundError(DETAILS[404])
    return pages_of(official.request).render(
        official.request, "gift_own.html", status, labels=labels, row=row, form=form
    )


@router.post(f"{HERE}/mine/{{gift}}/complete")
async def complete(official: CurrentOfficial, gift: UUID) -> Response:
    form = Form.of(await official.request.form())

    async def step() -> str:
        await official.office.gifts.complete(official.act(OFFICIALS), gift, required_words(form, "more"))
        return f"{HERE}/mine/{gift}"

    return await submitted(official.request, form, "more", step(), partial(_own_gift, official, gift))


# -- the unit


@router.get(f"{HERE}/unit")
async def unit(official: CurrentOfficial) -> Response:
    official.act(GIFT_UNIT)
    office, page, search = official.office, page_number(official.request), _search_of(official)
    state = official.request.query_params.get("state", "")
    if state not in (*labels.GIFT_STATES, ALL):
        state = ALL if search else ""  # whoever has a number does not know what became of the gift
    rows, count = await office.store.query(lambda tx: gifts_for_unit(tx, state, search, page))
    return pages_of(official.request).render(
        official.request,
        "desk_gifts.html",
        labels=labels,
        choices=labels.choices(say_of(official)),
        rows=rows,
        count=count,
        counts=await office.store.query(gift_counts),
        paging=pages_for(count, page, PAGE),
        state=state,
        search=search,
        form=Form({"state": state, "search": search}),
    )


@router.get(f"{HERE}/unit/{{gift}}")
async def unit_gift(official: CurrentOfficial, gift: UUID) -> Response:
    official.act(GIFT_UNIT)
    return await _unit_gift(official, gift, Form())


async def _row(official: ZoneOfficial, gift: UUID) -> GiftRow:
    row = await official.office.store.query(lambda tx: gift_row(tx, gift))
    if row is None:
        raise NotFoundError(DETAILS[404])
    return row


async def _unit_gift(
    official: ZoneOfficial,
    gift: UUID,
    form: Form,
    status: int = 200,
    opened: Mapping[str, list[str]] | None = None,
    template: str = "desk_gift.html",
) -> Response:
    row = await _row(official, gift)
    return pages_of(official.request).render(
        official.request,
        template,
        status,
        labels=labels,
        choices=labels.choices(say_of(official)),
        row=row,
        is_own=row.reporter == official.office.register_names.reporter(official.person.sub),
        opened=opened,
        now=official.office.clock.now(),
        form=form,
    )


@router.post(f"{HERE}/unit/{{gift}}/open")
async def open_gift(official: CurrentOfficial, gift: UUID) -> Response:
    """Show the content on the answer itself, after the opening was recorded."""
    opened = await official.office.gifts.open_report(official.act(GIFT_UNIT), gift)
    return await _unit_gift(official, gift, Form(), opened=opened)


@router.post(f"{HERE}/unit/{{gift}}/print")
async def print_gift(official: CurrentOfficial, gift: UUID) -> Response:
    opened = await official.office.gifts.open_report(official.act(GIFT_UNIT), gift)
    return await _unit_gift(official, gift, Form(), opened=opened, template="gift_form.html")


@router.post(f"{HERE}/unit/{{gift}}/csv")
async def csv_gift(official: CurrentOfficial, gift: UUID) -> Response:
    opened = await official.office.gifts.open_report(official.act(GIFT_UNIT), gift)
    row, say = await _row(official, gift), say_of(official)
    lines = [
        ("field", "text"),
        ("kind", say(labels.GIFT_KINDS[row.kind])),
        ("happened_on", row.happened_on.isoformat()),
        ("reported_on", official.office.register_times.day(row.reported_on).isoformat()),
        ("late", "yes" if row.late else "no"),
        ("receipt", row.receipt or ""),
        *((field, text) for field, texts in opened.items() for text in texts),
    ]
    name = f"gratifikasi-{row.gift}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(as_csv(lines), media_type="text/csv; charset=utf-8", headers=headers)


@router.post(f"{HERE}/unit/{{gift}}/decide")
async def decide(official: CurrentOfficial, gift: UUID) -> Response:
    by, form = official.act(GIFT_UNIT), Form.of(await official.request.form())

    async def step() -> object:
        outcome = cast(GiftOutcome, choice_of(form, "outcome", labels.GIFT_OUTCOMES))
        return await official.office.gifts.decide(by, gift, outcome, words_of(form, "decision"))

    return await _step(official, gift, form, "outcome", step())


@router.post(f"{HERE}/unit/{{gift}}/found-first")
async def found_first(official: CurrentOfficial, gift: UUID) -> Response:
    by = official.act(GIFT_UNIT)
    return await _step(
        official, gift, Form(), "found-first", official.office.gifts.mark_found_first(by, gift)
    )


@router.post(f"{HERE}/unit/{{gift}}/ask")
async def ask(official: CurrentOfficial, gift: UUID) -> Response:
    by = official.act(GIFT_UNIT)
    return await _step(official, gift, Form(), "ask", official.office.gifts.ask_completion(by, gift))


@router.post(f"{HERE}/unit/{{gift}}/deposit")
async def deposit(official: CurrentOfficial, gift: UUID) -> Response:
    by = official.act(GIFT_UNIT)
    return await _step(official, gift, Form(), "deposit", official.office.gifts.deposit(by, gift))


@router.post(f"{HERE}/unit/{{gift}}/forward")
async def forward(official: CurrentOfficial, gift: UUID) -> Response:
    by = official.act(GIFT_UNIT)
    return await _step(official, gift, Form(), "forward", official.office.gifts.forward(by, gift))


@router.post(f"{HERE}/unit/{{gift}}/close")
async def close(official: CurrentOfficial, gift: UUID) -> Response:
    by = official.act(GIFT_UNIT)
    return await _step(official, gift, Form(), "close", official.office.gifts.close(by, gift))


async def _step(
    official: ZoneOfficial, gift: UUID, form: Form, field: str, done: Awaitable[object]
) -> Response:
    async def address() -> str:
        await done
        return f"{HERE}/unit/{gift}"

    return await submitted(official.request, form, field, address(), partial(_unit_gift, official, gift))
