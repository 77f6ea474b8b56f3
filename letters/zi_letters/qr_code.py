"""The picture of a letter's code: error correction M, because letters are folded and stamped; equal texts give equal pictures."""

from io import BytesIO
from typing import Any, cast

import segno

from zi_tlog.letter import parts_of_code

# Of version 25, which has 125 modules with its quiet zone: at the 56 mm of a letter each is wider than 0.44 mm.
MOST_BITS = 8_000
_HEADERS = 4 + 16 + 4 + 11


def qr_picture(text: str) -> bytes:
    """Draw an SVG with its quiet zone."""
    picture = BytesIO()
    # The stub does not know the form with several parts.
    parts = cast(Any, [*parts_of_code(text)])
    code = segno.make_qr(parts, error="m", boost_error=False)
    code.save(picture, kind="svg", border=4, xmldecl=False)
    return picture.getvalue()


def is_readable(text: str) -> bool:
    """Tell whether the picture of the text is coarse enough for a phone."""
    address, encoded = parts_of_code(text)
    return _HEADERS + 8 * len(address.encode()) + 5.5 * len(encoded) <= MOST_BITS
