"""The register of the office's letters, and the one file that each of them has."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integrity.officials import MONDAY, head, item, named, system

from zi_chassis.domain import WrongRoleError
from zi_integrity.domain import office_letter as letters
from zi_integrity.domain.office_letter import (
    AnotherFileError,
    IssueOfficeLetter,
    NumberedOtherwiseError,
    OfficeLetterIssued,
    OfficeRegister,
    OtherRegisterError,
    RecordRenewedFile,
    RecordSealedFile,
)


def issue(letter: str = "first", **changes: Any) -> IssueOfficeLetter:
    command = IssueOfficeLetter(
        by=head(),
        series="sp",
        year=2026,
        letter=named(letter),
        kind="service_standard",
        matter=named("standard"),
        content="c" * 64,
        template="d" * 64,
        item=item("letter.content"),
    )
    return command.model_copy(update=changes)


SEAL = RecordSealedFile(
    by=system(), letter=named("first"), number="SP-2026-000001", file="f" * 64, item=item("letter.file")
)


RENEW = RecordRenewedFile(
    by=system(),
    letter=named("first"),
    number="SP-2026-000001",
    file="d" * 64,
    item=item("letter.file"),
    holds_until=MONDAY,
)


def issued(*commands: IssueOfficeLetter) -> tuple[OfficeRegister, list[OfficeLetterIssued]]:
    register, recorded = letters.initial_register, []
    for command in commands:
        for event in letters.decide_issue(command, register):
            register = letters.evolve_register(register, event)
            recorded.append(event)
    return register, recorded


def test_an_issue_binds_what_was_signed_for() -> None:
    [event] = letters.decide_issue(issue(), letters.initial_register)
    assert dict(event) == dict(issue())


def test_numbers_follow_each_other_and_a_repeat_gets_none() -> None:
    register, recorded = issued(issue("a"), issue("b"), issue("a"), issue("c"))
    assert [register.contents[event.letter][0] for event in recorded] == [1, 2, 3]
    assert register.last == 3


def test_another_content_for_a_numbered_letter_is_refused() -> None:
    register, _ = issued(issue())
    with pytest.raises(NumberedOtherwiseError):
        letters.decide_issue(issue(content="e" * 64), register)


@pytest.mark.parametrize("other", [{"year": 2027}, {"series": "ba"}])
def test_a_register_is_of_one_series_and_year(other: dict[str, Any]) -> None:
    register, _ = issued(issue())
    with pytest.raises(OtherRegisterError):
        letters.decide_issue(issue("second", **other), register)


@given(st.lists(st.sampled_from("abcde")))
def test_numbers_have_neither_gap_nor_repeat(names: list[str]) -> None:
    register, _ = issued(*(issue(name) for name in names))
    numbers = sorted(number for number, _ in register.contents.values())
    assert numbers == list(range(1, len(set(names)) + 1))


def test_a_letter_has_one_sealed_file_for_ever() -> None:
    [event] = letters.decide(SEAL, letters.initial)
    sealed = letters.evolve(letters.initial, event)
    assert letters.decide(SEAL, sealed) == []
    with pytest.raises(AnotherFileError):
        letters.decide(SEAL.model_copy(update={"file": "e" * 64}), sealed)


def test_a_renewal_is_recorded_once_and_only_of_a_sealed_letter() -> None:
    with pytest.raises(AnotherFileError):
        letters.decide(RENEW, letters.initial)
    [sealing] = letters.decide(SEAL, letters.initial)
    sealed = letters.evolve(letters.initial, sealing)
    [event] = letters.decide(RENEW, sealed)
    renewed = letters.evolve(sealed, event)
    assert renewed.sealed == sealing
    assert letters.decide(RENEW, renewed) == []
    assert letters.decide(SEAL, renewed) == []


def test_nobody_but_the_head_issues_and_nobody_but_the_program_records_a_file() -> None:
    with pytest.raises(WrongRoleError):
        letters.decide_issue(issue(by=system()), letters.initial_register)
    with pytest.raises(WrongRoleError):
        letters.decide(SEAL.model_copy(update={"by": head()}), letters.initial)


def test_every_office_series_and_year_has_a_register_of_its_own() -> None:
    ids = {
        letters.office_register_id(office, series, year)
        for office in ("a", "b")
        for series in letters.SERIES.values()
        for year in (2026, 2027)
    }
    assert len(ids) == 12
