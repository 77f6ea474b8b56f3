"""Lists of items as people's spreadsheets write them."""

import pytest
from tests.rules.certificate.stated import IMPORTED

from zi_rules.certificate.item import ProductItem
from zi_rules.certificate.item_list import (
    COLUMNS,
    MOST_BYTES,
    MOST_PROBLEMS,
    OPTIONAL,
    ItemList,
    ItemReport,
    parse_items,
)
from zi_rules.certificate.reason import LineFault

ROW = {
    "product": "Biskuit Contoh",
    "registration_number": "ML 123456789012",
    "hs_code": "1905.31.10",
    "batch": "B-17",
    "manufactured": "2026-05-01",
    "expires": "2027-05-01",
    "quantity": "120",
    "unit": "karton",
    "pack": "24 x 100 g",
    "country": "MY",
    "port": "Tawau",
    "invoice": "INV-CONTOH-1",
    "transport_document": "BL-CONTOH-1",
    "analysis.dated": "2026-05-04",
    "analysis.batch": "B-17",
    "analysis.manufactured": "2026-05-01",
    "analysis.expires": "2027-05-01",
    "analysis.results": "ALT = < 10 koloni/g @ SNI 2897",
}
ITEM = ProductItem.model_validate(IMPORTED)


def uploaded(*rows: dict[str, str], separator: str = ",", end: str = "\r\n") -> bytes:
    columns = list(rows[0])
    lines = [columns, *([row[column] for column in columns] for row in rows)]
    return end.join(separator.join(line) for line in lines).encode()


def read(*rows: dict[str, str]) -> tuple[ProductItem, ...]:
    parsed = parse_items(uploaded(*rows))
    assert isinstance(parsed, ItemList)
    return parsed.items


def problems(upload: bytes) -> list[tuple[int, LineFault, str, str]]:
    parsed = parse_items(upload)
    assert isinstance(parsed, ItemReport)
    return [(each.line, each.fault, each.column, each.what) for each in parsed.problems]


def test_a_list_is_read_whole() -> None:
    assert read(ROW, ROW | {"batch": "B-18"}) == (
        ITEM,
        ITEM.model_copy(update={"number": 2, "batch": "B-18"}),
    )


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_spreadsheets_separator_will_do(separator: str, end: str) -> None:
    assert parse_items(uploaded(ROW, separator=separator, end=end)) == ItemList(items=(ITEM,))


def test_a_byte_order_mark_empty_lines_and_empty_cells_at_the_end_are_passed_over() -> None:
    heading, line = uploaded(ROW).split(b"\r\n")
    padded = b"\xef\xbb\xbf\n" + heading + b",,\n,,,\n" + line + b",,,,\n\n"
    assert parse_items(padded) == ItemList(items=(ITEM,))


def test_headings_may_be_indonesian_in_any_order_and_spelled_as_people_do() -> None:
    indonesian = {COLUMNS[name].replace("_", " ").title(): cell for name, cell in reversed(ROW.items())}
    assert read(indonesian) == (ITEM,)


def test_a_column_that_need_not_be_there_may_be_absent_or_empty() -> None:
    least = {name: cell for name, cell in ROW.items() if name not in OPTIONAL}
    empty = least | dict.fromkeys(OPTIONAL, "")
    without = {"registration_number": None, "transport_document": None, "analysis": None}
    assert read(least) == read(empty) == (ITEM.model_copy(update=without),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("01/05/2026", "2026-05-01"), ("1-5-2026", "2026-05-01"), ("13/05/2026", "2026-05-13")],
)
def test_a_date_may_be_written_day_first(written: str, meant: str) -> None:
    [item] = read(ROW | {"manufactured": written, "analysis.dated": written})
    assert item.manufactured.isoformat() == meant
    assert item.analysis is not None
    assert item.analysis.dated.isoformat() == meant


def test_what_is_no_date_is_left_as_it_is_written() -> None:
    [item] = read(ROW | {"product": "01/05/2026", "country": "my"})
    assert (item.product, item.country) == ("01/05/2026", "MY")


@pytest.mark.parametrize(("written", "meant"), [('"1,5"', "1.5"), ("1.25", "1.25"), ("1200", "1200")])
def test_a_quantity_may_have_a_decimal_comma(written: str, meant: str) -> None:
    (item,) = read(ROW | {"quantity": written})
    assert str(item.quantity) == meant


