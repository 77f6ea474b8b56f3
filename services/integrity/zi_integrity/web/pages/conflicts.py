"""Conflicts of interest: what an official declares and reports, and what superiors decide.

Whoever is reported sees nothing of the report; the zone team reads and decides nothing.
"""

from collections.abc import Awaitable
from functools import partial
from typing import Any, cast
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_contracts.integrity.conflict import (
    ClearingReason,
    ConflictKind,
    ConflictMeasure,
    ConflictSource,
    DismissalReason,
)
from zi_integrity.read.conflicts import (
    PAGE,
    ConflictRow,
    conflict_row,
    conflicts_for,
    conflicts_of,
    overdue_for,
    reports_by,
)
from zi_integrity.roles import OFFICIALS, SUPERIORS, ZONE_TEAM
from zi_integrity.use_cases.conflicts import DeclaredInterest
from zi_integrity.web import register_labels as labels
from zi_integrity.web.form_fields import (
    LONGEST_NAME,
    case_ticket,
    choice_of,
    colleague_of,
    form_key,
    required_words,
    say_of,
    shown_key,
    submitted,
    words_of,
)
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.paging import page_number, pages_for

HERE = "/integrity/desk/conflicts"
HANDLING = (*SUPERIORS, *ZONE_TEAM)

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def own_conflicts(official: CurrentOfficial) -> Response:
    return await _own_page(official, Form())


