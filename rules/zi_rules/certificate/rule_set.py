"""The office's rules for letters as one versioned set, pinned on each application when it is submitted."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
    field_validator,
    model_validator,
)

from zi_rules.certificate.kind import CertificateKind, Circumstance, Goods
from zi_rules.configuration import Configured, UnusableConfigurationError
from zi_rules.data_files import read_folder
from zi_rules.provenance import Sourced, Text
from zi_rules.registration_number import compiled
from zi_rules.standard import Term
from zi_rules.version import ContentLookup, Editions, NoVersionError, no_content, with_earlier

CERTIFICATE_RULES = "certificate_rules"
FOLDER = "certificates"

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Pattern = Annotated[str, Field(min_length=1)]


class NoCertificateRulesError(NoVersionError):
    """The office has no rules for letters on the day, or has lost those that an application was submitted under."""


class LetterRule(Sourced):
    """A rule for the kinds and the goods that it names; for all where it names none."""

    kinds: frozenset[CertificateKind] = frozenset(CertificateKind)
    goods: frozenset[Goods] = frozenset(Goods)

    def covers(self, kind: CertificateKind, goods: Goods) -> bool:
        return kind in self.kinds and goods in self.goods


class Conditional(LetterRule):
    when: Circumstance | None = None
    unless: Circumstance | None = None

    def holds(self, circumstances: Iterable[Circumstance]) -> bool:
        present = frozenset(circumstances)
        return (self.when is None or self.when in present) and self.unless not in present


class LetterTrack(LetterRule):
    """The letter exists for these goods."""


class Undecided(LetterRule):
    """The letter exists for these goods, and nobody has stated what shows that it may be issued: it is not."""


class DocumentRule(Conditional):
    """Any one of the documents will do."""

    any_of: Annotated[tuple[Code, ...], Field(min_length=1)]
    per: Literal["account", "application", "item"]

    @property
    def is_always_asked(self) -> bool:
        return self.per != "account" and self.when is None and self.unless is None


class RegistrationRule(Conditional):
    """A number that must be given, and how it must be written beyond its commodity's shape."""

    pattern: Pattern | None = None

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        return pattern if pattern is None else compiled(pattern).pattern

    def fits(self, number: str) -> bool:
        return self.pattern is None or compiled(self.pattern).fullmatch(number) is not None


class ShelfLifeRule(LetterRule):
    at_least: Annotated[Fraction, Field(gt=0, le=1)]


class AnalysisRule(Conditional):
    """The required content and greatest age of a certificate of analysis (CoA)."""

    shows: frozenset[Literal["batch", "results", "methods", "manufacture_or_expiry"]] = frozenset()
    most_months: PositiveInt | None = None


class Annex(LetterRule):
    """Additional requirements of one country of destination."""

    country: Country
    title: Text
    fields: dict[Code, Text] = Field(default_factory=dict)
    documents: tuple[Code, ...] = ()


class HsCodeRule(Sourced):
    pattern: Pattern

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return compiled(pattern).pattern

    def fits(self, code: str) -> bool:
        return compiled(self.pattern).fullmatch(code) is not None


class Limit(Sourced):
    most: PositiveInt


class Tariff(LetterRule):
    """The price of a letter; a letter without a tariff can't be billed yet."""

    rupiah: NonNegativeInt
    per: Literal["application", "item"]


class SecondEvaluation(LetterRule):
    """Two evaluators must find the application good before a signer sees it."""


class Validity(LetterRule):
    """The number of days that a letter is valid; a letter without a validity has no last day."""

    days: PositiveInt


class Evaluation(LetterRule, Term):
    """The time that the office promises from complete and correct documents."""


class Reference(Sourced):
    """The day on which what is left of a shelf life is measured; goods may have arrived `most_days_ago` before the application."""

    day: Literal["submission", "arrival"]
    most_days_ago: NonNegativeInt = 0


