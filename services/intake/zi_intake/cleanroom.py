"""The process in which one upload is opened: bytes in, a verdict line and the cleaned bytes out; it can write no file."""

import resource
import sys
from collections.abc import Callable
from functools import partial

from zi_intake.attachments import AttachmentError, UnknownAttachmentError, media_type

LIMITS = {
    resource.RLIMIT_AS: 1_500_000_000,
    resource.RLIMIT_CPU: 30,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}


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
        raise UnknownAttachmentError
    return _decoder(kind)(data)


def _decoder(kind: str) -> Callable[[bytes], tuple[str, bytes]]:
    """The process lives for one file, and to read both takes longer than most files do."""
    if kind == "application/pdf":
        from zi_intake.documents import cleaned_document

        return cleaned_document
    from zi_intake.pictures import cleaned_picture

    return partial(cleaned_picture, media_type=kind)


def main() -> None:
    data = sys.stdin.buffer.read()
    if kind := media_type(data):
        _decoder(kind)
    for limit, amount in LIMITS.items():
        resource.setrlimit(limit, (amount, amount))
    sys.stdout.buffer.write(answer(data))


if __name__ == "__main__":
    main()
