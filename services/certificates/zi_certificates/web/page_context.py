"""Template variables that more than one page shows."""

from dataclasses import replace
from typing import Any
from unicodedata import combining, normalize

from fastapi import Request

from zi_certificates.container import CertificatesOffice
from zi_certificates.letters.content import COUNTRIES
from zi_certificates.use_cases.dossier import Dossier
from zi_certificates.web import labels
from zi_certificates.web.history import HistoryStep, grouped, steps
from zi_certificates.web.presenters import say_of
from zi_certificates.web.rule_names import CertificateRuleNames
from zi_chassis.web.language import language_of
from zi_contracts.message import Message
from zi_rules.certificate.finding import Finding
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules


def names_of(request: Request, office: CertificatesOffice, rules: CertificateRules) -> CertificateRuleNames:
    return CertificateRuleNames(rules, office.sentences, language_of(request), say_of(request))


def country_names(request: Request) -> dict[str, str]:
    """Return the countries by their codes, as the reader's language names them, in the order of the alphabet."""
    named = COUNTRIES[language_of(request)].items()
    return dict(sorted(named, key=lambda country: _without_accents(country[1])))


def _without_accents(name: str) -> str:
    """Åland Islands -> aland islands, which is looked for at A."""
    return "".join(each for each in normalize("NFKD", name.casefold()) if not combining(each))


def rules_context(request: Request, office: CertificatesOffice, rules: CertificateRules) -> dict[str, Any]:
    """Return the template variables of every page that names rules."""
    return {
        "labels": labels,
        "grouped": grouped,
        "names": names_of(request, office, rules),
        "rule_set": rules,
        "all_kinds": list(CertificateKind),
        "all_goods": list(Goods),
    }


def findings_of(office: CertificatesOffice, dossier: Dossier) -> tuple[Finding, ...]:
    """Return what is missing or wrong, judged by the stated account where none was verified yet: the applicant is not to blame for work
    that an officer still has to do."""
    if dossier.state.statement is None:
        return ()
    account = dossier.account
    presumed = replace(account, verified=account.details) if account.verified is None else account
    return office.rules.examination(dossier.state, presumed, office.clock.now()).wanting


async def history_of(request: Request, office: CertificatesOffice, dossier: Dossier) -> list[HistoryStep]:
    ids = [Message.parse(each).id for each in dossier.messages]
    indexes = await office.ledger.indexes(ids)
    names = names_of(request, office, office.rules.of(dossier.state, office.clock.now()))
    return steps(dossier.messages, indexes, office.settings.public_url, say_of(request), names)
