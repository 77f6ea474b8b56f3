"""What the letters of an application say."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.certificates import steps
from tests.letters.sample_letter import ADDRESS, CODE_KEY
from tests.rules.certificate.stated import RULES, WORDING

from zi_certificates.letters.content import (
    CertificateContent,
    CompliantApplication,
    IssuingOffice,
    content_of,
    country,
    holder,
    signatory,
)
from zi_letters.content import Party
from zi_rules.certificate.rule_set import CertificateRules

HEAD = IssuingOffice(
    Party(name="Balai POM Contoh", address="Jalan Contoh 1"), ADDRESS, CODE_KEY.key.vkey, WORDING
)
HOLDER = holder("PT  Contoh\nRasa", "Jalan Rasa 2\nTarakan")
SIGNED = date(2026, 12, 7)


def letter_content(
    kind: str = "ski_post_border",
    rules: CertificateRules = RULES,
    replaces: str | None = None,
    products: Any = None,
    **stated: Any,
) -> CertificateContent:
    statement = steps.statement(kind).model_copy(update=stated | ({"products": products} if products else {}))
    applied = CompliantApplication("3C7K9M2Q5", statement, replaces, HOLDER)
    by = signatory("Pejabat Contoh", "staff:head", WORDING.positions, is_acting=False)
    return content_of(kind, applied, HEAD, by, SIGNED, rules, "5a" * 32)


def facts(content: CertificateContent) -> dict[str, list[str]]:
    answer: dict[str, list[str]] = {}
    for fact in content.facts:
        answer.setdefault(fact.label.en, []).append(fact.value)
    return answer


def test_an_import_letter_says_whose_shipment_comes_from_where() -> None:
    content = letter_content()
    assert content.holder == Party(name="PT Contoh Rasa", address="Jalan Rasa 2 Tarakan")
    assert facts(content) == {
        "Application": ["3C7K9M2Q5"],
        "Goods": ["Pangan olahan / Processed food"],
        "Country of origin": ["Malaysia"],
        "Port of entry": ["Tarakan"],
        "Invoice": ["INV-EXAMPLE-1"],
    }
    [product] = content.products
    assert (product.product, product.quantity) == ("Kecap Contoh", "1200,5 kg (bottle)")


def test_an_export_letter_says_where_it_is_bound_for() -> None:
    answer = facts(letter_content("ske_health", country="CN"))
    assert answer["Country of destination"] == ["Tiongkok / China"]
    assert "Country of origin" not in answer


def test_a_replacement_names_what_it_replaces() -> None:
    assert facts(letter_content(replaces="SKI-2026-000001"))["Takes the place of letter"] == [
        "SKI-2026-000001"
    ]
    assert "Takes the place of letter" not in facts(letter_content())


def test_a_letter_ends_when_the_rules_say_so() -> None:
    ends = [{"days": 30, "source": "contoh", "source_status": "unverified"}]
    rules = CertificateRules.model_validate(RULES.model_dump() | {"validity": ends})
    assert letter_content().valid_until is None
    assert letter_content(rules=rules).valid_until == date(2027, 1, 5)


def test_what_many_products_share_is_said_once_and_what_does_not_fit_on_a_line_goes_on_the_next() -> None:
    many = tuple(
        steps.product(number).model_copy(update={"invoice": f"INV-{number:040}"}) for number in range(1, 21)
    )
    answer = facts(letter_content(products=many))
    assert answer["Port of entry"] == ["Tarakan"]
    assert len(answer["Invoice"]) > 1
    assert ", ".join(answer["Invoice"]).split(", ") == [each.invoice for each in many]


@pytest.mark.parametrize(("amount", "written"), [("100", "100"), ("100.50", "100,5"), ("0.001", "0,001")])
def test_quantities_are_written_without_needless_zeros(amount: str, written: str) -> None:
    first = steps.product().model_copy(update={"quantity": Decimal(amount)})
    assert letter_content(products=(first,)).products[0].quantity == f"{written} kg (bottle)"


@pytest.mark.parametrize(
    ("role", "is_acting", "position"),
    [
        ("staff:head", False, "Kepala Balai"),
        ("staff:signer", False, "Pejabat penanda tangan"),
        ("staff:evaluator", True, "Plh. Kepala Balai"),
    ],
)
def test_the_signer_is_named_by_the_office_held(role: str, is_acting: bool, position: str) -> None:
    assert signatory("Pejabat Contoh", role, WORDING.positions, is_acting=is_acting).position == position


def test_a_country_without_a_name_keeps_its_code() -> None:
    assert country("QQ") == "QQ"
