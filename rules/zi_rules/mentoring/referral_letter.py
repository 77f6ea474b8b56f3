"""The wording of the letter to the health office, and how long the code on it answers.

A letter that is issued keeps the wording that its content has; a changed one is a new version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.office_letter_wording import WordingText
from zi_rules.provenance import Sourced, Text
from zi_rules.version import Code, Editions

REFERRAL_LETTER = "referral_letter"
LABELS = frozenset(
    ("to", "case", "business", "responsible", "address", "nib", "answer_at", "code", "code_until")
)
HEADINGS = frozenset(("products", "note", "answer"))


class ReferralLetterRules(Configured, Sourced):
    """`answer` tells the health office how it answers."""

    code_days: Annotated[int, Field(ge=1, le=366)]
    title: WordingText
    statement: WordingText
    recipient: WordingText
    position: WordingText
    labels: Mapping[Code, WordingText]
    headings: Mapping[Code, WordingText]
    answer: Text

    @model_validator(mode="after")
    def _words_every_part(self) -> Self:
        missing = [
            *(f"labels.{name}" for name in sorted(LABELS - set(self.labels))),
            *(f"headings.{name}" for name in sorted(HEADINGS - set(self.headings))),
        ]
        if missing:
            raise ValueError(f"word these in both languages: {', '.join(missing)}")
        return self


def load_referral_letter(office_folder: Path | None = None) -> Editions[ReferralLetterRules]:
    """Load the wording that new letters are written in. Raises UnusableConfigurationError."""
    configuration = read_file(REFERRAL_LETTER, f"{REFERRAL_LETTER}.toml", office_folder)
    return Editions(ReferralLetterRules, REFERRAL_LETTER, [configuration])
