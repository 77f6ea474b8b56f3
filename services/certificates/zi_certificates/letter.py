"""What a letter says, as one text with one spelling, and the page that shows it; the content commits to everything but number and time,
which come from the message that issued it, so equal files give an equal page to the byte.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Any, cast

from pydantic import Field, StringConstraints

from zi_certificates.qr import picture
from zi_chassis.domain import Value
from zi_contracts.text import VisibleText
from zi_rules.configuration import Configuration
from zi_tlog import letter as format_
from zi_tlog.letter import Code
from zi_tlog.note import Signer

LETTER_TEMPLATE, TEMPLATE_VERSION = "letter_template", 1
# What is signed for is not brought into another spelling any more.
Line = Annotated[str, StringConstraints(min_length=1, max_length=300), VisibleText(tidies=False)]


class Both(Value):
    """The same in Indonesian and in English."""

    id: Line
    en: Line


class Place(Value):
    name: Line
    address: Line


class Person(Value):
    name: Line
    position: Line


class Fact(Value):
    """One more line of a kind's own, such as the country of destination."""

    label: Both
    value: Line


class Product(Value):
    product: Line
    registration_number: Line | None
    hs_code: Line
    batch: Line
    expires: date
    quantity: Line


class Content(Value):
    """`salt` is 32 random bytes in hex, so that the digest tells nobody what it binds; `code_key` is the verifier key of the code,
    `address` where letters are verified, up to the number."""

    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    title: Both
    office: Place
    holder: Place
    statement: Both
    facts: tuple[Fact, ...] = ()
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    valid_until: date | None
    signer: Person
    address: Line
    code_key: Line

    def render(self) -> bytes:
        """The one spelling; its digest is what the signer signs for."""
        said = self.model_dump(mode="json")
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Issued:
    """The ledger's entry that issued the letter, word for word, its receipt, and whose word the receipt is."""

    message: bytes
    proof: bytes
    policy: bytes


class NoTemplateError(LookupError):
    """A letter was signed for with a template that nobody has kept."""


def template_configuration() -> Configuration:
    """Which new letters are signed with; a changed one is a new version."""
    file = files("zi_certificates") / "templates" / format_.TEMPLATE
    return Configuration(LETTER_TEMPLATE, "letter", TEMPLATE_VERSION, file.read_bytes(), str(file))


def template() -> bytes:
    return template_configuration().content


def template_of(bound: str, kept: Callable[[str], bytes | None]) -> bytes:
    """The one with this digest, of this program or of an earlier one. Raises NoTemplateError."""
    own = template()
    found = own if digest(own) == bound else kept(bound)
    if found is None:
        raise NoTemplateError(f"No template of a letter has the digest {bound}.")
    return found


def digest(part: bytes) -> str:
    """Of a content or a template, as the issuing event names it."""
    return sha256(part).hexdigest()


def code(content: Content, message: bytes, signer: Signer) -> str:
    """The signed text of the code on the page."""
    said = json.loads(message)
    until = content.valid_until.isoformat() if content.valid_until else "-"
    number, kind = said["data"]["number"], said["data"]["kind"]
    holder, bound = content.holder.name, digest(content.render())
    return Code(number, kind, said["time"], until, holder, bound).sign(content.address, signer)


def page(content: Content, shown_by: bytes, issued: Issued, signer: Signer) -> bytes:
    """The PDF/A with everything attached that its verification needs; not signed yet."""
    text = code(content, issued.message, signer)
    return shown(
        {
            format_.CONTENT: content.render(),
            format_.TEMPLATE: shown_by,
            format_.CODE: text.encode(),
            format_.MESSAGE: issued.message,
            format_.PROOF: issued.proof,
            format_.POLICY: issued.policy,
        }
    )


def shown(parts: Mapping[str, bytes]) -> bytes:
    """The page of these files. Only the fonts that come with Typst: a machine's own would make another page of the same letter."""
    sources = {
        **parts,
        format_.PICTURE: picture(parts[format_.CODE].decode()),
        "main": parts[format_.TEMPLATE],
    }
    import typst  # six megabytes, which the process that serves has no use for

    # The stub does not know the form with several files.
    pdf: bytes = typst.compile(
        cast(Any, sources), format="pdf", pdf_standards=format_.STANDARD, ignore_system_fonts=True
    )
    return pdf
