"""The office's limits for its public consultation forum, in versions; a forum keeps the version that it was planned under."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from zi_rules.provenance import Sourced
from zi_rules.version import ContentLookup, Editions, Versioned, load_versions, no_content

FORUM_RULES = "forum_rules"
QuorumSource = Literal["code", "attendance"]


class ForumRules(Versioned, Sourced):
    """Limits for one participant and forum; a quorum of 0 means that the office decided none.

    `quorum_counts` says who counts for the quorum; before it was written down, whoever took part with a code did."""

    proposals: PositiveInt
    comments: PositiveInt
    codes_per_address: PositiveInt
    codes_per_connection: PositiveInt
    codes_per_batch: Annotated[int, Field(ge=1, le=200)]
    quorum: Annotated[int, Field(ge=0, le=5)]
    quorum_counts: Annotated[tuple[QuorumSource, ...], Field(min_length=1)] = ("code",)


def load_forum_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[ForumRules]:
    return load_versions(ForumRules, FORUM_RULES, "integrity/forum", office_folder, content_of)
