"""A form that was refused: the sentence at the field that an error is about, and the status of the page that shows it again."""

from fastapi import Request
from pydantic import ValidationError

from zi_chassis.domain import DomainError, UnavailableError
from zi_chassis.uploads import FileRefusedError
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, FIELDS, RefusedError, field_errors

REFUSED = (ValidationError, DomainError, UnavailableError, FileRefusedError)


class ChoiceError(DomainError, kind="choose"):
    """A choice that was not made or can't be read, at its own field."""

    def __init__(self, sentence: str, field: str, **values: object) -> None:
        super().__init__(sentence, **values)
        self.field = field


def too_long(text: str, field: str, *, most: int) -> ChoiceError:
    return ChoiceError(FIELDS["string_too_long"], field, max_length=most, length=len(text))


def refused_at(request: Request, form: Form, error: Exception, field: str) -> Form:
    """Return the form as it was typed, with the error's sentence at its own field, else at `field`."""
    match error:
        case ValidationError():
            return form.refused(field_errors(request, error))
        case ChoiceError():
            return form.refused({error.field: sentence_of(request, error)})
        case FileRefusedError():
            return form.refused({field: error.detail})
        case DomainError():
            return form.refused({field: sentence_of(request, error)})
        case _:
            return form.refused({field: pages_of(request).say(request, DETAILS[503])})


def status_of(error: Exception) -> int:
    match error:
        case UnavailableError():
            return 503
        case RefusedError() | FileRefusedError():
            return error.status
        case ValidationError() | ChoiceError():
            return 422
        case _:
            return 409


def sentence_of(request: Request, error: DomainError) -> str:
    return pages_of(request).say(request, error.msgid, **error.values)
