"""Messages that become entries, and the anomaly is noted with it."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from tests.audit.log_home import Home, Sender

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import Break
from zi_audit.writer.known_entries import NewEntry
from zi_chassis.storage import wrong_clock
from zi_chassis.storage.newer_version import NewerVersionError
from zi_chassis.storage.wrong_clock import WrongClockError


def anomalies(entries: list[NewEntry]) -> list[Break | None]:
    return [entry.anomaly for entry in entries]


def test_messages_of_a_chain_become_entries_in_order(either_home: Home, intake: Sender) -> None:
    log = either_home.opened()
    entries = log.append(intake.say(3))
    assert anomalies(entries) == [None, None, None]
    assert either_home.ledger().entries(0, 9) == [arrival.content for arrival in intake.sent]


@pytest.mark.postgres
def test_by_a_clock_far_from_the_database_s_nothing_becomes_an_entry(
    tmp_path: Path, postgres: str, intake: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Home(tmp_path, postgres)) as home:
        log, messages = home.opened(), intake.say(2)
        monkeypatch.setattr(wrong_clock, "MOST_APART", timedelta(seconds=-1))  # no two clocks are so close
        with pytest.raises(WrongClockError):
            log.append(messages)
        monkeypatch.undo()
        log = home.opened()
        assert log.size == 0
        assert anomalies(log.append(messages)) == [None, None]


def test_the_same_message_again_is_passed_over(either_home: Home, intake: Sender) -> None:
    log = either_home.opened()
    log.append(intake.say(3))
    assert log.append(intake.sent[1:]) == []
    assert log.size == 3


def test_the_same_message_twice_in_a_batch_is_one_entry(either_home: Home, intake: Sender) -> None:
    first, second = intake.say(2)
    assert len(either_home.opened().append([first, first, second, first])) == 2


def test_a_repeated_unreadable_message_is_one_entry(either_home: Home) -> None:
    log = either_home.opened()
    broken = Arrival("intake", 1, b"\xffno message")
    assert anomalies(log.append([broken, broken])) == [Break.UNREADABLE]
    assert log.append([broken]) == []


def test_a_gap_is_noted_and_the_chain_goes_on_behind_it(either_home: Home, intake: Sender) -> None:
    first, _, third, fourth = intake.say(4)
    assert anomalies(either_home.opened().append([first, third, fourth])) == [None, Break.MISSING, None]


def test_a_message_after_its_turn_is_noted(either_home: Home, intake: Sender) -> None:
    first, second, third = intake.say(3)
    found = anomalies(either_home.opened().append([first, third, second]))
    assert found == [None, Break.MISSING, Break.OUT_OF_ORDER]


def test_other_bytes_for_a_known_event_are_an_entry_with_an_anomaly(
    either_home: Home, intake: Sender
) -> None:
    log = either_home.opened()
    log.append(intake.say(2))
    forged = orjson.loads(intake.sent[1].content) | {"actor": "somebody-else"}
    assert anomalies(log.append([Arrival("intake", 3, orjson.dumps(forged))])) == [Break.REPEATED]
    assert log.size == 3


def test_other_bytes_for_a_known_position_are_an_entry_with_an_anomaly(
    either_home: Home, intake: Sender
) -> None:
    log = either_home.opened()
    log.append(intake.say(2))
    forged = orjson.loads(intake.sent[1].content) | {"id": str(Sender("notify").event_id(7))}
    assert anomalies(log.append([Arrival("intake", 3, orjson.dumps(forged))])) == [Break.ALTERED]


def test_a_message_that_names_another_predecessor_is_noted(either_home: Home, intake: Sender) -> None:
    first = intake.say()
    forged = intake.send(intake.message(previous="cd" * 32))
    assert anomalies(either_home.opened().append([*first, forged])) == [None, Break.ALTERED]


def test_a_message_in_the_lane_of_another_service_is_noted(either_home: Home) -> None:
    content = Sender("notify").message()
    assert anomalies(either_home.opened().append([Arrival("intake", 1, content)])) == [Break.WRONG_LANE]


def test_a_message_from_nobody_that_the_log_hears_is_noted(either_home: Home, intake: Sender) -> None:
    found = [intake.message(source=source) for source in ("/zi/another-office/intake", "nobody")]
    arrivals = [Arrival("intake", n, content) for n, content in enumerate(found, start=1)]
    assert anomalies(either_home.opened().append(arrivals)) == [Break.UNKNOWN_SENDER] * 2


def test_whoever_speaks_in_anothers_name_is_noted_and_moves_nobodys_chain(
    either_home: Home, intake: Sender
) -> None:
    """notify says what intake says next, then something of a later place of intake's and its own; then each goes on."""
    log, notify = either_home.opened(), Sender("notify")
    log.append([*intake.say(2), *notify.say(2)])
    next_one = intake.message()
    forged = [orjson.dumps(orjson.loads(next_one) | more) for more in ({"actor": "x"}, {"position": 99})]
    for content in forged:
        assert anomalies(log.append([Arrival("notify", 3, content)])) == [Break.WRONG_LANE]
    assert log.append([Arrival("notify", 3, forged[0])]) == []
    assert anomalies(log.append([intake.send(next_one), *intake.say(), *notify.say(2)])) == [None] * 4
    assert either_home.ledger().lanes(0, 99) == {4: "notify", 5: "notify"}
    assert list(either_home.ledger().heard_from("notify")) == [each.content for each in notify.sent]


def test_an_event_that_is_anothers_to_tell_is_noted_and_the_chain_goes_on(
    either_home: Home, intake: Sender
) -> None:
    arrival = intake.send(intake.message(type="zi.notify.delivery_failed"))
    found = anomalies(either_home.opened().append([arrival, *intake.say()]))
    assert found == [Break.WRONG_TYPE, None]
    assert either_home.ledger().lanes(0, 99) == {}


def test_a_message_too_long_for_the_log_is_named_by_its_digest(either_home: Home) -> None:
    log = either_home.opened()
    assert anomalies(log.append([Arrival("intake", 1, b"x" * 70_000)])) == [Break.UNREADABLE]
    [entry] = either_home.ledger().entries(0, 1)
    assert orjson.loads(entry)["length"] == 70_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id": 1}',
        b'{"id":"x","position":1,"previous":"","source":""}',
        orjson.dumps({"id": "x", "position": True, "previous": "0" * 64, "source": "/zi/a/b"}),
    ],
)
def test_whatever_arrives_is_appended(either_home: Home, intake: Sender, content: bytes) -> None:
    log = either_home.opened()
    found = anomalies(log.append([Arrival("intake", 1, content), *intake.say()]))
    assert found == [Break.UNREADABLE, None]


def test_each_sender_has_a_chain_of_its_own(either_home: Home, intake: Sender) -> None:
    notify = Sender("notify")
    mixed = [*intake.say(2), *notify.say(2), *intake.say(1), *notify.say(1)]
    assert anomalies(either_home.opened().append(mixed)) == [None] * 6
    progress = either_home.ledger().progress("notify")
    assert (progress.sequence, progress.head.position) == (3, 3)


def test_a_sender_that_only_a_newer_version_hears_refuses_the_start(
    either_home: Home, intake: Sender
) -> None:
    either_home.ledger().refuse_unknown_senders()
    log = either_home.opened()
    log.append(intake.say())
    either_home.ledger().refuse_unknown_senders()
    log.append(Sender("permits").say())
    with pytest.raises(NewerVersionError, match=r"does not know: senders \(permits\)"):
        either_home.ledger().refuse_unknown_senders()
