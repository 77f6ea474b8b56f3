"""The HTTP interface to the figures of the office: requests for data, what was taken meanwhile, decisions and the promised time."""

from fastapi import APIRouter, Request

from zi_certificates.read.parking import data_requests, parked_months
from zi_certificates.read.statistics import decision_months, rejection_reasons, undecided
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.officials import Official
from zi_certificates.web.api.parameters import PUBLIC, SIGNED_IN, Month, TheOffice

router = APIRouter(prefix="/certificates/api")


@router.get("/parking", responses=PUBLIC, tags=["public"])
async def count_parking(office: TheOffice, before: Month | None = None) -> list[answers.ParkedMonthAnswer]:
    """Counts requests for data by month, how long their applications waited, and how often later ones were taken meanwhile; needs no
    sign-in. The last 24 months in which that happened, or those before the month that is named."""
    months = await office.store.query(lambda tx: parked_months(tx, before))
    return [answers.ParkedMonthAnswer(**vars(each)) for each in months]


@router.get("/data-requests", responses=PUBLIC, tags=["public"])
async def count_data_requests(
    office: TheOffice, before: Month | None = None
) -> list[answers.RequestCountAnswer]:
    """Counts requests for data by month and kind of letter, and those for documents that no rule names; needs no sign-in."""
    counted = await office.store.query(lambda tx: data_requests(tx, before))
    return [answers.RequestCountAnswer(**vars(each)) for each in counted]


@router.get("/data-requests/officials", responses=SIGNED_IN, tags=["officials"])
async def count_data_requests_of_officials(
    office: TheOffice, person: Official, before: Month | None = None
) -> list[answers.RequestCountAnswer]:
    """Counts the same by official as well, for the officials of the office."""
    counted = await office.store.query(lambda tx: data_requests(tx, before, by_official=True))
    return [answers.RequestCountAnswer(**vars(each)) for each in counted]


@router.get("/statistics", responses=PUBLIC, tags=["public"])
async def read_statistics(
    request: Request, office: TheOffice, before: Month | None = None
) -> answers.DecisionStatisticsAnswer:
    """Counts decisions by month and kind of letter, those within the promised time, and the reasons of rejections; and what is undecided now,
    with what is beyond its promised time. Needs no sign-in."""
    named, now = presenters.names(request, office), office.clock.now()
    present = await office.store.query(lambda tx: undecided(tx, now))
    decisions = await office.store.query(lambda tx: decision_months(tx, before))
    reasons = await office.store.query(lambda tx: rejection_reasons(tx, before))
    return answers.DecisionStatisticsAnswer(
        undecided=answers.UndecidedAnswer(**vars(present)),
        decisions=[
            answers.DecisionMonthAnswer(**vars(each), attainment=each.attainment) for each in decisions
        ],
        rejections=[
            answers.RejectionCount(**vars(each), sentence=named.reason(each.reason)) for each in reasons
        ],
    )
