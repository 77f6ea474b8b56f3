"""The limits and refusals of uploads, for the door (uploads.py) and for the process that opens them (cleanroom.py): that one lives for
one file, so nothing of the service may be imported here.
"""

from zi_chassis.domain_error import DomainError
from zi_intake.uploads.picture_size import allowed_pixels

MEGABYTE = 1_000_000
LARGEST = 10 * MEGABYTE
MULTIPART = LARGEST + 64 * 1024  # the body of a request with one file
FILES_OF_CASE = 5
FILES_OF_ANSWER = 5
FILES_FOR_ANSWERS = 20  # of one case, with those that were not sent
FILES_OF_CERTIFICATE_REQUEST = 60
FILES_OF_MENTORING = 300  # photos of every visit
PIXELS = 8192 * 6144  # what is sold as a 50 megapixel camera
LONGEST_SIDE = 4096
PAGES = 300
UNPACKED = 100 * MEGABYTE

HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")


class AttachmentError(DomainError):
    """An upload that can't be taken; one subclass a reason, each with its own sentence."""

    sentence = ""

    def __init__(self) -> None:
        super().__init__(self.sentence, pages=PAGES)


class EmptyAttachmentError(AttachmentError):
    sentence = "No file came, or an empty one of 0 bytes. Choose a file that opens on your device, and send it again."


class UnknownAttachmentError(AttachmentError):
    sentence = (
        "Only JPEG, PNG, WebP and HEIC pictures and PDF documents can be attached. "
        "This file is something else, whatever its name says; send a photo of it or save it as PDF."
    )


class AttachmentTooLargeError(AttachmentError):
    sentence = "A file can be up to 10 MB. Make this one smaller, or send it in parts."


class UnreadableAttachmentError(AttachmentError):
    sentence = "The file is damaged or incomplete. Open it on your device, save it again and send that."


class TooManyPixelsError(AttachmentError):
    sentence = "The picture has more than 50 megapixels. Make it smaller and send it again."


class LockedDocumentError(AttachmentError):
    sentence = "The PDF is locked. Save it without a password and send it again."


class TooManyPagesError(AttachmentError):
    sentence = "The PDF has more than {pages} pages. Send only the pages that matter."


class SwollenDocumentError(AttachmentError):
    sentence = (
        "The PDF unpacks to more than 100 MB. Save it in a smaller quality, or send photos of the pages."
    )


class HollowPictureError(AttachmentError):
    sentence = "The picture is very large for so small a file. Take the photo anew, or make the picture smaller, and send that."


REFUSALS = {refusal.__name__: refusal for refusal in AttachmentError.__subclasses__()}


def media_type(data: bytes) -> str | None:
    """Return the media type by the content alone; None for a type that is not accepted."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return "image/heic"
    return "application/pdf" if data.startswith(b"%PDF-") else None


def refuse_size(pixels: int | None, size: int) -> None:
    """Refuse a picture before it is decoded. `pixels` is None for a file without pixels, or with a header that has no readable size."""
    if pixels is not None and pixels > PIXELS:
        raise TooManyPixelsError
    if pixels is not None and pixels > allowed_pixels(size):
        raise HollowPictureError
