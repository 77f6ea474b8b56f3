"""An official at a desk of the integrity zone, with which browser and in which role."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from zi_chassis.access.identity import Staff, act, staff
from zi_chassis.domain import Act
from zi_chassis.web.problem import ForbiddenError
from zi_integrity.container import IntegrityOffice
from zi_integrity.roles import OFFICIALS
from zi_integrity.web.current_office import office_of


@dataclass(frozen=True)
class ZoneOfficial:
    request: Request
    office: IntegrityOffice
    person: Staff

    def act(self, roles: Sequence[str]) -> Act:
        """Return the act in the first of these roles that they have. Raises ForbiddenError."""
        if not self.has(*roles):
            raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")
        return act(self.person, self.person.role(*roles), self.office.clock)

    def has(self, *roles: str) -> bool:
        return not self.person.roles.isdisjoint(roles)


async def current_official(request: Request) -> ZoneOfficial:
    office = await office_of(request)
    return ZoneOfficial(request, office, await staff(*OFFICIALS)(request))


CurrentOfficial = Annotated[ZoneOfficial, Depends(current_official)]
