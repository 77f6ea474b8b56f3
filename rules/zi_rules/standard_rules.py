"""The office's rules for adopting and reviewing its service standards, in versions."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from zi_rules.provenance import Sourced, Text
from zi_rules.version import Code, ContentLookup, Editions, Versioned, load_versions, no_content

STANDARD_RULES = "standard_rules"


class StandardRules(Versioned, Sourced):
    """`consultation_days` of 0 means that the office decided none."""

    review_months: Annotated[int, Field(ge=1, le=12)]
    consultation_days: Annotated[int, Field(ge=0, le=366)]
    services: Annotated[dict[Code, Text], Field(min_length=1)]

    def review_after(self, day: date) -> date:
        """Return the day of the next review; the last of its month where that month has no such day."""
        months = day.year * 12 + day.month - 1 + self.review_months
        year, month = divmod(months, 12)
        last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date.resolution).day
        return date(year, month + 1, min(day.day, last))


def load_standard_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[StandardRules]:
    return load_versions(StandardRules, STANDARD_RULES, "integrity/standards", office_folder, content_of)
