"""Decide whether a complaint is about a published incident: by the registration number, or by the name of the product in one district. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from zi_rules.registration_number import normalise_number

FEWEST_DIGITS = 6  # of a registration number


@dataclass(frozen=True)
class Matter:
    """The product that a complaint or an incident is about; a field that is not known is empty."""

    district: str
    commodity: str
    product: str
    registration_number: str


def is_about(reported: Matter, published: Matter) -> bool:
    """Return whether both are about the same product. Two numbers decide alone; a kind of product that the reporter does not know fits each."""
    numbers = number_key(reported.registration_number), number_key(published.registration_number)
    if all(numbers):
        return numbers[0] == numbers[1]
    names = name_key(reported.product), name_key(published.product)
    return (
        bool(names[0])
        and names[0] == names[1]
        and reported.district == published.district
        and reported.commodity in ("", published.commodity)
    )


def number_key(text: str) -> str:
    """Return the number without signs; empty for what is none: people write "none" or "not there" into the field as well."""
    key = re.sub(r"[^0-9A-Z]", "", normalise_number(text))
    return key if sum(map(str.isdigit, key)) >= FEWEST_DIGITS else ""


def name_key(text: str) -> str:
    """Return the name without capitals, accents, punctuation and doubled spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    signs = (each if each.isalnum() else " " for each in plain if not unicodedata.combining(each))
    return " ".join("".join(signs).split())
