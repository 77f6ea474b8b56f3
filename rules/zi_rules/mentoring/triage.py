"""Triage of a product: the rulings that decide its track and its risk, each with its reason and source."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from zi_rules.mentoring.rule_set import MentoringRules, RiskRuling, Ruling, TrackRuling


class UnknownTraitError(ValueError):
    """These rules do not ask for that."""


class Triage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    track: TrackRuling
    risk: RiskRuling


R = TypeVar("R", bound=Ruling)


def triage(traits: Collection[str], rules: MentoringRules) -> Triage:
    """`traits` are those that are true of the product."""
    if strangers := sorted(set(traits) - set(rules.names.traits)):
        raise UnknownTraitError(f"These rules do not ask for {', '.join(strangers)}.")
    return Triage(track=_first(rules.tracks, traits), risk=_first(rules.risks, traits))


def _first(rulings: Sequence[R], traits: Collection[str]) -> R:
    return next(each for each in rulings if not each.any_of or each.any_of.intersection(traits))
