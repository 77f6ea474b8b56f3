"""The HTTP interface to the office's lists: HS codes with search, and units."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from zi_certificates.web.api.parameters import PUBLIC, TheOffice
from zi_rules.certificate.units import Unit

router = APIRouter(prefix="/certificates/api", tags=["public"])


class HsEntryAnswer(BaseModel):
    code: str
    id: str
    en: str


class HsCodesAnswer(BaseModel):
    """A page of at most 20 codes; `total` counts all that are found. An office without a list answers with `listed` false."""

    listed: bool
    list: str
    version: int
    digest: str
    total: int
    codes: tuple[HsEntryAnswer, ...]


class UnitsAnswer(BaseModel):
    version: int
    digest: str
    source: str | None
    units: tuple[Unit, ...]


@router.get("/hs-codes", responses=PUBLIC)
async def search_hs_codes(
    office: TheOffice,
    text: Annotated[str, Query(max_length=120)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HsCodesAnswer:
    """Lists the HS codes that begin with these digits, or whose descriptions have all of these words."""
    hs_list = office.rules.hs_lists[0]
    found = hs_list.search(text, page)
    return HsCodesAnswer(
        listed=bool(hs_list.codes),
        list=hs_list.id,
        version=hs_list.version,
        digest=hs_list.digest,
        total=found.total,
        codes=tuple(HsEntryAnswer(code=each.code, id=each.id, en=each.en) for each in found.entries),
    )


@router.get("/units", responses=PUBLIC)
async def list_units(office: TheOffice) -> UnitsAnswer:
    """Lists the units in which a quantity may be stated; what is sent may be a code, a sign or a name."""
    units = office.rules.units[0]
    return UnitsAnswer(
        version=units.version, digest=units.digest, source=units.public_source, units=units.units
    )
