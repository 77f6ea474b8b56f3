"""A compensation from its opening to its end: nobody who had the case decides, nothing less than owed is offered, silence waives nothing."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integrity.officials import MONDAY, head, item, named, system, team

from zi_chassis.domain import Act, WrongRoleError
from zi_contracts.configuration import Pin
from zi_integrity.domain.compensation import (
    AnswerOffer,
    Compensation,
    CompensationClosed,
    CompensationCommands,
    CompensationEvents,
    CompensationStatus,
    CompensationWaived,
    GiveCompensation,
    OfferCompensation,
    OpenCompensation,
    RecordCause,
    RecordOfferAnswer,
    RemindOfCompensation,
    decide,
    evolve,
    initial,
)
from zi_integrity.domain.compensation_errors import (
    AlreadyOfferedError,
    CauseKnownError,
    CompensationError,
    HadTheCaseError,
    LessThanOwedError,
    NoCompensationError,
    NothingToGiveError,
    NotOfferedError,
    NotYourCompensationError,
    WaitForAnswerError,
    WaiverByOffererError,
)

DAY = timedelta(days=1)
PIN = Pin(id="compensation", version=1)
OWNER = str(named("owner"))
LATE_OFFICER, NEXT_OFFICER = "officer-ani", "officer-budi"
INVOLVED = frozenset({OWNER, NEXT_OFFICER})


def owner(at: Any = MONDAY) -> Act:
    return Act(at=at, actor=OWNER, role="public")


OPEN = OpenCompensation(
    by=system(),
    ticket="3C7K9M2Q5",
    service="complaint",
    clock="answer",
    missed=named("missed"),
    due=MONDAY - DAY,
    owed=("apology",),
    is_decided=False,
    rules=PIN,
    standard=PIN,
    officials=(LATE_OFFICER,),
    reported_late=False,
    offer_by=MONDAY + 3 * DAY,
    find_cause_by=MONDAY + 14 * DAY,
    language="id",
    reachable_by=("email",),
)
OFFER = OfferCompensation(
    by=team(),
    request=named("offer"),
    involved=INVOLVED,
    forms=("apology",),
    answer_by=MONDAY + 10 * DAY,
    give_by=MONDAY + 15 * DAY,
    items=(item("compensation.offer"),),
)
ACCEPT = AnswerOffer(by=owner(), request=named("accept"), owner=OWNER, accepts=True, give_by=MONDAY + 5 * DAY)
WAIVE = ACCEPT.model_copy(update={"accepts": False})
BY_PHONE = RecordOfferAnswer(
    by=team(), request=named("phone"), involved=INVOLVED, accepts=True, how="phone", give_by=MONDAY + 5 * DAY
)
COLLEAGUE = "zone-colleague"
NOT_WANTED = BY_PHONE.model_copy(
    update={"by": team().model_copy(update={"actor": COLLEAGUE}), "request": named("no"), "accepts": False}
)
GIVE = GiveCompensation(
    by=team(), request=named("give"), involved=INVOLVED, proof="letter_sent", items=(item("proof"),)
)
CAUSE = RecordCause(
    by=head(), request=named("cause"), involved=INVOLVED, cause="workload", items=(item("why"),)
)
REMIND = RemindOfCompensation(by=system(MONDAY + 3 * DAY), step="offer", due=MONDAY + 3 * DAY)
OFFERED = (OPEN, OFFER)
ACCEPTED = (*OFFERED, ACCEPT)
COMPENSATED = (*ACCEPTED, GIVE)


def after(*commands: CompensationCommands) -> Compensation:
    state = initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def last(*commands: CompensationCommands) -> list[CompensationEvents]:
    return decide(commands[-1], after(*commands[:-1]))


def test_it_goes_from_opened_to_closed() -> None:
    statuses = [after(*(*COMPENSATED, CAUSE)[:number]).status.value for number in range(6)]
    assert statuses == ["unknown", "open", "offered", "accepted", "given", "closed"]


@pytest.mark.parametrize("end", [COMPENSATED, (*OFFERED, WAIVE)])
def test_the_root_cause_closes_it_whenever_it_comes(end: tuple[CompensationCommands, ...]) -> None:
    assert after(*end).status is not CompensationStatus.CLOSED
    assert after(*end, CAUSE).status is CompensationStatus.CLOSED
    earlier = (OPEN, CAUSE, *end[1:])
    assert after(*earlier).status is CompensationStatus.CLOSED
    assert isinstance(last(*earlier)[-1], CompensationClosed)
    assert len(last(OPEN, CAUSE)) == 1


def test_the_same_message_opens_it_once() -> None:
    assert last(OPEN, OPEN) == []


@pytest.mark.parametrize("official", [LATE_OFFICER, NEXT_OFFICER, OWNER])
@pytest.mark.parametrize(
    ("before", "command"),
    [((OPEN,), OFFER), (OFFERED, BY_PHONE), (ACCEPTED, GIVE), (COMPENSATED, CAUSE)],
)
def test_who_had_the_case_or_filed_it_decides_nothing(
    before: tuple[CompensationCommands, ...], command: Any, official: str
) -> None:
    by = command.by.model_copy(update={"actor": official})
    with pytest.raises(HadTheCaseError):
        decide(command.model_copy(update={"by": by}), after(*before))


def test_a_superior_alone_records_the_cause() -> None:
    with pytest.raises(WrongRoleError):
        decide(CAUSE.model_copy(update={"by": team()}), after(*COMPENSATED))
    with pytest.raises(CauseKnownError):
        decide(CAUSE.model_copy(update={"request": named("again")}), after(OPEN, CAUSE))


def test_more_than_is_owed_may_be_offered_and_less_may_not() -> None:
    assert last(OPEN, OFFER.model_copy(update={"forms": ("apology", "souvenir")}))
    with pytest.raises(LessThanOwedError):
        decide(OFFER.model_copy(update={"forms": ("souvenir",)}), after(OPEN))


def test_only_the_citizen_of_the_case_answers_on_its_page() -> None:
    stranger = ACCEPT.by.model_copy(update={"actor": str(named("stranger"))})
    with pytest.raises(NotYourCompensationError):
        decide(ACCEPT.model_copy(update={"by": stranger}), after(*OFFERED))


def test_an_answer_that_was_given_to_an_official_says_how() -> None:
    [event] = last(*OFFERED, BY_PHONE)
    assert (type(event).__name__, getattr(event, "how", "")) == ("CompensationAccepted", "phone")
    [event] = last(*OFFERED, WAIVE)
    assert (type(event).__name__, getattr(event, "how", "")) == ("CompensationWaived", "case_page")


def test_whoever_offers_it_records_no_waiver() -> None:
    with pytest.raises(WaiverByOffererError):
        decide(NOT_WANTED.model_copy(update={"by": OFFER.by}), after(*OFFERED))


@pytest.mark.parametrize("before", [OFFERED, (OPEN, CAUSE, OFFER)])
def test_whose_waiver_others_recorded_may_still_accept_for_some_days(
    before: tuple[CompensationCommands, ...],
) -> None:
    waived = last(*before, NOT_WANTED)[0]
    assert isinstance(waived, CompensationWaived)
    assert waived.open_until == OFFER.give_by
    late = NOT_WANTED.model_copy(update={"give_by": OFFER.give_by + DAY})
    assert getattr(last(*before, late)[0], "open_until", None) == OFFER.give_by + DAY
    after_it = ACCEPT.model_copy(update={"by": owner(OFFER.give_by)})
    accepted = after(*before, NOT_WANTED, after_it)
    assert accepted.status is CompensationStatus.ACCEPTED
    assert accepted.steps_due["give"] == ACCEPT.give_by
    assert last(*before, NOT_WANTED, after_it, GIVE)
    for too_late in (ACCEPT.model_copy(update={"by": owner(OFFER.give_by + DAY)}), BY_PHONE):
        with pytest.raises(NotOfferedError):
            decide(too_late, after(*before, NOT_WANTED))


def test_the_citizen_who_confirms_a_recorded_waiver_can_not_take_it_back() -> None:
    confirmed = WAIVE.model_copy(update={"request": named("confirmed")})
    assert after(OPEN, CAUSE, OFFER, NOT_WANTED, confirmed).status is CompensationStatus.CLOSED
    with pytest.raises(NotOfferedError):
        decide(ACCEPT, after(*OFFERED, NOT_WANTED, confirmed))


@pytest.mark.parametrize("before", [(OPEN,), ACCEPTED, (*OFFERED, WAIVE)])
def test_there_is_one_answer_to_an_offer(before: tuple[CompensationCommands, ...]) -> None:
    with pytest.raises(NotOfferedError):
        decide(ACCEPT.model_copy(update={"request": named("second")}), after(*before))


def test_there_is_one_offer() -> None:
    with pytest.raises(AlreadyOfferedError):
        decide(OFFER.model_copy(update={"request": named("second")}), after(*OFFERED))


def test_silence_waives_nothing() -> None:
    with pytest.raises(WaitForAnswerError):
        decide(GIVE, after(*OFFERED))
    later = GIVE.model_copy(update={"by": team(at=OFFER.answer_by + DAY)})
    assert after(*OFFERED, later).status is CompensationStatus.DELIVERED


@pytest.mark.parametrize("before", [(OPEN,), COMPENSATED, (*OFFERED, WAIVE)])
def test_nothing_is_given_that_is_not_to_be_given(before: tuple[CompensationCommands, ...]) -> None:
    with pytest.raises(NothingToGiveError):
        decide(GIVE.model_copy(update={"request": named("second")}), after(*before))


def test_nothing_happens_to_what_is_not_there() -> None:
    for command in (OFFER, ACCEPT, BY_PHONE, GIVE, CAUSE, REMIND):
        with pytest.raises(NoCompensationError):
            decide(command, initial)


def test_a_repeated_request_changes_nothing() -> None:
    assert (
        last(*OFFERED, OFFER)
        == last(*ACCEPTED, ACCEPT)
        == last(*COMPENSATED, GIVE)
        == last(OPEN, CAUSE, CAUSE)
        == []
    )


def test_each_step_is_overdue_once_and_only_while_it_waits() -> None:
    assert len(last(OPEN, REMIND)) == 1
    assert last(OPEN, REMIND, REMIND) == last(*OFFERED, REMIND) == []
    assert last(OPEN, REMIND.model_copy(update={"by": system(MONDAY)})) == []
    to_give = RemindOfCompensation(by=system(MONDAY + 20 * DAY), step="give", due=ACCEPT.give_by)
    assert len(last(*ACCEPTED, to_give)) == 1
    assert (
        last(*ACCEPTED, to_give.model_copy(update={"due": OFFER.give_by}))
        == last(*COMPENSATED, to_give)
        == []
    )
    cause = RemindOfCompensation(by=system(MONDAY + 20 * DAY), step="find_cause", due=OPEN.find_cause_by)
    assert len(last(*COMPENSATED, cause)) == 1
    assert last(OPEN, CAUSE, cause) == []


@given(st.lists(st.sampled_from([OPEN, OFFER, ACCEPT, WAIVE, BY_PHONE, GIVE, CAUSE, REMIND]), max_size=12))
def test_whatever_is_tried_it_is_closed_only_with_cause_and_end(commands: list[CompensationCommands]) -> None:
    event_names: list[str] = []
    state = initial
    for command in commands:
        try:
            events = decide(command, state)
        except CompensationError:
            continue
        for event in events:
            state, event_names = evolve(state, event), [*event_names, type(event).__name__]
    assert len(event_names) - len(set(event_names)) == 0
    if state.status is CompensationStatus.CLOSED:
        assert "CompensationCauseFound" in event_names
        assert {"CompensationGiven", "CompensationWaived"} & set(event_names)
