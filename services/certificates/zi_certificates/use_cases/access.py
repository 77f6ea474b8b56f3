"""Who may do what: applicants with the token of their case or signed in as the one who filed it, officials by their role."""

from collections.abc import Collection

from starlette.requests import Request as WebRequest

from zi_certificates.messaging.heard import Request, request_of
from zi_chassis.case_token import CaseTokenError, CaseVerifier
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.identity import APPLICANT, COOKIE, Identity, Staff, act, presented
from zi_chassis.store import Store
from zi_chassis.web.problem import ForbiddenError, NotFoundError, SignInNeededError
from zi_rules.ticket import normalise_ticket


class NoSuchApplicationError(NotFoundError):
    """No such request was heard of, or not yet."""

    def __init__(self) -> None:
        super().__init__(
            "There is no application with this ticket. If you have asked for it just now, try again in a moment."
        )


class Access:
    def __init__(self, tokens: CaseVerifier, store: Store, clock: Clock) -> None:
        self._tokens = tokens
        self._store = store
        self._clock = clock

    async def applicant(self, web: WebRequest, ticket: str) -> tuple[Request, Act]:
        """What was asked for under the ticket and who acts; raises for everybody else than the applicant."""
        own = tidied(ticket)
        if await self._tokens.ticket(web) == own:
            request = await self.request(own)
            return request, self._act(str(request.data_subject), "public")
        person = await self.signed_in(web)
        if person is None:
            raise CaseTokenError
        request = await self.request(own)
        if (request.actor, request.role) != (person.sub, APPLICANT):
            raise NoSuchApplicationError
        return request, self._act(person.sub, APPLICANT)

    async def signed_in(self, web: WebRequest) -> Staff | None:
        """A company's own person who is signed in, if one is."""
        token = presented(web, COOKIE)
        identity: Identity = web.app.state.identity
        try:
            person = await identity.staff(token) if token else None
        except SignInNeededError:
            return None
        return person if person is not None and APPLICANT in person.roles else None

    async def request(self, ticket: str) -> Request:
        """As intake passed it on."""
        own = tidied(ticket)
        found = await self._store.query(lambda tx: request_of(tx, own))
        if found is None:
            raise NoSuchApplicationError
        return found

    def official(self, person: Staff, roles: Collection[str]) -> Act:
        """In the first of these roles that the person has."""
        held = next((role for role in roles if role in person.roles), None)
        if held is None:
            raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")
        return act(person, held, self._clock)

    def _act(self, actor: str, role: str) -> Act:
        return Act(at=self._clock.now(), actor=actor, role=role)


def tidied(ticket: str) -> str:
    try:
        return normalise_ticket(ticket)
    except ValueError:
        raise NoSuchApplicationError from None
