"""Every refusal as RFC 9457 problem+json or, for a browser, as a page: one sentence that says what to do, in the
reader's language, and never a trace or what somebody wrote."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zi_chassis.domain import DomainError, UnavailableError
from zi_chassis.storage.database import AWAY
from zi_chassis.web import body
from zi_chassis.web.language import language_of, msgid
from zi_chassis.web.page import Pages, Translator
from zi_contracts.text import UNSEEN

logger = logging.getLogger(__name__)


class RefusedError(DomainError):
    """A refusal that is about the request and not about a rule of the domain."""

    status: ClassVar[int] = 400

    @property
    def headers(self) -> Mapping[str, str]:
        return {}


class SignInNeededError(RefusedError):
    status = 401

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class ForbiddenError(RefusedError):
    status = 403


class NotFoundError(RefusedError):
    status = 404


class UnsupportedMediaError(RefusedError):
    status = 415


class TooManyRequestsError(RefusedError):
    status = 429

    def __init__(self, sentence: str, /, *, retry_after: int, **values: object) -> None:
        super().__init__(sentence, **values)
        self.retry_after = retry_after

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)}


class RulesLostError(RefusedError):
    """The configuration of a case is not in the store any more."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            msgid(
                "The rules that this case was received under can't be read now, so nothing is decided or shown by others."
                " The case itself is safe. Ask the office to bring them back."
            )
        )


