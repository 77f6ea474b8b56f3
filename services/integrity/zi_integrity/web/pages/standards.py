"""The service standards before the public: which is in force, what it promises, how it came about, and what is being changed."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.domain import Act
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.standard.difference import differences, stated_documents, stated_fees, stated_periods
from zi_integrity.domain.standard.messages import ServiceRecord
from zi_integrity.domain.standard.terms import table_of, written
from zi_integrity.read.standards import (
    StandardRow,
    decree_in_force,
    decrees_of,
    in_consultation,
    standard_row,
)
from zi_integrity.web import standard_labels as labels
from zi_integrity.web.current_office import TheOffice
from zi_rules.standard_draft import draft_from_standard, period_in_words

HERE = "/integrity/standards"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ServiceLine:
    """One service in the list; `number` is that of the decree in force, `version` also of one that was not adopted."""

    service: str
    name: str
    version: int | None
    number: str | None
    since: date | None
    consulted: StandardRow | None


@router.get(f"{HERE}/")
async def with_slash() -> Response:
    return RedirectResponse(HERE, 308)


@router.get(HERE)
async def standards(request: Request, office: TheOffice) -> Response:
    lines = await service_lines(office, language_of(request))
    return pages_of(request).render(request, "standards.html", lines=lines)


async def service_lines(office: IntegrityOffice, language: str) -> list[ServiceLine]:
    """Return each service with the standard in force."""
    today, names = office.days.day(office.clock.now()), service_names(office, language)
    return await office.store.query(
        lambda tx: [
            _line(
                office,
                service,
                name,
                today,
                decree_in_force(tx, service, today),
                in_consultation(tx, service),
            )
            for service, name in names.items()
        ]
    )


def _line(
    office: IntegrityOffice,
    service: str,
    name: str,
    today: date,
    decree: StandardRow | None,
    consulted: list[StandardRow],
) -> ServiceLine:
    first = consulted[0] if consulted else None
    if decree is not None:
        return ServiceLine(service, name, decree.version, decree.number, decree.effective_from, first)
    shipped = office.standards.shipped.standard(service, today)
    if shipped is None:
        return ServiceLine(service, name, None, None, None, first)
    return ServiceLine(service, name, shipped.version, None, shipped.effective_from, first)


@router.get(f"{HERE}/{{service}}")
async def standard(request: Request, office: TheOffice, service: str) -> Response:
    language, today = language_of(request), office.days.day(office.clock.now())
    names = service_names(office, language)
    if service not in names:
        raise NotFoundError(DETAILS[404])
    found = await standard_versions(office, service)
    versions = [
        (each, labels.sentences(differences(old, each.terms), language), changes_since(each, language))
        for each, old in found.versions
    ]
    context = {
        **promised(found.terms, language),
        "service": service,
        "name": names[service],
        "current": found.current,
        "shipped": office.standards.shipped.standard(service, today),
        "is_stated": found.terms != "{}",
        "versions": versions,
        "drafts": await office.store.query(lambda tx: in_consultation(tx, service)),
        "labels": labels,
    }
    return pages_of(request).render(request, "standard.html", **context)


@dataclass(frozen=True)
class StandardVersions:
    """`terms` are those in force; `versions` are all that were adopted, the newest first, each with the terms before it."""

    current: StandardRow | None
    terms: str
    versions: list[tuple[StandardRow, str]]


async def standard_versions(office: IntegrityOffice, service: str) -> StandardVersions:
    today = office.days.day(office.clock.now())
    decrees = await office.store.query(lambda tx: decrees_of(tx, service))
    current = await office.store.query(lambda tx: decree_in_force(tx, service, today))
    shipped = office.standards.shipped.standard(service, today)
    first = "{}" if shipped is None else written(draft_from_standard(shipped))
    before = [*(each.terms for each in decrees), first][1:]
    terms = first if current is None else current.terms
    return StandardVersions(current, terms, list(zip(decrees, before, strict=True)))


@router.get(f"{HERE}/drafts/{{standard}}")
async def consulted_draft(request: Request, office: TheOffice, standard: UUID) -> Response:
    """Show the text that the public is or was asked about, its difference to what is in force, and what was changed in it since."""
    row = await office.store.query(lambda tx: standard_row(tx, standard))
    if row is None or row.consulted is None:
        raise NotFoundError(DETAILS[404])
    language = language_of(request)
    record = await record_of(office, row.service)
    context = {
        **promised(row.consulted, language, delivery_only=False),
        "row": row,
        "name": service_names(office, language).get(row.service, row.service),
        "changes": labels.sentences(differences(record.terms, row.consulted), language),
        "since": changes_since(row, language),
        "now": promised(row.terms, language, delivery_only=False),
        "labels": labels,
    }
    return pages_of(request).render(request, "standard_draft.html", **context)


async def record_of(office: IntegrityOffice, service: str) -> ServiceRecord:
    """Read the other versions of a service as of today."""
    today = office.days.day(office.clock.now())
    return await office.store.query(lambda tx: office.standards.record(tx, service, today))


def changes_since(row: StandardRow, language: str) -> list[str]:
    """State what was changed after the public was asked, in sentences."""
    if row.consulted is None:
        return []
    return list(labels.sentences(differences(row.consulted, row.terms), language))


def service_names(office: IntegrityOffice, language: str) -> dict[str, str]:
    by = Act(at=office.clock.now(), actor="public", role="public")
    services = office.standards.rules(by).services
    return {code: labels.in_language((name.id, name.en), language) for code, name in services.items()}


def promised(terms: str, language: str, *, delivery_only: bool = True) -> dict[str, Any]:
    """Return what a page shows of a standard's terms: texts, periods, fees and documents."""
    table = table_of(terms)
    components = table.get("components", {})
    return {
        "components": [
            (name, (components.get(part) or {}).get(language, ""))
            for part, name in labels.component_names(language, delivery_only=delivery_only)
        ],
        "periods": [
            (labels.in_language(title, language), labels.in_language(period_in_words(*amount), language))
            for title, amount in stated_periods(table).values()
        ],
        "fees": list(stated_fees(table).items()),
        "documents": [labels.in_language(name, language) for name in stated_documents(table).values()],
    }
