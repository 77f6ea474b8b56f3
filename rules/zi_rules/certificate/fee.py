"""The fee of an application in whole rupiah; it follows from the tariffs alone, never from a person."""

from collections.abc import Iterable

from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules, Tariff


class NoTariffError(ValueError):
    """Nothing can be billed before the office has stated what it costs."""


def fee(kinds: Iterable[CertificateKind], goods: Goods, items: int, rules: CertificateRules) -> int:
    tariffs = [_tariff(kind, goods, rules) for kind in kinds]
    return sum(each.rupiah * (items if each.per == "item" else 1) for each in tariffs)


def _tariff(kind: CertificateKind, goods: Goods, rules: CertificateRules) -> Tariff:
    for each in rules.tariffs:
        if each.covers(kind, goods):
            return each
    raise NoTariffError(f"The office must state the tariff of {kind} for {goods}.")
