"""Nobody names the case of an answer better than one in k, with every file and key of the office in hand."""

import logging
from pathlib import Path
from random import Random

import pytest
from tests.integrity.survey_adversary import allowed, attack, groups, leak, live
from tests.integrity.survey_house import opened

CASES = 130
HISTORIES = 3


async def test_an_adversary_with_every_file_names_the_case_of_an_answer_by_chance_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A strategy that is luckier than chance is tried on fresh histories: of those by chance hardly one in ten million is luckier
    in all of them."""
    caplog.set_level(logging.DEBUG)
    suspects = await _luckier(tmp_path / "0", caplog)
    for number in range(1, HISTORIES):
        if suspects:
            suspects &= await _luckier(tmp_path / str(number), caplog)
    assert not suspects


async def _luckier(folder: Path, caplog: pytest.LogCaptureFixture) -> set[str]:
    """Return the strategies that named more cases of a fresh history than chance allows."""
    folder.mkdir()
    async with opened(folder) as house:
        history = await live(house, CASES, Random(9474))
        smallest = house.office.invitation_rules[0].smallest_group
    found, results = groups(folder), attack(folder, history)
    assert min(len(group.answers) for group in found) >= smallest
    assert min(answers for _, answers in results.values()) >= CASES / 3, results
    spent = [token for group in found for token in group.tokens]
    assert len(spent) == len(set(spent)) == sum(len(group.answers) for group in found)
    assert not [token for token in spent if token in caplog.text]
    return {name for name, (hits, answers) in results.items() if hits > allowed(answers, smallest)}


async def test_a_pool_that_keeps_the_order_is_found_out(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        leak(house)
        history = await live(house, CASES, Random(9474))
        smallest = house.office.invitation_rules[0].smallest_group
    results = attack(tmp_path, history)
    for strategy in ("order of the store", "order of the pool"):
        hits, answers = results[strategy]
        assert hits > allowed(answers, smallest), results
