"""Messages planted in another's name, and what the log's own record of them excuses and never does."""

from copy import deepcopy
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.verify.kept_log import KeptLog, StoppedError, replayed
from tests.verify.sample_log import Sender

from zi_verify.memory import Memory
from zi_verify.replay import LogReport
from zi_verify.verdict import Failed, Included

AUDIT, NOTIFY, NOBODY = (uuid5(NAMESPACE_DNS, name) for name in ("audit", "notify", "nobody"))


class House:
    """Three services, the entries that the ledger heard of them, and what its audit says of those."""

    def __init__(self) -> None:
        self.intake, self.notify, self.audit = (
            Sender(f"/zi/contoh/{name}") for name in ("intake", "notify", "audit")
        )
        self.entries: list[bytes] = []

    def hear(self, *messages: bytes) -> int:
        """The index of the last of them."""
        self.entries += messages
        return len(self.entries) - 1

    def found(self, index: int, kind: str = "wrong_lane", sender: str = "notify", **place: Any) -> int:
        return self.hear(
            self.audit.say(
                "zi.audit.chain_break_found", AUDIT, index=index, kind=kind, sender=sender, **place
            )
        )

    def acknowledged(self, index: int) -> int:
        reason = "A stolen key; it was replaced."
        return self.hear(self.audit.say("zi.audit.anomaly_acknowledged", AUDIT, index=index, reason=reason))

    def continued(self, *forged: int, sender: str = "intake") -> int:
        text = {"sender": sender, "forged": list(forged), "reason": "Written by a stolen key."}
        return self.hear(self.audit.say("zi.audit.sender_continued", AUDIT, **text))

    def report(self, memory: Memory | None = None) -> LogReport:
        return replayed(KeptLog(self.entries), memory)


@pytest.fixture
def house() -> House:
    house = House()
    house.hear(
        house.intake.say(),
        house.notify.say(aggregate=NOTIFY),
        house.intake.say(),
        house.audit.say(aggregate=AUDIT),
    )
    return house


def forged(sender: Sender, count: int = 1, **text: Any) -> list[bytes]:
    """Make messages in the sender's name, as an attacker who knows all its messages; the sender does not know of them."""
    return [(double := deepcopy(sender)).say(word="forged", **text)] + [
        double.say(word="forged") for _ in range(count - 1)
    ]


def why(report: LogReport) -> list[tuple[int | None, str]]:
    assert isinstance(report.verdict, Failed)
    return [(finding.index, finding.why.en) for finding in report.verdict.findings]


def anomalies(report: LogReport) -> list[str]:
    return [remark.en for remark in report.remarks if remark.en.startswith("Recorded anomaly")]


def shorter(house: House) -> KeptLog:
    return KeptLog(house.entries[:-1])


def test_a_planted_message_that_the_log_records_breaks_nothing(house: House) -> None:
    planted = house.hear(*forged(house.intake))
    house.hear(house.intake.say(), house.intake.say())
    house.found(planted)
    house.hear(house.intake.say(), house.audit.say(aggregate=AUDIT))
    report = house.report()
    assert report.verdict == Included()
    assert report.senders["/zi/contoh/intake"] == 5
    assert anomalies(report) == [
        "Recorded anomaly: entry 4: came by the lane of notify in another's name (entry 7 records it); set aside; not acknowledged."
    ]


def test_who_acknowledged_it_is_named(house: House) -> None:
    planted = house.hear(*forged(house.intake))
    house.found(planted)
    house.acknowledged(planted)
    (text,) = anomalies(house.report())
    assert text.endswith(
        'set aside; acknowledged by system:audit, system:audit (entry 6): "A stolen key; it was replaced.".'
    )


