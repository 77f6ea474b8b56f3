"""Cases that an official or a system enters for somebody who came to the counter, called or wrote, and for reports of LAPOR!. Who entered them stands
in the record, and no official works on what they entered or could have; the code is on the receipt alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args
from uuid import UUID

from pydantic import ValidationError

from zi_chassis.domain import Act, DomainError
from zi_contracts.intake import Road
from zi_intake.bodies.filings import ComplaintBody
from zi_intake.bodies.handling import EnteredRoad
from zi_intake.bodies.lapor_lines import LONGEST_ID, LaporLine, NoReportNumberError
from zi_intake.container import Office
from zi_intake.domain.case.refusals import EnteredBeforeError
from zi_intake.use_cases.filing import Body, CounterEntry, FilingConfirmation

RECEIPT_FOR = timedelta(minutes=10)
LAPOR: Road = "lapor"
ENTERED_ROADS: tuple[Road, ...] = get_args(EnteredRoad)
Outcome = Literal["entered", "known", "refused"]


@dataclass(frozen=True)
class LineOutcome:
    """The outcome of a line: `ticket` is None for one that was refused, and `refusal` says why."""

    number: int
    id: str
    outcome: Outcome
    ticket: str | None = None
    refusal: ValidationError | DomainError | None = None


async def enter(office: Office, entry: CounterEntry, key: UUID, body: Body) -> FilingConfirmation:
    """Enter a case; a repeat within ten minutes shows its receipt again, as after a broken line. Raises EnteredBeforeError after that,
    and for the key of a case that somebody else has filed."""
    confirmation, by = await office.front_door.file(key, body, entry), entry.by
    filing = (await office.state(confirmation.ticket)).filing
    assert filing is not None
    if filing.by.actor != by.actor or by.at > filing.by.at + RECEIPT_FOR:
        raise EnteredBeforeError(ticket=confirmation.ticket)
    return confirmation


async def enter_lapor(office: Office, by: Act, lines: Sequence[LaporLine]) -> list[LineOutcome]:
    """Enter each line by itself; a line that was entered before is known again by its id."""
    return [await _enter_line(office, by, line) for line in lines]


async def _enter_line(office: Office, by: Act, line: LaporLine) -> LineOutcome:
    if not 0 < len(line.id) <= LONGEST_ID:
        return LineOutcome(line.number, line.id[:LONGEST_ID], "refused", refusal=NoReportNumberError())
    key = office.names.lapor_key(line.id)
    is_known = await office.front_door.is_filed(await office.front_door.ticket(key))
    try:
        body = ComplaintBody.model_validate({"language": "id", **line.complaint}, context=office.codes)
        confirmation = await office.front_door.file(key, body, CounterEntry(by, LAPOR))
    except (ValidationError, DomainError) as error:
        return LineOutcome(line.number, line.id, "refused", refusal=error)
    return LineOutcome(line.number, line.id, "known" if is_known else "entered", confirmation.ticket)
