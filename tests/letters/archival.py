"""Checks of a letter as a file against ISO 19005-3, made twice: by a validator of others (pdf-oxide), and by checks of this house that name
their clauses. The second are not independent: they look at what the first does not read, and only at what signing could spoil."""

import json
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

PYTHON = Path(__file__).parents[2] / ".venv-peers/bin/python"
_PROGRAM = """
import json, sys, pdf_oxide
print(json.dumps(pdf_oxide.PdfDocument.from_bytes(sys.stdin.buffer.read()).validate_pdf_a(sys.argv[1])))
"""
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"


def errors_found_by_others(pdf: bytes, level: str = "3b") -> list[str]:
    assert PYTHON.exists(), "Install what ours is held against first: make .venv-peers/.installed"
    done = subprocess.run(
        [PYTHON, "-c", _PROGRAM, level], input=pdf, capture_output=True, timeout=60, check=True
    )
    judged = json.loads(done.stdout)
    errors: list[str] = judged["errors"]
    assert judged["valid"] is (not errors)
    return errors


def broken_clauses(pdf: bytes) -> list[str]:
    """The clauses of ISO 19005-3 that the file breaks, of those that are checked here."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        checks = {
            "6.1.2 header and catalog name no later version than 1.7": _is_of_its_version(pdf, opened),
            "6.1.3 an identifier, and no encryption": "/ID" in opened.trailer and not opened.is_encrypted,
            "6.1.12 extensions are of no later version than 1.7": _has_early_extensions(opened),
            "6.3.2 every annotation is printed and none is hidden": all(map(_is_printed, _widgets(opened))),
            "6.3.3 an annotation without appearance has no size": all(map(_is_drawn, _widgets(opened))),
            "6.4.1 fields have no action and ask for no appearance": _has_quiet_form(opened),
            "6.4.3 a signature covers all before its end but itself": all(
                _covers(pdf, field) for field in _signatures(opened)
            ),
            "6.6.2.1 the metadata is not compressed": "/Filter" not in opened.Root.Metadata,
            "6.6.4 the metadata names part 3, conformance B": _is_part_3b(opened),
            "6.8 every attached file is related to the letter": _has_related_files(opened),
        }
    return [clause for clause, holds in checks.items() if not holds]


def _is_of_its_version(pdf: bytes, opened: pikepdf.Pdf) -> bool:
    return pdf.startswith(b"%PDF-1.7\n") and str(opened.Root.get("/Version", "/1.7")) <= "/1.7"


def _has_early_extensions(opened: pikepdf.Pdf) -> bool:
    named: Any = opened.Root.get("/Extensions", {})
    found = [each for value in dict(named).values() for each in _several(value)]
    return all(str(each.BaseVersion) <= "/1.7" for each in found)


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _widgets(opened: pikepdf.Pdf) -> list[Any]:
    return [note for sheet in opened.pages for note in list(sheet.obj.get("/Annots", []))]


def _is_printed(widget: Any) -> bool:
    hidden, printed, unseen = 2, 4, 32
    return int(widget.F) & (hidden | printed | unseen) == printed


def _is_drawn(widget: Any) -> bool:
    left, bottom, right, top = map(float, widget.Rect)
    return "/AP" in widget or (left == right and bottom == top)


def _has_quiet_form(opened: pikepdf.Pdf) -> bool:
    form: Any = opened.Root.get("/AcroForm", {})
    silent = all("/A" not in each and "/AA" not in each for each in _widgets(opened))
    return silent and "/XFA" not in form and not form.get("/NeedAppearances", False)


def _signatures(opened: pikepdf.Pdf) -> list[Any]:
    return [widget.V for widget in _widgets(opened) if "/V" in widget]


def _covers(pdf: bytes, signature: Any) -> bool:
    first, until, after, rest = map(int, signature.ByteRange)
    return (
        first == 0
        and pdf[until : until + 1] == b"<"
        and pdf[after - 1 : after] == b">"
        and after + rest <= len(pdf)
    )


def _is_part_3b(opened: pikepdf.Pdf) -> bool:
    with opened.open_metadata() as metadata:
        return (metadata.get(f"{PDFAID}part"), metadata.get(f"{PDFAID}conformance")) == ("3", "B")


def _has_related_files(opened: pikepdf.Pdf) -> bool:
    related = {str(each.UF) for each in opened.Root.AF if "/AFRelationship" in each}
    return related == set(opened.attachments)
