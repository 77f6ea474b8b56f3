"""Indonesian or English: which one a request wants, and every sentence, day and time in it; English is the msgid."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Literal, Protocol

from babel.dates import format_date, get_month_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from starlette.requests import Request

from zi_chassis.office_clock import office_zone, zone_name

LANGUAGES: Mapping[str, str] = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"
COOKIE = "zi_lang"


def language_of(request: Request) -> str:
    """Choose a language: ?lang=, then the cookie, then Accept-Language, then Indonesian."""
    wanted = [request.query_params.get("lang"), request.cookies.get(COOKIE), *_accepted(request)]
    return next((language for language in wanted if language in LANGUAGES), DEFAULT) or DEFAULT


def _accepted(request: Request) -> list[str]:
    parts = [part.partition(";q=") for part in request.headers.get("accept-language", "").split(",")[:20]]
    ranked = sorted(parts, key=lambda part: _weight(part[2]), reverse=True)
    tags = (tag.strip().lower().partition("-")[0] for tag, _, _ in ranked)
    return ["id" if tag == "in" else tag for tag in tags]  # "in" is what old Java clients send for Indonesian


def _weight(q: str) -> float:
    try:
        return float(q) if q else 1.0
    except ValueError:
        return 0.0


def day(value: date, language: str) -> str:
    return format_date(_office_date(value), "EEEE, d MMMM y", locale=language)


def short_day(value: date, language: str) -> str:
    """Write a day for a list of many: 4 Des 2026."""
    at = _office_date(value)
    return f"{at.day} {_months(language, 'abbreviated')[at.month]} {at.year}"


def days_between(now: date, then: date) -> int:
    """Count the days of the office's calendar from one to the other; negative for the past."""
    return (_office_date(then) - _office_date(now)).days


def _office_date(value: date) -> date:
    return value.astimezone(office_zone()).date() if isinstance(value, datetime) else value


def moment(value: datetime, language: str) -> str:
    """Write the day as CLDR has it, with the time of the office; a list has hundreds, and Babel reads a pattern anew for each."""
    at = value.astimezone(office_zone())
    clock = f" pukul {at:%H.%M}" if language == "id" else f", {at:%H:%M}"
    return f"{at.day} {_months(language)[at.month]} {at.year}{clock} {zone_name(at)}"


@cache
def _months(language: str, width: Literal["wide", "abbreviated"] = "wide") -> Mapping[int, str]:
    return dict(get_month_names(width, locale=language))


def msgid(sentence: str) -> str:
    """Mark a sentence that is translated where it is shown, so that the extraction finds it."""
    return sentence


class Bilingual(Protocol):
    """A text that brings both languages along."""

    @property
    def en(self) -> str: ...

    @property
    def id(self) -> str: ...


class Catalogue:
    """The Indonesian sentences of the named packages; the first that has one gives it, the chassis last."""

    def __init__(self, *packages: str) -> None:
        self._indonesian = Translations()
        for package in reversed((*packages, "zi_chassis.web")):
            self._indonesian.merge(indonesian(package))  # type: ignore[no-untyped-call]

    def translate(self, language: str, msgid: str | Bilingual, /, **values: object) -> str:
        sentence = self._sentence(language, msgid)
        return sentence.format(**{name: _localised(value, language) for name, value in values.items()})

    def _sentence(self, language: str, msgid: str | Bilingual) -> str:
        if not isinstance(msgid, str):
            return msgid.id if language == "id" else msgid.en
        return self._indonesian.gettext(msgid) if language == "id" else msgid

    def count(self, language: str, singular: str, plural: str, number: int, /, **values: object) -> str:
        """Translate a sentence with a number. Indonesian has no plural: it is translated under the singular."""
        msgid = singular if language == "id" or number == 1 else plural
        return self.translate(language, msgid, number=number, **values)


@cache
def indonesian(package: str) -> Translations:
    """Read a package's locale/id.po; without sentences when it has none."""
    path = files(package) / "locale" / "id.po"
    if not path.is_file():
        return Translations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale="id"))
    compiled.seek(0)
    return Translations(compiled)


def _localised(value: object, language: str) -> object:
    if isinstance(value, datetime):
        return moment(value, language)
    return day(value, language) if isinstance(value, date) else value
