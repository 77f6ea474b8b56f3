"""Compares a page with what a provider of signatures made of it: a verifier accepts an invisible signature after the page, and nothing else."""

from pyhanko.pdf_utils.generic import DictionaryObject, Reference
from pyhanko.pdf_utils.reader import PdfFileReader

_CATALOG, _INFO, _SHEET = {"/AcroForm", "/Extensions", "/Version"}, {"/ModDate", "/Producer"}, {"/Annots"}
_FORM = {"/Fields", "/SigFlags"}
_FIELD = {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V"}


def adds_a_signature_alone(page: PdfFileReader, signed: PdfFileReader) -> bool:
    """Tell if `signed`, which begins with the bytes of `page`, has one revision more, and in it only a field without size and its signature.

    Raises whatever the parser stumbles over."""
    old, new = page.trailer_view, signed.trailer_view
    root, info, sheet = old.raw_get("/Root"), old.raw_get("/Info"), _first_sheet(page)
    may_change = {root.reference: _CATALOG, info.reference: _INFO, sheet: _SHEET}
    changed = signed.xrefs.explicit_refs_in_revision(1) & page.xrefs.explicit_refs_in_revision(0)
    changed -= {page.root.raw_get("/Metadata").reference}
    return (
        (page.xrefs.total_revisions, signed.xrefs.total_revisions) == (1, 2)
        and new.raw_get("/Root") == root
        and changed <= may_change.keys()
        and all(_parts(page, ref, keys) == _parts(signed, ref, keys) for ref, keys in may_change.items())
        and _has_one_quiet_field(signed, sheet)
    )


def _first_sheet(page: PdfFileReader) -> Reference:
    kids = page.root["/Pages"]
    while "/Kids" in kids:
        first = kids["/Kids"].raw_get(0)
        kids = first.get_object()
    sheet: Reference = first.reference
    return sheet


def _parts(reader: PdfFileReader, ref: Reference, but: set[str]) -> dict[str, str]:
    stated: DictionaryObject = reader.get_object(ref)
    return {str(key): repr(stated.raw_get(key)) for key in stated if key not in but}


def _has_one_quiet_field(signed: PdfFileReader, sheet: Reference) -> bool:
    form, notes = signed.root["/AcroForm"], signed.get_object(sheet)["/Annots"]
    field = notes[0]
    return (
        len(notes) == 1
        and set(form) == _FORM
        and repr(notes) == repr(form["/Fields"])
        and set(field) == _FIELD
        and all(float(side) == 0 for side in field["/Rect"])
    )
