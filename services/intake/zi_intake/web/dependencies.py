"""The parts of a request that routes and pages ask for: the office, the official, the idempotency key, the language."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from pydantic import AfterValidator

from zi_chassis.access.identity import Staff, staff
from zi_chassis.web.language import language_of
from zi_chassis.web.page import Pages, Translator
from zi_intake.container import Office
from zi_intake.roles import AT_THE_DESK

KEY_HEADER = "Idempotency-Key"
GUESSABLE = "Give a random UUID (version 4 or 7): tickets and codes follow from it."


async def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def random_uuid(key: UUID) -> UUID:
    """Return the key, or raise ValueError for one that can be guessed: ticket and code follow from it."""
    if key.version not in (4, 7):
        raise ValueError(GUESSABLE)
    return key


def say_of(request: Request) -> Translator:
    pages: Pages = request.app.state.pages
    return pages.translator(language_of(request))


Key = Annotated[UUID, AfterValidator(random_uuid)]
Idempotency = Annotated[Key | None, Header(alias=KEY_HEADER)]
TheOffice = Annotated[Office, Depends(office_of)]


async def noted_officer(request: Request, office: TheOffice) -> Staff:
    """Let in the officers of intake; whoever was here can be given cases."""
    person = await staff(*AT_THE_DESK)(request)
    await office.officials.note(office.store.database, person.sub, person.roles)
    return person


Officer = Annotated[Staff, Depends(noted_officer)]


async def visible_ticket(office: TheOffice, person: Officer, ticket: str) -> str:
    """Return the tidied ticket of a case that the officer sees. Raises NoSuchCaseError."""
    return (await office.seen_by(person, ticket))[0]


SeenTicket = Annotated[str, Depends(visible_ticket)]
