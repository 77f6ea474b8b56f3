"""The office's rules for compensation: what it owes for a missed deadline, by service, by when it acts, and the list of root causes."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from zi_rules.period import Period
from zi_rules.provenance import Text
from zi_rules.version import Code, ContentLookup, Editions, Versioned, load_versions, no_content

COMPENSATION = "compensation"
APOLOGY = "apology"


class CompensationLimit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Period


class CompensationRules(Versioned):
    """`owed` has the forms by service; a service that is not in it gets an apology, which the office has not decided."""

    offer: CompensationLimit
    answer: CompensationLimit
    give: CompensationLimit
    find_cause: CompensationLimit
    owed: dict[Code, tuple[Code, ...]]
    forms: dict[Code, Text]
    causes: dict[Code, Text]

    @model_validator(mode="after")
    def _names_every_form(self) -> Self:
        named = {APOLOGY, *(form for forms in self.owed.values() for form in forms)}
        if unnamed := sorted(named - self.forms.keys()):
            raise ValueError(f"forms must name {', '.join(unnamed)}")
        if empty := sorted(service for service, forms in self.owed.items() if not forms):
            raise ValueError(f"owed says nothing for {', '.join(empty)}: leave the service out")
        if not self.causes:
            raise ValueError("causes must name at least one root cause")
        return self

    def owed_for(self, service: str) -> tuple[str, ...]:
        return self.owed.get(service, (APOLOGY,))

    def is_decided(self, service: str) -> bool:
        """Return whether the office has decided what it owes for the service."""
        return service in self.owed


def load_compensation_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[CompensationRules]:
    return load_versions(CompensationRules, COMPENSATION, "integrity/compensation", office_folder, content_of)


def compensation_rules_of(rules: Sequence[CompensationRules], day: date) -> CompensationRules:
    """Return the newest in force on the day; before the first there was nothing to owe by, so the first holds for that time too."""
    in_force = [each for each in rules if each.is_in_force(day)]
    return max(in_force or rules, key=lambda each: each.effective_from)
