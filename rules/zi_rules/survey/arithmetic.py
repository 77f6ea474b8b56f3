"""The index of a survey: exact fractions, rounded half up to two decimals only to be read and graded."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import assert_never

from zi_rules.survey.questionnaire import Conversion, Questionnaire, SurveyGrade

Row = tuple[int, ...]  # the values of one answer, in the order of the questionnaire's elements


def element_sums(rows: Sequence[Row], elements: Sequence[str]) -> dict[str, int]:
    """Return the sum of each element's values."""
    return {code: sum(row[place] for row in rows) for place, code in enumerate(elements)}


def index_of(sums: Mapping[str, int], answers: int, scale: int, conversion: Conversion) -> Fraction:
    """Return the index: the mean of the elements' means, each with the same weight (1/9 of nine), converted."""
    return converted(Fraction(sum(sums.values()), answers * len(sums)), scale, conversion)


def converted(mean: Fraction, scale: int, conversion: Conversion) -> Fraction:
    """Return the index of a mean of raw values from 1 to `scale`."""
    match conversion.method:
        case "times_25":
            return mean * 25
        case "share_of_four":
            return mean / scale * 4
        case "stretched_to_four":
            return (mean - 1) / (scale - 1) * 4
        case _:
            assert_never(conversion.method)


def hundredths(value: Fraction) -> int:
    """Round half up to hundredths; `value` is not negative."""
    return (value * 200 + 1).__floor__() // 2


def decimal_text(value: Fraction) -> str:
    """Write with two decimals: 88.31."""
    whole, rest = divmod(hundredths(value), 100)
    return f"{whole}.{rest:02}"


def grade_of(index: Fraction, questionnaire: Questionnaire) -> SurveyGrade | None:
    """Return the best grade that the rounded index reaches; None where the questionnaire has no grades."""
    rounded = Fraction(hundredths(index), 100)
    return next((each for each in questionnaire.grades if rounded >= Fraction(each.least)), None)


def weakest(sums: Mapping[str, int], most: int) -> list[str]:
    """Return at most `most` elements with the lowest sums, the weakest first; of equals the one that is asked earlier."""
    return sorted(sums, key=lambda code: sums[code])[:most]
