"""The wording of letters: complete in both languages, and an office's own in place of the shipped one."""

from pathlib import Path

import pytest
from tests.rules.certificate.stated import WORDING
from tests.rules.office_files import office_with

from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.letter_wording import LetterWording, load_letter_wording
from zi_rules.configuration import UnusableConfigurationError

FILE = "certificate_letter_wording.toml"
SOURCE = 'source = "contoh"\nsource_status = "unverified"'
SECOND_VALIDITY = (
    f'[[validity]]\nkinds = ["ski_border"]\ntext = {{ id = "a", en = "b" }}\n{SOURCE}\n[numbering]'
)
TWICE_NAMED = '[[signatories]]\nofficial = "budi"\n[[signatories]]\nofficial = "budi"\n[numbering]'
UNSEEN_BASIS = f'[[legal_bases]]\ntext = {{ id = "a", en = "b" }}\n{SOURCE}\n[numbering]'


def test_every_kind_has_a_title_of_its_own_and_a_statement() -> None:
    assert set(WORDING.titles) == set(WORDING.statements) == set(CertificateKind)
    assert len({title.en for title in WORDING.titles.values()}) == len(CertificateKind)


def test_an_import_letter_ends_with_its_shipment() -> None:
    ending = {kind for kind in CertificateKind for goods in Goods if WORDING.ends_with_shipment(kind, goods)}
    assert ending == {CertificateKind("ski_border"), CertificateKind("ski_post_border")}


def test_an_office_words_its_letters_in_a_version_of_its_own(tmp_path: Path) -> None:
    (wording,) = load_letter_wording(
        office_with(tmp_path, FILE, ("version = 2", "version = 3"), ("Kepala Balai", "Kepala Loka"))
    )
    assert (wording.version, wording.positions.head) == (3, "Kepala Loka")
    assert wording.digest != WORDING.digest


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("ske_cpp = ", "# ske_cpp = "), "word these in both languages: titles.ske_cpp, statements.ske_cpp"),
        (("Kepala Balai", "Kepala\u200b Balai"), r"positions.head: U\+200B"),
        (('"{number}"', '"{nomor}"'), "a number has no nomor: it has number, sequence, series, year"),
        (('"{number}"', '"{year}/{sequence}"'), "two letters would have one number"),
        (("[numbering]", SECOND_VALIDITY), "state only one validity for ski_border of"),
        (("[numbering]", TWICE_NAMED), "name each signatory once"),
        (("[numbering]", UNSEEN_BASIS), "names no regulation as its basis that nobody has verified"),
    ],
)
def test_a_wording_that_no_letter_can_show_is_refused(
    tmp_path: Path, change: tuple[str, str], reason: str
) -> None:
    with pytest.raises(UnusableConfigurationError, match=reason):
        load_letter_wording(office_with(tmp_path, FILE, change))


def test_a_wording_from_before_is_still_read() -> None:
    """As services have stored it: without what came later."""
    later = ("signatories", "validity", "legal_bases", "letterhead", "layouts", "numbering")
    fields = {name: value for name, value in WORDING.model_dump().items() if name not in later}
    labels = {
        name: label
        for name, label in fields["labels"].items()
        if name not in ("producer", "consignee", "validity_undecided")
    }
    wording = LetterWording.model_validate({**fields, "labels": labels})
    kind, goods = CertificateKind.SKI_BORDER, Goods.OBAT
    assert (wording.validity_of(kind, goods), wording.bases_of(kind, goods)) == (None, [])
    assert wording.signatory("budi") is None
    assert wording.labels.validity_undecided.en == "Not decided by this office"


def test_a_number_may_be_written_in_the_offices_way(tmp_path: Path) -> None:
    pattern = ('"{number}"', '"PW/{sequence}/{series}/{year}"')
    (wording,) = load_letter_wording(office_with(tmp_path, FILE, pattern))
    assert wording.numbering is not None
    assert wording.numbering.pattern == "PW/{sequence}/{series}/{year}"
