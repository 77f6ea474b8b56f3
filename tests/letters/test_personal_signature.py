"""An official's signature by a provider, which a server plays: what it refuses, how it fails, and that the passphrase stays unseen."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from tests.letters.sample_letter import CONTENT, NOW, authority, unsealed
from tests.letters.signing_provider import IDENTITY, KEY, PASSPHRASE, ROOT, provider, refusal, signed_by
from tests.letters.stand_in import PlayedAnswer, PlayedRequest, played

from zi_chassis.domain import UnavailableError
from zi_letters.evidence import evidence_in
from zi_letters.local_authority import LocalAuthority, make_authority
from zi_letters.personal_signature import (
    BsreAccount,
    BsreSignature,
    NoUsableCertificateError,
    PersonalSignatureError,
    RefusedSignatureError,
    SignatureStanding,
    SigningOfficial,
    WrongPassphraseError,
    signature_standing,
)
from zi_letters.seal import LetterWriter, LocalSeal

OFFICIAL = SigningOfficial(IDENTITY, PASSPHRASE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return unsealed(tmp_path_factory.mktemp("log"))


def sign(
    pdf: bytes,
    answer: Callable[[PlayedRequest], PlayedAnswer] = provider,
    official: SigningOfficial = OFFICIAL,
    seconds: float = 20.0,
    **account: Any,
) -> bytes:
    async def done(url: str) -> bytes:
        named = {
            "url": url,
            "name": "kantor",
            "password": "sandi-kantor",
            "authority": evidence_in(ROOT.pem),
        }
        async with httpx.AsyncClient(trust_env=False) as client:
            return await BsreSignature(BsreAccount(**{**named, **account}), client, seconds).sign(
                pdf, official
            )

    with played(answer) as url:
        return asyncio.run(done(url))


def test_an_official_signs_over_all_of_the_letter(page: bytes) -> None:
    signed = sign(page)
    assert signed.startswith(page)
    assert len(signed) > len(page)


@pytest.mark.parametrize(
    ("official", "error"),
    [
        (SigningOfficial(IDENTITY, "salah"), WrongPassphraseError),
        (SigningOfficial("0000000000000018", PASSPHRASE), NoUsableCertificateError),
    ],
)
def test_who_has_no_certificate_or_a_wrong_passphrase_signs_nothing(
    page: bytes, official: SigningOfficial, error: type[PersonalSignatureError]
) -> None:
    with pytest.raises(error):
        sign(page, official=official)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(2041), NoUsableCertificateError),
        (refusal(9999), RefusedSignatureError),
        (PlayedAnswer(400, "text/html", b"<p>no</p>"), RefusedSignatureError),
        (PlayedAnswer(400, "application/json", b"[]"), RefusedSignatureError),
        (PlayedAnswer(200, "application/json", b'{"status_code": "2031"}'), RefusedSignatureError),
        (PlayedAnswer(401, "application/json", b"{}"), UnavailableError),
        (PlayedAnswer(502, "text/html", b"gateway"), UnavailableError),
        (PlayedAnswer(200, "application/pdf", b"%PDF-1.7 of somebody else"), UnavailableError),
    ],
)
def test_whatever_is_no_signed_letter_is_refused(
    page: bytes, answer: PlayedAnswer, error: type[Exception]
) -> None:
    with pytest.raises(error):
        sign(page, lambda _: answer)


def test_another_letter_or_a_letter_of_a_stranger_is_not_taken(page: bytes, tmp_path: Path) -> None:
    strange = authority().make_seal("Pejabat Contoh", NOW)
    ended = ROOT.make_seal("Pejabat Contoh", NOW.replace(year=NOW.year - 4))
    other = signed_by(KEY, unsealed(tmp_path, CONTENT.model_copy(update={"salt": "00" * 32})))
    for forged in (
        signed_by(strange, page),
        signed_by(ended, page),
        signed_by(KEY, page) + b"\n",
        page,
        other,
    ):
        with pytest.raises(UnavailableError):
            sign(page, lambda _, pdf=forged: PlayedAnswer(200, "application/pdf", pdf))  # type: ignore[misc]


def revoked(certificate: x509.Certificate = x509.load_der_x509_certificate(KEY.certificate)) -> bytes:
    """The list (PEM) on which a certificate stands; without another one the official's."""
    entry = (
        x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(NOW).build()
    )
    listed = x509.CertificateRevocationListBuilder().issuer_name(ROOT.certificate.subject).last_update(NOW)
    dated = listed.next_update(NOW + timedelta(days=30)).add_revoked_certificate(entry)
    return dated.sign(ROOT.key, SHA256()).public_bytes(Encoding.PEM)


