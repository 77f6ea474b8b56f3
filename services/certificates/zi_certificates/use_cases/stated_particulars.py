"""The statement of an applicant as the rules read it."""

from collections.abc import Iterator
from datetime import date

from zi_certificates.domain.statement import Statement
from zi_contracts.text import STORED
from zi_rules.certificate.examination import Particulars
from zi_rules.certificate.finding import MissingDocument
from zi_rules.certificate.item import ProductItem
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.requirement import Attached, missing_account_documents, requirements
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.registration_number import normalise_number


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


def kinds_of(stated: Statement) -> tuple[CertificateKind, ...]:
    return tuple(map(CertificateKind, stated.kinds))
