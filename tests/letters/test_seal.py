from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from tests.letters.sample_letter import NOW, authority, unsealed

from zi_letters.local_authority import LocalAuthority


async def judged(pdf: bytes, root: LocalAuthority) -> PdfSignatureStatus:
    trusted = x509.Certificate.load(pem.unarmor(root.pem)[2])
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    return await async_validate_pdf_signature(signature, context)


async def test_a_sealed_letter_is_the_page_and_a_signature_over_all_of_it(tmp_path: Path) -> None:
    root, pdf = authority(), unsealed(tmp_path)
    sealed = await root.make_seal("Balai POM Contoh", NOW).sign(pdf)
    assert sealed.startswith(pdf)
    status = await judged(sealed, root)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"


async def test_a_seal_of_another_authority_is_not_trusted(tmp_path: Path) -> None:
    sealed = await authority().make_seal("Balai POM Contoh", NOW).sign(unsealed(tmp_path))
    status = await judged(sealed, authority())
    assert (status.intact, status.valid, status.trusted) == (True, True, False)


@pytest.mark.parametrize("place", [100, 20_000, 50_000])
async def test_a_changed_byte_breaks_the_signature(tmp_path: Path, place: int) -> None:
    root = authority()
    sealed = bytearray(await root.make_seal("Balai POM Contoh", NOW).sign(unsealed(tmp_path)))
    sealed[place] ^= 1
    reader = PdfFileReader(BytesIO(sealed), strict=False)
    signature = reader.embedded_signatures[0]
    assert not (await async_validate_pdf_signature(signature, skip_diff=True)).intact