class RestartingError(RefusedError):
    """The process ends while a request waits; what it waits for may be recorded all the same."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            msgid(
                "This service is starting anew. It may have recorded what you sent."
                " Send the same again in a minute: what is the same is recorded once."
            )
        )

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "5"}


@dataclass(frozen=True)
class FieldError:
    """`pointer` is a JSON pointer (RFC 6901) to a field of a body."""

    place: str
    field: str
    detail: str
    pointer: str | None = None

    def document(self) -> dict[str, str]:
        named = {"in": self.place, "field": self.field, "detail": self.detail}
        return named if self.pointer is None else {**named, "pointer": self.pointer}


@dataclass(frozen=True)
class Problem:
    """RFC 9457: `kind` names the broken rule and stays the same for ever; `detail` is for a person."""

    status: int
    kind: str
    title: str
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, request_id: str) -> dict[str, Any]:
        document: dict[str, Any] = {
            "type": f"urn:zona:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "request": request_id,
        }
        if self.errors:
            document["errors"] = [each.document() for each in self.errors]
        return document


KINDS: Mapping[int, str] = {
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    500: "internal",
    503: "unavailable",
}
TITLES: Mapping[int, str] = {
    400: msgid("The request cannot be read"),
    401: msgid("Please sign in"),
    403: msgid("Not allowed"),
    404: msgid("Not found"),
    405: msgid("Not possible here"),
    408: msgid("Too slow"),
    409: msgid("Not possible now"),
    413: msgid("Too large"),
    415: msgid("Kind of content not accepted"),
    422: msgid("Please check what you filled in"),
    429: msgid("Please wait a moment"),
    500: msgid("Something went wrong on our side"),
    503: msgid("Not available right now"),
}
DETAILS: Mapping[int, str] = {
    404: msgid("There is nothing at this address. Check the address or start from the first page."),
    405: msgid("This address does not accept that. Start again from the page you came from."),
    408: msgid(
        "This came too slowly and was not kept. Send it again over a better connection, or make the file smaller."
    ),
    413: msgid(
        "What you sent is larger than the {limit} KB accepted here. Send less, or send files one at a time."
    ),
    422: msgid("Nothing was kept. Correct the fields named below and send it again."),
    500: msgid("Please try again in a few minutes."),
    503: msgid("What you sent was not recorded. Please try again in a minute."),
}
FIELDS: Mapping[str, str] = {
    "missing": msgid("This field is needed."),
    "extra_forbidden": msgid("This field is not known here; leave it out."),
    "string_too_long": msgid("Write at most {max_length} characters; there are {length} now."),
    "too_many_characters": msgid("Write at most {max_length} characters."),
    "string_too_short": msgid("Write at least {min_length} characters."),
    "string_type": msgid("Write text here."),
    "string_pattern_mismatch": msgid("This is not written the way it has to be; see the hint at the field."),
    UNSEEN: msgid(
        "There is a sign here that nobody can see (number {place}, {code}). Delete this text and type it again instead of pasting it."
    ),
    "literal_error": msgid("Choose one of {expected}."),
    "enum": msgid("Choose one of {expected}."),
    "uuid_parsing": msgid("Give a UUID here."),
    "uuid_type": msgid("Give a UUID here."),
    "date_from_datetime_parsing": msgid("Write the date as year-month-day, for example 2026-12-31."),
    "date_parsing": msgid("Write the date as year-month-day, for example 2026-12-31."),
    "datetime_parsing": msgid("Write day and time, for example 2026-12-31T09:00."),
    "datetime_from_date_parsing": msgid(
        "Write the time with its zone, for example 2026-12-31T09:00:00+08:00."
    ),
    "date_type": msgid("Write the date as year-month-day, for example 2026-12-31."),
    "int_parsing": msgid("Write a whole number."),
    "int_type": msgid("Write a whole number."),
    "int_from_float": msgid("Write a whole number."),
    "decimal_parsing": msgid("Write a number."),
    "decimal_type": msgid("Write a number."),
    "decimal_max_places": msgid("Write at most {decimal_places} decimal places."),
    "decimal_max_digits": msgid("Write at most {max_digits} digits."),
    "decimal_whole_digits": msgid("Write at most {whole_digits} digits before the decimal point."),
    "greater_than": msgid("Give more than {gt}."),
    "greater_than_equal": msgid("Give at least {ge}."),
    "less_than": msgid("Give less than {lt}."),
    "less_than_equal": msgid("Give at most {le}."),
    "bool_parsing": msgid("Say true or false here."),
    "bool_type": msgid("Say true or false here."),
    "timezone_aware": msgid("Write the time with its zone, for example 2026-12-31T09:00:00+08:00."),
    "tuple_type": msgid("Give a list here."),
    "list_type": msgid("Give a list here."),
    "json_invalid": msgid("The body is not valid JSON."),
    "model_attributes_type": msgid("Give an object with fields here."),
    "dict_type": msgid("Give an object with fields here."),
    "too_long": msgid("Give at most {max_length} of these."),
    "too_short": msgid("Give at least {min_length} of these."),
}
LIMITS = (
    *("max_length", "min_length", "max_digits", "whole_digits", "decimal_places"),
    *("gt", "ge", "lt", "le"),
    *("code", "place"),
)
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
NO_SUCH_DAY = msgid("There is no such day in the calendar; write one that exists, for example 2026-12-31.")
OTHERWISE = msgid("This value cannot be accepted; check it.")


def wants_page(request: Request) -> bool:
    return "/api/" not in request.url.path and "text/html" in request.headers.get("accept", "")


def response(request: Request, error: Exception) -> Response:
    """The answer to whatever was raised while this request was handled."""
    problem = problem_of(request, error)
    if wants_page(request):
        pages: Pages = request.app.state.pages
        answer: Response = pages.render(request, "problem.html", status=problem.status, problem=problem)
    else:
        document = problem.document(getattr(request.state, "request_id", ""))
        answer = JSONResponse(document, problem.status, media_type="application/problem+json")
    answer.headers.update(problem.headers)
    return answer


def problem_of(request: Request, error: Exception) -> Problem:
    match error:
        case RefusedError():
            return _translated(request, error.status, error, error.headers)
        case DomainError():
            return _translated(request, 409, error)
        case RequestValidationError():
            return _invalid(request, error.errors())
        case body.NotAdmittedError():
            return problem_of(request, error.refusal)
        case HTTPException():
            return _plain(request, error.status_code, error.headers)
        case _ if isinstance(error, UNAVAILABLE):
            return _plain(request, 503, {"Retry-After": "5"})
        case _:
            return _plain(request, 500)


def _translated(
    request: Request, status: int, error: DomainError, headers: Mapping[str, str] | None = None
) -> Problem:
    say = _translator(request)
    return Problem(
        status, error.kind, say(TITLES[status]), say(error.msgid, **error.values), (), headers or {}
    )


def _plain(request: Request, status: int, headers: Mapping[str, str] | None = None) -> Problem:
    say = _translator(request)
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    detail = say(DETAILS.get(status, title), limit=request.scope.get(body.LIMIT, 0) // 1024)
    kind = KINDS.get(status, f"http_{status}")
    return Problem(status, kind, say(title), detail, (), headers or {})


def _invalid(request: Request, errors: Sequence[Any]) -> Problem:
    say = _translator(request)
    named = tuple(_field_error(request, error) for error in errors if not _follows(error, errors))
    return Problem(422, "invalid_fields", say(TITLES[422]), say(DETAILS[422]), named)


def _follows(error: Mapping[str, Any], errors: Sequence[Any]) -> bool:
    """A list counts as too short also when something in it is wrong, which is told by itself."""
    place = tuple(error["loc"])
    return error["type"] == "too_short" and any(
        len(each["loc"]) > len(place) and tuple(each["loc"])[: len(place)] == place for each in errors
    )


def _field_error(request: Request, error: Mapping[str, Any]) -> FieldError:
    place, *path = error["loc"] or ("body",)
    if place not in ("body", "query", "path", "header", "cookie"):
        place, path = "body", [place, *path]
    if error["type"] == "json_invalid":
        path = []
    pointer = json_pointer(path) if place == "body" and path else None
    return FieldError(str(place), ".".join(map(str, path)), _sentence(request, error), pointer)


def json_pointer(path: Sequence[object]) -> str:
    """Write a path as RFC 6901 has it."""
    return "".join(f"/{str(each).replace('~', '~0').replace('/', '~1')}" for each in path)


def _sentence(request: Request, error: Mapping[str, Any]) -> str:
    """A validator's own ValueError speaks with its msgid; pydantic's words could quote the input and are not used."""
    say = _translator(request)
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return say(str(context["error"]))
    wrong = "missing" if context.get("min_length") == 1 else error["type"]
    typed = error.get("input")  # None also where an error was written without it
    if wrong == "date_from_datetime_parsing" and isinstance(typed, str):
        return say(unread_day(typed))
    if wrong == "datetime_from_date_parsing" and isinstance(typed, str):
        return say(unread_moment(typed, FIELDS[wrong]))
    known = {name: context[name] for name in LIMITS if name in context}
    if wrong == "string_too_long" and isinstance(typed, str):
        known["length"] = _length_over(typed, context["max_length"])
    elif wrong == "string_too_long":
        wrong = "too_many_characters"
    return say(
        FIELDS.get(wrong, OTHERWISE), expected=str(context.get("expected", "")).replace(" or ", ", "), **known
    )


def _length_over(text: str, most: int) -> int:
    """Count the characters without the blanks around them, unless only these are too many."""
    length = len(text.strip())
    return length if length > most else len(text)


def unread_day(text: str) -> str:
    """Return the sentence for a text that can't be read as a day: that it is needed, that it is in no calendar, or how it is written."""
    written = DAY.fullmatch(text.strip())
    if written is None:
        return FIELDS["date_parsing"] if text.strip() else FIELDS["missing"]
    first, middle, last = map(int, filter(None, written.groups()))
    try:
        date(first if written[1] else last, middle, last if written[1] else first)
    except ValueError:
        return NO_SUCH_DAY
    return FIELDS["date_parsing"]


