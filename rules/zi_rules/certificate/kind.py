"""The kinds of letters that the office issues, and the goods that they are for."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from zi_rules.registration_number import Commodity


class Direction(StrEnum):
    IMPORT = "import"
    EXPORT = "export"


class CertificateKind(StrEnum):
    SKI_BORDER = "ski_border"
    SKI_POST_BORDER = "ski_post_border"
    SKE_HEALTH = "ske_health"
    SKE_FREE_SALE = "ske_free_sale"
    SKE_CPP = "ske_cpp"
    SKE_CPKB = "ske_cpkb"
    SKE_TO_WHOM_IT_MAY_CONCERN = "ske_to_whom_it_may_concern"

    @property
    def direction(self) -> Direction:
        return Direction.IMPORT if self.value.startswith("ski_") else Direction.EXPORT


class Goods(StrEnum):
    """The commodities and their ingredients (bahan); a product has the name of its commodity."""

    PANGAN_OLAHAN = "pangan_olahan"
    OBAT = "obat"
    OBAT_TRADISIONAL = "obat_tradisional"
    SUPLEMEN_KESEHATAN = "suplemen_kesehatan"
    OBAT_KUASI = "obat_kuasi"
    KOSMETIK = "kosmetik"
    BAHAN_PANGAN_OLAHAN = "bahan_pangan_olahan"
    BAHAN_OBAT = "bahan_obat"
    BAHAN_OBAT_TRADISIONAL = "bahan_obat_tradisional"
    BAHAN_SUPLEMEN_KESEHATAN = "bahan_suplemen_kesehatan"
    BAHAN_OBAT_KUASI = "bahan_obat_kuasi"
    BAHAN_KOSMETIK = "bahan_kosmetik"

    @property
    def commodity(self) -> Commodity:
        return Commodity(self.value.removeprefix("bahan_"))


# A fact that only the applicant knows and that rules hang on; each set of rules names its own.
Circumstance = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
ACTS_FOR_ANOTHER: Circumstance = "acts_for_another"  # the account says it
