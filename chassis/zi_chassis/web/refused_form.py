"""A form that was refused: the sentence at the field that an error is about, and the status of the page that shows it again."""

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from zi_chassis.domain import DomainError, UnavailableError
from zi_chassis.uploads import FileRefusedError
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, FIELDS, RefusedError, field_errors

NO_FILE = msgid("Choose a file first.")
EMPTY_FILE = msgid("This file is empty (0 bytes). Choose one that opens on your device.")
REFUSED = (ValidationError, DomainError, UnavailableError, FileRefusedError)


class ChoiceError(DomainError, kind="choose"):
    """A choice that was not made or can't be read, at its own field."""

    def __init__(self, sentence: str, field: str, **values: object) -> None:
        super().__init__(sentence, **values)
        self.field = field


def too_long(text: str, field: str, *, most: int) -> ChoiceError:
    return ChoiceError(FIELDS["string_too_long"], field, max_length=most, length=len(text))


async def file_content(data: FormData, field: str) -> bytes:
    """Read an uploaded file. Raises ChoiceError where none was chosen, which a browser sends as a file without a name, or an empty one."""
    file = data.get(field)
    if not isinstance(file, UploadFile):
        raise ChoiceError(NO_FILE, field)
    content = await file.read()
    if not content:
        raise ChoiceError(EMPTY_FILE if file.filename else NO_FILE, field)
    return content


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
