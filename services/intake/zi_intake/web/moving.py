"""Move a complaint to the officials appointed for a topic, out of the sight of whoever is not one of them."""

from uuid import UUID

from zi_chassis.access.identity import Staff
from zi_intake.bodies.handling import MoveBody
from zi_intake.container import Office
from zi_intake.use_cases.case_actions import request_id_of


async def move_to_appointed(
    office: Office, person: Staff, ticket: str, key: UUID | None, body: MoveBody
) -> None:
    """Move it; a repeat changes nothing, although its official may not see the case any more. Raises NoSuchCaseError for a case that the
    official never saw, or does not see any more."""
    by, known = office.act(person), await office.access.known(ticket)
    request = request_id_of(key, by, "move", body.model_dump_json().encode())
    if request is not None and request in known.state.requests:
        return
    ticket, _ = await office.seen_by(person, ticket)
    appointed = office.people.appointed_for(body.appointed_topic)
    await office.handling.move_to_appointed(ticket, by, request, body, appointed)
