"""The dossier of one product for the e-registration, as one zip: its papers, which come from intake and go on one after the other, and an index
that names everything that is missing. It can be taken along at any time; what is not complete says so.
"""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.page import pages_of
from zi_umkm.domain import errors
from zi_umkm.domain.business import BusinessProduct
from zi_umkm.messaging.upstream import media_types
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web.official import CurrentOfficial
from zi_umkm.web.page_context import ruled, say_of
from zi_umkm.web.pages.business import product_stated
from zi_umkm.web.pages.case_owner import CurrentOwner, listed_product
from zi_umkm.web.pages.dossier_contents import Contents, contents_of
from zi_umkm.web.pages.vault_reader import (
    IDENTITY,
    Opened,
    Reader,
    reader_of_official,
    reader_of_owner,
    streamed,
)
from zi_umkm.web.rule_names import RuleNames
from zi_umkm.web.zip_stream import Content, zipped

INDEX = "index.html"

router = APIRouter(include_in_schema=False)


@router.get("/umkm/cases/{ticket}/products/{number}/dossier.zip")
async def own_dossier(owner: CurrentOwner, number: int) -> Response:
    return await _sent(reader_of_owner(owner), number)


@router.post("/umkm/desk/cases/{ticket}/products/{number}/dossier.zip")
async def dossier_at_the_desk(official: CurrentOfficial, ticket: str, number: int) -> Response:
    """Send the dossier to a mentor; each paper's opening is recorded first."""
    reader = await reader_of_official(official, ticket)
    if official.person.sub not in (await official.office.mentoring.state(reader.mentoring_request)).mentors:
        raise errors.NotTheMentorError
    return await _sent(reader, number)


async def _sent(reader: Reader, number: int) -> Response:
    """Stream the zip; a broken download is no valid zip."""
    pieces = zipped(await _members(reader, number))
    name = f"dossier-{reader.mentoring_request.ticket[:8]}-{number}.zip"  # its check character is no letter in some
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return await streamed(pieces, "application/zip", headers)


async def _members(reader: Reader, number: int) -> list[tuple[str, Content]]:
    """Return the members of the zip, papers first, so that unreadable ones fail before anything is sent."""
    office, dossier = reader.office, await reader.office.dossiers.of(reader.mentoring_request)
    product = product_stated(dossier.state, number)
    if number not in dossier.readiness:
        raise errors.NotOurTrackError
    opened = await reader.opened(IDENTITY, product.items)
    kinds = await office.store.query(lambda tx: media_types(tx, reader.mentoring_request.ticket))
    rules = office.rules.of(dossier.state, office.clock.now())
    context = ruled(reader.request, office, rules, dossier.state)
    named: RuleNames = context["names"]
    contents = contents_of(dossier, number, rules, named, say_of(reader.request), kinds)
    context |= _index_context(reader, dossier, product, opened, named, contents)
    index = bytes(pages_of(reader.request).render(reader.request, "dossier_index.html", 200, **context).body)
    papers = [(each.name, partial(reader.content, each.row.file.item)) for each in contents.papers]
    return [*papers, (INDEX, partial(_whole, index))]


def _index_context(
    reader: Reader,
    dossier: MentoringDossier,
    product: BusinessProduct,
    opened: Opened,
    named: RuleNames,
    contents: Contents,
) -> Mapping[str, Any]:
    state, name = dossier.state, opened.name_of(product)
    self_assessed, assessed = state.last_self_assessment, state.last_assessment
    return {
        "ticket": reader.mentoring_request.ticket,
        "facts": reader.who(opened, state),
        "kbli": state.business.kbli if state.business else (),
        "product": listed_product(dossier, product, name or named.unnamed(product.number, product.kind)),
        "self_assessment": self_assessed and self_assessed.result,
        "official": assessed and assessed.result,
        "contents": contents,
    }


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
