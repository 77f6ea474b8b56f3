"""The size of a picture, from its header alone, and what is refused before anything is decoded."""

import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake import sample_files

from zi_intake.uploads.attachments import HollowPictureError, TooManyPixelsError, media_type
from zi_intake.uploads.picture_size import allowed_pixels, claimed_pixels
from zi_intake.web.uploads import clean

HONEST = {
    "image/jpeg": sample_files.encoded(sample_files.halves(640, 480), "JPEG", exif=sample_files.exif(6)),
    "image/png": sample_files.encoded(sample_files.halves(640, 480), "PNG"),
    "image/webp": sample_files.encoded(sample_files.halves(640, 480), "WEBP"),
}


@pytest.mark.parametrize("kind", HONEST)
def test_the_header_says_how_large_a_picture_is(kind: str) -> None:
    assert claimed_pixels(HONEST[kind], kind) == 640 * 480


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"optimize": True}, {"comment": b"\xff\xc0" * 99}]
)
def test_the_header_of_a_jpeg_is_found_behind_what_comes_before_it(options: dict[str, Any]) -> None:
    content = sample_files.encoded(sample_files.halves(640, 480), "JPEG", **options)
    assert claimed_pixels(content, "image/jpeg") == 640 * 480


@pytest.mark.parametrize("options", [{"lossless": True}, {"exif": sample_files.exif()}, {"quality": 10}])
def test_every_kind_of_webp_says_it(options: dict[str, Any]) -> None:
    content = sample_files.encoded(sample_files.halves(640, 480), "WEBP", **options)
    assert claimed_pixels(content, "image/webp") == 640 * 480


def test_a_heic_says_it_too() -> None:
    assert claimed_pixels(sample_files.HEIC, "image/heic") == 128 * 64


def test_a_document_has_no_pixels() -> None:
    assert claimed_pixels(b"%PDF-1.7", "application/pdf") is None


@given(st.sampled_from(sorted(HONEST)), st.integers(0, 2000), st.binary(max_size=60))
def test_a_damaged_header_is_read_without_an_end_of_the_world(kind: str, cut: int, noise: bytes) -> None:
    claimed = claimed_pixels(HONEST[kind][:cut] + noise, kind)
    assert claimed is None or claimed >= 0


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*command: Any, **options: Any) -> None:
        raise AssertionError("a process was begun for it")

    monkeypatch.setattr(subprocess, "run", never)
    monkeypatch.setattr(subprocess, "Popen", never)


@pytest.mark.usefixtures("no_process")
@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_small_file_of_very_many_pixels_is_refused_before_any_process_begins(form: str) -> None:
    """Two kilobytes that cost four seconds."""
    content = sample_files.encoded(
        sample_files.Image.new("1" if form == "PNG" else "RGB", (7000, 7000)), form
    )
    assert media_type(content) is not None
    assert len(content) < 100_000
    with pytest.raises(HollowPictureError):
        clean(content)


@pytest.mark.usefixtures("no_process")
def test_too_many_pixels_are_refused_before_any_process_begins() -> None:
    with pytest.raises(TooManyPixelsError):
        clean(sample_files.png_that_claims(30_000, 30_000) + bytes(9_000_000))


def test_what_people_send_has_room() -> None:
    photo, blank_page, screenshot = (12_000_000, 400_000), (8_700_000, 20_000), (2_600_000, 3_000)
    for pixels, size in (photo, blank_page, screenshot):
        assert pixels <= allowed_pixels(size)
