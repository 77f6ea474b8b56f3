"""PDF documents as they are kept: written anew with their pages, and without metadata, scripts, actions and inner files.

What is dropped is dropped wherever it hangs and whatever it hangs by, so that no odd road to a script or to an outside file is left out.
"""

import re
import zlib
from base64 import a85decode
from collections.abc import Callable, Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, StreamDecodeLevel, String
from pikepdf.settings import set_qpdf_limits

from zi_intake.uploads.attachments import (
    LARGEST,
    PAGES,
    UNPACKED,
    AttachmentError,
    AttachmentTooLargeError,
    LockedDocumentError,
    SwollenDocumentError,
    TooManyPagesError,
    UnreadableAttachmentError,
)

DROPPED = {
    *("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SpiderInfo"),
    *("/OpenAction", "/AA", "/JS", "/JavaScript", "/URI", "/XFA"),
    *("/EmbeddedFiles", "/AF", "/EF", "/Collection"),
    *("/FS", "/Ref", "/OPI", "/Alternates", "/URLS", "/IDS", "/Threads"),
    *("/RichMediaContent", "/RichMediaSettings", "/Renditions", "/Movie", "/Sound", "/3DD"),
}
# In these the keys are names that the author chose, so a font may well be called /AA.
NAMED_BY_AUTHOR = {
    "/Font",
    "/XObject",
    "/ExtGState",
    "/ColorSpace",
    "/Pattern",
    "/Shading",
    "/Properties",
    "/CharProcs",
}
ACTIONS = ("/A", "/PA")
# ISO 32000-2, tables 201 and 202: what an action is known by wherever it stands. A jump inside of the document is none of these.
ACTION_TYPES = {
    *("/GoToR", "/GoToE", "/GoToDp", "/Launch", "/Thread", "/URI", "/Sound", "/Movie", "/Hide", "/Named"),
    *("/SubmitForm", "/ResetForm", "/ImportData", "/JavaScript", "/SetOCGState", "/Rendition", "/Trans"),
    *("/GoTo3DView", "/RichMediaExecute"),
}
# Tables 5, 43 and 93: how a stream, a name of a file and a page of another document point outside.
OUTSIDE = ("/F", "/FFilter", "/FDecodeParms")
FILE_NAMES = {"/UF", "/DOS", "/Mac", "/Unix"}
END_WITHIN = (
    1024  # ISO 32000-1, annex H.3, implementation note 18: %%EOF is looked for in the last 1024 bytes
)
# T.81, table B.1: the segments that say something about the picture rather than how to draw it. Kept are
# APP0 (JFIF), APP2 (colour profile) and APP14 (Adobe's colour transform).
JPEG_METADATA = {0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE}
JPEG_START_OF_SCAN = 0xDA
UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "/FlateDecode": lambda packed: zlib.decompressobj().decompress(packed, UNPACKED),
    "/ASCII85Decode": lambda packed: a85decode(packed.strip().removesuffix(b"~>")),
}


def cleaned_document(data: bytes) -> tuple[str, bytes]:
    """(media type, bytes) of a PDF; for a process of its own, as qpdf's limits are process-wide."""
    set_qpdf_limits(flate_max_memory=UNPACKED, run_length_max_memory=UNPACKED, max_stream_filters=3)
    if b"%%EOF" not in data[-END_WITHIN:]:
        raise UnreadableAttachmentError
    try:
        return "application/pdf", _rewritten(data)
    except AttachmentError:
        raise
    except pikepdf.PasswordError:
        raise LockedDocumentError from None
    except MemoryError:
        raise SwollenDocumentError from None
    except Exception:  # qpdf and its binding raise nearly anything at a damaged file
        raise UnreadableAttachmentError from None


def _rewritten(data: bytes) -> bytes:
    with pikepdf.open(BytesIO(data)) as pdf:
        _check(pdf)
        for name in ("/Info", "/ID"):
            if name in pdf.trailer:
                del pdf.trailer[name]
        _sweep(pdf.Root)
        written = BytesIO()
        pdf.save(written)
    if written.tell() > LARGEST:
        raise AttachmentTooLargeError
    return written.getvalue()


def _check(pdf: pikepdf.Pdf) -> None:
    if pdf.is_encrypted:
        raise LockedDocumentError
    pages = len(pdf.pages)
    if pages > PAGES:
        raise TooManyPagesError
    if pages == 0:
        raise UnreadableAttachmentError


