"""Letters with timestamps: valid on a day, for ten years if they are renewed, and not any more if a renewal was missed."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import ArrayObject, FloatObject, pdf_name
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from tests.letters.archival import broken_clauses, errors_found_by_others
from tests.letters.sample_clock import DAY, SampleClock
from tests.letters.sample_letter import CONTENT, NOW, TEMPLATE, authority, message, unsealed
from tests.verify.sample_log import POLICY

from zi_letters.archive import archive
from zi_letters.evidence import evidence_in
from zi_letters.local_authority import LocalAuthority
from zi_letters.seal import LetterWriter, LocalSeal
from zi_verify.certificate import CertificateReport, check_certificate
from zi_verify.day import parse_day
from zi_verify.main import main
from zi_verify.status import ExitStatus
from zi_verify.verdict import Failed, Matching

# A letter without last day, so that only its signatures limit it.
ENDLESS = CONTENT.model_copy(update={"valid_until": None})


@dataclass(frozen=True)
class TimedLetter:
    root: LocalAuthority
    seal: LocalSeal
    clock: SampleClock
    page: bytes
    sealed: bytes

    def checked(self, pdf: bytes, at: datetime | None = None, now: datetime = NOW) -> CertificateReport:
        return check_certificate(pdf, POLICY, self.root.pem + self.clock.root.pem, at=at, now=now)

    def renewed(self, *days: int) -> bytes:
        pdf = self.sealed
        for day in days:
            pdf = self.clock.later(day).archived(pdf)
        return pdf


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> TimedLetter:
    root, clock = authority(), SampleClock()
    seal = root.make_seal("Balai POM Contoh", NOW)
    page = unsealed(tmp_path_factory.mktemp("log"), ENDLESS, message(ENDLESS, TEMPLATE))
    return TimedLetter(root, seal, clock, page, clock.sealed(page, seal))


def standing_text(report: CertificateReport) -> str:
    assert not isinstance(report.verdict, Failed), report.verdict
    assert {each.status for each in report.shortfalls} <= {ExitStatus.NOT_VALID_THEN}
    return " ".join(each.why.en for each in report.shortfalls)


def test_a_letter_with_timestamps_holds_and_tells_until_when(letter: TimedLetter) -> None:
    report = letter.checked(letter.sealed)
    assert (report.verdict, report.shortfalls) == (Matching(), ())
    ends = (NOW + 3 * 365 * DAY + timedelta(hours=8)).date().isoformat()
    assert f"They hold until {ends}" in " ".join(each.en for each in report.remarks)


def test_it_stays_archival_through_its_renewals(letter: TimedLetter) -> None:
    for pdf in (letter.sealed, letter.renewed(1000, 2000)):
        assert errors_found_by_others(pdf) == []
        assert broken_clauses(pdf) == []


def test_sixty_changes_are_found(letter: TimedLetter) -> None:
    chance, pdf = random.Random(47), letter.renewed(1000)
    for place in [*chance.sample(range(len(pdf)), 57), 0, len(letter.page) + 1, len(pdf) - 1]:
        changed = bytearray(pdf)
        changed[place] ^= 1 << chance.randrange(8)
        assert isinstance(letter.checked(bytes(changed)).verdict, Failed), place


def test_it_holds_after_three_renewals_in_eleven_years(letter: TimedLetter) -> None:
    pdf = letter.renewed(1000, 2000, 3000)
    assert pdf.startswith(letter.sealed)
    assert standing_text(letter.checked(pdf, now=NOW + 4000 * DAY)) == ""
    assert standing_text(letter.checked(pdf, at=NOW + 400 * DAY, now=NOW + 4000 * DAY)) == ""
    assert "ended on" in standing_text(letter.checked(pdf, now=NOW + 4200 * DAY))


def test_a_missed_renewal_is_told_and_no_later_one_mends_it(letter: TimedLetter) -> None:
    lapsed, late = NOW + 1200 * DAY, letter.renewed(1200)
    for report in (letter.checked(letter.sealed, now=lapsed), letter.checked(late, now=lapsed)):
        assert report.verdict == Matching()
        assert "Its seal is not proven" in standing_text(report)
        assert "nobody had renewed" in standing_text(report)


def test_it_is_not_valid_before_it_was_sealed_nor_for_ever(letter: TimedLetter) -> None:
    assert "did not exist" in standing_text(letter.checked(letter.sealed, at=NOW - 2 * DAY))
    assert standing_text(letter.checked(letter.sealed, at=NOW + 1000 * DAY)) == ""
    assert "ended on" in standing_text(letter.checked(letter.sealed, at=NOW + 1100 * DAY))


def test_a_letter_is_not_valid_after_its_last_day(letter: TimedLetter, tmp_path: Path) -> None:
    pdf = letter.clock.sealed(unsealed(tmp_path), letter.seal)
    assert standing_text(letter.checked(pdf, at=parse_day("2027-01-31"))) == ""
    assert "valid until 2027-01-31" in standing_text(letter.checked(pdf, at=parse_day("2027-02-01")))


def test_a_letter_issued_before_there_were_timestamps_still_verifies(letter: TimedLetter) -> None:
    pdf = asyncio.run(letter.seal.sign(letter.page))
    report = letter.checked(pdf, now=NOW + 2000 * DAY)
    assert (report.verdict, standing_text(report)) == (Matching(), "")
    assert "It has no timestamp" in " ".join(each.en for each in report.remarks)
    assert "ended on" in standing_text(letter.checked(pdf, at=NOW + 2000 * DAY))
    added = letter.clock.later(500).archived(pdf)
    assert standing_text(letter.checked(added, at=NOW + 1500 * DAY)) == ""


def test_a_timestamp_of_a_stranger_is_not_believed(letter: TimedLetter) -> None:
    strange = SampleClock().sealed(letter.page, letter.seal)
    assert isinstance(letter.checked(strange).verdict, Failed)
    assert isinstance(check_certificate(letter.sealed, POLICY, letter.root.pem, now=NOW).verdict, Failed)
    assert check_certificate(strange, POLICY, None, now=NOW).verdict == Matching()


def test_the_archive_timestamp_can_not_be_cut_off(letter: TimedLetter) -> None:
    stamped = asyncio.run(letter.seal.sign(letter.page, letter.clock.stamps))
    report = letter.checked(stamped)
    assert isinstance(report.verdict, Failed)
    assert "archive timestamp is missing" in report.verdict.findings[0].why.en


def _note(writer: LetterWriter) -> None:
    sheet = writer.root["/Pages"]
    while "/Kids" in sheet:
        sheet = sheet["/Kids"][0]
    sheet[pdf_name("/MediaBox")] = ArrayObject([FloatObject(each) for each in (0, 0, 100, 100)])
    writer.update_container(sheet)


def _other_language(writer: LetterWriter) -> None:
    writer.root[pdf_name("/Lang")] = pdf_name("/en")
    writer.update_root()


def _other_seal(writer: LetterWriter) -> None:
    widget = writer.root["/AcroForm"]["/Fields"][0]
    widget[pdf_name("/Rect")] = ArrayObject([FloatObject(each) for each in (0, 0, 300, 300)])
    writer.update_container(widget)


@pytest.mark.parametrize("change", [_note, _other_language, _other_seal])
def test_what_comes_with_a_renewal_and_is_more_fails(
    letter: TimedLetter, change: Callable[[LetterWriter], None]
) -> None:
    """Even the authority of the timestamps can't change what a letter shows."""
    writer, later, changed = LetterWriter(BytesIO(letter.sealed)), letter.clock.later(100), BytesIO()
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=later.evidence.certificates)
    change(writer)
    stamper = PdfTimeStamper(later.stamps, field_name="Archive-2")
    asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", output=changed))
    report = letter.checked(changed.getvalue())
    assert isinstance(report.verdict, Failed)
    assert "something else than a signature was added" in report.verdict.findings[0].why.en


