"""The kinds of letters that the office issues, and the goods that they are for."""

from enum import StrEnum

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


class Circumstance(StrEnum):
    """A fact that only the applicant knows and that some rules depend on."""

    ACTS_FOR_ANOTHER = "acts_for_another"
    WHOLESALER = "wholesaler"
    ACTIVE_INGREDIENT = "active_ingredient"
    BIOLOGICAL_OR_ANIMAL = "biological_or_animal"
    VACCINE_INGREDIENT = "vaccine_ingredient"
    SPECIAL_IMPORT = "special_import"
    REGISTRATION_ENDS_SOON = "registration_ends_soon"
    NOT_REGISTERED = "not_registered"
    EXPORTER_IS_NOT_PRODUCER = "exporter_is_not_producer"
    EXPORT_LABEL_DIFFERS = "export_label_differs"
    SOY_OR_PROTEIN_HYDROLYSATE = "soy_or_protein_hydrolysate"
    MAY_BE_GENETICALLY_MODIFIED = "may_be_genetically_modified"
