"""The office's electronic signature over a whole letter (PAdES), behind a port, so that another signer such as BSrE's can take its place;
what is signed is never changed, only added to, once.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from asn1crypto import keys, x509
from asn1crypto.pem import armor
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

_METADATA = PdfSignatureMetadata(field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)


class Seal(Protocol):
    """Whoever signs for the office."""

    async def sign(self, pdf: bytes) -> bytes:
        """The same bytes, and after them an invisible signature that covers all of them."""
        ...


@dataclass(frozen=True)
class OwnSeal:
    """The office's own key (PKCS#8, DER) with its certificate (DER); the authority above it is not put into the letter: whoever
    checks must have it from elsewhere."""

    key: bytes
    certificate: bytes

    @property
    def pem(self) -> bytes:
        """The key, as a file of keys has it."""
        armored: bytes = armor("PRIVATE KEY", self.key)
        return armored

    async def sign(self, pdf: bytes) -> bytes:
        return await self.complete(IncrementalPdfFileWriter(BytesIO(pdf)))

    async def complete(self, pdf: IncrementalPdfFileWriter) -> bytes:
        """The file with whatever its writer has added, signed over all of it."""
        out = BytesIO()
        signer = PdfSigner(_METADATA, self._signer(), new_field_spec=SigFieldSpec("Seal"))
        await signer.async_sign_pdf(pdf, output=out)
        return out.getvalue()

    def _signer(self) -> SimpleSigner:
        return SimpleSigner(
            signing_cert=x509.Certificate.load(self.certificate),
            signing_key=keys.PrivateKeyInfo.load(self.key),
            cert_registry=SimpleCertificateStore(),
        )
