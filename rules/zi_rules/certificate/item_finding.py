"""Findings about one item: all of them at once, never only the first."""

from collections.abc import Iterator
from datetime import date
from typing import assert_never

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from zi_rules.certificate.finding import PLAIN, Finding, found
from zi_rules.certificate.item import Analysis, ProductItem
from zi_rules.certificate.kind import Circumstance, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.requirement import Requirements, holding
from zi_rules.certificate.rule_set import AnalysisRule, CertificateRules, RegistrationRule
from zi_rules.certificate.shelf_life import months_before, shelf_life_remaining
from zi_rules.provenance import Sourced
from zi_rules.registration_number import (
    ExpectedShape,
    OtherCommodityShape,
    Shape,
    UnknownShape,
    check_shape,
    normalise_number,
)


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Setting:
    """The context in which an item is judged; the days are the office's local dates."""

    rules: CertificateRules
    shapes: tuple[Shape, ...]
    hs_codes: frozenset[str]
    circumstances: frozenset[Circumstance]
    submitted: date
    arrives: date | None = None

    @property
    def reference(self) -> date | None:
        """The day from which a shelf life is counted; None if it is the arrival, and none is stated."""
        return self.arrives if self.by_arrival else self.submitted

    @property
    def by_arrival(self) -> bool:
        return self.rules.shelf_life_on.day == "arrival"

    @property
    def last(self) -> date:
        """The later of the days on which the goods must not have expired: also of an arrival that no shelf life is counted from."""
        return max(self.submitted, self.arrives or self.submitted)


def item_findings(item: ProductItem, needed: Requirements, setting: Setting) -> tuple[Finding, ...]:
    parts = (_registration, _hs_code, _dates, _shelf_life, _analysis)
    return tuple(finding for part in parts for finding in part(item, needed, setting))


def _registration(item: ProductItem, needed: Requirements, setting: Setting) -> Iterator[Finding]:
    for rule in holding(needed.registrations, setting.circumstances):
        if item.registration_number is None:
            yield found(FindingReason.REGISTRATION_MISSING, rule, "registration_number", item.number)
        else:
            yield from _number(item.registration_number, item.number, needed.goods, rule, setting)


def _number(
    written: str, item: int, goods: Goods, rule: RegistrationRule, setting: Setting
) -> Iterator[Finding]:
    checked = check_shape(written, goods.commodity, setting.shapes)
    match checked:
        case ExpectedShape():
            if not rule.fits(checked.number):
                yield found(
                    FindingReason.REGISTRATION_FOR_OTHER_TRACK,
                    rule,
                    "registration_number",
                    item,
                    checked.number,
                )
        case OtherCommodityShape():
            yield found(
                FindingReason.REGISTRATION_OF_OTHER_COMMODITY,
                _shape(checked.shape, setting),
                "registration_number",
                item,
                checked.commodity,
                goods.commodity,
            )
        case UnknownShape():
            yield found(
                FindingReason.REGISTRATION_SHAPE_UNKNOWN, rule, "registration_number", item, checked.number
            )
        case _:
            assert_never(checked)


def _shape(name: str, setting: Setting) -> Sourced:
    return next(
        Sourced(source=shape.source, source_status=shape.source_status)
        for shape in setting.shapes
        if shape.name == name
    )


def _hs_code(item: ProductItem, needed: Requirements, setting: Setting) -> Iterator[Finding]:
    code = normalise_number(item.hs_code)
    if not setting.rules.hs_code.fits(code):
        yield found(FindingReason.HS_CODE_SHAPE, setting.rules.hs_code, "hs_code", item.number, code)
    elif code not in setting.hs_codes:
        yield found(FindingReason.HS_CODE_NOT_ON_ACCOUNT, setting.rules.hs_list, "hs_code", item.number, code)


