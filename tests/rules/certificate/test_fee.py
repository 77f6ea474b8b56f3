"""Fees of an application."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.rules.certificate.stated import RULES

from zi_rules.certificate.fee import NoTariffError, fee
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules, load_certificate_rules
from zi_rules.certificate.tariffs import load_tariffs, priced

EXPORT = [CertificateKind.SKE_HEALTH, CertificateKind.SKE_FREE_SALE]


def tariff(kind: CertificateKind, rupiah: int, per: str) -> dict[str, Any]:
    return {"kinds": [kind], "rupiah": rupiah, "per": per, "source": "contoh", "source_status": "unverified"}


def with_tariffs(*tariffs: dict[str, Any]) -> CertificateRules:
    return CertificateRules.model_validate(RULES.model_dump() | {"tariffs": tariffs})


def test_no_amount_is_shipped_because_none_could_be_read_in_a_document() -> None:
    assert RULES.tariffs == ()
    with pytest.raises(
        NoTariffError, match=r"^The office must state the tariff of ske_health for kosmetik\.$"
    ):
        fee(EXPORT, Goods.KOSMETIK, 1, RULES)


def test_each_letter_costs_by_application_or_by_item() -> None:
    rules = with_tariffs(tariff(EXPORT[0], 50_000, "application"), tariff(EXPORT[1], 10_000, "item"))
    assert fee(EXPORT, Goods.PANGAN_OLAHAN, 3, rules) == 80_000
    assert fee(EXPORT[:1], Goods.PANGAN_OLAHAN, 3, rules) == 50_000


def test_one_letter_without_a_tariff_leaves_the_whole_unbilled() -> None:
    with pytest.raises(NoTariffError, match="ske_free_sale"):
        fee(EXPORT, Goods.PANGAN_OLAHAN, 1, with_tariffs(tariff(EXPORT[0], 50_000, "application")))


def test_a_letter_may_be_free_of_charge() -> None:
    assert fee(EXPORT[:1], Goods.PANGAN_OLAHAN, 3, with_tariffs(tariff(EXPORT[0], 0, "item"))) == 0


def test_a_letter_has_one_tariff() -> None:
    twice = [tariff(EXPORT[0], 50_000, "application"), tariff(EXPORT[0], 10_000, "item")]
    with pytest.raises(ValidationError, match="only one tariff for ske_health of bahan_kosmetik"):
        with_tariffs(*twice)


def test_an_office_states_its_tariffs_in_a_file_of_their_own(tmp_path: Path) -> None:
    stated = '[[tariffs]]\nrupiah = 7000\nper = "item"\nsource = "contoh"\nsource_status = "unverified"\n'
    (tmp_path / "certificate_tariffs.toml").write_text(stated)
    rules = priced(load_certificate_rules(tmp_path)[0], load_tariffs(tmp_path)[0])
    assert fee(EXPORT[:1], Goods.PANGAN_OLAHAN, 3, rules) == 21_000
    assert rules.documents == RULES.documents


def test_tariffs_of_the_rules_and_of_the_file_of_tariffs_hold_together(tmp_path: Path) -> None:
    shipped = (Path(str(files("zi_rules"))) / "data/certificates/rancangan.toml").read_text()
    each = '\n[[tariffs]]\nkinds = ["{}"]\nrupiah = {}\nper = "item"\nsource = "contoh"\nsource_status = "unverified"\n'
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates/rancangan.toml").write_text(shipped + each.format("ske_health", 1))
    (tmp_path / "certificate_tariffs.toml").write_text(each.format("ske_free_sale", 2))
    rules = priced(load_certificate_rules(tmp_path)[0], load_tariffs(tmp_path)[0])
    assert fee(EXPORT, Goods.PANGAN_OLAHAN, 1, rules) == 3
