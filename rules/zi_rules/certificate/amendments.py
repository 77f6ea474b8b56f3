"""The amendment of an issued letter: which of its fields may change, until when, and whether that costs something.

What no rule names is not decided by the office: nothing of such a letter is amended, and nothing is presented as law.
"""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, model_validator

from zi_rules.certificate.finding import Finding, found
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.rule_set import LetterRule
from zi_rules.configuration import Configured
from zi_rules.data_files import is_stated, read_file
from zi_rules.version import ContentLookup, Editions, no_content

CERTIFICATE_AMENDMENTS = "certificate_amendments"
FILE = f"{CERTIFICATE_AMENDMENTS}.toml"
Fee = Literal["none", "tariff"]
ChangedPlace = tuple[str, int | None, str]  # as a finding names it, the number of the product, the new value
_PARTS = {"letter": "parties", "unit": "quantity", "unit_code": "quantity"}


class AmendableField(StrEnum):
    """A field that a letter prints and a rule may let change; the holder, the goods and the number of the products never change."""

    BATCH = "batch"
    QUANTITY = "quantity"
    PACK = "pack"
    MANUFACTURED = "manufactured"
    EXPIRES = "expires"
    ANALYSIS = "analysis"
    INVOICE = "invoice"
    TRANSPORT_DOCUMENT = "transport_document"
    PORT = "port"
    COUNTRY = "country"
    ARRIVES = "arrives"
    ANNEX_FIELDS = "annex_fields"
    PARTIES = "parties"


class AmendmentRule(LetterRule):
    """`fee` is what the company owes that asks for an amendment, `fee_after_call` what it owes where an official found the error: nothing,
    or what the tariff asks for a letter. None is not decided: nothing can be billed. An import letter is amended until so many days after
    the arrival of its goods."""

    fields: Annotated[frozenset[AmendableField], Field(min_length=1)]
    fee: Fee | None = None
    fee_after_call: Fee | None = None
    days_after_arrival: NonNegativeInt = 0

    def fee_of(self, *, called_for: bool) -> Fee | None:
        return self.fee_after_call if called_for else self.fee


class Amendments(Configured):
    amendments: tuple[AmendmentRule, ...] = ()

    @model_validator(mode="after")
    def _are_single(self) -> Self:
        pairs = [(kind, goods) for each in self.amendments for kind in each.kinds for goods in each.goods]
        repeated = sorted({pair for pair in pairs if pairs.count(pair) > 1})
        if repeated:
            kind, goods = repeated[0]
            raise ValueError(f"state only once what may be amended on {kind} of {goods}")
        return self

    def rule_of(self, kind: CertificateKind, goods: Goods) -> AmendmentRule | None:
        return next((each for each in self.amendments if each.covers(kind, goods)), None)


def is_over(rule: AmendmentRule, kind: CertificateKind, arrives: date | None, day: date) -> bool:
    """Return whether the shipment of an import letter has ended; one whose day of arrival nobody has stated has not ended yet."""
    if kind.direction != "import" or arrives is None:
        return False
    return (day - arrives).days > rule.days_after_arrival


def field_of(where: str) -> str:
    """Return the amendable field that a place in a statement belongs to, or the place itself: `analysis.dated` is part of `analysis`."""
    head = where.partition(".")[0]
    return _PARTS.get(head, head)


def amendment_findings(
    changed: Iterable[ChangedPlace], rule: AmendmentRule, fields: Collection[str]
) -> tuple[Finding, ...]:
    """Find what was changed beside the `fields` in which the letter can be amended, and an amendment that changes nothing that the letter prints."""
    places = tuple(changed)
    if not places:
        return (found(FindingReason.NOTHING_AMENDED, rule, "items"),)
    allowed = ", ".join(sorted(fields))
    return tuple(
        found(FindingReason.NOT_AMENDABLE, rule, where, item, what, allowed)
        for where, item, what in places
        if field_of(where) not in fields
    )


def load_amendments(
    office_folder: Path | None = None, content_of: ContentLookup = no_content, *, demo: bool = False
) -> Editions[Amendments]:
    """Load the office's file; a demonstration has invented rules where the office has none."""
    invented = demo and not is_stated(FILE, office_folder)
    stated = read_file(CERTIFICATE_AMENDMENTS, f"demo/{FILE}" if invented else FILE, office_folder)
    return Editions(Amendments, CERTIFICATE_AMENDMENTS, [stated], content_of)
