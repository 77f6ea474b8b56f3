"""Take over fields of a business's mentoring case into its application, with its consent.

Each read goes to the vault with the applicant's token; the vault decides and records it. Nothing is stored here before the applicant
sends it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from zi_certificates.domain.application.errors import ApplicationError
from zi_certificates.domain.application.state import (
    CHANGEABLE,
    ApplicationStatus,
)
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest, may_take_over
from zi_chassis.domain import ErasedError, UnavailableError
from zi_chassis.storage.store import Store
from zi_chassis.vault.requests import (
    UnknownTicketError,
    VaultClient,
    VaultRefusedError,
    VaultUnavailableError,
)
from zi_chassis.web.problem import RefusedError
from zi_contracts.intake import Items
from zi_rules.ticket import normalise_ticket

PURPOSE = "prefill"
ADDRESS, PRODUCTS = "business.address", "products"
OPEN = (ApplicationStatus.UNKNOWN, *CHANGEABLE)


class NoConsentError(ApplicationError):
    sentence = (
        "Nothing of this mentoring case may be taken over here: agree to it on the page of that case first."
    )


class NotChangeableError(ApplicationError):
    sentence = "The application can't be changed now, so nothing is taken over into it."


class NotTheSameBusinessError(ApplicationError):
    """Or the consent was withdrawn just now: the vault does not say which."""

    sentence = (
        "Nothing can be taken over: the mentoring case and this application have to be of the same business by its number (NIB),"
        " and the consent has to stand. Fill in the form yourself."
    )


class NoMentoringCaseError(ApplicationError):
    sentence = "The office has no such mentoring case any more. Fill in the form yourself."


class MentoringErasedError(ApplicationError):
    sentence = "The personal data of the mentoring case was erased. Fill in the form yourself."


class NothingToldError(ApplicationError):
    sentence = "The mentoring case does not say this. Fill in the form yourself."


class OutOfReachError(RefusedError):
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The mentoring case can't be read just now. Try again in a minute, or fill in the form yourself."
        )

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "5"}


@dataclass(frozen=True)
class MentoringFields:
    """On one line each, as an application needs them; a field that is not stored, or not asked for, is missing."""

    case: str
    address: str | None
    products: tuple[str, ...]


class TakingOver:
    """`vault` is asked for at every use, because it may come later than the service."""

    def __init__(self, store: Store, vault: Callable[[], VaultClient]) -> None:
        self._store = store
        self._vault = vault

    async def read_fields(
        self, request: IntakeRequest, mentoring: str, token: str | None, *fields: str
    ) -> MentoringFields:
        """Read fields while the application can be changed; `mentoring` is the ticket of the case. Raises why nothing can be taken over."""
        case = _ticket(mentoring)
        if not await self._store.query(lambda tx: may_take_over(tx, request.ticket, case)):
            raise NoConsentError
        _, now = await self._store.fetch(applications, request.application)
        if now.status not in OPEN:
            raise NotChangeableError
        values = await self._read(case, token, fields)
        return MentoringFields(
            case, _line(values.get(ADDRESS, "")) or None, tuple(_names(values.get(PRODUCTS, "")))
        )

    async def read_handed_over(self, case: str, token: str | None, handed_over: Items) -> dict[str, str]:
        """Read the texts of a product that its business handed over, by field. Raises why they can't be taken over."""
        fields = tuple(dict.fromkeys(each.field for each in handed_over))
        return await self._read(case, token, fields, [each.item for each in handed_over])

    async def _read(
        self, case: str, token: str | None, fields: tuple[str, ...], items: Sequence[UUID] | None = None
    ) -> dict[str, str]:
        try:
            return await self._vault().read(case, fields, PURPOSE, token=token, items=items)
        except VaultRefusedError as error:
            raise NotTheSameBusinessError from error
        except UnknownTicketError as error:
            raise NoMentoringCaseError from error
        except ErasedError as error:
            raise MentoringErasedError from error
        except (VaultUnavailableError, UnavailableError) as error:
            raise OutOfReachError from error


def _ticket(text: str) -> str:
    try:
        return normalise_ticket(text)
    except ValueError:
        raise NoConsentError from None


def _names(stored: str) -> list[str]:
    """Return the names in intake's list of product objects, each once; entries without a name are left out."""
    named = (_line(str(each.get("name") or "")) for each in _listed(stored) if isinstance(each, dict))
    return list(dict.fromkeys(filter(None, named)))


def _listed(stored: str) -> list[Any]:
    try:
        found = json.loads(stored)
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _line(text: str) -> str:
    return " ".join(text.split())