def test_test_results_are_parted_by_bars() -> None:
    (item,) = read(
        ROW
        | {
            "analysis.results": "ALT=<10@SNI 2897|Timbal = 0.01 mg/kg|Aroma = khas @ 20 C @ SNI|Kadar air @ AOAC|Warna"
        }
    )
    assert item.analysis is not None
    assert [(each.parameter, each.result, each.method) for each in item.analysis.results] == [
        ("ALT", "<10", "SNI 2897"),
        ("Timbal", "0.01 mg/kg", None),
        ("Aroma", "khas @ 20 C", "SNI"),
        ("Kadar air", None, "AOAC"),
        ("Warna", None, None),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("product", "", LineFault.CELL_EMPTY),
        ("product", "x" * 201, LineFault.CELL_TOO_LONG),
        ("product", "a\x00b", LineFault.NOT_PLAIN_TEXT),
        ("product", "a\u202eb", LineFault.NOT_PLAIN_TEXT),
        ("product", '"a\nb"', LineFault.NOT_PLAIN_TEXT),
        ("manufactured", "2026-02-30", LineFault.NOT_A_DATE),
        ("expires", "05/13/2026", LineFault.NOT_A_DATE),
        ("expires", "1779840000", LineFault.NOT_A_DATE),
        ("quantity", "1.000", LineFault.NOT_A_QUANTITY),
        ("quantity", "1e5", LineFault.NOT_A_QUANTITY),
        ("quantity", "0", LineFault.NOT_A_QUANTITY),
        ("quantity", "\u0661\u0662", LineFault.NOT_A_QUANTITY),
        ("product", '"a\r\nb"', LineFault.NOT_PLAIN_TEXT),
        ("country", "Malaysia", LineFault.NOT_A_COUNTRY),
        ("analysis.dated", "", LineFault.CELL_EMPTY),
        ("analysis.dated", "kemarin", LineFault.NOT_A_DATE),
        ("analysis.results", "= 10 @ SNI", LineFault.NOT_TEST_RESULTS),
        ("analysis.results", "|".join(["ALT"] * 101), LineFault.CELL_TOO_LONG),
    ],
)
def test_a_cell_that_can_not_be_read_is_named(column: str, cell: str, fault: LineFault) -> None:
    upload = uploaded(ROW, ROW | {column: cell}, end="\n")
    line = 4 if "\n" in cell else 3
    printable = cell.strip('"')[:80].translate(dict.fromkeys(map(ord, "\x00\u202e\r\n"), "\ufffd"))
    assert problems(upload) == [(line, fault, column, printable)]


def test_every_line_is_reported_at_once() -> None:
    spoiled = ROW | {"quantity": "banyak", "country": "Malaysia"}
    assert problems(uploaded(spoiled, ROW, ROW | {"batch": ""})) == [
        (2, LineFault.NOT_A_QUANTITY, "quantity", "banyak"),
        (2, LineFault.NOT_A_COUNTRY, "country", "Malaysia"),
        (4, LineFault.CELL_EMPTY, "batch", ""),
    ]


def test_a_line_with_too_many_cells_is_not_guessed() -> None:
    upload = uploaded(ROW, ROW) + b",one,two"
    assert problems(upload) == [(3, LineFault.TOO_MANY_CELLS, "", "one")]


def test_columns_are_reported_at_once() -> None:
    named = [name for name in ROW if name not in {"batch", "port"}]
    upload = ",".join([*named, "product", "NIK"]).encode() + b"\nx"
    assert problems(upload) == [
        (1, LineFault.COLUMN_REPEATED, "product", ""),
        (1, LineFault.COLUMN_REPEATED, "product", ""),
        (1, LineFault.COLUMN_UNKNOWN, "", "NIK"),
        (1, LineFault.COLUMN_MISSING, "batch", ""),
        (1, LineFault.COLUMN_MISSING, "port", ""),
    ]


def test_of_a_long_cell_the_beginning_is_told() -> None:
    long = "X" * 100
    assert problems(uploaded(ROW | {long: ""}, ROW | {long: ""}))[0] == (
        1,
        LineFault.COLUMN_UNKNOWN,
        "",
        long[:80],
    )
    assert problems(uploaded(ROW, ROW) + f",{long}".encode())[0][3] == long[:80]


@pytest.mark.parametrize(("upload", "line"), [(b"", 0), (b"\n\n", 0), (b"product\n", 1)])
def test_a_list_without_lines_is_refused(upload: bytes, line: int) -> None:
    assert problems(upload) == [(line, LineFault.NO_LINES, "", "")]


def test_what_is_not_utf_8_is_refused_with_its_line() -> None:
    assert problems("product\nkafé\nteh\n".encode("cp1252")) == [(2, LineFault.NOT_UTF8, "", "")]
    assert problems("\nkafé".encode("cp1252")) == [(2, LineFault.NOT_UTF8, "", "")]


@pytest.mark.parametrize(
    "upload",
    [b'product\n"open', b'product\n"a"b', b"product\n" + b"x" * 140_000],
    ids=["open", "odd", "long"],
)
def test_what_is_no_csv_is_refused_with_its_line(upload: bytes) -> None:
    assert problems(upload) == [(2, LineFault.UNREADABLE, "", "")]


def test_a_file_of_the_greatest_size_is_looked_at_and_no_larger_one() -> None:
    assert problems(b"\n" * MOST_BYTES) == [(0, LineFault.NO_LINES, "", "")]
    assert problems(b"\n" * (MOST_BYTES + 1)) == [(0, LineFault.TOO_LARGE, "", str(MOST_BYTES + 1))]


def test_after_very_many_problems_no_more_lines_are_looked_at() -> None:
    upload = uploaded(ROW) + b"\nx" * 100_000
    assert len(problems(upload)) == MOST_PROBLEMS


@pytest.mark.parametrize("heading", [b"product", b"x"])
def test_a_heading_of_very_many_columns_is_refused_as_any_other(heading: bytes) -> None:
    upload = b",".join([heading] * 30_000) + b"\nx"
    assert len(problems(upload)) == MOST_PROBLEMS
