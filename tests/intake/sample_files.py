"""Uploads made on the spot: honest pictures and documents, and the ways in which one can be hostile."""

import struct
import zlib
from base64 import b64decode
from collections.abc import Sequence
from io import BytesIO

import pikepdf
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

BLUE, RED = (30, 30, 200), (200, 30, 30)
ADLER = 65_521  # its checksum of n zeros is n modulo this, and then 1 (RFC 1950)

# 128 x 64, left half blue, right half red; stored to be turned a quarter to the right (irot); Exif with a GPS place.
HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAZdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ADRpbG9jAAAAAERAAAIAAQAAAAABuwABAAAAAAAAADAAAgAAAAAB6wABAAAAAAAAAKgAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAA"
    "AAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAA"
    "kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoBAgQWW6"
    "kkprm4CGgwIAAAMAMgAAAwACEGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAACAAAAAQAAAABBp"
    "cm90AwAAAAAAAAAAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAA4G1kYXQAAAAsKAGv"
    "E4DmqHDT//7AVFf+mXq/zlAtJ5vZQBq3vPG//oGri/i8dlKx0TtU+L8AAAAGRXhpZgAATU0AKgAAAAgAAwEPAAIAAAAFAAAAMgES"
    "AAMAAAABAAYAAIglAAQAAAABAAAAOAAAAABab25hAAAABAABAAIAAAACTgAAAAACAAUAAAADAAAAbgADAAIAAAACRQAAAAAEAAUA"
    "AAADAAAAhgAAAAAAAAADAAAAAQAAABMAAAABAAAAAAAAAAEAAAB1AAAAAQAAACIAAAABAAAAAAAAAAE="
)


def halves(width: int = 128, height: int = 64, mode: str = "RGB") -> Image.Image:
    """Left half blue, right half red."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (0, 0, width // 2, height))
    return image.convert(mode)


def exif(orientation: int = 1) -> Image.Exif:
    """Metadata as a phone writes it: maker, orientation, and where the picture was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "ZonaPhone", orientation
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (IFDRational(3), IFDRational(19), IFDRational(0))
    place[3], place[4] = "E", (IFDRational(117), IFDRational(34), IFDRational(0))
    return exif


def encoded(image: Image.Image, form: str, **parameters: object) -> bytes:
    content = BytesIO()
    image.save(content, form, **parameters)
    return content.getvalue()


def photo(form: str = "JPEG", orientation: int = 1) -> bytes:
    return encoded(halves(), form, exif=exif(orientation), quality=90)


def decoded(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that promise a picture of this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def document(pages: int = 1) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(200, 200))
    return pdf


def written(pdf: pikepdf.Pdf, **parameters: object) -> bytes:
    content = BytesIO()
    pdf.save(content, **parameters)  # type: ignore[arg-type]
    return content.getvalue()


def pdf_of(objects: Sequence[bytes], root: int = 1) -> bytes:
    """A PDF file from the source text of its objects 1, 2, 3 ..."""
    content, places = b"%PDF-1.7\n", []
    for number, source in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, source)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (*(size, table, size, root, len(content)),)
    )


def pdf_with_stream(content: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    """One page whose content is `content`, said to be packed by `filters`."""
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            b"<< /Length %d /Filter %b >>\nstream\n%b\nendstream" % (len(content), filters, content),
        ]
    )


def zeros(megabytes: int) -> bytes:
    """So many megabytes, deflated to a thousandth: one of them again and again, and the checksum of all, which follows from their number."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    million = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (megabytes * 1_000_000 % ADLER) << 16 | 1
    return b"\x78\xda" + million * megabytes + packer.flush() + checksum.to_bytes(4, "big")
