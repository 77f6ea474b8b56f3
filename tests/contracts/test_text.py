"""A text is what it looks like: no sign in it that a reader does not see, and one spelling; names of every script stay as they are."""

import json
import re
import unicodedata
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import StringConstraints, TypeAdapter, ValidationError

from zi_contracts.text import (
    BLANK,
    LINES,
    ONE_LINE,
    STORED,
    UNSEEN,
    VARIATIONS,
    Line,
    VisibleText,
    first_unseen,
    one_spelling,
    visible,
)

Text: TypeAdapter[str] = TypeAdapter(
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), LINES]
)
Named: TypeAdapter[str] = TypeAdapter(Line)
BOTH = pytest.mark.parametrize("kind", [Named, Text], ids=["line", "lines"])
REFUSED: Any = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")

UNSEEN_SIGNS = {
    "right-to-left override": "\u202e",
    "left-to-right embedding": "\u202a",
    "isolate": "\u2066",
    "end of isolate": "\u2069",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "zero width space": "\u200b",
    "zero width non-joiner": "\u200c",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "Mongolian vowel separator": "\u180e",
    "interlinear annotation": "\ufff9",
    "tag": "\U000e0041",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "null": "\0",
    "escape": "\x1b",
    "delete": "\x7f",
    "next line": "\x85",
    "private use": "\ue000",
    "private plane": "\U00100000",
    "noncharacter": "\ufffe",
    "noncharacter in the middle": "\ufdd0",
    "letter without a picture": "\u3164",
    "half of one": "\uffa0",
    "first half of a syllable": "\u115f",
    "second half of a syllable": "\u1160",
    "grapheme joiner": "\u034f",
    "inherent vowel": "\u17b4",
    "Mongolian variation": "\u180b",
    "braille without a dot": "\u2800",
    "unassigned": "\u0378",
    "unassigned plane": "\U000a0000",
}
NAMES = [
    "Siti Nurhaliza binti Tarudin",
    "Ma'mun Syafi\u2019i",
    "H. M. Rizieq, S.Farm., Apt.",
    "I Gusti Ngurah Rai",
    "Tjokorda Gdé Raka Soekawati",
    "Dapur Ibu Ñoña & Anak-anak",
    "PT Contoh Laut Makmur (Persero) Tbk.",
    "Jalan K.H. Agus Salim No. 7/B, RT 03",
    "شركة المثال للأغذية ذ.م.م",
    "مُحَمَّد",
    "Công ty TNHH Ví Dụ",
    "株式会社サンプル",
    "Пример ООО",
    "ꦧꦭꦻ",
    "Sambal 🌶️ pedas",
    "Rp 10.000\u00a0/ kg",
    "50 µg · ½ l · 25 °C",
]


def refusal(kind: TypeAdapter[str], text: str) -> dict[str, Any]:
    with pytest.raises(ValidationError) as refused:
        kind.validate_python(text)
    [error] = refused.value.errors(include_url=False)
    assert error["type"] == UNSEEN
    return error["ctx"]


@BOTH
@pytest.mark.parametrize("sign", UNSEEN_SIGNS.values(), ids=UNSEEN_SIGNS)
def test_a_sign_that_nobody_sees_is_refused_wherever_it_stands(kind: TypeAdapter[str], sign: str) -> None:
    for text, place in ((f"PT A{sign}B", 5), (f"{sign}PT", 1), (f"PT{sign}", 3)):
        if text.strip() == text:
            assert refusal(kind, text) == {"code": f"U+{ord(sign):04X}", "place": place}


@BOTH
@given(st.characters(categories=REFUSED))
def test_no_sign_of_a_refused_category_gets_through(kind: TypeAdapter[str], sign: str) -> None:
    if kind is Text and sign in "\n\r\t":
        return
    with pytest.raises((ValidationError, UnicodeEncodeError)):
        kind.validate_python(f"a{sign}b")


