"""Indonesian or English: which one a request wants, and every sentence, day and time in it; English is the msgid."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from starlette.requests import Request

LANGUAGES: Mapping[str, str] = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"
COOKIE = "zi_lang"
WITA = ZoneInfo("Asia/Makassar")


def language_of(request: Request) -> str:
    """?lang=, then the cookie, then Accept-Language, then Indonesian."""
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
    at = value.astimezone(WITA).date() if isinstance(value, datetime) else value
    return format_date(at, "EEEE, d MMMM y", locale=language)


def moment(value: datetime, language: str) -> str:
    shape = "d MMMM y 'pukul' HH.mm" if language == "id" else "d MMMM y, HH:mm"
    return f"{format_datetime(value.astimezone(WITA), shape, locale=language)} WITA"


def msgid(sentence: str) -> str:
    """Marks a sentence that is translated where it is shown, so that the extraction finds it."""
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
        self._sentences: dict[str, str] = {}
        for package in reversed((*packages, "zi_chassis.web")):
            self._sentences |= indonesian(package)

    def translate(self, language: str, msgid: str | Bilingual, /, **values: object) -> str:
        sentence = self._sentence(language, msgid)
        return sentence.format(**{name: _shown(value, language) for name, value in values.items()})

    def _sentence(self, language: str, msgid: str | Bilingual) -> str:
        if not isinstance(msgid, str):
            return msgid.id if language == "id" else msgid.en
        return self._sentences.get(msgid, msgid) if language == "id" else msgid

    def count(self, language: str, one: str, many: str, number: int, /, **values: object) -> str:
        """Indonesian has no plural: it is translated under `one`."""
        msgid = one if language == "id" or number == 1 else many
        return self.translate(language, msgid, number=number, **values)


@cache
def indonesian(package: str) -> Mapping[str, str]:
    """msgid -> sentence of a package's locale/id.po; empty when it has none."""
    path = files(package) / "locale" / "id.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        messages = list(read_po(file, locale="id"))
    return {_first(m.id): _first(m.string) for m in messages if m.id and m.string and not m.fuzzy}


def _first(words: str | list[str] | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else words[0]


def _shown(value: object, language: str) -> object:
    if isinstance(value, datetime):
        return moment(value, language)
    return day(value, language) if isinstance(value, date) else value
