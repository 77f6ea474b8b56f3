"""The office's rules for the permit of good production (IP CPPOB): its periods, how long it is valid, and how it may be revoked.

What no document states is left out, and then it is undecided: nothing is printed or computed in its place.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced, Text
from zi_rules.standard import Term
from zi_rules.version import Code, ContentLookup, Editions, no_content

PERMIT_RULES = "permit_rules"
PermitPeriod = Literal["account", "evaluation", "issue"]
MOST_YEARS = 50


class PermitValidity(Sourced):
    """Whole years from the day of the issue."""

    years: Annotated[PositiveInt, Field(le=MOST_YEARS)]

    def last_day(self, issued: date) -> date:
        """Return the same day of the last year; the 28th for a 29th of February that does not exist there."""
        last = issued.year + self.years
        try:
            return issued.replace(year=last)
        except ValueError:
            return issued.replace(year=last, day=28)


class PermitRenewal(Sourced):
    """Calendar days before the last day."""

    days: PositiveInt


class PermitWords(BaseModel):
    """One line of the permit in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=300)]
    en: Annotated[str, Field(min_length=1, max_length=300)]


class PermitStatements(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    commitment: PermitWords
    standard: PermitWords


class PermitLabels(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    holder: PermitWords
    place: PermitWords
    valid_until: PermitWords
    renews: PermitWords


class PermitWording(BaseModel):
    """The words of the permit; a signed one keeps those that it has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: PermitWords
    position: Annotated[str, Field(min_length=1, max_length=300)]
    validity_undecided: PermitWords
    statements: PermitStatements
    labels: PermitLabels


class PermitRules(Configured, Sourced):
    """`account`, `evaluation` and `issue` are the promises to an applicant; where all products are of `commitment_risks` the permit follows from
    a statement of commitment, elsewhere from one that the standard is met. `renewal` is how long before its end a permit may be renewed
    and its holder is reminded; `objection` how long a holder may object to a revocation before it takes effect; None is undecided."""

    account: Term
    evaluation: Term
    issue: Term
    validity: PermitValidity | None = None
    renewal: PermitRenewal | None = None
    objection: Term | None = None
    commitment_risks: frozenset[Code]
    reasons: Annotated[dict[Code, Text], Field(min_length=1)]
    letter: PermitWording

    def term(self, period: PermitPeriod) -> Term:
        return {"account": self.account, "evaluation": self.evaluation, "issue": self.issue}[period]

    def valid_until(self, issued: date) -> date | None:
        """Return the last day of a permit that is issued on this day; None where this office has not decided it."""
        return None if self.validity is None else self.validity.last_day(issued)


def load_permit_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[PermitRules]:
    stated = read_file(PERMIT_RULES, "permits.toml", office_folder)
    return Editions(PermitRules, PERMIT_RULES, [stated], content_of)