@pytest.mark.parametrize("is_recorded", [True, False])
def test_the_memory_goes_on_and_a_later_rollback_is_called_one(house: House, is_recorded: bool) -> None:
    memory = Memory(None)
    planted = house.hear(*forged(house.intake))
    house.hear(house.intake.say())
    if is_recorded:
        house.found(planted)
    assert (house.report(memory).verdict == Included()) == is_recorded
    house.hear(house.intake.say())
    assert (house.report(memory).verdict == Included()) == is_recorded
    assert any(text.startswith("rollback") for _, text in why(replayed(shorter(house), memory)))


def test_one_that_the_log_does_not_record_stays_a_finding(house: House) -> None:
    house.hear(*forged(house.intake))
    house.hear(house.intake.say())
    assert why(house.report()) == [(5, "position 3 of /zi/contoh/intake comes again after 3")]


@pytest.mark.parametrize("count", [1, 2, 300])
def test_a_whole_chain_that_was_planted_is_set_aside(house: House, count: int) -> None:
    last = house.hear(*forged(house.intake, count))
    house.hear(house.intake.say())
    for planted in range(last - count + 1, last + 1):
        house.found(planted)
    report = house.report()
    assert report.verdict == Included()
    assert report.senders["/zi/contoh/intake"] == 3


def test_what_was_said_before_and_is_planted_again_is_set_aside(house: House) -> None:
    planted = house.hear(house.entries[0].replace(b"}", b" }"))
    house.found(planted)
    assert house.report().verdict == Included()


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("unreadable", b"\xff no message"),
        ("unreadable", b'{"id": 1}'),
        ("unreadable", forged(Sender("/zi/contoh/intake"))[0].replace(b'"id": "', b'"id": "A')),
        ("unknown_sender", Sender("/zi/lain/intake").say()),
        ("unknown_sender", Sender("/zi/contoh/nobody").say(aggregate=NOBODY)),
    ],
)
def test_what_is_nobodys_is_set_aside_if_it_is_recorded_as_such(
    house: House, kind: str, planted: bytes
) -> None:
    index = house.hear(planted)
    house.hear(house.intake.say())
    is_seen_by_outsiders = b"nobody" not in planted
    assert isinstance(house.report().verdict, Failed) == is_seen_by_outsiders
    house.found(index, kind)
    report = house.report()
    assert (report.verdict, "set aside" in anomalies(report)[0]) == (Included(), True)


def test_a_type_of_another_sender_is_a_finding_unless_it_is_recorded(house: House) -> None:
    index = house.hear(house.notify.say("zi.intake.data_subject_erased", NOTIFY))
    text = "/zi/contoh/notify speaks in a type that is another sender's: zi.intake.data_subject_erased"
    assert why(house.report()) == [(index, text)]
    house.found(index, "wrong_type")
    report = house.report()
    assert report.verdict == Included()
    assert report.senders["/zi/contoh/notify"] == 2
    assert "set aside" not in anomalies(report)[0]


def test_a_planted_change_of_the_logs_key_is_no_change(house: House) -> None:
    vkeys = {"old_vkey": "x", "new_vkey": "y"}
    planted = house.hear(deepcopy(house.audit).say("zi.audit.log_key_rotated", AUDIT, **vkeys))
    house.found(planted)
    assert house.report().verdict == Included()


def test_a_planted_configuration_is_none_of_the_senders(house: House) -> None:
    calendar = {"kind": "calendar", "id": "calendar", "version": 9, "digest": "a" * 64}
    type_ = "zi.intake.configuration_adopted"
    planted = house.hear(deepcopy(house.intake).say(type_, **calendar))
    house.hear(house.intake.say())
    house.found(planted)
    report = house.report()
    assert report.verdict == Included()
    assert not any("configurations" in remark.en for remark in report.remarks)
    house.hear(house.intake.say(type_, **calendar))
    assert any("intake 1 configurations in use" in remark.en for remark in house.report().remarks)


