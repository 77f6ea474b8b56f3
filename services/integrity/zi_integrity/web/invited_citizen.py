"""The citizen of a case in front of the page of its invitation."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from zi_chassis.domain import Act
from zi_integrity.container import IntegrityOffice
from zi_integrity.messaging.finished_cases import SurveyCase
from zi_integrity.web.current_office import office_of


@dataclass(frozen=True)
class InvitedCitizen:
    request: Request
    office: IntegrityOffice
    case: SurveyCase
    by: Act


async def invited_citizen(request: Request, ticket: str) -> InvitedCitizen:
    """Raises CaseTokenError for everybody else than the citizen of the case."""
    office = await office_of(request)
    case, by = await office.invitation_access.applicant(request, ticket)
    return InvitedCitizen(request, office, case, by)


CurrentInvited = Annotated[InvitedCitizen, Depends(invited_citizen)]
