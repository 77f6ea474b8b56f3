"""Flags show what looks like help from the office; below the least number nothing is flagged."""

from datetime import date, timedelta

from zi_rules.survey.flags import CollectedAnswer, CollectedOrigins, SurveyFlag, flags_of, office_flags
from zi_rules.survey.questionnaire import load_questionnaires

PRACTICE = load_questionnaires()[0].practice
DAY = date(2026, 10, 5)


def spread(count: int, service: str = "ski", on_paper: bool = False) -> list[CollectedAnswer]:
    """Return answers of which no two have the same day or values."""
    return [CollectedAnswer(service, DAY + timedelta(number), (number,), on_paper) for number in range(count)]


def test_answers_of_many_days_and_minds_raise_nothing() -> None:
    assert flags_of(spread(40), PRACTICE) == []


def test_half_of_the_answers_on_one_day_are_a_burst() -> None:
    burst = [CollectedAnswer("ski", DAY - timedelta(1), (100 + number,), False) for number in range(20)]
    assert flags_of([*spread(20), *burst], PRACTICE) == [
        SurveyFlag("burst", "ski", DAY - timedelta(1), 20, 40)
    ]
    assert flags_of([*spread(21), *burst], PRACTICE) == []


def test_equal_rows_are_flagged() -> None:
    equal = [each._replace(row=(4, 4), day=each.day + timedelta(100)) for each in spread(18)]
    assert flags_of([*spread(12), *equal], PRACTICE) == [SurveyFlag("identical", "ski", None, 18, 30)]
    assert flags_of([*spread(13), *equal], PRACTICE) == []


def test_much_paper_is_flagged_for_its_service() -> None:
    paper = [each._replace(row=(-each.row[0] - 1,)) for each in spread(12, on_paper=True)]
    found = flags_of([*spread(12), *paper, *spread(12, "complaint")], PRACTICE)
    assert found == [SurveyFlag("paper", "ski", None, 12, 24)]


def test_nothing_is_flagged_among_few_answers() -> None:
    assert flags_of([CollectedAnswer("ski", DAY, (4,), True)] * 9, PRACTICE) == []
    assert flags_of([], PRACTICE) == []


def test_answers_from_the_office_are_counted_over_all_days() -> None:
    ski = CollectedOrigins("ski", 40, 4), CollectedOrigins("ski", 10, 6)
    other = CollectedOrigins("complaint", 40, 0)
    assert office_flags([*ski, other], PRACTICE) == [SurveyFlag("office_network", "ski", None, 10, 50)]
    assert office_flags([*ski, other, CollectedOrigins("ski", 1, 0)], PRACTICE) == []
    assert office_flags([], PRACTICE) == []
