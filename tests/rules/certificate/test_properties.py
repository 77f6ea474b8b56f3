"""Properties of all applications and uploads."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.certificate.stated import IMPORT, IMPORTED, RULES, SHAPES, examined

from zi_contracts.text import BLANK
from zi_rules.certificate.examination import Particulars, examine
from zi_rules.certificate.finding import MissingDocument
from zi_rules.certificate.item import Analysis, AnalysisResult, ProductItem
from zi_rules.certificate.item_list import COLUMNS, ItemList, ItemReport, parse_items
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.requirement import Attached

days = st.dates(date(2024, 1, 1), date(2030, 1, 1))
texts = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"], exclude_characters=BLANK),
    min_size=1,
    max_size=20,
).filter(lambda word: word == word.strip() != "")
parts = texts.filter(lambda word: not set(word) & set("=@|"))
countries = st.sampled_from(["CN", "MY", "BN", "PH"])
numbers = st.one_of(
    st.none(), texts, st.sampled_from(["ML 123456789012", "MD 123456789012", "NA 18150900279"])
)
results = st.builds(AnalysisResult, parameter=parts, result=st.none() | parts, method=st.none() | parts)
analyses = st.builds(
    Analysis,
    dated=days,
    batch=st.none() | texts,
    manufactured=st.none() | days,
    expires=st.none() | days,
    results=st.lists(results, max_size=3).map(tuple),
)
quantities = st.decimals(Decimal("0.01"), Decimal(10**9), places=2, allow_nan=False)


def items(number: int) -> st.SearchStrategy[ProductItem]:
    return st.builds(
        ProductItem,
        number=st.just(number),
        product=texts,
        registration_number=numbers,
        hs_code=st.sampled_from(["19053110", "1905.31.20", "1905"]) | texts,
        batch=texts,
        manufactured=days,
        expires=days,
        quantity=quantities,
        unit=texts,
        pack=texts,
        country=countries,
        port=texts,
        invoice=texts,
        transport_document=st.none() | texts,
        analysis=st.none() | analyses,
    )


def lists(least: int) -> st.SearchStrategy[tuple[ProductItem, ...]]:
    return st.integers(least, 3).flatmap(lambda count: st.tuples(*(items(n + 1) for n in range(count))))


attached = st.builds(
    Attached,
    document=st.sampled_from(sorted(RULES.names.documents)),
    items=st.frozensets(st.integers(1, 3)),
)
applications = st.builds(
    Particulars,
    kinds=st.frozensets(st.sampled_from(CertificateKind), max_size=3),
    goods=st.sampled_from(Goods),
    country=st.none() | countries,
    circumstances=st.frozensets(st.sampled_from(sorted(RULES.names.circumstances))),
    items=lists(0),
    attached=st.lists(attached, max_size=6).map(tuple),
    annex_fields=st.dictionaries(st.just("gacc_registration"), texts),
    hs_codes=st.frozensets(st.sampled_from(["19053110", "19053120"])),
    submitted=days,
    arrives=st.none() | days,
)


def missing(stated: Particulars) -> set[MissingDocument]:
    return set(examine(stated, RULES, SHAPES).missing)


@given(applications)
def test_every_application_is_answered_in_full_and_nothing_is_said_twice(stated: Particulars) -> None:
    examination = examine(stated, RULES, SHAPES)
    numbers = {None, *(item.number for item in stated.items)}
    assert len(examination.findings) == len(set(examination.findings))
    assert len(examination.missing) == len(set(examination.missing))
    assert {each.item for each in (*examination.findings, *examination.missing)} <= numbers
    assert all(each.source for each in (*examination.findings, *examination.missing))


@given(applications, attached)
def test_another_document_never_makes_more_missing(stated: Particulars, document: Attached) -> None:
    more = stated.model_copy(update={"attached": (*stated.attached, document)})
    assert missing(more) <= missing(stated)


@given(applications)
def test_what_is_missing_and_handed_in_is_missing_no_longer(stated: Particulars) -> None:
    handed_in = tuple(
        Attached(document=each.any_of[0], items=frozenset(() if each.item is None else (each.item,)))
        for each in missing(stated)
    )
    assert missing(stated.model_copy(update={"attached": (*stated.attached, *handed_in)})) == set()


@given(applications)
def test_letters_together_need_what_each_needs_and_no_more(stated: Particulars) -> None:
    alone = [stated.model_copy(update={"kinds": frozenset({kind})}) for kind in stated.kinds]
    assert missing(stated) == {each for document in alone for each in missing(document)}


@given(st.integers(1, 2000), st.integers(0, 2000))
def test_food_comes_in_exactly_while_two_thirds_of_its_life_are_left(life: int, age: int) -> None:
    made = date(2026, 1, 1)
    dates = {"manufactured": made, "expires": made + timedelta(days=life)}
    item = IMPORTED | dates | {"analysis": IMPORTED["analysis"] | dates | {"dated": made}}
    found = {
        each.reason for each in examined(IMPORT, items=(item,), submitted=made + timedelta(days=age)).findings
    }
    assert (found == set()) == (3 * (life - age) >= 2 * life)
    assert found <= {FindingReason.SHELF_LIFE_TOO_SHORT, FindingReason.EXPIRED}


def row(item: ProductItem) -> dict[str, str]:
    stated: dict[str, Any] = item.model_dump(mode="json", exclude={"number", "analysis"})
    if item.analysis is not None:
        stated |= {f"analysis.{name}": value for name, value in item.analysis.model_dump(mode="json").items()}
        stated["analysis.results"] = " | ".join(written(each) for each in item.analysis.results)
    return {column: stated.get(column) or "" for column in COLUMNS}


def written(result: AnalysisResult) -> str:
    return f"{result.parameter} = {result.result or ''} @ {result.method or ''}"


@given(lists(1), st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_a_list_that_a_spreadsheet_writes_is_read_as_it_was(
    listed: tuple[ProductItem, ...], separator: str, encoding: str
) -> None:
    file = StringIO(newline="")
    writer = csv.DictWriter(file, list(COLUMNS), delimiter=separator)
    writer.writeheader()
    writer.writerows(row(item) for item in listed)
    assert parse_items(file.getvalue().encode(encoding)) == ItemList(items=listed)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_upload_passes_for_a_list_that_is_none(upload: bytes) -> None:
    assert isinstance(parse_items(upload), ItemReport)


@given(st.text(max_size=60), st.sampled_from(sorted(COLUMNS)))
def test_any_cell_is_read_or_reported(cell: str, column: str) -> None:
    item = ProductItem.model_validate(IMPORTED)
    file = StringIO(newline="")
    writer = csv.writer(file)
    spoiled = row(item) | {column: cell}
    writer.writerows([list(spoiled), list(spoiled.values())])
    parsed = parse_items(file.getvalue().encode("utf-8", "replace"))
    assert isinstance(parsed, ItemList) or {each.column for each in parsed.problems} <= {
        column,
        "analysis.dated",
    }
