"""The statistics of the desk for supervisors and the head, and the figures of quarters for everybody."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from zi_chassis.access.identity import Staff, staff
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_intake.container import Office
from zi_intake.read import labels
from zi_intake.read.case_statistics import AGES, OLDER, CaseStatistics, StatisticsQuery, case_statistics
from zi_intake.read.public_figures import QuarterFigures, ended_quarters, quarter_figures
from zi_intake.roles import HEAD, SUPERVISOR
from zi_intake.web.answers import as_json
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.forms import categories, districts

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/intake/api")

Leading = Annotated[Staff, Depends(staff(SUPERVISOR, HEAD))]
QueriedPeriod = Annotated[StatisticsQuery, Query()]


class CaseStatisticsAnswer(BaseModel):
    """`counts` are numbers of cases by measure and code, `age` of open ones alone; the percentages are of promises that are over."""

    total: int
    counts: Mapping[str, Mapping[str, int]]
    acknowledged_percent: int | None
    answered_percent: int | None


@pages.get("/desk/statistics")
async def statistics(request: Request, office: TheOffice, person: Leading, period: QueriedPeriod) -> Response:
    period = period.within(office.clock.now())
    chosen = {name: str(value) for name, value in period if value is not None}
    context = {
        "statistics": await _counted(office, person, period),
        "form": Form(chosen),
        "ages": [*map(str, AGES), OLDER],
        "districts": districts(request, office),
        "categories": categories(request, office),
        "tiers": _tiers(request, office),
        "labels": labels,
    }
    return pages_of(request).render(request, "statistics.html", 200, **context)


def _tiers(request: Request, office: Office) -> Mapping[str, str]:
    """Return the titles of the tiers of the standards that are in force."""
    language, standards = language_of(request), office.terms.offers(office.clock.now())
    return {code: getattr(tier.title, language) for each in standards for code, tier in each.tiers.items()}


@api.get("/statistics", response_model=CaseStatisticsAnswer)
async def count_cases(office: TheOffice, person: Leading, period: QueriedPeriod) -> Response:
    """Count the cases that you see by age, tier, outcome, district, product and kept promises."""
    counted = await _counted(office, person, period)
    return as_json(
        CaseStatisticsAnswer(
            total=counted.total,
            counts=counted.counts,
            acknowledged_percent=counted.attainment("acknowledged"),
            answered_percent=counted.attainment("answered"),
        )
    )


async def _counted(office: Office, person: Staff, period: StatisticsQuery) -> CaseStatistics:
    reader, now = office.reader(person), office.clock.now()
    return await office.store.query(lambda tx: case_statistics(tx, period, reader, now))


@pages.get("/statistics")
async def figures(
    request: Request, office: TheOffice, quarter: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    now = office.clock.now()

    def read(tx: Tx) -> tuple[list[str], QuarterFigures | None]:
        ended = list(ended_quarters(tx, now))
        chosen = quarter if quarter in ended else next(iter(ended), None)
        return ended, None if chosen is None else quarter_figures(tx, chosen)

    quarters, chosen = await office.store.query(read)
    context = {
        "quarters": quarters,
        "figures": chosen,
        "districts": dict(districts(request, office)),
        "categories": categories(request, office),
        "labels": labels,
    }
    return pages_of(request).render(request, "figures.html", 200, **context)