def test_a_revoked_clock_proves_nothing(letter: TimedLetter) -> None:
    """The list of revoked certificates that a renewal brings along is read."""
    root, stolen = letter.clock.root, x509.load_der_x509_certificate(letter.clock.clock.certificate)
    revoked = x509.RevokedCertificateBuilder().serial_number(stolen.serial_number).revocation_date(NOW - DAY)
    builder = x509.CertificateRevocationListBuilder().issuer_name(root.certificate.subject)
    builder = builder.last_update(NOW).next_update(NOW + 3000 * DAY).add_revoked_certificate(revoked.build())
    listed = builder.sign(root.key, SHA256()).public_bytes(Encoding.PEM)
    later = letter.clock.later(10)
    pdf = asyncio.run(archive(letter.sealed, later.stamps, evidence_in(listed), evidence_in(root.pem)))
    assert isinstance(letter.checked(pdf).verdict, Failed)


def test_the_command_ends_with_its_own_status(
    letter: TimedLetter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in {"l.pdf": letter.sealed, "ca.pem": letter.root.pem + letter.clock.root.pem}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "policy").write_bytes(POLICY.format())
    options = [
        "certificate",
        str(tmp_path / "l.pdf"),
        "--ca",
        str(tmp_path / "ca.pem"),
        "--state",
        str(tmp_path / "s"),
    ]
    options += ["--policy", str(tmp_path / "policy")]
    day = (NOW + 30 * DAY).date().isoformat()
    assert main([*options, "--at", day]) == 0
    assert main([*options, "--at", "2016-01-01"]) == 9
    assert "did not exist" in capsys.readouterr().out
    assert main([*options, "--at", "2036-12-31"]) == 9
    with pytest.raises(SystemExit):
        main([*options, "--at", "tomorrow"])
