"""A provider of officials' signatures, played: it speaks as BSrE's eSign client does, knows two officials, and fails as it is told to."""

import asyncio
import json
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from tests.letters.sample_letter import NOW, authority
from tests.letters.stand_in import PlayedAnswer, PlayedRequest

from zi_letters.seal import LetterWriter, LocalSeal

PASSPHRASE, IDENTITY, DEPUTY = "rahasia-contoh-17", "0000000000000017", "0000000000000019"
ROOT = authority()
KEY = ROOT.make_seal("Pejabat Contoh", NOW)
Answering = Callable[[PlayedRequest], PlayedAnswer]


def signed_by(key: LocalSeal, pdf: bytes) -> bytes:
    return completed_by(key, LetterWriter(BytesIO(pdf)))


def completed_by(key: LocalSeal, pdf: IncrementalPdfFileWriter) -> bytes:
    """Sign with everything that the writer has added."""
    done = BytesIO()
    metadata = PdfSignatureMetadata(
        field_name="Official", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    signer = PdfSigner(metadata, key._signer(), new_field_spec=SigFieldSpec("Official"))
    asyncio.run(signer.async_sign_pdf(pdf, output=done))
    return done.getvalue()


def parts(request: PlayedRequest) -> dict[str, bytes]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in message.iter_parts()
    }  # type: ignore[misc]


def refusal(number: int, status: int = 400) -> PlayedAnswer:
    problem = {"status_code": number, "error": f"passphrase {PASSPHRASE} ditolak"}
    return PlayedAnswer(status, "application/json", json.dumps(problem).encode())


def provider(request: PlayedRequest) -> PlayedAnswer:
    fields = parts(request)
    if not request.headers.get("Authorization", "").startswith("Basic "):
        return PlayedAnswer(401, "application/json", b"{}")
    if fields["nik"].decode() not in (IDENTITY, DEPUTY):
        return refusal(2011)
    if fields["passphrase"].decode() != PASSPHRASE:
        return refusal(2031)
    return PlayedAnswer(200, "application/pdf", signed_by(KEY, fields["file"]))
