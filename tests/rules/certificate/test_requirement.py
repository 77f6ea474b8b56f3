"""Requirements of a letter, and missing documents."""

from collections.abc import Iterable

from tests.rules.certificate.stated import RULES

from zi_rules.certificate.finding import MissingDocument
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.requirement import (
    Attached,
    missing_account_documents,
    missing_documents,
    requirements,
)

FOOD = requirements(CertificateKind.SKI_POST_BORDER, Goods.PANGAN_OLAHAN, None, RULES)
EXPORTED_FOOD = requirements(CertificateKind.SKE_HEALTH, Goods.PANGAN_OLAHAN, "CN", RULES)
BAHAN_OBAT = requirements(CertificateKind.SKI_BORDER, Goods.BAHAN_OBAT, None, RULES)


def listed(missing: Iterable[MissingDocument]) -> set[tuple[str, int | None]]:
    return {("/".join(each.any_of), each.item) for each in missing}


def test_nothing_handed_in_misses_everything_at_once() -> None:
    assert listed(missing_documents(FOOD, (), (), [1, 2])) == {
        ("invoice", None),
        ("packing_list", None),
        ("bill_of_lading/air_waybill", None),
        ("certificate_of_analysis", 1),
        ("certificate_of_analysis", 2),
    }


def test_one_of_several_documents_will_do() -> None:
    for document in ("bill_of_lading", "air_waybill"):
        missing = missing_documents(FOOD, [Attached(document=document)], (), [1])
        assert ("bill_of_lading/air_waybill", None) not in listed(missing)


def test_an_items_document_must_name_the_item() -> None:
    attached = [
        Attached(document="certificate_of_analysis"),
        Attached(document="certificate_of_analysis", items=frozenset({1, 3})),
    ]
    missing = listed(missing_documents(FOOD, attached, (), [1, 2, 3]))
    assert {item for document, item in missing if document == "certificate_of_analysis"} == {2}


def test_an_applications_document_may_speak_of_some_items_only() -> None:
    attached = [Attached(document="invoice", items=frozenset({1}))]
    assert ("invoice", None) not in listed(missing_documents(FOOD, attached, (), [1, 2]))


def test_a_circumstance_asks_for_more() -> None:
    vaccine = ["vaccine_ingredient", "biological_or_animal"]
    more = listed(missing_documents(BAHAN_OBAT, (), vaccine, [1])) - listed(
        missing_documents(BAHAN_OBAT, (), (), [1])
    )
    assert more == {("origin_statement", 1), ("batch_protocol", 1)}


def test_a_circumstance_asks_for_another_document_in_place_of_one() -> None:
    registered = listed(missing_documents(EXPORTED_FOOD, (), (), [1]))
    unregistered = listed(missing_documents(EXPORTED_FOOD, (), ["not_registered"], [1]))
    assert registered - unregistered == {("registration_approval", 1)}
    assert unregistered - registered == {("domestic_order", 1)}


def test_a_letter_hangs_on_the_circumstances_of_its_own_rules_alone() -> None:
    imports = RULES.hung_on([CertificateKind.SKI_BORDER, CertificateKind.SKI_POST_BORDER])
    assert "vaccine_ingredient" in imports
    assert "not_registered" not in imports
    assert "not_registered" in RULES.hung_on([CertificateKind.SKE_HEALTH])


def test_a_missing_document_names_the_source_of_its_rule() -> None:
    (missing,) = [each for each in missing_documents(FOOD, (), (), [1]) if each.any_of == ("packing_list",)]
    assert missing.source.startswith("https://asiacommerce.id/")
    assert missing.source_status == "unverified"


def test_the_account_is_asked_for_its_own_documents() -> None:
    documents = ["application_letter", "responsible_person_statement", "hs_code_list", "identity_card"]
    others = ["acts_for_another"]
    assert listed(missing_account_documents(FOOD, documents, ())) == {("warehouse_photos", None)}
    assert listed(missing_account_documents(FOOD, documents, others)) == {
        ("warehouse_photos", None),
        ("notarial_power", None),
    }


def test_only_the_country_of_destination_of_an_export_adds_an_annex() -> None:
    assert [annex.country for annex in EXPORTED_FOOD.annexes] == ["CN"]
    assert requirements(CertificateKind.SKE_HEALTH, Goods.PANGAN_OLAHAN, "MY", RULES).annexes == ()
    assert requirements(CertificateKind.SKI_POST_BORDER, Goods.PANGAN_OLAHAN, "CN", RULES).annexes == ()


def test_an_annex_asks_for_its_documents() -> None:
    annex = RULES.annexes[0].model_copy(update={"documents": ("gmo_certificate", "nib")})
    needed = EXPORTED_FOOD.model_copy(update={"annexes": (annex,)})
    missing = missing_documents(needed, [Attached(document="nib")], (), [])
    assert [(each.any_of, each.per, each.source) for each in missing] == [
        (("gmo_certificate",), "application", annex.source)
    ]


def test_a_letter_that_does_not_exist_for_the_goods_has_no_track() -> None:
    assert requirements(CertificateKind.SKI_BORDER, Goods.PANGAN_OLAHAN, None, RULES).tracks == ()
    assert FOOD.tracks != ()
