"""The first draft of each standard, from the rules that ship: complete it, and services decide by it as they do today."""

from typing import Any

import pytest

from zi_rules.certificate.decreed import decreed as decreed_letters
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import Tariff, load_certificate_rules
from zi_rules.configuration import read
from zi_rules.mentoring.decreed import decreed as decreed_mentoring
from zi_rules.mentoring.rule_set import load_mentoring_rules
from zi_rules.provenance import SourceStatus
from zi_rules.standard import (
    Component,
    ServiceKind,
    ServiceStandard,
    load_standards,
    standard_configuration,
    standard_content,
)
from zi_rules.standard_draft import (
    draft_for_letters,
    draft_for_mentoring,
    draft_from_standard,
    period_in_words,
)

LETTERS = load_certificate_rules()[0]
MENTORING = load_mentoring_rules()[0]


def completed(terms: dict[str, Any]) -> ServiceStandard:
    head = {"decree_id": "contoh", "version": 1, "effective_from": "2027-01-01"}
    every = {part.value: {"id": "Isi.", "en": "Text."} for part in Component}
    content = standard_content({**terms, **head, "components": {**every, **terms["components"]}})
    return read(ServiceStandard, standard_configuration(content, "test"))


@pytest.mark.parametrize("standard", load_standards(), ids=lambda each: each.service)
def test_the_draft_of_the_next_version_promises_what_the_last_does(standard: ServiceStandard) -> None:
    draft = completed(draft_from_standard(standard))
    assert (draft.tiers, draft.first_tier, draft.process) == (
        standard.tiers,
        standard.first_tier,
        standard.process,
    )
    assert draft.components.items() >= standard.components.items()


@pytest.mark.parametrize("service", [ServiceKind.SKI, ServiceKind.SKE])
def test_the_draft_for_letters_has_the_times_of_the_rules(service: ServiceKind) -> None:
    draft = completed(draft_for_letters(service, LETTERS, "Balai Contoh"))
    rules = decreed_letters(LETTERS, draft)
    for track in LETTERS.tracks:
        for kind in track.kinds:
            for goods in track.goods:
                before = [rule.period for rule in LETTERS.evaluation if rule.covers(kind, goods)]
                assert [rule.period for rule in rules.evaluation if rule.covers(kind, goods)] == before
    assert rules.documents == LETTERS.documents


def test_times_that_differ_by_goods_are_stated_by_goods() -> None:
    first = LETTERS.evaluation[0]
    medicine = first.model_copy(update={"goods": frozenset({Goods.OBAT})})
    others = first.model_copy(update={"goods": frozenset(Goods) - {Goods.OBAT}})
    rules = LETTERS.model_copy(update={"evaluation": (medicine, others, *LETTERS.evaluation[1:])})
    draft = draft_for_letters(ServiceKind.SKI, rules, "Balai Contoh")
    assert draft["first_tier"]["ski_border.obat"] == "evaluation_1"
    assert draft["first_tier"]["ski_border.kosmetik"] == "evaluation_2"
    assert draft["first_tier"]["ski_post_border"] == "evaluation_2"


def test_a_tariff_for_all_goods_is_stated_as_a_fee() -> None:
    tariff = Tariff(
        kinds=frozenset({CertificateKind.SKI_BORDER}),
        rupiah=50_000,
        per="application",
        source="contoh",
        source_status=SourceStatus.UNVERIFIED,
    )
    draft = draft_for_letters(
        ServiceKind.SKI, LETTERS.model_copy(update={"tariffs": (tariff,)}), "Balai Contoh"
    )
    assert draft["fees"]["ski_border"]["rupiah"] == 50_000


def test_the_draft_for_mentoring_changes_no_rule() -> None:
    draft = completed(draft_for_mentoring(MENTORING, "Balai Contoh"))
    rules = decreed_mentoring(MENTORING, draft)
    assert {each.code: each.text for each in rules.requirements} == {
        each.code: each.text for each in MENTORING.requirements
    }
    papers = [{each.code: each.text for each in stated.referral} for stated in (rules, MENTORING)]
    amounts = [
        {code: (fee.least, fee.most) for code, fee in stated.fees.items()} for stated in (rules, MENTORING)
    ]
    assert papers[0] == papers[1]
    assert amounts[0] == amounts[1]
    assert (rules.correction.period, rules.sleep.period) == (
        MENTORING.correction.period,
        MENTORING.sleep.period,
    )


def test_the_draft_is_the_same_every_time() -> None:
    assert draft_for_mentoring(MENTORING, "a") == draft_for_mentoring(MENTORING, "a")
    drafts = [draft_for_letters(ServiceKind.SKE, LETTERS, "a") for _ in range(2)]
    assert list(map(standard_text, drafts)) == [standard_text(drafts[0])] * 2


def standard_text(terms: dict[str, Any]) -> str:
    return repr(terms)


def test_a_period_is_said_in_both_languages() -> None:
    assert period_in_words(1, "working_days") == ("1 hari kerja", "1 working day")
    assert period_in_words(6, "calendar_hours") == ("6 jam", "6 hours")
