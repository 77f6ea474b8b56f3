"""The hour of an opening: what was seen is seen again without an event, all else is one, and a count tells how often."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.acts import COUNT_OPENINGS, ERASED, FILED, MONDAY, after, officer, supervisor

from zi_chassis.domain import Act
from zi_contracts.intake import OpeningsLimited as OpeningsLimitedData
from zi_intake.domain.case import messages
from zi_intake.domain.case.decide import decide
from zi_intake.domain.case.messages import CaseEvents, CountOpenings, OpeningsCounted, OpenPersonalData
from zi_intake.domain.case.state import Case, evolve
from zi_intake.domain.data_access_hour import HOUR, DataReader
from zi_intake.domain.data_access_limit import AccessLimit, OpeningsLimited, RefuseOpening, access_limit

NAME, TEXT, PHOTO = UUID(int=1), UUID(int=2), UUID(int=3)
MINUTE = timedelta(minutes=1)


def look(
    *items: UUID, at: datetime = MONDAY, by: Act | None = None, purpose: str = "handling"
) -> OpenPersonalData:
    return OpenPersonalData(by=by or officer(at=at), items=items, purpose=purpose)


def seen_after(
    command: OpenPersonalData, *before: OpenPersonalData | CountOpenings
) -> list[tuple[UUID, ...]]:
    """The items of the events of one more look."""
    events = decide(command, after(*FILED, *before))
    return [event.items for event in events if isinstance(event, messages.PersonalDataOpened)]


def test_the_first_look_is_an_event_and_begins_the_hour() -> None:
    [opened] = decide(look(NAME, TEXT), after(*FILED))
    assert opened == messages.PersonalDataOpened(
        by=officer(), items=(NAME, TEXT), purpose="handling", since=MONDAY
    )


@pytest.mark.parametrize("later", [timedelta(), MINUTE, HOUR - timedelta(microseconds=1)])
def test_the_same_items_are_no_event_for_the_rest_of_the_hour(later: timedelta) -> None:
    assert seen_after(look(NAME, at=MONDAY + later), look(NAME, TEXT)) == []


@pytest.mark.parametrize("later", [HOUR, 30 * HOUR, -timedelta(microseconds=1), -HOUR])
def test_after_the_hour_and_when_the_clock_was_set_back_a_look_is_an_event(later: timedelta) -> None:
    assert seen_after(look(NAME, at=MONDAY + later), look(NAME)) == [(NAME,)]


def test_of_another_look_only_the_new_items_are_named_and_they_join_the_hour() -> None:
    first, second = look(NAME), look(NAME, PHOTO, at=MONDAY + MINUTE)
    assert seen_after(second, first) == [(PHOTO,)]
    assert seen_after(look(NAME, PHOTO, at=MONDAY + HOUR - MINUTE), first, second) == []
    assert seen_after(look(NAME, PHOTO, at=MONDAY + HOUR), first, second) == [(NAME, PHOTO)]


def test_another_purpose_role_and_person_each_begin_their_own_hour() -> None:
    assert seen_after(look(NAME, purpose="contact"), look(NAME)) == [(NAME,)]
    in_other_role = officer().model_copy(update={"role": "staff:supervisor"})
    assert seen_after(look(NAME, by=in_other_role), look(NAME)) == [(NAME,)]
    assert seen_after(look(NAME, by=supervisor()), look(NAME)) == [(NAME,)]


def test_two_openers_in_one_hour_do_not_end_each_others() -> None:
    mine, theirs = look(NAME), look(NAME, by=supervisor())
    assert seen_after(look(NAME, at=MONDAY + MINUTE), mine, theirs) == []


def test_the_count_tells_whose_looks_of_which_hour_they_were() -> None:
    assert decide(COUNT_OPENINGS, after(*FILED, look(NAME))) == [OpeningsCounted(**dict(COUNT_OPENINGS))]


def test_where_nobody_looked_again_nothing_is_counted() -> None:
    assert decide(COUNT_OPENINGS.model_copy(update={"count": 0}), after(*FILED, look(NAME))) == []


def test_after_its_count_an_hour_is_over_whatever_the_clock_says() -> None:
    """A replica whose clock is late shows nothing that nobody would count any more."""
    assert seen_after(look(NAME, at=MONDAY + MINUTE), look(NAME), COUNT_OPENINGS) == [(NAME,)]


def test_the_count_of_an_earlier_hour_does_not_end_the_one_that_runs() -> None:
    later = MONDAY + HOUR
    before = (look(NAME), look(NAME, at=later), COUNT_OPENINGS)
    assert seen_after(look(NAME, at=later + MINUTE), *before) == []


def test_looks_from_before_an_erasure_are_counted_after_it() -> None:
    assert len(decide(COUNT_OPENINGS, after(*ERASED))) == 1


def test_an_opening_from_before_there_were_hours_is_read_and_allows_nothing() -> None:
    old = messages.PersonalDataOpened.model_validate(
        {"by": dict(officer()), "items": [NAME], "purpose": "handling"}
    )
    state = evolve(after(*FILED), old)
    assert (old.since, state.access.hours) == (None, {})
    assert len(decide(look(NAME), state)) == 1


openers = st.sampled_from(
    [officer(), supervisor(), officer("officer-cici"), officer().model_copy(update={"role": "staff:auditor"})]
)
looks = st.builds(
    lambda by, items, purpose, minutes: OpenPersonalData(
        by=by.model_copy(update={"at": MONDAY + minutes * MINUTE}), items=tuple(items), purpose=purpose
    ),
    openers,
    st.lists(st.sampled_from([NAME, TEXT, PHOTO]), min_size=1, max_size=3, unique=True),
    st.sampled_from(["handling", "contact"]),
    st.integers(-90, 200),
)


def opener_of(command: OpenPersonalData) -> DataReader:
    return DataReader(command.by.actor, command.by.role, command.purpose)


def play(commands: Iterable[OpenPersonalData]) -> tuple[Case, list[CaseEvents]]:
    state, recorded = after(*FILED), []
    for command in commands:
        events = decide(command, state)
        for event in events:
            state = evolve(state, event)
        recorded += events
        hour = state.access.hour(opener_of(command), command.by.at)
        assert hour is not None
        assert hour.items.issuperset(command.items)
    return state, recorded


@given(st.lists(looks, max_size=40))
def test_whatever_is_seen_stands_in_an_event_of_its_opener_within_the_hour(
    commands: list[OpenPersonalData],
) -> None:
    _, recorded = play(commands)
    opened = [event for event in recorded if isinstance(event, messages.PersonalDataOpened)]
    for command in commands:
        mine = [
            event
            for event in opened
            if (event.by.actor, event.by.role, event.purpose)
            == (command.by.actor, command.by.role, command.purpose)
            and event.since is not None
            and event.since <= command.by.at < event.since + HOUR
        ]
        assert {item for event in mine for item in event.items}.issuperset(command.items)


@given(st.lists(looks, max_size=40))
def test_an_hour_names_no_item_twice(commands: list[OpenPersonalData]) -> None:
    """So no burst makes more events than there are items, roles and purposes."""
    in_order = sorted(commands, key=lambda command: command.by.at)
    _, recorded = play(in_order)
    named = [
        (event.by.actor, event.by.role, event.purpose, event.since, item)
        for event in recorded
        if isinstance(event, messages.PersonalDataOpened)
        for item in event.items
    ]
    assert len(named) == len(set(named))


@given(st.lists(looks, max_size=40))
def test_the_same_state_comes_back_from_the_store(commands: list[OpenPersonalData]) -> None:
    state, recorded = play(commands)
    again = after(*FILED)
    for event in recorded:
        again = evolve(again, type(event).model_validate_json(event.model_dump_json()))
    assert again == state


# -- the limit


def refuse(at: datetime = MONDAY) -> RefuseOpening:
    return RefuseOpening(by=officer(at=at), limit=600)


def refused(*commands: RefuseOpening) -> AccessLimit:
    state = access_limit.initial
    for command in commands:
        for event in access_limit.decide(command, state):
            state = access_limit.evolve(state, event)
    return state


def test_an_official_at_the_limit_is_an_event() -> None:
    assert access_limit.decide(refuse(), AccessLimit()) == [OpeningsLimited(by=officer(), limit=600)]


@pytest.mark.parametrize(("later", "events"), [(0, 0), (59, 0), (60, 1), (-1, 1)])
def test_it_is_one_for_an_hour(later: int, events: int) -> None:
    assert len(access_limit.decide(refuse(MONDAY + later * MINUTE), refused(refuse()))) == events


def test_a_refused_opening_is_told_of_no_case() -> None:
    disclosure = access_limit.publish(OpeningsLimited(by=officer(), limit=600), AccessLimit())
    assert (disclosure.subject, disclosure.data) == ("openings", OpeningsLimitedData(limit=600))
