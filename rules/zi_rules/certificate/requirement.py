"""Requirements of one letter for one kind of goods, and the documents that are still missing."""

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, PositiveInt

from zi_rules.certificate.finding import MissingDocument
from zi_rules.certificate.kind import CertificateKind, Circumstance, Goods
from zi_rules.certificate.rule_set import (
    AnalysisRule,
    Annex,
    CertificateRules,
    Conditional,
    DocumentRule,
    LetterRule,
    LetterTrack,
    RegistrationRule,
    ShelfLifeRule,
)

_Rule = TypeVar("_Rule", bound=LetterRule)
_Conditional = TypeVar("_Conditional", bound=Conditional)


class Requirements(BaseModel):
    """Without a track the letter doesn't exist for these goods."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: CertificateKind
    goods: Goods
    tracks: tuple[LetterTrack, ...]
    documents: tuple[DocumentRule, ...]
    registrations: tuple[RegistrationRule, ...]
    shelf_life: tuple[ShelfLifeRule, ...]
    analyses: tuple[AnalysisRule, ...]
    annexes: tuple[Annex, ...]


class Attached(BaseModel):
    """An attached document, and the items that it is about, if the rules want one for each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    items: frozenset[PositiveInt] = frozenset()


def asks_for_arrival(kinds: Iterable[CertificateKind], rules: CertificateRules) -> bool:
    """Return whether the day of arrival has to be stated for one of these letters."""
    measured = frozenset[CertificateKind]().union(*(rule.kinds for rule in rules.shelf_life))
    return rules.shelf_life_on.day == "arrival" and not measured.isdisjoint(kinds)


def requirements(
    kind: CertificateKind, goods: Goods, country: str | None, rules: CertificateRules
) -> Requirements:
    """The country of destination; it changes nothing for an import."""
    annexes = [annex for annex in rules.annexes if annex.country == country]
    return Requirements(
        kind=kind,
        goods=goods,
        tracks=_covering(rules.tracks, kind, goods),
        documents=_covering(rules.documents, kind, goods),
        registrations=_covering(rules.registrations, kind, goods),
        shelf_life=_covering(rules.shelf_life, kind, goods),
        analyses=_covering(rules.analyses, kind, goods),
        annexes=_covering(annexes, kind, goods),
    )


def missing_documents(
    needed: Requirements,
    attached: Iterable[Attached],
    circumstances: Collection[Circumstance],
    items: Collection[int],
) -> tuple[MissingDocument, ...]:
    """Those of the application and of each item; the account's own are asked for once, by `missing_account_documents`."""
    documents = _documents_by_item(attached)
    rules = [rule for rule in holding(needed.documents, circumstances) if rule.per != "account"]
    lacking = [(rule, item) for rule in rules for item in _lacking(rule, items, documents)]
    return (
        *(_missing(rule, item) for rule, item in lacking),
        *_missing_for_annexes(needed.annexes, documents),
    )


def missing_account_documents(
    needed: Requirements, documents: Collection[str], circumstances: Collection[Circumstance]
) -> tuple[MissingDocument, ...]:
    rules = [rule for rule in holding(needed.documents, circumstances) if rule.per == "account"]
    return tuple(_missing(rule, None) for rule in rules if not set(rule.any_of) & set(documents))


def holding(
    rules: Iterable[_Conditional], circumstances: Collection[Circumstance]
) -> tuple[_Conditional, ...]:
    return tuple(rule for rule in rules if rule.holds(circumstances))


def _covering(rules: Iterable[_Rule], kind: CertificateKind, goods: Goods) -> tuple[_Rule, ...]:
    return tuple(rule for rule in rules if rule.covers(kind, goods))


def _documents_by_item(attached: Iterable[Attached]) -> frozenset[tuple[str, int | None]]:
    return frozenset((each.document, item) for each in attached for item in (None, *each.items))


def _lacking(
    rule: DocumentRule, items: Collection[int], documents: frozenset[tuple[str, int | None]]
) -> Iterator[int | None]:
    wanted = items if rule.per == "item" else [None]
    return (item for item in wanted if not any((document, item) in documents for document in rule.any_of))


def _missing(rule: DocumentRule, item: int | None) -> MissingDocument:
    return MissingDocument(
        any_of=rule.any_of,
        per=rule.per,
        item=item,
        source=rule.source,
        source_status=rule.source_status,
    )


def _missing_for_annexes(
    annexes: Iterable[Annex], documents: frozenset[tuple[str, int | None]]
) -> Iterator[MissingDocument]:
    for annex in annexes:
        for document in annex.documents:
            if (document, None) not in documents:
                yield MissingDocument(
                    any_of=(document,),
                    per="application",
                    source=annex.source,
                    source_status=annex.source_status,
                )
