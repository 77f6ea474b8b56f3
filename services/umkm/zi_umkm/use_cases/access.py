"""Access to a case: a business by its case token or its sign-in, officials by their role."""

from collections.abc import Collection

from starlette.requests import Request as WebRequest

from zi_chassis.case_token import CaseTokenError, CaseVerifier
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.identity import APPLICANT, COOKIE, Identity, Staff, act, presented
from zi_chassis.store import Store
from zi_chassis.web.problem import ForbiddenError, NotFoundError, SignInNeededError
from zi_rules.ticket import normalise_ticket
from zi_umkm.messaging.upstream import MentoringRequest, request_of
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


class MentoringAccess:
    def __init__(self, tokens: CaseVerifier, store: Store, clock: Clock) -> None:
        self._tokens = tokens
        self._store = store
        self._clock = clock

    async def applicant(self, web_request: WebRequest, ticket: str) -> tuple[MentoringRequest, Act]:
        """Return the request under the ticket and the act of its business; raise for everybody else."""
        normalised = normalised_ticket(ticket)
        if await self._tokens.ticket(web_request) == normalised:
            request = await self.request(normalised)
            return request, self._act(str(request.data_subject), "public")
        person = await self.signed_in(web_request)
        if person is None:
            raise CaseTokenError
        request = await self.request(normalised)
        if (request.actor, request.role) != (person.sub, APPLICANT):
            raise NoSuchMentoringError
        return request, self._act(person.sub, APPLICANT)

    async def party(
        self, web_request: WebRequest, ticket: str, roles: Collection[str] = MENTORING
    ) -> tuple[MentoringRequest, Act]:
        """Return an official in the first of these roles that they have, or else the business."""
        person = await self.person(web_request)
        if person is not None and person.roles.intersection(roles):
            return await self.request(ticket), self.official(person, roles)
        try:
            return await self.applicant(web_request, ticket)
        except CaseTokenError:
            if person is None:
                raise
            raise NotYourRoleError from None

    async def refuse_strangers(self, web_request: WebRequest) -> None:
        """Refuse whoever has neither signed in nor the token of any case."""
        if await self._tokens.ticket(web_request) is None and await self.person(web_request) is None:
            raise CaseTokenError

    async def signed_in(self, web_request: WebRequest) -> Staff | None:
        """Return the signed-in person of a business, or None."""
        person = await self.person(web_request)
        return person if person is not None and APPLICANT in person.roles else None

    async def person(self, web_request: WebRequest) -> Staff | None:
        """Return the signed-in person, or None."""
        token = presented(web_request, COOKIE)
        identity: Identity = web_request.app.state.identity
        try:
            return await identity.staff(token) if token else None
        except SignInNeededError:
            return None

    async def request(self, ticket: str) -> MentoringRequest:
        """Return the request under the ticket, or raise NoSuchMentoringError."""
        normalised = normalised_ticket(ticket)
        found = await self._store.query(lambda tx: request_of(tx, normalised))
        if found is None:
            raise NoSuchMentoringError
        return found

    def official(self, person: Staff, roles: Collection[str]) -> Act:
        """Return the act in the first of these roles that the person has; raise where there is none."""
        first = next((role for role in roles if role in person.roles), None)
        if first is None:
            raise NotYourRoleError
        return act(person, first, self._clock)

    def _act(self, actor: str, role: str) -> Act:
        return Act(at=self._clock.now(), actor=actor, role=role)


def normalised_ticket(ticket: str) -> str:
    try:
        return normalise_ticket(ticket)
    except ValueError:
        raise NoSuchMentoringError from None
