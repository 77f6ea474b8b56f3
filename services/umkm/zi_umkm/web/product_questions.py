"""The questions of the state about a product, as its pages list them, and the fields with which one is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from zi_chassis.web.form import Form
from zi_chassis.web.page import Translator
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError
from zi_contracts.umkm import QuestionDayReason
from zi_contracts.vault import ItemRef
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.web import labels
from zi_umkm.web.form_fields import chosen, day_of, text_of


@dataclass(frozen=True)
class ProductQuestion:
    """`texts` are there once they were opened: what is asked, and why its day was corrected."""

    question: UUID
    product: int
    due: datetime
    answered_at: datetime | None
    is_missed: bool
    texts: Sequence[str]


def questions_of(
    state: MentoringCase, texts: Mapping[UUID, str], product: int | None = None
) -> list[ProductQuestion]:
    """Return the questions about this product, or all, those without an answer first."""
    found = [each for each in state.state_questions if product in (None, each.product)]
    return [
        ProductQuestion(
            each.question,
            each.product,
            each.due,
            each.answered_at,
            each.is_missed,
            [texts[item.item] for item in each.items if item.item in texts],
        )
        for each in sorted(found, key=lambda each: (each.answered_at is not None, each.due))
    ]


def question_items(state: MentoringCase) -> Sequence[ItemRef]:
    return [item for each in state.state_questions for item in each.items]


def question_day(form: Form, name: str) -> datetime:
    """Return the end of the day that the state's letter names. Raises ChoiceError."""
    day = day_of(form, name)
    if day is None:
        raise ChoiceError(FIELDS["missing"], name)
    return day


def day_reasons(say: Translator) -> list[tuple[str, str]]:
    return [(code, say(title)) for code, title in labels.QUESTION_DAY_REASONS.items()]


def corrected_day(form: Form, question: UUID) -> tuple[datetime, QuestionDayReason, str]:
    """Return the right day, the code of the reason and its words. Raises ChoiceError."""
    due = question_day(form, f"right_day.{question}")
    reason = chosen(form, f"day_reason.{question}", labels.QUESTION_DAY_REASONS)
    text = text_of(form, f"day_note.{question}")
    if text is None:
        raise ChoiceError(FIELDS["missing"], f"day_note.{question}")
    return due, cast(QuestionDayReason, reason), text
