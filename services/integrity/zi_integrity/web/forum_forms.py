"""Read the forms of a forum."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel

from zi_chassis.access.identity import APPLICANT, COOKIE, Identity, presented
from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.limits import client_address, refuse_wrong_codes
from zi_chassis.web.problem import (
    DETAILS,
    FIELDS,
    NotFoundError,
    SignInNeededError,
    TooManyRequestsError,
    unread_moment,
)
from zi_chassis.web.refused_form import ChoiceError
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.forum import ForumNotPlannedError
from zi_integrity.read.forums import ForumRow
from zi_integrity.use_cases.participation import UnknownCodeError
from zi_integrity.use_cases.proposing import OfficialsEnterPaperError

B = TypeVar("B", bound=BaseModel)
T = TypeVar("T")
LONGEST_CODE = 40
HOUR = 3600


async def find_forum(office: IntegrityOffice, number: str) -> ForumRow:
    """Find the forum of an address. Raises NotFoundError."""
    try:
        return await office.participation.forum(number)
    except ForumNotPlannedError:
        raise NotFoundError(DETAILS[404]) from None


async def public_act(request: Request, office: IntegrityOffice) -> Act:
    """Return the act of somebody with a code. Raises OfficialsEnterPaperError for an official who is signed in."""
    identity: Identity = request.app.state.identity
    token = presented(request, COOKIE)
    try:
        person = await identity.staff(token) if token else None
    except SignInNeededError:
        person = None
    if person is not None and person.roles - {APPLICANT}:
        raise OfficialsEnterPaperError
    return Act(at=office.clock.now(), actor="public", role="public")


async def with_code(request: Request, office: IntegrityOffice, command: Callable[[], Awaitable[T]]) -> T:
    """Run what needs a code; wrong codes of one connection are counted and slowed down. The right one (60 bits) is taken at any time, so that
    nobody who shares a connection with a guesser is kept out."""
    client = client_address(request)
    try:
        return await command()
    except UnknownCodeError:
        refuse_wrong_codes(office.code_attempts, client)
        office.code_attempts.add(client)
        raise


def count_code_request(request: Request, office: IntegrityOffice) -> None:
    """Count a request for a code against the day's budget of the connection. Raises TooManyRequestsError."""
    client, day = client_address(request), office.clock.now().astimezone(office_zone()).date()
    if office.code_requests.left(client, day) < 1:
        raise TooManyRequestsError(
            "Very many codes were asked for from your connection today. Come back tomorrow, or ask for a code at the counter.",
            retry_after=HOUR,
        )
    office.code_requests.use(client, day)


def body_of(model: type[B], form: Form) -> B:
    """Read the fields of a body from a form. Raises ValidationError."""
    return model.model_validate(form.nested(*model.model_fields))


def code_of(form: Form, name: str = "forum_code") -> str:
    code = form.value(name).strip()
    if not code:
        raise ChoiceError(FIELDS["missing"], name)
    return code[:LONGEST_CODE]


def whole_number(form: Form, name: str, most: int) -> int | None:
    """Return a number from 0; None where nothing was typed."""
    text = form.value(name).strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 6 or int(text) > most:
        raise ChoiceError(msgid("Write a whole number of at most {most}."), name, most=most)
    return int(text)


def local_time(form: Form, name: str) -> datetime:
    """Parse a time by the office's clock."""
    text = form.value(name).strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ChoiceError(unread_moment(text), name) from None
    return moment.replace(tzinfo=office_zone())
