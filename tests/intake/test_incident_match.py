"""A complaint and a published incident are about the same product by its number, or by its name in one district."""

from dataclasses import replace

import pytest

from zi_intake.domain.incident_match import Matter, is_about, number_key

PUBLISHED = Matter("tarakan", "pangan_olahan", "Sambal Botol", "MD 123456789012")
BY_NAME = replace(PUBLISHED, registration_number="")


@pytest.mark.parametrize(
    "typed", ["md123456789012", "MD 1234.5678.9012", "MD-123456789012", " MD\t123456789012 "]
)
def test_a_number_is_the_same_however_it_is_written_and_wherever(typed: str) -> None:
    assert is_about(Matter("nunukan", "kosmetik", "", typed), PUBLISHED)


@pytest.mark.parametrize("typed", ["sambal botol", "SAMBAL  BOTOL", "Sambal-Botol!", "Sámbal Botol"])
def test_a_name_is_the_same_without_capitals_accents_and_signs(typed: str) -> None:
    assert is_about(replace(BY_NAME, product=typed), PUBLISHED)


def test_who_does_not_know_the_kind_of_product_is_found_by_its_name() -> None:
    assert is_about(replace(BY_NAME, commodity=""), PUBLISHED)


@pytest.mark.parametrize(
    "other",
    [
        replace(BY_NAME, district="nunukan"),
        replace(BY_NAME, commodity="kosmetik"),
        replace(BY_NAME, product="Sambal Botol Pedas"),
        replace(BY_NAME, product="?!"),
        replace(BY_NAME, product=""),
        replace(PUBLISHED, registration_number="MD 999999999999"),
    ],
)
def test_anything_else_is_another_matter(other: Matter) -> None:
    assert not is_about(other, PUBLISHED)


def test_signs_without_a_letter_or_digit_are_no_number() -> None:
    assert number_key(" -./ ") == ""
    assert not is_about(
        Matter("tarakan", "", "", "-"), replace(PUBLISHED, product="", registration_number="-")
    )


@pytest.mark.parametrize("typed", ["tidak ada", "Tidak terdaftar", "MD", "12345", "none"])
def test_words_in_the_field_of_the_number_are_no_number(typed: str) -> None:
    """Else all products without one would be the same, and one whose name fits would be another."""
    assert number_key(typed) == ""
    assert not is_about(
        Matter("nunukan", "", "Kopi", typed), replace(PUBLISHED, product="", registration_number=typed)
    )
    assert is_about(replace(PUBLISHED, registration_number=typed), PUBLISHED)
