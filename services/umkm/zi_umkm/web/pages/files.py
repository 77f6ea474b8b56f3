"""Show a business a file that it has sent, with headers that keep it harmless."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_umkm.messaging.upstream import media_types
from zi_umkm.web.pages.assessment import papers
from zi_umkm.web.pages.case_owner import CurrentOwner
from zi_umkm.web.pages.vault_reader import reader_of_owner, streamed

# Nothing in it runs, loads or leads anywhere, whatever it is.
HARMLESS = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

router = APIRouter(include_in_schema=False)


@router.get("/umkm/cases/{ticket}/files/{item}")
async def own_file(owner: CurrentOwner, item: UUID) -> Response:
    """Show a document or the evidence for a finding."""
    kinds = await owner.office.store.query(lambda tx: media_types(tx, owner.mentoring_request.ticket))
    known = {each.file.item for each in papers(await owner.dossier())}
    if item not in known & set(kinds):
        raise NotFoundError(DETAILS[404])
    return await streamed(reader_of_owner(owner).content(item), kinds[item], HARMLESS)
