from datetime import UTC, date, datetime

import pytest
from babel.dates import format_datetime
from starlette.requests import Request

from zi_chassis.office_clock import office_zone
from zi_chassis.web.language import Catalogue, day, language_of, moment


def request(query: str = "", cookie: str = "", accept: str = "") -> Request:
    headers = [(b"cookie", f"zi_lang={cookie}".encode()), (b"accept-language", accept.encode())]
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "language"),
    [
        ("lang=en", "id", "id", "en"),
        ("", "en", "id", "en"),
        ("", "", "en-GB,id;q=0.5", "en"),
        ("", "", "fr, in;q=0.4, en;q=0.9", "en"),
        ("", "", "in-ID", "id"),
        ("", "", "fr", "id"),
        ("lang=xx", "yy", "en;q=broken", "en"),
        ("", "", "", "id"),
    ],
)
def test_the_wish_in_the_address_goes_before_the_cookie_and_the_browser(
    query: str, cookie: str, accept: str, language: str
) -> None:
    assert language_of(request(query, cookie, accept)) == language


def test_a_sentence_is_its_own_english_and_its_values_are_told_in_the_language() -> None:
    catalogue = Catalogue()
    sentence = catalogue.translate("en", "Until {when}.", when=date(2026, 12, 1))
    assert sentence == "Until Tuesday, 1 December 2026."
    assert catalogue.translate("id", "Sign in") == "Masuk"
    assert catalogue.translate("id", "Write at least {min_length} characters.", min_length=5).endswith(
        "5 karakter."
    )


def test_counting_knows_the_english_plural() -> None:
    catalogue = Catalogue()
    assert catalogue.count("en", "{number} day", "{number} days", 1) == "1 day"
    assert catalogue.count("en", "{number} day", "{number} days", 3) == "3 days"
    assert catalogue.count("id", "{number} hari", "x", 3) == "3 hari"


def test_times_are_told_in_wita() -> None:
    at = datetime(2026, 11, 30, 17, 5, tzinfo=UTC)
    assert moment(at, "id") == "1 Desember 2026 pukul 01.05 WITA"
    assert moment(at, "en") == "1 December 2026, 01:05 WITA"
    assert day(at, "id") == "Selasa, 1 Desember 2026"


def test_a_moment_is_written_as_babel_would_write_it() -> None:
    shapes = {"id": "d MMMM y 'pukul' HH.mm", "en": "d MMMM y, HH:mm"}
    for month in range(1, 13):
        at = datetime(2026, month, 3, 1, 7, tzinfo=UTC)
        for code, shape in shapes.items():
            written = format_datetime(at.astimezone(office_zone()), shape, locale=code)
            assert moment(at, code) == f"{written} WITA"
