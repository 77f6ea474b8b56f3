"""The content of a letter as one text with one spelling; its digest is what the signer signs for. Pure."""

import json
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from zi_chassis.domain import Value
from zi_contracts.text import VisibleText
from zi_tlog.letter_goods import CodeProduct

LONGEST_LINE = 300
LARGEST_LOGO = 10_240
# A text that is signed for is not brought into another spelling any more.
Line = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LINE), VisibleText(tidies=False)]


class BilingualText(Value):
    """The same in Indonesian and in English."""

    id: Line
    en: Line


class Party(Value):
    """The office, or the holder of a letter."""

    name: Line
    address: Line


class OfficeParty(Party):
    """The office that issues a letter: `zone` names the clock by which it tells times, `utc_minutes` is how far that is before UTC, and
    `logo` is a picture (SVG)."""

    zone: Line = "WITA"
    utc_minutes: int = 480
    logo: Annotated[str, Field(max_length=LARGEST_LOGO)] | None = None


class Signatory(Value):
    name: Line
    position: Line


class LabelledLine(Value):
    """One line of the list between title and statement, such as the country of destination."""

    label: BilingualText
    value: Line


class LetterContent(Value):
    """The parts that every letter has; a service adds its own in a subclass.

    `salt` is 32 random bytes in hex, so that the digest reveals nothing of the content; `address` is where letters are verified, up to
    the number; `code_key` is the verifier key of the code."""

    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    title: BilingualText
    office: OfficeParty
    holder: Party
    statement: BilingualText
    facts: tuple[LabelledLine, ...] = ()
    valid_until: date | None
    signer: Signatory
    address: Line
    code_key: Line

    def render(self) -> bytes:
        """Return the only spelling of the content."""
        fields = self.model_dump(mode="json")
        return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class ProductOfCode(BaseModel):
    """The fields of a product that the code repeats, as far as it has room."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    product: Line
    batch: Line
    quantity: Line

    @property
    def listed(self) -> CodeProduct:
        return CodeProduct(self.product, self.batch, self.quantity)


class ContentOfCode(BaseModel):
    """The fields of a rendered content that its code repeats; the others are the template's business. A content without a `code_format` is
    from before, or has no list of products."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    holder: Party
    valid_until: date | None
    address: Line
    code_format: Literal["v1", "v2"] = "v1"
    products: tuple[ProductOfCode, ...] = ()


def digest(part: bytes) -> str:
    """Return the SHA-256 (hex) of a content, template or file, as events name it."""
    return sha256(part).hexdigest()
