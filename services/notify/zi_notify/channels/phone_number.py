"""Telephone numbers in the one form that is dialled from anywhere."""

import re
from typing import Literal

from zi_notify.texts.letter import BadAddressError

COUNTRY = "62"
MOBILE = re.compile(r"628[1-9][0-9]{7,10}")
ABROAD = re.compile(r"[1-9][0-9]{7,14}")
Form = Literal["+62812", "62812", "0812"]


def mobile_number(text: str) -> str:
    """Return the digits of a number that takes messages, with the country's code. Raises BadAddressError; a line in the wall of a house is
    none, and neither is a number without a country that does not begin as those of mobile telephones do."""
    digits = re.sub(r"[^0-9]", "", text)
    is_international = text.strip().startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if digits.startswith("00") else digits
    if not is_international and digits.startswith("0"):
        digits = COUNTRY + digits[1:]
    if digits.startswith(f"{COUNTRY}0"):  # +62 (0)812
        digits = COUNTRY + digits[len(COUNTRY) + 1 :]
    wanted = MOBILE if digits.startswith(COUNTRY) or not is_international else ABROAD
    if wanted.fullmatch(digits) is None:
        raise BadAddressError("No message can be sent to this telephone number.")
    return digits


def written(number: str, form: Form) -> str:
    """Write a number as a gateway wants it."""
    match form:
        case "+62812":
            return f"+{number}"
        case "62812":
            return number
        case "0812":
            return f"0{number.removeprefix(COUNTRY)}" if number.startswith(COUNTRY) else f"00{number}"
