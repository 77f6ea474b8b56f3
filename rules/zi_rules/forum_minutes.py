"""The office's rule for the minutes of a forum, in versions: the number of people of the public who sign."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from zi_rules.provenance import Sourced
from zi_rules.version import ContentLookup, Editions, Versioned, load_versions, no_content

MINUTES_RULES = "minutes_rules"


class MinutesRules(Versioned, Sourced):
    public_signatures: Annotated[int, Field(ge=2, le=20)]


def load_minutes_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[MinutesRules]:
    return load_versions(MinutesRules, MINUTES_RULES, "integrity/minutes", office_folder, content_of)
