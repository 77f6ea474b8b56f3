"""The invented data of a demonstration: it is there, and is marked as invented."""

import json

from deploy.demo.identity import PEOPLE

from zi_rules.certificate.fee import fee
from zi_rules.certificate.rule_set import load_certificate_rules
from zi_rules.certificate.tariffs import load_tariffs, priced
from zi_rules.provenance import SourceStatus


def test_the_demonstration_has_an_invented_tariff_for_every_letter_and_says_so() -> None:
    rules = priced(load_certificate_rules()[0], load_tariffs(demo=True)[0])
    assert all(
        fee([kind], goods, 1, rules) > 0
        for track in rules.tracks
        for kind in track.kinds
        for goods in track.goods
    )
    assert {(each.source, each.source_status) for each in rules.tariffs} == {
        ("Invented for the demonstration", SourceStatus.UNVERIFIED)
    }


def test_there_are_people_for_every_step_of_a_letter_and_of_a_mentoring() -> None:
    roles = [role for person in json.loads(PEOPLE.read_text()) for role in person["roles"]]
    assert roles.count("evaluator") >= 2  # some letters take two
    assert {"officer", "supervisor", "signer", "head", "applicant", "auditor", "ops"} <= set(roles)
    assert roles.count("mentor") >= 2  # what one agreed on is verified by another
