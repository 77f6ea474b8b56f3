"""The rules for mentoring as data, and what is read from them: the track, the risk, what is missing, the next step and its cost."""

from datetime import date
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.rules.mentoring.forms import NEWER, all_well, with_finding

from zi_contracts.umkm import RuleVersion
from zi_rules.mentoring.assessment import score
from zi_rules.mentoring.next_step import cost, next_step
from zi_rules.mentoring.readiness import CPPOB_REACHED, readiness
from zi_rules.mentoring.rule_set import MentoringRules, Part, Track, load_mentoring_rules
from zi_rules.mentoring.triage import UnknownTraitError, triage
from zi_rules.provenance import SourceStatus
from zi_rules.version import in_force

(RULES,) = load_mentoring_rules()
SHIPPED = Path(str(files("zi_rules") / "data/mentoring/rules/rancangan.toml"))
REQUIREMENTS = {each.code: each for each in RULES.requirements}


def changed(**changes: Any) -> MentoringRules:
    return MentoringRules.model_validate(RULES.model_dump() | changes)


# -- the data


def test_the_form_in_use_is_shipped() -> None:
    assert in_force([NEWER], date(2026, 7, 6)).id == RULES.checklist


def test_an_office_adds_its_own_rules_beside_the_shipped_ones(tmp_path: Path) -> None:
    office_rules = (
        SHIPPED.read_text("utf-8")
        .replace("version = 5\n", "version = 6\n")
        .replace("2024-01-01", "2026-07-01")
    )
    (tmp_path / "mentoring/rules").mkdir(parents=True)
    (tmp_path / "mentoring/rules/own.toml").write_text(office_rules, "utf-8")
    rule_sets = load_mentoring_rules(tmp_path)
    assert sorted(each.version for each in rule_sets) == [5, 6]
    assert in_force(rule_sets, date(2026, 7, 6)).version == 6
    assert list(load_mentoring_rules(None)) == [RULES]


def test_a_rule_that_names_no_document_is_unverified() -> None:
    rules = [*RULES.tracks, *RULES.risks, *RULES.requirements, *RULES.referral]
    rules += [*RULES.steps.values(), *RULES.fees.values()]
    terms = [RULES.correction, RULES.silence, RULES.sleep, RULES.later_check]
    guessed = [each for each in (*rules, *terms) if each.source.startswith("No document seen")]
    assert guessed
    assert all(each.source_status is SourceStatus.UNVERIFIED for each in guessed)
    assert all("http" in each.source for each in (*rules, *terms) if each not in guessed)


def test_rules_survive_being_written_and_read() -> None:
    assert MentoringRules.model_validate_json(RULES.model_dump_json()) == RULES


def test_rules_of_an_office_that_say_nothing_of_the_health_office_are_still_rules() -> None:
    assert RULES.referral
    stored = RULES.model_dump()
    del stored["referral"]
    assert MentoringRules.model_validate(stored).referral == ()


