"""The forms of the pages: their key, their errors beside the fields, and their choices."""

from collections.abc import Mapping, Sequence
from functools import partial

from fastapi import Request
from pydantic import ValidationError

from zi_chassis.domain import DomainError
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import RefusedError, field_errors
from zi_intake.labels import COMMODITIES
from zi_intake.office import Office
from zi_rules.listed import Listed

# The fields at which a form shows the error of a whole part.
FIELD_OF_PART = {
    "reporter": "reporter.name",
    "product": "product.commodity",
    "place": "place.name",
    "account": "account.ticket",
}


def districts(request: Request, office: Office) -> list[tuple[str, str]]:
    return _named(request, office.districts)


def topics(request: Request, office: Office) -> list[tuple[str, str]]:
    return _named(request, office.topics)


def categories(request: Request, office: Office) -> dict[str, str]:
    """Return the names of kinds of products and of topics; a code that has left its list has none."""
    say = partial(pages_of(request).say, request)
    return {**{code: say(name) for code, name in COMMODITIES.items()}, **dict(topics(request, office))}


def _named(request: Request, listed: Sequence[Listed]) -> list[tuple[str, str]]:
    language = language_of(request)
    return [(each.code, getattr(each.name, language)) for each in listed]


def as_refused(
    request: Request,
    form: Form,
    error: ValidationError | DomainError,
    field_of_part: Mapping[str, str] = FIELD_OF_PART,
) -> Form:
    """Return the form with each error at its field; an error of no field stands at `text`."""
    if isinstance(error, DomainError):
        errors: Mapping[str, str] = {"text": sentence_of(request, error)}
    else:
        errors = field_errors(request, error)
    return form.refused({field_of_part.get(name, name): sentence for name, sentence in errors.items()})


def status_of(error: Exception) -> int:
    return error.status if isinstance(error, RefusedError) else 422


def sentence_of(request: Request, error: DomainError | RefusedError) -> str:
    return pages_of(request).say(request, error.msgid, **error.values)
