"""Choose the reference under which a case is filed: that of the contact that its reporter gave, where the office decided to have references.

Nobody who handles a case is shown one. There is none for who stays anonymous or asks for confidence, and none while an erasure that was
recorded is not applied yet, because what it ends could be found again.
"""

import asyncio
import re
from collections.abc import Callable

from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import MACHINE
from zi_chassis.vault.keystore import Keystore
from zi_intake.bodies.filings import ComplaintBody, ConsultationBody, Reporter

COUNTRY = "62"


class PersonReferences:
    """Chooses the references; `hindered` returns why erasures are not applied yet, or None."""

    def __init__(self, keys: Keystore, are_given: bool, hindered: Callable[[], str | None]) -> None:
        self._keys = keys
        self._are_given = are_given
        self._hindered = hindered

    async def of(self, body: ComplaintBody | ConsultationBody) -> str | None:
        if not self._are_given or body.way != "named" or self._hindered() is not None:
            return None
        contact = normalised_contact(body.reporter)
        if contact is None:
            return None
        try:
            return await asyncio.to_thread(self._keys.reference, contact)
        except MACHINE as fault:
            raise UnavailableError(f"The key store does not answer: {type(fault).__name__}") from fault


def normalised_contact(reporter: Reporter | None) -> str | None:
    """Return one spelling of the e-mail address, or without one of the telephone number as it is dialled from abroad."""
    if reporter is None:
        return None
    if reporter.email is not None:
        return f"email {reporter.email.lower()}"
    return None if reporter.phone is None else f"phone {_dialled(reporter.phone)}"


def _dialled(phone: str) -> str:
    """Return the number with the country's code and without the 0 that is dialled inside the country."""
    digits = re.sub(r"[^0-9]", "", phone)
    if digits.startswith("00"):
        digits = digits.removeprefix("00")
    elif digits.startswith("0"):
        digits = COUNTRY + digits
    return COUNTRY + digits.removeprefix(f"{COUNTRY}0") if digits.startswith(f"{COUNTRY}0") else digits
