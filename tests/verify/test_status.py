"""The table of exit statuses: its numbers, which one counts, and that people are shown all of it."""

import pytest

from zi_verify.status import ExitStatus, severest, table
from zi_verify.verdict import Language

NUMBERS = {
    ExitStatus.PASSED: 0,
    ExitStatus.FAIL: 1,
    ExitStatus.NOTHING_CHECKED: 2,
    ExitStatus.STALL: 3,
    ExitStatus.QUORUM: 4,
    ExitStatus.NOT_COMPARED: 5,
    ExitStatus.NOT_WITNESSED_YET: 6,
    ExitStatus.NOT_READ: 7,
    ExitStatus.PROMISE_BROKEN: 8,
    ExitStatus.NOT_VALID_THEN: 9,
    ExitStatus.NOT_SIGNED_PERSONALLY: 10,
}


def test_a_number_never_changes() -> None:
    assert {status: status.code for status in ExitStatus} == NUMBERS


@pytest.mark.parametrize("order", [(10, 1, 8, 9, 7, 4, 6, 5, 0), (1, 4, 3, 2, 0)])
def test_the_severest_counts(order: tuple[int, ...]) -> None:
    by_code = {status.code: status for status in ExitStatus}
    for at, code in enumerate(order):
        assert severest(by_code[later] for later in order[at:]).code == code


def test_without_any_everything_held() -> None:
    assert severest([]) is ExitStatus.PASSED


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_table_has_a_line_for_each(language: Language) -> None:
    lines = table(language).splitlines()
    assert [int(line.split()[0]) for line in lines] == sorted(NUMBERS.values())
    for line, status in zip(lines, sorted(ExitStatus, key=lambda each: each.code), strict=True):
        assert status.word.render(language) in line
        assert line.endswith(status.meaning.render(language))
