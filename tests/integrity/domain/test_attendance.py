"""The attendance: each person once, by code or from the list, struck and never deleted."""

import pytest
from tests.integrity.minutes_steps import SCAN, listed, named, names_after, signed_in, state_after, strike

from zi_integrity.domain.attendance import (
    AnotherCodeError,
    AttendanceChangedError,
    ProviderGroupError,
    UnknownAttendeeError,
)
from zi_integrity.messaging.minutes_published import attendances


def test_people_are_counted_by_group() -> None:
    here = state_after(attendances, signed_in("sari"), listed("media", "users", "provider"))
    assert here.counts == {
        "users": 2, "stakeholders": 0, "experts": 0, "civil_society": 0, "media": 1, "provider": 1
    }  # fmt: skip


def test_a_code_signs_once_from_two_devices() -> None:
    assert names_after(attendances, signed_in("sari"), signed_in("sari", "media")) == []


def test_a_code_of_the_public_does_not_sign_for_the_office() -> None:
    with pytest.raises(ProviderGroupError):
        names_after(attendances, signed_in("sari", "provider"))


def test_nobody_signs_with_the_code_of_another() -> None:
    with pytest.raises(AnotherCodeError):
        names_after(attendances, signed_in("sari").model_copy(update={"participant": named("budi")}))


def test_a_part_of_a_list_is_entered_once() -> None:
    assert names_after(attendances, listed("users"), listed("users")) == []
    assert names_after(attendances, listed("users"), listed("users", part=2, after=1)) == ["AttendanceListed"]
    assert names_after(attendances, listed()) == []


def test_a_list_that_was_compared_with_fewer_people_is_refused() -> None:
    with pytest.raises(AttendanceChangedError):
        names_after(attendances, listed("media", list="other"), listed("users", after=0))


def test_who_was_struck_did_not_come_and_stays_on_record() -> None:
    here = state_after(attendances, signed_in("sari"), listed("media"), strike(1), strike(2))
    assert sum(here.counts.values()) == 0
    assert [each.is_struck for each in here.people.values()] == [True, True]
    assert here.attendee(named("sari")) is None
    assert names_after(attendances, signed_in("sari"), strike(1), strike(1)) == []
    assert names_after(attendances, signed_in("sari"), strike(1), signed_in("sari")) == ["AttendanceSigned"]


@pytest.mark.parametrize("before", [(), (signed_in("sari"),)])
def test_an_unknown_number_is_refused(before: tuple[object, ...]) -> None:
    with pytest.raises(UnknownAttendeeError):
        names_after(attendances, *before, strike(7))  # type: ignore[arg-type]


def test_a_scan_is_recorded_once() -> None:
    assert names_after(attendances, SCAN) == ["AttendanceScanned"]
    assert names_after(attendances, SCAN, SCAN) == []


def test_who_signed_paper_alone_is_counted_apart_from_codes() -> None:
    here = state_after(attendances, signed_in("sari"), listed("media", "users"), strike(2))
    assert {group: count for group, count in here.without_code.items() if count} == {"users": 1}