def test_a_certificate_that_is_revoked_or_ends_within_a_day_signs_nothing(page: bytes) -> None:
    """The seal may follow later, and nobody could prove then that the signature was there in time."""
    with pytest.raises(NoUsableCertificateError):
        sign(page, authority=evidence_in(ROOT.pem + revoked()))
    ending = ROOT.make_seal("Pejabat Contoh", NOW - timedelta(days=3 * 365 - 0.5))
    with pytest.raises(NoUsableCertificateError):
        sign(page, lambda request: PlayedAnswer(200, "application/pdf", signed_by(ending, page)))


def renewed(authority: LocalAuthority) -> x509.Certificate:
    """Certify the same key for ten years more."""
    old, ten_years = authority.certificate, timedelta(days=3650)
    builder = x509.CertificateBuilder(old.issuer, old.subject, old.public_key(), x509.random_serial_number())
    for each in old.extensions:
        builder = builder.add_extension(each.value, each.critical)
    return builder.not_valid_before(NOW).not_valid_after(NOW + ten_years).sign(authority.key, SHA256())


ENDED_YEARS = 2
ENDED = make_authority("Otoritas Lama", NOW - timedelta(days=ENDED_YEARS * 365), ENDED_YEARS)
RENEWED = LocalAuthority(ENDED.name, ENDED.key, renewed(ENDED))
OF_ENDED = ENDED.make_seal("Pejabat Contoh", NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("key", "known", "standing"),
    [
        (KEY, ROOT.pem, SignatureStanding.HOLDS),
        (OF_ENDED, ENDED.pem, SignatureStanding.LAPSED),
        (OF_ENDED, ENDED.pem + RENEWED.pem, SignatureStanding.HOLDS),
        (OF_ENDED, ROOT.pem, SignatureStanding.UNTRUSTED),
        (KEY, ROOT.pem + revoked(ROOT.certificate), SignatureStanding.LAPSED),
        (KEY, ROOT.pem + revoked(), SignatureStanding.LAPSED),
    ],
    ids=[
        "holds",
        "authority-ended",
        "authority-renewed",
        "authority-unknown",
        "authority-revoked",
        "revoked",
    ],
)
def test_a_signature_lapses_with_its_certificate_and_with_the_authority_that_gave_it(
    page: bytes, key: LocalSeal, known: bytes, standing: SignatureStanding
) -> None:
    """An authority that an operator forgot to name costs nobody a signature: the letter waits for it."""
    assert asyncio.run(signature_standing(signed_by(key, page), evidence_in(known))) is standing


def test_a_certificate_whose_authority_ended_signs_nothing(page: bytes) -> None:
    with pytest.raises(NoUsableCertificateError):
        sign(
            page,
            lambda request: PlayedAnswer(200, "application/pdf", signed_by(OF_ENDED, page)),
            authority=evidence_in(ENDED.pem),
        )


def test_a_signature_with_which_something_else_comes_is_not_taken(page: bytes) -> None:
    """The provider may not change what the page shows, nor where it leads."""
    added = BytesIO()
    writer = LetterWriter(BytesIO(page))
    writer.root[pdf_name("/OpenAction")] = pdf_string("elsewhere")
    writer.update_root()
    writer.write(added)
    changed = signed_by(KEY, added.getvalue())
    with pytest.raises(UnavailableError):
        sign(page, lambda _: PlayedAnswer(200, "application/pdf", changed))


def test_a_provider_that_does_not_answer_in_time_or_is_away_leaves_nothing(page: bytes) -> None:
    def slow(_: PlayedRequest) -> PlayedAnswer:
        time.sleep(0.5)
        return refusal(2031)

    with pytest.raises(UnavailableError, match="Timeout"):
        sign(page, slow, seconds=0.1)
    with pytest.raises(UnavailableError, match="ConnectError"):
        sign(page, url="http://127.0.0.1:9")


def test_nobody_sees_the_passphrase(page: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in logs nor in errors, their causes or the text of an object."""
    caplog.set_level(logging.DEBUG)
    secrets = (PASSPHRASE, "sandi-kantor", IDENTITY)
    account = BsreAccount("http://127.0.0.1", "kantor", "sandi-kantor", evidence_in(ROOT.pem))
    objects: list[object] = [OFFICIAL, account]
    sign(page)
    for answer, url in (
        (refusal(2031), None),
        (refusal(2031, 500), None),
        (refusal(1), "http://127.0.0.1:9"),
    ):
        with pytest.raises((PersonalSignatureError, UnavailableError)) as caught:
            sign(page, lambda _, played=answer: played, **({} if url is None else {"url": url}))  # type: ignore[misc]
        objects += [caught.value, caught.value.__cause__, caught.value.args]
    texts = [caplog.text, *map(repr, objects), *map(str, objects)]
    assert not [text for text in texts for secret in secrets if secret in text]
