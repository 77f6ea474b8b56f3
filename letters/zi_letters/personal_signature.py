"""An official's own electronic signature, by a provider that holds their key: the port, and an adapter that speaks as BSrE's eSign client does.

The passphrase is the official's. It goes into one request and nowhere else: no object that holds it prints it, and no error repeats it or
anything that the provider said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import sha256
from io import BytesIO
from typing import Final, Protocol

import httpx
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from zi_chassis.domain import UnavailableError
from zi_letters.added_signature import adds_a_signature_alone
from zi_letters.evidence import LetterEvidence

SECONDS, LARGEST = 20.0, 16 * 1024 * 1024
# The seal may follow a while later, and is what proves when the signature was there.
STILL_VALID = timedelta(days=1)
# The provider's numbers (U: taken from clients of others; its own manual is not public). Any other number is a refusal without a reason.
WRONG_PASSPHRASE: Final = frozenset({2031})
NO_CERTIFICATE: Final = frozenset({2011, 2021, 2041})


class PersonalSignatureError(Exception):
    """Nothing was signed, and the official can do something about it."""


class WrongPassphraseError(PersonalSignatureError):
    """The provider did not accept the passphrase."""


class NoUsableCertificateError(PersonalSignatureError):
    """The official's certificate ended, was revoked, or was never issued."""


class RefusedSignatureError(PersonalSignatureError):
    """The provider gave no reason that is known here."""


@dataclass(frozen=True)
class SigningOfficial:
    """The official whose key signs (`identity` is the number that the provider knows them by), and their passphrase for this one time."""

    identity: str = field(repr=False)
    passphrase: str = field(repr=False)


class LapsedSignatureError(Exception):
    """A personal signature proves nothing any more, or nothing yet, where the seal would cover it."""


class SignatureStanding(Enum):
    """The worth of a personal signature beneath a seal that is put over it now; UNTRUSTED where no known authority certified it."""

    HOLDS = "holds"
    LAPSED = "lapsed"
    UNTRUSTED = "untrusted"


class PersonalSignature(Protocol):
    """A provider of officials' signatures."""

    async def sign(self, pdf: bytes, official: SigningOfficial) -> bytes:
        """Return the same bytes, and after them the official's signature over all of them. Raises PersonalSignatureError, and
        UnavailableError while nobody answers: whether the provider signed then is not known, and nothing of it is used."""
        ...


@dataclass(frozen=True)
class BsreAccount:
    """The address of the eSign client that the office runs, the name and the password of the office there, and the certificates of
    who certifies officials, with their lists of revoked ones."""

    url: str
    name: str
    password: str = field(repr=False)
    authority: LetterEvidence


class BsreSignature:
    """An answer is believed only if it is what was sent and one valid signature more, by an official whom a named authority certified."""

    def __init__(self, account: BsreAccount, client: httpx.AsyncClient, seconds: float = SECONDS) -> None:
        self._account = account
        self._client = client
        self._seconds = seconds

    async def sign(self, pdf: bytes, official: SigningOfficial) -> bytes:
        signed = _signed_file(await self._answer(pdf, official))
        await _require_usable(
            await _require_one_more(pdf, signed, self._account.authority), self._account.authority
        )
        return signed

    async def _answer(self, pdf: bytes, official: SigningOfficial) -> httpx.Response:
        fields = {"nik": official.identity, "passphrase": official.passphrase, "tampilan": "invisible"}
        try:
            return await self._client.post(
                f"{self._account.url}/api/sign/pdf",
                data=fields,
                files={"file": ("letter.pdf", pdf, "application/pdf")},
                auth=(self._account.name, self._account.password),
                timeout=self._seconds,
            )
        except httpx.HTTPError as fault:
            # Its text may have the address; its cause has the request, and in it the passphrase.
            raise UnavailableError(f"the provider of signatures: {type(fault).__name__}") from None


