"""The issued letter that an application amends, as it stood when the amendment was begun; the application's first statement repeats it. Pure."""

from datetime import date
from uuid import UUID

from zi_chassis.domain import Value
from zi_contracts.certificates import AmendmentReason
from zi_contracts.intake import Items


class AmendedLetter(Value):
    """`called_for` is set where an official found the error; `items` are the reason in the company's own words, in the vault. The new
    letter ends on the day on which the old one would have ended."""

    letter: UUID
    application: UUID
    reason: AmendmentReason
    called_for: bool = False
    valid_until: date | None = None
    arrives: date | None = None
    items: Items = ()
