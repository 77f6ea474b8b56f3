"""The pages for everybody: kinds of letters and what they cost, the fairness of the queue, an empty table of products."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.application.state import Application, ApplicationStatus
from zi_certificates.messaging.upstream import REQUESTS, IntakeRequest, requests_by
from zi_certificates.read import fairness
from zi_certificates.read.applications import ApplicationRow, application_of
from zi_certificates.read.parking import data_requests, parked_months
from zi_certificates.read.statistics import decision_months, rejection_reasons, undecided
from zi_certificates.web.api.parameters import TheOffice
from zi_certificates.web.form_fields import page_number
from zi_certificates.web.page_context import rules_context
from zi_chassis.access.identity import APPLICANT
from zi_chassis.storage.database import Tx
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_rules.certificate.item_list import COLUMNS

router = APIRouter(include_in_schema=False)

HOME = "/certificates/"


@router.get("/certificates")
async def home_without_slash() -> Response:
    return RedirectResponse(HOME, 308)


@router.get(HOME)
async def home(request: Request, office: TheOffice) -> Response:
    now = office.clock.now()
    rules = office.rules.in_force(now)
    context = {
        **rules_context(request, office, rules),
        "decrees": office.rules.decrees(Application(), now),
        "coming_tariffs": office.rules.coming_tariffs(now),
        **await _applications_of_person(request, office),
    }
    return pages_of(request).render(request, "home.html", 200, **context)


async def _applications_of_person(request: Request, office: CertificatesOffice) -> dict[str, Any]:
    """List the applications of a person who is signed in for a company, page by page; None for everybody else."""
    person = await office.access.signed_in(request)
    if person is None:
        return {"applications": None}
    request.state.staff = person
    number = page_number(request.query_params.get("page", ""))

    def question(tx: Tx) -> tuple[list[dict[str, Any]], int]:
        requests, total = requests_by(tx, person.sub, APPLICANT, number)
        return [_listed(each, application_of(tx, each.ticket)) for each in requests], total

    listed, total = await office.store.query(question)
    return {
        "applications": listed,
        "total": total,
        "previous": number > 1 and f"{HOME}?page={number - 1}",
        "next": number * REQUESTS < total and f"{HOME}?page={number + 1}",
    }


def _listed(requested: IntakeRequest, row: ApplicationRow | None) -> dict[str, Any]:
    begun = {"ticket": requested.ticket, "series": requested.series, "since": requested.at}
    if row is None:
        return {**begun, "kinds": (), "status": ApplicationStatus.DRAFT.value, "holder": "citizen"}
    return {**begun, "kinds": row.kinds, "status": row.status.value, "holder": row.holder}


@router.get("/certificates/fairness")
async def fairness_page(request: Request, office: TheOffice) -> Response:
    now = office.clock.now()
    months = await office.store.query(fairness.months)
    overtakings = await office.store.query(fairness.passings)
    rules = office.rules.in_force(now)
    context = {
        **rules_context(request, office, rules),
        "months": months,
        "overtakings": overtakings,
        "parked": await office.store.query(parked_months),
        "requests": await office.store.query(data_requests),
    }
    return pages_of(request).render(request, "fairness.html", 200, **context)


@router.get("/certificates/statistics")
async def statistics_page(request: Request, office: TheOffice) -> Response:
    now = office.clock.now()
    rules = office.rules.in_force(now)
    context = {
        **rules_context(request, office, rules),
        "undecided": await office.store.query(lambda tx: undecided(tx, now)),
        "decisions": await office.store.query(decision_months),
        "reasons": await office.store.query(rejection_reasons),
    }
    return pages_of(request).render(request, "statistics.html", 200, **context)


@router.get("/certificates/products.csv")
async def empty_table(request: Request) -> Response:
    """The headings alone, in the reader's language; every spreadsheet reads it as UTF-8."""
    headings = COLUMNS.values() if language_of(request) == "id" else COLUMNS.keys()
    return Response(
        "\ufeff" + ",".join(headings) + "\r\n",
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="products.csv"',
            "Vary": "Accept-Language, Cookie",
        },
    )
