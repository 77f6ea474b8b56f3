"""Assets of trust: what an official promised and what the zone team has seen proven; yes or no with a day."""

from functools import partial
from typing import cast

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_contracts.integrity.trust_assets import TrustAssetKind
from zi_integrity.domain.trust_asset import PROMISED
from zi_integrity.read.trust_assets import PAGE, trust_assets_of, trust_list
from zi_integrity.roles import OFFICIALS, ZONE_TEAM
from zi_integrity.web import register_labels as labels
from zi_integrity.web.form_fields import (
    LONGEST_NAME,
    choice_of,
    colleague_of,
    past_day,
    say_of,
    submitted,
)
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.paging import page_number, pages_for

HERE = "/integrity/desk/trust"

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def trust(official: CurrentOfficial) -> Response:
    return await _page(official, Form())


async def _page(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    office, page, sub = official.office, page_number(official.request), official.person.sub
    today, query = office.register_times.day(office.clock.now()), official.request.query_params
    is_team, search = official.has(*ZONE_TEAM), query.get("search", "").strip()[:LONGEST_NAME]
    recorded = await office.store.query(lambda tx: trust_assets_of(tx, sub))
    rows, count = await office.store.query(lambda tx: trust_list(tx, today.year, search, page))
    choices = labels.choices(say_of(official))["TRUST_KINDS"]
    return pages_of(official.request).render(
        official.request,
        "trust_assets.html",
        status,
        labels=labels,
        recorded=recorded,
        is_team=is_team,
        rows=rows if is_team else [],
        count=count if is_team else 0,
        paging=pages_for(count if is_team else 0, page, PAGE),
        search=search,
        search_form=Form({"search": search}),
        year=today.year,
        promises=[each for each in choices if each[0] in PROMISED],
        proofs=[each for each in choices if each[0] not in PROMISED],
        form=form,
    )


@router.post(HERE)
async def record(official: CurrentOfficial) -> Response:
    form = Form.of(await official.request.form())
    return await submitted(official.request, form, "kind", _record(official, form), partial(_page, official))


async def _record(official: ZoneOfficial, form: Form) -> str:
    kind = cast(TrustAssetKind, choice_of(form, "kind", labels.TRUST_KINDS))
    office = official.office
    is_promise = kind in PROMISED
    by = official.act(OFFICIALS if is_promise else ZONE_TEAM)
    named = by.actor if is_promise else await colleague_of(official, form)
    today = office.register_times.day(office.clock.now())
    done_on = None if form.value("undone") else past_day(form, "done_on", today)
    year = today.year if done_on is None else done_on.year
    await office.trust.record(by, named, kind, year, done_on)
    return HERE
