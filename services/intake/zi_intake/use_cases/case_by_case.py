"""One act on many cases, one command a case: what is done stays done, one that refuses holds up no other, and a repeat does the rest."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from zi_intake.domain.case.refusals import CaseError

MOST_AT_ONCE = 100  # cases of one request, so that it ends before a gateway gives up


@dataclass(frozen=True)
class CaseByCase:
    """The tickets for which it was done now, those that refused with why, and how many of all of them are left."""

    tickets: tuple[str, ...]
    refused: Mapping[str, CaseError]
    left: int


async def case_by_case(tickets: Sequence[str], act: Callable[[str], Awaitable[object]]) -> CaseByCase:
    """Act on the first of the tickets that do not refuse."""
    done: list[str] = []
    refused: dict[str, CaseError] = {}
    for ticket in tickets:
        if len(done) == MOST_AT_ONCE:
            break
        try:
            await act(ticket)
        except CaseError as error:
            refused[ticket] = error
        else:
            done.append(ticket)
    return CaseByCase(tuple(done), refused, len(tickets) - len(done))
