"""Access to a case: a business by its case token or its sign-in, officials by their role."""

from collections.abc import Collection

from starlette.requests import Request as WebRequest

from zi_chassis.access.case_access import CaseAccess
from zi_chassis.access.case_token import CaseTokenError
from zi_chassis.domain import Act
from zi_chassis.web.problem import ForbiddenError, NotFoundError
from zi_rules.ticket import normalise_ticket
from zi_umkm.messaging.upstream import MentoringRequest, interested_in, request_of
from zi_umkm.roles import MENTORING


class NoSuchMentoringError(NotFoundError, kind="no_such_case"):
    """No such request was heard of, or not yet."""

    def __init__(self) -> None:
        super().__init__(
            "There is no mentoring with this ticket. If you have asked for it just now, try again in a moment."
        )


class NotYourRoleError(ForbiddenError):
    def __init__(self) -> None:
        super().__init__("Your account does not have the role for this. Ask your supervisor.")


class InterestedReaderError(ForbiddenError):
    """The official has a conflict of interest that nobody has cleared."""

    def __init__(self) -> None:
        super().__init__(
            "You have a conflict of interest with this business, so nothing of it is open to you. A colleague handles it. If you declared it and it has ended, ask your superior."
        )


class MentoringAccess(CaseAccess[MentoringRequest]):
    find = request_of
    normalise = normalise_ticket
    unknown = NoSuchMentoringError
    wrong_role = NotYourRoleError

    async def party(
        self, web_request: WebRequest, ticket: str, roles: Collection[str] = MENTORING
    ) -> tuple[MentoringRequest, Act]:
        """Return an official in the first of these roles that they have, or else the business; an official whose own case it is, is the
        business."""
        person = await self.person(web_request)
        if person is not None and person.roles.intersection(roles):
            request = await self.request(ticket)
            if person.sub != request.actor:
                await self.refuse_interested(person.sub, request)
                return request, self.official(person, roles)
        try:
            return await self.applicant(web_request, ticket)
        except CaseTokenError:
            if person is None:
                raise
            raise NotYourRoleError from None

    async def refuse_interested(self, official: str, request: MentoringRequest) -> None:
        """Refuse an official who has a conflict of interest with the business of this case."""
        if official in await self._store.query(lambda tx: interested_in(tx, request.business_ref)):
            raise InterestedReaderError

    async def refuse_strangers(self, web_request: WebRequest) -> None:
        """Refuse whoever has neither signed in nor the token of any case."""
        if await self._tokens.ticket(web_request) is None and await self.person(web_request) is None:
            raise CaseTokenError
