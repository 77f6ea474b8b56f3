"""The door for other systems: each enters what people said and reads how that stands, without words and names, and does nothing else."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response

from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import ENTERING
from zi_chassis.web.problem import ForbiddenError
from zi_intake.bodies.entries import SystemEntryBody
from zi_intake.domain.case.filings import AnswerableFiled
from zi_intake.use_cases.case_access import NoSuchCaseError
from zi_intake.use_cases.filing import CounterEntry
from zi_intake.web import answers
from zi_intake.web.answers import as_json
from zi_intake.web.api.handling import by_the_lists, entered_answer
from zi_intake.web.dependencies import KEY_HEADER, Key, TheOffice
from zi_intake.web.entries import enter
from zi_rules.people import EnteringSystem

router = APIRouter(prefix="/intake/api/system-entries")


class UnlistedSystemError(ForbiddenError):
    def __init__(self) -> None:
        super().__init__(
            "The office does not list this account among the systems that enter reports, or its time is over. Ask the office."
        )


class Caller(NamedTuple):
    account: Staff
    system: EnteringSystem


async def listed_caller(request: Request, office: TheOffice) -> Caller:
    """Let in an account of this role that the office lists today: who gives the role does not write the list."""
    account = await staff(ENTERING)(request)
    system = office.people.system_of(account.sub, office.budgets.today())
    if system is None:
        raise UnlistedSystemError
    return Caller(account, system)


Entering = Annotated[Caller, Depends(listed_caller)]


@router.post("", status_code=201, response_model=answers.EnteredAnswer)
async def enter_case(
    office: TheOffice,
    caller: Entering,
    body: SystemEntryBody,
    idempotency_key: Annotated[Key, Header(alias=KEY_HEADER)],
) -> Response:
    """Enter a case for somebody. Give them ticket and code: the code opens the case to whoever has it. A repeat under the same key enters
    nothing, and gives the code again for ten minutes."""
    filing, system = by_the_lists(office, body).filing, caller.system
    by = office.act(caller.account, (ENTERING,))
    entry = CounterEntry(by, "system", system.code, system.keeper)
    async with office.counted_entry(system, idempotency_key):
        return entered_answer(office, await enter(office, entry, idempotency_key, filing))


@router.get("/{ticket}", response_model=answers.EntryStateAnswer)
async def entry_state(office: TheOffice, caller: Entering, ticket: str) -> Response:
    """Return how a case stands that this system entered; of every other ticket the answer is that there is no such case."""
    tidied_ticket, _, _, state = await office.access.known(ticket)
    filing = state.filing
    if not isinstance(filing, AnswerableFiled) or filing.system != caller.system.code:
        raise NoSuchCaseError
    fields = {"state": state.status.value, "holder": state.holder, "due": state.due}
    return as_json(answers.EntryStateAnswer(ticket=tidied_ticket, **fields))