def test_who_plants_a_record_in_audits_name_does_not_have_the_last_word(house: House) -> None:
    mine = house.hear(house.intake.say())
    double = deepcopy(house.audit)
    planted = house.hear(
        double.say("zi.audit.chain_break_found", AUDIT, index=mine, kind="wrong_lane", sender="notify")
    )
    house.hear(house.intake.say())
    first = house.found(planted)
    more = house.hear(
        double.say("zi.audit.chain_break_found", AUDIT, index=first, kind="wrong_lane", sender="notify")
    )
    assert isinstance(house.report().verdict, Failed)
    house.found(more)
    report = house.report()
    assert report.verdict == Included()
    assert [text[:26] for text in anomalies(report)] == [
        f"Recorded anomaly: entry {planted}:",
        f"Recorded anomaly: entry {more}:",
    ]


def test_an_operator_continues_a_sender_after_a_forgery_in_its_own_stream(house: House) -> None:
    planted = house.hear(*forged(house.intake))
    first, second = house.hear(house.intake.say()), house.hear(house.intake.say())
    house.found(first, "altered", "intake")
    house.found(second, "altered", "intake")
    assert isinstance(house.report().verdict, Failed)
    house.continued(planted)
    report = house.report()
    assert report.verdict == Included()
    assert "stands in the stream of intake, who did not write it" in anomalies(report)[0]
    assert "acknowledged by system:audit" in anomalies(report)[0]


def test_a_forgery_of_another_senders_type_is_set_aside_by_the_operator(house: House) -> None:
    planted = house.hear(*forged(house.intake, type_="zi.notify.delivery_requested"))
    house.found(planted, "wrong_type", "intake")
    house.found(house.hear(house.intake.say()), "altered", "intake")
    assert isinstance(house.report().verdict, Failed)
    house.continued(planted)
    assert house.report().verdict == Included()


# What a dishonest office tries: it writes the log and audit's entries, and records whatever it likes.


def edited(entry: bytes) -> bytes:
    return entry.replace(b'"data": {}', b'"data": {"edited": 1}')


def test_an_edit_is_not_hidden_by_recording_the_break_behind_it(house: House) -> None:
    house.hear(edited(house.intake.say()))
    behind = house.hear(house.intake.say())
    record = house.found(behind, "altered", "intake")
    text = "position 4 of /zi/contoh/intake does not continue the message before it: the hash chain is broken"
    assert why(house.report()) == [(behind, f"{text} (entry {record} records it; that mends nothing)")]


@pytest.mark.parametrize("kind", ["wrong_lane", "unknown_sender", "unreadable", "wrong_type", "out_of_order"])
@pytest.mark.parametrize("sender", ["notify", "intake"])
def test_an_edit_is_not_hidden_by_setting_the_edited_message_aside(
    house: House, kind: str, sender: str
) -> None:
    mine = house.hear(edited(house.intake.say()))
    house.hear(house.intake.say())
    house.found(mine, kind, sender)
    house.continued(mine)
    assert isinstance(house.report().verdict, Failed)


def test_an_omission_is_not_hidden_by_recording_that_it_is_missing(house: House) -> None:
    house.intake.say()
    behind = house.hear(house.intake.say())
    house.found(behind, "missing", "intake")
    index, text = why(house.report())[0]
    assert (index, text.startswith("positions 3 to 3 of /zi/contoh/intake are missing")) == (behind, True)


@pytest.mark.parametrize("kind", ["wrong_lane", "forged"])
def test_a_message_that_its_sender_went_on_from_is_not_set_aside(house: House, kind: str) -> None:
    mine = house.hear(house.intake.say())
    house.hear(house.intake.say())
    if kind == "forged":
        house.continued(mine)
    else:
        house.found(mine)
    assert "positions 3 to 3 of /zi/contoh/intake are missing" in why(house.report())[0][1]


def test_a_sender_that_repeats_itself_stays_a_finding(house: House) -> None:
    repeated = deepcopy(house.intake)
    house.intake.versions.clear()
    index = house.hear(house.intake.say())
    house.found(index, "repeated", "intake")
    assert repeated.position == 2
    assert why(house.report())[0][0] == index


