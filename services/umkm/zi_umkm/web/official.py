"""An official of the office who looks at mentored businesses, with which browser and in which role."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import Act
from zi_umkm.container import MentoringOffice
from zi_umkm.roles import OFFICIALS
from zi_umkm.web.current_office import office_of


@dataclass(frozen=True)
class DeskOfficial:
    request: Request
    office: MentoringOffice
    person: Staff

    def act(self, *roles: str) -> Act:
        """Return the act in the first of these roles that they have."""
        return self.office.access.official(self.person, roles)

    def has(self, *roles: str) -> bool:
        return not self.person.roles.isdisjoint(roles)


async def current_official(request: Request) -> DeskOfficial:
    office = await office_of(request)
    return DeskOfficial(request, office, await staff(*OFFICIALS)(request))


CurrentOfficial = Annotated[DeskOfficial, Depends(current_official)]
