"""The name that a business gives itself: given, changed and taken back, by the business alone."""

import pytest
from tests.umkm.steps import ASSIGNED, NAME, after, changed, last, mentor

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.nickname import BusinessNicknamed

TAKE_BACK = changed(NAME, is_named=False, items=())


def test_it_is_taken_back_once_it_was_given() -> None:
    assert decide(TAKE_BACK, after(*ASSIGNED)) == []
    event = last(*ASSIGNED, NAME, TAKE_BACK)
    assert isinstance(event, BusinessNicknamed)
    assert event.items == ()
    assert after(*ASSIGNED, NAME).has_nickname
    assert decide(TAKE_BACK, after(*ASSIGNED, NAME, TAKE_BACK)) == []


def test_no_official_names_a_business() -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(NAME, by=mentor()), after(*ASSIGNED))
