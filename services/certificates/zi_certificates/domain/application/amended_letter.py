"""The issued letter that an application amends, as it stood when the amendment was begun; the application's first statement repeats it. Pure."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from zi_chassis.domain import Value
from zi_contracts.certificates import AmendmentReason
from zi_contracts.intake import Items


class AmendedLetter(Value):
    """`called_for` is set where an official found the error, in `called_fields`; officials who called at first named none. `items` are the
    reason in the company's own words, in the vault. The new letter ends on the day on which the old one would have ended."""

    letter: UUID
    application: UUID
    reason: AmendmentReason
    called_for: bool = False
    called_fields: tuple[str, ...] = ()
    valid_until: date | None = None
    arrives: date | None = None
    items: Items = ()

    def is_called_for(self, fields: Collection[str]) -> bool:
        """Return whether an official called for changes of all these fields; a call that names none is about all of them."""
        return self.called_for and (not self.called_fields or set(fields) <= set(self.called_fields))
