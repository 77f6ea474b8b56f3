"""A questionnaire as versioned data: elements by name, answers in words, and the method that turns answers into an index."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from zi_rules.provenance import Sourced, Text
from zi_rules.version import (
    Code,
    ContentLookup,
    Editions,
    Versioned,
    load_versions,
    no_content,
    refuse_repeats,
)

QUESTIONNAIRE = "questionnaire"
Percentage = Annotated[int, Field(ge=1, le=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SurveyElement(_Part):
    """`answers` are the words for 1, 2, 3 ..., where they are others than the questionnaire's."""

    code: Code
    name: Text
    question: Text
    answers: tuple[Text, ...] = ()


class SurveyGrade(_Part):
    """Reached with an index of at least `least`, after rounding to two decimals."""

    code: Code
    name: Text
    least: Decimal


class Conversion(Sourced):
    """The way from the mean of the raw values to the index.

    `times_25`: 1-4 becomes 25-100. `share_of_four`: mean / scale x 4. `stretched_to_four`: (mean - 1) / (scale - 1) x 4.
    """

    method: Literal["times_25", "share_of_four", "stretched_to_four"]


class SurveyPractice(Sourced):
    """Numbers that this office chose for its surveys: when a result is shown, how many days after the last one
    answers are still collected, what is followed up, what is flagged."""

    least_answers: PositiveInt
    collection_days: NonNegativeInt
    weakest: NonNegativeInt
    follow_up_days: PositiveInt
    flag_from: PositiveInt
    burst_percent: Percentage
    identical_percent: Percentage
    office_percent: Percentage
    paper_percent: Percentage


class Questionnaire(Versioned):
    """Grades go from the best to the one for everybody; a questionnaire may have none."""

    kind: Literal["skm", "spkp", "spak", "own"]
    scale: Annotated[int, Field(ge=2, le=10)]
    answers: tuple[Text, ...]
    elements: Annotated[tuple[SurveyElement, ...], Field(min_length=1, max_length=20)]
    grades: tuple[SurveyGrade, ...] = ()
    conversion: Conversion
    practice: SurveyPractice

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        refuse_repeats([each.code for each in self.elements])
        refuse_repeats([each.code for each in self.grades])
        for words in (self.answers, *(each.answers for each in self.elements if each.answers)):
            if len(words) != self.scale:
                raise ValueError(f"give words for each answer from 1 to {self.scale}")
        if self.conversion.method == "times_25" and self.scale != 4:
            raise ValueError("times_25 is for answers from 1 to 4")
        least = [each.least for each in self.grades]
        if least and (least != sorted(set(least), reverse=True) or least[-1] != 0):
            raise ValueError("grades go from the best down to one that begins at 0")
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(each.code for each in self.elements)

    def element(self, code: str) -> SurveyElement:
        """Return the element of this name. Raises KeyError."""
        return {each.code: each for each in self.elements}[code]

    def answers_of(self, element: SurveyElement) -> tuple[Text, ...]:
        return element.answers or self.answers


def load_questionnaires(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[Questionnaire]:
    return load_versions(Questionnaire, QUESTIONNAIRE, "integrity/surveys", office_folder, content_of)
