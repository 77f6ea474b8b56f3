"""The score of a checklist: findings, points and rating, from the checklist and the answers alone."""

from collections import Counter
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict

from zi_rules.mentoring.checklist import Checklist, ChecklistItem, Rating

AnswerValue = Literal["yes", "no", "not_applicable"]


class AnswerError(ValueError):
    """An answer that this version of the checklist does not allow."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChecklistAnswer(_Part):
    """`grade` is needed where something is wrong and the item may have several."""

    said: AnswerValue
    grade: str | None = None


Answers = Mapping[str, ChecklistAnswer]


class ItemFinding(_Part):
    item: str
    grade: str
    critical: bool


class Score(_Part):
    """`points` is the share of what applies; there is no rating before everything is answered."""

    points: Fraction
    findings: tuple[ItemFinding, ...]
    unanswered: tuple[str, ...]
    rating: str | None
    blocked: bool
    enough: bool


class Difference(_Part):
    item: str
    business: ChecklistAnswer | None
    official: ChecklistAnswer | None


def score(checklist: Checklist, answers: Answers) -> Score:
    _refuse_strangers(checklist, answers)
    applying = [each for each in checklist.items if _applies(each, answers.get(each.code))]
    findings = tuple(found for each in applying if (found := _finding(checklist, each, answers)))
    unanswered = tuple(each.code for each in checklist.items if each.code not in answers)
    points = _points(checklist, applying, findings)
    rating = None if unanswered else _rating(checklist, points, findings)
    blocked = any(each.critical for each in findings)
    return Score(
        points=points,
        findings=findings,
        unanswered=unanswered,
        rating=rating,
        blocked=blocked,
        enough=not blocked and is_enough(checklist, rating),
    )


def corrected(checklist: Checklist, answers: Answers, items: Collection[str]) -> Answers:
    """Return the answers with the findings at these items corrected."""
    well = ChecklistAnswer(said=checklist.fulfilled)
    return {code: well if code in items else answer for code, answer in answers.items()}


def differences(checklist: Checklist, business: Answers, official: Answers) -> tuple[Difference, ...]:
    """List the items that the business and the official judge differently, or that one of them has not answered."""
    return tuple(
        Difference(item=item.code, business=business.get(item.code), official=official.get(item.code))
        for item in checklist.items
        if _judged(checklist, item, business) != _judged(checklist, item, official)
    )


def _judged(
    checklist: Checklist, item: ChecklistItem, answers: Answers
) -> tuple[AnswerValue, ItemFinding | None] | None:
    answer = answers.get(item.code)
    return None if answer is None else (answer.said, _finding(checklist, item, answers))


def _applies(item: ChecklistItem, answer: ChecklistAnswer | None) -> bool:
    if answer is None or answer.said != "not_applicable":
        return True
    if not item.may_not_apply:
        raise AnswerError(f"{item.code} applies to everybody: answer it.")
    return False


def _finding(checklist: Checklist, item: ChecklistItem, answers: Answers) -> ItemFinding | None:
    answer = answers.get(item.code)
    if answer is None or answer.said in (checklist.fulfilled, "not_applicable"):
        return None
    grade = answer.grade or _only(item)
    if grade not in item.grades:
        raise AnswerError(f"Give {item.code} one of its grades: {', '.join(item.grades)}.")
    return ItemFinding(item=item.code, grade=grade, critical=grade == checklist.critical)


def _only(item: ChecklistItem) -> str | None:
    return item.grades[0] if len(item.grades) == 1 else None


def _points(
    checklist: Checklist, applying: Collection[ChecklistItem], findings: Collection[ItemFinding]
) -> Fraction:
    weights = {each.code: each.weight for each in checklist.grades}
    all_points = sum(max(weights[code] for code in item.grades) for item in applying)
    lost = sum(weights[each.grade] for each in findings)
    return Fraction(all_points - lost, all_points) if all_points else Fraction(1)


def _rating(checklist: Checklist, points: Fraction, findings: Collection[ItemFinding]) -> str:
    counts = Counter(each.grade for each in findings)
    return next(each.code for each in checklist.ratings if _reaches(each, points, counts))


def _reaches(rating: Rating, points: Fraction, counts: Mapping[str, int]) -> bool:
    return points >= rating.least and all(counts[grade] <= most for grade, most in rating.most.items())


def is_enough(checklist: Checklist, rating: str | None) -> bool:
    """Tell whether a rating is as good as the checklist asks for; one of another form is not."""
    best_first = [each.code for each in checklist.ratings]
    return rating in best_first[: best_first.index(checklist.enough.rating) + 1]


def _refuse_strangers(checklist: Checklist, answers: Answers) -> None:
    if strangers := sorted(set(answers) - {each.code for each in checklist.items}):
        raise AnswerError(f"This version of the checklist does not ask for {', '.join(strangers)}.")
