"""Access: applicants by the token of their case or signed in as its filer, officials by their role."""

from collections.abc import Collection

from zi_certificates.messaging.upstream import IntakeRequest, conflicts_of, request_of
from zi_certificates.read.applications import ApplicationRow
from zi_chassis.access.case_access import CaseAccess
from zi_chassis.web.problem import ForbiddenError, NotFoundError
from zi_rules.ticket import normalise_ticket


class NoSuchApplicationError(NotFoundError):
    """Raised where intake has sent no such request, or not yet."""

    def __init__(self) -> None:
        super().__init__(
            "There is no application with this ticket. If you have asked for it just now, try again in a moment."
        )


class ConflictedReaderError(ForbiddenError):
    """The official has a conflict of interest that nobody has cleared."""

    def __init__(self) -> None:
        super().__init__(
            "You have a conflict of interest with this company, so its data is not open to you. Ask your superior if it has ended."
        )


class ApplicantAccess(CaseAccess[IntakeRequest]):
    find = request_of
    normalise = normalise_ticket
    unknown = NoSuchApplicationError

    async def refuse_conflicted(self, official: str, businesses: Collection[str]) -> None:
        """Refuse an official who has a conflict of interest with one of these references of a company."""
        if not (await self._store.query(lambda tx: conflicts_of(tx, official))).isdisjoint(businesses):
            raise ConflictedReaderError

    async def refuse_conflicted_with(self, official: str, row: ApplicationRow) -> None:
        """Refuse one who has a conflict with the company of this application, or gave it back for one, unless an override excuses them."""
        if official in row.excused:
            return
        if official in row.recused:
            raise ConflictedReaderError
        await self.refuse_conflicted(official, row.businesses)
