"""The name that a business gives itself: given, changed and taken back, by the business alone."""

from typing import Any

import pytest
from tests.umkm.steps import (
    ASSIGNED,
    CLOSE,
    GRADUATE,
    GRADUATED,
    NAME,
    REFER,
    REFERRED,
    REMOVE_NAME,
    after,
    changed,
    last,
    mentor,
)

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.nickname import BusinessNicknamed, NicknameRemoved
from zi_umkm.domain.case.offers import OfferFacts, PageReader, offers

TAKE_BACK = changed(NAME, is_named=False, items=())


def test_it_is_taken_back_once_it_was_given() -> None:
    assert decide(TAKE_BACK, after(*ASSIGNED)) == []
    event = last(*ASSIGNED, NAME, TAKE_BACK)
    assert isinstance(event, BusinessNicknamed)
    assert event.items == ()
    assert after(*ASSIGNED, NAME).has_nickname
    assert decide(TAKE_BACK, after(*ASSIGNED, NAME, TAKE_BACK)) == []


@pytest.mark.parametrize(
    "end", [(*GRADUATED[:-1], NAME, GRADUATE), (*ASSIGNED, NAME, CLOSE), (*REFERRED[:-1], NAME, REFER)]
)
def test_it_is_taken_back_however_the_case_stands(end: Any) -> None:
    case = after(*end)
    assert [type(each) for each in decide(TAKE_BACK, case)] == [BusinessNicknamed]
    reader = PageReader(NAME.by.actor, NAME.by.at, role=NAME.by.role)
    assert ("take-name-back",) in offers(reader, case, OfferFacts())


def test_a_supervisor_takes_an_unfit_name_away_and_the_business_may_give_another_one() -> None:
    assert decide(REMOVE_NAME, after(*ASSIGNED)) == []
    event = last(*ASSIGNED, NAME, REMOVE_NAME)
    assert isinstance(event, NicknameRemoved)
    assert event.reason == "names_a_person"
    assert not after(*ASSIGNED, NAME, REMOVE_NAME).has_nickname
    assert after(*ASSIGNED, NAME, REMOVE_NAME, NAME).has_nickname
    assert [type(each) for each in decide(REMOVE_NAME, after(*ASSIGNED, NAME, CLOSE))] == [NicknameRemoved]
    for other in (NAME.by, mentor()):
        with pytest.raises(WrongRoleError):
            decide(changed(REMOVE_NAME, by=other), after(*ASSIGNED, NAME))


def test_no_official_names_a_business() -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(NAME, by=mentor()), after(*ASSIGNED))
