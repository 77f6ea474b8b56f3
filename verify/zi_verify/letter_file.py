"""An official letter as a file: one revision that shows and carries everything, one that adds its signatory's invisible signature where its
content promises it, one that adds an invisible seal over all of it, and then only such that add a timestamp over all before them; whatever is
more than that is refused."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils.generic import DictionaryObject, Reference
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from zi_tlog.letter import CONTENT
from zi_verify.letter_error import LetterFileError, PersonalSignatureMissingError
from zi_verify.letter_signature import (
    LetterSigners,
    LetterTimes,
    TrustedAuthorities,
    judged_signatures,
    signers_of,
)

# What the parsers think of a broken file is no part of the answer.
for _parser in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_parser).setLevel(logging.CRITICAL)

_CATALOG_ADDED = {"/AcroForm", "/Extensions", "/Version"}
_FORM = {"/Fields", "/SigFlags"}
_WIDGET = {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V"}
_INFO_CHANGED = {"/ModDate", "/Producer"}


@dataclass(frozen=True)
class LetterFile:
    """A letter with valid signatures: its attachments, who signed it, and when each signature was made; `ends` are the lengths of the file up
    to each of them."""

    data: bytes
    attachments: Mapping[str, bytes]
    creator: str
    signers: LetterSigners
    times: LetterTimes
    ends: tuple[int, ...]

    def require_page(self, page: bytes) -> None:
        """Returns only if the file is `page`, byte for byte, and after it nothing but the seal and timestamps."""
        if not self.data.startswith(page):
            raise LetterFileError(
                "the page shows something else than its content",
                "halaman menampilkan hal lain daripada isinya",
            )
        steps = [self.data[:end] for end in self.ends]
        if not (_is_only_sealed(steps[0], page) and all(map(self._is_only_signed, steps[1:], steps))):
            raise LetterFileError(
                "something else than a signature was added to the page",
                "ada yang ditambahkan pada halaman selain tanda tangan",
            )

    def _is_only_signed(self, data: bytes, before: bytes) -> bool:
        is_seal = self.signers.official is not None and before == self.data[: self.ends[0]]
        return _is_only_added(data, before, "/Sig" if is_seal else "/DocTimeStamp")


def open_letter(data: bytes, trusted: TrustedAuthorities) -> LetterFile:
    """The letter, if its signatures cover all of it and, where authorities are given, were certified by those."""
    try:
        return _opened(data, trusted)
    except LetterFileError:
        raise
    # A stranger's file: whatever the parsers stumble over, it is not a letter.
    except Exception as error:
        raise LetterFileError(
            "this is not the file of a letter, or it was changed", "ini bukan berkas surat, atau telah diubah"
        ) from error


def promises_personal_signature(content: bytes) -> bool:
    """Tell whether the content of a letter, which the ledger's entry binds, names a signatory who signs personally."""
    signer = json.loads(content).get("signer")
    return isinstance(signer, dict) and signer.get("personal_signature") is True


def creator_of(page: bytes) -> str:
    """The program that made a page, as the page itself says."""
    return _creator(PdfFileReader(BytesIO(page)).trailer_view)


def _opened(data: bytes, trusted: TrustedAuthorities) -> LetterFile:
    reader = PdfFileReader(BytesIO(data))
    first = reader.get_historical_resolver(0)
    attachments = dict(_attachments(first))
    is_personal = promises_personal_signature(attachments[CONTENT])
    signatures = reader.embedded_signatures
    kinds = [str(each.sig_object_type) for each in signatures]
    revisions = [each.signed_revision for each in signatures]
    people = kinds.count("/Sig")
    if (
        reader.encrypted
        or kinds != ["/Sig"] * people + ["/DocTimeStamp"] * (len(kinds) - people)
        or people not in (1, 1 + is_personal)
        or revisions != list(range(1, reader.xrefs.total_revisions))
    ):
        raise LetterFileError(
            "the file is not a letter with one signature", "berkas ini bukan surat dengan satu tanda tangan"
        )
    if people < 1 + is_personal:
        raise PersonalSignatureMissingError(
            "the letter promises the personal signature of its signatory besides the office's seal, and has one signature only",
            "surat menjanjikan tanda tangan pribadi penanda tangannya di samping segel kantor, tetapi hanya ada satu tanda tangan",
        )
    times = judged_signatures(reader, data, trusted, is_personal=is_personal)
    return LetterFile(
        data,
        attachments,
        _creator(first.trailer_view),
        signers_of(reader, is_personal=is_personal),
        times,
        tuple(int(each.byte_range[2]) + int(each.byte_range[3]) for each in signatures),
    )


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
    return _same_but(page, reader, ref, but) and "/Annots" not in page.get_object(ref)


def _is_invisible_seal(reader: PdfFileReader, sheet: Reference) -> bool:
    form, annotations = reader.root["/AcroForm"], reader.get_object(sheet)["/Annots"]
    if len(annotations) != 1 or repr(annotations) != repr(form["/Fields"]) or set(form) != _FORM:
        return False
    widget = annotations[0]
    return set(widget) == _WIDGET and all(float(side) == 0 for side in widget["/Rect"])


def _is_only_added(data: bytes, before: bytes, kind: str) -> bool:
    try:
        return _adds_only_a_signature(PdfFileReader(BytesIO(data)), PdfFileReader(BytesIO(before)), kind)
    except (PdfError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return False


def _adds_only_a_signature(reader: PdfFileReader, before: PdfFileReader, kind: str) -> bool:
    old, new = before.trailer_view, reader.trailer_view
    if int(new["/Prev"]) != before.last_startxref or any(
        old.raw_get(key) != new.raw_get(key) for key in ("/Root", "/Info")
    ):
        return False
    root, form = old.raw_get("/Root").reference, before.root.raw_get("/AcroForm").reference
    sheet, last = _first_sheet(before), reader.xrefs.total_revisions - 1
    may_change = {root: {"/DSS", "/Extensions"}, form: {"/Fields"}, sheet: {"/Annots"}}
    store = {before.root.raw_get("/DSS").reference} if "/DSS" in before.root else set()
    known = {ref for number in range(last) for ref in before.xrefs.explicit_refs_in_revision(number)}
    changed = reader.xrefs.explicit_refs_in_revision(last) & known
    return (
        changed <= may_change.keys() | store
        and not reader.xrefs.refs_freed_in_revision(last)
        and all(_same_but(before, reader, ref, keys) for ref, keys in may_change.items())
        and _has_one_more_field(reader, before, sheet, kind)
    )


def _same_but(before: PdfFileReader, reader: PdfFileReader, ref: Reference, keys: set[str]) -> bool:
    old, new = (
        {key: repr(source.get_object(ref).raw_get(key)) for key in source.get_object(ref) if key not in keys}
        for source in (before, reader)
    )
    return old == new


def _has_one_more_field(reader: PdfFileReader, before: PdfFileReader, sheet: Reference, kind: str) -> bool:
    old, fields = before.root["/AcroForm"]["/Fields"], reader.root["/AcroForm"]["/Fields"]
    notes = reader.get_object(sheet)["/Annots"]
    if repr(notes) != repr(fields) or [*map(repr, fields)][:-1] != [*map(repr, old)]:
        return False
    widget = fields[-1]
    return (
        set(widget) <= _WIDGET | {"/TU"}
        and all(float(side) == 0 for side in widget["/Rect"])
        and str(widget["/V"]["/Type"]) == kind
    )
