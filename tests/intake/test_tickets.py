"""New tickets are easy to say and to type; those of before work for ever, and a repeat of an old request gets the old one."""

from itertools import islice
from uuid import UUID, uuid4

from tests.intake.front import COMPLAINT, Front, code

from zi_intake.bodies.filings import ComplaintBody
from zi_intake.names import Names
from zi_rules.ticket import normalise_ticket

NAMES = Names(b"x" * 32, b"y" * 32, b"z" * 32)


def symbolic(names: Names) -> UUID:
    """Return a key whose first ticket has a symbol."""
    return next(key for key in iter(uuid4, None) if not names.first_ticket(key).isalnum())


def test_no_new_ticket_has_a_symbol_and_each_is_the_same_at_every_repeat() -> None:
    keys = [symbolic(NAMES), *islice(iter(uuid4, None), 400)]
    tickets = [NAMES.ticket(key) for key in keys]
    assert all(ticket.isalnum() and normalise_ticket(ticket) == ticket for ticket in tickets)
    assert tickets == [NAMES.ticket(key) for key in keys]


async def test_a_key_that_would_give_a_symbol_gives_another_ticket(front: Front) -> None:
    key = str(symbolic(front.office.names))
    filed = await front.file(key=key)
    assert filed["ticket"].isalnum()
    assert await front.file(key=key) == filed


async def test_a_ticket_of_before_opens_and_its_key_returns_it(front: Front) -> None:
    key = symbolic(front.office.names)
    old = front.office.names.first_ticket(key)
    door, body = front.office.front_door, ComplaintBody.model_validate(COMPLAINT)
    data_subject = front.office.names.data_subject(old)
    sealed = front.office.vault.seal(data_subject, body.items, fresh=True)
    before = await door._file(door._command(body, old, data_subject, sealed.refs, None), sealed)
    again = await front.file(key=str(key))
    assert (again["ticket"], again["code"], again["event_id"]) == (old, before.code, str(before.event_id))
    assert (await front.client.get(f"/intake/api/cases/{old}", headers=code(again))).status_code == 200
    assert front.recorded == 1