class CertificateNames(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: dict[CertificateKind, Text]
    goods: dict[Goods, Text]
    circumstances: dict[Circumstance, Text]
    documents: dict[Code, Text]

    @model_validator(mode="after")
    def _are_all_given(self) -> Self:
        named = {*self.kinds, *self.goods}
        unnamed = [each.value for each in (*CertificateKind, *Goods) if each not in named]
        if unnamed:
            raise ValueError(f"give a name in both languages to {', '.join(unnamed)}")
        return self


class CertificateRules(Configured, Sourced):
    """`tariffs` are those that the set states itself, until `tariffs.priced` adds the others; a set without `undecided` is from before it
    was asked what a letter needs, and what is pinned to it is judged as it was."""

    id: Code
    version: PositiveInt
    title: Text
    effective_from: date
    effective_to: date | None = None
    tracks: tuple[LetterTrack, ...]
    undecided: tuple[Undecided, ...] | None = None
    documents: tuple[DocumentRule, ...]
    registrations: tuple[RegistrationRule, ...]
    shelf_life: tuple[ShelfLifeRule, ...]
    shelf_life_on: Reference
    analyses: tuple[AnalysisRule, ...]
    annexes: tuple[Annex, ...]
    hs_code: HsCodeRule
    hs_list: Sourced
    combination: Sourced
    items: Limit
    resubmissions: Limit
    tariffs: tuple[Tariff, ...] = ()
    evaluation: tuple[Evaluation, ...]
    second_evaluation: tuple[SecondEvaluation, ...]
    validity: tuple[Validity, ...] = ()
    payment: Term
    completion: Term
    names: CertificateNames

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("rules for letters can't end before they begin")
        if unnamed := sorted(self.hung_on() - self.names.circumstances.keys()):
            raise ValueError(f"give a name in both languages to {', '.join(unnamed)}")
        if unnamed := sorted(set(self._documents_asked_for()) - set(self.names.documents)):
            raise ValueError(f"give a name in both languages to the documents {', '.join(unnamed)}")
        if unpromised := sorted(set(_pairs(self.tracks)) - set(_single(self.evaluation))):
            kind, goods = unpromised[0]
            raise ValueError(f"state exactly one evaluation time for {kind} of {goods}")
        if ambiguous := sorted(set(_pairs(self.tariffs)) - set(_single(self.tariffs))):
            kind, goods = ambiguous[0]
            raise ValueError(f"state only one tariff for {kind} of {goods}")
        if ambiguous := sorted(set(_pairs(self.validity)) - set(_single(self.validity))):
            kind, goods = ambiguous[0]
            raise ValueError(f"state only one validity for {kind} of {goods}")
        return self

    def needs_second_evaluation(self, kinds: Iterable[CertificateKind], goods: Goods) -> bool:
        return any(rule.covers(kind, goods) for rule in self.second_evaluation for kind in kinds)

    def hung_on(
        self, kinds: Collection[CertificateKind] = frozenset(CertificateKind)
    ) -> frozenset[Circumstance]:
        """List the circumstances on which any rule for any of these letters hangs."""
        conditional: tuple[Conditional, ...] = (*self.documents, *self.registrations, *self.analyses)
        hanging = [rule for rule in conditional if rule.kinds.intersection(kinds)]
        return frozenset(each for rule in hanging for each in (rule.when, rule.unless) if each is not None)

    def undecided_about(self, kind: CertificateKind, goods: Goods) -> Sourced | None:
        """Return the rule by which the letter is not issued for the goods: one that says so, or the set that asks for no document."""
        if self.undecided is None:
            return None
        stated = next((each for each in self.undecided if each.covers(kind, goods)), None)
        return stated if stated is not None or self._asks_for_evidence(kind, goods) else self

    def without_evidence(self) -> list[tuple[CertificateKind, Goods]]:
        """List the letters that would be issued although no document is always asked for."""
        undecided = set(_pairs(self.undecided or ()))
        return sorted(
            pair for pair in set(_pairs(self.tracks)) - undecided if not self._asks_for_evidence(*pair)
        )

    def _asks_for_evidence(self, kind: CertificateKind, goods: Goods) -> bool:
        return any(each.is_always_asked and each.covers(kind, goods) for each in self.documents)

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def _documents_asked_for(self) -> Iterator[str]:
        for rule in self.documents:
            yield from rule.any_of
        for annex in self.annexes:
            yield from annex.documents


def _pairs(rulings: Iterable[LetterRule]) -> Sequence[tuple[CertificateKind, Goods]]:
    return [(kind, goods) for rule in rulings for kind in rule.kinds for goods in rule.goods]


def _single(rulings: Iterable[LetterRule]) -> Iterator[tuple[CertificateKind, Goods]]:
    """List the pairs of kind and goods that exactly one rule covers."""
    return (pair for pair, times in Counter(_pairs(rulings)).items() if times == 1)


def rules_in_force(rule_sets: Sequence[CertificateRules], day: date) -> CertificateRules:
    """The newest of those in force: a later set replaces an earlier one that names no end."""
    in_force = [each for each in rule_sets if each.is_in_force(day)]
    if not in_force:
        raise NoCertificateRulesError(
            f"The office must publish rules for letters that are in force on {day}."
        )
    return max(in_force, key=lambda each: each.effective_from)


def load_certificate_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[CertificateRules]:
    stated = read_folder(CERTIFICATE_RULES, FOLDER, office_folder)
    find = with_earlier(content_of, CERTIFICATE_RULES, FOLDER, office_folder)
    rule_sets = Editions(CertificateRules, CERTIFICATE_RULES, stated, find)
    for rules, configuration in zip(rule_sets, stated, strict=True):
        _refuse_without_evidence(rules, configuration.origin)
    _refuse_repeats([f"{each.id}, {each.version}" for each in rule_sets])
    _refuse_repeats([str(each.effective_from) for each in rule_sets])
    return rule_sets


def _refuse_without_evidence(rules: CertificateRules, origin: str) -> None:
    if unproven := rules.without_evidence():
        letters = ", ".join(f"{kind} of {goods}" for kind, goods in unproven)
        raise UnusableConfigurationError(
            f"{origin} can't be used. Nothing is always asked for before these letters are issued: {letters}."
            " State what the office must see, or name them in undecided."
        )


def _refuse_repeats(keys: Sequence[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"two sets of rules for letters say the same {key}: give the newer one its own")
