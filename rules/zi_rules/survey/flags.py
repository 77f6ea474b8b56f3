"""Signs that a survey was helped along: many answers on one day, many that are equal, many from the office itself, many on paper.

A flag is shown beside the result; it never drops an answer.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from zi_rules.survey.arithmetic import Row
from zi_rules.survey.questionnaire import SurveyPractice

SurveyFlagKind = Literal["burst", "identical", "office_network", "paper"]


class CollectedAnswer(NamedTuple):
    """One answer as far as flags and results need it."""

    service: str
    day: date
    row: Row
    on_paper: bool


class SurveyFlag(NamedTuple):
    """`number` of `of` answers; `service` and `day` where it is about one of them."""

    kind: SurveyFlagKind
    service: str | None
    day: date | None
    number: int
    of: int


def flags_of(answers: Sequence[CollectedAnswer], practice: SurveyPractice) -> list[SurveyFlag]:
    """Return the flags of each service by name, and within it by day."""
    services = sorted({each.service for each in answers})
    return [
        flag
        for service in services
        for flag in _of_service(service, [each for each in answers if each.service == service], practice)
    ]


def _of_service(
    service: str, answers: Sequence[CollectedAnswer], practice: SurveyPractice
) -> Iterator[SurveyFlag]:
    of = len(answers)
    for day, number in sorted(Counter(each.day for each in answers).items()):
        if _is_flagged(number, of, practice.burst_percent, practice):
            yield SurveyFlag("burst", service, day, number, of)
    equal = max(Counter(each.row for each in answers).values())
    if _is_flagged(equal, of, practice.identical_percent, practice):
        yield SurveyFlag("identical", service, None, equal, of)
    paper = sum(each.on_paper for each in answers)
    if _is_flagged(paper, of, practice.paper_percent, practice):
        yield SurveyFlag("paper", service, None, paper, of)


class CollectedOrigins(NamedTuple):
    """Of the answers of a day, so many came from the office's own network."""

    service: str
    answers: int
    from_office: int


def office_flags(origins: Sequence[CollectedOrigins], practice: SurveyPractice) -> list[SurveyFlag]:
    """Return the flags for answers from the office's network, of each service by name."""
    return [
        flag
        for service in sorted({each.service for each in origins})
        for flag in _from_office(service, [each for each in origins if each.service == service], practice)
    ]


def _from_office(
    service: str, origins: Sequence[CollectedOrigins], practice: SurveyPractice
) -> Iterator[SurveyFlag]:
    of, office = sum(each.answers for each in origins), sum(each.from_office for each in origins)
    if _is_flagged(office, of, practice.office_percent, practice):
        yield SurveyFlag("office_network", service, None, office, of)


def _is_flagged(number: int, of: int, percent: int, practice: SurveyPractice) -> bool:
    return number >= practice.flag_from and number * 100 >= percent * of
