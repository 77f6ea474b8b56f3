"""A log under a new key, and a log that continues another one under a new name."""

from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
from tests.verify.kept_log import KeptLog, StoppedError, replayed
from tests.verify.sample_log import LOG_KEY, SampleLog, Sender, sample_messages

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness
from zi_verify.main import main
from zi_verify.memory import Memory
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.verdict import Failed, Included

NEW_KEY = Signer(LOG_KEY.key.name, b"n" * 32)
BOTH_KEYS = Policy((Log(LOG_KEY.key), Log(NEW_KEY.key)))
SUCCESSOR = Signer("ledger.example/audit/2", b"2" * 32)
BOTH_LOGS = Policy((Log(SUCCESSOR.key), Log(LOG_KEY.key)))
OLD, ALL = 300, 700
LEDGER = uuid5(NAMESPACE_DNS, "ledger")


def why(report: LogReport) -> list[tuple[int | None, str]]:
    assert isinstance(report.verdict, Failed)
    return [(finding.index, f"{finding.file}: {finding.why.en}") for finding in report.verdict.findings]


def remarks_of(report: LogReport) -> str:
    return "\n".join(remark.en for remark in report.remarks)


def rotated() -> KeptLog:
    """Nine entries, the last of which records the new key; the checkpoint is signed by the old one."""
    change = {"old_vkey": LOG_KEY.key.vkey, "new_vkey": NEW_KEY.key.vkey}
    return KeptLog(
        [*sample_messages(8), Sender("/zi/contoh/audit").say("zi.audit.log_key_rotated", LEDGER, **change)]
    )


def sign(log: KeptLog, *signers: Signer) -> None:
    log.write("checkpoint", Checkpoint(log.signer.key.name, log.edge.size, log.edge.root).sign(*signers))


def test_after_the_change_the_new_key_signs_alone_or_with_the_old_one() -> None:
    log = rotated()
    for signers in ((LOG_KEY, NEW_KEY), (NEW_KEY,)):
        sign(log, *signers)
        report = replayed(log, policy=BOTH_KEYS)
        assert report.verdict == Included()
        assert "Entry 8 records that the log's key was replaced" in remarks_of(report)
    assert why(replayed(log)) == [
        (None, f"checkpoint: No known key signed the note (it is signed by {NEW_KEY.key.name}).")
    ]


def test_the_retired_key_alone_signs_no_more() -> None:
    ((index, reason),) = why(replayed(rotated(), policy=BOTH_KEYS))
    assert (index, "retired" in reason) == (8, True)


def test_only_audit_tells_of_a_new_key() -> None:
    change = {"old_vkey": LOG_KEY.key.vkey, "new_vkey": NEW_KEY.key.vkey}
    for source in ("/zi/contoh/notify", "/zi/contoh/not-audit"):
        log = KeptLog([Sender(source).say("zi.audit.log_key_rotated", LEDGER, **change)])
        report = replayed(log, policy=BOTH_KEYS)
        assert isinstance(report.verdict, Failed)
        assert "does not record the change" in remarks_of(report)


def test_a_change_of_keys_that_the_log_does_not_record_is_spoken_of() -> None:
    report = replayed(KeptLog(sample_messages(9)), policy=BOTH_KEYS)
    assert report.verdict == Included()
    assert "does not record the change" in remarks_of(report)


@pytest.mark.parametrize("change", [{"new_vkey": "x", "old_vkey": "y"}, {"new_vkey": 1}])
def test_a_change_to_no_key_is_named_or_is_none(change: dict[str, Any]) -> None:
    log = KeptLog([Sender("/zi/contoh/audit").say("zi.audit.log_key_rotated", **change)])
    report = replayed(log)
    assert (report.verdict == Included()) == ("old_vkey" not in change)


def test_what_was_verified_under_the_old_key_must_be_continued_under_the_new_one() -> None:
    memory = Memory(None)
    replayed(KeptLog(sample_messages(300)), memory)
    forked = KeptLog([b"x", *sample_messages(400)[1:]], NEW_KEY)
    assert any("fork: " in reason for _, reason in why(replayed(forked, memory, BOTH_KEYS)))


def old_log() -> KeptLog:
    return KeptLog(sample_messages(OLD))


def new_log(quote: bytes, entries: list[bytes] | None = None) -> KeptLog:
    log = KeptLog([quote, *(sample_messages(ALL)[OLD:] if entries is None else entries)], SUCCESSOR)
    log.write("witness-policy", BOTH_LOGS.format())
    return log


def followed(
    new: KeptLog,
    *old: KeptLog,
    memory: Memory | None = None,
    policy: Policy = BOTH_LOGS,
    is_pinned: bool = True,
) -> LogReport:
    demand = Demand(policy, is_pinned=is_pinned, predecessors=old, kept_every=256)
    return replay(new, demand, memory or Memory(None), lambda size, total: None, lambda: 1_800_000_000)


def test_a_log_goes_on_under_a_new_name_where_the_old_one_ended() -> None:
    old = old_log()
    alone = followed(new_log(old.checkpoint))
    assert alone.verdict == Included()
    assert "nothing before that was checked" in remarks_of(alone)
    both = followed(new_log(old.checkpoint), old)
    assert both.verdict == Included()
    assert (
        "continues the log ledger.example/audit after its 300 entries, which were replayed too"
        in remarks_of(both)
    )
    assert sum(both.senders.values()) == ALL


def test_what_is_missing_between_the_two_is_found_with_the_old_one_only() -> None:
    old = old_log()
    lacking = new_log(old.checkpoint, sample_messages(ALL)[OLD + 1 :])
    assert followed(lacking).verdict == Included()
    report = followed(lacking, old)
    assert report.first_bad == 1 + [b"intake" in entry for entry in sample_messages(ALL)[OLD + 1 :]].index(
        True
    )


