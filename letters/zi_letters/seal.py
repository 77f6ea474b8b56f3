"""The office's electronic signature over a whole letter (PAdES); a signed file is never changed, only added to."""

from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from asn1crypto import keys, x509
from asn1crypto.pem import armor
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

_METADATA = PdfSignatureMetadata(field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)


class LetterWriter(IncrementalPdfFileWriter):
    """Adds to a letter and leaves it the PDF/A that it is: the version and the metadata that the page states for itself stay as they are."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """The page is PDF 1.7, which is what PDF/A-3 is made of."""

    def register_extension(self, ext: DeveloperExtension) -> None:
        """An extension of PDF 2.0 contradicts a file that is PDF 1.7; signatures on elliptic curves need no word of it."""
        if str(ext.base_version) <= "/1.7":
            super().register_extension(ext)

    def _update_meta(self) -> None:
        """The page is what its metadata describes, and a signature is no part of the page."""


class PdfSeal(Protocol):
    """The port of a signer of files, so that another one, such as BSrE's, can take the place of a local key."""

    async def sign(self, pdf: bytes) -> bytes:
        """Return the same bytes, and after them an invisible signature that covers all of them."""
        ...


@dataclass(frozen=True)
class LocalSeal:
    """The office's key on this machine (PKCS#8, DER) with its certificate (DER).

    The authority above the certificate is not put into the letter: a checker must have it from elsewhere."""

    key: bytes
    certificate: bytes

    @property
    def pem(self) -> bytes:
        """The key as a PEM file holds it."""
        armored: bytes = armor("PRIVATE KEY", self.key)
        return armored

    async def sign(self, pdf: bytes, timestamps: TimeStamper | None = None) -> bytes:
        return await self.complete(LetterWriter(BytesIO(pdf)), timestamps)

    async def complete(self, pdf: IncrementalPdfFileWriter, timestamps: TimeStamper | None = None) -> bytes:
        """Sign the file with everything that its writer has added, with a timestamp on the signature if somebody gives one."""
        signed = BytesIO()
        signer = PdfSigner(
            _METADATA, self._signer(), timestamper=timestamps, new_field_spec=SigFieldSpec("Seal")
        )
        await signer.async_sign_pdf(pdf, output=signed)
        return signed.getvalue()

    def _signer(self) -> SimpleSigner:
        return SimpleSigner(
            signing_cert=x509.Certificate.load(self.certificate),
            signing_key=keys.PrivateKeyInfo.load(self.key),
            cert_registry=SimpleCertificateStore(),
        )
