"""A registration number's shape, never its validity."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from zi_rules.provenance import SourceStatus
from zi_rules.registration_number import (
    Commodity,
    ExpectedShape,
    OtherCommodityShape,
    Shape,
    UnknownShape,
    check_shape,
    load_shapes,
)

SHAPES = load_shapes()[0].shapes


@pytest.mark.parametrize(
    ("text", "commodity", "shape"),
    [
        ("BPOM RI MD 123456789012", Commodity.PANGAN_OLAHAN, "pangan_12"),
        ("ml123456789012", Commodity.PANGAN_OLAHAN, "pangan_12"),
        ("MD 123456789012345", Commodity.PANGAN_OLAHAN, "pangan_15"),
        ("P-IRT No. 1234567890123-45", Commodity.PANGAN_OLAHAN, "pirt"),
        ("PIRT 123456789012345", Commodity.PANGAN_OLAHAN, "pirt"),
        ("GKL9615508910A1", Commodity.OBAT, "obat"),
        ("POM TR 123 456 789", Commodity.OBAT_TRADISIONAL, "obat_tradisional"),
        ("HT123456789E", Commodity.OBAT_TRADISIONAL, "obat_tradisional"),
        ("pom sd 123456789", Commodity.SUPLEMEN_KESEHATAN, "suplemen_kesehatan"),
        ("QD 123456789", Commodity.OBAT_KUASI, "obat_kuasi_dalam_negeri"),
        ("POM QI 123456789", Commodity.OBAT_KUASI, "obat_kuasi_impor_lisensi"),
        ("NA 18150900279", Commodity.KOSMETIK, "kosmetik_notifikasi"),
        ("N.A. 18150900279\n", Commodity.KOSMETIK, "kosmetik_notifikasi"),
    ],
)
def test_a_number_is_known_by_its_shape(text: str, commodity: Commodity, shape: str) -> None:
    checked = check_shape(text, commodity, SHAPES)
    assert isinstance(checked, ExpectedShape)
    assert checked.shape == shape


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MD",
        "MD 12345678901",
        "MD 1234567890123",
        "XX 123456789",
        "NF 18150900279",
        "MD ١٢٣٤٥٦٧٨٩٠١٢",
        "MD123456789012 X",
    ],
)
def test_another_writing_has_no_known_shape(text: str) -> None:
    assert isinstance(check_shape(text, Commodity.PANGAN_OLAHAN, SHAPES), UnknownShape)


def test_a_number_shaped_like_another_commodity_says_which() -> None:
    assert check_shape("NA 18150900279", Commodity.PANGAN_OLAHAN, SHAPES) == OtherCommodityShape(
        number="NA18150900279", shape="kosmetik_notifikasi", commodity=Commodity.KOSMETIK
    )


def test_shapes_without_a_document_say_so() -> None:
    unverified = {shape.name for shape in SHAPES if shape.source_status is SourceStatus.UNVERIFIED}
    assert unverified == {"pangan_15", "obat_kuasi_impor_lisensi"}


def test_every_commodity_has_a_shape() -> None:
    assert {shape.commodity for shape in SHAPES} == set(Commodity)


def test_a_pattern_must_be_a_regular_expression() -> None:
    with pytest.raises(ValidationError, match="not a regular expression"):
        Shape(
            name="x", commodity=Commodity.OBAT, pattern="(", source="x", source_status=SourceStatus.UNVERIFIED
        )


def test_an_office_folder_replaces_the_shapes(tmp_path: Path) -> None:
    (tmp_path / "registration_numbers.toml").write_text(
        '[[shape]]\nname = "contoh"\ncommodity = "obat"\npattern = "X+"\nsource = "contoh"\nsource_status = "verified"\n'
    )
    assert [shape.name for shape in load_shapes(tmp_path)[0].shapes] == ["contoh"]
