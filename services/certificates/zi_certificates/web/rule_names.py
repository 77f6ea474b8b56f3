"""Names and sentences of the rule data in the reader's language; what a newer rule set no longer names keeps its code."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any, Protocol

from babel.dates import format_date

from zi_certificates.letters.content import COUNTRIES
from zi_certificates.web.labels import FIELDS
from zi_chassis.web.language import msgid, short_day
from zi_chassis.web.page import Translator
from zi_chassis.web.problem import NO_SUCH_DAY, unread_day
from zi_rules.certificate.finding import PLAIN, Finding
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.reason import FindingReason, LineFault, Sentences
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.provenance import Sourced, Text, citations, cited_by_host

BOUNDS: Mapping[str, str] = {
    ">=": msgid("at least {value}"),
    "<=": msgid("at most {value}"),
    ">": msgid("after {value}"),
}
FIRST_DAY = msgid("{value} or later")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Found(Protocol):
    """A finding of the rules, or of an official."""

    @property
    def reason(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def item(self) -> int | None: ...


class CertificateRuleNames:
    """`rules` are those that the application is judged by."""

    def __init__(self, rules: CertificateRules, sentences: Sentences, language: str, say: Translator) -> None:
        self._rules = rules
        self._sentences = sentences
        self._language = language
        self._say = say

    def kind(self, code: str) -> str:
        return self._in(self._rules.names.kinds, code)

    def kinds(self, codes: Iterable[str]) -> str:
        return "; ".join(map(self.kind, codes))

    def goods(self, code: str) -> str:
        return self._in(self._rules.names.goods, code)

    def circumstance(self, code: str) -> str:
        return self._in(self._rules.names.circumstances, code)

    def document(self, code: str) -> str:
        return self._in(self._rules.names.documents, code)

    def reason(self, code: str) -> str:
        return self._in(self._sentences.reasons, code)

    def overtaking(self, code: str) -> str:
        return self._in(self._sentences.overtaking, code)

    def release(self, code: str) -> str:
        return self._in(self._sentences.release, code)

    def override(self, code: str) -> str:
        return self._in(self._sentences.override, code)

    def standing(self, code: str) -> str:
        return self._in(self._sentences.standing, code)

    def reinstatement(self, code: str) -> str:
        return self._in(self._sentences.reinstatement, code)

    def expiry(self, code: str) -> str:
        return self._in(self._sentences.expiry, code)

    def line(self, code: str, cell: str = "") -> str:
        """Say what is wrong with a cell of a table, which may hold a day that is in no calendar."""
        if code == LineFault.NOT_A_DATE and unread_day(cell) == NO_SUCH_DAY:
            return self._say(NO_SUCH_DAY)
        return self._in(self._sentences.lines, code)

    def field(self, where: str) -> str:
        """Name the subject of a finding: a document that would do, a field of a country's annex, a column, or a part of the whole."""
        part, _, rest = where.partition(".")
        if part == "documents" and rest:
            return f" {self._say('or')} ".join(map(self.document, rest.split("/")))
        if part == "annex_fields" and rest:
            return self._annex_field(rest)
        return self._say(FIELDS[where]) if where in FIELDS else where

    def fields(self, codes: Iterable[str]) -> str:
        return "; ".join(map(self.field, sorted(codes)))

    def place(self, where: str, item: int | None) -> str:
        if where == "items" and item is not None:
            return self._say("Product {number}", number=item)
        named = self.field(where)
        return named if item is None else self._say("Product {number}: {field}", number=item, field=named)

    def finding(self, found: Mapping[str, Any]) -> str:
        """Describe a published finding in one sentence."""
        item = found.get("item")
        place = self.place(str(found.get("where", "")), int(item) if item is not None else None)
        return f"{place}: {self.reason(str(found.get('reason', '')))}"

    def value(self, where: str, text: str | None) -> str:
        """Name the value of one cell of a statement."""
        if text is None:
            return self._say("nothing")
        match where.partition(".")[0]:
            case "kinds":
                return self.kinds(text.split(","))
            case "goods":
                return self.goods(text)
            case "circumstances":
                return "; ".join(map(self.circumstance, text.split(",")))
            case "documents":
                return self._of_products(text)
            case "quantity" if self._language == "id":
                return text.replace(".", ",")
            case "country":
                return self.country(text)
            case _:
                return short_day(date.fromisoformat(text), self._language) if DAY.fullmatch(text) else text

    def stated(self, found: Finding) -> str:
        """Write the value that a finding is about."""
        match found.reason:
            case FindingReason.REGISTRATION_OF_OTHER_COMMODITY:
                return self.goods(found.what)
            case FindingReason.ANNEX_INCOMPLETE:
                return self.country(found.what)
            case FindingReason.KINDS_DO_NOT_COMBINE:
                return self.kinds(found.what.split(", "))
            case FindingReason.SHELF_LIFE_TOO_SHORT:
                return self._percent(Fraction(found.what))
            case _:
                return self.value(found.where, found.what)

    def wanted(self, found: Finding) -> str:
        """Write what a finding misses in place of the value."""
        match found.reason:
            case FindingReason.REGISTRATION_OF_OTHER_COMMODITY:
                return self.goods(found.expected)
            case FindingReason.WRONG_TRACK:
                return self._issued_instead(CertificateKind(found.what), Goods(found.expected))
            case FindingReason.NOT_AMENDABLE:
                return self.fields(found.expected.split(", "))
        bound, _, limit = found.expected.partition(" ")
        if bound not in BOUNDS:
            return self.value(found.where, found.expected)
        is_first_day = bound == ">=" and DAY.fullmatch(limit)
        sentence = FIRST_DAY if is_first_day else BOUNDS[bound]
        return self._say(sentence, value=self.value(found.where, limit))

    def _issued_instead(self, kind: CertificateKind, goods: Goods) -> str:
        """Name the letters of the same direction that are issued for the goods."""
        same = [each for each in CertificateKind if each.direction is kind.direction]
        issued = [each for each in same if any(track.covers(each, goods) for track in self._rules.tracks)]
        return self.kinds(issued) or self._say("nothing")

    def _percent(self, part: Fraction) -> str:
        """Write a share as one that is never larger: what is below two thirds must not look like them."""
        written = f"{floor(part * 1000) / 10} %"
        return written.replace(".", ",") if self._language == "id" else written

    def country(self, code: str) -> str:
        """MY -> Malaysia (MY), which is as the form asks for it."""
        name = COUNTRIES[self._language].get(code)
        return f"{name} ({code})" if name else code

    def _of_products(self, numbers: str) -> str:
        if numbers == "*":
            return self._say("Of the whole application")
        return self._say("Of product {numbers}", numbers=numbers)

    def amount(self, rupiah: int) -> str:
        """1250000 -> 1.250.000 in Indonesian, 1,250,000 in English."""
        written = f"{rupiah:,}"
        return written.replace(",", ".") if self._language == "id" else written

    def cited(self, rule: Sourced | Finding) -> list[tuple[str, str | None]]:
        """Return what people read as the source of a rule, each with its address; an address is shown by its host."""
        if rule.source == PLAIN.source:
            return [(self._say("Follows from what was stated"), None)]
        return [cited_by_host(each) for each in citations(rule.source, rule.source_status)]

    def month(self, written: str) -> str:
        """2026-12 -> December 2026."""
        return str(format_date(date.fromisoformat(f"{written}-01"), "MMMM y", locale=self._language))

    def text(self, both: Text) -> str:
        return str(getattr(both, self._language))

    def _annex_field(self, code: str) -> str:
        named = (annex.fields[code] for annex in self._rules.annexes if code in annex.fields)
        return next((self.text(each) for each in named), code)

    def _in(self, names: Mapping[Any, Text], code: str) -> str:
        """The keys are codes, written as such."""
        return self.text(names[code]) if code in names else code
