"""An application as the rules ask for it, and what its account lacks or its bill does not cover."""

from collections.abc import Iterator
from datetime import date

from zi_certificates.domain.application.state import Application
from zi_certificates.domain.statement import Statement
from zi_certificates.use_cases.amendment_findings import is_amendment
from zi_contracts.intake import Items
from zi_contracts.text import STORED
from zi_rules.certificate.examination import Particulars
from zi_rules.certificate.finding import PLAIN, Finding, MissingDocument, found
from zi_rules.certificate.item import ProductItem
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.requirement import Attached, missing_account_documents, requirements
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.registration_number import normalise_number

NIB = "company.nib"


def particulars_of(stated: Statement, hs_codes: tuple[str, ...], submitted: date) -> Particulars:
    return Particulars(
        kinds=frozenset(kinds_of(stated)),
        goods=Goods(stated.goods),
        country=stated.country,
        circumstances=frozenset(stated.circumstances),
        items=tuple(
            ProductItem.model_validate(each.model_dump(exclude={"unit_code"}), context=STORED)
            for each in stated.products
        ),
        attached=tuple(
            Attached(document=each.kind, items=frozenset(each.products)) for each in stated.documents
        ),
        annex_fields=stated.annex_fields,
        hs_codes=frozenset(map(normalise_number, hs_codes)),
        submitted=submitted,
        arrives=stated.arrives,
    )


def missing_of_account(
    stated: Particulars, attached: set[str], rules: CertificateRules
) -> Iterator[MissingDocument]:
    """Yield documents that the account lacks for these letters; an application may bring them itself."""
    for kind in sorted(stated.kinds):
        needed = requirements(kind, stated.goods, stated.country, rules)
        yield from missing_account_documents(needed, attached, stated.circumstances)


def underpaid(application: Application, stated: Statement, now: int) -> Iterator[Finding]:
    """Yield a finding if a change after the bill costs more than it, `now`; what was billed is paid by its bill, whatever it costs today. An
    amendment costs more once it changes something that nobody called for."""
    if application.submission is None:
        return
    if not is_amendment(application) and _is_within(stated, application.billed):
        return
    if now > application.price:
        yield found(FindingReason.UNPAID, PLAIN, "kinds", what=now, expected=application.price)


def _is_within(stated: Statement, billed: Statement | None) -> bool:
    """Return whether nothing is asked for that was not billed."""
    return (
        billed is not None
        and stated.goods == billed.goods
        and set(stated.kinds) <= set(billed.kinds)
        and len(stated.products) <= len(billed.products)
    )


def kinds_of(stated: Statement) -> tuple[CertificateKind, ...]:
    return tuple(map(CertificateKind, stated.kinds))


def unnumbered(items: Items) -> Iterator[Finding]:
    """Yield a finding without a business number: interests are declared by it, so nobody could be found hindered."""
    if NIB not in {each.field for each in items}:
        yield found(FindingReason.BUSINESS_NUMBER_MISSING, PLAIN, NIB)
