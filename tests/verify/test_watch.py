import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.until import PATIENCE
from tests.verify.kept_log import KeptLog
from tests.verify.sample_log import LOG_KEY, POLICY, SampleLog, sample_messages

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness
from zi_verify.main import main
from zi_verify.memory import Memory
from zi_verify.pin import PolicyPin
from zi_verify.source import DeniedError
from zi_verify.standing import KeyRotation
from zi_verify.status import ExitStatus, severest
from zi_verify.watch import Alarm, LogWatch

NOW = 1_800_000_000
DAY = 86_400
WITNESS = Cosigner("witness.example/w1", bytes(32))
WITNESSED = Policy(POLICY.logs, (Witness("kampus", WITNESS.key),), (), "kampus")


def watch(log: KeptLog, memory: Memory | None = None, policy: Policy | None = POLICY) -> LogWatch:
    return LogWatch(log, "somewhere", policy, memory or Memory(None), DAY)


def kinds(alarms: list[Alarm]) -> list[ExitStatus]:
    return [alarm.kind for alarm in alarms]


def cosign(log: KeptLog, at: int, name: str = "checkpoint") -> None:
    note = parse_note(log.checkpoint)
    log.write(name, note.signed(WITNESS.cosign(note.text, at)).format())


def test_a_log_that_grows_gives_no_alarm() -> None:
    memory, log = Memory(None), KeptLog()
    for hour in range(40):
        log.append(sample_messages(10 * hour + 10)[10 * hour :])
        assert watch(log, memory).poll(NOW + hour * 3600) == []


def test_a_fork_is_alarmed_again_and_again_and_not_remembered() -> None:
    memory = Memory(None)
    watch(KeptLog(sample_messages(300)), memory).poll(NOW)
    forked = KeptLog([b"x", *sample_messages(400)[1:]])
    for _ in range(2):
        (alarm,) = watch(forked, memory).poll(NOW)
        assert (alarm.kind, alarm.why.en.split(":")[0]) == (ExitStatus.FAIL, "fork")
    assert watch(KeptLog(sample_messages(400)), memory).poll(NOW) == []


def test_a_rollback_is_alarmed() -> None:
    memory = Memory(None)
    watch(KeptLog(sample_messages(300)), memory).poll(NOW)
    (alarm,) = watch(KeptLog(sample_messages(200)), memory).poll(NOW)
    assert (alarm.kind, alarm.why.en.split(":")[0]) == (ExitStatus.FAIL, "rollback")


def test_tiles_that_are_withheld_prove_nothing_and_are_alarmed() -> None:
    memory, log = Memory(None), KeptLog(sample_messages(300))
    watch(log, memory).poll(NOW)
    log.append(sample_messages(600)[300:])
    del log.files["tile/0/001"]
    (alarm,) = watch(log, memory).poll(NOW)
    assert (alarm.kind, "is not proven" in alarm.why.en) == (ExitStatus.FAIL, True)


def test_another_key_under_the_same_name_is_alarmed() -> None:
    memory, other = Memory(None), Signer(LOG_KEY.key.name, bytes(32))
    watch(KeptLog(sample_messages(9)), memory).poll(NOW)
    swapped = KeptLog([b"x"] * 9, other)
    assert kinds(watch(swapped, memory).poll(NOW)) == [ExitStatus.FAIL]
    swapped.write("witness-policy", Policy((Log(other.key),)).format())
    alarms = watch(swapped, memory, None).poll(NOW)
    assert set(kinds(alarms)) == {ExitStatus.FAIL}
    assert any(f"not in the policy any more: log {LOG_KEY.key.vkey}" in alarm.why.en for alarm in alarms)
    assert any("--accept" in alarm.why.en for alarm in alarms)


def test_a_key_that_was_replaced_in_order_is_not() -> None:
    memory, other = Memory(None), Signer(LOG_KEY.key.name, bytes(32))
    watch(KeptLog(sample_messages(9)), memory).poll(NOW)
    assert watch(KeptLog(sample_messages(20), other), memory, Policy((Log(other.key),))).poll(NOW) == []