@pytest.mark.parametrize(
    "place",
    [
        {"position": 4},
        {"found": "a" * 64},
        {"sender": "intake"},
        {"kind": "missing"},
        {"kind": "acknowledged"},
        {"index": 10},
        {"index": "4"},
        {"index": True},
    ],
)
def test_a_record_that_does_not_fit_what_stands_there_excuses_nothing(
    house: House, place: dict[str, Any]
) -> None:
    planted = house.hear(*forged(house.intake))
    house.hear(house.intake.say())
    house.found(**{"index": planted, **place})
    assert why(house.report())[0][1].startswith("position 3 of /zi/contoh/intake comes again after 3")


def test_only_audit_of_this_office_records(house: House) -> None:
    planted = house.hear(*forged(house.intake))
    house.hear(house.intake.say())
    text = {"index": planted, "kind": "wrong_lane", "sender": "notify"}
    house.hear(house.notify.say("zi.audit.chain_break_found", NOTIFY, **text))
    house.hear(Sender("/zi/lain/audit").say("zi.audit.chain_break_found", AUDIT, **text))
    report = house.report()
    assert isinstance(report.verdict, Failed)
    assert anomalies(report) == []


def test_an_acknowledgement_excuses_nothing(house: House) -> None:
    planted = house.hear(*forged(house.intake))
    house.hear(house.intake.say())
    house.acknowledged(planted)
    assert isinstance(house.report().verdict, Failed)


def test_an_interrupted_run_goes_on_with_what_was_recorded_before() -> None:
    house, memory = House(), Memory(None)
    house.hear(*(house.intake.say() for _ in range(100)))
    planted = house.hear(*forged(house.intake))
    house.hear(*(house.intake.say() for _ in range(500)))
    house.found(planted)
    assert house.report(memory).verdict == Included()
    with pytest.raises(StoppedError):
        replayed(KeptLog(house.entries), memory, stop_at=256)
    log = KeptLog(house.entries)
    report = replayed(log, memory)
    assert (report.verdict, log.requests.count("tile/entries/000")) == (Included(), 1)
    assert report.senders == house.report().senders
    assert len(anomalies(report)) == 1


def test_many_anomalies_are_counted(house: House) -> None:
    for _ in range(60):
        house.found(house.hear(b"no message"), "unreadable")
    report = house.report()
    assert report.verdict == Included()
    assert len(anomalies(report)) == 50
    assert any(remark.en == "And 10 recorded anomalies more." for remark in report.remarks)


@given(st.lists(st.sampled_from(["say", "plant", "garbage", "chain"]), min_size=1, max_size=30), st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_planted_and_recorded_moves_nobody(acts: list[str], data: st.DataObject) -> None:
    house, planted = House(), []
    house.hear(house.intake.say(), house.audit.say(aggregate=AUDIT))
    for act in acts:
        who = data.draw(st.sampled_from([house.intake, house.audit]))
        if act == "say":
            house.hear(house.intake.say())
        else:
            messages = {"plant": forged(who), "garbage": [b"?"], "chain": forged(who, 3)}[act]
            last = house.hear(*messages)
            kind = "unreadable" if act == "garbage" else "wrong_lane"
            planted += [(index, kind) for index in range(last - len(messages) + 1, last + 1)]
    house.hear(house.intake.say(), house.audit.say(aggregate=AUDIT))
    for index, kind in planted:
        house.found(index, kind)
    report = house.report()
    assert report.verdict == Included()
    assert report.senders == {
        "/zi/contoh/audit": house.audit.position,
        "/zi/contoh/intake": house.intake.position,
    }
    assert len(house.report().standing.records) == len(planted)
    assert sha256(house.entries[-1]).hexdigest() == house.audit.previous
