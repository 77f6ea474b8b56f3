"""Until when a letter is valid."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from tests.rules.certificate.stated import RULES

from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.certificate.validity import last_valid_day

KIND, GOODS, SIGNED = CertificateKind.SKE_HEALTH, Goods.PANGAN_OLAHAN, date(2026, 12, 7)


def with_validity(*days: int) -> CertificateRules:
    stated: list[dict[str, Any]] = [
        {"kinds": [KIND], "days": each, "source": "contoh", "source_status": "unverified"} for each in days
    ]
    return CertificateRules.model_validate(RULES.model_dump() | {"validity": stated})


def test_no_end_is_shipped_because_none_could_be_read_in_a_document() -> None:
    assert RULES.validity == ()
    assert last_valid_day(KIND, GOODS, SIGNED, RULES) is None


@pytest.mark.parametrize(("days", "last"), [(1, SIGNED), (30, date(2027, 1, 5))])
def test_the_day_of_the_signature_is_the_first(days: int, last: date) -> None:
    assert last_valid_day(KIND, GOODS, SIGNED, with_validity(days)) == last


def test_a_letter_of_another_kind_has_another_validity() -> None:
    assert last_valid_day(CertificateKind.SKE_CPP, Goods.OBAT, SIGNED, with_validity(30)) is None


def test_a_letter_has_one_validity() -> None:
    with pytest.raises(ValidationError, match="only one validity for ske_health"):
        with_validity(30, 60)