def test_a_log_that_stands_still_is_alarmed_after_the_time_that_was_set() -> None:
    memory, log = Memory(None), KeptLog(sample_messages(9))
    assert [kinds(watch(log, memory).poll(NOW + at)) for at in (0, DAY, DAY + 1)] == [
        [],
        [],
        [ExitStatus.STALL],
    ]


def test_a_fresh_cosignature_shows_that_a_quiet_log_lives() -> None:
    memory, log = Memory(None), KeptLog(sample_messages(9))
    watch(log, memory, WITNESSED).poll(NOW)
    cosign(log, NOW + 3 * DAY)
    assert watch(log, memory, WITNESSED).poll(NOW + 3 * DAY + 60) == []


def test_an_old_cosignature_shows_a_stall_at_the_first_look() -> None:
    log = KeptLog(sample_messages(9))
    cosign(log, NOW - 2 * DAY)
    assert kinds(watch(log, None, WITNESSED).poll(NOW)) == [ExitStatus.STALL]


def test_a_cosignature_from_the_future_counts_for_nothing() -> None:
    log = KeptLog(sample_messages(9))
    cosign(log, NOW + DAY)
    assert kinds(watch(log, None, WITNESSED).poll(NOW)) == [ExitStatus.QUORUM]


def test_a_checkpoint_that_no_quorum_confirmed_is_alarmed() -> None:
    assert kinds(watch(KeptLog(sample_messages(9)), None, WITNESSED).poll(NOW)) == [ExitStatus.QUORUM]


@pytest.mark.parametrize(("age", "expected"), [(10, []), (3600, [ExitStatus.QUORUM])])
def test_the_newest_cosigned_checkpoint_may_be_a_moment_old(age: int, expected: list[ExitStatus]) -> None:
    log = KeptLog(sample_messages(9))
    cosign(log, NOW - age, "cosigned")
    log.append(sample_messages(12)[9:])
    assert kinds(watch(log, None, WITNESSED).poll(NOW)) == expected


def test_witnesses_who_sign_the_same_small_tree_again_and_again_confirm_nothing_new() -> None:
    memory, log = Memory(None), KeptLog(sample_messages(5))
    for minute in range(4):
        cosign(small := KeptLog(sample_messages(5)), NOW + 60 * minute)
        log.write("cosigned", small.files["checkpoint"])
        log.append(sample_messages(9 + minute)[log.edge.size :])
        expected = [ExitStatus.QUORUM] if minute > 1 else []
        assert kinds(watch(log, memory, WITNESSED).poll(NOW + 60 * minute + 1)) == expected


def test_the_word_of_the_witnesses_may_be_as_old_as_is_demanded() -> None:
    log = KeptLog(sample_messages(9))
    cosign(log, NOW - 3600)
    for max_age, expected in ((3599, [ExitStatus.QUORUM]), (3600, [])):
        watching = LogWatch(log, "somewhere", WITNESSED, Memory(None), DAY, max_age=max_age)
        assert kinds(watching.poll(NOW)) == expected
    watching = LogWatch(log, "somewhere", POLICY, Memory(None), DAY, max_age=DAY)
    assert kinds(watching.poll(NOW)) == [ExitStatus.QUORUM]


def test_a_log_that_grows_while_it_is_looked_at_is_no_rollback() -> None:
    class Growing(KeptLog):
        def read(self, name: str) -> bytes | None:
            data = super().read(name)
            if name == "checkpoint" and self.edge.size == 9:
                self.append(sample_messages(12)[9:])
                cosign(self, NOW, "cosigned")
            return data

    log = Growing(sample_messages(9))
    cosign(log, NOW, "cosigned")
    assert watch(log, None, WITNESSED).poll(NOW) == []


def test_a_checkpoint_under_a_key_that_the_log_retired_is_alarmed() -> None:
    new = Signer(LOG_KEY.key.name, b"n" * 32)
    policy = Policy((*POLICY.logs, Log(new.key)))
    memory, log = Memory(None), KeptLog(sample_messages(9))
    memory.pin(
        PolicyPin(LOG_KEY.key.name, policy, NOW, (KeyRotation(4, LOG_KEY.key.vkey, new.key.vkey),)),
        "somewhere",
    )
    (alarm,) = watch(log, memory, policy).poll(NOW)
    assert (alarm.kind, "retired" in alarm.why.en) == (ExitStatus.FAIL, True)
    assert watch(KeptLog(sample_messages(4)), memory, policy).poll(NOW) == []