def _dates(item: ProductItem, needed: Requirements, setting: Setting) -> Iterator[Finding]:
    if item.expires <= item.manufactured:
        yield found(
            FindingReason.DATES_OUT_OF_ORDER,
            PLAIN,
            "expires",
            item.number,
            item.expires,
            f"> {item.manufactured}",
        )
    if item.manufactured > setting.submitted:
        yield found(FindingReason.NOT_YET_MANUFACTURED, PLAIN, "manufactured", item.number, item.manufactured)
    if item.expires < setting.last:
        yield found(FindingReason.EXPIRED, PLAIN, "expires", item.number, item.expires, f">= {setting.last}")


def _shelf_life(item: ProductItem, needed: Requirements, setting: Setting) -> Iterator[Finding]:
    """Find a shelf life that is too short; an item that has expired, or has contradictory dates, gets only that finding."""
    day = setting.reference
    if (
        day is None
        or not needed.shelf_life
        or not item.manufactured < item.expires
        or item.expires < setting.last
    ):
        return
    if setting.by_arrival and day < item.manufactured:
        yield found(
            FindingReason.ARRIVAL_IMPLAUSIBLE, PLAIN, "arrives", item.number, day, f">= {item.manufactured}"
        )
        return
    left = shelf_life_remaining(item.manufactured, item.expires, day)
    for rule in needed.shelf_life:
        if left < rule.at_least:
            yield found(
                FindingReason.SHELF_LIFE_TOO_SHORT, rule, "expires", item.number, left, f">= {rule.at_least}"
            )


def _analysis(item: ProductItem, needed: Requirements, setting: Setting) -> Iterator[Finding]:
    for rule in holding(needed.analyses, setting.circumstances):
        if item.analysis is None:
            yield found(FindingReason.ANALYSIS_MISSING, rule, "analysis", item.number)
        else:
            yield from _incomplete(item.analysis, item.number, rule)
            yield from _age(item.analysis, item.number, rule, setting)
    if item.analysis is not None:
        yield from _contradictions(item.analysis, item, setting)


def _incomplete(analysis: Analysis, item: int, rule: AnalysisRule) -> Iterator[Finding]:
    results = analysis.results
    lacking = {
        FindingReason.ANALYSIS_WITHOUT_BATCH: ("batch", analysis.batch is None),
        FindingReason.ANALYSIS_WITHOUT_RESULTS: (
            "results",
            not results or any(r.result is None for r in results),
        ),
        FindingReason.ANALYSIS_WITHOUT_METHODS: ("methods", any(r.method is None for r in results)),
        FindingReason.ANALYSIS_WITHOUT_DATES: (
            "manufacture_or_expiry",
            analysis.manufactured is None and analysis.expires is None,
        ),
    }
    for reason, (part, lacks) in lacking.items():
        if lacks and part in rule.shows:
            yield found(reason, rule, f"analysis.{part}", item)


def _age(analysis: Analysis, item: int, rule: AnalysisRule, setting: Setting) -> Iterator[Finding]:
    if rule.most_months is None:
        return
    oldest = months_before(setting.submitted, rule.most_months)
    if analysis.dated < oldest:
        yield found(
            FindingReason.ANALYSIS_TOO_OLD, rule, "analysis.dated", item, analysis.dated, f">= {oldest}"
        )


def _contradictions(analysis: Analysis, item: ProductItem, setting: Setting) -> Iterator[Finding]:
    if analysis.dated > setting.submitted:
        yield found(
            FindingReason.ANALYSIS_FROM_THE_FUTURE, PLAIN, "analysis.dated", item.number, analysis.dated
        )
    if analysis.batch is not None and _plain(analysis.batch) != _plain(item.batch):
        yield found(
            FindingReason.ANALYSIS_OF_OTHER_BATCH,
            PLAIN,
            "analysis.batch",
            item.number,
            analysis.batch,
            item.batch,
        )
    for name in ("manufactured", "expires"):
        analysed, stated = getattr(analysis, name), getattr(item, name)
        if analysed is not None and analysed != stated:
            yield found(
                FindingReason.ANALYSIS_CONTRADICTS_DATES,
                PLAIN,
                f"analysis.{name}",
                item.number,
                analysed,
                stated,
            )


def _plain(batch: str) -> str:
    return "".join(batch.split()).upper()
