"""The codes of a case: how a new one is asked for, made and stopped."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.intake import acts
from tests.intake.acts import DAY, MONDAY, REPLACE_CODE, REQUEST_CODE, STOP_CODES, after, events

from zi_chassis.domain import ErasedError
from zi_intake.domain.case import refusals
from zi_intake.domain.case.code import FOUND_AGAIN
from zi_intake.domain.case.code_decisions import MOST_CODES, way_of_code
from zi_intake.domain.case.code_messages import CodeReplaced, CodeReplacementStopped, CodeRequested
from zi_intake.domain.case.messages import CaseCommands
from zi_intake.names import MOST_CODES as RECOGNISED
from zi_intake.names import Names

SECOND = timedelta(seconds=1)
NAMES = Names(b"x" * 32, b"y" * 32, b"z" * 32)
CODE_REQUESTED = (*acts.ASSIGNED, REQUEST_CODE)
CONFIDENTIAL_CODE_REQUESTED = (*acts.CONFIDENTIAL, REQUEST_CODE)


def at(command: CaseCommands, moment: datetime) -> CaseCommands:
    return command.model_copy(update={"by": command.by.model_copy(update={"at": moment})})


def test_a_request_opens_at_once_and_for_one_day() -> None:
    [requested] = events(*CODE_REQUESTED)[-1:]
    assert isinstance(requested, CodeRequested)
    assert (requested.opens_at, requested.open_until) == (MONDAY, MONDAY + DAY)


def test_a_confidential_case_waits_a_day_before() -> None:
    [requested] = events(*CONFIDENTIAL_CODE_REQUESTED)[-1:]
    assert isinstance(requested, CodeRequested)
    assert (requested.opens_at, requested.open_until) == (MONDAY + DAY, MONDAY + 2 * DAY)
    with pytest.raises(refusals.CodeTooEarlyError):
        after(*CONFIDENTIAL_CODE_REQUESTED, at(REPLACE_CODE, MONDAY + DAY - SECOND))
    assert after(*CONFIDENTIAL_CODE_REQUESTED, at(REPLACE_CODE, MONDAY + DAY)).code.number == 1


def test_while_one_request_waits_another_is_none() -> None:
    other = REQUEST_CODE.model_copy(update={"asking": uuid4()})
    assert events(*CODE_REQUESTED, other) == events(*CODE_REQUESTED)
    later = at(other, MONDAY + DAY)
    assert after(*CODE_REQUESTED, later).code.requested == events(*CODE_REQUESTED, later)[-1]


def test_a_link_makes_one_code() -> None:
    [replaced] = events(*CODE_REQUESTED, REPLACE_CODE)[-1:]
    assert isinstance(replaced, CodeReplaced)
    with pytest.raises(refusals.CodeLinkOverError):
        after(*CODE_REQUESTED, REPLACE_CODE, REPLACE_CODE)


def test_a_code_is_found_again_by_its_request_for_a_minute() -> None:
    code, asking = after(*CODE_REQUESTED, REPLACE_CODE).code, REPLACE_CODE.asking
    made = REPLACE_CODE.by.at
    assert code.is_just_made(asking, made + FOUND_AGAIN)
    assert not code.is_just_made(asking, made + FOUND_AGAIN + SECOND)
    assert not code.is_just_made(UUID(int=5), made)
    assert not after(*CODE_REQUESTED).code.is_just_made(asking, made)
    assert not after(*CODE_REQUESTED, REPLACE_CODE, REQUEST_CODE).code.is_just_made(asking, made)


@pytest.mark.parametrize("late", [MONDAY + DAY, MONDAY + 30 * DAY])
def test_a_link_is_over_after_its_day(late: datetime) -> None:
    with pytest.raises(refusals.CodeLinkOverError):
        after(*CODE_REQUESTED, at(REPLACE_CODE, late))


def test_a_link_of_another_request_is_over() -> None:
    with pytest.raises(refusals.CodeLinkOverError):
        after(*CODE_REQUESTED, REPLACE_CODE.model_copy(update={"asking": UUID(int=5)}))
    with pytest.raises(refusals.CodeLinkOverError):
        after(*acts.ASSIGNED, REPLACE_CODE)


def test_whoever_filed_without_an_address_gets_no_new_code() -> None:
    anonymous = acts.complaint().model_copy(update={"anonymous": True, "reachable_by": ()})
    by_phone = acts.complaint().model_copy(update={"reachable_by": ("phone",)})
    for filing in (anonymous, by_phone):
        with pytest.raises(refusals.NoAddressForCodeError):
            after(filing, REQUEST_CODE)


def test_a_number_gets_the_link_where_the_office_sends_to_telephones() -> None:
    by_phone = acts.complaint().model_copy(update={"reachable_by": ("phone",)})
    request_code = REQUEST_CODE.model_copy(update={"ways": ("email", "phone")})
    state = after(by_phone, request_code)
    assert state.code.waiting(MONDAY) is not None
    assert state.filing is not None
    assert way_of_code(state.filing, ("email", "phone")) == "phone"
    both = state.filing.model_copy(update={"reachable_by": ("phone", "email")})
    assert way_of_code(both, ("email", "phone")) == "email"
    assert way_of_code(state.filing, ("email",)) is None


def test_the_link_of_a_confidential_case_goes_over_no_telephone() -> None:
    """The gateway reads what it carries, and whoever reads the link can use it."""
    [filing, *_] = acts.CONFIDENTIAL
    by_phone = filing.model_copy(update={"reachable_by": ("phone",)})
    with pytest.raises(refusals.NoAddressForCodeError):
        after(by_phone, REQUEST_CODE.model_copy(update={"ways": ("email", "phone")}))


def test_stopping_ends_the_link_that_waits_and_every_later_one() -> None:
    [stopped] = events(*CODE_REQUESTED, STOP_CODES)[-1:]
    assert isinstance(stopped, CodeReplacementStopped)
    assert events(*CODE_REQUESTED, STOP_CODES, STOP_CODES) == events(*CODE_REQUESTED, STOP_CODES)
    with pytest.raises(refusals.CodeLinkOverError):
        after(*CODE_REQUESTED, STOP_CODES, REPLACE_CODE)
    with pytest.raises(refusals.CodesStoppedError):
        after(*acts.ASSIGNED, STOP_CODES, REQUEST_CODE)


def test_a_case_has_only_so_many_codes_as_are_recognised() -> None:
    state = after(*acts.ASSIGNED)
    for _ in range(MOST_CODES):
        state = after(REQUEST_CODE, REPLACE_CODE, state=state)
    assert state.code.number == MOST_CODES == RECOGNISED
    with pytest.raises(refusals.CodesUsedUpError):
        after(REQUEST_CODE, state=state)


@pytest.mark.parametrize("case", [acts.CLOSED, acts.PASSED_ON, (*acts.FILED, acts.WITHDRAW)])
def test_a_new_code_is_made_wherever_the_case_stands(case: tuple[CaseCommands, ...]) -> None:
    before = after(*case)
    made = after(REQUEST_CODE, REPLACE_CODE, state=before)
    assert (made.code.number, made.status, made.holder) == (1, before.status, before.holder)


def test_after_the_erasure_there_is_no_new_code() -> None:
    for command in (REQUEST_CODE, REPLACE_CODE, STOP_CODES):
        with pytest.raises(ErasedError):
            after(*acts.ERASED, command)


def test_every_code_of_a_ticket_is_recognised_and_no_other() -> None:
    ticket = NAMES.ticket(uuid4())
    codes = [NAMES.code(ticket, number) for number in range(MOST_CODES + 1)]
    assert len(set(codes)) == MOST_CODES + 1
    for number, code in enumerate(codes):
        opened = NAMES.opens(ticket, code)
        assert opened is not None
        assert (opened.ticket, opened.number) == (ticket, number)
    assert NAMES.opens(ticket, NAMES.code(ticket, MOST_CODES + 1)) is None


def test_a_link_is_of_one_request_of_one_ticket() -> None:
    ticket, other = NAMES.ticket(uuid4()), NAMES.ticket(uuid4())
    asking = uuid4()
    link = NAMES.code_link(ticket, asking)
    assert NAMES.asking_of(ticket, link) == asking
    assert NAMES.asking_of(other, link) is None
    forged = NAMES.code_link(ticket, uuid4())[:20] + link[20:]
    for nonsense in (forged, link[:-2], f"{link}xx", "", "ä", "=" * 40):
        assert NAMES.asking_of(ticket, nonsense) is None
