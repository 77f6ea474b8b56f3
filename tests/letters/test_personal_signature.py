"""An official's signature by a provider, which a server plays: what it refuses, how it fails, and that the passphrase stays unseen."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from tests.letters.sample_letter import CONTENT, NOW, authority, unsealed
from tests.letters.stand_in import PlayedAnswer, PlayedRequest, played

from zi_chassis.domain import UnavailableError
from zi_letters.evidence import evidence_in
from zi_letters.personal_signature import (
    BsreAccount,
    BsreSignature,
    NoUsableCertificateError,
    PersonalSignatureError,
    RefusedSignatureError,
    SigningOfficial,
    WrongPassphraseError,
)
from zi_letters.seal import LetterWriter, LocalSeal

PASSPHRASE, IDENTITY = "rahasia-contoh-17", "0000000000000017"
OFFICIAL = SigningOfficial(IDENTITY, PASSPHRASE)
ROOT = authority()
KEY = ROOT.make_seal("Pejabat Contoh", NOW)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return unsealed(tmp_path_factory.mktemp("log"))


def signed_by(key: LocalSeal, pdf: bytes) -> bytes:
    done = BytesIO()
    metadata = PdfSignatureMetadata(
        field_name="Official", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    signer = PdfSigner(metadata, key._signer(), new_field_spec=SigFieldSpec("Official"))
    asyncio.run(signer.async_sign_pdf(LetterWriter(BytesIO(pdf)), output=done))
    return done.getvalue()


def parts(request: PlayedRequest) -> dict[str, bytes]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in message.iter_parts()
    }  # type: ignore[misc]


def refusal(number: int, status: int = 400) -> PlayedAnswer:
    said = {"status_code": number, "error": f"passphrase {PASSPHRASE} ditolak"}
    return PlayedAnswer(status, "application/json", json.dumps(said).encode())


def provider(request: PlayedRequest) -> PlayedAnswer:
    """Play the eSign client: it knows one official."""
    fields = parts(request)
    if not request.headers.get("Authorization", "").startswith("Basic "):
        return PlayedAnswer(401, "application/json", b"{}")
    if fields["nik"].decode() != IDENTITY:
        return refusal(2011)
    if fields["passphrase"].decode() != PASSPHRASE:
        return refusal(2031)
    return PlayedAnswer(200, "application/pdf", signed_by(KEY, fields["file"]))


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
            "roots": evidence_in(ROOT.pem).certificates,
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


def test_a_provider_that_does_not_answer_in_time_or_is_away_leaves_nothing(page: bytes) -> None:
    def slow(_: PlayedRequest) -> PlayedAnswer:
        time.sleep(0.5)
        return refusal(2031)

    with pytest.raises(UnavailableError, match="ReadTimeout"):
        sign(page, slow, seconds=0.1)
    with pytest.raises(UnavailableError, match="ConnectError"):
        sign(page, url="http://127.0.0.1:9")


def test_nobody_sees_the_passphrase(page: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in logs nor in errors, their causes or the text of an object."""
    caplog.set_level(logging.DEBUG)
    secrets = (PASSPHRASE, "sandi-kantor", IDENTITY)
    told: list[object] = [OFFICIAL, BsreAccount("http://127.0.0.1", "kantor", "sandi-kantor")]
    sign(page)
    for answer, url in (
        (refusal(2031), None),
        (refusal(2031, 500), None),
        (refusal(1), "http://127.0.0.1:9"),
    ):
        with pytest.raises((PersonalSignatureError, UnavailableError)) as caught:
            sign(page, lambda _, played=answer: played, **({} if url is None else {"url": url}))  # type: ignore[misc]
        told += [caught.value, caught.value.__cause__, caught.value.args]
    texts = [caplog.text, *map(repr, told), *map(str, told)]
    assert not [text for text in texts for secret in secrets if secret in text]
