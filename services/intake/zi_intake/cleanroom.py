"""The process in which one upload is opened: bytes in, a verdict line and the cleaned bytes out; it can write no file."""

import resource
import sys

from zi_intake.attachments import AttachmentError, UnknownAttachmentError, media_type
from zi_intake.documents import cleaned_document
from zi_intake.pictures import cleaned_picture

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
    return cleaned_document(data) if kind == "application/pdf" else cleaned_picture(data, kind)


def main() -> None:
    for limit, amount in LIMITS.items():
        resource.setrlimit(limit, (amount, amount))
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
