"""Read the fields of a page's form, run its command, and show the form again with a sentence at each refused field."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time
from uuid import UUID

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from zi_chassis.office_clock import office_zone
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError, field_errors, unread_day, unread_moment
from zi_chassis.web.refused_form import REFUSED, ChoiceError, refused_at, too_long
from zi_chassis.web.refused_form import status_of as form_status
from zi_contracts.text import UNSEEN, first_unseen, one_spelling
from zi_rules.ticket import normalise_ticket
from zi_umkm.domain.case.permit_errors import PermitChangedError
from zi_umkm.domain.errors import MissingRequirementsError
from zi_umkm.domain.limits import FORM_TEXT_LENGTH
from zi_umkm.letters.permit_issuing import BusinessChangedMeanwhileError

PICK_ONE = msgid("Choose one from the list.")

RenderAgain = Callable[[Form, int], Awaitable[Response]]
FieldPlaces = Mapping[str, str]
NOWHERE_ELSE: FieldPlaces = {}


async def try_command(
    request: Request,
    form: Form,
    field: str,
    render_again: RenderAgain,
    command: Awaitable[object],
    back: str,
    field_places: FieldPlaces = NOWHERE_ELSE,
) -> Response:
    """Run the command and redirect to `back`; show the form again where it is refused.

    An error of no single field is shown at `field`.
    """
    try:
        await command
    except REFUSED as error:
        return await render_again(refused(request, form, error, field, field_places), status_of(error))
    return RedirectResponse(back, 303)


def refused(
    request: Request, form: Form, error: Exception, field: str, field_places: FieldPlaces = NOWHERE_ELSE
) -> Form:
    match error:
        case ValidationError():
            sentences = field_errors(request, error)
            places = {name: field_places.get(name) or name.partition(".")[0] or field for name in sentences}
            return form.refused({places[name]: sentence for name, sentence in sentences.items()})
        case PermitChangedError() | BusinessChangedMeanwhileError():
            return refused_at(request, form.without("step"), error, field)
        case _:
            return refused_at(request, form, error, field)


def status_of(error: Exception) -> int:
    return 422 if isinstance(error, MissingRequirementsError) else form_status(error)


# -- what was typed


def text_of(form: Form, name: str, *, lines: bool = True) -> str | None:
    """Return the stripped text; refuse one that is too long or has an invisible character."""
    text = one_spelling(form.value(name), lines=lines).strip()
    if len(text) > FORM_TEXT_LENGTH:
        raise too_long(text, name, most=FORM_TEXT_LENGTH)
    if (unseen := first_unseen(text, lines=lines)) is not None:
        raise ChoiceError(FIELDS[UNSEEN], name, **unseen._asdict())
    return text or None


def chosen(form: Form, name: str, choices: Mapping[str, object] | frozenset[str] | tuple[str, ...]) -> str:
    choice = form.value(name)
    if choice not in choices:
        raise ChoiceError(PICK_ONE if choice else FIELDS["missing"], name)
    return choice


def checked(form: Form, name: str) -> list[str]:
    return [each.removeprefix(f"{name}.") for each in form.values if each.startswith(f"{name}.")]


def uuid_of(form: Form, name: str) -> UUID:
    """Parse the id in a hidden field; raise NotFoundError where it was tampered with."""
    try:
        return UUID(form.value(name))
    except ValueError:
        raise NotFoundError(DETAILS[404]) from None


def ticket_of(form: Form, name: str) -> str:
    try:
        return normalise_ticket(form.value(name))
    except ValueError:
        raise ChoiceError(msgid("This is no ticket: check how it is written."), name) from None


def number_of(form: Form, name: str, most: int) -> int | None:
    """Return the number, or None where nothing was typed."""
    text = form.value(name).strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 6 or int(text) > most:
        raise ChoiceError(msgid("Write a whole number that is not too large."), name)
    return int(text)


def day_of(form: Form, name: str) -> datetime | None:
    """Return the end of the typed day by the office's clock."""
    text = form.value(name).strip()
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), office_zone())
    except ValueError:
        raise ChoiceError(unread_day(text), name) from None


def moment_of(form: Form, name: str) -> datetime:
    """Parse a local time by the office's clock."""
    text = form.value(name).strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=office_zone())
    except ValueError:
        raise ChoiceError(unread_moment(text), name) from None
