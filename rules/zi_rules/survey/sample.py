"""The number of answers that a survey wants of a service: Krejcie and Morgan (1970), 95 % confidence, 5 % error."""

from fractions import Fraction

CHI_SQUARE = Fraction(3841, 1000)
ERROR_SQUARED = Fraction(25, 10_000)
VARIANCE = Fraction(1, 4)


def wanted_answers(finished: int) -> int:
    """Return the sample for so many users, rounded to the nearest whole number as the published table is."""
    if finished <= 0:
        return 0
    spread = CHI_SQUARE * VARIANCE
    size = spread * finished / (ERROR_SQUARED * (finished - 1) + spread)
    return int(size + Fraction(1, 2))
