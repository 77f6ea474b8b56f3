"""The public register of permits (IP CPPOB): how each stands today, how the office keeps its promises about them, and all as a table."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_umkm.container import MentoringOffice
from zi_umkm.read.permit_queue import permit_clock_counts
from zi_umkm.read.permit_register import (
    PAGE,
    PermitFilter,
    PermitLine,
    count_permits,
    permit_page,
    permit_standings,
)
from zi_umkm.web import permit_labels
from zi_umkm.web.api.permits import Wanted, WantedOfAnyYear
from zi_umkm.web.current_office import TheOffice
from zi_umkm.web.page_context import ruled, say_of
from zi_umkm.web.pages.desk_lists import page_asked
from zi_umkm.web.rule_names import RuleNames

HERE = "/umkm/permits"
COLUMNS = (
    "number",
    "path",
    "district",
    "issued",
    "valid_until",
    "standing",
    "since",
    "reason",
    "renews",
    "replaced_by",
)
PIECE = 500  # permits that are read at once for the table
YEAR = re.compile("[0-9]{4}", re.ASCII)
NO_YEAR = msgid(
    "Write the year with its four digits, for example 2026. The list shows the permits of every year."
)

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def register(
    request: Request,
    office: TheOffice,
    filtered: WantedOfAnyYear,
    year: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show the register; where the year can't be read the form says so, and the list is that of all years."""
    number, (wanted, form) = page_asked(request), _of_year(request, filtered, year.strip())

    def question(tx: Tx) -> dict[str, Any]:
        total = count_permits(tx, wanted)
        return {
            "rows": permit_page(tx, wanted, PAGE, (number - 1) * PAGE),
            "total": total,
            "last": max(1, -(-total // PAGE)),
            "standings": permit_standings(tx),
            "clocks": permit_clock_counts(tx),
        }

    known = ruled(request, office, office.rules.in_force(office.clock.now()))
    context = {
        **known,
        **_choices(request, office, known["names"]),
        **await office.store.query(question),
        "number": number,
        "query": urlencode(_query(wanted)),
        "form": form,
        "field_labels": {"year": say_of(request)("Year")},
        "permit_labels": permit_labels,
        "here": HERE,
    }
    return pages_of(request).render(request, "permits.html", 422 if form.errors else 200, **context)


def _of_year(request: Request, filtered: PermitFilter, typed: str) -> tuple[PermitFilter, Form]:
    form = Form(_query(filtered) | {"year": typed})
    if YEAR.fullmatch(typed):
        return replace(filtered, year=int(typed)), form
    return filtered, form.refused({"year": say_of(request)(NO_YEAR)}) if typed else form


@router.get(f"{HERE}.csv")
async def register_table(office: TheOffice, wanted: Wanted) -> Response:
    """Send everything that the filter finds, in English codes, read from the store piece by piece."""

    async def table() -> AsyncIterator[str]:
        yield "\ufeff" + ",".join(COLUMNS) + "\r\n"
        at = 0
        while True:
            rows = await office.store.query(partial(permit_page, wanted=wanted, limit=PIECE, offset=at))
            yield "".join(f"{_table_line(office, each)}\r\n" for each in rows)
            at += PIECE
            if len(rows) < PIECE:
                return

    headers = {"Content-Disposition": 'attachment; filename="permits.csv"'}
    return StreamingResponse(table(), media_type="text/csv; charset=utf-8", headers=headers)


def _table_line(office: MentoringOffice, line: PermitLine) -> str:
    """Only codes, numbers and days, none of which needs quotation marks or begins a formula."""
    day = office.rules.permits.day
    until = "" if line.valid_until is None else line.valid_until.isoformat()
    stands = (line.standing, day(line.since).isoformat(), line.reason or "")
    issued = day(line.issued_at).isoformat()
    fields = (
        line.number,
        line.path,
        line.district,
        issued,
        until,
        *stands,
        line.renews or "",
        line.replaced_by or "",
    )
    return ",".join(fields)


def _choices(request: Request, office: MentoringOffice, named: RuleNames) -> dict[str, Any]:
    say = say_of(request)
    filters = {"holding": "Those that hold", "all": "All of them", **permit_labels.STANDINGS}
    return {
        "shown": [(code, say(name)) for code, name in filters.items()],
        "district_choices": [(each.code, named.text(each.name)) for each in office.rules.districts],
        "path_choices": [(code, say(name)) for code, name in permit_labels.PATHS.items()],
    }


def _query(wanted: PermitFilter) -> dict[str, str]:
    fields = {name: "" if value is None else str(value) for name, value in vars(wanted).items()}
    return {name: value for name, value in (fields | {"show": wanted.show or "all"}).items() if value}
