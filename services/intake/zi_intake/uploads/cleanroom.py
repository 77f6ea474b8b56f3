"""The process in which one upload is opened: bytes in, a verdict line and the cleaned bytes out. Nothing else is within its reach."""

from collections.abc import Callable
from functools import partial

from zi_intake.uploads.attachments import (
    AttachmentError,
    EmptyAttachmentError,
    UnknownAttachmentError,
    media_type,
)
from zi_sandbox.child import serve

THREADS = 64


def answer(data: bytes) -> bytes:
    """`<media type>\\n<bytes>`, or the name of the refusal."""
    try:
        kind, cleaned = _cleaned(data)
    except AttachmentError as refusal:
        return type(refusal).__name__.encode()
    return kind.encode() + b"\n" + cleaned


def _cleaned(data: bytes) -> tuple[str, bytes]:
    kind = media_type(data)
    if kind is None:
        raise UnknownAttachmentError if data else EmptyAttachmentError
    return _decoder(kind)(data)


def _decoder(kind: str) -> Callable[[bytes], tuple[str, bytes]]:
    """The process lives for one file, and to read both takes longer than most files do."""
    if kind == "application/pdf":
        from zi_intake.uploads.documents import cleaned_document

        return cleaned_document
    from zi_intake.uploads.pictures import cleaned_picture

    return partial(cleaned_picture, media_type=kind)


def _load(data: bytes) -> Callable[[bytes], bytes]:
    if kind := media_type(data):
        _decoder(kind)
    return answer


def _threads(data: bytes) -> int:
    """The decoder of HEIC works in a thread of its own and can't do without."""
    return THREADS if media_type(data) == "image/heic" else 0


if __name__ == "__main__":
    serve(_load, _threads)
