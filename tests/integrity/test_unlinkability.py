"""Nobody names the case of an answer better than one in k, with every file and key of the office in hand."""

import logging
from pathlib import Path
from random import Random

import pytest
from tests.integrity.survey_adversary import allowed, attack, groups, leak, live
from tests.integrity.survey_house import opened

CASES = 130


async def test_an_adversary_with_every_file_names_the_case_of_an_answer_by_chance_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with opened(tmp_path) as house:
        history = await live(house, CASES, Random(9474))
        smallest = house.office.invitation_rules[0].smallest_group
    found = groups(tmp_path)
    results = attack(tmp_path, history)
    assert min(len(group.answers) for group in found) >= smallest
    for strategy, (hits, answers) in results.items():
        assert answers >= CASES / 3, results
        assert hits <= allowed(answers, smallest), (strategy, results)
    spent = [token for group in found for token in group.tokens]
    assert len(spent) == len(set(spent)) == sum(len(group.answers) for group in found)
    assert not [token for token in spent if token in caplog.text]


async def test_a_pool_that_keeps_the_order_is_found_out(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        leak(house)
        history = await live(house, CASES, Random(9474))
        smallest = house.office.invitation_rules[0].smallest_group
    results = attack(tmp_path, history)
    for strategy in ("order of the store", "order of the pool"):
        hits, answers = results[strategy]
        assert hits > allowed(answers, smallest), results
