import io
import random
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest
from PIL import Image
from tests.intake import sample_files

from zi_chassis.process.confinement import FilesClosedError
from zi_intake.uploads import attachments, cleanroom
from zi_intake.uploads.attachments import (
    LARGEST,
    AttachmentError,
    AttachmentTooLargeError,
    EmptyAttachmentError,
    LockedDocumentError,
    SwollenDocumentError,
    TooManyPixelsError,
    UnknownAttachmentError,
    UnreadableAttachmentError,
    media_type,
)
from zi_intake.web import uploads
from zi_intake.web.uploads import clean


@pytest.mark.parametrize(
    ("upload", "kept_as"),
    [
        (sample_files.photo("JPEG"), "image/jpeg"),
        (sample_files.photo("PNG"), "image/png"),
        (sample_files.photo("WEBP"), "image/webp"),
        (sample_files.HEIC, "image/jpeg"),
        (sample_files.written(sample_files.document()), "application/pdf"),
    ],
)
def test_pictures_and_documents_are_taken(upload: bytes, kept_as: str) -> None:
    kind, cleaned = clean(upload)
    assert kind == kept_as
    assert media_type(cleaned) == kept_as
    assert b"ZonaPhone" not in cleaned
    assert b"Exif" not in cleaned


@pytest.mark.parametrize(
    "upload",
    [
        b"just words, whatever the file is called",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf<html><script>",
        sample_files.encoded(sample_files.halves(), "GIF"),
        sample_files.encoded(sample_files.halves(), "TIFF"),
        sample_files.encoded(sample_files.halves(), "AVIF"),
        b"GIF89a" + sample_files.written(sample_files.document()),
    ],
)
def test_anything_else_is_refused_by_its_content(upload: bytes) -> None:
    with pytest.raises(UnknownAttachmentError, match="whatever its name says"):
        clean(upload)
    assert cleanroom.answer(upload) == b"UnknownAttachmentError"


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(EmptyAttachmentError, match="0 bytes"):
        clean(b"")
    assert cleanroom.answer(b"") == b"EmptyAttachmentError"


def test_an_upload_above_the_limit_is_refused_unopened() -> None:
    with pytest.raises(AttachmentTooLargeError, match="10 MB"):
        clean(b"\xff\xd8\xff" + bytes(LARGEST))


def test_what_hides_behind_a_picture_is_not_kept() -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    tail = b"<script>alert(1)</script>" + sample_files.written(sample_files.document()) + hidden.getvalue()
    for form in ("JPEG", "PNG", "WEBP"):
        _, cleaned = clean(sample_files.photo(form) + tail)
        assert b"script" not in cleaned
        assert b"%PDF" not in cleaned
        assert b"run.js" not in cleaned


def test_what_hides_behind_a_document_is_not_kept() -> None:
    _, cleaned = clean(sample_files.written(sample_files.document()) + b"<script>alert(1)</script>")
    assert b"script" not in cleaned


@pytest.mark.parametrize(
    ("upload", "refusal"),
    [
        (sample_files.png_that_claims(30_000, 30_000), TooManyPixelsError),
        (sample_files.pdf_with_stream(sample_files.zeros(101)), SwollenDocumentError),
        (sample_files.photo("PNG")[:200], UnreadableAttachmentError),
    ],
)
def test_a_refusal_comes_out_of_the_cleanroom_with_its_sentence(
    upload: bytes, refusal: type[AttachmentError]
) -> None:
    with pytest.raises(refusal) as refused:
        clean(upload)
    assert str(refused.value) == refusal.sentence


def test_a_locked_document_says_so() -> None:
    import pikepdf

    locked = sample_files.written(sample_files.document(), encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(LockedDocumentError, match="without a password"):
        clean(locked)


def test_every_refusal_has_a_sentence_and_survives_the_way_out() -> None:
    assert len(attachments.REFUSALS) == 9
    for refusal in attachments.REFUSALS.values():
        assert str(refusal()).endswith(".")
        assert "{" not in str(refusal())


def test_a_cleanroom_that_dies_costs_only_the_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LIMITS", replace(uploads.LIMITS, wall=0.001))
    with pytest.raises(UnreadableAttachmentError):
        clean(sample_files.photo())
    monkeypatch.undo()
    assert clean(sample_files.photo())[0] == "image/jpeg"


def test_an_lzw_bomb_ends_at_the_memory_of_the_cleanroom() -> None:
    bomb = sample_files.pdf_with_stream(_lzw_zeros(700_000), b"/LZWDecode")
    assert len(bomb) < LARGEST
    with pytest.raises(SwollenDocumentError):
        clean(bomb)


def _lzw_zeros(codes: int) -> bytes:
    """LZW of zeros (clear, 0, 258, 259, ...) until the table is full, over and over: about 1,400 to 1."""
    run = [(256, 9), (0, 9)]
    run += [(code, 9 + (code >= 511) + (code >= 1023) + (code >= 2047)) for code in range(258, 4094)]
    text = ("".join(f"{code:0{width}b}" for code, width in run) + f"{256:012b}") * 8
    return int(text, 2).to_bytes(len(text) // 8, "big") * (codes // len(run) // 8)


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_upload_is_cleaned_or_refused_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    upload = bytearray(
        chance.choice(
            [
                sample_files.photo("JPEG", 6),
                sample_files.photo("PNG"),
                sample_files.photo("WEBP"),
                sample_files.HEIC,
                sample_files.written(sample_files.document(3)),
            ]
        )
    )
    for _ in range(chance.randint(1, 12)):
        upload[chance.randrange(12, len(upload))] = chance.randrange(256)
    verdict, _, cleaned = cleanroom.answer(bytes(upload[: chance.randint(12, len(upload))])).partition(b"\n")
    assert verdict.decode() in attachments.REFUSALS or media_type(cleaned) == verdict.decode()


def test_a_picture_can_be_up_to_the_size_of_a_phones_best(monkeypatch: pytest.MonkeyPatch) -> None:
    _, cleaned = clean(sample_files.encoded(Image.new("RGB", (8192, 6144), "green"), "JPEG"))
    assert sample_files.decoded(cleaned).size == (4096, 3072)


def test_the_process_that_opens_an_upload_loads_nothing_of_the_service() -> None:
    """It lives for one file, and the web framework alone takes longer to load than most files do."""
    code = "import sys, zi_intake.uploads.cleanroom; sys.exit(bool({'fastapi', 'pydantic', 'nats'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-I", "-c", code], check=False).returncode == 0


async def test_where_nothing_confines_that_process_no_file_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import platform, runpy; platform.machine = lambda: 'abacus'; "
    code += "runpy.run_module('zi_intake.uploads.cleanroom', run_name='__main__')"
    monkeypatch.setattr(uploads, "CLEANROOM", ("-c", code))
    with pytest.raises(FilesClosedError):
        clean(sample_files.photo())
    assert clean(sample_files.photo(), must_confine=False)[0] == "image/jpeg"
