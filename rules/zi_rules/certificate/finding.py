"""Findings: a fault in an application and the source of the rule, so that it can be contested; never personal data."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar

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


_Found = TypeVar("_Found", Finding, MissingDocument)


def merged(found: Iterable[_Found]) -> tuple[_Found, ...]:
    """Join what several rules find alike into one, so that nobody is asked twice for the same."""
    groups: dict[_Found, list[_Found]] = {}
    for each in found:
        groups.setdefault(each.model_copy(update=_NO_SOURCE), []).append(each)
    return tuple(_joined(group) for group in groups.values())


_NO_SOURCE = {"source": "", "source_status": SourceStatus.UNVERIFIED}


def _joined(alike: Sequence[_Found]) -> _Found:
    """Name every source that was verified, or all where none was."""
    cited = [each for each in alike if each.source_status is SourceStatus.VERIFIED] or alike
    return cited[0].model_copy(update={"source": "; ".join(dict.fromkeys(each.source for each in cited))})


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
