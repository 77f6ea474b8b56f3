"""The HTTP interface to a company's master data: only the company's own requests read and write it."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.master_content import MasterKind, prefilled
from zi_certificates.domain.master_entry import MasterEntry
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.applications import application as application_row
from zi_certificates.read.master_entries import MasterRow, MasterVersion
from zi_certificates.roles import OFFICIALS
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.applicants import Applicant
from zi_certificates.web.api.parameters import COMMAND, SIGNED_IN, Page, SearchText, TheOffice, Ticket
from zi_certificates.web.bodies import RevisionBody
from zi_certificates.web.master_answers import (
    MasterDoneAnswer,
    MasterEntryAnswer,
    MasterHistoryAnswer,
    MasterListAnswer,
    MasterVersionAnswer,
    OfferedProductAnswer,
    ProductOfferAnswer,
    UsedVersionAnswer,
)
from zi_certificates.web.master_bodies import AddEntryBody, ChangeEntryBody, UseProductBody
from zi_chassis.access.case_token import CaseTokenError
from zi_chassis.access.identity import staff
from zi_chassis.storage.store import Handled
from zi_chassis.uploads import presented_token
from zi_chassis.web.idempotency import IdempotencyKey

router = APIRouter(prefix="/certificates/api/applications/{ticket}/master-data", tags=["applicants"])
used_router = APIRouter(prefix="/certificates/api")
offer_router = APIRouter(prefix="/certificates/api")


@router.get("", responses=COMMAND)
async def list_entries(
    office: TheOffice,
    applicant: Applicant,
    kind: MasterKind | None = None,
    text: SearchText = "",
    retired: bool = False,
    page: Page = 1,
) -> MasterListAnswer:
    """Lists the producers, suppliers and products of the company by name; `retired` lists those that are out of use instead."""
    requested, _ = applicant
    found = await office.master_data.page(requested, kind, text, page, retired=retired)
    return MasterListAnswer(total=found.total, entries=[entry_answer(each) for each in found.rows])


@router.post("", status_code=201, responses=COMMAND)
async def add_entry(
    office: TheOffice, applicant: Applicant, body: AddEntryBody, key: IdempotencyKey = None
) -> MasterDoneAnswer:
    """Keeps a producer, supplier or product once for all applications of the company."""
    requested, by = applicant
    entry, handled = await office.master_data.add(requested, by, key, body.entry.content, body.entry.texts)
    return _done(entry, handled)


@router.get("/{entry}", responses=COMMAND)
async def show_entry(office: TheOffice, applicant: Applicant, entry: UUID) -> MasterHistoryAnswer:
    """Shows an entry with all its versions, the newest first."""
    requested, _ = applicant
    row, versions = await office.master_data.entry(requested, entry)
    return MasterHistoryAnswer(
        **dict(entry_answer(row)), versions=[version_answer(each) for each in versions]
    )


@router.post("/{entry}/change", responses=COMMAND)
async def change_entry(
    office: TheOffice,
    applicant: Applicant,
    entry: UUID,
    body: ChangeEntryBody,
    key: IdempotencyKey = None,
) -> MasterDoneAnswer:
    """Makes a new version; applications that used an earlier one keep that."""
    requested, by = applicant
    handled = await office.master_data.change(
        requested, by, key, entry, body.revision, body.entry.content, body.entry.texts
    )
    return _done(entry, handled)


@router.post("/{entry}/retire", responses=COMMAND)
async def retire_entry(
    office: TheOffice, applicant: Applicant, entry: UUID, body: RevisionBody, key: IdempotencyKey = None
) -> MasterDoneAnswer:
    """Takes an entry out of use; nothing is deleted."""
    requested, by = applicant
    return _done(entry, await office.master_data.retire(requested, by, key, entry, body.revision))


@router.post("/{entry}/restore", responses=COMMAND)
async def restore_entry(
    office: TheOffice, applicant: Applicant, entry: UUID, body: RevisionBody, key: IdempotencyKey = None
) -> MasterDoneAnswer:
    """Takes a retired entry back into use."""
    requested, by = applicant
    return _done(entry, await office.master_data.restore(requested, by, key, entry, body.revision))


@router.post("/{entry}/item", responses=COMMAND)
async def use_product(
    office: TheOffice, applicant: Applicant, entry: UUID, body: UseProductBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Adds a product of the company's data to the application, and pins its version, its producer's and its supplier's."""
    requested, by = applicant
    content, _ = await office.master_use.product(requested, entry, body.revision)
    try:
        item = body.item(prefilled(content))
    except ValidationError as error:
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        ) from error
    added = await office.master_use.add_item(requested, by, key, item, entry, body.revision)
    return presenters.done(requested.ticket, added)


