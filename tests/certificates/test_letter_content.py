"""What the letters of an application say."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.certificates import steps
from tests.letters.sample_letter import ADDRESS, CODE_KEY
from tests.rules.certificate.stated import RULES, WORDING

from zi_certificates.domain.changes import StatementChange
from zi_certificates.letters.content import (
    CertificateContent,
    CompliantApplication,
    IssuingOffice,
    content_of,
    country,
    holder,
    signatory,
)
from zi_letters.content import OfficeParty, Party
from zi_rules.certificate.letter_wording import (
    LetterLabels,
    LetterLayout,
    LetterWording,
    load_letter_wording,
)
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.version import Editions


@dataclass(frozen=True)
class PinnedVersion:
    id: str
    version: int
    digest: str


HEAD = IssuingOffice(
    OfficeParty(name="Balai POM Contoh", address="Jalan Contoh 1"), ADDRESS, CODE_KEY.key.vkey, WORDING
)
HOLDER = holder("PT  Contoh\nRasa", "Jalan Rasa 2\nTarakan")
SIGNED = date(2026, 12, 7)


def letter_content(
    kind: str = "ski_post_border",
    rules: CertificateRules = RULES,
    replaces: str | None = None,
    products: Any = None,
    issuer: IssuingOffice = HEAD,
    producer: str = "",
    consignee: str = "",
    amended: Any = (),
    **stated: Any,
) -> CertificateContent:
    statement = steps.statement(kind).model_copy(update=stated | ({"products": products} if products else {}))
    applied = CompliantApplication(
        "3C7K9M2Q5", statement, replaces, HOLDER, producer, consignee, amended=amended
    )
    by = signatory("Pejabat Contoh", "staff:head", WORDING, is_acting=False)
    return content_of(kind, applied, issuer, by, SIGNED, rules, "5a" * 32)


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


def test_a_letter_prints_what_the_form_asks_for() -> None:
    content = letter_content(
        producer="CV Contoh Sambal\nJalan Ulek 4, Tarakan", consignee="Example Trading Sdn Bhd"
    )
    assert facts(content)["Producer"] == ["CV Contoh Sambal, Jalan Ulek 4, Tarakan"]
    assert facts(content)["Consignee"] == ["Example Trading Sdn Bhd"]
    [product], [analysis] = content.products, content.analyses
    assert product.manufactured == date(2026, 6, 1)
    assert (analysis.number, analysis.dated) == (1, date(2026, 6, 3))
    assert [each.parameter for each in analysis.results] == ["lead"]
    bare = steps.product().model_copy(update={"analysis": None})
    assert letter_content(products=(bare,)).analyses == ()


def test_a_letter_prints_the_number_that_its_country_asks_for() -> None:
    stated = {"country": "CN", "annex_fields": {"gacc_registration": "CIDN 0123"}}
    label = "The producer's registration number in China (GACC)"
    assert facts(letter_content("ske_health", **stated))[label] == ["CIDN 0123"]
    assert label not in facts(letter_content("ske_health", **{**stated, "country": "MY"}))
    assert label not in facts(letter_content("ske_health", country="CN"))


def test_an_import_letter_ends_with_its_shipment_and_names_its_basis() -> None:
    content = letter_content()
    assert "it ends with that shipment and holds for no other" in content.validity.en
    assert [each.en for each in content.legal_bases] == [
        "Regulation of the Food and Drug Authority No. 27 of 2022 as amended by No. 28 of 2023"
    ]
    ingredient = letter_content(goods="bahan_pangan_olahan")
    assert [each.id for each in ingredient.legal_bases] == ["Peraturan Badan POM Nomor 26 Tahun 2022"]


def test_what_nobody_has_decided_is_not_printed_as_decided() -> None:
    content = letter_content("ske_health", country="MY")
    assert content.validity.en == "Not decided by this office"
    assert content.legal_bases == ()


def test_an_export_letter_has_its_languages_side_by_side() -> None:
    assert letter_content("ske_health", country="MY").layout is LetterLayout.SIDE_BY_SIDE
    assert letter_content().layout is LetterLayout.INDONESIAN_FIRST


def test_a_letter_is_worded_by_the_data_of_its_office() -> None:
    wording = LetterWording.model_validate(
        WORDING.model_dump()
        | {
            "letterhead": {"name": "Balai Contoh", "address": "Jalan 9", "lines": ["Telepon 1"]},
            "numbering": {
                "pattern": "PW/{sequence}/{series}/{year}",
                "source": "x",
                "source_status": "verified",
            },
            "signatories": [{"official": "budi", "position": "Ketua Tim", "nip": "198001012005011001"}],
        }
    )
    by = signatory("Budi", "staff:signer", wording, is_acting=False, official="budi")
    assert (by.position, by.nip) == ("Ketua Tim", "198001012005011001")
    acting = signatory("Budi", "staff:signer", wording, is_acting=True, official="budi")
    assert (acting.position, acting.nip) == ("Plh. Kepala Balai", "198001012005011001")
    assert signatory("Ani", "staff:signer", wording, is_acting=False, official="ani").nip is None
    content = letter_content(issuer=replace(HEAD, wording=wording))
    assert (content.office.name, content.letterhead) == ("Balai Contoh", ("Telepon 1",))
    assert content.number_format == "PW/{sequence}/{series}/{year}"


def test_a_letter_made_again_from_its_pinned_wording_is_the_same() -> None:
    content = letter_content()
    assert (content.wording.version, content.wording.digest) == (WORDING.version, WORDING.digest)
    stored = load_letter_wording().configurations[0]
    editions = Editions(LetterWording, stored.kind, [], lambda kind, id, version: stored.content)
    pinned = editions.pinned(PinnedVersion(stored.id, content.wording.version, content.wording.digest))
    assert letter_content(issuer=replace(HEAD, wording=pinned)).render() == content.render()


def test_a_replacement_names_what_it_replaces() -> None:
    assert facts(letter_content(replaces="SKI-2026-000001"))["Takes the place of letter"] == [
        "SKI-2026-000001"
    ]
    assert "Takes the place of letter" not in facts(letter_content())


def test_an_amended_letter_says_what_was_amended_and_on_which_rows() -> None:
    label = "Changed from that letter (row of the product)"
    left = tuple(steps.product(number) for number in (1, 3))  # the second one was refused
    places = [
        ("country", None),
        ("batch", 3),
        ("quantity", 1),
        ("unit", 3),
        ("port", 2),
        ("letter.producer", None),
    ]
    amended = [StatementChange(where, item, "before", "after") for where, item in places]
    content = letter_content("ske_health", replaces="SKE-2026-000001", products=left, amended=amended)
    assert facts(content)[label] == [
        "Negara / Country, Bets / Batch (2), Jumlah / Quantity (1, 2), Produsen atau penerima barang / Producer or consignee"
    ]
    assert label not in facts(letter_content("ske_health", replaces="SKE-2026-000001"))
    named = {"amended_fields": {"port": {"id": "Pelabuhan bongkar", "en": "Port of discharge"}}}
    labels = LetterLabels.model_validate(WORDING.labels.model_dump() | named)
    office = replace(HEAD, wording=WORDING.model_copy(update={"labels": labels}))
    moved = [StatementChange("port", 1, "Tawau", "Sandakan"), StatementChange("batch", 1, "A", "B")]
    assert facts(letter_content("ske_health", issuer=office, amended=moved))[label] == [
        "Pelabuhan bongkar / Port of discharge (1), Bets / Batch (1)"
    ]


def test_an_import_letter_prints_the_day_of_arrival_that_was_stated() -> None:
    assert facts(letter_content(arrives=date(2026, 12, 9)))["Day of arrival"] == ["09-12-2026"]
    assert "Day of arrival" not in facts(letter_content("ske_health", arrives=date(2026, 12, 9)))


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
    assert signatory("Pejabat Contoh", role, WORDING, is_acting=is_acting).position == position


def test_a_country_without_a_name_keeps_its_code() -> None:
    assert country("QQ") == "QQ"
