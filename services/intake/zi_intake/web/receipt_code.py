"""The picture code on a printed receipt or page: it leads a phone to the form for the code of the case, and says nothing that the ticket does
not."""

import segno

# Any mask can be read; to find the best one takes most of the time (docs/performance.md).
MASK = 4


def picture_of(address: str, mask: int | None = None) -> str:
    """Draw the address as the source of an image, with the best mask or with this one."""
    return str(segno.make_qr(address, error="m", mask=mask).svg_data_uri(border=4, omitsize=True))
