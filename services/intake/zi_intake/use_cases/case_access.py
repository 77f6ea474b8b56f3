"""Open a case to its citizen: by its code, by a token made from it, or by the session of the applicant who filed it. A wrong
ticket and a wrong code get the same answer, and are slowed down."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from starlette.requests import Request

from zi_chassis.access.case_token import CaseClaims, CaseTokenError, CaseTokens
from zi_chassis.access.identity import APPLICANT, Identity, Staff, presented
from zi_chassis.access.identity import COOKIE as SESSION
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.web.limits import Attempts, client_address
from zi_chassis.web.problem import NotFoundError, SignInNeededError
from zi_intake.domain.case.state import Case
from zi_intake.messaging.published import decider
from zi_intake.names import Names
from zi_intake.read.visibility import is_filed_by
from zi_rules.ticket import normalise_ticket

CODE_HEADER = "x-case-code"


class NoSuchCaseError(NotFoundError):
    """No case has this ticket, or the code is not its code: the answer is the same."""

    def __init__(self) -> None:
        super().__init__("No case has this ticket and this code. Check both; they stand on your receipt.")


class ReplacedCodeError(NoSuchCaseError):
    """A right code of before: whoever has it learns that there is a newer one, which may have been somebody else's doing."""

    def __init__(self, at: datetime) -> None:
        NotFoundError.__init__(
            self,
            "This code was replaced by a new one on {at} and opens the case no more. If you did not ask for that, tell the office.",
            at=at,
        )


class KnownCase(NamedTuple):
    """A case that was filed, with its tidied ticket, as of that version."""

    ticket: str
    aggregate: UUID
    version: int
    state: Case


class CitizenAccess:
    def __init__(self, names: Names, tokens: CaseTokens, attempts: Attempts, store: Store) -> None:
        self._names = names
        self._tokens = tokens
        self._attempts = attempts
        self._store = store

    async def citizen(self, request: Request, ticket: str) -> str:
        """Return the tidied ticket, if the request has its code, its token or its applicant's session.

        Raises CaseTokenError or NoSuchCaseError.
        """
        code = request.headers.get(CODE_HEADER)
        if code is not None:
            return await self.by_code(request, ticket, code)
        if not await self.is_open(request, ticket):
            if await self.applicant(request) is not None:
                self._count(request, ticket)
            raise CaseTokenError
        return tidied(ticket)

    async def is_open(self, request: Request, ticket: str) -> bool:
        """Return whether the request opens the case without its code."""
        claims = await self._tokens.claims_of(request)
        if claims is not None and claims.ticket == tidied(ticket) and await self.is_current(claims):
            return True
        return await self.owner(request, ticket) is not None

    async def owner(self, request: Request, ticket: str) -> Staff | None:
        """Return the signed-in applicant who filed this case; None for everybody else."""
        tidied_ticket, person = tidied(ticket), await self.applicant(request)
        if person is None:
            return None  # before the case is looked for: how long that takes would say whether there is one
        return person if is_filed_by(await self._case(tidied_ticket), person.sub) else None

    async def applicant(self, request: Request) -> Staff | None:
        """Return the applicant who is signed in for a company; None also where the session is over."""
        try:
            return await self.signed_in(request)
        except SignInNeededError:
            return None

    async def signed_in(self, request: Request) -> Staff | None:
        """As `applicant`, but an invalid session raises SignInNeededError."""
        session = presented(request, SESSION)
        if not session:
            return None
        identity: Identity = request.app.state.identity
        person = await identity.staff(session)
        return person if APPLICANT in person.roles else None

    async def by_session(self, request: Request, ticket: str) -> str:
        """Return the tidied ticket of the signed-in applicant. A case token is not enough: it could be renewed for ever."""
        if await self.owner(request, ticket) is None:
            raise CaseTokenError
        return tidied(ticket)

    async def by_code(self, request: Request, ticket: str, code: str) -> str:
        """Return the tidied ticket. Wrong codes are slowed down; the right one (60 bits) opens however many were tried."""
        opened = self._names.opens(ticket, code)
        state = None if opened is None else await self._case(opened.ticket)
        if opened is not None and state is not None and state.is_filed and state.code.number == opened.number:
            return opened.ticket
        self._count(request, ticket)
        if opened is not None and state is not None and state.code.replaced_at is not None:
            raise ReplacedCodeError(state.code.replaced_at)
        raise NoSuchCaseError

    async def is_current(self, claims: CaseClaims) -> bool:
        """Return whether the token was made by the code that opens the case now."""
        return claims.code == (await self._case(claims.ticket)).code.number

    def _count(self, request: Request, ticket: str) -> None:
        """Count a wrong try. Raises TooManyRequestsError after too many."""
        address, tried = client_address(request), _tried(ticket)
        self._attempts.check(tried, address)
        self._attempts.wrong(tried, address)

    async def known(self, ticket: str) -> KnownCase:
        """Return the case. Raises NoSuchCaseError. For the office's own people."""
        tidied_ticket = tidied(ticket)
        aggregate = self._names.aggregate(tidied_ticket)
        return _filed(tidied_ticket, aggregate, *await self._store.fetch(decider, aggregate))

    def known_in(self, tx: Tx, ticket: str) -> KnownCase:
        """`known`, within a transaction, as its first question."""
        tidied_ticket = tidied(ticket)
        aggregate = self._names.aggregate(tidied_ticket)
        return _filed(tidied_ticket, aggregate, *self._store.load_in(tx, decider, aggregate))

    async def _case(self, ticket: str) -> Case:
        return (await self._store.fetch(decider, self._names.aggregate(ticket)))[1]


def _filed(ticket: str, aggregate: UUID, version: int, state: Case) -> KnownCase:
    if not state.is_filed:
        raise NoSuchCaseError
    return KnownCase(ticket, aggregate, version, state)


def _tried(ticket: str) -> str:
    """Return one spelling of a ticket, so that tries are counted together."""
    try:
        return normalise_ticket(ticket)
    except ValueError:
        return ticket[:32]


def tidied(ticket: str) -> str:
    try:
        return normalise_ticket(ticket)
    except ValueError:
        raise NoSuchCaseError from None
