"""Telephone numbers and links as people write them: mended where it is clear what is meant, else refused with an example. What was
accepted at any time stays as it is, so that a repeat of an old request is still the same request."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from zi_chassis.web.language import msgid
from zi_contracts.text import ONE_LINE

PHONE = re.compile(r"\+?\(?[0-9][0-9 ()./-]{4,28}")
LINK = re.compile(r"https?://[^\x00-\x20\x7f]+")
# Where a number is copied from a list of contacts it comes with marks for the direction of writing, odd spaces and dashes.
_UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_ODD = {
    **_UNSEEN,
    **dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " "),
    **dict.fromkeys(range(0x2010, 0x2016), "-"),
}
_LABEL = re.compile(
    r"(?:no|nomor|number|hp|handphone|mobile|wa|whatsapp|telp|telepon|telephone|tel|phone)\b[ .:]*",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[ ,(]*(?:wa|whatsapp|hp)\)?\s*", re.IGNORECASE)
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:[:/?#][^\x00-\x20\x7f]*)?")


def _telephone(typed: str) -> str:
    if PHONE.fullmatch(typed):
        return typed
    plain = typed.translate(_ODD).strip()
    while label := _LABEL.match(plain):
        plain = plain[label.end() :]
    if (after := _AFTER.search(plain)) and after.end() == len(plain):
        plain = plain[: after.start()]
    if PHONE.fullmatch(plain) is None:
        raise ValueError(msgid("Write one telephone number, for example 0812 3456 7890 or (0551) 21234."))
    return plain


def _link(typed: str) -> str:
    """Return the address; a text that was shared from a shop's application has one in it."""
    if LINK.fullmatch(typed):
        return typed
    plain = typed.translate(_UNSEEN).strip()
    found = LINK.findall(plain)
    if len(found) == 1:
        return str(found[0])
    if _HOST.fullmatch(plain):
        return f"https://{plain}"
    raise ValueError(
        msgid(
            "Write the address of the page, for example toko.example/sambal. The name of a shop or an account belongs in the name of the place."
        )
    )


Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), AfterValidator(_telephone)]
Link = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_link), ONE_LINE
]
