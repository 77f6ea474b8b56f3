"""The wanted number of answers is that of the published table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_rules.survey.sample import wanted_answers

TABLE = {
    0: 0,
    1: 1,
    10: 10,
    50: 44,
    100: 80,
    150: 108,
    200: 132,
    300: 169,
    500: 217,
    1000: 278,
    5000: 357,
}


@pytest.mark.parametrize(("finished", "wanted"), TABLE.items())
def test_the_table(finished: int, wanted: int) -> None:
    assert wanted_answers(finished) == wanted


@given(st.integers(0, 100_000))
def test_no_more_answers_are_wanted_than_there_are_users(finished: int) -> None:
    assert wanted_answers(finished) <= wanted_answers(finished + 1) <= finished + 1
    assert wanted_answers(finished) < 385