def _sweep(root: Object) -> None:
    """Clean every object that can be reached; unpack every stream, and stop when all together pass the limit."""
    visited: set[tuple[tuple[int, int], bool]] = set()
    waiting: list[tuple[Object, bool]] = [(root, False)]
    unpacked = 0
    while waiting:
        pdf_object, free = waiting.pop()
        if pdf_object.is_indirect:
            if (pdf_object.objgen, free) in visited:
                continue
            visited.add((pdf_object.objgen, free))
        if isinstance(pdf_object, Dictionary | Stream):
            _disarm(pdf_object)
        if isinstance(pdf_object, Stream):
            unpacked += _unpacked(pdf_object)
            if unpacked > UNPACKED:
                raise SwollenDocumentError
            _without_picture_metadata(pdf_object)
        if isinstance(pdf_object, Dictionary | Stream) and not free:
            _drop(pdf_object)
        waiting.extend(_inside(pdf_object))


def _inside(pdf_object: Object) -> Iterator[tuple[Object, bool]]:
    if isinstance(pdf_object, Array):
        yield from ((value, False) for value in pdf_object if isinstance(value, Object))
    elif isinstance(pdf_object, Dictionary | Stream):
        yield from (
            (value, key in NAMED_BY_AUTHOR) for key, value in pdf_object.items() if isinstance(value, Object)
        )


def _disarm(pdf_object: Object) -> None:
    """Empty an action or the name of a file, and cut a stream off from the file that it would be read from."""
    if isinstance(pdf_object, Stream):
        for key in OUTSIDE:
            if key in pdf_object:
                del pdf_object[key]
    elif _is_action(pdf_object) or _is_file_name(pdf_object):
        for key in set(pdf_object.keys()):
            del pdf_object[key]


def _is_action(pdf_object: Object) -> bool:
    kind = pdf_object.get("/S")
    return isinstance(kind, Name) and str(kind) in ACTION_TYPES


def _is_file_name(pdf_object: Object) -> bool:
    kind = pdf_object.get("/Type")
    is_named = isinstance(kind, Name) and str(kind) in ("/Filespec", "/F")
    return is_named or any(isinstance(pdf_object.get(key), String) for key in FILE_NAMES)


def _drop(holder: Object) -> None:
    for key in DROPPED & set(holder.keys()):
        del holder[key]
    for key in ACTIONS:
        action = holder.get(key)
        if isinstance(action, Dictionary | Stream) and "/S" in action and action["/S"] != Name.GoTo:
            del holder[key]
    if holder.get("/S") == Name.GoTo and "/Next" in holder:
        del holder["/Next"]


def _unpacked(stream: Stream) -> int:
    """Size without its packing; a packed picture (JPEG, fax) counts as it is, for nobody here unpacks it."""
    try:
        return len(stream.read_bytes(StreamDecodeLevel.specialized))
    except pikepdf.PdfError as refused:
        if re.search("limit exceeded|bad_alloc", str(refused)):
            raise SwollenDocumentError from None
        return len(stream.read_raw_bytes())


def _without_picture_metadata(stream: Stream) -> None:
    photo = _photo(stream)
    if photo is not None:
        parameters = _listed(stream.get("/DecodeParms"))[-1:]
        stream.write(
            without_metadata(photo), filter=Array([Name.DCTDecode]), decode_parms=Array(parameters) or None
        )


def _photo(stream: Stream) -> bytes | None:
    """The JPEG in a stream, whichever way it was packed once more; None if there is none."""
    *outer, inner = [str(name) for name in _listed(stream.get("/Filter"))] or [""]
    if inner != "/DCTDecode" or not set(outer) <= UNPACKERS.keys():
        return None
    content = stream.read_raw_bytes()
    for packing in outer:
        content = UNPACKERS[packing](content)
    return content


def _listed(value: Object | None) -> list[Object]:
    if value is None:
        return []
    return list(value.as_list()) if isinstance(value, Array) else [value]


def without_metadata(jpeg: bytes) -> bytes:
    """The same JPEG to the pixel, without Exif, XMP, IPTC and comments (T.81, annex B)."""
    parts, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != JPEG_START_OF_SCAN:
        after = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in JPEG_METADATA:
            parts.append(jpeg[at:after])
        at = after
    return b"".join(parts) + jpeg[at:]