def test_a_cosigned_checkpoint_that_the_log_does_not_continue_is_a_fork() -> None:
    log, other = KeptLog(sample_messages(9)), KeptLog([b"x"] * 5)
    cosign(other, NOW, "cosigned")
    log.write("cosigned", other.files["cosigned"])
    assert kinds(watch(log, None, WITNESSED).poll(NOW)) == [ExitStatus.FAIL]


@pytest.mark.parametrize(
    ("name", "named"), [("checkpoint", "checkpoint: the file is missing"), ("witness-policy", "No policy")]
)
def test_what_is_not_there_is_named(name: str, named: str) -> None:
    log = KeptLog(sample_messages(9))
    del log.files[name]
    (alarm,) = watch(log, None, None).poll(NOW)
    assert (alarm.kind, named in alarm.why.en) == (ExitStatus.NOTHING_CHECKED, True)


def test_a_policy_that_is_none_and_a_server_that_refuses_are_named() -> None:
    class Refusing(KeptLog):
        def read(self, name: str) -> bytes | None:
            raise DeniedError(name)

    log = KeptLog(sample_messages(9))
    log.write("witness-policy", b"nonsense")
    refusing = Refusing.__new__(Refusing)
    for place in (log, refusing):
        assert kinds(LogWatch(place, "somewhere", None, Memory(None), DAY).poll(NOW)) == [
            ExitStatus.NOTHING_CHECKED
        ]


def test_the_worst_alarm_is_the_exit_status() -> None:
    statuses = [ExitStatus.NOTHING_CHECKED, ExitStatus.STALL, ExitStatus.QUORUM, ExitStatus.FAIL]
    assert [severest(statuses[:count]).code for count in range(5)] == [0, 2, 3, 4, 1]


def test_once_for_cron_says_nothing_when_all_is_well_and_a_line_for_each_alarm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, state = str(tmp_path / "log"), ["--state", str(tmp_path / "state")]
    SampleLog(tmp_path / "log", sample_messages(9))
    assert main(["watch", place, "--once", *state]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert f"UTC  {place}  PINNED: First use" in line
    assert main(["watch", place, "--once", *state]) == 0
    assert capsys.readouterr().out == ""
    SampleLog(tmp_path / "log", sample_messages(5))
    assert main(["watch", place, "--once", *state, "--language", "id"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert f"UTC  {place}  GAGAL: kemunduran (rollback): log memuat 5 entri" in line
    assert main(["watch", place, "--once", "--no-memory"]) == 0


def test_a_missing_quorum_is_asked_for_once_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = SampleLog(tmp_path / "log", sample_messages(9))
    log.write("witness-policy", WITNESSED.format())
    note = parse_note(log.checkpoint)
    waited: list[float] = []

    def cosigned_meanwhile(seconds: float) -> None:
        waited.append(seconds)
        log.write("checkpoint", note.signed(WITNESS.cosign(note.text, int(time.time()))).format())

    monkeypatch.setattr("time.sleep", cosigned_meanwhile)
    assert main(["watch", str(tmp_path / "log"), "--once", "--no-memory"]) == 0
    assert len(waited) == 1
    assert "QUORUM" not in capsys.readouterr().out


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_watches_until_it_is_told_to_end(tmp_path: Path, ending: signal.Signals) -> None:
    SampleLog(tmp_path, sample_messages(9)).flip("checkpoint", 30)
    command = [sys.executable, "-m", "zi_verify.main", "watch", str(tmp_path), "--every", "3600"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
        # A shell that runs the tests in its background starts them deaf to SIGINT, which programs inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        assert running.stdout is not None
        assert "FAIL" in running.stdout.readline()
        running.send_signal(ending)
        assert running.wait(PATIENCE) == 1
