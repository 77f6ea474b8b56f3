"""The payment gateway's notice of a payment, as it comes over HTTP."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
)

from zi_chassis.web.language import msgid

Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


def _refuse_numbers(value: object) -> object:
    """Raise for a number, which pydantic would read as a time."""
    if isinstance(value, datetime) or (
        isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}T", value, re.ASCII)
    ):
        return value
    raise ValueError(msgid("Write the time with its zone, for example 2026-12-31T09:00:00+08:00."))


Moment = Annotated[AwareDatetime, BeforeValidator(_refuse_numbers)]


Rupiah = Annotated[PositiveInt, Field(le=1_000_000_000_000, strict=True)]


class PaymentNotice(BaseModel):
    """`payment` is the payer's bank's reference; the amount is in rupiah."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bill: Reference
    payment: Reference
    amount: Rupiah
    paid_at: Moment
