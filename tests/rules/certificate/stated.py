"""Invented applications that every rule is content with, to be spoiled by one thing at a time."""

from datetime import date
from typing import Any

from zi_rules.certificate.examination import Examination, Particulars, examine
from zi_rules.certificate.item import ProductItem
from zi_rules.certificate.item_finding import Setting, item_findings
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.letter_wording import load_letter_wording
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.requirement import Attached, requirements
from zi_rules.certificate.rule_set import CertificateRules, load_certificate_rules
from zi_rules.registration_number import load_shapes

(RULES,) = load_certificate_rules()
(WORDING,) = load_letter_wording()
SHAPES = load_shapes()[0].shapes
SUBMITTED = date(2026, 7, 6)

ANALYSIS: dict[str, Any] = {
    "dated": date(2026, 5, 4),
    "batch": "B-17",
    "manufactured": date(2026, 5, 1),
    "expires": date(2027, 5, 1),
    "results": ({"parameter": "ALT", "result": "< 10 koloni/g", "method": "SNI 2897"},),
}
IMPORTED: dict[str, Any] = {
    "number": 1,
    "product": "Biskuit Contoh",
    "registration_number": "ML 123456789012",
    "hs_code": "1905.31.10",
    "batch": "B-17",
    "manufactured": date(2026, 5, 1),
    "expires": date(2027, 5, 1),
    "quantity": "120",
    "unit": "karton",
    "pack": "24 x 100 g",
    "country": "MY",
    "port": "Tawau",
    "invoice": "INV-CONTOH-1",
    "transport_document": "BL-CONTOH-1",
    "analysis": ANALYSIS,
}
EXPORTED = IMPORTED | {"registration_number": "MD 123456789012", "country": "CN", "port": "Xiamen"}
IMPORT: dict[str, Any] = {
    "kinds": {CertificateKind.SKI_POST_BORDER},
    "goods": Goods.PANGAN_OLAHAN,
    "items": (IMPORTED,),
    "attached": (
        Attached(document="invoice"),
        Attached(document="packing_list"),
        Attached(document="bill_of_lading"),
        Attached(document="certificate_of_analysis", items=frozenset({1})),
    ),
    "hs_codes": {"19053110"},
    "submitted": SUBMITTED,
}
EXPORT: dict[str, Any] = IMPORT | {
    "kinds": {CertificateKind.SKE_HEALTH, CertificateKind.SKE_FREE_SALE},
    "country": "CN",
    "items": (EXPORTED,),
    "attached": (
        Attached(document="registration_approval", items=frozenset({1})),
        Attached(document="certificate_of_analysis", items=frozenset({1})),
    ),
    "annex_fields": {"gacc_registration": "CONTOH-0001"},
}


def examined(application: dict[str, Any], rules: CertificateRules = RULES, **spoiled: Any) -> Examination:
    return examine(Particulars.model_validate(application | spoiled), rules, SHAPES)


def found_in(item: dict[str, Any], setting: Setting | None = None, **spoiled: Any) -> list[FindingReason]:
    """The reasons found in an item of food: imported, unless it goes to China."""
    stated = ProductItem.model_validate(item | spoiled)
    kind = CertificateKind.SKE_HEALTH if stated.country == "CN" else CertificateKind.SKI_POST_BORDER
    needed = requirements(kind, Goods.PANGAN_OLAHAN, stated.country, RULES)
    return [each.reason for each in item_findings(stated, needed, setting or SETTING)]


SETTING = Setting(
    rules=RULES,
    shapes=SHAPES,
    hs_codes=frozenset({"19053110"}),
    circumstances=frozenset(),
    submitted=SUBMITTED,
)
