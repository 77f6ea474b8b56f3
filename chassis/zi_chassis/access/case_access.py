"""Access to a case: its applicant by the token of the case or signed in as the person who filed it, officials by their role."""

from collections.abc import Callable, Collection
from typing import ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from starlette.requests import Request

from zi_chassis.access.case_token import CaseTokenError, CaseVerifier
from zi_chassis.access.identity import APPLICANT, COOKIE, Identity, Staff, act, presented
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.web.problem import ForbiddenError, NotFoundError, SignInNeededError


class FiledRequest(Protocol):
    """A request as it was filed: whose data it is about, and who filed it in which role."""

    @property
    def data_subject(self) -> UUID: ...
    @property
    def actor(self) -> str: ...
    @property
    def role(self) -> str: ...


R = TypeVar("R", bound=FiledRequest)


def forbidden() -> ForbiddenError:
    return ForbiddenError("Your account does not have the role for this. Ask your supervisor.")


class CaseAccess(Generic[R]):
    """`find` reads a request by its ticket as `normalise` writes it (else ValueError); `unknown` is raised where there is none."""

    find: ClassVar[Callable[[Tx, str], object]]
    normalise: ClassVar[Callable[[str], str]]
    unknown: ClassVar[Callable[[], NotFoundError]]
    wrong_role: ClassVar[Callable[[], ForbiddenError]] = forbidden

    def __init__(self, tokens: CaseVerifier, store: Store, clock: Clock) -> None:
        self._tokens = tokens
        self._store = store
        self._clock = clock

    async def applicant(self, web: Request, ticket: str) -> tuple[R, Act]:
        """Return the request under the ticket and who acts. Raises for everybody else than the applicant."""
        wanted = self.normalised(ticket)
        if await self._tokens.ticket(web) == wanted:
            request = await self.request(wanted)
            return request, self._act(str(request.data_subject), "public")
        person = await self.signed_in(web)
        if person is None:
            raise CaseTokenError
        request = await self.request(wanted)
        if (request.actor, request.role) != (person.sub, APPLICANT):
            raise type(self).unknown()
        return request, self._act(person.sub, APPLICANT)

    async def signed_in(self, web: Request) -> Staff | None:
        """Return the person of a company who is signed in, if one is."""
        person = await self.person(web)
        return person if person is not None and APPLICANT in person.roles else None

    async def person(self, web: Request) -> Staff | None:
        """Return the person who is signed in, if one is."""
        token = presented(web, COOKIE)
        identity: Identity = web.app.state.identity
        try:
            return await identity.staff(token) if token else None
        except SignInNeededError:
            return None

    async def request(self, ticket: str) -> R:
        """Read the request under a ticket. Raises `unknown`."""
        wanted, find = self.normalised(ticket), type(self).find
        found = await self._store.query(lambda tx: find(tx, wanted))
        if found is None:
            raise type(self).unknown()
        return found  # type: ignore[return-value]  # a class variable can't be generic

    def official(self, person: Staff, roles: Collection[str]) -> Act:
        """Act in the first of these roles that the person has."""
        role = next((role for role in roles if role in person.roles), None)
        if role is None:
            raise type(self).wrong_role()
        return act(person, role, self._clock)

    def normalised(self, ticket: str) -> str:
        """Write a ticket as it is stored. Raises `unknown` for what is none."""
        try:
            return type(self).normalise(ticket)
        except ValueError:
            raise type(self).unknown() from None

    def _act(self, actor: str, role: str) -> Act:
        return Act(at=self._clock.now(), actor=actor, role=role)