async def _own_page(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    office, page = official.office, page_number(official.request)
    sub, reporter = official.person.sub, office.register_names.reporter(official.person.sub)
    rows, count = await office.store.query(lambda tx: conflicts_of(tx, sub, page))
    reports, reported = await office.store.query(lambda tx: reports_by(tx, reporter, page))
    rules = office.register_times.in_force(office.clock.now())
    return pages_of(official.request).render(
        official.request,
        "conflicts.html",
        status,
        labels=labels,
        choices=labels.choices(say_of(official)),
        rows=rows,
        count=count,
        reports=reports,
        reported=reported,
        paging=pages_for(max(count, reported), page, PAGE),
        positions=rules.positions,
        term=rules.terms.conflict_decision,
        may_handle=official.has(*HANDLING),
        form=form,
        key=shown_key(form),
    )


@router.post(HERE)
async def declare(official: CurrentOfficial) -> Response:
    form = Form.of(await official.request.form())
    return await submitted(
        official.request, form, "ticket", _declare(official, form), partial(_own_page, official)
    )


async def _declare(official: ZoneOfficial, form: Form) -> str:
    by, interest, note = official.act(OFFICIALS), _interest(form), words_of(form, "note")
    conflict = await official.office.conflicts.declare(by, form_key(form), interest, note)
    return f"{HERE}/{conflict}"


@router.get(f"{HERE}/report")
async def report_page(official: CurrentOfficial) -> Response:
    return await _report_page(official, Form())


async def _report_page(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    return pages_of(official.request).render(
        official.request,
        "conflict_report.html",
        status,
        choices=labels.choices(say_of(official)),
        form=form,
        key=shown_key(form),
    )


@router.post(f"{HERE}/report")
async def report(official: CurrentOfficial) -> Response:
    """Taken from every official; the address that answers does not name the report."""
    form = Form.of(await official.request.form())
    return await submitted(
        official.request, form, "official", _report(official, form), partial(_report_page, official)
    )


async def _report(official: ZoneOfficial, form: Form) -> str:
    by, named = official.act(OFFICIALS), await colleague_of(official, form)
    text = required_words(form, "text")
    await official.office.conflicts.report(by, form_key(form), named, _interest(form), text)
    return HERE


def _interest(form: Form) -> DeclaredInterest:
    return DeclaredInterest(
        case_ticket(form, "ticket"),
        cast(ConflictKind, choice_of(form, "kind", labels.CONFLICT_KINDS)),
        cast(ConflictSource, choice_of(form, "source", labels.SOURCES)),
    )


# -- superiors and the zone team


@router.get(f"{HERE}/all")
async def all_conflicts(official: CurrentOfficial) -> Response:
    official.act(HANDLING)
    return await _desk(official, Form(dict(official.request.query_params)))


async def _desk(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    office, page, sub = official.office, page_number(official.request), official.person.sub
    state = form.value("state") if form.value("state") in labels.CONFLICT_STATES else ""
    search = form.value("search").strip()[:LONGEST_NAME]
    rows, count = await office.store.query(lambda tx: conflicts_for(tx, sub, state, search, page))
    return pages_of(official.request).render(
        official.request,
        "desk_conflicts.html",
        status,
        labels=labels,
        choices=labels.choices(say_of(official)),
        rows=rows,
        count=count,
        overdue=await office.store.query(lambda tx: overdue_for(tx, sub)),
        paging=pages_for(count, page, PAGE),
        state=state,
        search=search,
        now=office.clock.now(),
        may_decide=official.has(*SUPERIORS),
        form=form,
        key=shown_key(form),
    )


@router.post(f"{HERE}/all")
async def establish(official: CurrentOfficial) -> Response:
    official.act(HANDLING)
    form = Form.of(await official.request.form())
    return await submitted(
        official.request, form, "official", _establish(official, form), partial(_desk, official)
    )


async def _establish(official: ZoneOfficial, form: Form) -> str:
    by, named = official.act(SUPERIORS), await colleague_of(official, form)
    measure = cast(ConflictMeasure, choice_of(form, "measure", labels.MEASURES))
    key, register = form_key(form), official.office.conflicts
    return f"{HERE}/{await register.establish(by, key, named, _interest(form), measure)}"


@router.get(f"{HERE}/{{conflict}}")
async def conflict_page(official: CurrentOfficial, conflict: UUID) -> Response:
    return await _conflict_page(official, await _visible(official, conflict), Form())


async def _visible(official: ZoneOfficial, conflict: UUID) -> ConflictRow:
    """Return it for whoever handles it, and the official's own declaration; a report never for whom it is about."""
    row = await official.office.store.query(lambda tx: conflict_row(tx, conflict))
    if row is not None and row.official == official.person.sub:
        return row if row.state not in ("reported", "dismissed") else _hidden()
    return row if row is not None and official.has(*HANDLING) else _hidden()


def _hidden() -> ConflictRow:
    raise NotFoundError(DETAILS[404])


async def _conflict_page(
    official: ZoneOfficial, row: ConflictRow, form: Form, status: int = 200, texts: Any = None
) -> Response:
    is_own = row.official == official.person.sub
    decides = official.has(*SUPERIORS) and not is_own
    return pages_of(official.request).render(
        official.request,
        "conflict.html",
        status,
        labels=labels,
        choices=labels.choices(say_of(official)),
        row=row,
        is_own=is_own,
        decides=decides,
        may_open=official.has(*HANDLING) and not is_own,
        may_withdraw=is_own and row.state == "declared",
        texts=texts,
        form=form,
    )


@router.post(f"{HERE}/{{conflict}}/open")
async def open_words(official: CurrentOfficial, conflict: UUID) -> Response:
    """Show what was written, and who reported it, on the answer itself; the opening is recorded first."""
    by = official.act(HANDLING)
    row = await _visible(official, conflict)
    texts = await official.office.conflicts.open_words(by, conflict)
    return await _conflict_page(official, row, Form(), texts=texts)


@router.post(f"{HERE}/{{conflict}}/decide")
async def decide(official: CurrentOfficial, conflict: UUID) -> Response:
    by = official.act(SUPERIORS)
    form = Form.of(await official.request.form())

    async def step() -> object:
        measure = cast(ConflictMeasure, choice_of(form, "measure", labels.MEASURES))
        if (await _visible(official, conflict)).state == "reported":
            return await official.office.conflicts.establish_report(by, conflict, measure)
        return await official.office.conflicts.decide(by, conflict, measure)

    return await _step(official, conflict, form, "measure", step())


@router.post(f"{HERE}/{{conflict}}/clear")
async def clear(official: CurrentOfficial, conflict: UUID) -> Response:
    by = official.act(SUPERIORS)
    form = Form.of(await official.request.form())

    async def step() -> object:
        reason = cast(ClearingReason, choice_of(form, "reason", labels.CLEARING))
        return await official.office.conflicts.clear(by, conflict, reason)

    return await _step(official, conflict, form, "reason", step())


@router.post(f"{HERE}/{{conflict}}/dismiss")
async def dismiss(official: CurrentOfficial, conflict: UUID) -> Response:
    by = official.act(SUPERIORS)
    form = Form.of(await official.request.form())

    async def step() -> object:
        reason = cast(DismissalReason, choice_of(form, "dismissal", labels.DISMISSALS))
        return await official.office.conflicts.dismiss(by, conflict, reason)

    return await _step(official, conflict, form, "dismissal", step())


@router.post(f"{HERE}/{{conflict}}/withdraw")
async def withdraw(official: CurrentOfficial, conflict: UUID) -> Response:
    form = Form.of(await official.request.form())
    step = official.office.conflicts.withdraw(official.act(OFFICIALS), conflict)
    return await _step(official, conflict, form, "withdraw", step)


async def _step(
    official: ZoneOfficial, conflict: UUID, form: Form, field: str, step: Awaitable[object]
) -> Response:
    async def address() -> str:
        await step
        return f"{HERE}/{conflict}"

    async def show(refused: Form, status: int) -> Response:
        return await _conflict_page(official, await _visible(official, conflict), refused, status)

    return await submitted(official.request, form, field, address(), show)