def unread_moment(text: str, otherwise: str = FIELDS["datetime_parsing"]) -> str:
    """Return the sentence for a text that can't be read as a day and a time; `otherwise` says how they are written."""
    sentence = unread_day(re.split("[T ]", text.strip(), maxsplit=1)[0])
    return otherwise if sentence == FIELDS["date_parsing"] else sentence


def field_errors(request: Request, error: ValidationError) -> dict[str, str]:
    """Dotted field name -> sentence, for a form that is shown again."""
    problem = _invalid(request, error.errors(include_url=False))
    return {e.field: e.detail for e in reversed(problem.errors)}


def _translator(request: Request) -> Translator:
    pages: Pages = request.app.state.pages
    return pages.translator(language_of(request))


async def _answer(request: Request, error: Exception) -> Response:
    return response(request, error)


UNAVAILABLE = (UnavailableError, *AWAY)
REFUSALS = (DomainError, UnavailableError, RequestValidationError, HTTPException)


async def _answer_lost(request: Request, error: Exception) -> Response:
    logger.error("rules that a case was received under are lost: %s", error)
    return response(request, RulesLostError())


def install_lost(app: FastAPI, kind: type[Exception]) -> None:
    """Answer what a service raises where rules are lost; the chassis knows none of its own."""
    app.add_exception_handler(kind, _answer_lost)


def install(app: FastAPI) -> None:
    for kind in REFUSALS:
        app.add_exception_handler(kind, _answer)
