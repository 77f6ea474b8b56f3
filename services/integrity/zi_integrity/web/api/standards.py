"""The API of service standards for everybody: what each service promises, how it came about, and drafts that the public is asked about."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from zi_chassis.web.entity_tag import TaggedRoute
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_integrity.domain.standard.difference import (
    Bilingual,
    differences,
    sentence,
    stated_documents,
    stated_fees,
    stated_periods,
)
from zi_integrity.domain.standard.terms import table_of
from zi_integrity.read.standards import PAGE, StandardRow, in_consultation, standard_row
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.pages.standards import (
    ServiceLine,
    record_of,
    service_lines,
    service_names,
    standard_versions,
)
from zi_integrity.web.paging import PageQuery
from zi_integrity.web.standard_labels import NAMES
from zi_rules.standard import DELIVERY, Component

router = APIRouter(prefix="/integrity/api/standards", tags=["standards"], route_class=TaggedRoute)


class BilingualAnswer(BaseModel):
    id: str
    en: str


class DraftReferenceAnswer(BaseModel):
    draft: UUID
    until: date | None


class ServiceStandardAnswer(BaseModel):
    """`number` is that of the decree in force; without one, `version` is a setting of the system that the office has not adopted."""

    service: str
    name: BilingualAnswer
    version: int | None
    number: str | None
    effective_from: date | None
    asked_about: DraftReferenceAnswer | None


class ServiceStandardListAnswer(BaseModel):
    count: int
    standards: list[ServiceStandardAnswer]


class StandardPeriodAnswer(BaseModel):
    title: BilingualAnswer
    amount: int
    unit: str


class StandardTermsAnswer(BaseModel):
    """Components by their name, periods that bind, fees by track, and documents that are asked for."""

    components: dict[str, BilingualAnswer]
    periods: list[StandardPeriodAnswer]
    fees: dict[str, str]
    documents: list[BilingualAnswer]


class StandardVersionAnswer(BaseModel):
    """`manner`, `forum`, `until` and `summary` tell how the public was asked; `waiver` why it was not. `changes` are those to the version
    before, `changed_since` those to the text about which the public was asked."""

    version: int | None
    status: str
    number: str | None
    digest: str
    effective_from: date | None
    effective_to: date | None
    review_due: date | None
    overdue: bool
    withdrawn_for: str | None
    manner: str | None
    forum: str | None
    until: date | None
    summary: str | None
    waiver: str | None
    waiver_statement: str | None
    follows: list[str]
    changed_components: list[str]
    unnamed_reason: str | None
    changes: list[BilingualAnswer]
    changed_since: list[BilingualAnswer]


class StandardOfServiceAnswer(BaseModel):
    """`terms` are those in force; `count` is the number of adopted versions, the newest first."""

    standard: ServiceStandardAnswer
    terms: StandardTermsAnswer
    asked_about: list[DraftReferenceAnswer]
    count: int
    page_size: int = PAGE
    versions: list[StandardVersionAnswer]


class ConsultedDraftAnswer(BaseModel):
    """The text that the public is or was asked about, its difference to the version in force, and what was changed in it since."""

    service: str
    status: str
    manner: str | None
    forum: str | None
    until: date | None
    summary: str | None
    terms: StandardTermsAnswer
    changes: list[BilingualAnswer]
    changed_since: list[BilingualAnswer]


@router.get("")
async def standards(office: TheOffice) -> ServiceStandardListAnswer:
    """List every service with the standard in force; there are a few of them, on one page."""
    lines = await service_lines(office, "en")
    names = _names(office)
    listed = [_line(line, names) for line in lines]
    return ServiceStandardListAnswer(count=len(listed), standards=listed)


@router.get("/{service}")
async def standard(office: TheOffice, service: str, page: PageQuery = 1) -> StandardOfServiceAnswer:
    """Read what a service promises, and a page of its adopted versions."""
    names = _names(office)
    if service not in names:
        raise NotFoundError(DETAILS[404])
    [line] = [each for each in await service_lines(office, "en") if each.service == service]
    found = await standard_versions(office, service)
    drafts = await office.store.query(lambda tx: in_consultation(tx, service))
    chosen = found.versions[(page - 1) * PAGE : page * PAGE]
    return StandardOfServiceAnswer(
        standard=_line(line, names),
        terms=_terms(found.terms, DELIVERY),
        asked_about=[DraftReferenceAnswer(draft=each.standard, until=each.until) for each in drafts],
        count=len(found.versions),
        versions=[_version(row, before) for row, before in chosen],
    )


@router.get("/drafts/{standard}")
async def consulted_draft(office: TheOffice, standard: UUID) -> ConsultedDraftAnswer:
    """Read a draft about which the public is or was asked."""
    row = await office.store.query(lambda tx: standard_row(tx, standard))
    if row is None or row.consulted is None:
        raise NotFoundError(DETAILS[404])
    record = await record_of(office, row.service)
    return ConsultedDraftAnswer(
        service=row.service,
        status=row.status.value,
        **_consultation(row),
        terms=_terms(row.consulted, tuple(Component)),
        changes=_changes(record.terms, row.consulted),
        changed_since=_changes(row.consulted, row.terms),
    )


def _names(office: TheOffice) -> dict[str, BilingualAnswer]:
    indonesian, english = (service_names(office, language) for language in ("id", "en"))
    return {code: BilingualAnswer(id=name, en=english[code]) for code, name in indonesian.items()}


def _line(line: ServiceLine, names: dict[str, BilingualAnswer]) -> ServiceStandardAnswer:
    draft = line.consulted
    return ServiceStandardAnswer(
        service=line.service,
        name=names[line.service],
        version=line.version,
        number=line.number,
        effective_from=line.since,
        asked_about=None if draft is None else DraftReferenceAnswer(draft=draft.standard, until=draft.until),
    )


def _version(row: StandardRow, before: str) -> StandardVersionAnswer:
    return StandardVersionAnswer(
        version=row.version,
        status=row.status.value,
        number=row.number,
        digest=row.digest,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        review_due=row.review_due,
        overdue=row.overdue,
        withdrawn_for=row.reason,
        waiver=row.waiver,
        waiver_statement=row.waiver_statement,
        follows=list(row.follows),
        changed_components=list(row.changed_components),
        unnamed_reason=row.unnamed_reason,
        changes=_changes(before, row.terms),
        changed_since=[] if row.consulted is None else _changes(row.consulted, row.terms),
        **_consultation(row),
    )


def _consultation(row: StandardRow) -> dict[str, object]:
    return {"manner": row.manner, "forum": row.forum, "until": row.until, "summary": row.summary}


def _terms(terms: str, parts: Sequence[Component]) -> StandardTermsAnswer:
    table = table_of(terms)
    stated = table.get("components", {})
    return StandardTermsAnswer(
        components={
            part.value: BilingualAnswer(id=texts.get("id", ""), en=texts.get("en", ""))
            for part in parts
            if (texts := stated.get(part.value))
        },
        periods=[
            StandardPeriodAnswer(title=_bilingual(title), amount=amount, unit=unit)
            for title, (amount, unit) in stated_periods(table).values()
        ],
        fees=stated_fees(table),
        documents=[_bilingual(name) for name in stated_documents(table).values()],
    )


def _changes(before: str, after: str) -> list[BilingualAnswer]:
    return [_bilingual(sentence(each, NAMES)) for each in differences(before, after)]


def _bilingual(pair: Bilingual) -> BilingualAnswer:
    return BilingualAnswer(id=pair[0], en=pair[1])
