import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tlog.packed_v1 import pack_v1
from tests.verify.sample_log import POLICY, SampleLog, erased, filed, sample_messages

from zi_tlog.evidence_v1 import Evidence
from zi_tlog.note import Signer
from zi_tlog.policy import Log, Policy
from zi_verify.main import main
from zi_verify.options import parser
from zi_verify.status import ExitStatus
from zi_verify.verdict import Language

ALONE = ExitStatus.NOT_COMPARED.code
OTHER = Policy((Log(Signer("ledger.example/audit", bytes(32)).key),))


def zipped(folder: Path, evidence: Evidence) -> str:
    path = folder / "evidence.zip"
    path.write_bytes(pack_v1(evidence))
    return str(path)


def test_a_good_receipt_ends_with_its_verdict_and_its_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["receipt", zipped(tmp_path, filed(tmp_path)[1])]) == ALONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("2025-11-24 01:02:03 UTC, entry 1: The citizen filed a complaint. (")
    assert lines[2].endswith("): included and matching / tercantum dan cocok")
    assert lines[-1] == "included and matching / tercantum dan cocok"
    assert any("the office's own word" in line for line in lines)
    assert any("No outside witness" in line for line in lines)


def test_the_same_is_said_in_indonesian(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", zipped(tmp_path, filed(tmp_path)[1]), "--language", "id"]) == ALONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "tercantum dan cocok / included and matching"
    assert any("pernyataan kantor sendiri" in line for line in lines)


def test_an_erased_payload_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", zipped(tmp_path, erased(tmp_path)[1])]) == ALONE
    assert (
        "included, payload erased (entry 5) / tercantum, isi telah dihapus (entri 5)"
        in capsys.readouterr().out
    )


def test_included_alone_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", zipped(tmp_path, replace(filed(tmp_path)[1], private=()))]) == ALONE
    assert capsys.readouterr().out.splitlines()[-1] == "included / tercantum"


def test_a_failed_receipt_names_file_and_check_and_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = filed(tmp_path)[1]
    changed = replace(
        evidence.entries[0], message=evidence.entries[0].message.replace(b"product", b"service"), promise=None
    )
    path = zipped(tmp_path, replace(evidence, entries=(changed, evidence.entries[1])))
    assert main(["receipt", path]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert f"! entries/{changed.event_id}.json: The leaf hash is not in the tree of the checkpoint." in lines
    assert lines[-1] == "FAIL / GAGAL"


def test_a_pinned_policy_replaces_the_offices_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = zipped(tmp_path, filed(tmp_path)[1])
    (tmp_path / "pinned").write_bytes(POLICY.format())
    (tmp_path / "other").write_bytes(OTHER.format())
    assert main(["receipt", evidence, "--policy", str(tmp_path / "pinned")]) == 0
    assert "own word. Pin" not in capsys.readouterr().out
    assert main(["receipt", evidence, "--policy", str(tmp_path / "other")]) == 1


def test_a_good_log_names_its_senders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SampleLog(tmp_path, sample_messages(9))
    assert main(["log", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:4] == [
        "ledger.example/audit: 9 entries",
        "  /zi/contoh/intake: 6 messages",
        "  /zi/contoh/notify: 3 messages",
    ]
    assert lines[-1] == "included / tercantum"


def test_a_bad_log_names_the_first_bad_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SampleLog(tmp_path, sample_messages(9)).flip("tile/0/000.p/9", 4 * 32)
    (tmp_path / "pinned").write_bytes(POLICY.format())
    assert main(["log", str(tmp_path), "--language", "id", "--policy", str(tmp_path / "pinned")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "! tile/0/000.p/9 (entri 4): hash daun yang tersimpan telah diubah" in "\n".join(lines)
    assert lines[-1] == "GAGAL / FAIL"


def test_many_findings_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SampleLog(tmp_path, [b"no message"] * 60)
    assert main(["log", str(tmp_path)]) == 1
    assert "! and 10 more" in capsys.readouterr().out


def test_an_older_checkpoint_is_continued(tmp_path: Path) -> None:
    older, token = tmp_path / "older", tmp_path / "token"
    log = SampleLog(tmp_path, sample_messages(9))
    older.write_bytes(log.checkpoint)
    token.write_text("secret\n")
    log.append(sample_messages(12)[9:])
    assert main(["log", str(tmp_path), "--from-checkpoint", str(older), "--token-file", str(token)]) == 0
    SampleLog(tmp_path / "forked", sample_messages(14)[2:])
    assert main(["log", str(tmp_path / "forked"), "--from-checkpoint", str(older)]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["receipt", "nowhere.zip"],
        ["log", "nowhere"],
        ["log", "{log}", "--policy", "{bad}"],
        ["log", "{bare}"],
        ["log", "{spoilt}"],
        ["log", "{log}", "--from-checkpoint", "{bad}"],
        ["log", "{log}", "--token-file", "nowhere"],
        ["log", "{log}", "--predecessor", "nowhere"],
        ["log", "{log}", "--state", "{bad}"],
        ["watch", "nowhere", "--once"],
    ],
)
def test_what_can_not_be_checked_is_said_in_a_sentence_and_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    SampleLog(tmp_path / "log", sample_messages(9))
    SampleLog(tmp_path / "spoilt", sample_messages(9)).write("witness-policy", b"nonsense")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bad").write_text("nonsense\n")
    places = {name: str(tmp_path / name) for name in ("log", "bad", "bare", "spoilt")}
    assert main([argument.format(**places) for argument in arguments]) == 2
    assert capsys.readouterr().err.startswith("zi-verify: ")


@pytest.mark.parametrize(
    "arguments", [[], ["receipt"], ["log", "x", "--language", "fr"], ["watch", "x", "--every", "0"]]
)
def test_a_wrong_option_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2


@pytest.mark.parametrize("value", ["-3", "0", "x", "7w", "1.5", "٣"])
def test_a_number_of_seconds_that_is_none_is_refused_in_a_sentence(
    value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["log", "x", "--max-age", value])
    assert exit_.value.code == 2
    assert "a whole number from 1 on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "work"),
    [
        (["receipt", "{file}"], "EvidenceArchive"),
        (["log", "{log}"], "replay"),
        (["watch", "{log}", "--once"], "LogWatch"),
        (["consistency", "{file}", "{file}", "--log", "{log}"], "check_consistency"),
        (["promise", "{file}", "--log", "{log}"], "check_promise"),
        (["certificate", "{file}"], "read_input"),
    ],
)
@pytest.mark.parametrize(
    "fault", [MemoryError(), RecursionError("too deep"), OSError(5, "Input/output error")]
)
def test_a_fault_of_the_machine_is_no_verdict(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    work: str,
    fault: Exception,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    SampleLog(tmp_path / "log", sample_messages(9))
    (tmp_path / "file").write_text("nonsense\n")
    monkeypatch.setattr(f"zi_verify.main.{work}", fail)
    assert main([part.format(file=tmp_path / "file", log=tmp_path / "log") for part in command]) == 2
    output = capsys.readouterr()
    assert output.err.startswith("zi-verify: ")
    assert "Traceback" not in output.err
    assert "FAIL" not in output.out


WITHOUT_LETTERS = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("asn1crypto", "pyhanko", "pyhanko_certvalidator", "segno", "typst"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from zi_verify.main import main
sys.exit(main(sys.argv[1:]))
"""


def without_letters(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command where the extra for letters is not installed."""
    command = [sys.executable, "-c", WITHOUT_LETTERS, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_evidence_and_logs_are_checked_without_the_extra_for_letters(tmp_path: Path) -> None:
    SampleLog(tmp_path / "log", sample_messages(9))
    receipt = without_letters("receipt", zipped(tmp_path, filed(tmp_path)[1]), "--no-memory")
    assert (receipt.returncode, receipt.stderr) == (ALONE, "")
    log = without_letters("log", str(tmp_path / "log"), "--no-memory")
    assert log.returncode == ALONE
    assert "9 entries" in log.stdout


def test_a_letter_without_the_extra_says_what_to_install_and_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_text("nonsense\n")
    run = without_letters("certificate", str(tmp_path / "letter.pdf"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "pip install 'zi-verify[certificate]'" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["receipt", "certificate"])
def test_a_full_disk_under_the_output_is_no_verdict(tmp_path: Path, command: str, unbuffered: str) -> None:
    (tmp_path / "file").write_text("nonsense\n")
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "zi_verify.main", command, str(tmp_path / "file")],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            text=True,
            check=False,
        )
    assert (run.returncode, run.stderr) == (
        2,
        "zi-verify: What was found can't be written: No space left on device.\n",
    )


COMMANDS = ("receipt", "log", "consistency", "watch", "certificate", "promise")


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
@pytest.mark.parametrize(("language", "word"), [("en", "exit status"), ("id", "status keluar")])
def test_help_tells_how_to_use_it_in_both_languages(
    command: list[str], language: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([*command, "--help", "--language", language])
    assert exit_.value.code == 0
    output = capsys.readouterr().out
    assert "zi-verify" in output
    assert (word in output) == (command in ([], ["watch"]))


@pytest.mark.parametrize("language", ["en", "id"])
def test_what_help_shows_is_understood(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    commands = parser(dict.fromkeys(COMMANDS, lambda options: 0), language)
    examples = []
    for name in COMMANDS:
        with pytest.raises(SystemExit):
            main([name, "--help", "--language", language])
        examples += re.findall(r"^  .*zi-verify ([a-z]+ [^-\[].*)", capsys.readouterr().out, re.MULTILINE)
    assert len(examples) >= 2 * len(COMMANDS)
    for line in examples:
        commands.parse_args(line.split())


@pytest.mark.parametrize("place", ["first", "last"])
def test_the_language_may_be_said_before_or_after_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    SampleLog(tmp_path, sample_messages(3))
    chosen, command = ["--language=id"], ["log", str(tmp_path)]
    assert main([*chosen, *command] if place == "first" else [*command, *chosen]) == 0
    assert capsys.readouterr().out.endswith("tercantum / included\n")


def test_what_can_not_be_checked_is_said_in_indonesian_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "nowhere", "--language", "id"]) == 2
    assert capsys.readouterr().err == (
        "zi-verify: nowhere bukan folder atau zip; berikan folder yang memuat berkas `checkpoint`.\n"
    )


def test_a_fork_shows_the_signed_checkpoint_that_was_verified_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = SampleLog(tmp_path, sample_messages(9))
    assert main(["log", str(tmp_path), "--state", str(tmp_path / "state")]) == 0
    SampleLog(tmp_path, [*sample_messages(4), *sample_messages(9)[4:6]])
    capsys.readouterr()
    assert main(["log", str(tmp_path), "--state", str(tmp_path / "state")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [f"| {line}" for line in log.checkpoint.decode().splitlines() if line] == [
        line for line in lines if line.startswith("| ") and line != "| "
    ]
    assert "First bad entry: 6" in lines
    assert any(line.startswith("! checkpoint (entry 6): rollback: ") for line in lines)
    assert main(["log", str(tmp_path), "--no-memory"]) == ExitStatus.NOT_COMPARED.code


def test_an_interruption_is_no_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    SampleLog(tmp_path, sample_messages(3))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("zi_verify.bar.ProgressBar.__call__", stop)
    assert main(["log", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "\nzi-verify: interrupted; the next run goes on\n"


def test_a_log_without_a_checkpoint_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SampleLog(tmp_path, sample_messages(3))
    (tmp_path / "checkpoint").unlink()
    assert main(["log", str(tmp_path)]) == 1
    assert "! checkpoint: the file is missing" in capsys.readouterr().out


def test_progress_is_shown_on_a_terminal(tmp_path: Path) -> None:
    SampleLog(tmp_path, sample_messages(300))
    terminal, other_end = os.openpty()
    command = [sys.executable, "-m", "zi_verify.main", "log", str(tmp_path)]
    subprocess.run(command, stderr=other_end, stdout=subprocess.DEVNULL, check=True)
    os.close(other_end)
    assert b"[##############################] 100%  300 / 300" in os.read(terminal, 1000)
    os.close(terminal)


def test_it_runs_as_a_program_on_a_terminal_without_unicode(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    command = [sys.executable, "-m", "zi_verify.main", "receipt", zipped(tmp_path, evidence)]
    run = subprocess.run(
        command, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (ALONE, "")
    assert run.stdout.endswith("included and matching / tercantum dan cocok\n")
