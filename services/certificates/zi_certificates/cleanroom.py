"""The process in which a stranger's file is opened: bytes in, the number of the letter that it says it is out; it can write no file."""

import json
import logging
import resource
import sys
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader

from zi_tlog.letter import MESSAGE

LIMITS = {
    resource.RLIMIT_AS: 1_000_000_000,
    resource.RLIMIT_CPU: 10,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}
LONGEST = 64 * 1024


def claimed(data: bytes) -> str:
    """From the ledger's entry that the file carries; nothing of it is believed."""
    names = PdfFileReader(BytesIO(data), strict=False).root["/Names"]["/EmbeddedFiles"]["/Names"]
    for place in range(0, len(names), 2):
        if str(names[place]) == MESSAGE:
            message = names[place + 1]["/EF"]["/F"].data
            return str(json.loads(message[:LONGEST])["data"]["number"])
    return ""


def main() -> None:
    for limit, amount in LIMITS.items():
        resource.setrlimit(limit, (amount, amount))
    logging.disable()
    sys.stdout.write(claimed(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
