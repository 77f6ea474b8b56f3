"""A letter that promises its signatory's own signature: it holds with that and the seal, and with nothing else."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.generic import ArrayObject, pdf_name
from tests.letters.archival import broken_clauses, errors_found_by_others
from tests.letters.sample_clock import SampleClock
from tests.letters.sample_letter import CONTENT, NOW, TEMPLATE, authority, message, unsealed
from tests.letters.signing_provider import KEY, ROOT, completed_by, signed_by
from tests.letters.test_personal_signature import revoked
from tests.verify.sample_log import POLICY

from zi_letters.archive import seal_for_ever
from zi_letters.evidence import LetterEvidence, evidence_in
from zi_letters.seal import LetterWriter, LocalSeal
from zi_verify.certificate import CertificateReport, check_certificate
from zi_verify.main import main
from zi_verify.status import ExitStatus
from zi_verify.verdict import Failed, Matching

PROMISING = CONTENT.model_copy(
    update={"signer": CONTENT.signer.model_copy(update={"personal_signature": True})}
)
OFFICE = authority()
SEAL = OFFICE.make_seal("Balai POM Contoh", NOW)
CLOCK = SampleClock()
AUTHORITIES = OFFICE.pem + CLOCK.root.pem


@dataclass(frozen=True)
class Pages:
    """One page that promises the signature, and one that does not."""

    promising: bytes
    plain: bytes


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    promising = unsealed(tmp_path_factory.mktemp("a"), PROMISING, message(PROMISING, TEMPLATE))
    return Pages(promising, unsealed(tmp_path_factory.mktemp("b")))


def sealed(pdf: bytes, evidence: bytes = b"", seal: LocalSeal = SEAL) -> bytes:
    """Sealed as the office does it, with lists of revoked certificates."""
    more, roots = evidence_in(evidence), evidence_in(CLOCK.root.pem)
    whole = LetterEvidence(
        (*CLOCK.evidence.certificates, *more.certificates),
        (*CLOCK.evidence.revocations, *more.revocations),
    )
    return asyncio.run(seal_for_ever(pdf, seal, CLOCK.stamps, whole, roots))


def checked(
    pdf: bytes, ca: bytes | None = AUTHORITIES, signatories: bytes | None = ROOT.pem
) -> CertificateReport:
    return check_certificate(pdf, POLICY, ca, signatories=signatories)


def why(report: CertificateReport) -> str:
    assert isinstance(report.verdict, Failed)
    return " ".join(each.why.en for each in report.verdict.findings)


def test_both_signers_are_named_as_the_letter_and_as_the_certificate_has_them(pages: Pages) -> None:
    letter = sealed(signed_by(KEY, pages.promising))
    for ca in (AUTHORITIES, None):
        report = checked(letter, ca, ROOT.pem)
        assert (report.verdict, report.shortfalls) == (Matching(), ())
        named = next(each for each in report.remarks if "personally" in each.en)
        assert "Pejabat Contoh, Kepala Balai; by the certificate: Common Name: Pejabat Contoh" in named.en
        assert "Otoritas Contoh" in named.id
    assert any("Balai POM Contoh" in each.en for each in report.remarks)
    assert (broken_clauses(letter), errors_found_by_others(letter)) == ([], [])


def broken(pdf: bytes) -> bytes:
    """With one digit of its last signature changed."""
    changed, place = bytearray(pdf), pdf.rindex(b"/Contents <") + 900
    changed[place] = ord("1" if changed[place : place + 1] == b"0" else "0")
    return bytes(changed)


def of_a_stranger(page: bytes) -> bytes:
    return signed_by(authority().make_seal("Pejabat Contoh", NOW), page)


def ended(page: bytes) -> bytes:
    return signed_by(ROOT.make_seal("Pejabat Contoh", NOW - timedelta(days=1200)), page)


LACKING: dict[str, tuple[Callable[[bytes], bytes], bytes, str]] = {
    "none": (lambda page: page, b"", "has one signature only"),
    "broken": (lambda page: broken(signed_by(KEY, page)), b"", "does not hold"),
    "of a stranger": (of_a_stranger, b"", "does not hold"),
    "ended": (ended, b"", "does not hold"),
    "revoked": (lambda page: signed_by(KEY, page), ROOT.pem + revoked(), "does not hold"),
    "of the seal": (lambda page: signed_by(SEAL, page), b"", "does not hold"),
    "of the seal's authority": (
        lambda page: signed_by(OFFICE.make_seal("Pejabat Contoh", NOW), page),
        OFFICE.pem,
        "does not hold",
    ),
    "of the office's clock": (
        lambda page: signed_by(CLOCK.root.make_seal("Pejabat Contoh", NOW), page),
        CLOCK.root.pem,
        "does not hold",
    ),
}


@pytest.mark.parametrize("case", LACKING)
def test_a_letter_without_the_signature_that_it_promises_ends_with_its_own_status(
    pages: Pages, tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    """An insider has the seal, and leaves the official out or plays one."""
    signed, evidence, sentence = LACKING[case]
    for name, data in (
        ("letter.pdf", sealed(signed(pages.promising), evidence)),
        ("ca.pem", AUTHORITIES),
        ("signatories.pem", ROOT.pem),
        ("policy", POLICY.format()),
    ):
        (tmp_path / name).write_bytes(data)
    files = [str(tmp_path / name) for name in ("letter.pdf", "ca.pem", "signatories.pem", "policy")]
    status = main(
        ["certificate", files[0], "--ca", files[1], "--signatories", files[2], "--policy", files[3]]
    )
    output = capsys.readouterr().out
    assert (status, sentence in output) == (ExitStatus.NOT_SIGNED_PERSONALLY.code, True), output
    assert output.splitlines()[-2:] == ["exit status 10: not signed personally", "FAIL / GAGAL"]


def test_whoever_certifies_signatories_certifies_no_seal(pages: Pages) -> None:
    """Neither over a personal signature nor on a letter without."""
    other = ROOT.make_seal("Balai POM Contoh", NOW)
    for page in (signed_by(KEY, pages.promising), pages.plain):
        assert "not certified by the authority that you gave" in why(checked(sealed(page, seal=other)))


def test_the_key_of_the_seal_signs_for_nobody(pages: Pages) -> None:
    """Also where the same authority certifies both."""
    report = checked(sealed(signed_by(SEAL, pages.promising)), signatories=OFFICE.pem)
    assert "key of the office's seal" in why(report)


@pytest.mark.parametrize("ca", [AUTHORITIES, None])
def test_whose_signature_it_is_was_not_checked_without_the_signatories_authority(
    pages: Pages, ca: bytes | None
) -> None:
    report = checked(sealed(of_a_stranger(pages.promising)), ca, None)
    assert [each.status for each in report.shortfalls] == [ExitStatus.NOT_COMPARED]
    assert "--signatories" in report.shortfalls[0].why.en
    remarks = " ".join(each.en for each in report.remarks)
    assert "whose it is was not checked" in remarks
    assert "Signed personally" not in remarks


def test_a_signature_that_the_content_does_not_promise_is_more_than_a_letter_has(pages: Pages) -> None:
    report = checked(sealed(signed_by(KEY, pages.plain)))
    assert "not a letter with one signature" in why(report)
    assert report.shortfalls == ()


def with_an_action(key: LocalSeal, page: bytes) -> bytes:
    writer = LetterWriter(BytesIO(page))
    writer.root[pdf_name("/OpenAction")] = ArrayObject([])
    writer.update_root()
    if key is SEAL:
        return asyncio.run(SEAL.complete(writer))
    return completed_by(key, writer)


def test_what_comes_with_either_signature_and_is_more_fails(pages: Pages) -> None:
    for pdf in (
        asyncio.run(SEAL.sign(with_an_action(KEY, pages.promising))),
        with_an_action(SEAL, signed_by(KEY, pages.promising)),
    ):
        assert "something else than a signature" in why(checked(pdf))


def test_what_was_changed_after_the_seal_is_a_changed_file(pages: Pages) -> None:
    letter = sealed(signed_by(KEY, pages.promising))
    place = letter.index(b"/Contents <") + 900
    changed = letter[:place] + (b"1" if letter[place : place + 1] == b"0" else b"0") + letter[place + 1 :]
    report = checked(changed)
    assert "was changed after it was signed" in why(report)
    assert report.shortfalls == ()
