"""Fields of the desks' forms, and what is done with a form that was refused: it is shown again with everything that was typed."""

from collections.abc import Awaitable, Callable, Container
from datetime import date
from uuid import UUID, uuid4

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of, msgid
from zi_chassis.web.page import Translator, pages_of
from zi_chassis.web.problem import FIELDS, unread_day
from zi_chassis.web.refused_form import REFUSED, ChoiceError, refused_at, status_of, too_long
from zi_contracts.text import UNSEEN, first_unseen, one_spelling
from zi_integrity.read.known_officials import is_known_official
from zi_integrity.web.official import ZoneOfficial
from zi_rules.ticket import normalise_ticket

LONGEST_TEXT, LONGEST_NAME = 2_000, 200
FIRST_DAY = date(2000, 1, 1)

ShowAgain = Callable[[Form, int], Awaitable[Response]]


async def submitted(
    request: Request, form: Form, field: str, step: Awaitable[str], show_again: ShowAgain
) -> Response:
    """Await the address to go to next; show the form again where the step is refused. An error of no field stands at `field`."""
    try:
        address = await step
    except REFUSED as error:
        return await show_again(refused_at(request, form, error, field), status_of(error))
    return RedirectResponse(address, 303)


def say_of(official: ZoneOfficial) -> Translator:
    request = official.request
    return pages_of(request).translator(language_of(request))


def form_key(form: Form) -> UUID:
    """Return the form's hidden key. Raises ChoiceError where it was tampered with."""
    key = key_of(form)
    if key is None:
        raise ChoiceError(msgid("Load the page again: its form is out of date."), "key")
    return key


def shown_key(form: Form) -> str:
    """Return the key to put into the form: the one that was refused, or a new one."""
    return str(key_of(form) or uuid4())


def choice_of(form: Form, field: str, choices: Container[str]) -> str:
    if (choice := form.value(field)) in choices:
        return choice
    raise ChoiceError(msgid("Choose one from the list.") if choice else FIELDS["missing"], field)


def words_of(form: Form, field: str, *, longest: int = LONGEST_TEXT, lines: bool = True) -> str | None:
    """Return the text without blanks around it, None for none. Raises ChoiceError for one that is too long or holds an unseen sign."""
    text = one_spelling(form.value(field), lines=lines).strip()
    unseen = first_unseen(text, lines=lines)
    if unseen is not None:
        raise ChoiceError(FIELDS[UNSEEN], field, **unseen._asdict())
    if len(text) > longest:
        raise too_long(text, field, most=longest)
    return text or None


def required_words(form: Form, field: str, *, longest: int = LONGEST_TEXT, lines: bool = True) -> str:
    text = words_of(form, field, longest=longest, lines=lines)
    if text is None:
        raise ChoiceError(FIELDS["missing"], field)
    return text


async def colleague_of(official: ZoneOfficial, form: Form) -> str:
    """Return the account that was typed. Raises ChoiceError for one that is not known here, unless the form says that it is right."""
    named = required_words(form, "official", longest=LONGEST_NAME, lines=False)
    if form.value("new_colleague") or named == official.person.sub:
        return named
    if await official.office.store.query(lambda tx: is_known_official(tx, named)):
        return named
    raise ChoiceError(
        msgid("No official with this account is known here: check how it is written."), "official"
    )


def case_ticket(form: Form, field: str) -> str:
    text = form.value(field)
    try:
        return normalise_ticket(text)
    except ValueError:
        sentence = msgid("This is no ticket: check how it is written.") if text else FIELDS["missing"]
        raise ChoiceError(sentence, field) from None


def day_of(form: Form, field: str, *, is_needed: bool = True) -> date | None:
    text = form.value(field).strip()
    if not text and not is_needed:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ChoiceError(unread_day(text), field) from None


def needed_day(form: Form, field: str) -> date:
    day = day_of(form, field)
    assert day is not None
    return day


def past_day(form: Form, field: str, today: date) -> date:
    """Return a day that is not in the future. Raises ChoiceError."""
    text = form.value(field).strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ChoiceError(unread_day(text), field) from None
    if not FIRST_DAY <= day <= today:
        raise ChoiceError(msgid("Give a day that has passed, or today."), field)
    return day


def whole_rupiah(form: Form, field: str) -> int | None:
    """Return the amount, None where nothing was typed; dots and spaces between digits are allowed."""
    text = form.value(field).strip().replace(".", "").replace(" ", "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise ChoiceError(msgid("Write the value in whole rupiah, with digits only."), field)
    return int(text)
