"""The result of a window: for all services together and for each, with interval and grade where enough answered."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from zi_chassis.small_groups import counted_together
from zi_integrity.domain.survey.messages import ResultOfService, SurveyWindowOpened
from zi_rules.survey.arithmetic import converted, decimal_text, element_sums, grade_of, index_of
from zi_rules.survey.flags import CollectedAnswer
from zi_rules.survey.interval import interval_of
from zi_rules.survey.questionnaire import Questionnaire


def results_of(
    opened: SurveyWindowOpened, answers: Sequence[CollectedAnswer], questionnaire: Questionnaire
) -> tuple[ResultOfService, ...]:
    """Return the result of all services first, then of each by name."""
    targets = {each.service: each.target for each in opened.targets}
    services = sorted({*targets, *(each.service for each in answers)})
    whole = _result(None, sum(targets.values()), answers, questionnaire, is_hidden=False)
    small = small_services(answers, questionnaire.practice.least_answers)
    return (
        whole,
        *(
            _result(
                each,
                targets.get(each, 0),
                [answer for answer in answers if answer.service == each],
                questionnaire,
                is_hidden=each in small,
            )
            for each in services
        ),
    )


def small_services(answers: Sequence[CollectedAnswer], least: int) -> frozenset[str]:
    """Return the services of too few answers, and with a single such service the next smallest: else the sums of all services less
    those of the others would be its own."""
    sizes = Counter(sorted(each.service for each in answers))
    return counted_together(sizes, least)


def _result(
    service: str | None,
    target: int,
    answers: Sequence[CollectedAnswer],
    questionnaire: Questionnaire,
    *,
    is_hidden: bool,
) -> ResultOfService:
    counts = {"answers": len(answers), "on_paper": sum(each.on_paper for each in answers), "target": target}
    if is_hidden or len(answers) < questionnaire.practice.least_answers:
        return ResultOfService(
            service=service, sums={}, index=None, low=None, high=None, grade=None, **counts
        )
    rows = [each.row for each in answers]
    sums = element_sums(rows, questionnaire.codes)
    index = index_of(sums, len(rows), questionnaire.scale, questionnaire.conversion)
    low, high = (_index_text(total, len(rows), questionnaire) for total in interval_of(rows))
    grade = grade_of(index, questionnaire)
    return ResultOfService(
        service=service,
        sums=sums,
        index=decimal_text(index),
        low=low,
        high=high,
        grade=grade.code if grade else None,
        **counts,
    )


def _index_text(total: int, answers: int, questionnaire: Questionnaire) -> str:
    mean = Fraction(total, answers * len(questionnaire.elements))
    return decimal_text(converted(mean, questionnaire.scale, questionnaire.conversion))