@router.post("/{entry}/producer", responses=COMMAND)
async def name_producer(
    office: TheOffice, applicant: Applicant, entry: UUID, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Names a producer of the company's data as the one that the letters print, and pins its version."""
    requested, by = applicant
    return presenters.done(requested.ticket, await office.master_use.name_producer(requested, by, key, entry))


@offer_router.get("/applications/{ticket}/offers", responses=COMMAND, tags=["applicants"])
async def list_offers(office: TheOffice, applicant: Applicant) -> list[ProductOfferAnswer]:
    """Lists what mentored businesses hand over to this application, also what they have taken back."""
    requested, _ = applicant
    return [
        ProductOfferAnswer(
            case=each.mentoring,
            products=[
                OfferedProductAnswer(product=one_of.product, number=one_of.number) for one_of in each.products
            ],
            at=each.at,
            ended=each.ended,
        )
        for each in await office.accepting_offers.offers(requested)
    ]


@offer_router.post(
    "/applications/{ticket}/offers/{case}/{product}/accept", responses=COMMAND, tags=["applicants"]
)
async def accept_offer(
    request: Request,
    office: TheOffice,
    applicant: Applicant,
    case: str,
    product: int,
    key: IdempotencyKey = None,
) -> MasterDoneAnswer:
    """Takes a handed over product into the company's data; the vault looks again whether the business agrees."""
    requested, by = applicant
    token = presented_token(request, by)
    return _done(*await office.accepting_offers.accept(requested, by, key, case, product, token))


@used_router.get("/applications/{ticket}/used-master-data", responses=SIGNED_IN, tags=["applicants"])
async def used_versions(request: Request, office: TheOffice, ticket: Ticket) -> list[UsedVersionAnswer]:
    """Shows the versions of the company's data that the application uses, to its applicant and to officials without an interest in it."""
    requested = await _reader(request, office, ticket)
    _, state = await office.store.fetch(applications, requested.application)
    return [
        UsedVersionAnswer(used=each.used, version=version_answer(each.version), differs=list(each.differs))
        for each in await office.master_use.used_by(state.statement)
    ]


async def _reader(request: Request, office: CertificatesOffice, ticket: str) -> IntakeRequest:
    try:
        requested, _ = await office.access.applicant(request, ticket)
    except CaseTokenError:
        person = await staff(*OFFICIALS)(request)
        requested = await office.access.request(ticket)
        row = await office.store.query(lambda tx: application_row(tx, requested.application))
        if row is not None:
            await office.access.refuse_conflicted_with(person.sub, row)
    return requested


def version_answer(version: MasterVersion) -> MasterVersionAnswer:
    return MasterVersionAnswer(
        revision=version.revision,
        content=version.content,
        stored=[each.item.field for each in version.texts],
        digest=version.digest,
        origin=version.origin,
        at=version.at,
    )


def entry_answer(row: MasterRow) -> MasterEntryAnswer:
    return MasterEntryAnswer(
        entry=row.entry, kind=row.kind, retired=row.retired, newest=version_answer(row.newest)
    )


def _done(entry: UUID, handled: Handled[MasterEntry]) -> MasterDoneAnswer:
    event = handled.recorded[0].event_id if handled.recorded else None
    return MasterDoneAnswer(
        entry=entry, revision=handled.state.revision, retired=handled.state.retired, event_id=event
    )
