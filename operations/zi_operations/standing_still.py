"""A part of the house that stands still, as `zona doctor` and `zona check` name it."""

from dataclasses import dataclass

from zi_verify.verdict import Sentence


@dataclass(frozen=True)
class StandingStill:
    """A part of the house, why it stands still in its own words, and the way out."""

    part: str
    why: str
    remedy: Sentence
