import pytest

from zi_rules.letter_number import number_in, official_number

NUMBER = "SKI-2026-000017"


@pytest.mark.parametrize(
    "typed",
    [
        *(NUMBER, "ski 2026 17", " ski-2026-17 ", "SKI/2026/000017", "SKI2026000017", "ski.2026.0017"),
        *("SKI\u20112026\u2011000017", "ski\u20132026\u2013000017.", "SKI\u22122026\u2212000017"),
        *(
            "ＳＫＩ－２０２６－００００１７",
            "SKI\u00a02026\u00a0000017",
            "\u200bSKI-2026-000017\u200b",
            "SKI-2026-000017,",
        ),
        *("SK1-2O26-OOOOI7", "skl-2026-0000l7"),
    ],
)
def test_a_number_is_understood_however_it_is_typed_or_pasted(typed: str) -> None:
    assert number_in(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    ["", "17", "SKU-2026-17", "SKI-26-17", "SKI-26-17345", "SKI-2026-", "SKI-2026-١٧", "x" * 500],
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert number_in(typed) is None


def test_a_number_is_written_with_its_series_and_year() -> None:
    assert official_number("ske", 2027, 1_234_567) == "SKE-2027-1234567"
    assert number_in("ske 2027 1234567") == "SKE-2027-1234567"
    assert official_number("ba", 2026, 17) == "BA-2026-000017"
