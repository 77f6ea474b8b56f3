"""A number in the one form that is dialled from anywhere; a line that takes no messages is none."""

import pytest

from zi_notify.channels.phone_number import Form, mobile_number, written
from zi_notify.texts.letter import BadAddressError


@pytest.mark.parametrize(
    "text",
    [
        *("0812 3456 7890", "+62 812-3456-7890", "6281234567890", "+62 (0)812 3456 7890"),
        *("0062 812 3456 7890", "(0812) 34567890"),
    ],
)
def test_every_spelling_is_one_number(text: str) -> None:
    assert mobile_number(text) == "6281234567890"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(0551) 21234",
        "021 5551234",
        "1500533",
        "+62 551 21234",
        "0812 345",
        "812345678901234567",
        "0801 2345 6789",
    ],
)
def test_what_takes_no_messages_is_refused(text: str) -> None:
    with pytest.raises(BadAddressError):
        mobile_number(text)


def test_a_number_from_abroad_is_taken_with_its_country() -> None:
    assert mobile_number("+60 12-345 6789") == "60123456789"
    with pytest.raises(BadAddressError):
        mobile_number("60 12-345 6789")


@pytest.mark.parametrize(
    ("form", "ours", "abroad"),
    [
        ("+62812", "+6281234567890", "+60123456789"),
        ("62812", "6281234567890", "60123456789"),
        ("0812", "081234567890", "0060123456789"),
    ],
)
def test_a_gateway_gets_its_own_form(form: Form, ours: str, abroad: str) -> None:
    assert (written("6281234567890", form), written("60123456789", form)) == (ours, abroad)
