"""A small sample of what `make soak` does for minutes, and every finding of before."""

from itertools import islice

import pytest
from tests.fuzz.guided import Fuzzer
from tests.fuzz.targets import TARGETS, Target

TRIES = 20  # `make soak` tries for minutes
EVERY_TARGET = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)


@EVERY_TARGET
def test_what_is_whole_is_read_and_what_was_once_a_finding_is_none_any_more(target: Target) -> None:
    for data in target.seeds():
        target.read(data)
    assert [target.finding(data) for data in (*target.seeds(), *target.corpus())] == [None] * (
        len(target.seeds()) + len(target.corpus())
    )


@EVERY_TARGET
def test_changed_bytes_are_read_or_refused_with_a_sentence(target: Target) -> None:
    found = [each for each in islice(Fuzzer(target, seed=12).findings(), TRIES) if each is not None]
    assert [finding for _, finding in found] == []
