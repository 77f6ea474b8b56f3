"""Times that were set by hand: backdated, dated ahead, no time at all; and what is late for an honest reason."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verify.kept_log import KeptLog, replayed
from tests.verify.sample_log import LOG_KEY, POLICY, Sender

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness
from zi_verify.birth import Births, Covering, moment
from zi_verify.memory import Memory
from zi_verify.replay import LogReport
from zi_verify.verdict import Failed, Included

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
NOW = int((START + timedelta(days=60)).timestamp())
WITNESS = Cosigner("witness.example/w1", bytes(32))
WITNESSED = Policy(POLICY.logs, (Witness("kampus", WITNESS.key),), (), "kampus")
VISITS = uuid5(NAMESPACE_DNS, "visits")


def text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Days:
    """Two senders who speak once a day; at the end of each day a witness cosigns the log, which keeps that."""

    def __init__(self, signer: Signer = LOG_KEY) -> None:
        self.intake, self.umkm = Sender("/zi/contoh/intake"), Sender("/zi/contoh/umkm")
        self.log = KeptLog((), signer)
        self.day = 0

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.day)

    def say(self, sender: Sender, at: datetime | None = None, **attributes: Any) -> bytes:
        sender.time = text(at or self.now)
        return sender.say(
            aggregate=VISITS if sender is self.umkm else uuid5(NAMESPACE_DNS, "case"), **attributes
        )

    def pass_(self, *entries: bytes) -> int:
        """The index of the last entry of this day."""
        self.log.append([self.say(self.intake), *entries])
        at = int((self.now + timedelta(hours=9)).timestamp())
        note = parse_note(self.log.checkpoint)
        cosigned = note.signed(WITNESS.cosign(note.text, at)).format()
        self.log.write(f"checkpoints/{self.log.edge.size}", cosigned)
        self.log.write("checkpoint", cosigned)
        self.day += 1
        return self.log.edge.size - 1

    def report(self, policy: Policy = WITNESSED) -> LogReport:
        return replayed(self.log, policy=policy, now=NOW)


@pytest.fixture
def days() -> Days:
    days = Days()
    for _ in range(3):
        days.pass_(days.say(days.umkm))
    return days


def why(report: LogReport) -> list[tuple[int | None, str]]:
    assert isinstance(report.verdict, Failed)
    return [(finding.index, finding.why.en) for finding in report.verdict.findings]


def remarks(report: LogReport, begins: str) -> list[str]:
    return [remark.en for remark in report.remarks if remark.en.startswith(begins)]


def test_honest_days_pass_and_the_tolerance_is_printed(days: Days) -> None:
    report = days.report()
    assert report.verdict == Included()
    assert remarks(report, "Times") == [
        "Times: order within each sender's chain, and births between 3 cosigned trees (the log keeps 3) were checked; tolerance 0:05:00."
    ]
    assert remarks(report, "Late") == []


@pytest.mark.parametrize(
    "time", ["not a time", "2026-03-01T08:00:00", "2026-13-01T08:00:00.000000Z", "", None, 7]
)
def test_what_is_no_time_fails(days: Days, time: object) -> None:
    message = days.say(days.umkm).replace(f'"{days.umkm.time}"'.encode(), _json(time))
    assert (days.pass_(message), f"its time is no moment: {time}") in why(days.report())


def _json(value: object) -> bytes:
    return b"null" if value is None else b"7" if value == 7 else f'"{value}"'.encode()


def test_a_time_that_is_left_out_fails(days: Days) -> None:
    message = days.say(days.umkm).replace(b'"time"', b'"tim"')
    assert (days.pass_(message), "its time is no moment: None") in why(days.report())


def test_a_message_that_is_backdated_behind_its_sender_fails(days: Days) -> None:
    index = days.pass_(days.say(days.umkm, days.now - timedelta(days=2)))
    days.pass_(days.say(days.umkm))
    message = (
        "it is dated 2026-03-02T08:00:00.000000Z, 1 day, 0:00:00 before an earlier message of its sender"
        " (2026-03-03T08:00:00.000000Z): more than the tolerance of 0:05:00"
    )
    assert why(days.report()) == [(index, message)]
    assert why(days.report(POLICY)) == [(index, message)]


def test_creeping_back_step_by_step_fails_too(days: Days) -> None:
    index = days.pass_(*[days.say(days.umkm, days.now - timedelta(minutes=4 * step)) for step in range(3)])
    assert [where for where, _ in why(days.report())] == [index]


def test_clocks_may_step_back_within_the_tolerance(days: Days) -> None:
    days.pass_(days.say(days.umkm), days.say(days.umkm, days.now - timedelta(minutes=5)))
    assert days.report().verdict == Included()


def test_a_message_dated_after_the_tree_that_covers_it_fails(days: Days) -> None:
    index = days.pass_(days.say(days.umkm, days.now + timedelta(hours=10)))
    days.pass_()
    message = "it is dated 2026-03-04T18:00:00.000000Z, but the log had it by 2026-03-04T17:05:00.000000Z (tolerance included)"
    message += ": its sender's clock, or that of the witnesses who signed then, was wrong"
    assert why(days.report()) == [(index, message)]


def test_a_witness_with_a_late_clock_does_not_make_honest_messages_look_postdated() -> None:
    noon = int(START.timestamp())
    births = Births([Covering(10, noon, noon), Covering(20, noon - 3600, noon - 3600)], NOW)
    honest, later = text(START + timedelta(minutes=1)), text(START + timedelta(minutes=6))
    assert births.judge(15, {"time": honest}, "").wrong == ()
    assert births.judge(15, {"time": later}, "").wrong


def test_a_single_witness_with_an_early_clock_loosens_no_later_tree() -> None:
    noon = int(START.timestamp())
    births = Births([Covering(10, noon, noon + 86_400), Covering(20, noon + 60, noon + 60)], NOW)
    assert births.judge(15, {"time": text(START + timedelta(hours=1))}, "").wrong


def test_it_does_not_make_the_messages_behind_it_look_backdated(days: Days) -> None:
    index = days.pass_(days.say(days.umkm, datetime(2031, 1, 1, tzinfo=UTC)))
    days.pass_(days.say(days.umkm))
    assert [where for where, _ in why(days.report())] == [index]


def test_without_any_witness_nobody_is_dated_after_today(days: Days) -> None:
    index = days.pass_(days.say(days.umkm, datetime(2031, 1, 1, tzinfo=UTC)))
    assert [where for where, _ in why(days.report(POLICY))] == [index]
    assert remarks(days.report(POLICY), "Times")[0].endswith(
        "no cosigned tree bounds when entries were born."
    )


def test_what_the_bus_held_up_for_a_week_is_late_and_no_failure(days: Days) -> None:
    delayed = [days.say(days.umkm, days.now + timedelta(days=day)) for day in range(7)]
    for _ in range(7):
        days.pass_()
    first = days.log.edge.size + 1
    days.pass_(*delayed, days.say(days.umkm))
    report = days.report()
    assert report.verdict == Included()
    assert remarks(report, "Late") == [
        "Late: 7 entries are dated more than 0:05:00 before a cosigned tree that does not have them yet;"
        f" entry {first} the most, by 6 days, 9:00:00."
    ]


def test_a_message_that_says_when_it_was_recorded_is_judged_by_that(days: Days) -> None:
    def recorded(at: datetime, happened: datetime) -> bytes:
        message = days.say(days.umkm, happened)
        entry = message.replace(b'"actor"', f'"recordedtime": "{text(at)}", "actor"'.encode(), 1)
        days.umkm.previous = sha256(entry).hexdigest()
        return entry

    days.pass_(recorded(days.now, days.now - timedelta(days=2)))
    report = days.report()
    assert (report.verdict, remarks(report, "Late")) == (Included(), [])
    index = days.pass_(recorded(days.now, days.now + timedelta(hours=1)))
    assert "says that it was recorded before" in dict(why(days.report()))[index]


def test_a_demos_times_are_labelled_and_not_judged() -> None:
    signer = Signer("ledger.example/demo", bytes(32))
    days = Days(signer)
    days.pass_(days.say(days.umkm, datetime(2031, 1, 1, tzinfo=UTC)))
    days.pass_(days.say(days.umkm).replace(days.umkm.time.encode(), b"not a time"))
    report = days.report(Policy((Log(signer.key),)))
    assert report.verdict == Included()
    assert remarks(report, "The name of this log ends in /demo")


def test_a_tree_that_the_log_keeps_and_does_not_continue_is_a_fork(days: Days) -> None:
    other = KeptLog([b"x"] * 3)
    days.log.write("checkpoints/3", other.checkpoint)
    assert any(
        "fork: the log does not continue the 3 entries of a checkpoint" in message
        for _, message in why(days.report())
    )


def test_what_the_policy_does_not_accept_of_the_history_counts_for_nothing(days: Days) -> None:
    days.log.write("checkpoints/3", KeptLog([b"x"] * 3, Signer("other.example", bytes(32))).checkpoint)
    days.log.write("checkpoints/1000", b"beyond the end")
    report = days.report()
    assert report.verdict == Included()
    assert "(the log keeps 4)" in remarks(report, "Times")[0]


def test_of_a_long_history_a_bounded_number_is_read() -> None:
    days = Days()
    for _ in range(300):
        days.pass_()
    days.log.requests.clear()
    now = int(days.now.timestamp())
    assert replayed(days.log, policy=WITNESSED, now=now).verdict == Included()
    read = [name for name in days.log.requests if name.startswith("checkpoints/")]
    assert (len(read), read[0], read[-1]) == (256, "checkpoints/1", "checkpoints/300")


def test_the_interrupted_run_that_goes_on_knows_who_was_late(days: Days) -> None:
    days.day += 40
    assert days.pass_(days.say(days.umkm, days.now - timedelta(days=30))) == 7
    memory = Memory(None)
    whole = replayed(days.log, memory, WITNESSED, now=NOW)
    assert replayed(days.log, memory, WITNESSED, now=NOW).remarks[-1] == whole.remarks[-1]


@given(st.datetimes(timezones=st.timezones()))
def test_every_moment_with_an_offset_is_understood(at: datetime) -> None:
    assert moment(at.isoformat()) in (None, datetime.fromisoformat(at.isoformat()))
    assert moment(at.replace(tzinfo=None).isoformat()) is None


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 10**9)), max_size=8), st.integers(0, 60))
def test_the_nearest_trees_around_an_entry_bound_it(trees: list[tuple[int, int]], index: int) -> None:
    births = Births([Covering(size, at, at) for size, at in trees], 2 * 10**9)
    era = births.era(index)
    covering = [at for size, at in sorted(trees, key=lambda tree: tree[0]) if size > index]
    before = [at for size, at in sorted(trees, key=lambda tree: tree[0]) if size <= index]
    assert era.latest.timestamp() == (max([*before, covering[0]]) if covering else 2 * 10**9) + 300
    assert not before or era.earliest.timestamp() == before[-1] - 300
    pieces = list(births.eras(0, 60))
    assert sum(count for count, _ in pieces) == 60
    assert [each for count, each in pieces for _ in range(count)] == [births.era(at) for at in range(60)]
