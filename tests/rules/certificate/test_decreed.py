"""The office's decree on letters, laid over the rules: each pair of a kind and goods has the decree's rule or the one it had."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import adopted
from tests.rules.certificate.stated import RULES

from zi_rules.certificate.decreed import UnfitLetterDecreeError, decreed
from zi_rules.certificate.fee import NoTariffError, fee
from zi_rules.certificate.kind import CertificateKind, Direction, Goods
from zi_rules.certificate.requirement import missing_documents, requirements
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.period import WorkingDays
from zi_rules.standard import ServiceStandard

BORDER, POST_BORDER = CertificateKind.SKI_BORDER, CertificateKind.SKI_POST_BORDER


def sourced(**fields: Any) -> dict[str, Any]:
    return {**fields, **adopted.SOURCED}


def under(series: str = "ski", rules: CertificateRules = RULES, **changes: Any) -> CertificateRules:
    table = adopted.letters(series, **changes)
    return decreed(rules, ServiceStandard.model_validate(table))


def promised(rules: CertificateRules, kind: CertificateKind, goods: Goods) -> object:
    [promise] = [each for each in rules.evaluation if each.covers(kind, goods)]
    return promise.period


def asked_for(rules: CertificateRules, kind: CertificateKind, goods: Goods) -> set[tuple[str, ...]]:
    needed = requirements(kind, goods, None, rules)
    return {each.any_of for each in missing_documents(needed, (), (), [1])}


def test_a_kind_that_the_decree_names_has_its_time_and_the_others_keep_theirs() -> None:
    rules = under(tiers={"fast": adopted.tier(1)}, first_tier={"ski_border": "fast"})
    assert promised(rules, BORDER, Goods.OBAT) == WorkingDays(1)
    for kind in set(CertificateKind) - {BORDER}:
        assert promised(rules, kind, Goods.OBAT) == promised(RULES, kind, Goods.OBAT)
    assert (rules.documents, rules.tariffs, rules.digest) == (RULES.documents, RULES.tariffs, RULES.digest)


def test_goods_of_a_kind_come_before_the_kind_alone() -> None:
    rules = under(
        tiers={"fast": adopted.tier(1), "slow": adopted.tier(5)},
        first_tier={"ski_border": "slow", "ski_border.obat": "fast"},
    )
    assert promised(rules, BORDER, Goods.OBAT) == WorkingDays(1)
    assert promised(rules, BORDER, Goods.KOSMETIK) == WorkingDays(5)


def test_a_letter_costs_what_the_decree_says() -> None:
    rules = under(
        fees={
            "ski_border": sourced(rupiah=100_000),
            "ski_border.obat": sourced(rupiah=5_000, per="item"),
        }
    )
    assert fee([BORDER], Goods.OBAT, 3, rules) == 15_000
    assert fee([BORDER], Goods.KOSMETIK, 3, rules) == 100_000
    with pytest.raises(NoTariffError):
        fee([POST_BORDER], Goods.OBAT, 3, rules)


def test_the_tariff_of_a_decree_stands_in_the_place_of_the_offices_file() -> None:
    stated = {"rupiah": 7_000, "per": "item", "source": "contoh", "source_status": "unverified"}
    priced = CertificateRules.model_validate(RULES.model_dump() | {"tariffs": [stated]})
    rules = under(rules=priced, fees={"ski_border": sourced(rupiah=100_000)})
    assert fee([BORDER], Goods.OBAT, 3, rules) == 100_000
    assert fee([POST_BORDER], Goods.OBAT, 3, rules) == 21_000


def test_a_kind_that_the_decree_names_asks_for_its_documents_alone() -> None:
    rules = under(
        documents={
            "ski_border": [
                sourced(any_of={"invoice": adopted.TEXT, "proforma": adopted.TEXT}),
                sourced(any_of={"cpob_certificate": adopted.TEXT}, per="item", only_for=["obat"]),
                sourced(any_of={"notarial_power": adopted.TEXT}, when="acts_for_another"),
                sourced(any_of={"origin_statement": adopted.TEXT}, unless="special_import"),
            ],
        }
    )
    assert asked_for(rules, BORDER, Goods.OBAT) == {
        ("invoice", "proforma"),
        ("cpob_certificate",),
        ("origin_statement",),
    }
    assert asked_for(rules, BORDER, Goods.KOSMETIK) == {("invoice", "proforma"), ("origin_statement",)}
    assert asked_for(rules, POST_BORDER, Goods.OBAT) == asked_for(RULES, POST_BORDER, Goods.OBAT)
    assert rules.names.documents["proforma"].en == adopted.TEXT["en"]
    conditions = {(each.when, each.unless) for each in rules.documents if each.kinds == {BORDER}}
    assert ("acts_for_another", None) in conditions
    assert (None, "special_import") in conditions


def test_a_decree_may_ask_for_no_document() -> None:
    assert asked_for(under(documents={"ski_border": []}), BORDER, Goods.OBAT) == set()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"service": "mentoring", "tiers": {"correction": adopted.tier(3)}, "first_tier": {}},
            "not about letters",
        ),
        ({"first_tier": {}}, "no kind of letter has the times letter"),
        ({"first_tier": {"ske_health": "letter"}}, "no letters of this standard: ske_health"),
        ({"fees": {"ske_cpp.obat": sourced(rupiah=5)}}, "no letters of this standard: ske_cpp.obat"),
        ({"fees": {"ski_border": sourced(rupiah=0)}}, "ski_border costs one amount of at least one rupiah"),
        ({"fees": {"ski_border": sourced(rupiah=5, up_to=6)}}, "one amount"),
        (
            {"documents": {"ski_border.obat": [sourced(any_of={"a": adopted.TEXT}, only_for=["kosmetik"])]}},
            "a is asked for no goods of ski_border.obat",
        ),
    ],
)
def test_something_that_nobody_would_get_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(UnfitLetterDecreeError, match=why):
        under(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"fees": {"ski_air": sourced(rupiah=5)}},
        {"fees": {"ski_border.gold": sourced(rupiah=5)}},
        {"documents": {"ski_border": [sourced(any_of={"a": adopted.TEXT}, only_for=["gold"])]}},
        {"documents": {"ski_border": [sourced(any_of={"a": adopted.TEXT}, when="rich")]}},
        {"documents": {"ski_border": [sourced(any_of={"a": adopted.TEXT}, unless="rich")]}},
    ],
)
def test_letters_goods_and_circumstances_are_those_that_there_are(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is not a valid|give a name in both languages to rich"):
        under(**changes)


IMPORTS = [kind.value for kind in CertificateKind if kind.direction is Direction.IMPORT]
tracks = st.one_of(
    st.sampled_from(IMPORTS),
    st.builds("{}.{}".format, st.sampled_from(IMPORTS), st.sampled_from(list(Goods))),
)


@given(st.dictionaries(tracks, st.integers(1, 9), min_size=1, max_size=6))
def test_every_letter_has_one_time_and_one_tariff_that_follow_from_the_closest_track(
    days: dict[str, int],
) -> None:
    rules = under(
        tiers={f"days_{each}": adopted.tier(each) for each in days.values()},
        first_tier={track: f"days_{each}" for track, each in days.items()},
        fees={track: sourced(rupiah=each) for track, each in days.items()},
    )
    for kind in CertificateKind:
        for goods in Goods:
            closest = days.get(f"{kind}.{goods}", days.get(kind))
            expected = promised(RULES, kind, goods) if closest is None else WorkingDays(closest)
            assert promised(rules, kind, goods) == expected
            assert [t.rupiah for t in rules.tariffs if t.covers(kind, goods)] == (
                [closest] if closest else []
            )
