"""Until when a letter is valid, from the rules pinned on its application."""

from datetime import date, timedelta

from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules


def last_valid_day(kind: CertificateKind, goods: Goods, signed: date, rules: CertificateRules) -> date | None:
    """None where the rules name no end; the day of the signature is the first one."""
    days = next((each.days for each in rules.validity if each.covers(kind, goods)), None)
    return None if days is None else signed + timedelta(days=days - 1)
