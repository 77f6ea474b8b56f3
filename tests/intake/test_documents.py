import zlib
from base64 import a85encode
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from tests.intake import sample_files

from zi_intake.uploads import documents
from zi_intake.uploads.attachments import (
    AttachmentTooLargeError,
    LockedDocumentError,
    SwollenDocumentError,
    TooManyPagesError,
    UnreadableAttachmentError,
)
from zi_intake.uploads.documents import cleaned_document, without_metadata


def cleaned(pdf: pikepdf.Pdf) -> bytes:
    kind, content = cleaned_document(sample_files.written(pdf))
    assert kind == "application/pdf"
    return content


def everything(content: bytes) -> bytes:
    """The document with every stream unpacked, so that words can be looked for."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return sample_files.written(
            pdf,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('PRIVATE')"))


def test_pages_survive() -> None:
    pdf = sample_files.document(3)
    pdf.pages[1].Contents = pdf.make_stream(b"0 0 50 50 re f")
    with pikepdf.open(BytesIO(cleaned(pdf))) as result:
        assert len(result.pages) == 3
        assert result.pages[1].Contents.read_bytes() == b"0 0 50 50 re f"


def test_title_author_and_xmp_do_not_survive() -> None:
    pdf = sample_files.document()
    pdf.docinfo["/Author"] = "PRIVATE"
    with pdf.open_metadata() as xmp:
        xmp["dc:creator"] = ["PRIVATE"]
    pdf.pages[0].PieceInfo = Dictionary(App=Dictionary(Private=String("PRIVATE")))
    assert b"PRIVATE" in everything(sample_files.written(pdf))
    result = everything(cleaned(pdf))
    assert b"PRIVATE" not in result
    assert b"/Metadata" not in result


def test_embedded_files_do_not_survive() -> None:
    pdf = sample_files.document()
    pdf.attachments["run.exe"] = b"PRIVATE"
    pdf.Root.AF = Array([pdf.Root.Names.EmbeddedFiles.Names[1]])
    pdf.pages[0].Annots = Array(
        [
            pdf.make_indirect(
                Dictionary(
                    Type=Name.Annot, Subtype=Name.FileAttachment, FS=pdf.Root.Names.EmbeddedFiles.Names[1]
                )
            )
        ]
    )
    assert b"PRIVATE" in everything(sample_files.written(pdf))
    assert b"PRIVATE" not in everything(cleaned(pdf))


def test_scripts_and_actions_do_not_survive_wherever_they_hang() -> None:
    pdf = sample_files.document()
    launch = Dictionary(S=Name.Launch, F=String("PRIVATE"))
    link = Dictionary(S=Name.URI, URI=String("https://PRIVATE.example/"))
    pdf.Root.OpenAction = script()
    pdf.Root.AA = Dictionary(WC=script())
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))
    pdf.Root.AcroForm = Dictionary(
        XFA=String("PRIVATE"),
        Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Tx, AA=Dictionary(K=script())))]),
    )
    pdf.Root.Outlines = Dictionary(First=pdf.make_indirect(Dictionary(Title=String("one"), A=launch)))
    jump = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=Array([script()]))
    pdf.pages[0].Annots = Array(
        [
            Dictionary(Type=Name.Annot, Subtype=Name.Link, A=link, PA=link),
            Dictionary(Type=Name.Annot, Subtype=Name.Link, A=jump),
            Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, RichMediaContent=script()),
        ]
    )
    result = everything(cleaned(pdf))
    assert b"PRIVATE" not in result
    assert b"JavaScript" not in result
    assert b"/GoTo" in result


@pytest.mark.parametrize("kind", sorted(documents.ACTION_TYPES))
def test_an_action_is_known_by_its_type_wherever_it_hangs(kind: str) -> None:
    pdf = sample_files.document()
    action = Dictionary(S=Name(kind), F=String("PRIVATE"), D=String("PRIVATE"), N=String("PRIVATE"))
    shared = pdf.make_indirect(action)
    pdf.Root.Odd = Dictionary(Font=Dictionary(One=shared), Deep=Array([Array([Dictionary(More=shared)])]))
    pdf.pages[0].Resources = Dictionary(
        Properties=Dictionary(Two=Dictionary(S=Name(kind), F=String("PRIVATE")))
    )
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=shared)])
    assert b"PRIVATE" in everything(sample_files.written(pdf))
    assert b"PRIVATE" not in everything(cleaned(pdf))


def test_nothing_points_at_a_file_outside() -> None:
    pdf = sample_files.document()
    stream = pdf.make_stream(
        b"", F=Dictionary(Type=Name.Filespec, FS=Name.URL, F=String("http://PRIVATE.example"))
    )
    stream.FFilter = Name.FlateDecode
    plain = pdf.make_stream(b"", F=String("PRIVATE"))
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form)
    form.Ref = Dictionary(F=String("PRIVATE"), Page=0)
    form.OPI = Dictionary({"/2.0": Dictionary(Type=Name.OPI, F=String("PRIVATE"))})
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(One=stream, Two=plain, Three=form))
    names = Dictionary(UF=String("PRIVATE")), Dictionary(Type=Name.F, F=String("PRIVATE"))
    pdf.Root.Odd = Array([*names, Dictionary(Unix=String("PRIVATE"), F=String("PRIVATE"))])
    pdf.Root.Names = Dictionary(URLS=Dictionary(Names=Array([String("PRIVATE"), Dictionary()])))
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=String("PRIVATE"))
    pdf.pages[0].Annots = Array([note, Dictionary(Type=Name.Annot, Subtype=Name.Link, F=4)])
    assert everything(sample_files.written(pdf)).count(b"PRIVATE") >= 9
    result = everything(cleaned(pdf))
    assert b"PRIVATE" not in result
    assert b"/F 4" in result  # an annotation's flags are a number by the same name


def test_a_font_may_be_called_like_a_script() -> None:
    pdf = sample_files.document()
    pdf.pages[0].Resources = Dictionary(Font=Dictionary({"/AA": Dictionary(Type=Name.Font, AA=script())}))
    result = everything(cleaned(pdf))
    assert b"/AA" in result
    assert b"PRIVATE" not in result


@pytest.mark.parametrize(
    ("packed", "filters"),
    [
        (sample_files.photo(), ["/DCTDecode"]),
        (zlib.compress(sample_files.photo()), ["/FlateDecode", "/DCTDecode"]),
        (
            a85encode(zlib.compress(sample_files.photo())) + b"~>",
            ["/ASCII85Decode", "/FlateDecode", "/DCTDecode"],
        ),
    ],
)
@pytest.mark.parametrize("parameters", [None, Dictionary(ColorTransform=1)])
def test_the_place_in_a_photo_inside_a_document_does_not_survive(
    packed: bytes, filters: list[str], parameters: Dictionary | None
) -> None:
    pdf = sample_files.document()
    stream = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image, Width=128, Height=64)
    parms = None if parameters is None else Array([*[None] * (len(filters) - 1), parameters])
    stream.write(packed, filter=Array([Name(name) for name in filters]), decode_parms=parms)
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Photo=stream))
    content = cleaned(pdf)
    assert b"ZonaPhone" not in content
    with pikepdf.open(BytesIO(content)) as result:
        image = result.pages[0].Resources.XObject.Photo
        assert image.get("/DecodeParms") == parameters
        assert image.Filter == Name.DCTDecode
        assert (
            sample_files.decoded(image.read_raw_bytes()).tobytes()
            == sample_files.decoded(sample_files.photo()).tobytes()
        )


def test_a_jpeg_without_metadata_is_the_same_to_the_pixel() -> None:
    for photo in (
        sample_files.photo(),
        sample_files.encoded(sample_files.halves(), "JPEG", comment=b"x", progressive=True),
    ):
        plain = without_metadata(photo)
        assert len(plain) < len(photo)
        assert sample_files.decoded(plain).tobytes() == sample_files.decoded(photo).tobytes()


@pytest.mark.parametrize(
    "stump", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xe1\0\0abc", b"words"]
)
def test_a_stump_of_a_jpeg_stays_a_stump(stump: bytes) -> None:
    assert len(without_metadata(stump)) <= len(stump)


def test_a_locked_document_is_refused_even_when_it_opens_without_a_password() -> None:
    for user in ("", "secret"):
        locked = pikepdf.Encryption(owner="owner", user=user)
        with pytest.raises(LockedDocumentError):
            cleaned_document(sample_files.written(sample_files.document(), encryption=locked))


def test_a_document_with_too_many_pages_is_refused() -> None:
    assert cleaned(sample_files.document(300))
    with pytest.raises(TooManyPagesError, match="300 pages"):
        cleaned(sample_files.document(301))


def test_a_document_without_pages_is_refused() -> None:
    with pytest.raises(UnreadableAttachmentError):
        cleaned(sample_files.document(0))


@pytest.mark.parametrize(
    "bomb",
    [
        sample_files.pdf_with_stream(sample_files.zeros(101)),
        sample_files.pdf_with_stream(zlib.compress(sample_files.zeros(101)), b"[/FlateDecode /FlateDecode]"),
        sample_files.pdf_with_stream(b"\x81\x00" * 800_000 + b"\x80", b"/RunLengthDecode"),
    ],
)
def test_a_stream_that_unpacks_without_end_is_refused(bomb: bytes) -> None:
    assert len(bomb) < 2_000_000
    with pytest.raises(SwollenDocumentError):
        cleaned_document(bomb)


def test_many_streams_that_are_too_much_together_are_refused() -> None:
    pdf = sample_files.document(3)
    for page in pdf.pages:
        page.Contents = pdf.make_stream(b"")
        page.Contents.write(sample_files.zeros(40), filter=Name.FlateDecode)
    with pytest.raises(SwollenDocumentError):
        cleaned(pdf)


def test_a_document_whose_structure_is_a_bomb_is_refused() -> None:
    packed = sample_files.zeros(300)
    head = b"<< /Type /XRef /W [1 2 1] /Size 99999999 /Root 2 0 R /Filter /FlateDecode /Length %d >>" % len(
        packed
    )
    table = b"1 0 obj\n" + head + b"\nstream\n" + packed + b"\nendstream\nendobj\n"
    bomb = b"%PDF-1.5\n" + table + b"startxref\n9\n%%EOF\n"
    with pytest.raises((SwollenDocumentError, UnreadableAttachmentError)):
        cleaned_document(bomb)


def test_a_stream_that_can_not_be_unpacked_is_kept_as_it_is() -> None:
    _, content = cleaned_document(sample_files.pdf_with_stream(b"not deflated"))
    assert b"not deflated" in content


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_document_that_was_cut_off_is_refused(part: float) -> None:
    upload = sample_files.written(sample_files.document(20))
    with pytest.raises(UnreadableAttachmentError):
        cleaned_document(upload[: int(len(upload) * part)])


def test_a_document_that_is_none_is_refused() -> None:
    with pytest.raises(UnreadableAttachmentError):
        cleaned_document(b"%PDF-1.7 but only words %%EOF")


def test_a_document_that_is_larger_after_cleaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGEST", 100)
    with pytest.raises(AttachmentTooLargeError):
        cleaned(sample_files.document())


def test_what_does_not_fit_into_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(data: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pikepdf, "open", full)
    with pytest.raises(SwollenDocumentError):
        cleaned_document(b"%PDF-1.7 %%EOF")
