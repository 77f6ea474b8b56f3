"""An official letter as a file: one revision that shows and carries everything, and one that adds an invisible signature over all of it
and nothing else; whatever is more than that is refused."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from asn1crypto import cms, x509
from pyhanko.pdf_utils.generic import DictionaryObject, Reference
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from zi_verify.verdict import Sentence

# What the parsers think of a broken file is no part of the answer.
for _parser in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_parser).setLevel(logging.CRITICAL)

_CATALOG_ADDED = {"/AcroForm", "/Extensions", "/Version"}
_FORM = {"/Fields", "/SigFlags"}
_WIDGET = {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V"}
_INFO_CHANGED = {"/ModDate", "/Producer"}


class LetterFileError(ValueError):
    """Not the file of a letter, or one that was changed; the sentence says what is wrong, in both languages."""

    def __init__(self, en: str, id: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(en, id)


@dataclass(frozen=True)
class LetterFile:
    """A letter with a valid signature: its attachments, and the name on its seal."""

    data: bytes
    attachments: Mapping[str, bytes]
    creator: str
    seal: str

    def require_page(self, page: bytes) -> None:
        """Returns only if the file is `page`, byte for byte, and after it nothing but the seal."""
        if not self.data.startswith(page):
            raise LetterFileError(
                "the page shows something else than its content",
                "halaman menampilkan hal lain daripada isinya",
            )
        if not _is_only_sealed(self.data, page):
            raise LetterFileError(
                "something else than a signature was added to the page",
                "ada yang ditambahkan pada halaman selain tanda tangan",
            )


def open_letter(data: bytes, authority: x509.Certificate | None) -> LetterFile:
    """The letter, if one signature covers all of it and, where an authority is given, was certified by that."""
    try:
        return _opened(data, authority)
    except LetterFileError:
        raise
    # A stranger's file: whatever the parsers stumble over, it is not a letter.
    except Exception as error:
        raise LetterFileError(
            "this is not the file of a letter, or it was changed", "ini bukan berkas surat, atau telah diubah"
        ) from error


def creator_of(page: bytes) -> str:
    """The program that made a page, as the page itself says."""
    return _creator(PdfFileReader(BytesIO(page)).trailer_view)


def _opened(data: bytes, authority: x509.Certificate | None) -> LetterFile:
    reader = PdfFileReader(BytesIO(data))
    if reader.encrypted or reader.xrefs.total_revisions != 2 or len(reader.embedded_signatures) != 1:
        raise LetterFileError(
            "the file is not a letter with one signature", "berkas ini bukan surat dengan satu tanda tangan"
        )
    signature = reader.embedded_signatures[0]
    _require_signature(data, signature, authority)
    first = reader.get_historical_resolver(0)
    seal = str(signature.signer_cert.subject.human_friendly)
    return LetterFile(data, dict(_attachments(first)), _creator(first.trailer_view), seal)


def _require_signature(
    data: bytes, signature: EmbeddedPdfSignature, authority: x509.Certificate | None
) -> None:
    status = _status(signature, authority)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and _is_canonical(data, signature)
    if not (whole and status.intact and status.valid):
        raise LetterFileError(
            "the file was changed after it was signed", "berkas diubah setelah ditandatangani"
        )
    if authority is not None and not status.trusted:
        raise LetterFileError(
            "the signature is not certified by the authority that you gave",
            "tanda tangan tidak disahkan oleh otoritas yang Anda berikan",
        )


def _status(signature: EmbeddedPdfSignature, authority: x509.Certificate | None) -> PdfSignatureStatus:
    # At the time that the signer claims: a letter outlives the certificate that it was signed with.
    context = ValidationContext(
        trust_roots=[authority or signature.signer_cert],
        moment=signature.self_reported_timestamp,
        allow_fetching=False,
    )
    return validate_pdf_signature(signature, context, skip_diff=True)


def _is_canonical(data: bytes, signature: EmbeddedPdfSignature) -> bool:
    # No signature covers itself, so it has one spelling: hex in one case of its DER, then zeros.
    _, length, after, _ = map(int, signature.byte_range)
    container = cms.ContentInfo.load(signature.pkcs7_content)
    signed, signer = container["content"], container["content"]["signer_infos"][0]
    # What no signature covers and no reader needs must not differ from what is signed.
    unsigned = signed["version"].native, signer["version"].native, signed["digest_algorithms"].dump()
    signed_for = "v1", "v1", cms.DigestAlgorithms([signer["digest_algorithm"]]).dump()
    spelled = container.dump(force=True).hex().ljust(after - length - 2, "0")
    spellings = [f"<{spelled}>".encode(), f"<{spelled.upper()}>".encode()]
    return data[length:after] in spellings and unsigned == signed_for


def _attachments(first: HistoricalResolver) -> Iterator[tuple[str, bytes]]:
    names = first.trailer_view["/Root"]["/Names"]["/EmbeddedFiles"]["/Names"]
    for place in range(0, len(names), 2):
        yield str(names[place]), names[place + 1]["/EF"]["/F"].data


def _creator(trailer: DictionaryObject) -> str:
    return str(trailer["/Info"]["/Creator"])


def _is_only_sealed(data: bytes, page: bytes) -> bool:
    try:
        return _adds_only_the_seal(PdfFileReader(BytesIO(data)), PdfFileReader(BytesIO(page)))
    # What an insider built in another way than a seal is built is more than a seal.
    except (PdfError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return False


def _adds_only_the_seal(reader: PdfFileReader, page: PdfFileReader) -> bool:
    before, after = page.trailer_view, reader.trailer_view
    if int(after["/Prev"]) != page.last_startxref or before.raw_get("/Root") != after.raw_get("/Root"):
        return False
    sheet = _first_sheet(page)
    may_change = {
        before.raw_get("/Root").reference: _CATALOG_ADDED,
        before.raw_get("/Info").reference: _INFO_CHANGED,
        sheet: {"/Annots"},
    }
    metadata = before["/Root"].raw_get("/Metadata").reference
    known = page.xrefs.explicit_refs_in_revision(0)
    changed = (reader.xrefs.explicit_refs_in_revision(1) & known) - {metadata}
    return (
        changed <= may_change.keys()
        and all(_same(page, reader, ref, keys) for ref, keys in may_change.items())
        and _is_invisible_seal(reader, sheet)
    )


def _first_sheet(page: PdfFileReader) -> Reference:
    kids = page.root["/Pages"]
    while "/Kids" in kids:
        first = kids["/Kids"].raw_get(0)
        kids = first.get_object()
    sheet: Reference = first.reference
    return sheet


def _same(page: PdfFileReader, reader: PdfFileReader, ref: Reference, but: set[str]) -> bool:
    old, new = (
        {key: repr(source.get_object(ref).raw_get(key)) for key in source.get_object(ref) if key not in but}
        for source in (page, reader)
    )
    return old == new and "/Annots" not in page.get_object(ref)


def _is_invisible_seal(reader: PdfFileReader, sheet: Reference) -> bool:
    form, annotations = reader.root["/AcroForm"], reader.get_object(sheet)["/Annots"]
    if len(annotations) != 1 or repr(annotations) != repr(form["/Fields"]) or set(form) != _FORM:
        return False
    widget = annotations[0]
    return set(widget) == _WIDGET and all(float(side) == 0 for side in widget["/Rect"])
