"""The wording of the letter of assignment for a trip, and the officials as it names them.

A trip that is approved keeps the wording of its letter; a changed one is a new version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.office_letter_wording import WordingLine, WordingText
from zi_rules.provenance import Sourced
from zi_rules.version import Code, ContentLookup, Editions, no_content, refuse_repeats

ASSIGNMENT_LETTER = "assignment_letter"
LABELS = frozenset(
    ("district", "days", "departs", "transport", "budget_line", "cases", "officials", "approved")
)


class AssignedOfficial(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    account: Annotated[str, Field(min_length=1, max_length=128)]
    name: WordingLine
    position: WordingLine
    nip: Annotated[str, Field(pattern=r"^[0-9]{18}$")] | None = None


class ApproverPositions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    head: WordingLine
    supervisor: WordingLine


class AssignmentLetterWording(Configured, Sourced):
    title: WordingText
    statement: WordingText
    unsealed: WordingText
    labels: Mapping[Code, WordingText]
    positions: ApproverPositions
    officials: tuple[AssignedOfficial, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = sorted(LABELS - set(self.labels))
        if missing:
            raise ValueError(
                f"word these in both languages: {', '.join(f'labels.{each}' for each in missing)}"
            )
        refuse_repeats([each.account for each in self.officials])
        return self

    def official(self, account: str) -> AssignedOfficial | None:
        return next((each for each in self.officials if each.account == account), None)


def load_assignment_letter(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[AssignmentLetterWording]:
    """Load the wording of new letters; `pinned` finds earlier ones. Raises UnusableConfigurationError."""
    configuration = read_file(ASSIGNMENT_LETTER, f"{ASSIGNMENT_LETTER}.toml", office_folder)
    return Editions(AssignmentLetterWording, ASSIGNMENT_LETTER, [configuration], content_of)
