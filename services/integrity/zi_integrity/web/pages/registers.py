"""The public page of the registers: counts and nothing else, without those that are so small that they would name somebody."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_chassis.web.page import pages_of
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.small_numbers import LEAST, shown_counts
from zi_integrity.read.conflicts import public_conflict_counts
from zi_integrity.read.gifts import gift_counts
from zi_integrity.read.trust_assets import trust_counts
from zi_integrity.web import register_labels as labels
from zi_integrity.web.current_office import TheOffice

router = APIRouter(include_in_schema=False)


@router.get("/integrity/registers")
async def registers(request: Request, office: TheOffice) -> Response:
    figures = await register_figures(office)
    terms = office.register_times.in_force(office.clock.now()).terms
    return pages_of(request).render(
        request, "registers.html", labels=labels, terms=terms, least=LEAST, **vars(figures)
    )


@dataclass(frozen=True)
class RegisterFigures:
    """The public counts of the registers; None stands for 1 to 4."""

    gifts: Mapping[str, int | None]
    conflicts: Mapping[str, int | None]
    trust: Mapping[str, int | None]
    year: int


async def register_figures(office: IntegrityOffice) -> RegisterFigures:
    year = office.register_times.day(office.clock.now()).year
    trust = dict.fromkeys(labels.TRUST_KINDS, 0) | await office.store.query(lambda tx: trust_counts(tx, year))
    return RegisterFigures(
        gifts=shown_counts(await office.store.query(gift_counts)),
        conflicts=shown_counts(await office.store.query(public_conflict_counts)),
        trust=shown_counts(trust),
        year=year,
    )
