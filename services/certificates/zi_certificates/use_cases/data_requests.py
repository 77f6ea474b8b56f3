"""The documents that an official may ask an applicant for: those that a rule names, and others with a written explanation. Pure."""

from collections.abc import Iterable, Set

from zi_certificates.domain.statement import Statement
from zi_contracts.certificates import PublishedFinding
from zi_rules.certificate.kind import CertificateKind, Circumstance, Goods
from zi_rules.certificate.requirement import holding, requirements
from zi_rules.certificate.rule_set import CertificateRules

DOCUMENTS = "documents"
LEAST_EXPLANATION = 20  # letters


def is_explained(note: str | None) -> bool:
    return len((note or "").strip()) >= LEAST_EXPLANATION


def unnamed_documents(
    wanted: Iterable[PublishedFinding], stated: Statement | None, rules: CertificateRules
) -> tuple[str, ...]:
    """Return the places of wanted documents that no rule asks for, as the application is stated."""
    if stated is None:
        return ()
    circumstances = frozenset(map(Circumstance, stated.circumstances))
    named = {
        document
        for kind in map(CertificateKind, stated.kinds)
        for rule in holding(
            requirements(kind, Goods(stated.goods), stated.country, rules).documents, circumstances
        )
        for document in rule.any_of
    }
    places = dict.fromkeys(each.where for each in wanted)
    return tuple(each for each in places if not _is_named(each, named))


def unsendable_documents(wanted: Iterable[PublishedFinding], kinds: Set[str]) -> tuple[str, ...]:
    """Return the places of documents that can't be attached, as none of their kinds is among these: nobody could answer such a request."""
    places = dict.fromkeys(each.where for each in wanted if each.where != DOCUMENTS)
    return tuple(each for each in places if not _is_named(each, kinds))


def _is_named(where: str, documents: Set[str]) -> bool:
    """Return whether it is no document, or names one of these: `documents.invoice/contract`."""
    part, _, codes = where.partition(".")
    return part != DOCUMENTS or not documents.isdisjoint(codes.split("/"))
