"""Telephone numbers and links are taken as people write and mean them; what can't be is explained with an example."""

import pytest
from pydantic import TypeAdapter, ValidationError

from zi_intake.bodies.contact_fields import Link, Phone

PHONES: TypeAdapter[str] = TypeAdapter(Phone)
LINKS: TypeAdapter[str] = TypeAdapter(Link)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+62 811 0000 1234", "+62 811 0000 1234"),
        ("0812-3456-7890 ", "0812-3456-7890"),
        ("0812.3456.7890", "0812.3456.7890"),
        ("(0551) 21234", "(0551) 21234"),
        ("+(62) 551 21234", "+(62) 551 21234"),
        ("0812\u20113456\u20117890", "0812-3456-7890"),
        ("\u202a+62\u00a0812\u00a03456\u00a07890\u202c", "+62 812 3456 7890"),
        ("WA: 081234567890", "081234567890"),
        ("No. HP 081234567890", "081234567890"),
        ("081234567890 (WA)", "081234567890"),
        ("081234567890 wa", "081234567890"),
    ],
)
def test_a_number_is_kept_as_it_is_dialled(typed: str, stored: str) -> None:
    assert PHONES.validate_python(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "0812", "tanya ibu", "WA", "no number", "1" * 40, "0812 3456 7890 atau 0813 3456 7890"]
)
def test_what_is_no_number_is_explained_with_one(typed: str) -> None:
    with pytest.raises(ValidationError, match="for example 0812 3456 7890"):
        PHONES.validate_python(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://toko.example/sambal", "https://toko.example/sambal"),
        ("http://toko.example", "http://toko.example"),
        ("toko.example/sambal?x=1", "https://toko.example/sambal?x=1"),
        ("www.toko-ibu.example", "https://www.toko-ibu.example"),
        ("Lihat produk ini: https://s.example/a1 di Toko", "https://s.example/a1"),
    ],
)
def test_a_link_is_kept_as_it_opens(typed: str, stored: str) -> None:
    assert LINKS.validate_python(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@tokoibu",
        "toko ibu di pasar",
        "javascript:alert(1)",
        "https://a.example https://b.example",
        "sambal",
    ],
)
def test_what_is_no_link_is_explained_with_one(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"for example toko\.example/sambal"):
        LINKS.validate_python(typed)
