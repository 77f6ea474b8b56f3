"""Makes a sealed letter verify for longer than the certificates in it: each archive timestamp covers the whole file before it, with the
certificates and the lists of revoked ones that its signatures are judged by (PAdES B-LTA). A letter is only added to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from zi_letters.evidence import LetterEvidence
from zi_letters.seal import LetterWriter, LocalSeal

TOLERANCE = timedelta(minutes=5)


class TimestampError(Exception):
    """The authority gave a timestamp that does not hold, or none."""


async def seal_for_ever(
    pdf: bytes, seal: LocalSeal, timestamps: TimeStamper, evidence: LetterEvidence, roots: LetterEvidence
) -> bytes:
    """Seal a letter with a timestamp on the signature, and put the first archive timestamp over both."""
    return await archive(await seal.sign(pdf, timestamps), timestamps, evidence, roots)


async def archive(
    pdf: bytes, timestamps: TimeStamper, evidence: LetterEvidence, roots: LetterEvidence
) -> bytes:
    """Add evidence and an archive timestamp; `roots` certify the authority of the timestamp. Raises TimestampError."""
    archived, number = BytesIO(), len(timestamps_of(pdf)) + 1
    writer = LetterWriter(BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, certs=evidence.certificates, crls=evidence.revocations
    )
    stamper = PdfTimeStamper(timestamps, field_name=f"Archive-{number}")
    await stamper.async_timestamp_pdf(writer, "sha256", output=archived)
    finished = archived.getvalue()
    await _require_timestamp(timestamps_of(finished)[-1], roots.certificates)
    return finished


def require_time(pdf: bytes, at: datetime) -> None:
    """A timestamp of another time than now spoils a letter for ever, so that it is refused before anybody has it. Raises TimestampError."""
    stated = time_of(timestamps_of(pdf)[-1])
    if abs(stated - at) > TOLERANCE:
        raise TimestampError(f"the authority's clock says {stated.isoformat()}")


def archived_until(pdf: bytes) -> datetime | None:
    """The end of the certificate of the last archive timestamp ends; None if the letter has none."""
    certificates = [each.signer_cert for each in timestamps_of(pdf)]
    ends: datetime | None = certificates[-1].not_valid_after if certificates else None
    return ends


def timestamps_of(pdf: bytes) -> Sequence[EmbeddedPdfSignature]:
    """The archive timestamps of a letter, the oldest first."""
    found: Sequence[EmbeddedPdfSignature] = PdfFileReader(BytesIO(pdf)).embedded_timestamp_signatures
    return found


def time_of(timestamp: EmbeddedPdfSignature) -> datetime:
    stated: datetime = timestamp.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return stated


async def _require_timestamp(stamp: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> None:
    context = ValidationContext(trust_roots=list(roots), moment=time_of(stamp), allow_fetching=False)
    status = await async_validate_pdf_timestamp(stamp, context, skip_diff=True)
    if not (status.intact and status.valid and status.trusted):
        raise TimestampError("the timestamp is not certified by the authority that this office trusts")
