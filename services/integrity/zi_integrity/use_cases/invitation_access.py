"""Access to the invitation of a case: the citizen who filed it, by the token of the case or signed in."""

from zi_chassis.access.case_access import CaseAccess
from zi_chassis.web.problem import NotFoundError
from zi_integrity.messaging.finished_cases import SurveyCase, case_under
from zi_rules.ticket import normalise_ticket


class NoSuchFinishedCaseError(NotFoundError, kind="no_such_case"):
    def __init__(self) -> None:
        super().__init__(
            "No case with this ticket is known here yet. If it was filed just now, try again in a moment."
        )


class InvitationAccess(CaseAccess[SurveyCase]):
    find = case_under
    normalise = normalise_ticket
    unknown = NoSuchFinishedCaseError
