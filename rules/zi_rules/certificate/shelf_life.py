"""The share of a product's shelf life that is left on a day, as an exact fraction."""

from calendar import monthrange
from datetime import date
from fractions import Fraction


class NoShelfLifeError(ValueError):
    """A product that expires before it is made has no shelf life."""


def shelf_life_remaining(manufactured: date, expires: date, on: date) -> Fraction:
    """Below 0 once it has expired, above 1 before it is made."""
    if expires <= manufactured:
        raise NoShelfLifeError("Give an expiry date after the date of manufacture.")
    return Fraction((expires - on).days, (expires - manufactured).days)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    _, length = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, length))
