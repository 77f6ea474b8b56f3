"""Findings about one item."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from tests.rules.certificate.stated import ANALYSIS, EXPORTED, IMPORTED, RULES, SETTING, SHAPES, found_in

from zi_rules.certificate.item import ProductItem
from zi_rules.certificate.item_finding import item_findings
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.requirement import requirements

BY_ARRIVAL = RULES.model_copy(
    update={"shelf_life_on": RULES.shelf_life_on.model_copy(update={"day": "arrival"})}
)


@pytest.mark.parametrize("item", [IMPORTED, EXPORTED], ids=["import", "export"])
def test_a_good_item_is_found_good(item: dict[str, Any]) -> None:
    assert found_in(item) == []


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        ({"registration_number": None}, FindingReason.REGISTRATION_MISSING),
        ({"registration_number": "ML 12"}, FindingReason.REGISTRATION_SHAPE_UNKNOWN),
        ({"registration_number": "NA 18150900279"}, FindingReason.REGISTRATION_OF_OTHER_COMMODITY),
        ({"registration_number": "MD 123456789012"}, FindingReason.REGISTRATION_FOR_OTHER_TRACK),
        ({"registration_number": "P-IRT 1234567890123-45"}, FindingReason.REGISTRATION_FOR_OTHER_TRACK),
        ({"hs_code": "1905.31"}, FindingReason.HS_CODE_SHAPE),
        ({"hs_code": "19053120"}, FindingReason.HS_CODE_NOT_ON_ACCOUNT),
        ({"manufactured": date(2026, 7, 7), "analysis": None}, FindingReason.NOT_YET_MANUFACTURED),
        ({"expires": date(2026, 7, 5), "analysis": None}, FindingReason.EXPIRED),
        ({"expires": date(2026, 7, 6), "analysis": None}, FindingReason.SHELF_LIFE_TOO_SHORT),
        ({"expires": date(2026, 11, 4), "analysis": None}, FindingReason.SHELF_LIFE_TOO_SHORT),
        ({"analysis": None}, FindingReason.ANALYSIS_MISSING),
    ],
)
def test_a_fault_of_an_imported_food_has_its_reason(spoiled: dict[str, Any], reason: FindingReason) -> None:
    more = {FindingReason.ANALYSIS_MISSING} if spoiled.get("analysis", 1) is None else set()
    assert set(found_in(IMPORTED, **spoiled)) == {reason} | more


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        ({"batch": None}, FindingReason.ANALYSIS_WITHOUT_BATCH),
        ({"batch": "B-18"}, FindingReason.ANALYSIS_OF_OTHER_BATCH),
        ({"results": ()}, FindingReason.ANALYSIS_WITHOUT_RESULTS),
        ({"results": ({"parameter": "ALT", "method": "SNI 2897"},)}, FindingReason.ANALYSIS_WITHOUT_RESULTS),
        ({"results": ({"parameter": "ALT", "result": "< 10"},)}, FindingReason.ANALYSIS_WITHOUT_METHODS),
        ({"manufactured": None, "expires": None}, FindingReason.ANALYSIS_WITHOUT_DATES),
        ({"manufactured": date(2026, 5, 2)}, FindingReason.ANALYSIS_CONTRADICTS_DATES),
        ({"expires": date(2027, 5, 2)}, FindingReason.ANALYSIS_CONTRADICTS_DATES),
        ({"dated": date(2026, 7, 7)}, FindingReason.ANALYSIS_FROM_THE_FUTURE),
    ],
)
def test_a_fault_of_an_analysis_has_its_reason(spoiled: dict[str, Any], reason: FindingReason) -> None:
    assert found_in(IMPORTED, analysis=ANALYSIS | spoiled) == [reason]


@pytest.mark.parametrize("present", ["manufactured", "expires"])
def test_either_date_on_an_analysis_will_do(present: str) -> None:
    other = {"manufactured": "expires", "expires": "manufactured"}[present]
    assert found_in(IMPORTED, analysis=ANALYSIS | {other: None}) == []


def test_a_batch_is_the_same_however_it_is_spaced() -> None:
    assert found_in(IMPORTED, analysis=ANALYSIS | {"batch": "b- 17"}) == []


def test_an_analysis_may_be_as_old_as_twelve_months_for_an_export() -> None:
    assert found_in(EXPORTED, analysis=ANALYSIS | {"dated": date(2025, 7, 6)}) == []
    assert found_in(EXPORTED, analysis=ANALYSIS | {"dated": date(2025, 7, 5)}) == [
        FindingReason.ANALYSIS_TOO_OLD
    ]
    assert found_in(IMPORTED, analysis=ANALYSIS | {"dated": date(2024, 7, 5)}) == []


def test_what_was_made_and_analysed_today_may_be_applied_for_today() -> None:
    today = replace(SETTING, submitted=date(2026, 5, 1))
    assert found_in(IMPORTED, today, analysis=ANALYSIS | {"dated": date(2026, 5, 1)}) == []


def test_an_analysis_for_an_export_of_food_shows_results_and_need_not_show_more() -> None:
    least = {"batch": None, "manufactured": None, "expires": None}
    results = ({"parameter": "ALT", "result": "< 10"},)
    assert found_in(EXPORTED, analysis=ANALYSIS | least | {"results": results}) == []


def test_an_import_number_is_not_for_exports() -> None:
    found = found_in(EXPORTED, registration_number="ML 123456789012")
    assert found == [FindingReason.REGISTRATION_FOR_OTHER_TRACK]


def test_a_food_for_export_may_carry_a_home_industry_number() -> None:
    assert found_in(EXPORTED, registration_number="P-IRT 1234567890123-45") == []


def test_dates_out_of_order_are_said_once_and_no_share_is_computed_from_them() -> None:
    item = {"manufactured": date(2026, 7, 1), "expires": date(2026, 7, 1)}
    found = found_in(IMPORTED, analysis=ANALYSIS | {"manufactured": None, "expires": None}, **item)
    assert found == [
        FindingReason.DATES_OUT_OF_ORDER,
        FindingReason.EXPIRED,
        FindingReason.ANALYSIS_WITHOUT_DATES,
    ]
    assert found_in(EXPORTED, analysis=None, manufactured=date(2026, 7, 9), expires=date(2026, 7, 8)) == [
        FindingReason.DATES_OUT_OF_ORDER,
        FindingReason.NOT_YET_MANUFACTURED,
        FindingReason.ANALYSIS_MISSING,
    ]


def test_exactly_two_thirds_of_a_shelf_life_are_enough() -> None:
    dates = {"manufactured": date(2026, 6, 6), "expires": date(2026, 9, 4)}
    assert found_in(IMPORTED, analysis=ANALYSIS | dates, **dates) == []
    later = replace(SETTING, submitted=date(2026, 7, 7))
    assert found_in(IMPORTED, later, analysis=ANALYSIS | dates, **dates) == [
        FindingReason.SHELF_LIFE_TOO_SHORT
    ]


def test_the_arrival_counts_where_the_rules_say_so_and_it_is_known() -> None:
    late = date(2027, 4, 1)
    assert found_in(IMPORTED, replace(SETTING, arrives=late)) == []
    assert found_in(IMPORTED, replace(SETTING, rules=BY_ARRIVAL, arrives=late)) == [
        FindingReason.SHELF_LIFE_TOO_SHORT
    ]


def test_an_early_arrival_makes_nothing_fresh_that_has_expired_since() -> None:
    earlier = replace(SETTING, rules=BY_ARRIVAL, arrives=date(2026, 7, 1))
    dates = {"manufactured": date(2026, 5, 1), "expires": date(2026, 7, 3)}
    assert found_in(IMPORTED, earlier, analysis=ANALYSIS | dates, **dates) == [FindingReason.EXPIRED]


def test_goods_that_expire_on_their_way_have_expired_whatever_the_shelf_life_counts_from() -> None:
    assert found_in(IMPORTED, replace(SETTING, arrives=IMPORTED["expires"])) == []
    late = replace(SETTING, arrives=IMPORTED["expires"] + timedelta(days=1))
    assert found_in(IMPORTED, late) == [FindingReason.EXPIRED]


def test_goods_do_not_arrive_before_they_are_made() -> None:
    before = replace(SETTING, rules=BY_ARRIVAL, arrives=date(2026, 4, 30))
    assert found_in(IMPORTED, before) == [FindingReason.ARRIVAL_IMPLAUSIBLE]
    assert found_in(IMPORTED, replace(before, arrives=date(2026, 5, 1))) == []
    assert found_in(IMPORTED, replace(before, rules=RULES)) == []


def test_a_special_import_needs_no_registration() -> None:
    special = replace(SETTING, circumstances=frozenset({"special_import"}))
    assert found_in(IMPORTED, special, registration_number=None, analysis=None) == []


def test_an_ingredient_has_no_registration_number() -> None:
    needed = requirements(CertificateKind.SKI_POST_BORDER, Goods.BAHAN_PANGAN_OLAHAN, None, RULES)
    item = ProductItem.model_validate(IMPORTED | {"registration_number": None})
    assert item_findings(item, needed, SETTING) == ()


@pytest.mark.parametrize(
    ("goods", "number"),
    [
        (Goods.OBAT, "DKI9615508910A1"),
        (Goods.OBAT_TRADISIONAL, "POM TI 123 456 789"),
        (Goods.SUPLEMEN_KESEHATAN, "POM SI 123456789"),
        (Goods.OBAT_KUASI, "QL 123456789"),
        (Goods.KOSMETIK, "NC 18150900279"),
    ],
)
def test_each_commodity_has_import_numbers(goods: Goods, number: str) -> None:
    needed = requirements(CertificateKind.SKI_BORDER, goods, None, RULES)
    item = ProductItem.model_validate(IMPORTED | {"registration_number": number})
    assert item_findings(item, needed, SETTING) == ()


@pytest.mark.parametrize(
    ("goods", "number"),
    [
        (Goods.OBAT, "DKL9615508910A1"),
        (Goods.OBAT_TRADISIONAL, "POM TR 123456789"),
        (Goods.SUPLEMEN_KESEHATAN, "POM SD 123456789"),
        (Goods.OBAT_KUASI, "QD 123456789"),
    ],
)
def test_a_local_number_is_not_for_imports(goods: Goods, number: str) -> None:
    needed = requirements(CertificateKind.SKI_BORDER, goods, None, RULES)
    item = ProductItem.model_validate(IMPORTED | {"registration_number": number})
    assert [each.reason for each in item_findings(item, needed, SETTING)] == [
        FindingReason.REGISTRATION_FOR_OTHER_TRACK
    ]


A = ANALYSIS
WITHOUT_DATES = A | {"manufactured": None, "expires": None}
FINDINGS: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    (IMPORTED, {"registration_number": None}, ["registration_missing, registration_number: , "]),
    (
        IMPORTED,
        {"registration_number": "ML 12"},
        ["registration_shape_unknown, registration_number: ML12, "],
    ),
    (
        IMPORTED,
        {"registration_number": "NA 18150900279"},
        ["registration_of_other_commodity, registration_number: kosmetik, pangan_olahan"],
    ),
    (
        IMPORTED,
        {"registration_number": "MD 123456789012"},
        ["registration_for_other_track, registration_number: MD123456789012, "],
    ),
    (IMPORTED, {"hs_code": "1905.31"}, ["hs_code_shape, hs_code: 190531, "]),
    (IMPORTED, {"hs_code": "1905.31.20"}, ["hs_code_not_on_account, hs_code: 19053120, "]),
    (
        IMPORTED,
        {"manufactured": date(2026, 7, 7), "analysis": A | {"manufactured": None}},
        ["not_yet_manufactured, manufactured: 2026-07-07, "],
    ),
    (
        IMPORTED,
        {"expires": date(2026, 7, 5), "analysis": A | {"expires": None}},
        ["expired, expires: 2026-07-05, >= 2026-07-06"],
    ),
    (
        IMPORTED,
        {"expires": date(2026, 7, 6), "analysis": None},
        ["shelf_life_too_short, expires: 0, >= 2/3", "analysis_missing, analysis: , "],
    ),
    (
        IMPORTED,
        {"manufactured": date(2026, 7, 8), "expires": date(2026, 7, 7), "analysis": WITHOUT_DATES},
        [
            "dates_out_of_order, expires: 2026-07-07, > 2026-07-08",
            "not_yet_manufactured, manufactured: 2026-07-08, ",
            "analysis_without_dates, analysis.manufacture_or_expiry: , ",
        ],
    ),
    (
        EXPORTED,
        {"analysis": A | {"dated": date(2025, 7, 5)}},
        ["analysis_too_old, analysis.dated: 2025-07-05, >= 2025-07-06"],
    ),
    (
        IMPORTED,
        {"analysis": A | {"dated": date(2026, 7, 7)}},
        ["analysis_from_the_future, analysis.dated: 2026-07-07, "],
    ),
    (IMPORTED, {"analysis": A | {"batch": "B-18"}}, ["analysis_of_other_batch, analysis.batch: B-18, B-17"]),
    (
        IMPORTED,
        {"analysis": A | {"batch": None, "results": ()}},
        ["analysis_without_batch, analysis.batch: , ", "analysis_without_results, analysis.results: , "],
    ),
    (
        IMPORTED,
        {"analysis": A | {"results": ({"parameter": "ALT", "result": "1"},)}},
        ["analysis_without_methods, analysis.methods: , "],
    ),
    (
        IMPORTED,
        {"analysis": A | {"manufactured": date(2026, 5, 2), "expires": date(2027, 5, 2)}},
        [
            "analysis_contradicts_dates, analysis.manufactured: 2026-05-02, 2026-05-01",
            "analysis_contradicts_dates, analysis.expires: 2027-05-02, 2027-05-01",
        ],
    ),
]


@pytest.mark.parametrize(("item", "spoiled", "expected"), FINDINGS)
def test_each_finding_says_of_which_item_and_where_and_what_was_expected(
    item: dict[str, Any], spoiled: dict[str, Any], expected: list[str]
) -> None:
    stated = ProductItem.model_validate(item | {"number": 3} | spoiled)
    kind = CertificateKind.SKE_HEALTH if item is EXPORTED else CertificateKind.SKI_POST_BORDER
    needed = requirements(kind, Goods.PANGAN_OLAHAN, stated.country, RULES)
    found = item_findings(stated, needed, SETTING)
    assert [f"{each.reason}, {each.where}: {each.what}, {each.expected}" for each in found] == expected
    assert {each.item for each in found} == {3}


def test_a_number_of_other_goods_names_the_source_of_its_own_shape() -> None:
    needed = requirements(CertificateKind.SKI_POST_BORDER, Goods.PANGAN_OLAHAN, None, RULES)
    shapes = tuple(shape.model_copy(update={"source": f"https://{shape.name}.example"}) for shape in SHAPES)
    item = ProductItem.model_validate(IMPORTED | {"registration_number": "NA 18150900279"})
    [found] = item_findings(item, needed, replace(SETTING, shapes=shapes))
    assert found.source == "https://kosmetik_notifikasi.example"


def test_a_finding_says_what_was_found_and_by_which_rule() -> None:
    needed = requirements(CertificateKind.SKI_POST_BORDER, Goods.PANGAN_OLAHAN, None, RULES)
    item = ProductItem.model_validate(
        IMPORTED | {"number": 3, "expires": date(2026, 8, 9), "registration_number": "NA 18150900279"}
    )
    wrong = {each.reason: each for each in item_findings(item, needed, SETTING)}
    short = wrong[FindingReason.SHELF_LIFE_TOO_SHORT]
    assert (short.item, short.where, short.what, short.expected) == (3, "expires", "17/50", ">= 2/3")
    assert short.source.startswith("https://jakarta.tribunnews.com/")
    assert short.source_status == "verified"
    other = wrong[FindingReason.REGISTRATION_OF_OTHER_COMMODITY]
    (shape,) = [shape for shape in SHAPES if shape.name == "kosmetik_notifikasi"]
    assert (other.what, other.expected, other.source) == ("kosmetik", "pangan_olahan", shape.source)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"product": "  "},
        {"product": "x" * 201},
        {"product": "Biskuit\u202econtoh"},
        {"product": "Biskuit\ncontoh"},
        {"country": "my"},
        {"country": "MY\n"},
        {"quantity": "0"},
        {"quantity": "NaN"},
        {"manufactured": 1779840000},
        {"manufactured": "1779840000"},
        {"manufactured": "20260501"},
        {"number": 0},
        {"nik": "contoh"},
    ],
)
def test_what_is_no_item_is_refused(spoiled: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProductItem.model_validate(IMPORTED | spoiled)


@pytest.mark.parametrize("written", ["1 Mei 2026", "\u0662\u0660\u0662\u0666-\u0660\u0665-\u0660\u0661"])
def test_who_writes_a_date_in_another_way_is_told_how(written: str) -> None:
    with pytest.raises(ValidationError, match=r"Value error, write the date as YYYY-MM-DD \["):
        ProductItem.model_validate(IMPORTED | {"manufactured": written})


def test_an_item_survives_being_written_and_read() -> None:
    item = ProductItem.model_validate(IMPORTED)
    assert ProductItem.model_validate_json(item.model_dump_json()) == item
