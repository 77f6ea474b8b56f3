"""The wording of letters: complete in both languages, and an office's own in place of the shipped one."""

from pathlib import Path

import pytest
from tests.rules.certificate.stated import WORDING
from tests.rules.office_files import NEXT, office_with

from zi_rules.certificate.kind import CertificateKind
from zi_rules.certificate.letter_wording import load_letter_wording
from zi_rules.configuration import UnusableConfigurationError

FILE = "certificate_letter_wording.toml"


def test_every_kind_has_a_title_of_its_own_and_a_statement() -> None:
    assert set(WORDING.titles) == set(WORDING.statements) == set(CertificateKind)
    assert len({title.en for title in WORDING.titles.values()}) == len(CertificateKind)


def test_an_office_words_its_letters_in_a_version_of_its_own(tmp_path: Path) -> None:
    (wording,) = load_letter_wording(office_with(tmp_path, FILE, NEXT, ("Kepala Balai", "Kepala Loka")))
    assert (wording.version, wording.positions.head) == (2, "Kepala Loka")
    assert wording.digest != WORDING.digest


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("ske_cpp = ", "# ske_cpp = "), "word these in both languages: titles.ske_cpp, statements.ske_cpp"),
        (("Kepala Balai", "Kepala\u200b Balai"), r"positions.head: U\+200B"),
    ],
)
def test_a_wording_that_no_letter_can_show_is_refused(
    tmp_path: Path, change: tuple[str, str], reason: str
) -> None:
    with pytest.raises(UnusableConfigurationError, match=reason):
        load_letter_wording(office_with(tmp_path, FILE, change))