def _signed_file(answer: httpx.Response) -> bytes:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    if answer.status_code == httpx.codes.OK and kind == "application/pdf" and len(answer.content) <= LARGEST:
        return answer.content
    if (
        answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        or answer.status_code == httpx.codes.UNAUTHORIZED
    ):
        raise UnavailableError(f"the provider of signatures answered {answer.status_code}")
    number = _number(answer)
    if number in WRONG_PASSPHRASE:
        raise WrongPassphraseError
    if number in NO_CERTIFICATE:
        raise NoUsableCertificateError
    raise RefusedSignatureError


def _number(answer: httpx.Response) -> int | None:
    try:
        stated = answer.json()
    except ValueError:
        return None
    number = stated.get("status_code") if isinstance(stated, dict) else None
    return number if isinstance(number, int) else None


async def _require_one_more(sent: bytes, signed: bytes, authority: LetterEvidence) -> EmbeddedPdfSignature:
    """Return the signature that was added, and with which nothing else came."""
    try:
        before, after = (PdfFileReader(BytesIO(each)) for each in (sent, signed))
        one_more = signed.startswith(sent) and adds_a_signature_alone(before, after)
        signature: EmbeddedPdfSignature = after.embedded_signatures[-1]
        moment = signature.self_reported_timestamp
        status = await _judged(signature, authority.certificates, moment)
    # Whatever the parser stumbles over, it is not the letter with a signature.
    except Exception as fault:
        raise UnavailableError(f"the provider gave back no signed letter: {type(fault).__name__}") from None
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if not (one_more and whole and status.intact and status.valid and status.trusted):
        raise UnavailableError(
            "the provider gave back something else than the letter with a trusted signature"
        )
    return signature


async def _require_usable(signature: EmbeddedPdfSignature, authority: LetterEvidence) -> None:
    """A signature that nobody could prove tomorrow is none. Raises NoUsableCertificateError."""
    if not await _is_certified(signature, authority, datetime.now(UTC) + STILL_VALID):
        raise NoUsableCertificateError


async def signature_standing(signed: bytes, authority: LetterEvidence) -> SignatureStanding:
    """Judge the last signature of a page as of now. It lapses only where its certificate, or an authority's above it, ended or was revoked:
    authorities that an operator names by mistake cost no official a signature."""
    signature: EmbeddedPdfSignature = PdfFileReader(BytesIO(signed)).embedded_signatures[-1]
    now = datetime.now(UTC)
    if _is_over(signature.signer_cert, authority, now):
        return SignatureStanding.LAPSED
    if await _is_certified(signature, authority, now):
        return SignatureStanding.HOLDS
    then = await _judged(signature, authority.certificates, signature.self_reported_timestamp)
    return SignatureStanding.LAPSED if then.trusted else SignatureStanding.UNTRUSTED


async def _is_certified(signature: EmbeddedPdfSignature, authority: LetterEvidence, at: datetime) -> bool:
    """Tell whether no certificate from the signature's own up to that of a named authority is over at `at`. The library asks nothing of the
    last one, whose newer certificate may be named beside it."""
    lasting = [each for each in authority.certificates if not _is_over(each, authority, at)]
    status = await _judged(signature, lasting, at)
    return status.trusted and not any(_is_over(each, authority, at) for each in status.validation_path or ())


async def _judged(
    signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], moment: datetime | None
) -> PdfSignatureStatus:
    context = ValidationContext(trust_roots=list(roots), moment=moment, allow_fetching=False)
    return await async_validate_pdf_signature(signature, context, skip_diff=True)


def _is_over(certificate: x509.Certificate, authority: LetterEvidence, at: datetime) -> bool:
    """Tell whether a certificate has ended at `at`, or a list that is known names it as revoked."""
    ends: datetime = certificate.not_valid_after
    return ends < at or certificate.serial_number in {
        entry["user_certificate"].native
        for listed in authority.revocations
        if listed.issuer == certificate.issuer
        for entry in listed["tbs_cert_list"]["revoked_certificates"] or ()
    }


def signing_certificate(signed: bytes) -> str:
    """Return the digest (SHA-256) of the certificate that the last signature of a page was made with."""
    signature: EmbeddedPdfSignature = PdfFileReader(BytesIO(signed)).embedded_signatures[-1]
    return sha256(signature.signer_cert.dump()).hexdigest()
