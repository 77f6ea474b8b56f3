"""Letters with sample data, as an office looks at its wording before it starts with it."""

from pathlib import Path
from subprocess import run

import pytest
from tests.rules.office_files import office_with

from zi_certificates.letters.preview import main
from zi_rules.certificate.kind import CertificateKind
from zi_verify.certificate import check_certificate
from zi_verify.verdict import Failed

FILE = "certificate_letter_wording.toml"
NEXT = ("version = 2", "version = 3")
KNOWN = '[[signatories]]\nofficial = "budi"\nposition = "Ketua Tim"\nnip = "198001012005011001"\n[letterhead]\nname = "Balai Lain"\naddress = "Jalan Lain 1"\nlines = ["Telepon 1"]\n[numbering]'
OWN_NUMBER = ('pattern = "{number}"', 'pattern = "PW/{sequence}/{series}/{year}"')


def text_of(pdf: Path) -> str:
    result = run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
    return " ".join(result.stdout.decode().split())


def test_an_office_sees_each_kind_of_letter_in_its_own_wording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = office_with(tmp_path / "rules", FILE, NEXT, ("[numbering]", KNOWN), OWN_NUMBER)
    assert main([str(tmp_path / "out"), "--rules", str(rules)]) == 0
    assert "7 previews of certificate_letter_wording version 3" in capsys.readouterr().out
    assert {each.stem for each in (tmp_path / "out").iterdir()} == set(CertificateKind)
    text = text_of(tmp_path / "out/ske_health.pdf")
    for part in (
        *("CONTOH", "Balai Lain", "Jalan Lain 1", "Telepon 1", "Health Certificate"),
        *("PW/000000/SKE/0000", "SKE-0000-000000", "Ketua Tim", "NIP 198001012005011001"),
        *("CONTOH 0123", "CV Contoh Produsen", "Example Consignee Ltd", "01-06-2026", "Timbal"),
        *("Not decided by this office", "Tiongkok / China", "BL-CONTOH-1"),
    ):
        assert part in text
    imported = text_of(tmp_path / "out/ski_border.pdf")
    assert "it ends with that shipment" in imported
    assert "Peraturan Badan POM Nomor 27 Tahun 2022" in imported


def test_a_preview_is_no_letter(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    pdf = (tmp_path / "ski_border.pdf").read_bytes()
    assert isinstance(check_certificate(pdf, None, None).verdict, Failed)


def test_a_wording_that_can_not_be_used_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = office_with(tmp_path, FILE, ('"{number}"', '"{nomor}"'))
    assert main([str(tmp_path / "out"), "--rules", str(rules)]) == 2
    assert f"{FILE} can't be used. numbering.pattern: a number has no nomor" in capsys.readouterr().err
