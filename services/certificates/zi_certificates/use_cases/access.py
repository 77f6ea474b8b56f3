"""Access: applicants by the token of their case or signed in as its filer, officials by their role."""

from zi_certificates.messaging.upstream import IntakeRequest, request_of
from zi_chassis.case_access import CaseAccess
from zi_chassis.web.problem import NotFoundError
from zi_rules.ticket import normalise_ticket


class NoSuchApplicationError(NotFoundError):
    """Raised where intake has sent no such request, or not yet."""

    def __init__(self) -> None:
        super().__init__(
            "There is no application with this ticket. If you have asked for it just now, try again in a moment."
        )


class ApplicantAccess(CaseAccess[IntakeRequest]):
    find = request_of
    normalise = normalise_ticket
    unknown = NoSuchApplicationError