def test_a_sender_that_begins_anew_is_found_with_the_old_one() -> None:
    old = old_log()
    anew = new_log(old.checkpoint, sample_messages(3))
    assert followed(anew).verdict == Included()
    assert followed(anew, old).first_bad == 1


def test_a_quote_in_any_other_place_is_no_message() -> None:
    old = old_log()
    assert followed(new_log(old.checkpoint, [old.checkpoint])).first_bad == 1
    assert followed(KeptLog([*sample_messages(3), old.checkpoint])).first_bad == 3


def test_a_quote_that_the_policy_does_not_accept_is_named() -> None:
    stranger = KeptLog(sample_messages(OLD), Signer("other.example/log", bytes(32)))
    assert why(followed(new_log(stranger.checkpoint)))[0][0] == 0


@pytest.mark.parametrize("time", [None, 253_402_300_799])
def test_a_pinned_quorum_is_asked_for_of_the_quote_too(time: int | None) -> None:
    """At a time that has come."""
    witness = Cosigner("witness.example/w1", bytes(32))
    policy = Policy(BOTH_LOGS.logs, (Witness("kampus", witness.key),), (), "kampus")
    old = old_log().checkpoint
    new = new_log(old if time is None else cosigned(old, witness, time))
    new.write("checkpoint", cosigned(new.checkpoint, witness, 1_767_000_000))
    ((index, reason),) = why(followed(new, policy=policy))
    assert (index, "lacks the quorum" in reason) == (0, True)
    assert followed(new, policy=policy, is_pinned=False).verdict == Included()


def cosigned(checkpoint: bytes, witness: Cosigner, time: int) -> bytes:
    note = parse_note(checkpoint)
    return note.signed(witness.cosign(note.text, time)).format()


def test_a_quote_that_leaves_out_entries_is_a_rollback() -> None:
    old = old_log()
    quote = KeptLog(sample_messages(200)).checkpoint
    new = new_log(quote, sample_messages(ALL)[200:])
    assert any("rollback: it quotes" in reason for _, reason in why(followed(new, old)))
    memory = Memory(None)
    replayed(old, memory)
    assert any("verified on 2027-01-15" in reason for _, reason in why(followed(new, memory=memory)))


def test_a_quote_of_another_past_is_a_fork() -> None:
    memory = Memory(None)
    replayed(old_log(), memory)
    forked = KeptLog([b"x", *sample_messages(OLD)[1:]])
    assert why(followed(new_log(forked.checkpoint), memory=memory))[0] == (
        0,
        "tile/entries/000: fork: it quotes another history of the old log than the one that was verified",
    )


def test_a_predecessor_that_is_not_quoted_or_not_there_is_named() -> None:
    old, other = old_log(), KeptLog(sample_messages(OLD), SUCCESSOR)
    assert "does not quote" in why(followed(KeptLog(sample_messages(9)), old))[0][1]
    assert "another log than the predecessor" in why(followed(new_log(old.checkpoint), other))[0][1]
    assert "accepts no published checkpoint" in why(followed(new_log(old.checkpoint), _empty()))[0][1]


def _empty() -> KeptLog:
    log = KeptLog()
    log.write("checkpoint", b"nonsense")
    return log


def test_a_fault_in_the_predecessor_is_named_as_its_own() -> None:
    old = old_log()
    old.flip("tile/entries/000", 300)
    found = why(followed(new_log(old.checkpoint), old))
    assert found[0][1].startswith("predecessor/tile/entries/000 (")


def test_a_predecessor_whose_entries_are_hidden_gives_no_chains() -> None:
    old = old_log()
    for name in [name for name in old.files if "entries" in name]:
        del old.files[name]
    report = followed(new_log(old.checkpoint), old)
    assert report.verdict == Included()
    assert "nothing before that was checked" in remarks_of(report)


def test_three_logs_in_a_row_are_followed() -> None:
    old, third = old_log(), Signer("ledger.example/audit/3", b"3" * 32)
    policy = Policy((*BOTH_LOGS.logs, Log(third.key)))
    second = new_log(old.checkpoint, sample_messages(ALL)[OLD:500])
    newest = KeptLog([second.checkpoint, *sample_messages(ALL)[500:]], third)
    report = followed(newest, second, old, policy=policy)
    assert report.verdict == Included()
    assert sum(report.senders.values()) == ALL


def test_an_interrupted_run_over_a_successor_goes_on() -> None:
    memory, new = Memory(None), new_log(old_log().checkpoint)
    with pytest.raises(StoppedError):
        replayed(new, memory, BOTH_LOGS, stop_at=256)
    report = replayed(new, memory, BOTH_LOGS)
    assert report.verdict == Included()
    assert "interrupted run" in remarks_of(report)


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = SampleLog(tmp_path / "old", sample_messages(OLD))
    new = SampleLog(tmp_path / "new", [old.checkpoint, *sample_messages(ALL)[OLD:]], SUCCESSOR)
    new.write("witness-policy", BOTH_LOGS.format())
    arguments = ["log", str(new.folder), "--predecessor", str(old.folder), "--language", "id"]
    assert main(arguments) == 0
    assert "yang juga diputar ulang" in capsys.readouterr().out


def test_the_order_of_the_keys_in_a_policy_does_not_matter() -> None:
    log = rotated()
    sign(log, NEW_KEY)
    assert replayed(log, policy=Policy(BOTH_KEYS.logs[::-1])).verdict == Included()
