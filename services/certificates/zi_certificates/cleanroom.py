"""The process in which a stranger's file is opened: bytes in, the number of the letter that it says it is out. Nothing else is within its reach."""

import json
from io import BytesIO

from pyhanko.pdf_utils import filters
from pyhanko.pdf_utils.reader import PdfFileReader

from zi_sandbox.child import serve
from zi_tlog.letter import MESSAGE

LOADED = filters  # the reader would load it when it needs it, and nothing can be loaded then
LONGEST = 64 * 1024


def claimed(data: bytes) -> str:
    """From the ledger's entry that the file carries; nothing of it is believed."""
    names = PdfFileReader(BytesIO(data), strict=False).root["/Names"]["/EmbeddedFiles"]["/Names"]
    for place in range(0, len(names), 2):
        if str(names[place]) == MESSAGE:
            message = names[place + 1]["/EF"]["/F"].data
            return str(json.loads(message[:LONGEST])["data"]["number"])
    return ""


if __name__ == "__main__":
    serve(lambda _: lambda data: claimed(data).encode())
