"""Pictures as they are kept: drawn anew, upright, at most 4096 pixels a side; nothing but pixels survives."""

from io import BytesIO

from pi_heif import register_heif_opener  # type: ignore[import-untyped]
from PIL import Image, ImageOps, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

from zi_intake.uploads.attachments import (
    LARGEST,
    LONGEST_SIDE,
    AttachmentError,
    TooManyPixelsError,
    UnreadableAttachmentError,
    refuse_size,
)

QUALITY = 88
SCANS = 100
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
KEPT_AS = {
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/webp": "image/webp",
    "image/heic": "image/jpeg",
}
ORIENTATION = 0x0112
UPRIGHT: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Pillow loads what it needs when it needs it, and once the process is confined nothing can be loaded: everything for FORMATS is here before.
LOADED = ImageOps, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin
Image.preinit()
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def cleaned_picture(data: bytes, media_type: str) -> tuple[str, bytes]:
    """(media type, bytes): HEIC becomes JPEG, and so does a PNG that would pass the size of an upload."""
    # A JPEG may hold thousands of nearly empty scans, each of which costs a walk over all pixels.
    if media_type == "image/jpeg" and data.count(b"\xff\xda") > SCANS:
        raise UnreadableAttachmentError
    try:
        picture = _pixels(data, FORMATS[media_type])
    except AttachmentError:
        raise
    except Image.DecompressionBombError:
        raise TooManyPixelsError from None
    except Exception:  # decoders raise nearly anything at a damaged file
        raise UnreadableAttachmentError from None
    return _drawn(picture, KEPT_AS[media_type])


def _pixels(data: bytes, form: str) -> Image.Image:
    with Image.open(BytesIO(data), formats=(form,)) as picture:
        refuse_size(picture.width * picture.height, len(data))
        turn = UPRIGHT.get(_orientation(picture))
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        plain = _eight_bit(picture).convert("RGBA" if picture.has_transparency_data else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = plain.transpose(turn) if turn is not None else plain
    plain.info = {}
    return plain


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits is scaled; Pillow's own conversion clips it."""
    if picture.mode != "I;16":
        return picture
    return picture.convert("I").point([level >> 8 for level in range(65536)], "L")


def _orientation(picture: Image.Image) -> object:
    try:
        orientation: object = picture.getexif().get(ORIENTATION)
        return orientation
    except Exception:  # damaged metadata is thrown away with the rest
        return None


def _drawn(picture: Image.Image, media_type: str) -> tuple[str, bytes]:
    drawn = BytesIO()
    if media_type == "image/jpeg":
        _on_white(picture).save(drawn, "JPEG", quality=QUALITY)
    else:
        picture.save(drawn, FORMATS[media_type], quality=QUALITY)
    if drawn.tell() > LARGEST and media_type != "image/jpeg":
        return _drawn(picture, "image/jpeg")
    return media_type, drawn.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB")
