"""The HTTP interface to a company's master data: only the company's own requests read and write it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from zi_certificates.domain.master_content import MasterKind
from zi_certificates.domain.master_entry import MasterEntry
from zi_certificates.read.master_entries import MasterRow, MasterVersion
from zi_certificates.web.api.applicants import Applicant
from zi_certificates.web.api.parameters import COMMAND, TheOffice
from zi_certificates.web.bodies import RevisionBody
from zi_certificates.web.master_answers import (
    MasterDoneAnswer,
    MasterEntryAnswer,
    MasterHistoryAnswer,
    MasterListAnswer,
    MasterVersionAnswer,
)
from zi_certificates.web.master_bodies import AddEntryBody, ChangeEntryBody
from zi_chassis.store import Handled
from zi_chassis.web.idempotency import IdempotencyKey

router = APIRouter(prefix="/certificates/api/applications/{ticket}/master-data", tags=["applicants"])


@router.get("", responses=COMMAND)
async def list_entries(
    office: TheOffice,
    applicant: Applicant,
    kind: MasterKind | None = None,
    text: Annotated[str, Query(max_length=120)] = "",
    retired: bool = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
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
