"""The quorum of a policy is enforced: good is the newest tree that it signed, as old as is said, and what lies beyond is counted."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verify.kept_log import KeptLog
from tests.verify.sample_log import POLICY, SampleLog, sample_messages

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.cosignature import Cosigner
from zi_tlog.note import parse_note
from zi_tlog.policy import Endorsement, Group, Policy, Witness
from zi_tlog.tree import EMPTY_ROOT
from zi_verify.main import main
from zi_verify.memory import Memory
from zi_verify.quorum import duration, quorum_time
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.status import ExitStatus
from zi_verify.verdict import Failed, Included

NOW, DAY = 1_800_000_000, 86_400
FIRST, SECOND = (Cosigner(f"witness.example/{name}", name.encode() * 16) for name in ("w1", "w2"))
WITNESSES = (Witness("kampus", FIRST.key), Witness("media", SECOND.key))
BOTH = Policy(POLICY.logs, WITNESSES, (Group("both", 2, ("kampus", "media")),), "both")


def cosigned(checkpoint: bytes, *at: int) -> bytes:
    """By the first witness, and by the second, at these times."""
    note = parse_note(checkpoint)
    return note.signed(
        *(witness.cosign(note.text, time) for witness, time in zip((FIRST, SECOND), at, strict=False))
    ).format()


def checked(log: KeptLog, max_age: int | None = None, wait: Callable[[], None] | None = None) -> LogReport:
    demand = Demand(BOTH, is_pinned=True, max_age=max_age)
    return replay(log, demand, Memory(None), lambda size, total: None, lambda: NOW, wait)


def statuses(report: LogReport) -> list[ExitStatus]:
    assert report.verdict == Included()
    return [witness.status for witness in report.shortfalls]


def sentences(report: LogReport) -> str:
    return "\n".join(
        witness.en for witness in (*report.remarks, *(witness.why for witness in report.shortfalls))
    )


def test_a_witness_that_stopped_leaves_the_rest_not_witnessed() -> None:
    log = KeptLog(sample_messages(70))
    log.write("cosigned", cosigned(log.checkpoint, NOW - 60, NOW - 60))
    log.append(sample_messages(100)[70:])
    log.write("checkpoint", cosigned(log.checkpoint, NOW))
    report = checked(log)
    assert statuses(report) == [ExitStatus.NOT_WITNESSED_YET]
    assert "signed the first 70 of 100 entries" in sentences(report)
    assert "Not witnessed yet: 30 entries (70 to 99)" in sentences(report)


def test_an_old_cosigned_file_is_not_enough() -> None:
    log = KeptLog(sample_messages(5))
    log.write("cosigned", cosigned(log.checkpoint, NOW - 365 * DAY, NOW - 365 * DAY))
    log.append(sample_messages(1000)[5:])
    report = checked(log)
    assert statuses(report) == [ExitStatus.NOT_WITNESSED_YET]
    assert "365 days ago" in sentences(report)
    assert "995 entries (5 to 999)" in sentences(report)
    assert set(statuses(checked(log, 7 * DAY))) == {ExitStatus.NOT_WITNESSED_YET, ExitStatus.QUORUM}


def test_the_age_of_the_quorum_is_that_of_the_witness_who_completes_it() -> None:
    log = KeptLog(sample_messages(9))
    log.write("checkpoint", cosigned(log.checkpoint, NOW - 10, NOW - 3 * DAY))
    report = checked(log)
    assert (statuses(report), "3 days ago" in sentences(report)) == ([], True)
    assert statuses(checked(log, 3 * DAY)) == []
    assert statuses(checked(log, 3 * DAY - 1)) == [ExitStatus.QUORUM]


@pytest.mark.parametrize("at", [(), (NOW,), (NOW, NOW + DAY)])
def test_a_log_without_any_witnessed_tree_fails(at: tuple[int, ...]) -> None:
    log = KeptLog(sample_messages(9))
    log.write("checkpoint", cosigned(log.checkpoint, *at))
    log.write("cosigned", cosigned(log.checkpoint, *at))
    report = checked(log)
    assert isinstance(report.verdict, Failed)
    assert "carries the policy's quorum" in report.verdict.findings[0].why.en


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["log"], 1),
        (["log", "--entries", "none"], 1),
        (["log", "--entries", "any"], 1),
        (["watch", "--once"], 4),
    ],
)
def test_a_fresh_house_holds_for_nobody_before_its_first_cosignature(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], status: int
) -> None:
    log = SampleLog(tmp_path / "log", [])
    log.write("witness-policy", BOTH.format())
    run = [command[0], str(tmp_path / "log"), *command[1:], "--state", str(tmp_path / "memory")]
    for at in ((), (1_767_000_000,)):
        log.write("checkpoint", cosigned(log.checkpoint, *at))
        assert main(run) == status
        assert "carries the policy's quorum" in capsys.readouterr().out
    log.write("checkpoint", cosigned(log.checkpoint, 1_767_000_000, 1_767_000_000))
    accept = [] if status == 1 else ["--stall", str(10**9)]
    assert main([*run, *accept]) == 0


def test_a_demanded_age_is_not_met_where_no_witness_is_asked_for() -> None:
    demand = Demand(POLICY, is_pinned=True, max_age=DAY)
    report = replay(KeptLog(sample_messages(9)), demand, Memory(None), lambda size, total: None)
    assert statuses(report) == [ExitStatus.QUORUM]


def test_witnesses_who_catch_up_while_it_is_read_are_waited_for() -> None:
    log = KeptLog(sample_messages(300))
    log.write("cosigned", cosigned(log.checkpoint, NOW, NOW))
    log.append(sample_messages(600)[300:])
    waited: list[int] = []

    def wait() -> None:
        waited.append(log.edge.size)
        log.append(sample_messages(log.edge.size + 7)[log.edge.size :])
        if len(waited) == 2:
            log.write("cosigned", cosigned(log.checkpoint, NOW, NOW))

    report = checked(log, wait=wait)
    assert (statuses(report), waited) == ([], [600, 607])
    assert "signed the first 600 of 600 entries" in sentences(report)


def test_witnesses_who_do_not_catch_up_are_not_waited_for_for_ever() -> None:
    log = KeptLog(sample_messages(9))
    log.write("cosigned", cosigned(log.checkpoint, NOW, NOW))
    log.append(sample_messages(12)[9:])
    waited: list[None] = []
    assert statuses(checked(log, wait=lambda: waited.append(None))) == [ExitStatus.NOT_WITNESSED_YET]
    assert len(waited) == 5


def test_a_larger_tree_of_the_witnesses_that_has_another_past_is_a_fork() -> None:
    log = KeptLog(sample_messages(300))
    log.write("cosigned", cosigned(log.checkpoint, NOW, NOW))
    log.append(sample_messages(400)[300:])
    forked = KeptLog([b"x", *sample_messages(500)[1:]])

    def wait() -> None:
        log.files |= {name: data for name, data in forked.files.items() if name.startswith("tile")}
        log.write("cosigned", cosigned(forked.checkpoint, NOW, NOW))

    report = checked(log, wait=wait)
    assert isinstance(report.verdict, Failed)
    assert "400 entries that were read now" in report.verdict.findings[0].why.en


def test_a_log_that_grows_while_it_is_read_is_no_rollback() -> None:
    class Growing(KeptLog):
        def read(self, name: str) -> bytes | None:
            data = super().read(name)
            if name == "checkpoint" and self.edge.size == 9:
                self.append(sample_messages(12)[9:])
                self.write("cosigned", cosigned(self.checkpoint, NOW, NOW))
            return data

    log = Growing(sample_messages(9))
    log.write("cosigned", cosigned(log.checkpoint, NOW, NOW))
    report = checked(log)
    assert (statuses(report), "the first 9 of 9 entries" in sentences(report)) == ([], True)


@pytest.mark.parametrize("pin", ["given", "first use", "pinned"])
def test_the_rule_is_the_same_for_a_policy_from_wherever(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pin: str
) -> None:
    log = SampleLog(tmp_path / "log", sample_messages(9))
    log.write("witness-policy", BOTH.format())
    (tmp_path / "policy").write_bytes(BOTH.format())
    log.write("cosigned", cosigned(log.checkpoint, 1_767_000_000, 1_767_000_000))
    arguments = ["log", str(log.folder), *(["--policy", str(tmp_path / "policy")] if pin == "given" else [])]
    if pin == "pinned":
        assert main(arguments) == 0
        assert main([*arguments, "--max-age", "1"]) == ExitStatus.QUORUM.code
    log.append(sample_messages(12)[9:])
    assert main(arguments) == ExitStatus.NOT_WITNESSED_YET.code
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "exit status 6: not witnessed yet",
        "included / tercantum",
    ]
    assert main([*arguments, "--max-age", "7d", "--language", "id"]) == ExitStatus.QUORUM.code
    assert "status keluar 4: KUORUM" in capsys.readouterr().out
    (log.folder / "cosigned").unlink()
    assert main(arguments) == 1


@pytest.mark.parametrize("text", ["d", "-1", "1w", "1.5d", ""])
def test_an_age_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["log", "x", "--max-age", text])
    assert exit_.value.code == 2


@pytest.mark.parametrize(
    ("seconds", "english", "indonesian"),
    [
        (0, "0 seconds", "0 detik"),
        (119, "119 seconds", "119 detik"),
        (120, "2 minutes", "2 menit"),
        (7200, "2 hours", "2 jam"),
        (2 * DAY - 1, "47 hours", "47 jam"),
        (365 * DAY, "365 days", "365 hari"),
    ],
)
def test_an_age_is_said_in_a_unit_that_people_use(seconds: int, english: str, indonesian: str) -> None:
    assert (duration(seconds, "en"), duration(seconds, "id")) == (english, indonesian)


@given(
    st.dictionaries(st.sampled_from("abcde"), st.integers(1, 2**62)),
    st.integers(1, 5),
)
def test_the_time_of_the_quorum_is_the_latest_at_which_enough_had_signed(
    times: dict[str, int], threshold: int
) -> None:
    keys = {name: Cosigner(f"witness.example/{name}", name.encode() * 32).key for name in "abcde"}
    witnesses = tuple(Witness(name, key) for name, key in keys.items())
    policy = Policy(POLICY.logs, witnesses, (Group("some", threshold, tuple("abcde")),), "some")
    newest_first = sorted(times.values(), reverse=True)
    expected = newest_first[threshold - 1] if len(times) >= threshold else None
    assert quorum_time(policy, Endorsement(Checkpoint("o", 0, EMPTY_ROOT), times)) == expected


def test_no_quorum_has_no_time() -> None:
    endorsement = Endorsement(Checkpoint("o", 0, EMPTY_ROOT), {"kampus": NOW})
    assert quorum_time(BOTH, endorsement) is None
