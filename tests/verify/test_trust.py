"""Trust on first use: what is pinned, which later differences fail, and how a person accepts one."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest
from tests.verify.sample_log import LOG_KEY, POLICY, SampleLog, Sender, sample_messages

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Group, Log, Policy, Witness, parse_policy
from zi_verify.main import main
from zi_verify.memory import Memory
from zi_verify.pin import PolicyPin, dropped

OTHER_KEY = Signer(LOG_KEY.key.name, bytes(32))
OTHER_NAME = Signer("ledger.example/other", b"o" * 32)
FIRST, SECOND = (Cosigner(f"witness.example/{name}", name.encode() * 16) for name in ("w1", "w2"))
WITNESSES = (Witness("kampus", FIRST.key), Witness("media", SECOND.key))
BOTH = Policy(POLICY.logs, WITNESSES, (Group("both", 2, ("kampus", "media")),), "both")
ONE_DROPPED = Policy(POLICY.logs, WITNESSES[:1], (), "kampus")
NO_QUORUM = Policy(POLICY.logs, WITNESSES)
ANY_OF_BOTH = Policy(POLICY.logs, WITNESSES, (Group("both", 1, ("kampus", "media")),), "both")
THIRD = Witness("kampung", Cosigner("witness.example/w3", b"3" * 32).key)
ONE_ADDED = Policy(POLICY.logs, (*WITNESSES, THIRD), (Group("both", 2, ("kampus", "media")),), "both")

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*options: str, command: str = "log") -> tuple[int, str]:
        code = main([command, str(tmp_path / "log"), *options])
        return code, capsys.readouterr().out

    return run


def published(folder: Path, policy: Policy = BOTH, signer: Signer = LOG_KEY, count: int = 9) -> SampleLog:
    """A log whose newest checkpoint both witnesses cosigned, beside the policy that the office offers now."""
    log = SampleLog(folder, sample_messages(count), signer)
    log.write("witness-policy", policy.format())
    cosign(log)
    return log


def cosign(log: SampleLog) -> None:
    note = parse_note(log.checkpoint)
    made = (witness.cosign(note.text, 1_767_000_000) for witness in (FIRST, SECOND))
    log.write("checkpoint", note.signed(*made).format())


def digest(text: str) -> str:
    (found,) = re.findall(r"--accept ([0-9a-f]{64})", text)
    return str(found)


def test_first_use_pins_and_tells_what_to_compare_with(tmp_path: Path, run: Run) -> None:
    published(tmp_path / "log")
    pin = PolicyPin(LOG_KEY.key.name, BOTH, 0)
    code, output = run()
    assert code == 0
    assert "First use" in output
    assert f"maklumat: {pin.digest}" in output
    code, output = run("--language", "id")
    assert code == 0
    assert "Kebijakan sama dengan yang disematkan pada" in output


@pytest.mark.parametrize("policy", [ONE_DROPPED, NO_QUORUM, ANY_OF_BOTH, ONE_ADDED])
@pytest.mark.parametrize("command", ["log", "watch"])
def test_a_changed_policy_fails_until_it_is_accepted(
    tmp_path: Path, run: Run, policy: Policy, command: str
) -> None:
    once = ["--once", "--stall", str(2**40)] if command == "watch" else []
    published(tmp_path / "log")
    assert run(*once, command=command)[0] == 0
    published(tmp_path / "log", policy, count=12)
    for _ in range(2):
        code, output = run(*once, command=command)
        assert code == 1
        for line in dropped(BOTH, policy) + dropped(policy, BOTH):
            assert line in output
    assert run(*once, "--accept", "0" * 64, command=command)[0] == 1
    assert run(*once, "--accept", digest(output), command=command)[0] == 0
    assert run(*once, command=command)[0] == 0


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (sample_messages(12), "the log continues the 9"),
        (sample_messages(12)[3:], "fork: the log does not continue the 9"),
        (sample_messages(5), "rollback: the log has 5"),
    ],
)
def test_who_has_to_accept_a_key_is_told_whether_the_log_goes_on(
    tmp_path: Path, run: Run, entries: list[bytes], says: str
) -> None:
    published(tmp_path / "log", POLICY)
    run()
    log = SampleLog(tmp_path / "log", entries, OTHER_KEY)
    log.write("witness-policy", Policy((Log(OTHER_KEY.key),)).format())
    code, output = run()
    assert (code, says in output) == (1, True)
    assert ("Menurut kebijakan yang ditawarkan: " in run("--language", "id")[1]) == (
        "the log continues" not in says
    )


@pytest.mark.parametrize("signer", [OTHER_KEY, OTHER_NAME])
def test_another_log_in_the_same_place_fails_until_it_is_accepted(
    tmp_path: Path, run: Run, signer: Signer
) -> None:
    published(tmp_path / "log")
    assert run()[0] == 0
    published(tmp_path / "log", Policy((Log(signer.key),)), signer)
    code, output = run()
    assert code == 1
    assert "new in the policy since it was pinned on" in output
    assert (LOG_KEY.key.name in output and "now is ledger.example/other" in output) == (signer is OTHER_NAME)
    assert run("--accept", digest(output))[0] == 0
    assert run()[0] == 0


def test_an_accepted_digest_is_a_comparison_at_first_use(tmp_path: Path, run: Run) -> None:
    published(tmp_path / "log")
    code, output = run("--accept", "0" * 64)
    assert code == 1
    assert PolicyPin(LOG_KEY.key.name, BOTH, 0).digest in output
    code, output = run("--accept", PolicyPin(LOG_KEY.key.name, BOTH, 0).digest, "--no-memory")
    assert code == 0


def test_what_failed_is_not_pinned(tmp_path: Path, run: Run) -> None:
    published(tmp_path / "log").flip("tile/0/000.p/9", 3)
    code, output = run()
    assert (code, "pinned from now on" in output) == (1, False)
    published(tmp_path / "log", ONE_DROPPED)
    assert run()[0] == 0


def test_what_was_accepted_is_pinned_only_when_it_holds(tmp_path: Path, run: Run) -> None:
    published(tmp_path / "log")
    run()
    published(tmp_path / "log", ONE_ADDED).flip("tile/0/000.p/9", 3)
    assert run("--accept", digest(run()[1]))[0] == 1
    published(tmp_path / "log", ONE_ADDED)
    assert run()[0] == 1


def test_a_policy_in_a_file_counts_and_leaves_the_pin(tmp_path: Path, run: Run) -> None:
    published(tmp_path / "log")
    run()
    file = tmp_path / "policy"
    file.write_bytes(ONE_ADDED.format())
    code, output = run("--policy", str(file))
    assert code == 0
    assert "the pin stays" in output
    assert run()[0] == 0
    assert run("--policy", str(file), "--accept", digest(output))[0] == 0
    assert run()[0] == 1


def test_a_policy_in_a_file_is_pinned_at_first_use(tmp_path: Path, run: Run) -> None:
    published(tmp_path / "log", NO_QUORUM)
    (tmp_path / "policy").write_bytes(BOTH.format())
    assert run("--policy", str(tmp_path / "policy"))[0] == 0
    assert run()[0] == 1


def test_where_no_policy_is_published_any_more_the_pinned_one_is_used(tmp_path: Path, run: Run) -> None:
    log = published(tmp_path / "log")
    run()
    (log.folder / "witness-policy").unlink()
    assert run()[0] == 0
    stranger = published(tmp_path / "log", BOTH, OTHER_KEY)
    (stranger.folder / "witness-policy").unlink()
    assert run()[0] == 1


def test_a_key_change_that_the_log_records_is_printed_and_still_to_be_accepted(
    tmp_path: Path, run: Run
) -> None:
    published(tmp_path / "log", POLICY)
    run()
    log = published(tmp_path / "log", Policy((Log(LOG_KEY.key), Log(OTHER_KEY.key))))
    change = {"old_vkey": LOG_KEY.key.vkey, "new_vkey": OTHER_KEY.key.vkey}
    ledger = uuid5(NAMESPACE_DNS, "ledger")
    log.append([Sender("/zi/contoh/audit").say("zi.audit.log_key_rotated", ledger, **change)])
    head = Checkpoint(LOG_KEY.key.name, log.edge.size, log.edge.root)
    log.write("checkpoint", head.sign(LOG_KEY, OTHER_KEY))
    code, output = run()
    assert code == 1
    assert "Entry 9 records that the log's key was replaced" in output
    assert run("--accept", digest(output))[0] == 0


RECORDS = {"this policy": [ONE_ADDED, BOTH], "another one": [BOTH, ONE_ADDED]}


@pytest.mark.parametrize("said_of", RECORDS)
def test_what_the_log_records_of_its_policy_last_is_printed(tmp_path: Path, run: Run, said_of: str) -> None:
    log = published(tmp_path / "log")
    adopt(log, *(policy.format().decode() for policy in RECORDS[said_of]))
    code, output = run()
    assert code == 0
    (line,) = (line for line in output.splitlines() if "entry 10" in line.lower() and "log" in line)
    assert said_of in line


@pytest.mark.parametrize("policy", [7, None, "nonsense"])
def test_a_record_that_is_no_policy_is_another_one_or_none(tmp_path: Path, run: Run, policy: object) -> None:
    log = published(tmp_path / "log")
    adopt(log, policy)
    code, output = run()
    assert (code, "is another one" in output) == (0, policy == "nonsense")


def adopt(log: SampleLog, *policies: object) -> None:
    """Entries of audit that record these policies, under a head that both witnesses sign."""
    audit, ledger = Sender("/zi/contoh/audit"), uuid5(NAMESPACE_DNS, "ledger")
    origin = LOG_KEY.key.name
    log.append(
        [
            audit.say("zi.audit.witness_policy_adopted", ledger, origin=origin, policy=policy)
            for policy in policies
        ]
    )
    cosign(log)


def test_a_key_under_which_nothing_was_pinned_yet_is_known_from_what_was_verified(
    tmp_path: Path, run: Run
) -> None:
    """The file of a verifier that did not pin yet."""
    published(tmp_path / "log", POLICY)
    run("--state", str(tmp_path / "state"))
    with sqlite3.connect(tmp_path / "state") as base:
        base.executescript("DROP TABLE pinned; DROP TABLE places;")
    base.close()
    assert run("--state", str(tmp_path / "state"))[0] == 0
    with sqlite3.connect(tmp_path / "state") as base:
        base.executescript("DELETE FROM pinned; DELETE FROM places;")
    base.close()
    published(tmp_path / "log", Policy((Log(OTHER_KEY.key),)), OTHER_KEY)
    code, output = run("--state", str(tmp_path / "state"))
    assert code == 1
    assert "under a key that this policy does not have" in output
    assert run("--state", str(tmp_path / "state"), "--accept", digest(output))[0] == 0
    assert list(Memory(tmp_path / "state").recall(LOG_KEY.key.name)) == [OTHER_KEY.key.key_id.hex()]


def test_order_addresses_and_comments_of_a_policy_do_not_count() -> None:
    lines = ONE_ADDED.format().decode().splitlines()
    moved = [line.replace("witness kampus", "witness  kampus") for line in lines[1:4][::-1]]
    other = parse_policy("\n".join(["# new", *moved, f"{lines[0]} https://x.example/", *lines[4:]]).encode())
    assert other != ONE_ADDED
    assert PolicyPin("o", ONE_ADDED, 1).digest == PolicyPin("o", other, 2).digest
    assert PolicyPin("other", ONE_ADDED, 1).digest != PolicyPin("o", ONE_ADDED, 1).digest


def test_a_spoilt_pin_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published(tmp_path / "log", POLICY)
    arguments = ["log", str(tmp_path / "log"), "--state", str(tmp_path / "state")]
    main(arguments)
    with sqlite3.connect(tmp_path / "state") as base:
        base.execute("UPDATE pinned SET policy = x'78'")
    base.close()
    assert main(arguments) == 2
    assert "--no-memory" in capsys.readouterr().err
