"""Who may see a case: whoever shows its code or a token made from it; ticket and code fail together and slowly."""

from uuid import UUID

from starlette.requests import Request

from zi_chassis.case_token import CaseTokenError, CaseTokens
from zi_chassis.store import Store
from zi_chassis.web.limits import Attempts, client_address
from zi_chassis.web.problem import NotFoundError
from zi_intake.case import Case
from zi_intake.names import Names
from zi_intake.published import decider
from zi_rules.ticket import normalise_ticket

CODE_HEADER = "x-case-code"


class NoSuchCaseError(NotFoundError):
    """The same for a ticket that nobody got and for a code that is not the ticket's."""

    def __init__(self) -> None:
        super().__init__("No case has this ticket and this code. Check both; they stand on your receipt.")


class Access:
    def __init__(self, names: Names, tokens: CaseTokens, attempts: Attempts, store: Store) -> None:
        self._names = names
        self._tokens = tokens
        self._attempts = attempts
        self._store = store

    async def citizen(self, request: Request, ticket: str) -> str:
        """The tidied ticket, if the request has its code or token; otherwise raises."""
        code = request.headers.get(CODE_HEADER)
        if code is not None:
            return await self.by_code(request, ticket, code)
        if not await self.has_token(request, ticket):
            raise CaseTokenError("Please open the case again with its ticket and code.")
        return tidied(ticket)

    async def has_token(self, request: Request, ticket: str) -> bool:
        return await self._tokens.ticket(request) == tidied(ticket)

    async def by_code(self, request: Request, ticket: str, code: str) -> str:
        address, tried = client_address(request), _tried(ticket)
        self._attempts.check(tried, address)
        opened = self._names.opens(ticket, code)
        if opened is None or not (await self._case(opened)).is_filed:
            self._attempts.wrong(tried, address)
            raise NoSuchCaseError
        return opened

    async def known(self, ticket: str) -> tuple[str, UUID, int, Case]:
        """(tidied ticket, aggregate, version, state) of a case that exists, for the office's own people."""
        own = tidied(ticket)
        aggregate = self._names.aggregate(own)
        version, state = await self._store.fetch(decider, aggregate)
        if not state.is_filed:
            raise NoSuchCaseError
        return own, aggregate, version, state

    async def _case(self, ticket: str) -> Case:
        return (await self._store.fetch(decider, self._names.aggregate(ticket)))[1]


def _tried(ticket: str) -> str:
    """One name for a ticket, however it is written, so that tries are counted together."""
    try:
        return normalise_ticket(ticket)
    except ValueError:
        return ticket[:32]


def tidied(ticket: str) -> str:
    try:
        return normalise_ticket(ticket)
    except ValueError:
        raise NoSuchCaseError from None
