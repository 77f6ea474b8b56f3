"""The bodies of publishing an incident. A title that the public reads names no person and no business."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from zi_chassis.web.language import msgid
from zi_contracts.intake import PublicationEnding
from zi_intake.bodies.filings import Body, CaseDistrict, Mark, Neutral
from zi_intake.domain.incident_match import number_key
from zi_rules.registration_number import Commodity

# How a name of a person or a business begins; hints alone are overlooked on a busy day. What is a word of everyday language as well (ibu hamil,
# toko obat) begins a name only before a capital.
NAMED = re.compile(
    r"\b(?:"
    r"(?i:PT|CV|UD|PD|Fa|RM|Tn|Ny|Sdri?|Drg|Hj)\b[\s.]+\w"
    r"|(?i:Dr|Pak|Bu|Bapak|Ibu|Saudara|Saudari|Haji|Hajjah|Toko|Kios|Warung|Depot|Kedai|Restoran|Rumah\s+Makan|Apotek|Klinik)"
    r"\b[\s.\"']+[A-Z]"
    r"|[Hh]\.\s*[A-Z]"
    r")"
)


def _names_nobody(text: str) -> str:
    if NAMED.search(text) is not None:
        raise ValueError(
            msgid(
                "The public reads this: name no person and no business, only the product and what is wrong."
            )
        )
    return text


PublicWords = Annotated[Neutral, AfterValidator(_names_nobody)]


class PublicationBody(Body):
    """Complaints about this product, by its number or by its name in this district, are offered to join."""

    public_title: PublicWords
    public_number: Mark | None = None
    public_product: Annotated[PublicWords | None, Field(validate_default=True)] = None
    district: CaseDistrict
    commodity: Commodity
    days: Literal["7", "30", "90"]

    @field_validator("public_number")
    @classmethod
    def _is_a_number(cls, number: str | None) -> str | None:
        if number is not None and not number_key(number):
            raise ValueError(
                msgid(
                    "A registration number has six digits at least: write it as it stands on the product, or leave it out."
                )
            )
        return number

    @field_validator("public_product")
    @classmethod
    def _can_be_found(cls, product: str | None, fields: ValidationInfo) -> str | None:
        if product is None and fields.data.get("public_number", "refused") is None:
            raise ValueError(
                msgid(
                    "Write the name of the product, its registration number, or both: reports are matched by them."
                )
            )
        return product


class PublishBody(Body):
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class EndBody(Body):
    ending: PublicationEnding
