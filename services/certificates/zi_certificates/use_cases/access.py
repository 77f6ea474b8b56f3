"""Access: applicants by the token of their case or signed in as its filer, officials by their role."""

from collections.abc import Collection

from starlette.requests import Request as WebRequest

from zi_certificates.messaging.upstream import IntakeRequest, request_of
from zi_chassis.case_token import CaseTokenError, CaseVerifier
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.identity import APPLICANT, COOKIE, Identity, Staff, act, presented
from zi_chassis.store import Store
from zi_chassis.web.problem import ForbiddenError, NotFoundError, SignInNeededError
from zi_rules.ticket import normalise_ticket


class NoSuchApplicationError(NotFoundError):
    """Raised where intake has sent no such request, or not yet."""

    def __init__(self) -> None:
        super().__init__(
            "There is no application with this ticket. If you have asked for it just now, try again in a moment."
        )


class ApplicantAccess:
    def __init__(self, tokens: CaseVerifier, store: Store, clock: Clock) -> None:
        self._tokens = tokens
        self._store = store
        self._clock = clock

    async def applicant(self, web: WebRequest, ticket: str) -> tuple[IntakeRequest, Act]:
        """Return the request with this ticket and the applicant's act; raise for everybody else."""
        ticket = tidied(ticket)
        if await self._tokens.ticket(web) == ticket:
            request = await self.request(ticket)
            return request, self._act(str(request.data_subject), "public")
        person = await self.signed_in(web)
        if person is None:
            raise CaseTokenError
        request = await self.request(ticket)
        if (request.actor, request.role) != (person.sub, APPLICANT):
            raise NoSuchApplicationError
        return request, self._act(person.sub, APPLICANT)

    async def signed_in(self, web: WebRequest) -> Staff | None:
        """Return the signed-in applicant, if there is one."""
        token = presented(web, COOKIE)
        identity: Identity = web.app.state.identity
        try:
            person = await identity.staff(token) if token else None
        except SignInNeededError:
            return None
        return person if person is not None and APPLICANT in person.roles else None

    async def request(self, ticket: str) -> IntakeRequest:
        """Return the request as intake passed it on."""
        ticket = tidied(ticket)
        request = await self._store.query(lambda tx: request_of(tx, ticket))
        if request is None:
            raise NoSuchApplicationError
        return request

    def official(self, person: Staff, roles: Collection[str]) -> Act:
        """Return an act in the first of these roles that the person has."""
        recorded = next((role for role in roles if role in person.roles), None)
        if recorded is None:
            raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")
        return act(person, recorded, self._clock)

    def _act(self, actor: str, role: str) -> Act:
        return Act(at=self._clock.now(), actor=actor, role=role)


def tidied(ticket: str) -> str:
    try:
        return normalise_ticket(ticket)
    except ValueError:
        raise NoSuchApplicationError from None
