import random

import pytest
from PIL import Image
from tests.intake import sample_files

from zi_intake.uploads import pictures
from zi_intake.uploads.attachments import TooManyPixelsError, UnreadableAttachmentError
from zi_intake.uploads.pictures import cleaned_picture

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 30 for a, b in zip(found[:3], wanted, strict=True))


@pytest.mark.parametrize("form", TYPES)
def test_place_and_maker_do_not_survive(form: str) -> None:
    upload = sample_files.photo(form)
    assert dict(sample_files.decoded(upload).getexif().get_ifd(0x8825))
    kind, cleaned = cleaned_picture(upload, TYPES[form])
    result = sample_files.decoded(cleaned)
    assert kind == TYPES[form]
    assert not dict(result.getexif())
    assert not {"exif", "xmp", "icc_profile", "comment", "photoshop"} & set(result.info)
    assert near(result.convert("RGB").getpixel((10, 10)), sample_files.BLUE)


def test_comments_profiles_and_xmp_do_not_survive() -> None:
    private = b"Budi Contoh"
    upload = sample_files.encoded(
        sample_files.halves(), "JPEG", comment=private, icc_profile=private, xmp=b"<x>" + private
    )
    assert upload.count(private) == 3
    assert private not in cleaned_picture(upload, "image/jpeg")[1]


def test_text_of_a_png_does_not_survive() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "Budi Contoh")
    upload = sample_files.encoded(sample_files.halves(), "PNG", pnginfo=info)
    assert b"Budi" in upload
    assert b"Budi" not in cleaned_picture(upload, "image/png")[1]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_kept_upright(orientation: int) -> None:
    from PIL import ImageOps

    upload = sample_files.photo("JPEG", orientation)
    wanted = ImageOps.exif_transpose(sample_files.decoded(upload))
    result = sample_files.decoded(cleaned_picture(upload, "image/jpeg")[1])
    assert result.size == wanted.size
    for corner in ((5, 5), (wanted.width - 5, 5), (5, wanted.height - 5)):
        assert near(result.getpixel(corner), wanted.getpixel(corner))  # type: ignore[arg-type]


def test_a_heic_becomes_an_upright_jpeg() -> None:
    kind, cleaned = cleaned_picture(sample_files.HEIC, "image/heic")
    result = sample_files.decoded(cleaned)
    assert (kind, result.format, result.size) == ("image/jpeg", "JPEG", (64, 128))
    assert near(result.getpixel((32, 10)), sample_files.BLUE)
    assert near(result.getpixel((32, 118)), sample_files.RED)
    assert not dict(result.getexif())


def test_a_large_picture_is_bounded_and_keeps_its_shape() -> None:
    result = sample_files.decoded(
        cleaned_picture(sample_files.encoded(sample_files.halves(6000, 3000), "JPEG"), "image/jpeg")[1]
    )
    assert result.size == (4096, 2048)


@pytest.mark.parametrize("size", [(30_000, 30_000), (12_000, 9_000), (8192, 6145)])
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixelsError):
        cleaned_picture(sample_files.png_that_claims(*size), "image/png")


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    upload = sample_files.encoded(sample_files.halves(), "JPEG", progressive=True)
    assert cleaned_picture(upload, "image/jpeg")
    scan = upload[upload.rindex(b"\xff\xda") : -2]
    with pytest.raises(UnreadableAttachmentError):
        cleaned_picture(upload[:-2] + scan * 100 + upload[-2:], "image/jpeg")


@pytest.mark.parametrize("form", [*TYPES, "HEIF"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_picture_that_was_cut_off_is_refused(form: str, part: float) -> None:
    upload = sample_files.HEIC[:-200] if form == "HEIF" else sample_files.encoded(_noise(), form)
    with pytest.raises(UnreadableAttachmentError):
        cleaned_picture(upload[: int(len(upload) * part)], {**TYPES, "HEIF": "image/heic"}[form])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    image = Image.new("I;16", (8, 8), 40_000) if mode == "I;16" else sample_files.halves(mode=mode)
    result = sample_files.decoded(cleaned_picture(sample_files.encoded(image, "PNG"), "image/png")[1])
    assert result.mode == ("RGBA" if "A" in mode else "RGB")
    if mode == "I;16":
        assert result.getpixel((0, 0)) == (156, 156, 156)


def test_a_printers_jpeg_becomes_one_for_the_screen() -> None:
    upload = sample_files.encoded(sample_files.halves(mode="CMYK"), "JPEG")
    assert sample_files.decoded(cleaned_picture(upload, "image/jpeg")[1]).mode == "RGB"


def test_a_png_that_would_grow_past_the_limit_becomes_a_jpeg_on_white(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "LARGEST", 20_000)
    noise = _noise().convert("RGBA")
    noise.paste((0, 0, 0, 0), (0, 0, 50, 50))
    kind, cleaned = cleaned_picture(sample_files.encoded(noise, "PNG"), "image/png")
    assert kind == "image/jpeg"
    assert near(sample_files.decoded(cleaned).getpixel((20, 20)), (255, 255, 255))


def test_damaged_metadata_does_not_spoil_a_picture() -> None:
    upload = sample_files.encoded(sample_files.halves(), "JPEG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff")
    broken = upload.replace(b"MM\0\x2a", b"ZZ\0\x2a")
    assert cleaned_picture(broken, "image/jpeg")[0] == "image/jpeg"


def _noise() -> Image.Image:
    return Image.frombytes("RGB", (120, 90), random.Random(1).randbytes(120 * 90 * 3))
