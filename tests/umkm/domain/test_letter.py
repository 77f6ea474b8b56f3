"""The register of the letters of mentoring, and the one file that each of them has."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.umkm.steps import MONDAY, TICKET, changed, item, mentor, named, system

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain import letter as letters
from zi_umkm.domain.letter import (
    IssueMentoringLetter,
    MentoringLetterFile,
    MentoringLetterIssued,
    MentoringLetterRegister,
    OtherContentError,
    OtherFileError,
    OtherYearError,
    RenewMentoringLetter,
    SealMentoringLetter,
)

ISSUE = IssueMentoringLetter(
    by=mentor(),
    ticket=TICKET,
    letter=named("first"),
    kind="pirt_referral",
    series="sr",
    year=2026,
    template="d" * 64,
    content="c" * 64,
    item=item("letter.content"),
)
FILE: dict[str, Any] = {
    "by": system(),
    "ticket": TICKET,
    "number": "SR-2026-000001",
    "letter": named("first"),
    "item": item("letter.file"),
    "holds_until": MONDAY,
}
SEAL = SealMentoringLetter(**FILE, file="e" * 64)
RENEW = RenewMentoringLetter(**FILE, file="f" * 64)
NONE = MentoringLetterRegister()


def issued(*names: str) -> tuple[MentoringLetterRegister, list[MentoringLetterIssued]]:
    register, recorded = NONE, []
    for name in names:
        for event in letters.number_letter(changed(ISSUE, letter=named(name)), register):
            register = letters.numbered(register, event)
            recorded.append(event)
    return register, recorded


def test_an_issue_binds_what_the_letter_will_show() -> None:
    [event] = letters.number_letter(ISSUE, NONE)
    assert dict(event) == dict(ISSUE)


@given(st.lists(st.sampled_from("abcde")))
def test_numbers_have_neither_gap_nor_repeat(names: list[str]) -> None:
    register, recorded = issued(*names)
    assert [register.issued[each.letter][0] for each in recorded] == list(range(1, len(set(names)) + 1))


def test_a_number_is_printed_with_its_series_and_year() -> None:
    assert letters.printed_number("sr", 2026, 17) == "SR-2026-000017"


def test_another_content_for_a_numbered_letter_is_refused() -> None:
    register, _ = issued("first")
    with pytest.raises(OtherContentError):
        letters.number_letter(changed(ISSUE, content="e" * 64), register)


def test_a_register_is_of_one_year() -> None:
    register, _ = issued("first")
    with pytest.raises(OtherYearError):
        letters.number_letter(changed(ISSUE, letter=named("second"), year=2027), register)


def test_every_office_and_year_has_a_register_of_its_own() -> None:
    ids = {
        letters.letter_register_id(office, series, year)
        for office in ("a", "b")
        for series in letters.SERIES_OF.values()
        for year in (2026, 2027)
    }
    assert len(ids) == 4 * len(letters.SERIES_OF)


def test_a_letter_has_one_sealed_file_for_ever() -> None:
    [event] = letters.decide(SEAL, MentoringLetterFile())
    sealed = letters.evolve(MentoringLetterFile(), event)
    assert letters.decide(SEAL, sealed) == []
    with pytest.raises(OtherFileError):
        letters.decide(changed(SEAL, file="0" * 64), sealed)


def test_a_renewal_is_recorded_once_and_only_of_a_sealed_letter() -> None:
    with pytest.raises(OtherFileError):
        letters.decide(RENEW, MentoringLetterFile())
    sealed = MentoringLetterFile(SEAL.file, SEAL.file)
    [event] = letters.decide(RENEW, sealed)
    renewed = letters.evolve(sealed, event)
    assert renewed == MentoringLetterFile(SEAL.file, RENEW.file)
    assert letters.decide(RENEW, renewed) == letters.decide(SEAL, renewed) == []


def test_nobody_but_a_mentor_issues_and_nobody_but_the_program_records_a_file() -> None:
    with pytest.raises(WrongRoleError):
        letters.number_letter(changed(ISSUE, by=system()), NONE)
    with pytest.raises(WrongRoleError):
        letters.decide(changed(SEAL, by=mentor()), MentoringLetterFile())


def test_a_permit_is_numbered_by_whoever_signs_it_and_by_no_mentor() -> None:
    fields = {"kind": "cppob_permit", "series": letters.SERIES_OF["cppob_permit"]}
    with pytest.raises(WrongRoleError):
        letters.number_letter(changed(ISSUE, **fields), NONE)
