from datetime import date

from tests.certificates.officials import item
from tests.certificates.steps import product, statement

from zi_certificates.domain.changes import StatementChange, cells, changes
from zi_certificates.domain.statement import Document, TestResult

BEFORE = statement()


def test_nothing_has_changed_between_equal_statements() -> None:
    assert changes(BEFORE, statement()) == []


def test_a_cell_is_told_with_its_product_and_both_values() -> None:
    assert changes(BEFORE, statement(batch="B-002")) == [StatementChange("batch", 1, "B-001", "B-002")]


def test_what_was_added_or_taken_away_has_nothing_on_its_other_side() -> None:
    two = BEFORE.model_copy(update={"products": (*BEFORE.products, product(2))})
    assert changes(BEFORE, two) == [StatementChange("items", 2, None, "Kecap Contoh")]
    assert changes(two, BEFORE) == [StatementChange("items", 2, "Kecap Contoh", None)]


def test_the_whole_is_compared_by_its_codes_and_its_own_annex() -> None:
    other = BEFORE.model_copy(
        update={"kinds": ("ski_border",), "circumstances": ("wholesaler",), "annex_fields": {"buyer": "PT X"}}
    )
    assert changes(BEFORE, other) == [
        StatementChange("kinds", None, "ski_post_border", "ski_border"),
        StatementChange("circumstances", None, None, "wholesaler"),
        StatementChange("annex_fields.buyer", None, "none", "PT X"),
    ]


def test_a_file_that_came_or_went_or_speaks_of_other_products_is_told_by_its_kind() -> None:
    [invoice] = BEFORE.documents
    everything = invoice.model_copy(update={"products": ()})
    added = Document(kind="packing_list", file=item("other"))
    after = BEFORE.model_copy(update={"documents": (everything, added)})
    assert changes(BEFORE, after) == [
        StatementChange("documents.invoice", None, "1", "*"),
        StatementChange("documents.packing_list", None, None, "*"),
    ]
    assert changes(after, BEFORE.model_copy(update={"documents": (everything,)})) == [
        StatementChange("documents.packing_list", None, "*", None)
    ]


def test_test_results_are_compared_as_the_table_writes_them() -> None:
    [first] = BEFORE.products
    assert first.analysis is not None
    tested = (TestResult(parameter="lead", result="0.1", method="AAS"), TestResult(parameter="salt"))
    analysis = first.analysis.model_copy(update={"results": tested, "dated": date(2026, 6, 4)})
    after = BEFORE.model_copy(update={"products": (first.model_copy(update={"analysis": analysis}),)})
    assert changes(BEFORE, after) == [
        StatementChange("analysis.dated", 1, "2026-06-03", "2026-06-04"),
        StatementChange("analysis.results", 1, "lead", "lead = 0.1 @ AAS | salt"),
    ]


def test_a_product_without_an_analysis_has_no_cells_for_one() -> None:
    [first] = BEFORE.products
    context = cells(first.model_copy(update={"analysis": None}))
    assert "number" not in context
    assert not any(name.startswith("analysis") for name in context)
