"""Read the fields of the desk's forms about surveys; each refusal stands at its own field."""

from uuid import UUID

from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError
from zi_integrity.web.form_fields import required_words

MOST_USERS = 100_000
LINE = 200


def users_of(form: Form, name: str) -> int:
    """Read a number of users; nothing typed is none."""
    text = form.value(name).strip() or "0"
    if not text.isdecimal() or len(text) > 6 or int(text) > MOST_USERS:
        raise ChoiceError(msgid("Write a whole number, at most 100,000."), name)
    return int(text)


def line_of(form: Form, name: str) -> str:
    """Read a sentence of the office."""
    return required_words(form, name, longest=LINE, lines=False)


def item_of(form: Form) -> UUID:
    """Read the id of a comment. Raises ChoiceError."""
    try:
        return UUID(form.value("item"))
    except ValueError:
        raise ChoiceError(FIELDS["missing"], "item") from None
