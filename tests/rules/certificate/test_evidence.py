"""No letter without evidence: every kind of letter for every kind of goods either asks for something or is not issued."""

from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests import adopted
from tests.rules.certificate.stated import EXPORT, IMPORT, RULES, SHAPES, examined
from tests.rules.office_files import office_with

from zi_rules.certificate.decreed import decreed
from zi_rules.certificate.examination import Particulars, examine
from zi_rules.certificate.kind import CertificateKind, Direction, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.requirement import requirements
from zi_rules.certificate.rule_set import CertificateRules, DocumentRule, Undecided, load_certificate_rules
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.provenance import SourceStatus
from zi_rules.standard import ServiceStandard

RULES_FILE = "certificates/rancangan.toml"
PAIRS = list(product(CertificateKind, Goods))
TRADITIONAL, SUPPLEMENT = Goods.BAHAN_OBAT_TRADISIONAL, Goods.BAHAN_SUPLEMEN_KESEHATAN
TO_WHOM = CertificateKind.SKE_TO_WHOM_IT_MAY_CONCERN
UNDECIDED = {
    *product(
        (CertificateKind.SKE_HEALTH, CertificateKind.SKE_FREE_SALE, CertificateKind.SKE_CPP, TO_WHOM),
        (TRADITIONAL, SUPPLEMENT),
    ),
    (TO_WHOM, Goods.KOSMETIK),
    (TO_WHOM, Goods.BAHAN_KOSMETIK),
}


def reasons(kind: CertificateKind, goods: Goods, rules: CertificateRules = RULES) -> set[FindingReason]:
    """Of an application that brings nothing."""
    usual = IMPORT if kind.direction is Direction.IMPORT else EXPORT
    stated = Particulars.model_validate(usual | {"kinds": {kind}, "goods": goods, "attached": ()})
    return {each.reason for each in examine(stated, rules, SHAPES).wanting}


@pytest.mark.parametrize(("kind", "goods"), PAIRS)
def test_every_letter_for_every_goods_asks_for_evidence_or_is_not_issued(
    kind: CertificateKind, goods: Goods
) -> None:
    found, wanted = reasons(kind, goods), requirements(kind, goods, None, RULES)
    if not wanted.tracks:
        assert FindingReason.WRONG_TRACK in found
    elif (kind, goods) in UNDECIDED:
        assert FindingReason.EVIDENCE_UNDECIDED in found
    else:
        assert FindingReason.DOCUMENT_MISSING in found
        assert found.isdisjoint({FindingReason.WRONG_TRACK, FindingReason.EVIDENCE_UNDECIDED})
        assert any(each.is_always_asked for each in wanted.documents)


def test_what_is_not_decided_names_its_rule_and_never_a_law() -> None:
    [finding] = [
        each
        for each in examined(EXPORT, kinds={TO_WHOM}, goods=Goods.KOSMETIK).findings
        if each.reason is FindingReason.EVIDENCE_UNDECIDED
    ]
    assert (finding.where, finding.what) == ("kinds", "ske_to_whom_it_may_concern")
    assert finding.source.startswith("No document seen")
    assert finding.source_status is SourceStatus.UNVERIFIED


def test_the_ten_are_all() -> None:
    assert RULES.undecided is not None
    assert {
        (kind, goods) for each in RULES.undecided for kind in each.kinds for goods in each.goods
    } == UNDECIDED
    assert len(UNDECIDED) == 10


def test_a_file_that_would_issue_a_letter_for_nothing_does_not_start(tmp_path: Path) -> None:
    closed = 'goods = ["bahan_obat_tradisional", "bahan_suplemen_kesehatan"]'
    office_with(tmp_path, RULES_FILE, (closed, 'goods = ["bahan_obat_tradisional"]'))
    with pytest.raises(
        UnusableConfigurationError,
        match=r"rancangan.toml can't be used.* issued: ske_cpp of bahan_suplemen_kesehatan, .*\. State what",
    ):
        load_certificate_rules(tmp_path)


def test_a_document_for_some_is_no_evidence_from_all() -> None:
    rules = RULES.model_copy(update={"undecided": (), "documents": ()})
    proof: dict[str, Any] = {"any_of": ("nib",), "source": "contoh", "source_status": "unverified"}
    for some in (
        {"per": "account"},
        {"per": "item", "when": "wholesaler"},
        {"per": "item", "unless": "wholesaler"},
    ):
        weak = rules.model_copy(update={"documents": (DocumentRule(**proof, **some),)})
        assert (CertificateKind.SKE_CPKB, Goods.KOSMETIK) in weak.without_evidence()
    always = rules.model_copy(update={"documents": (DocumentRule(**proof, per="item"),)})
    assert always.without_evidence() == []


def test_a_decree_that_says_what_must_be_seen_opens_its_letters_alone() -> None:
    document = {"any_of": {"formula": {"id": "Formula", "en": "Formula"}}, "per": "item", **adopted.SOURCED}
    table = adopted.letters("ske", documents={"ske_cpp.bahan_obat_tradisional": [document]})
    rules = decreed(RULES, ServiceStandard.model_validate(table))
    assert FindingReason.EVIDENCE_UNDECIDED not in reasons(CertificateKind.SKE_CPP, TRADITIONAL, rules)
    assert FindingReason.DOCUMENT_MISSING in reasons(CertificateKind.SKE_CPP, TRADITIONAL, rules)
    assert FindingReason.EVIDENCE_UNDECIDED in reasons(CertificateKind.SKE_CPP, SUPPLEMENT, rules)
    assert FindingReason.EVIDENCE_UNDECIDED in reasons(CertificateKind.SKE_HEALTH, TRADITIONAL, rules)


def test_a_decree_that_takes_the_evidence_away_closes_its_letters() -> None:
    document = {
        "any_of": {"formula": {"id": "Formula", "en": "Formula"}},
        "per": "item",
        "when": "wholesaler",
        **adopted.SOURCED,
    }
    table = adopted.letters("ske", documents={"ske_cpkb": [document]})
    rules = decreed(RULES, ServiceStandard.model_validate(table))
    assert FindingReason.EVIDENCE_UNDECIDED in reasons(CertificateKind.SKE_CPKB, Goods.KOSMETIK, rules)


def test_what_is_pinned_to_rules_from_before_is_judged_as_it_was() -> None:
    """They asked for nothing; nobody who applied under them is refused by a rule that came later."""
    pin = SimpleNamespace(id="rancangan_surat_keterangan", version=1, digest=None)
    before = load_certificate_rules().pinned(pin)
    assert before.undecided is None
    assert before.version == 1
    assert before.without_evidence() == sorted(UNDECIDED)
    assert reasons(TO_WHOM, Goods.BAHAN_KOSMETIK, before).isdisjoint({FindingReason.EVIDENCE_UNDECIDED})


def test_a_letter_that_is_closed_in_so_many_words_is_closed_whatever_it_asks() -> None:
    closed = Undecided(
        kinds=frozenset({CertificateKind.SKE_HEALTH}), source="contoh", source_status=SourceStatus.UNVERIFIED
    )
    rules = RULES.model_copy(update={"undecided": (closed,)})
    assert FindingReason.EVIDENCE_UNDECIDED in reasons(CertificateKind.SKE_HEALTH, Goods.PANGAN_OLAHAN, rules)
