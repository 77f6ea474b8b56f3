"""The services that hear a decree can follow it, and none is signed that they could not."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.integrity.letters.test_standards import FROM, adopted, begun, by, consulted, house, row, whole
from tests.integrity.sealed_office import SealedOffice

from zi_certificates.use_cases.rulebook import load_rulebook as load_letters
from zi_contracts.integrity import StandardAdopted
from zi_intake.terms import load_terms
from zi_integrity.domain.standard.errors import UnfitStandardError
from zi_rules.certificate import decreed as letter_decree
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.configuration import read
from zi_rules.mentoring import decreed as mentoring_decree
from zi_rules.standard import ServiceStandard
from zi_umkm.use_cases.rulebook import load_rulebook as load_mentoring

__all__ = ["house"]
NOWHERE, AT = Path("no folder of the office"), datetime.combine(FROM, datetime.min.time(), UTC)
INTAKE, LETTERS, MENTORING = load_terms(NOWHERE), load_letters(NOWHERE), load_mentoring(NOWHERE)
HEARERS = {
    "complaint": INTAKE.standards,
    "consultation": INTAKE.standards,
    "mentoring": MENTORING.standards,
    "ski": LETTERS.standards,
    "ske": LETTERS.standards,
}


async def announced(house: SealedOffice, service: str) -> ServiceStandard:
    """Return the standard as the service reads it that hears it."""
    draft = await begun(house, service)
    await consulted(house, draft)
    await adopted(house, draft)
    [event] = house.events("standard_adopted")
    return read(ServiceStandard, HEARERS[service].read(StandardAdopted.model_validate(event["data"])))


@pytest.mark.parametrize("service", HEARERS)
async def test_the_first_decree_of_each_service_is_one_that_it_can_follow(
    house: SealedOffice, service: str
) -> None:
    assert (await announced(house, service)).service == service


async def test_a_decree_made_from_the_rules_of_mentoring_changes_nothing_but_their_source(
    house: SealedOffice,
) -> None:
    rules = MENTORING.in_force(AT)
    same = mentoring_decree.decreed(rules, await announced(house, "mentoring"))
    for name in mentoring_decree.PERIODS:
        assert getattr(same, name).period == getattr(rules, name).period
    assert {code: (fee.least, fee.most) for code, fee in same.fees.items()} == {
        code: (fee.least, fee.most) for code, fee in rules.fees.items()
    }
    requirements = [
        {(each.code, each.part, each.risks, each.products) for each in of.requirements}
        for of in (same, rules)
    ]
    assert requirements[0] == requirements[1]
    assert [each.code for each in same.referral] == [each.code for each in rules.referral]


@pytest.mark.parametrize("series", ["ski", "ske"])
async def test_a_decree_made_from_the_rules_of_letters_promises_what_they_promised(
    house: SealedOffice, series: str
) -> None:
    rules = LETTERS.in_force(AT)
    same = letter_decree.decreed(rules, await announced(house, series))
    for kind in CertificateKind:
        for goods in Goods:
            periods = [
                [each.period for each in of.evaluation if each.covers(kind, goods)] for of in (same, rules)
            ]
            assert periods[0] == periods[1]
    assert same.documents == rules.documents


@pytest.mark.parametrize(
    ("service", "change", "why"),
    [
        ("complaint", {"first_tier": {"product": "normative"}}, "product"),
        ("mentoring", {"tiers": {"corection": None}}, "corection"),
        ("ski", {"first_tier": {"ske_health": "evaluation_1"}}, "ske_health"),
    ],
)
async def test_a_standard_that_its_service_could_not_follow_is_not_adopted_and_gets_no_letter(
    house: SealedOffice, service: str, change: dict[str, Any], why: str
) -> None:
    draft = await house.office.standards.begin(service, by(house), uuid4())
    before = row(house, draft)
    table = json.loads(whole(before.terms))
    some = next(iter(table["tiers"].values()))
    stated = {"tiers": {"corection": some}} if "tiers" in change else change
    terms = json.dumps({**table, **stated}, ensure_ascii=False, separators=(",", ":"))
    await house.office.standards.revise(draft, by(house), before.digest, terms, ())
    await consulted(house, draft)
    with pytest.raises(UnfitStandardError, match=why):
        await adopted(house, draft)
    assert house.events("office_letter_issued") == house.events("standard_adopted") == []
