"""Looks at a label: the newest counts, a second person confirms where the rules want it, and photos belong to the newest look."""

from typing import Any

import pytest
from tests.umkm.steps import (
    CHECK_LABEL,
    CONFIRM_LABEL,
    LABEL_PHOTO,
    LOOK_AT_LABEL,
    TRIAGED,
    after,
    changed,
    item,
    last,
    mentor,
    named,
    staff,
)

from zi_chassis.domain import DomainError
from zi_umkm.domain import errors, label_errors
from zi_umkm.domain.case import label_checks as labels
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.limits import MOST_LABEL_PHOTOS

LABEL_CHECKED = (*TRIAGED, LOOK_AT_LABEL)
WITHOUT_SECOND = changed(LOOK_AT_LABEL, second_look=False)


def refused(command: Any, *before: Any) -> type[DomainError]:
    with pytest.raises(DomainError) as raised:
        decide(command, after(*before))
    return type(raised.value)


def test_a_look_counts_with_what_is_right_and_what_does_not_apply() -> None:
    assert after(*TRIAGED, WITHOUT_SECOND).present(1) == {"label_expiry", "label_halal"}


def test_where_a_second_look_is_wanted_nothing_counts_before_it() -> None:
    assert after(*LABEL_CHECKED).present(1) == frozenset()
    assert after(*LABEL_CHECKED, CONFIRM_LABEL).present(1) == {"label_expiry", "label_halal"}
    assert decide(CONFIRM_LABEL, after(*LABEL_CHECKED, CONFIRM_LABEL)) == []
    assert decide(CONFIRM_LABEL, after(*TRIAGED, WITHOUT_SECOND)) == []


def test_nobody_confirms_a_look_of_their_own_in_any_role() -> None:
    same = changed(CONFIRM_LABEL, by=staff(LOOK_AT_LABEL.by.actor, "officer"))
    assert refused(same, *LABEL_CHECKED) is label_errors.OwnLabelCheckError


def test_only_the_newest_look_is_confirmed_and_counts() -> None:
    worse = changed(LOOK_AT_LABEL, check=named("second"), parts=frozenset(), found=(), items=())
    looked_twice = (*LABEL_CHECKED, CONFIRM_LABEL, worse)
    assert after(*looked_twice).present(1) == frozenset()
    assert refused(CONFIRM_LABEL, *looked_twice) is label_errors.OtherLabelCheckError
    assert refused(CONFIRM_LABEL, *TRIAGED) is label_errors.OtherLabelCheckError
    first, second = after(*looked_twice).label_checks
    assert first.confirmed_at is not None
    assert second.waits


def test_an_earlier_kind_of_look_is_read() -> None:
    [check] = after(*TRIAGED, CHECK_LABEL).label_checks
    assert (check.met, check.remarks, check.waits) == (("label_expiry", "label_halal"), {}, False)
    assert labels.newest(after(*LABEL_CHECKED).label_checks, 2) is None


def test_a_remark_belongs_to_its_part() -> None:
    [check] = after(*LABEL_CHECKED).label_checks
    assert list(check.remarks) == ["label_halal", "label_producer"]


def test_photos_are_added_once_until_somebody_confirmed_them() -> None:
    assert isinstance(last(*LABEL_CHECKED, LABEL_PHOTO), labels.LabelPhotoAdded)
    assert decide(LABEL_PHOTO, after(*LABEL_CHECKED, LABEL_PHOTO)) == []
    another = changed(LABEL_PHOTO, file=item("other"))
    assert refused(another, *LABEL_CHECKED, CONFIRM_LABEL) is label_errors.LabelConfirmedError
    unknown = changed(LABEL_PHOTO, item="label_storage")
    assert refused(unknown, *LABEL_CHECKED) is errors.NotAskedForError
    stranger = changed(LABEL_PHOTO, by=mentor("mentor-dodi"))
    assert refused(stranger, *LABEL_CHECKED) is errors.NotTheMentorError
    many = [
        changed(LABEL_PHOTO, file=item("attachment").model_copy(update={"item": named(f"{n}")}))
        for n in range(MOST_LABEL_PHOTOS)
    ]
    assert refused(another, *LABEL_CHECKED, *many) is label_errors.TooManyLabelPhotosError
