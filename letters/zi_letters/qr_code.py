"""The picture of a letter's code: error correction M, because letters are folded and stamped; equal texts give equal pictures."""

from io import BytesIO

import segno


def qr_picture(text: str) -> bytes:
    """Draw an SVG with its quiet zone."""
    picture = BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(picture, kind="svg", border=4, xmldecl=False)
    return picture.getvalue()
