"""The public page of the registers: counts and nothing else, without those that are so small that they would name somebody."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_chassis.web.page import pages_of
from zi_integrity.domain.small_numbers import LEAST, shown_counts
from zi_integrity.read.conflicts import public_conflict_counts
from zi_integrity.read.gifts import gift_counts
from zi_integrity.read.trust_assets import trust_counts
from zi_integrity.web import register_labels as labels
from zi_integrity.web.current_office import TheOffice

router = APIRouter(include_in_schema=False)


@router.get("/integrity/registers")
async def registers(request: Request, office: TheOffice) -> Response:
    now, times = office.clock.now(), office.register_times
    rules, year = times.in_force(now), times.day(now).year
    trust = dict.fromkeys(labels.TRUST_KINDS, 0) | await office.store.query(lambda tx: trust_counts(tx, year))
    return pages_of(request).render(
        request,
        "registers.html",
        labels=labels,
        gifts=shown_counts(await office.store.query(gift_counts)),
        conflicts=shown_counts(await office.store.query(public_conflict_counts)),
        trust=shown_counts(trust),
        terms=rules.terms,
        year=year,
        least=LEAST,
    )