@given(st.characters(exclude_categories=REFUSED, exclude_characters=[*BLANK, *VARIATIONS]))
def test_every_other_sign_gets_through(sign: str) -> None:
    assert first_unseen(sign) is None
    composed = unicodedata.normalize("NFC", f"a{sign}b")
    assert Named.validate_python(f"a{sign}b") == composed


@BOTH
@pytest.mark.parametrize("name", NAMES)
def test_names_as_people_write_them_stay(kind: TypeAdapter[str], name: str) -> None:
    assert kind.validate_python(name) == unicodedata.normalize("NFC", name)


@BOTH
@pytest.mark.parametrize("sign", VARIATIONS[::15])
def test_a_text_does_not_begin_with_the_look_of_a_sign_that_is_not_there(
    kind: TypeAdapter[str], sign: str
) -> None:
    """An answer of such a sign alone looks empty."""
    assert refusal(kind, sign) == {"code": f"U+{ord(sign):04X}", "place": 1}
    assert kind.validate_python(f"\u2764{sign}") == f"\u2764{sign}"


def test_one_name_has_one_spelling() -> None:
    assert Named.validate_python("Gde\u0301") == Named.validate_python("Gd\u00e9") == "Gdé"


@given(st.text())
def test_a_spelling_is_final(text: str) -> None:
    for lines in (False, True):
        once = one_spelling(text, lines=lines)
        assert one_spelling(once, lines=lines) == once


def test_only_a_text_of_several_lines_has_several() -> None:
    assert Text.validate_python("one\r\ntwo\rthree\tfour") == "one\ntwo\nthree four"
    assert refusal(Named, "one\ntwo") == {"code": "U+000A", "place": 4}
    assert refusal(Named, "one\ttwo")["code"] == "U+0009"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("Pedas 🤦\u200d♀️", "Pedas 🤦♀️"), ("👩🏽\u200d🍳", "👩🏽🍳"), ("❤️\u200d🔥", "❤️🔥")],
)
def test_a_picture_that_a_telephone_composes_stands_as_its_parts(typed: str, expected: str) -> None:
    """Nobody has to know what joins them."""
    assert Text.validate_python(typed) == expected


def test_what_was_kept_before_is_read_as_it_is() -> None:
    old = "PT A\u202eB e\u0301"
    assert Named.validate_python(old, context=STORED) == old


def test_a_text_that_was_signed_for_is_checked_and_not_changed() -> None:
    signed: TypeAdapter[str] = TypeAdapter(Annotated[str, VisibleText(tidies=False)])
    assert signed.validate_python("e\u0301") == "e\u0301"
    assert refusal(signed, "a\u200bb") == {"code": "U+200B", "place": 2}


def test_a_refused_text_is_shown_with_marks_in_the_place_of_what_nobody_sees() -> None:
    assert visible("PT A\u202eB\n") == "PT A\ufffdB\ufffd"
    assert visible("PT A\u200bB\n\t", allowed="\n\t") == "PT A\ufffdB\n\t"
    assert visible("PT A\u3164B") == "PT A\ufffdB"
    assert visible("\u202e❤️🤦\u200d♀️") == "\ufffd❤️🤦♀️"
    assert all(visible(name) == name for name in NAMES)


@pytest.mark.parametrize("marker", [ONE_LINE, LINES])
def test_the_schema_says_so_in_an_expression_that_python_reads_too(marker: VisibleText) -> None:
    schema = TypeAdapter(Annotated[str, marker]).json_schema()
    pattern = re.compile(json.loads(json.dumps(schema))["pattern"])
    assert all(pattern.search(name) for name in NAMES)
    assert not any(
        pattern.search(f"a{sign}b") for sign in ("\u202e", "\u200b", "\0", "\ue000", "\u2028", *BLANK)
    )
    assert bool(pattern.search("a\nb")) is marker.lines


def test_what_has_a_pattern_of_its_own_keeps_it_in_the_schema() -> None:
    schema = TypeAdapter(Annotated[str, StringConstraints(pattern="^[a-z]$"), ONE_LINE]).json_schema()
    assert schema["pattern"] == "^[a-z]$"
