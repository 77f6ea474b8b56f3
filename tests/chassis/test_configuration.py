"""What a service decides by is an event when it takes effect, and a version keeps its content for ever."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_chassis.domain import Act, WrongRoleError
from zi_chassis.storage.configuration import (
    AnnouncedConfigurationChangedError,
    Commands,
    ConfigurationAdopted,
    ConfigurationChangedError,
    Configurations,
    ConfigurationWithdrawn,
    Events,
    Offered,
    TakeOutAnnounced,
    TakeUp,
    TakeUpAnnounced,
    configurations,
    configurations_id,
    decide,
    evolve,
    publish,
)

MONDAY = datetime(2026, 11, 30, 2, tzinfo=UTC)


def calendar(version: int = 1, letter: str = "a", kind: str = "calendar", id: str = "calendar") -> Offered:
    return Offered(kind=kind, id=id, version=version, digest=letter * 64, origin=f"rules/{kind}.toml")


def take_up(*offered: Offered, is_first: bool = False, days: int = 0) -> TakeUp:
    by = Act(at=MONDAY + timedelta(days=days), actor="system:intake", role="system:intake")
    return TakeUp(by=by, offered=offered, is_first=is_first)


def after(*commands: Commands) -> Configurations:
    state = Configurations()
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def summary(events: list[Events]) -> list[tuple[str, str, int]]:
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
    assert summary(events) == [("Adopted", "calendar", 2), ("Withdrawn", "calendar", 1)]
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
    assert summary(list(decide(take_up(calendar(), days=2), state))) == [
        ("Adopted", "calendar", 1),
        ("Withdrawn", "calendar", 2),
    ]
    back = after(take_up(calendar()), take_up(calendar(2, "b"), days=1), take_up(calendar(), days=2))
    assert back.adopted[calendar().key].by.at == MONDAY


def test_versions_beside_each_other_are_both_in_use() -> None:
    state = after(take_up(calendar(), calendar(2, "b")))
    assert state.in_use == {calendar().key, calendar(2).key}
    assert summary(list(decide(take_up(calendar()), state))) == [("Withdrawn", "calendar", 2)]


def test_everybody_may_read_what_a_service_decides_by() -> None:
    offered = calendar().model_copy(
        update={"source_status": "unverified", "effective_from": date(2026, 1, 1)}
    )
    [adopted] = decide(take_up(offered, is_first=True), Configurations())
    disclosure = publish(adopted, Configurations())
    assert disclosure.subject == "configuration"
    assert disclosure.data.model_dump(mode="json") == {  # type: ignore[union-attr]
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
        letter=st.sampled_from("ab"),
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


# -- what a message announces


def caused(cause: str, days: int = 0) -> Act:
    at = MONDAY + timedelta(days=days)
    return Act(at=at, actor="system:intake", role="system:intake", causation=cause)


def announce(offered: Offered, cause: str = "message", days: int = 0) -> TakeUpAnnounced:
    return TakeUpAnnounced(by=caused(cause, days), offered=offered, number="SP-1")


def take_back(offered: Offered, days: int = 0) -> TakeOutAnnounced:
    key = {"kind": offered.kind, "id": offered.id, "version": offered.version}
    return TakeOutAnnounced(by=caused("end", days), **key, digest=offered.digest)


DECREE = calendar(2, "b", "standard", "sp")
FILE = calendar(kind="standard", id="sp")


def test_what_a_message_announces_is_adopted_with_its_number_and_its_cause() -> None:
    [adopted] = decide(announce(DECREE), after(take_up(FILE)))
    assert isinstance(adopted, ConfigurationAdopted)
    assert (adopted.since, adopted.number, adopted.by.causation) == ("now", "SP-1", "message")
    assert publish(adopted, Configurations()).data.number == "SP-1"  # type: ignore[union-attr]


def test_a_start_leaves_alone_what_was_announced_and_takes_out_what_its_files_no_longer_hold() -> None:
    state = after(take_up(FILE), announce(DECREE), take_up())
    assert state.in_use == {DECREE.key}
    assert decide(take_up(), state) == []
    assert state.announced_in_use() == {DECREE.key}


def test_a_repeated_announcement_is_no_event_also_after_its_end() -> None:
    state = after(announce(DECREE))
    assert decide(announce(DECREE, "again", 1), state) == []
    ended = after(announce(DECREE), take_back(DECREE, 1))
    assert ended.in_use == frozenset()
    assert ended.announced[DECREE.key].ended_at == MONDAY + timedelta(days=1)
    assert decide(announce(DECREE, "again", 2), ended) == []
    assert decide(take_back(DECREE, 2), ended) == []


def test_the_end_of_what_never_came_is_no_event() -> None:
    assert decide(take_back(DECREE), after(take_up(FILE))) == []
    assert decide(take_back(FILE), after(take_up(FILE))) == []  # a file is taken out by taking the file away


def test_what_was_taken_back_does_not_come_again_as_a_file() -> None:
    ended = after(announce(DECREE), take_back(DECREE))
    assert decide(take_up(DECREE), ended) == []


def test_a_decree_that_is_a_file_too_is_in_use_as_long_as_the_decree() -> None:
    both = after(take_up(DECREE), announce(DECREE))
    assert both.announced[DECREE.key].adopted.number == "SP-1"
    assert both.adopted[DECREE.key].number is None
    assert decide(take_up(), both) == []
    assert after(take_up(DECREE), announce(DECREE), take_back(DECREE)).in_use == frozenset()


@pytest.mark.parametrize("known", [take_up(DECREE), announce(DECREE)])
def test_a_known_version_is_not_announced_with_another_content(known: Commands) -> None:
    other = calendar(2, "c", "standard", "sp")
    for command in (announce(other, "again"), take_back(other)):
        with pytest.raises(AnnouncedConfigurationChangedError) as refused:
            decide(command, after(known))
        assert str(refused.value) == (
            f"standard sp version 2 was announced with the digest {'c' * 64} and was adopted before with {'b' * 64}:"
            " one version has one content."
        )


def test_a_file_with_another_content_than_a_decree_stops_the_start() -> None:
    with pytest.raises(ConfigurationChangedError, match="standard sp version 2"):
        decide(take_up(calendar(2, "c", "standard", "sp")), after(announce(DECREE)))


def test_the_announced_keep_their_order() -> None:
    newer = calendar(3, "c", "standard", "sp")
    state = after(announce(DECREE), announce(newer), take_back(DECREE))
    assert list(state.announced) == [DECREE.key, newer.key]


def test_nobody_but_the_service_itself_takes_up_or_out() -> None:
    by = Act(at=MONDAY, actor="ani", role="staff:head", causation="message")
    for command in (announce(DECREE), take_back(DECREE)):
        with pytest.raises(WrongRoleError):
            decide(command.model_copy(update={"by": by}), after(announce(DECREE)))
