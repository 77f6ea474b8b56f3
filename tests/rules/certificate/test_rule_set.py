"""The rules as data: whole, sourced, versioned."""

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.rules.certificate.stated import RULES

from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import (
    CertificateRules,
    HsCodeRule,
    NoCertificateRulesError,
    RegistrationRule,
    load_certificate_rules,
    rules_in_force,
)
from zi_rules.period import CalendarDays, WorkingDays, WorkingHours
from zi_rules.provenance import SourceStatus

TODAY = date(2026, 7, 6)


def changed(**changes: Any) -> CertificateRules:
    return CertificateRules.model_validate(RULES.model_dump() | changes)


def test_every_goods_has_a_letter_and_every_letter_goods() -> None:
    assert {goods for track in RULES.tracks for goods in track.goods} == set(Goods)
    assert {kind for track in RULES.tracks for kind in track.kinds} == set(CertificateKind)


def test_what_no_document_says_today_is_not_shown_as_law() -> None:
    office_rules = [RULES.items, RULES.resubmissions, RULES.payment, RULES.completion, RULES.hs_code]
    assert all(
        rule.source_status is SourceStatus.UNVERIFIED for rule in [RULES, *office_rules, *RULES.evaluation]
    )


def test_the_shelf_life_of_food_is_read_in_a_document_and_the_others_are_not() -> None:
    verified = [rule for rule in RULES.shelf_life if rule.source_status is SourceStatus.VERIFIED]
    assert [(str(rule.at_least), sorted(rule.goods)) for rule in verified] == [
        ("2/3", ["bahan_pangan_olahan", "pangan_olahan"])
    ]


@pytest.mark.parametrize(
    "rules",
    [RULES.tracks, RULES.documents, RULES.registrations, RULES.shelf_life, RULES.analyses, RULES.annexes],
)
def test_a_rule_that_names_no_document_is_unverified(rules: tuple[Any, ...]) -> None:
    guessed = [rule for rule in rules if rule.source.startswith("No document seen")]
    assert all(rule.source_status is SourceStatus.UNVERIFIED for rule in guessed)
    assert all("http" in rule.source for rule in rules if rule not in guessed)


def test_the_limits_are_as_shipped() -> None:
    assert (RULES.items.most, RULES.resubmissions.most) == (20, 3)
    assert (RULES.payment.period, RULES.completion.period) == (CalendarDays(3), CalendarDays(30))
    assert {each.period for each in RULES.evaluation} == {WorkingHours(6), WorkingDays(2)}


def test_rules_do_not_end_before_they_begin() -> None:
    with pytest.raises(ValidationError, match="can't end before they begin"):
        changed(effective_to=date(2023, 12, 31))


@pytest.mark.parametrize(
    ("part", "name"),
    [("kinds", "ske_cpp"), ("goods", "bahan_obat"), ("circumstances", "wholesaler")],
)
def test_every_word_of_the_rules_has_a_name(part: str, name: str) -> None:
    names = RULES.names.model_dump(mode="json")
    del names[part][name]
    with pytest.raises(ValidationError, match=rf"give a name in both languages to {name} \["):
        changed(names=names)


def test_every_document_that_is_asked_for_has_a_name() -> None:
    documents = {code: text for code, text in RULES.names.documents.items() if code != "invoice"}
    annex = RULES.annexes[0].model_dump() | {"documents": ("halal_certificate",)}
    with pytest.raises(ValidationError, match="to the documents halal_certificate, invoice"):
        changed(names=RULES.names.model_dump() | {"documents": documents}, annexes=(annex,))


@pytest.mark.parametrize("evaluation", [RULES.evaluation[1:], (*RULES.evaluation, RULES.evaluation[0])])
def test_every_letter_has_exactly_one_promised_time(evaluation: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError, match="exactly one evaluation time for ski_border of bahan_obat"):
        changed(evaluation=evaluation)


@pytest.mark.parametrize(
    ("rule", "more"), [(HsCodeRule, {}), (RegistrationRule, {"kinds": ["ski_border"], "goods": ["obat"]})]
)
def test_a_pattern_must_be_a_regular_expression(rule: Any, more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="not a regular expression"):
        rule(pattern="(", source="contoh", source_status="unverified", **more)


def test_a_later_set_replaces_an_earlier_one_from_its_first_day() -> None:
    later = changed(version=3, effective_from=date(2026, 8, 1))
    assert rules_in_force((later, RULES), date(2026, 7, 31)) == RULES
    assert rules_in_force((later, RULES), date(2026, 8, 1)) == later


def test_rules_are_in_force_through_their_last_day() -> None:
    ended = changed(effective_to=TODAY)
    assert rules_in_force((ended,), TODAY) == ended
    with pytest.raises(NoCertificateRulesError, match="in force on 2026-07-07"):
        rules_in_force((ended,), date(2026, 7, 7))


def shipped() -> str:
    return (files("zi_rules") / "data/certificates/rancangan.toml").read_text("utf-8")


def test_an_office_adds_its_own_rules_beside_the_shipped_ones(tmp_path: Path) -> None:
    office_rules = shipped().replace("version = 2", "version = 3").replace("2024-01-01", "2026-07-01")
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates/keputusan.toml").write_text(office_rules, "utf-8")
    rule_sets = load_certificate_rules(tmp_path)
    assert len(rule_sets) == 2
    assert rules_in_force(rule_sets, TODAY).version == 3


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("2024-01-01", "2026-07-01", "rancangan_surat_keterangan, 2"),
        ("version = 2", "version = 3", "2024-01-01"),
    ],
)
def test_two_sets_that_can_not_be_told_apart_are_refused(
    tmp_path: Path, old: str, new: str, same: str
) -> None:
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates/second.toml").write_text(shipped().replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=f"^two sets of rules for letters say the same {same}: give"):
        load_certificate_rules(tmp_path)


def test_every_letter_that_is_shipped_passes_two_evaluators() -> None:
    assert all(RULES.needs_second_evaluation([kind], goods) for kind in CertificateKind for goods in Goods)


def test_an_office_says_which_letters_pass_two_evaluators() -> None:
    only = RULES.second_evaluation[0].model_dump() | {"kinds": ["ski_border"], "goods": ["obat"]}
    rules = changed(second_evaluation=(only,))
    assert rules.needs_second_evaluation([CertificateKind.SKE_CPP, CertificateKind.SKI_BORDER], Goods.OBAT)
    assert not rules.needs_second_evaluation([CertificateKind.SKE_CPP], Goods.OBAT)
    assert not rules.needs_second_evaluation([CertificateKind.SKI_BORDER], Goods.BAHAN_OBAT)


def test_rules_survive_being_written_and_read() -> None:
    assert CertificateRules.model_validate_json(RULES.model_dump_json()) == RULES
