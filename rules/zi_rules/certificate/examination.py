"""Everything that the rules find wrong or missing in an application, at once: nothing found and nothing missing is complete."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict, Field

from zi_rules.certificate.finding import PLAIN, Finding, MissingDocument, as_finding, found, merged
from zi_rules.certificate.item import ProductItem
from zi_rules.certificate.item_finding import Setting, item_findings
from zi_rules.certificate.kind import CertificateKind, Circumstance, Direction, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.requirement import (
    Attached,
    Requirements,
    asks_for_arrival,
    missing_documents,
    requirements,
)
from zi_rules.certificate.rule_set import CertificateRules, Country
from zi_rules.registration_number import Shape, normalise_number


class Particulars(BaseModel):
    """The applicant's statements and attachments, and the approved HS codes of their account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: frozenset[CertificateKind]
    goods: Goods
    country: Country | None = None
    circumstances: frozenset[Circumstance] = frozenset()
    items: tuple[ProductItem, ...]
    attached: tuple[Attached, ...] = ()
    annex_fields: dict[str, str] = Field(default_factory=dict)
    hs_codes: frozenset[str]
    submitted: date
    arrives: date | None = None


class Examination(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: str
    version: int
    findings: tuple[Finding, ...]
    missing: tuple[MissingDocument, ...]

    @property
    def wanting(self) -> tuple[Finding, ...]:
        """Everything in one list; when it is empty the application is complete."""
        return (*self.findings, *(as_finding(each) for each in self.missing))


def examine(stated: Particulars, rules: CertificateRules, shapes: tuple[Shape, ...]) -> Examination:
    needed = [requirements(kind, stated.goods, stated.country, rules) for kind in sorted(stated.kinds)]
    numbers = [item.number for item in stated.items]
    missing = (
        each
        for letter in needed
        for each in missing_documents(letter, stated.attached, stated.circumstances, numbers)
    )
    findings = (*_of_the_whole(stated, needed, rules), *_of_items(stated, needed, rules, shapes))
    return Examination(
        rules=rules.id, version=rules.version, findings=merged(findings), missing=merged(missing)
    )


def _of_the_whole(
    stated: Particulars, needed: list[Requirements], rules: CertificateRules
) -> Iterator[Finding]:
    if not _combine(stated.kinds):
        yield found(
            FindingReason.KINDS_DO_NOT_COMBINE,
            rules.combination,
            "kinds",
            what=", ".join(sorted(stated.kinds)),
        )
    for letter in needed:
        if not letter.tracks:
            yield found(FindingReason.WRONG_TRACK, rules, "kinds", what=letter.kind, expected=stated.goods)
        elif (undecided := rules.undecided_about(letter.kind, stated.goods)) is not None:
            yield found(FindingReason.EVIDENCE_UNDECIDED, undecided, "kinds", what=letter.kind)
        yield from _annexes(letter, stated)
    if asks_for_arrival((letter.kind for letter in needed if letter.shelf_life), rules):
        yield from _arrival(stated, rules)
    yield from _item_list(stated, rules)


def _arrival(stated: Particulars, rules: CertificateRules) -> Iterator[Finding]:
    """Find a day of arrival that the rules count from, and that is not stated or long past."""
    rule = rules.shelf_life_on
    first = stated.submitted - timedelta(days=rule.most_days_ago)
    if stated.arrives is None:
        yield found(FindingReason.ARRIVAL_MISSING, rule, "arrives")
    elif stated.arrives < first:
        yield found(
            FindingReason.ARRIVAL_IMPLAUSIBLE, rule, "arrives", what=stated.arrives, expected=f">= {first}"
        )


def _combine(kinds: frozenset[CertificateKind]) -> bool:
    """One import letter, or any number of export letters."""
    exports = {kind for kind in kinds if kind.direction is Direction.EXPORT}
    return kinds == exports != frozenset() or (len(kinds) == 1 and not exports)


def _annexes(letter: Requirements, stated: Particulars) -> Iterator[Finding]:
    for annex in letter.annexes:
        for field in annex.fields:
            if not stated.annex_fields.get(field, "").strip():
                yield found(
                    FindingReason.ANNEX_INCOMPLETE, annex, f"annex_fields.{field}", what=annex.country
                )


def _item_list(stated: Particulars, rules: CertificateRules) -> Iterator[Finding]:
    count = len(stated.items)
    if not count:
        yield found(FindingReason.NO_ITEMS, PLAIN, "items")
    if count > rules.items.most:
        yield found(
            FindingReason.TOO_MANY_ITEMS, rules.items, "items", what=count, expected=f"<= {rules.items.most}"
        )
    yield from _repeated(stated.items)
    yield from _elsewhere(stated)


def _repeated(items: tuple[ProductItem, ...]) -> Iterator[Finding]:
    times = Counter(_likeness(item) for item in items)
    for item in items:
        if times[_likeness(item)] > 1:
            yield found(FindingReason.ITEM_REPEATED, PLAIN, "items", item.number, item.batch)


def _likeness(item: ProductItem) -> tuple[object, ...]:
    number = normalise_number(item.registration_number or "")
    return item.product.casefold(), number, item.batch, item.expires, item.pack, item.invoice


def _elsewhere(stated: Particulars) -> Iterator[Finding]:
    """Find items with another country than that of the export, whose annex was asked for."""
    exports = any(kind.direction is Direction.EXPORT for kind in stated.kinds)
    for item in stated.items if exports else ():
        if item.country != stated.country:
            yield found(
                FindingReason.OTHER_DESTINATION,
                PLAIN,
                "country",
                item.number,
                item.country,
                stated.country or "",
            )


def _of_items(
    stated: Particulars, needed: Iterable[Requirements], rules: CertificateRules, shapes: tuple[Shape, ...]
) -> Iterator[Finding]:
    setting = Setting(
        rules=rules,
        shapes=shapes,
        hs_codes=stated.hs_codes,
        circumstances=stated.circumstances,
        submitted=stated.submitted,
        arrives=stated.arrives,
    )
    for letter in needed:
        for item in stated.items:
            yield from item_findings(item, letter, setting)
