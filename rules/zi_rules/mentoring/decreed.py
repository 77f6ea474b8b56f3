"""The office's decree on mentoring, laid over the rules: its periods, fees and documents stand in the place of theirs."""

from collections.abc import Iterable, Iterator
from typing import Any

from zi_rules.mentoring.rule_set import Fee, MentoringRules, Paper, Part, Requirement
from zi_rules.provenance import Text
from zi_rules.standard import ServiceStandard, StandardDocument, Term

PERIODS = ("correction", "silence", "sleep", "later_check")
REFERRAL = "referral"  # the track of the papers that are taken along to the health office


class UnfitDecreeError(ValueError):
    """The decree states something that mentoring does not know, so that nobody would get it."""


def decreed(rules: MentoringRules, standard: ServiceStandard) -> MentoringRules:
    """Lay a decree over the rules; they keep what it does not state.

    Raises UnfitDecreeError, and ValidationError for rules that are not whole then.
    """
    _refuse_unknown("periods", standard.tiers, PERIODS)
    _refuse_unknown("fees", standard.fees, rules.fees)
    _refuse_unknown("documents", standard.documents, (*Part, REFERRAL))
    source = dict(standard.as_source)
    changes: dict[str, Any] = {
        name: Term(period=tier.period, **source) for name, tier in standard.tiers.items()
    }
    fees = {
        code: Fee(least=fee.rupiah, most=fee.rupiah if fee.up_to is None else fee.up_to, **source)
        for code, fee in standard.fees.items()
    }
    changes |= {"fees": {**rules.fees, **fees}, "requirements": tuple(_requirements(rules, standard))}
    if REFERRAL in standard.documents:
        changes["referral"] = tuple(_paper(each, source) for each in standard.documents[REFERRAL])
    return MentoringRules.model_validate(dict(rules) | changes)


def _requirements(rules: MentoringRules, standard: ServiceStandard) -> Iterator[Requirement]:
    yield from (each for each in rules.requirements if each.part not in standard.documents)
    for part in Part:
        for document in standard.documents.get(part, ()):
            yield _requirement(part, document, rules, dict(standard.as_source))


def _requirement(
    part: Part, document: StandardDocument, rules: MentoringRules, source: dict[str, Any]
) -> Requirement:
    code, text = _only(document)
    risks = document.only_for & rules.names.risks.keys()
    products = document.only_for & rules.names.products.keys()
    traits = (
        document.only_for & rules.names.traits.keys()
    ) - products  # a product comes before a trait of the same name
    _refuse_unknown("risks, products and traits", document.only_for, (*risks, *products, *traits))
    return Requirement(
        code=code, part=part, text=text, risks=risks, products=products, any_of=traits, **source
    )


def _paper(document: StandardDocument, source: dict[str, Any]) -> Paper:
    code, text = _only(document)
    if document.only_for:
        raise UnfitDecreeError(f"{code} is taken along for every product: name none")
    return Paper(code=code, text=text, **source)


def _only(document: StandardDocument) -> tuple[str, Text]:
    codes = ", ".join(document.any_of)
    if len(document.any_of) > 1 or document.when or document.unless or document.per != "application":
        raise UnfitDecreeError(f"mentoring asks for one document at a time, once and from everybody: {codes}")
    [(code, text)] = document.any_of.items()
    return code, text


def _refuse_unknown(what: str, stated: Iterable[str], known: Iterable[str]) -> None:
    if unknown := sorted(set(stated) - set(known)):
        raise UnfitDecreeError(f"mentoring has no {what} of the name {', '.join(unknown)}")
