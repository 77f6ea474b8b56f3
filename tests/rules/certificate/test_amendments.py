"""Amendments of issued letters: the office's data say which fields may change and what that costs."""

from datetime import date
from pathlib import Path

import pytest

from zi_rules.certificate.amendments import (
    AmendableField,
    AmendmentRule,
    amendment_findings,
    field_of,
    is_over,
    load_amendments,
)
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.provenance import SourceStatus

IMPORT, EXPORT = CertificateKind.SKI_BORDER, CertificateKind.SKE_HEALTH
DAY = date(2026, 12, 7)
RULE = """
[[amendments]]
kinds = ["ske_health"]
fields = ["batch"]
source = "Contoh"
source_status = "unverified"
"""


def rule(*fields: str, days: int = 0) -> AmendmentRule:
    return AmendmentRule(
        fields=frozenset(map(AmendableField, fields or ("batch",))),
        days_after_arrival=days,
        source="Contoh",
        source_status=SourceStatus.UNVERIFIED,
    )


def test_what_nobody_has_decided_is_no_rule() -> None:
    [shipped] = load_amendments()
    assert shipped.amendments == ()
    assert shipped.rule_of(EXPORT, Goods.PANGAN_OLAHAN) is None


def test_a_demonstration_has_rules_unless_the_office_states_its_own(tmp_path: Path) -> None:
    [invented] = load_amendments(demo=True)
    assert invented.id == "demo_amendments"
    (tmp_path / "certificate_amendments.toml").write_text(f"version = 3{RULE}")
    [amendments] = load_amendments(tmp_path, demo=True)
    assert (amendments.version, amendments.rule_of(IMPORT, Goods.OBAT)) == (3, None)
    found = amendments.rule_of(EXPORT, Goods.PANGAN_OLAHAN)
    assert found is not None
    assert (found.fee, found.fee_after_call) == (None, None)


def test_a_letter_has_one_rule(tmp_path: Path) -> None:
    (tmp_path / "certificate_amendments.toml").write_text(f"version = 3{RULE}{RULE}")
    with pytest.raises(UnusableConfigurationError, match="state only once"):
        load_amendments(tmp_path)


def test_an_error_that_an_official_found_has_a_fee_of_its_own() -> None:
    stated = rule().model_copy(update={"fee": "tariff", "fee_after_call": "none"})
    assert (stated.fee_of(called_for=False), stated.fee_of(called_for=True)) == ("tariff", "none")


@pytest.mark.parametrize(
    ("where", "field"),
    [
        *(("batch", "batch"), ("analysis.dated", "analysis"), ("unit", "quantity"), ("product", "product")),
        *(("letter.producer", "parties"), ("annex_fields.buyer", "annex_fields")),
    ],
)
def test_a_place_belongs_to_a_field(where: str, field: str) -> None:
    assert field_of(where) == field


def test_only_what_the_rule_names_is_amended() -> None:
    changed = [("batch", 1, "B-2"), ("product", 1, "Lain"), ("unit", 1, "g")]
    assert amendment_findings(changed[:1], rule(), rule().fields) == ()
    named = amendment_findings(changed, rule(), ("batch", "quantity"))
    assert [(each.reason, each.where, each.item) for each in named] == [
        (FindingReason.NOT_AMENDABLE, "product", 1)
    ]
    assert (named[0].what, named[0].expected) == ("Lain", "batch, quantity")


def test_an_amendment_amends_something() -> None:
    [nothing] = amendment_findings((), rule(), rule().fields)
    assert nothing.reason is FindingReason.NOTHING_AMENDED


@pytest.mark.parametrize(
    ("kind", "arrives", "days", "over"),
    [
        *((IMPORT, date(2026, 12, 7), 0, False), (IMPORT, date(2026, 12, 6), 0, True)),
        *((IMPORT, date(2026, 12, 6), 1, False), (IMPORT, None, 0, False), (EXPORT, DAY.min, 0, False)),
    ],
)
def test_an_import_letter_ends_with_its_shipment(
    kind: CertificateKind, arrives: date | None, days: int, *, over: bool
) -> None:
    assert is_over(rule(days=days), kind, arrives, DAY) is over
