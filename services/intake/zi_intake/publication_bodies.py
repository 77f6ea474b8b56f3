"""The bodies of publishing an incident. A title that the public reads names no person and no business."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from zi_chassis.web.language import msgid
from zi_contracts.intake import PublicationEnding
from zi_intake.bodies import Body, CaseDistrict, Mark, Neutral
from zi_rules.registration_number import Commodity

# How a name of a person or a business begins; hints alone are overlooked on a busy day.
NAMED = re.compile(
    r"\b(PT|CV|UD|PD|Fa|Tn|Ny|Sdr|Sdri|Pak|Bu|Bapak|Ibu|Haji|Hajjah|Toko|Kios|Warung|Rumah Makan|Apotek|Klinik)\b\.? +[A-Z]"
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

    @field_validator("public_product")
    @classmethod
    def _can_be_found(cls, product: str | None, fields: ValidationInfo) -> str | None:
        if product is None and fields.data.get("public_number") is None:
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
