"""Promises of an office whose log has two witnesses: kept, dropped, late, and every way to be wrong about it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_DNS, uuid5

import pytest
from tests.verify.kept_log import KeptLog
from tests.verify.sample_log import SampleLog, Sender, sample_messages

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import NoteKey, Signer, parse_note
from zi_tlog.policy import Group, Log, Policy, Witness
from zi_tlog.promise import Promise
from zi_tlog.tree import leaf_hash
from zi_verify.error import VerifyError
from zi_verify.memory import Memory
from zi_verify.promise import Pins, PromiseReport, check_promise
from zi_verify.promise_file import BrokenPromise, read_promise
from zi_verify.source import DeniedError
from zi_verify.status import ExitStatus
from zi_verify.trust import compared
from zi_verify.verdict import Failed, Included

LOG_KEY = Signer("zona.example/contoh", bytes(range(32)))
INTAKE_KEY = Signer("zona.example/contoh/intake", bytes(range(32, 64)))
WITNESSES = Cosigner("kampus.example", b"k" * 32), Cosigner("pers.example", b"p" * 32)
POLICY = Policy(
    (Log(LOG_KEY.key),),
    (Witness("kampus", WITNESSES[0].key), Witness("pers", WITNESSES[1].key)),
    (Group("luar", 2, ("kampus", "pers")),),
    "luar",
)
ALONE = Policy(POLICY.logs)
MADE = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
BY = MADE + timedelta(hours=72)
T = int(BY.timestamp())
HOUR = 3600
FILING = Sender("/zi/contoh/intake").say("zi.intake.complaint_filed", uuid5(NAMESPACE_DNS, "filed"))
EVENT = str(json.loads(FILING)["id"])


def promise(by: datetime | None = BY, signer: Signer = INTAKE_KEY) -> bytes:
    return Promise(signer.key.name, EVENT, leaf_hash(FILING), MADE, by).sign(signer)


class WitnessedLog(KeptLog):
    """A log with witnesses. `files` also has the files that the office publishes beside it; `hint` is its answer about any event."""

    def __init__(
        self, entries: Sequence[bytes] = (), policy: Policy = POLICY, signer: Signer = LOG_KEY
    ) -> None:
        super().__init__(entries, signer)
        self.hint: bytes | None = None
        self.write("witness-policy", policy.format())
        self.write("promise.vkey", f"{INTAKE_KEY.key.vkey}\n".encode())

    def cosign(self, *times: int) -> None:
        """By the witnesses in their order, each at its time, as the newest and as one that stays readable."""
        note = parse_note(self.checkpoint)
        made = [witness.cosign(note.text, at) for witness, at in zip(WITNESSES, times, strict=False)]
        for name in ("checkpoint", "cosigned", f"checkpoints/{self.edge.size}"):
            self.write(name, note.signed(*made).format())

    def promise_key(self) -> bytes | None:
        return self.files.get("promise.vkey")

    def receipt_of(self, index: int) -> bytes:
        return SampleLog.receipt(self, index)

    def receipt(self, event_id: str) -> bytes | None:  # type: ignore[override]
        return self.hint

    def history(self) -> list[int]:
        names = (name.removeprefix("checkpoints/") for name in self.files if name.startswith("checkpoints/"))
        return sorted(map(int, names))


def report_on(
    log: WitnessedLog,
    now: int,
    data: bytes = promise(),
    key: NoteKey | None = INTAKE_KEY.key,
    policy: Policy | None = POLICY,
) -> PromiseReport:
    return check_promise(data, log, pins(key, policy), now)


def pins(key: NoteKey | None, policy: Policy | None) -> Pins:
    """As the command has them, with a memory that is empty."""
    return Pins(key, lambda origin, offered: compared(offered, policy, Memory(None), origin))


def text_of(report: PromiseReport) -> str:
    findings = report.verdict.findings if isinstance(report.verdict, Failed) else ()
    return "\n".join(
        [*(f"! {each.render('en')}" for each in findings), *(each.en for each in report.remarks)]
    )


def with_filing(index: int, size: int) -> list[bytes]:
    rest = sample_messages(size)
    return [*rest[:index], FILING, *rest[index : size - 1]]


# -- kept


@pytest.mark.parametrize("index", [0, 255, 256, 299])
def test_a_promise_is_kept_when_a_witnessed_tree_of_that_time_holds_the_leaf(index: int) -> None:
    log = WitnessedLog(with_filing(index, 300))
    log.cosign(T - HOUR, T - 2 * HOUR)
    report = report_on(log, T + 9 * HOUR)
    assert (report.status, report.verdict, report.broken) == (ExitStatus.PASSED, Included(), None)
    assert (
        f"is entry {index} of the log, in the tree of 300 entries that the witnesses had signed by"
        in text_of(report)
    )
    assert "2026-11-27 00:02:03 UTC" in text_of(report)


def test_the_name_of_the_log_both_keys_and_the_date_are_told_first() -> None:
    log = WitnessedLog(with_filing(3, 10))
    log.cosign(T - 1, T - 1)
    lines = [remark.en for remark in report_on(log, T).remarks]
    assert lines[0] == f"The log is zona.example/contoh, and its key is {LOG_KEY.key.vkey}"
    assert lines[1] == f"The promise: by zona.example/contoh/intake, key {INTAKE_KEY.key.vkey}"
    assert lines[2].endswith(f"event {EVENT} is in the log by 2026-11-27 01:02:03 UTC at the latest.")


def test_what_was_kept_in_time_is_found_in_the_older_trees_of_a_log_that_went_on() -> None:
    log = WitnessedLog(with_filing(3, 10))
    log.cosign(T - HOUR, T - HOUR)
    for more in range(4):
        log.append(sample_messages(700)[10 + 100 * more : 110 + 100 * more])
        log.cosign(T + more * HOUR, T + more * HOUR)
    report = report_on(log, T + 9 * HOUR)
    assert report.status is ExitStatus.PASSED
    assert "in the tree of 10 entries" in text_of(report)


def test_a_promise_without_a_date_is_held_whenever_the_leaf_is_there() -> None:
    log = WitnessedLog(with_filing(3, 10))
    log.cosign(T + 99 * HOUR, T + 99 * HOUR)
    report = report_on(log, T + 100 * HOUR, promise(None))
    assert report.status is ExitStatus.PASSED
    assert "no date is promised" in text_of(report)


# -- not there


def test_before_the_promised_time_a_missing_leaf_is_not_witnessed_yet() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T - HOUR, T - HOUR)
    report = report_on(log, T - HOUR)
    assert (report.status, report.broken) == (ExitStatus.NOT_WITNESSED_YET, None)
    assert "ask again after 2026-11-27 01:02:03 UTC" in text_of(report)


def test_a_leaf_beyond_the_newest_tree_of_the_quorum_is_not_witnessed_yet() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T - HOUR, T - HOUR)
    log.append([FILING])
    log.hint = log.receipt_of(300)
    assert report_on(log, T - 1).status is ExitStatus.NOT_WITNESSED_YET


def test_a_missing_leaf_without_a_promised_date_breaks_nothing() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    report = report_on(log, T + HOUR, promise(None))
    assert (report.status, report.broken) == (ExitStatus.NOT_WITNESSED_YET, None)


@pytest.mark.parametrize("size", [1, 256, 300, 512])
def test_a_dropped_filing_is_a_broken_promise_once_the_witnesses_signed_after_its_date(size: int) -> None:
    log = WitnessedLog(sample_messages(size))
    log.cosign(T + 1, T + 1)
    report = report_on(log, T + HOUR)
    assert report.status is ExitStatus.PROMISE_BROKEN
    assert f"the tree of {size} entries that was witnessed after that" in text_of(report)
    assert "kampus 2026-11-27 01:02:04 UTC" in text_of(report)


def test_at_the_promised_second_itself_nothing_is_broken() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T, T)
    assert report_on(log, T).status is ExitStatus.NOT_WITNESSED_YET
    assert report_on(log, T + 1).status is ExitStatus.QUORUM


def test_one_late_witness_of_two_that_must_agree_breaks_nothing() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T - HOUR)
    report = report_on(log, T + 2 * HOUR)
    assert (report.status, report.broken) == (ExitStatus.QUORUM, None)
    assert "the witnesses signed nothing after it yet" in text_of(report)


def test_a_witness_whose_clock_is_ahead_breaks_nothing() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + 99 * HOUR, T + 99 * HOUR)
    assert report_on(log, T - HOUR).status is ExitStatus.QUORUM
    assert report_on(log, T + HOUR).status is ExitStatus.QUORUM


def test_a_tree_that_only_the_office_signed_breaks_nothing() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T - HOUR, T - HOUR)
    log.append(sample_messages(310)[300:])
    assert report_on(log, T + HOUR).status is ExitStatus.QUORUM


def test_a_log_that_no_quorum_ever_signed_shows_nothing() -> None:
    report = report_on(WitnessedLog(sample_messages(300)), T + HOUR)
    assert report.status is ExitStatus.QUORUM
    assert "no published tree carries the policy's quorum" in text_of(report)


# -- too late


def late() -> WitnessedLog:
    log = WitnessedLog(sample_messages(200))
    log.cosign(T - HOUR, T - HOUR)
    log.append(sample_messages(290)[200:])
    log.cosign(T + HOUR, T + HOUR)
    log.append([FILING, *sample_messages(700)[290:]])
    log.cosign(T + 2 * HOUR, T + 2 * HOUR)
    return log


def test_a_filing_that_came_after_its_date_is_a_broken_promise_too() -> None:
    report = report_on(late(), T + 9 * HOUR)
    assert report.status is ExitStatus.PROMISE_BROKEN
    assert "the tree of 290 entries" in text_of(report)
    assert "came into the log too late, as entry 290" in text_of(report)


def test_whether_it_was_late_needs_the_checkpoints_of_that_time() -> None:
    log = late()
    del log.files["checkpoints/290"]
    report = report_on(log, T + 9 * HOUR)
    assert (report.status, report.verdict, report.broken) == (ExitStatus.NOT_READ, Included(), None)
    assert "Whether it was there in time can't be told" in text_of(report)


def test_a_filing_that_is_there_twice_was_not_late() -> None:
    log = WitnessedLog([*sample_messages(99), FILING, *sample_messages(190)[99:]])
    log.append([FILING])
    log.cosign(T - HOUR, T - HOUR)
    log.append(sample_messages(300)[191:])
    log.cosign(T + HOUR, T + HOUR)
    log.hint = log.receipt_of(190)
    assert report_on(log, T + 2 * HOUR).status is ExitStatus.PASSED


# -- the text that others check


def broken() -> bytes:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    report = report_on(log, T + 2 * HOUR)
    assert report.broken is not None
    return report.broken


@pytest.mark.parametrize(
    "log", [WitnessedLog(sample_messages(300)), WitnessedLog(sample_messages(900))], ids=["then", "later"]
)
def test_anybody_can_check_the_text_again_with_the_tiles_of_that_time_or_later(log: WitnessedLog) -> None:
    report = report_on(log, T + 9999 * HOUR, broken(), None, None)
    assert report.status is ExitStatus.NOT_COMPARED
    assert isinstance(report.verdict, Failed)
    assert "Not compared with anything." in text_of(report)
    assert "anybody can write such a text" in text_of(report)
    pinned = report_on(log, T + 9999 * HOUR, broken())
    assert pinned.status is ExitStatus.PROMISE_BROKEN
    assert "ompared with anything" not in text_of(pinned)
    assert "compared with nothing" not in text_of(pinned)


@pytest.mark.parametrize(("key", "policy"), [(None, POLICY), (INTAKE_KEY.key, None)])
def test_a_text_under_a_key_that_was_not_compared_accuses_nobody(
    key: NoteKey | None, policy: Policy | None
) -> None:
    log = WitnessedLog(sample_messages(300))
    report = report_on(log, T + 9999 * HOUR, broken(), key=key, policy=policy)
    assert report.status is ExitStatus.NOT_COMPARED
    assert "anybody can write such a text" in text_of(report)


def test_the_text_of_a_late_filing_holds_although_the_filing_is_there_now() -> None:
    text = report_on(late(), T + 9 * HOUR).broken
    assert text is not None
    assert report_on(late(), T + 9 * HOUR, text).status is ExitStatus.PROMISE_BROKEN


def test_a_text_about_a_tree_that_holds_the_leaf_is_not_true() -> None:
    log = WitnessedLog(with_filing(7, 300))
    log.cosign(T + HOUR, T + HOUR)
    text = BrokenPromise(INTAKE_KEY.key, promise(), POLICY, log.files["cosigned"]).format()
    report = report_on(log, T + 2 * HOUR, text)
    assert report.status is ExitStatus.FAIL
    assert "the text is not true: the message is entry 7 of this tree" in text_of(report)


@pytest.mark.parametrize(
    ("policy", "times", "why"),
    [
        (POLICY, (T, T), "did not sign this tree after the promised time"),
        (POLICY, (T + 1,), "lacks the quorum"),
        (ALONE, (), "did not sign this tree after the promised time"),
    ],
)
def test_a_text_without_the_word_of_the_witnesses_after_the_date_shows_nothing(
    policy: Policy, times: tuple[int, ...], why: str
) -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(*times) if times else None
    text = BrokenPromise(INTAKE_KEY.key, promise(), policy, log.files["checkpoint"]).format()
    report = report_on(log, T + 9 * HOUR, text, None, None)
    assert report.status is ExitStatus.FAIL
    assert why in text_of(report)


def test_a_text_without_a_promised_date_or_about_another_log_shows_nothing() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    other = Signer("zona.example/lain/intake", bytes(32))
    for note, key in ((promise(None), INTAKE_KEY.key), (promise(signer=other), other.key)):
        text = BrokenPromise(key, note, POLICY, log.files["cosigned"]).format()
        assert report_on(log, T + 9 * HOUR, text, None, None).status is ExitStatus.FAIL


def test_a_text_with_other_keys_than_the_readers_fails() -> None:
    log = WitnessedLog(sample_messages(300))
    stranger = Signer(INTAKE_KEY.key.name, bytes(32))
    assert report_on(log, T + 9 * HOUR, broken(), stranger.key).status is ExitStatus.FAIL
    forged = Policy((Log(Signer(LOG_KEY.key.name, bytes(32)).key),))
    assert report_on(log, T + 9 * HOUR, broken(), policy=forged).status is ExitStatus.FAIL


def test_no_changed_character_makes_the_text_say_something_else() -> None:
    log, text = WitnessedLog(sample_messages(300)), broken()
    parts = read_promise(text)
    for at in range(0, len(text), 3):
        changed = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
        report = report_on(log, T + 9 * HOUR, changed, None, None)
        assert report.status is ExitStatus.FAIL or read_promise(changed) == parts


def test_the_text_survives_a_mail() -> None:
    mailed = b"\xef\xbb\xbf\r\n" + broken().replace(b"\n", b"\r\n") + b"\r\n\r\n"
    assert read_promise(mailed) == read_promise(broken())


# -- what is handed over


@pytest.mark.parametrize(
    "data",
    [
        promise(),
        promise().replace(b"\n", b"\r\n"),
        b"\n\n" + promise() + b"\n\n",
        json.dumps({"ticket": "7K3M9Q2XA", "promise": promise().decode(), "links": {}}).encode(),
        json.dumps({"promise": promise().decode()}, ensure_ascii=False, indent=2).encode(),
    ],
)
def test_the_answer_to_a_filing_and_the_note_alone_are_read(data: bytes) -> None:
    log = WitnessedLog(with_filing(3, 10))
    log.cosign(T - 1, T - 1)
    assert report_on(log, T, data).status is ExitStatus.PASSED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"{",
        b'{"promise": null}',
        b'{"promise": "x"}',
        b"[" * 99_999,
        b"{" * 99_999,
        b'{"promise": "\\ud800"}',
        b"\xff" + promise(),
        promise()[:-9],
        promise().replace(b"leaf", b"Leaf"),
        promise().replace(b"by 2026", b"by 2027"),
        promise().replace(b"\nby 2026-11-27T01:02:03.000000Z", b""),
        b"zona/broken-promise/v1\n",
    ],
)
def test_whatever_is_no_promise_of_that_service_fails(data: bytes) -> None:
    assert report_on(WitnessedLog(sample_messages(9)), T, data).status is ExitStatus.FAIL


# -- compared with what


@pytest.mark.parametrize(
    ("key", "policy"), [(None, POLICY), (INTAKE_KEY.key, None), (None, None)], ids=["key", "policy", "both"]
)
def test_a_key_or_a_policy_from_the_office_is_compared_with_nothing(
    key: NoteKey | None, policy: Policy | None
) -> None:
    log = WitnessedLog(with_filing(3, 10))
    log.cosign(T - 1, T - 1)
    report = report_on(log, T, key=key, policy=policy)
    assert (report.status, report.verdict) == (ExitStatus.NOT_COMPARED, Included())
    assert ("The key of the promise was compared with nothing" in text_of(report)) == (key is None)
    assert ("Not compared with anything." in text_of(report)) == (policy is None)


def test_the_offices_own_key_for_its_own_forgery_is_found_by_the_pinned_one() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    forger = Signer(INTAKE_KEY.key.name, bytes(32))
    log.write("promise.vkey", forger.key.vkey.encode())
    assert report_on(log, T + 2 * HOUR, promise(signer=forger)).status is ExitStatus.FAIL
    assert report_on(log, T + 2 * HOUR, promise(signer=forger), key=None).status is ExitStatus.PROMISE_BROKEN


def test_a_log_under_another_key_than_the_pinned_one_fails() -> None:
    log = WitnessedLog(with_filing(3, 10))
    log.cosign(T - 1, T - 1)
    forged = replace(POLICY, logs=(Log(Signer(LOG_KEY.key.name, bytes(32)).key),))
    assert report_on(log, T, policy=forged).status is ExitStatus.FAIL


@pytest.mark.parametrize("missing", ["promise.vkey", "witness-policy"])
def test_without_any_key_or_policy_nothing_is_checked(missing: str) -> None:
    log = WitnessedLog(with_filing(3, 10))
    del log.files[missing]
    with pytest.raises(VerifyError, match=r"--key|--policy"):
        report_on(log, T, key=None, policy=None)


def test_a_promise_about_another_log_is_not_broken_by_this_one() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    other = Signer("zona.example/lain/intake", bytes(32))
    with pytest.raises(
        VerifyError, match=r"about the log zona.example/lain, and this is zona.example/contoh"
    ):
        report_on(log, T + 2 * HOUR, promise(signer=other), other.key)


# -- without witnesses


def test_without_witnesses_a_missing_leaf_can_be_shown_to_nobody() -> None:
    log = WitnessedLog(sample_messages(300), ALONE)
    report = report_on(log, T + HOUR, policy=ALONE)
    assert (report.status, report.broken) == (ExitStatus.QUORUM, None)
    assert "the policy asks for no witness" in text_of(report)
    assert report_on(log, T - HOUR, policy=ALONE).status is ExitStatus.NOT_WITNESSED_YET


def test_without_witnesses_nobody_says_since_when_the_leaf_is_there() -> None:
    log = WitnessedLog(with_filing(3, 10), ALONE)
    assert report_on(log, T - HOUR, policy=ALONE).status is ExitStatus.PASSED
    later = report_on(log, T + HOUR, policy=ALONE)
    assert (later.status, later.verdict) == (ExitStatus.QUORUM, Included())
    assert report_on(log, T + HOUR, promise(None), policy=ALONE).status is ExitStatus.PASSED


# -- a log that hides, and one that lies


def test_a_withheld_tile_is_not_read_and_a_withheld_checkpoint_neither() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    tile, checkpoint = log.files.pop("tile/0/000"), log.files["checkpoint"]
    assert report_on(log, T + 2 * HOUR).status is ExitStatus.NOT_READ
    log.files |= {"tile/0/000": tile}
    assert log.files.pop("checkpoint") == checkpoint
    assert report_on(log, T + 2 * HOUR).status is ExitStatus.NOT_READ


def test_a_denied_tile_is_not_read() -> None:
    class ClosedLog(WitnessedLog):
        def read(self, name: str) -> bytes | None:
            if name.startswith("tile/0/") and self.is_closed:
                raise DeniedError(name)
            return super().read(name)

        is_closed = False

    log = ClosedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    log.is_closed = True
    assert report_on(log, T + 2 * HOUR).status is ExitStatus.NOT_READ


def test_changed_tiles_do_not_lead_to_the_root() -> None:
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    log.files["tile/0/000"] = leaf_hash(FILING) + log.files["tile/0/000"][32:]
    report = report_on(log, T + 2 * HOUR)
    assert report.status is ExitStatus.FAIL
    assert "do not lead to the signed root of 300 entries" in text_of(report)
    log.files["tile/0/000"] += b"more"
    assert report_on(log, T + 2 * HOUR).status is ExitStatus.FAIL


@pytest.mark.parametrize("index", [0, 6, 7, 8, 299])
def test_a_receipt_is_only_a_hint(index: int) -> None:
    log = WitnessedLog(with_filing(7, 300))
    log.cosign(T - HOUR, T - HOUR)
    log.hint = log.receipt_of(index)
    assert "is entry 7 of the log" in text_of(report_on(log, T))
    log = WitnessedLog(sample_messages(300))
    log.cosign(T + HOUR, T + HOUR)
    log.hint = log.receipt_of(index)
    assert report_on(log, T + 2 * HOUR).status is ExitStatus.PROMISE_BROKEN


def test_a_good_hint_spares_reading_the_whole_log() -> None:
    log = WitnessedLog(with_filing(7, 2000))
    log.cosign(T - HOUR, T - HOUR)
    log.hint = log.receipt_of(7)
    log.requests.clear()
    assert report_on(log, T).status is ExitStatus.PASSED
    assert len([name for name in log.requests if name.startswith("tile/0/")]) == 3


@pytest.mark.parametrize("hint", [b"", b"nonsense", b"c2sp.org/tlog-proof@v1\nindex 99999999\n\nx\n"])
def test_a_hint_that_is_no_receipt_is_passed_over(hint: bytes) -> None:
    log = WitnessedLog(with_filing(7, 300))
    log.cosign(T - HOUR, T - HOUR)
    log.hint = hint
    assert report_on(log, T).status is ExitStatus.PASSED