def without(name: str, code: str) -> dict[str, Any]:
    names = RULES.names.model_dump()
    del names[name][code]
    return {"names": names}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"tracks": RULES.tracks[:-1]}, "the last of the tracks and of the risks holds for every product"),
        ({"risks": RULES.risks[:-1]}, "the last of the tracks and of the risks holds for every product"),
        ({"tracks": [*RULES.tracks, RULES.tracks[-1]]}, "each of these must occur only once: home_industry"),
        (
            {"requirements": [*RULES.requirements, REQUIREMENTS["nib"]]},
            "each of these must occur only once: nib",
        ),
        (
            {"referral": [*RULES.referral, RULES.referral[0]]},
            "each of these must occur only once: identity_card",
        ),
        ({"fees": {}}, "say what this is: permit, registration"),
        (without("tracks", Track.PIRT), "say what this is: pirt"),
        (without("risks", "high"), "say what this is: high"),
        (without("products", "drink"), "say what this is: drink"),
        (without("traits", "alcohol"), "say what this is: alcohol"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        changed(**changes)


# -- triage


@pytest.mark.parametrize(
    ("traits", "track", "why", "risk"),
    [
        ([], Track.PIRT, "home_industry", "low"),
        (["additives"], Track.PIRT, "home_industry", "medium_low"),
        (["frozen_meat_or_fish"], Track.MD, "outside_pirt", "medium_low"),
        (["bottled_water", "label_claim"], Track.MD, "outside_pirt", "medium_high"),
        (["infant_food"], Track.MD, "outside_pirt", "high"),
        (["special_process"], Track.MD, "special_claim_or_process", "medium_high"),
        (["wants_md"], Track.MD, "asks_for_md", "low"),
        (["short_life", "frozen_meat_or_fish"], Track.NONE, "no_registration", "medium_low"),
    ],
)
def test_the_first_ruling_that_holds_decides(traits: list[str], track: Track, why: str, risk: str) -> None:
    outcome = triage(traits, RULES)
    assert (outcome.track.track, outcome.track.code, outcome.risk.risk) == (track, why, risk)


@given(st.frozensets(st.sampled_from(sorted(RULES.names.traits))))
def test_every_product_is_told_a_track_with_its_reason_and_source(traits: frozenset[str]) -> None:
    outcome = triage(traits, RULES)
    assert outcome.track in RULES.tracks
    assert outcome.track.reason.id
    assert outcome.track.source
    assert outcome.risk.source


def test_a_trait_that_is_not_asked_for_is_refused() -> None:
    with pytest.raises(UnknownTraitError, match=r"do not ask for colour, taste\.$"):
        triage(["taste", "colour"], RULES)


def test_another_rule_is_data_only() -> None:
    office_rules = RULES.tracks[0].model_dump() | {"code": "own", "any_of": ["alcohol"], "track": "none"}
    assert triage(["alcohol"], changed(tracks=[office_rules, *RULES.tracks])).track.code == "own"


# -- readiness


def codes(
    product: str, risk: str, *parts: Part, present: set[str] | None = None, traits: tuple[str, ...] = ()
) -> list[str]:
    found = readiness(product, risk, traits, present or set(), RULES, parts=parts)
    return [each.code for each in found.missing]


def test_a_label_is_checked_part_by_part() -> None:
    assert codes("sambal", "low", Part.LABEL, present={"label_expiry"}) == [
        *("label_product_name", "label_ingredients", "label_net_content", "label_producer", "label_halal"),
        *("label_production_code", "label_room_for_number"),
    ]
    assert "label_storage" in codes("frozen_fish", "medium_low", Part.LABEL)


def test_a_dossier_grows_with_the_risk() -> None:
    by_risk = [set(codes("sambal", risk, Part.REGISTRATION)) for risk in ("low", "medium_low", "high")]
    assert by_risk[0] < by_risk[1] < by_risk[2]
    assert "sni_certificate" in codes("bottled_water", "low", Part.REGISTRATION)


def test_additives_and_claims_are_proved_only_where_there_are_any() -> None:
    plain = codes("sambal", "medium_low", Part.REGISTRATION)
    assert {"additive_specification", "claim_evidence"}.isdisjoint(plain)
    with_additives = codes("sambal", "medium_low", Part.REGISTRATION, traits=("additives", "bulk"))
    assert set(with_additives) - set(plain) == {"additive_specification"}
    with_claim = codes("sambal", "medium_low", Part.REGISTRATION, traits=("label_claim",))
    assert set(with_claim) - set(plain) == {"claim_evidence"}


@given(
    st.sampled_from(sorted(RULES.names.products)),
    st.sampled_from(sorted(RULES.names.risks)),
    st.frozensets(st.sampled_from(sorted(RULES.names.traits))),
    st.frozensets(st.sampled_from(sorted(RULES.names.traits))),
)
def test_another_trait_never_asks_for_less(
    product: str, risk: str, some: frozenset[str], more: frozenset[str]
) -> None:
    before, after = (readiness(product, risk, traits, (), RULES) for traits in (some, some | more))
    assert set(before.missing) <= set(after.missing)


def test_a_requirement_hangs_on_traits_that_the_form_asks_alone() -> None:
    strange = RULES.requirements[0].model_dump() | {"code": "strange", "any_of": ["magic"]}
    with pytest.raises(ValidationError, match="say what this is: magic"):
        changed(requirements=[*RULES.requirements, strange])


def test_rules_that_say_nothing_of_critical_findings_ask_somebody_to_see_them() -> None:
    before = load_mentoring_rules().pinned(RuleVersion(id="rancangan_pendampingan", version=2))
    assert before.critical.means == {"on_site", "live"} == RULES.critical.means


def test_rules_from_before_traits_were_asked_judge_as_they_did() -> None:
    before = load_mentoring_rules().pinned(RuleVersion(id="rancangan_pendampingan", version=1))
    found = readiness("sambal", "medium_low", (), (), before, parts=(Part.REGISTRATION,))
    assert "additive_specification" in {each.code for each in found.missing}


def test_a_commitment_does_for_a_low_risk_and_a_self_assessment_is_asked_above() -> None:
    low, higher = codes("sambal", "low", Part.PERMIT), codes("sambal", "medium_low", Part.PERMIT)
    assert "commitment_statement" in low
    assert "self_assessment" not in low
    assert {"self_assessment", "standard_statement", "premises_photos"} <= set(higher)


def test_readiness_is_the_share_of_what_is_there_and_names_the_rest() -> None:
    required = {each.code for each in readiness("sambal", "low", (), (), RULES).missing}
    good = score(NEWER, all_well(NEWER))
    half = readiness("sambal", "low", (), required - {"nib"}, RULES, good)
    assert (half.missing, half.share) == ((REQUIREMENTS["nib"],), Fraction(len(required) - 1, len(required)))
    assert readiness("sambal", "low", (), required, RULES, good).share == 1


def test_only_the_score_says_that_the_assessment_is_good_enough() -> None:
    bad = score(NEWER, with_finding(NEWER, "air_diuji"))
    for scored in (None, bad):
        missing = readiness("sambal", "low", (), {CPPOB_REACHED}, RULES, scored).missing
        assert REQUIREMENTS[CPPOB_REACHED] in missing


def test_nothing_asked_is_all_there() -> None:
    assert readiness("sambal", "low", (), (), RULES, parts=()).share == 1


some_present = st.frozensets(st.sampled_from(sorted(REQUIREMENTS)))


@given(
    st.sampled_from(sorted(RULES.names.products)),
    st.sampled_from(sorted(RULES.names.risks)),
    st.frozensets(st.sampled_from(sorted(RULES.names.traits))),
    some_present,
    some_present,
)
def test_more_never_makes_more_missing(
    product: str, risk: str, traits: frozenset[str], some: frozenset[str], more: frozenset[str]
) -> None:
    before, after = (readiness(product, risk, traits, there, RULES) for there in (some, some | more))
    assert set(after.missing) <= set(before.missing)
    assert 0 <= before.share <= after.share <= 1


# -- next step and cost


def test_a_small_business_pays_half() -> None:
    step = next_step("permit_issued", RULES)
    assert step.cost is not None
    assert (step.cost.least, step.cost.most) == (100_000, 1_500_000)
    assert (step.cost.full, step.cost.reduction) == (RULES.fees["registration"], RULES.reduction)


def test_the_permit_is_free_and_most_steps_cost_nothing_at_all() -> None:
    permit = next_step("corrected", RULES).cost
    assert permit is not None
    assert (permit.least, permit.most) == (0, 0)
    assert next_step("triaged", RULES).cost is None


def test_a_reduction_never_rounds_to_less_than_its_share() -> None:
    third = RULES.reduction.model_copy(update={"share": Fraction(1, 3)})
    fee = RULES.fees["registration"].model_copy(update={"least": 100, "most": 100})
    assert cost(fee, third).least == 67
