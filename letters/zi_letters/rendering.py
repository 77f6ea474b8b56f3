"""The page of a letter: PDF/A made from the files that it carries, so that equal files give an equal page to the byte.

The content commits to everything but number and time, which come from the ledger entry that issued the letter."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from zi_letters.content import ContentOfCode, digest
from zi_letters.qr_code import is_readable, qr_picture
from zi_tlog import letter as letter_format
from zi_tlog.letter import Code
from zi_tlog.letter_goods import CodeGoods
from zi_tlog.note import Signer


@dataclass(frozen=True)
class IssuingEntry:
    """The ledger entry that issued a letter, byte for byte, its receipt, and the witness policy that the receipt is checked with."""

    message: bytes
    proof: bytes
    policy: bytes


def code_text(content: bytes, message: bytes, signer: Signer) -> str:
    """Sign the text of the code on the page, with as many products as a phone can still read."""
    fields, entry = ContentOfCode.model_validate_json(content), json.loads(message)
    until = fields.valid_until.isoformat() if fields.valid_until else "-"
    number, kind = entry["data"]["number"], entry["data"]["kind"]
    code = Code(number, kind, entry["time"], until, fields.holder.name, digest(content))
    if fields.code_format == "v1":
        return code.sign(fields.address, signer)
    products = [each.listed for each in fields.products]
    texts = [
        replace(code, goods=CodeGoods.of(products, room)).sign(fields.address, signer)
        for room in range(len(products), -1, -1)
    ]
    return next(filter(is_readable, texts), texts[-1])


def unsealed_page(content: bytes, template: bytes, entry: IssuingEntry, signer: Signer) -> bytes:
    """Make the PDF/A with everything attached that its verification needs; it is not sealed yet."""
    return page_of(
        {
            letter_format.CONTENT: content,
            letter_format.TEMPLATE: template,
            letter_format.CODE: code_text(content, entry.message, signer).encode(),
            letter_format.MESSAGE: entry.message,
            letter_format.PROOF: entry.proof,
            letter_format.POLICY: entry.policy,
        }
    )


def page_of(attachments: Mapping[str, bytes]) -> bytes:
    """Make the page of these files, with only the fonts of Typst: a machine's own would make another page of the same letter."""
    sources = {
        **attachments,
        letter_format.PICTURE: qr_picture(attachments[letter_format.CODE].decode()),
        "main": attachments[letter_format.TEMPLATE],
    }
    return _compiled(sources)


def plain_page(content: bytes, template: bytes) -> bytes:
    """Make a page that nobody seals: it carries no other file, and its template says that it is not sealed."""
    return _compiled({letter_format.CONTENT: content, "main": template})


def _compiled(sources: Mapping[str, bytes]) -> bytes:
    import typst  # six megabytes, which the process that serves has no use for

    # The stub does not know the form with several files.
    pdf: bytes = typst.compile(
        cast(Any, sources), format="pdf", pdf_standards=letter_format.STANDARD, ignore_system_fonts=True
    )
    return pdf
