"""The office's decree on import or export letters, laid over the rules: its evaluation times, documents and tariffs stand in the place of
theirs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from zi_rules.certificate.kind import CertificateKind, Direction, Goods
from zi_rules.certificate.rule_set import CertificateRules, DocumentRule, Evaluation, LetterRule, Tariff
from zi_rules.standard import ServiceKind, ServiceStandard, StandardDocument, StandardFee, Tier

DIRECTIONS = {ServiceKind.SKI: Direction.IMPORT, ServiceKind.SKE: Direction.EXPORT}
_Rule = TypeVar("_Rule", bound=LetterRule)
Covered = Mapping[str, frozenset[Goods]]  # by track, the goods that it is the closest one for


class UnfitLetterDecreeError(ValueError):
    """The decree states something that letters do not know, so that nobody would get it."""


def decreed(rules: CertificateRules, standard: ServiceStandard) -> CertificateRules:
    """Lay a decree over the rules; kinds of letters that it does not name keep theirs.

    Raises UnfitLetterDecreeError, and ValidationError for rules that are not whole then.
    """
    direction, source = _direction(standard), dict(standard.as_source)
    unused = sorted(set(standard.tiers) - set(standard.first_tier.values()))
    if unused:
        raise UnfitLetterDecreeError(f"no kind of letter has the times {', '.join(unused)}")
    times, documents, fees = (
        _covered(stated, direction) for stated in (standard.first_tier, standard.documents, standard.fees)
    )
    evaluation = (
        _evaluation(track, goods, standard.tier(standard.first_tier[track]), source)
        for track, goods in times.items()
    )
    wanted = (
        _document(track, goods, each, source)
        for track, goods in documents.items()
        for each in standard.documents[track]
    )
    tariffs = (_tariff(track, goods, standard.fees[track], source) for track, goods in fees.items())
    named = {
        code: text
        for each in standard.documents.values()
        for document in each
        for code, text in document.any_of.items()
    }
    names = rules.names.model_copy(update={"documents": {**rules.names.documents, **named}})
    changes = {
        "evaluation": (*_without(rules.evaluation, times), *evaluation),
        "documents": (*_without(rules.documents, documents), *wanted),
        "undecided": rules.undecided and tuple(_without(rules.undecided, documents)),
        "tariffs": (*_without(rules.tariffs, fees), *tariffs),
        "names": names,
    }
    return CertificateRules.model_validate(dict(rules) | changes)


def _direction(standard: ServiceStandard) -> Direction:
    for service, direction in DIRECTIONS.items():
        if standard.service == service:
            return direction
    raise UnfitLetterDecreeError(f"a standard for {standard.service} is not about letters")


def _covered(tracks: Iterable[str], direction: Direction) -> Covered:
    """A kind with its goods comes before the kind alone. Raises UnfitLetterDecreeError for letters of the other direction."""
    parts = {track: _parts(track) for track in tracks}
    if strange := sorted(track for track, (kind, _) in parts.items() if kind.direction is not direction):
        raise UnfitLetterDecreeError(f"these are no letters of this standard: {', '.join(strange)}")
    closer = {part for part in parts.values() if part[1] is not None}
    return {
        track: frozenset(each for each in Goods if (kind, each) not in closer)
        if goods is None
        else frozenset({goods})
        for track, (kind, goods) in parts.items()
    }


def _parts(track: str) -> tuple[CertificateKind, Goods | None]:
    kind, _, goods = track.partition(".")
    return _kind(kind), Goods(goods) if goods else None


def _kind(track: str) -> CertificateKind:
    return CertificateKind(track.partition(".")[0])


def _without(rules: Iterable[_Rule], covered: Covered) -> Iterator[_Rule]:
    """The rules for what the decree does not cover; one that covers several kinds is split where they differ."""
    for rule in rules:
        remaining: dict[frozenset[Goods], set[CertificateKind]] = {}
        for kind in sorted(rule.kinds):
            taken = (goods for track, goods in covered.items() if _kind(track) is kind)
            remaining.setdefault(rule.goods.difference(*taken), set()).add(kind)
        for goods, kinds in remaining.items():
            if goods == rule.goods and kinds == rule.kinds:
                yield rule
            elif goods:
                yield rule.model_copy(update={"kinds": frozenset(kinds), "goods": goods})


def _evaluation(track: str, goods: frozenset[Goods], tier: Tier, source: dict[str, Any]) -> Evaluation:
    return Evaluation(kinds=frozenset({_kind(track)}), goods=goods, period=tier.period, **source)


def _document(
    track: str, goods: frozenset[Goods], document: StandardDocument, source: dict[str, Any]
) -> DocumentRule:
    only = frozenset(map(Goods, document.only_for)) or frozenset(Goods)
    if not only & goods:
        raise UnfitLetterDecreeError(f"{', '.join(document.any_of)} is asked for no goods of {track}")
    return DocumentRule(
        kinds=frozenset({_kind(track)}),
        goods=only & goods,
        any_of=tuple(document.any_of),
        per=document.per,
        when=document.when,
        unless=document.unless,
        **source,
    )


def _tariff(track: str, goods: frozenset[Goods], fee: StandardFee, source: dict[str, Any]) -> Tariff:
    if fee.up_to is not None or fee.rupiah < 1:
        raise UnfitLetterDecreeError(
            f"a letter is billed, so {track} costs one amount of at least one rupiah"
        )
    return Tariff(kinds=frozenset({_kind(track)}), goods=goods, rupiah=fee.rupiah, per=fee.per, **source)
