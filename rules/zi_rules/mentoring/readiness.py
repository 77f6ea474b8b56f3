"""The readiness of a product, its label or its dossier for registration, with a list of everything that is missing."""

from collections.abc import Collection
from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from zi_rules.mentoring.assessment import Score
from zi_rules.mentoring.rule_set import MentoringRules, Part, Requirement

# The requirement that is there when the assessment is good enough.
CPPOB_REACHED = "cppob_reached"


class Readiness(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    share: Fraction
    missing: tuple[Requirement, ...]


def readiness(
    product: str,
    risk: str,
    traits: Collection[str],
    present: Collection[str],
    rules: MentoringRules,
    score: Score | None = None,
    parts: Collection[Part] = tuple(Part),
) -> Readiness:
    """`traits` are those that are true of the product; `present` are the requirements that are met; all parts together, or only those that
    are named."""
    there = (
        {*present, CPPOB_REACHED} if score is not None and score.enough else set(present) - {CPPOB_REACHED}
    )
    required = [
        each for each in rules.requirements if each.part in parts and each.is_asked_of(product, risk, traits)
    ]
    missing = tuple(each for each in required if each.code not in there)
    share = Fraction(len(required) - len(missing), len(required)) if required else Fraction(1)
    return Readiness(share=share, missing=missing)
