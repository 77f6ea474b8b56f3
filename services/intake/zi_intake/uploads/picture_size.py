"""Read from its header how many pixels a picture claims to have, without decoding it, and how many its bytes may stand for. Pure."""

from struct import error, unpack_from

BASE = 6_000_000
FOR_EACH_BYTE = 200  # a blank page compresses well, a photo has ten pixels a byte
SOF = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
ALONE = frozenset({0x01, *range(0xD0, 0xDA)})
HEAD = 256 * 1024


def allowed_pixels(size: int) -> int:
    """Of a picture of so many bytes: what decodes to very much more costs its sender nothing and the office seconds."""
    return BASE + FOR_EACH_BYTE * size


def claimed_pixels(data: bytes, media_type: str) -> int | None:
    """None where the header says nothing that can be read."""
    try:
        match media_type:
            case "image/png":
                width, height = unpack_from(">II", data, 16)
                return int(width * height)
            case "image/jpeg":
                return _jpeg(data)
            case "image/webp":
                return _webp(data)
            case "image/heic":
                return _heic(data)
            case _:
                return None
    except (IndexError, error):
        return None


def _jpeg(data: bytes) -> int | None:
    at = 2
    while at < HEAD:
        marker = data[at + 1]
        if data[at] != 0xFF or marker == 0xDA:
            return None
        if marker == 0xFF:
            at += 1
        elif marker in ALONE:
            at += 2
        elif marker in SOF:
            height, width = unpack_from(">HH", data, at + 5)
            return int(width * height)
        else:
            at += 2 + max(2, unpack_from(">H", data, at + 2)[0])
    return None


def _webp(data: bytes) -> int | None:
    match data[12:16]:
        case b"VP8X":
            return (1 + int.from_bytes(data[24:27], "little")) * (1 + int.from_bytes(data[27:30], "little"))
        case b"VP8L":
            (bits,) = unpack_from("<I", data, 21)
            return int((1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF)))
        case b"VP8 ":
            width, height = unpack_from("<HH", data, 26)
            return int((width & 0x3FFF) * (height & 0x3FFF))
        case _:
            return None


def _heic(data: bytes) -> int | None:
    """The largest of what it says of its images; tiles are smaller than what they make up."""
    found, at = [], data.find(b"ispe", 0, HEAD)
    while at >= 0:
        width, height = unpack_from(">II", data, at + 8)
        found.append(int(width * height))
        at = data.find(b"ispe", at + 4, HEAD)
    return max(found, default=None)
