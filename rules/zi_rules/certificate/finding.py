"""Findings: a fault in an application and the source of the rule, so that it can be contested; never personal data."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, PositiveInt

from zi_rules.certificate.reason import FindingReason
from zi_rules.provenance import Sourced, SourceStatus

# What the dates and the house's own bookkeeping say by themselves has no document behind it.
PLAIN = Sourced(source="Follows from what was stated", source_status=SourceStatus.VERIFIED)


class Finding(BaseModel):
    """`what` is the value in question, in no language; the sentence belongs to the reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: FindingReason
    where: str
    item: PositiveInt | None = None
    what: str = ""
    expected: str = ""
    source: str
    source_status: SourceStatus


class MissingDocument(BaseModel):
    """Any one of them will do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    any_of: tuple[str, ...]
    per: Literal["account", "application", "item"]
    item: PositiveInt | None = None
    source: str
    source_status: SourceStatus


def found(
    reason: FindingReason,
    rule: Sourced,
    where: str,
    item: int | None = None,
    what: object = "",
    expected: object = "",
) -> Finding:
    return Finding(
        reason=reason,
        where=where,
        item=item,
        what=str(what),
        expected=str(expected),
        source=rule.source,
        source_status=rule.source_status,
    )


def as_finding(missing: MissingDocument) -> Finding:
    """`where` names every document that would do."""
    return found(
        FindingReason.DOCUMENT_MISSING,
        Sourced(source=missing.source, source_status=missing.source_status),
        f"documents.{'/'.join(missing.any_of)}",
        missing.item,
    )
