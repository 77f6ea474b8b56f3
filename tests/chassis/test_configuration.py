"""What a service decides by is an event when it takes effect, and a version keeps its content for ever."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_chassis.configuration import (
    ConfigurationAdopted,
    ConfigurationChangedError,
    Configurations,
    ConfigurationWithdrawn,
    Events,
    Offered,
    TakeUp,
    configurations,
    configurations_id,
    decide,
    evolve,
    publish,
)
from zi_chassis.domain import Act

MONDAY = datetime(2026, 11, 30, 2, tzinfo=UTC)


def calendar(version: int = 1, said: str = "a", kind: str = "calendar", id: str = "calendar") -> Offered:
    return Offered(kind=kind, id=id, version=version, digest=said * 64, origin=f"rules/{kind}.toml")


def take_up(*offered: Offered, is_first: bool = False, days: int = 0) -> TakeUp:
    by = Act(at=MONDAY + timedelta(days=days), actor="system:intake", role="system:intake")
    return TakeUp(by=by, offered=offered, is_first=is_first)


def after(*commands: TakeUp) -> Configurations:
    state = Configurations()
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def told(events: list[Events]) -> list[tuple[str, str, int]]:
    return [(type(each).__name__.removeprefix("Configuration"), each.id, each.version) for each in events]


def test_what_a_new_service_decides_by_is_known_from_its_start() -> None:
    standard = calendar(kind="standard", id="sp")
    first, second = decide(take_up(calendar(), standard, is_first=True), Configurations())
    assert isinstance(first, ConfigurationAdopted)
    assert isinstance(second, ConfigurationAdopted)
    assert (first.kind, first.id, first.version, first.digest) == ("calendar", "calendar", 1, "a" * 64)
    assert (first.since, second.since) == ("start", "start")


def test_the_same_again_is_no_event() -> None:
    assert decide(take_up(calendar()), after(take_up(calendar()))) == []


def test_what_a_service_decided_by_before_it_recorded_that_is_unknown() -> None:
    [old] = decide(take_up(calendar()), Configurations())
    [kind_of_today] = decide(take_up(calendar(), calendar(kind="tariffs")), after(take_up(calendar())))
    assert isinstance(old, ConfigurationAdopted)
    assert isinstance(kind_of_today, ConfigurationAdopted)
    assert (old.since, kind_of_today.since) == ("unknown", "unknown")


def test_a_new_version_takes_effect_with_its_event_and_the_old_one_is_used_for_nothing_new() -> None:
    events = list(decide(take_up(calendar(2, "b")), after(take_up(calendar()))))
    assert told(events) == [("Adopted", "calendar", 2), ("Withdrawn", "calendar", 1)]
    assert isinstance(events[0], ConfigurationAdopted)
    assert events[0].since == "now"


def test_a_known_version_with_another_content_is_refused_with_its_file_and_a_way_out() -> None:
    state = after(take_up(calendar()), take_up(calendar(3, "c"), days=1))
    with pytest.raises(ConfigurationChangedError) as refused:
        decide(take_up(calendar(1, "d"), days=9), state)
    assert str(refused.value) == (
        "rules/calendar.toml can't be used: calendar calendar version 1 has had another content since 2026-11-30,"
        " and cases are judged by it. Put that content back, or give the new one the version 4."
    )


def test_one_changed_version_stops_everything_that_came_with_it() -> None:
    state = after(take_up(calendar()))
    with pytest.raises(ConfigurationChangedError):
        decide(take_up(calendar(kind="standard", id="new"), calendar(1, "b")), state)


def test_an_old_file_that_is_put_back_is_an_event_again() -> None:
    state = after(take_up(calendar()), take_up(calendar(2, "b"), days=1))
    assert told(list(decide(take_up(calendar(), days=2), state))) == [
        ("Adopted", "calendar", 1),
        ("Withdrawn", "calendar", 2),
    ]
    back = after(take_up(calendar()), take_up(calendar(2, "b"), days=1), take_up(calendar(), days=2))
    assert back.adopted[calendar().key].by.at == MONDAY


def test_versions_beside_each_other_are_both_in_use() -> None:
    state = after(take_up(calendar(), calendar(2, "b")))
    assert state.in_use == {calendar().key, calendar(2).key}
    assert told(list(decide(take_up(calendar()), state))) == [("Withdrawn", "calendar", 2)]


def test_everybody_may_read_what_a_service_decides_by() -> None:
    offered = calendar().model_copy(
        update={"source_status": "unverified", "effective_from": date(2026, 1, 1)}
    )
    [adopted] = decide(take_up(offered, is_first=True), Configurations())
    told = publish(adopted, Configurations())
    assert told.subject == "configuration"
    assert told.data.model_dump(mode="json") == {  # type: ignore[union-attr]
        "kind": "calendar",
        "id": "calendar",
        "version": 1,
        "digest": "a" * 64,
        "since": "start",
        "source_status": "unverified",
        "effective_from": "2026-01-01",
        "number": None,
    }
    [withdrawn] = decide(take_up(), after(take_up(calendar())))
    assert isinstance(withdrawn, ConfigurationWithdrawn)
    assert "since" not in publish(withdrawn, Configurations()).data.model_dump()  # type: ignore[union-attr]


def test_each_service_has_one_history_of_what_it_decided_by() -> None:
    assert configurations_id("/zi/office/intake") == configurations_id("/zi/office/intake")
    assert configurations_id("/zi/office/intake") != configurations_id("/zi/office/umkm")


offers = st.lists(
    st.builds(
        calendar,
        version=st.integers(1, 3),
        said=st.sampled_from("ab"),
        kind=st.sampled_from(["calendar", "standard"]),
        id=st.sampled_from(["x", "y"]),
    ),
    max_size=5,
    unique_by=lambda each: each.key,
)


@given(st.lists(offers, max_size=8))
def test_the_events_tell_what_was_in_use_at_each_moment_and_no_version_ever_changes(
    starts: list[list[Offered]],
) -> None:
    state, replayed, in_use = Configurations(), Configurations(), frozenset[object]()
    for offered in starts:
        try:
            events = decide(take_up(*offered), state)
        except ConfigurationChangedError:
            assert any(
                state.adopted[each.key].digest != each.digest for each in offered if each.key in state.adopted
            )
            assert state.in_use == in_use
            continue
        known = state.adopted
        for event in events:
            state = configurations.evolve(state, event)
            replayed = evolve(replayed, type(event).model_validate_json(event.model_dump_json()))
        in_use = frozenset(each.key for each in offered)
        assert state.in_use == in_use
        assert all(state.adopted[key] == adopted for key, adopted in known.items())
        assert decide(take_up(*offered), state) == []
    assert replayed == state
