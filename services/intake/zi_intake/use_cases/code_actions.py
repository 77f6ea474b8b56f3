"""The way to a new code: a request by whoever has the ticket, a link to the confirmed address or number, and the button behind it."""

import logging
from uuid import UUID, uuid4

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError
from zi_chassis.storage.store import Handled, Store
from zi_chassis.web.limits import Buckets
from zi_chassis.web.problem import NotFoundError
from zi_contracts.intake import Channel
from zi_intake.domain.case.code_decisions import way_of_code
from zi_intake.domain.case.code_messages import CodeCommands, ReplaceCode, RequestCode, StopCodes
from zi_intake.domain.case.refusals import CodeLinkOverError
from zi_intake.domain.case.state import Case
from zi_intake.messaging.published import decider
from zi_intake.names import Names
from zi_intake.use_cases.case_access import NoSuchCaseError, tidied
from zi_intake.use_cases.case_actions import request_id_of
from zi_rules.message_channels import MessageChannels

PROGRAM = "system:intake"

logger = logging.getLogger(__name__)


def ways_of_codes(channels: MessageChannels) -> tuple[Channel, ...]:
    """Return the ways by which the office sends links to new codes: telephones only where it has a gateway."""
    return ("email",) if channels.for_phones is None else ("email", "phone")


class NoSuchCodeLinkError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("This link is not complete. Open it from the message again.")


class CodeActions:
    """`ways` are those by which the office sends links."""

    def __init__(
        self, store: Store, names: Names, clock: Clock, ways: tuple[Channel, ...] = ("email",)
    ) -> None:
        self._store = store
        self._names = names
        self._clock = clock
        self.ways = ways
        self.requests = Buckets(size=5, drain=600)  # by connection, whatever the ticket

    async def ask(self, ticket: str) -> None:
        """Ask for a new code, if there is such a case and it can have one; nobody learns which. The act is the program's: whoever typed the
        ticket has shown nothing."""
        by = Act(at=self._clock.now(), actor=PROGRAM, role=PROGRAM)
        try:
            known = tidied(ticket)
            if (await self._case(known)).is_filed:
                await self._handle(known, RequestCode(by=by, asking=uuid4(), ways=self.ways))
        except (NoSuchCaseError, DomainError) as refusal:
            logger.info("no new code: %s", type(refusal).__name__)

    def way_of(self, case: Case) -> Channel | None:
        """Return the way by which a link to a new code reaches the person who filed the case."""
        return None if case.filing is None else way_of_code(case.filing, self.ways)

    async def asked_by_link(self, ticket: str, token: str) -> tuple[str, UUID, Case]:
        """Return (tidied ticket, id of the request, state). Raises NoSuchCodeLinkError before any case is looked for."""
        try:
            known = tidied(ticket)
        except NoSuchCaseError:
            raise NoSuchCodeLinkError from None
        asking = self._names.asking_of(known, token)
        if asking is None:
            raise NoSuchCodeLinkError
        return known, asking, await self._case(known)

    async def replace(self, ticket: str, asking: UUID, key: UUID | None) -> Case:
        """Make the new code. The same form sent again, because the answer was lost, finds the code that it made for a minute. Raises
        CodeLinkOverError."""
        by = self._citizen(ticket)
        request = request_id_of(key, by, "replace-code", asking.bytes)
        handled = await self._handle(ticket, ReplaceCode(by=by, request=request, asking=asking))
        if not handled.recorded and not handled.state.code.is_just_made(asking, by.at):
            raise CodeLinkOverError
        return handled.state

    async def stop(self, ticket: str, by: Act | None = None, key: UUID | None = None) -> Case:
        """Let no new code be made any more; without `by` it is whoever has the link."""
        act = by or self._citizen(ticket)
        request = request_id_of(key, act, "stop-codes")
        return (await self._handle(ticket, StopCodes(by=act, request=request))).state

    def _citizen(self, ticket: str) -> Act:
        return Act(at=self._clock.now(), actor=str(self._names.data_subject(ticket)), role="public")

    async def _case(self, ticket: str) -> Case:
        return (await self._store.fetch(decider, self._names.aggregate(ticket)))[1]

    async def _handle(self, ticket: str, command: CodeCommands) -> Handled[Case]:
        return await self._store.handle(decider, self._names.aggregate(ticket), command)
