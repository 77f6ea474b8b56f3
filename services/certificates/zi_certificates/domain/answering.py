"""Answers of an applicant to what the office asked for: a document, a correction at the place, or an answer in words. Pure."""

from collections.abc import Collection, Iterator

from zi_certificates.domain.changes import changes
from zi_certificates.domain.statement import Document, Statement
from zi_contracts.certificates import PublishedFinding

Findings = tuple[PublishedFinding, ...]
DOCUMENTS = "documents"
ANALYSIS = "analysis"
# Places in the account of the company; the code of a product may be missing in the account too.
OF_THE_ACCOUNT = ("account", "hs_codes", "hs_code", "acts_for_others", "warehouse", "company")


def unanswered(
    wanted: Findings,
    before: Statement,
    now: Statement,
    in_words: Collection[PublishedFinding],
    *,
    account_changed: bool,
) -> Findings:
    """Return everything that was asked for and is neither attached, nor corrected, nor answered in words."""
    places = set(_changed_places(before, now))
    attached = [each for each in now.documents if each not in before.documents]
    return tuple(
        each
        for each in wanted
        if not _is_answered(each, places, attached, account_changed=account_changed)
        and (is_document(each) or each not in in_words)
    )


def is_document(finding: PublishedFinding) -> bool:
    """Return whether a document was asked for, which no words replace."""
    return _part(finding.where) == DOCUMENTS


def _is_answered(
    wanted: PublishedFinding,
    places: Collection[tuple[str, int | None]],
    attached: Collection[Document],
    *,
    account_changed: bool,
) -> bool:
    part = _part(wanted.where)
    if part == DOCUMENTS:
        return any(_fits(each, wanted) for each in attached)
    if account_changed and part in OF_THE_ACCOUNT:
        return True
    return any(
        _is_at(wanted.where, place, item) and (wanted.item is None or wanted.item == item)
        for place, item in places
    )


def _is_at(where: str, place: str, item: int | None) -> bool:
    """Compare where something was asked with where something changed; a certificate of analysis is one place, as is the list."""
    if where == "items":
        return item is not None
    part = _part(place)
    return where in (place, part) or _part(where) == part == ANALYSIS


def _fits(document: Document, wanted: PublishedFinding) -> bool:
    """Compare kind and product; a document about the whole is about each product."""
    kinds = wanted.where.partition(".")[2].split("/")
    of_product = wanted.item is None or not document.products or wanted.item in document.products
    return of_product and (kinds == [""] or document.kind in kinds)


def _changed_places(before: Statement, now: Statement) -> Iterator[tuple[str, int | None]]:
    """Yield each place with a change; a product that is gone has changed everywhere."""
    numbers = {each.number for each in now.products}
    for change in changes(before, now):
        yield change.where, change.item
        if change.where == "items" and change.item not in numbers:
            for name in type(before.products[0]).model_fields:
                yield name, change.item


def _part(where: str) -> str:
    return where.partition(".")[0]
