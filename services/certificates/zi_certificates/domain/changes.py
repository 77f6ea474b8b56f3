"""Differences between two revisions of an application, for the official who decides about the newer one. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zi_certificates.domain.statement import Document, StatedAnalysis, StatedProduct, Statement, TestResult


@dataclass(frozen=True)
class StatementChange:
    """`where` is named as in a finding; None stands for what was not there."""

    where: str
    item: int | None
    before: str | None
    after: str | None


def changes(before: Statement, after: Statement) -> list[StatementChange]:
    return [*_of_the_whole(before, after), *_of_products(before, after), *_of_documents(before, after)]


def _of_the_whole(before: Statement, after: Statement) -> Iterator[StatementChange]:
    yield from _differing(_whole(before), _whole(after), None)


def _whole(stated: Statement) -> Mapping[str, str]:
    annex = {f"annex_fields.{name}": text for name, text in sorted(stated.annex_fields.items())}
    return {
        "kinds": ",".join(sorted(stated.kinds)),
        "goods": stated.goods,
        "country": stated.country or "",
        "circumstances": ",".join(sorted(stated.circumstances)),
        "arrives": stated.arrives.isoformat() if stated.arrives else "",
        **{each.field: each.item.hex[:8] for each in stated.parties},
        **annex,
        **_used(stated, None),
    }


def _used(stated: Statement, product: int | None) -> Mapping[str, str]:
    """Return the versions of the company's data that a product, or the whole, was filled in from."""
    return {
        f"used.{each.kind}": f"{each.entry.hex[:8]}, {each.revision}"
        for each in stated.used
        if each.product == product
    }


def _of_products(before: Statement, after: Statement) -> Iterator[StatementChange]:
    was = {each.number: each for each in before.products}
    now = {each.number: each for each in after.products}
    for number in sorted(was.keys() | now.keys()):
        yield from _of_product(number, was.get(number), now.get(number))
        if number in was and number in now:
            yield from _differing(_used(before, number), _used(after, number), number)


def _of_product(
    number: int, before: StatedProduct | None, after: StatedProduct | None
) -> Iterator[StatementChange]:
    if before is None or after is None:
        was = before.product if before else None
        yield StatementChange("items", number, was, after.product if after else None)
    else:
        yield from _differing(cells(before), cells(after), number)


def cells(product: StatedProduct) -> Mapping[str, str]:
    """Return the text of each column, in the order of the list."""
    fields: dict[str, Any] = product.model_dump(exclude={"number", "analysis", "unit_code"})
    texts = {name: _text(value) for name, value in fields.items()}
    return {**texts, **(_analysis(product.analysis) if product.analysis else {})}


def _analysis(analysis: StatedAnalysis) -> Mapping[str, str]:
    fields = analysis.model_dump(exclude={"results"})
    texts = {f"analysis.{name}": _text(value) for name, value in fields.items()}
    return {**texts, "analysis.results": results(analysis.results)}


def results(tested: tuple[TestResult, ...]) -> str:
    """parameter = result @ method, parted by |, as the list is written."""
    return " | ".join(_result(each) for each in tested)


def _result(tested: TestResult) -> str:
    result = f" = {tested.result}" if tested.result else ""
    method = f" @ {tested.method}" if tested.method else ""
    return f"{tested.parameter}{result}{method}"


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _differing(
    before: Mapping[str, str], after: Mapping[str, str], item: int | None
) -> Iterator[StatementChange]:
    for name in {**before, **after}:
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield StatementChange(name, item, was or None, now or None)


def _of_documents(before: Statement, after: Statement) -> Iterator[StatementChange]:
    was = {each.file.item: each for each in before.documents}
    now = {each.file.item: each for each in after.documents}
    for file in {**was, **now}:
        if was.get(file) != now.get(file):
            yield _of_document(was.get(file), now.get(file))


def _of_document(before: Document | None, after: Document | None) -> StatementChange:
    """Compare the kind of a document and its products; its file never changes."""
    kind = after.kind if after else before.kind if before else ""
    return StatementChange(f"documents.{kind}", None, _products_of(before), _products_of(after))


def _products_of(document: Document | None) -> str | None:
    if document is None:
        return None
    return ", ".join(map(str, document.products)) or "*"
