"""A checklist of good production of processed food (CPPOB) as versioned data: a form with other grades, words or thresholds needs no code."""

from fractions import Fraction
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

MENTORING_CHECKLIST = "mentoring_checklist"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Grade(_Part):
    code: Code
    name: Text
    weight: PositiveInt


class Aspect(_Part):
    code: Code
    name: Text


class ChecklistItem(_Part):
    """`grades` are the possible grades of a finding here; the person who finds it chooses one. `confirmed` is a document with this
    item."""

    code: Code
    aspect: Code
    text: Text
    grades: Annotated[tuple[Code, ...], Field(min_length=1)]
    may_not_apply: bool = False
    confirmed: Sourced | None = None


class Rating(_Part):
    """Reached with at least this share of the points, and at most so many findings of a grade."""

    code: Code
    name: Text
    least: Annotated[Fraction, Field(ge=0, le=1)] = Fraction(0)
    most: dict[Code, NonNegativeInt] = Field(default_factory=dict)


class Enough(Sourced):
    rating: Code


class Checklist(Versioned):
    """Grades go from the lightest to the heaviest, the critical one, which always blocks; ratings from the best to one for everybody."""

    phrasing: Literal["positive", "negative"]
    grades: Annotated[tuple[Grade, ...], Field(min_length=1)]
    aspects: tuple[Aspect, ...]
    items: Annotated[tuple[ChecklistItem, ...], Field(min_length=1)]
    ratings: Annotated[tuple[Rating, ...], Field(min_length=1)]
    enough: Enough

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for named in (self.grades, self.aspects, self.items, self.ratings):
            refuse_repeats([each.code for each in named])
        grades = {each.code for each in self.grades}
        graded = {code for item in self.items for code in item.grades}
        _refuse_unknown(
            "grades", (graded | {code for rating in self.ratings for code in rating.most}) - grades
        )
        _refuse_unknown(
            "aspects", {item.aspect for item in self.items} ^ {each.code for each in self.aspects}
        )
        _refuse_unknown("ratings", {self.enough.rating} - {each.code for each in self.ratings})
        if self.ratings[-1].least or self.ratings[-1].most:
            raise ValueError("the last rating is for everybody: it asks for nothing")
        return self

    @property
    def critical(self) -> str:
        return self.grades[-1].code

    @property
    def fulfilled(self) -> Literal["yes", "no"]:
        """The answer that means that an item of this form is fulfilled."""
        return "yes" if self.phrasing == "positive" else "no"

    def source_of(self, item: ChecklistItem) -> Sourced:
        return item.confirmed or Sourced(source=self.source, source_status=self.source_status)


def _refuse_unknown(what: str, codes: set[str]) -> None:
    if codes:
        raise ValueError(f"give {what} that are there and are used: {', '.join(sorted(codes))}")


def load_checklists(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[Checklist]:
    return load_versions(Checklist, MENTORING_CHECKLIST, "mentoring/checklists", office_folder, content_of)
