"""The office's rules for mentoring as one versioned set, pinned on each case when it is triaged."""

from collections.abc import Collection
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from zi_rules.provenance import Sourced, SourceStatus, Text
from zi_rules.standard import Term
from zi_rules.version import (
    Code,
    ContentLookup,
    Editions,
    Versioned,
    load_versions,
    no_content,
    refuse_repeats,
)

MENTORING_RULES = "mentoring_rules"


class Track(StrEnum):
    """The office that registers a product: BPOM (MD), the district's health office (P-IRT), or none."""

    MD = "md"
    PIRT = "pirt"
    NONE = "none"


class Part(StrEnum):
    """The part of the process that a requirement belongs to."""

    BUSINESS = "business"
    PERMIT = "permit"
    LABEL = "label"
    REGISTRATION = "registration"


class Ruling(Sourced):
    """A ruling for products that have any of the traits; for all where it names none. `reason` is shown to the applicant."""

    code: Code
    any_of: frozenset[Code] = frozenset()
    reason: Text


class TrackRuling(Ruling):
    track: Track


class RiskRuling(Ruling):
    risk: Code


class Requirement(Sourced):
    """Something to be there, for the risks and kinds of product that it names and for products with any of its traits; for all where it
    names none. `rated_enough`: the business's own assessment must reach what its checklist calls enough."""

    code: Code
    part: Part
    text: Text
    risks: frozenset[Code] = frozenset()
    products: frozenset[Code] = frozenset()
    any_of: frozenset[Code] = frozenset()
    rated_enough: bool = False

    def is_asked_of(self, product: str, risk: str, traits: Collection[str]) -> bool:
        return (
            (not self.risks or risk in self.risks)
            and (not self.products or product in self.products)
            and (not self.any_of or not self.any_of.isdisjoint(traits))
        )


class Paper(Sourced):
    """Something to take along to another office."""

    code: Code
    text: Text


class Fee(Sourced):
    """Whole rupiah, from the least to the most; what it is within depends on the kind of product."""

    least: NonNegativeInt
    most: NonNegativeInt


class Reduction(Sourced):
    """The share of a fee that micro and small businesses need not pay."""

    share: Annotated[Fraction, Field(ge=0, le=1)]


class Step(Sourced):
    """The next thing to do, in plain language."""

    text: Text
    fee: Code | None = None


class VerificationMeans(StrEnum):
    """The ways in which an official sees that something was put right."""

    ON_SITE = "on_site"
    LIVE = "live"
    FILE = "file"


class CriticalFindings(Sourced):
    """The means by which a critical finding is verified."""

    means: Annotated[frozenset[VerificationMeans], Field(min_length=1)]


# Of rules that say nothing of it.
SEEN_ALIVE = CriticalFindings(
    means=frozenset({VerificationMeans.ON_SITE, VerificationMeans.LIVE}),
    source="No document seen: this office's own rule",
    source_status=SourceStatus.UNVERIFIED,
)


class MentoringNames(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    tracks: dict[Track, Text]
    risks: dict[Code, Text]
    products: dict[Code, Text]
    traits: dict[Code, Text]


class MentoringRules(Versioned):
    """Of `tracks` and `risks` the first that holds decides; `referral` is what to take to the health office; `steps` are by the state of a
    case; `checklist` is the form in use.
    """

    checklist: Code
    tracks: Annotated[tuple[TrackRuling, ...], Field(min_length=1)]
    risks: Annotated[tuple[RiskRuling, ...], Field(min_length=1)]
    requirements: tuple[Requirement, ...]
    referral: tuple[Paper, ...] = ()
    steps: dict[Code, Step]
    fees: dict[Code, Fee]
    reduction: Reduction
    correction: Term
    silence: Term
    sleep: Term
    later_check: Term
    critical: CriticalFindings = SEEN_ALIVE
    names: MentoringNames

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        refuse_repeats([each.code for each in (*self.tracks, *self.risks)])
        refuse_repeats([each.code for each in self.requirements])
        refuse_repeats([each.code for each in self.referral])
        if self.tracks[-1].any_of or self.risks[-1].any_of:
            raise ValueError("the last of the tracks and of the risks holds for every product")
        _refuse_unnamed(set(Track) - set(self.names.tracks))
        by_trait = [each.any_of for each in (*self.tracks, *self.risks)]
        by_trait += [each.any_of for each in self.requirements]
        _refuse_unnamed(set[str]().union(*by_trait) - set(self.names.traits))
        named = {risk for each in self.requirements for risk in each.risks} | {
            each.risk for each in self.risks
        }
        _refuse_unnamed(named - set(self.names.risks))
        _refuse_unnamed(
            {kind for each in self.requirements for kind in each.products} - set(self.names.products)
        )
        _refuse_unnamed({step.fee for step in self.steps.values() if step.fee} - set(self.fees))
        return self


def _refuse_unnamed(codes: set[Track] | set[str]) -> None:
    if codes:
        raise ValueError(f"say what this is: {', '.join(sorted(codes))}")


def load_mentoring_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[MentoringRules]:
    return load_versions(MentoringRules, MENTORING_RULES, "mentoring/rules", office_folder, content_of)
