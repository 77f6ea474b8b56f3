"""`zi-verify promise` as a person runs it, on an answer that was saved."""

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.verify.sample_log import SampleLog, sample_messages
from tests.verify.test_promise import EVENT, FILING, INTAKE_KEY, LOG_KEY, POLICY, WITNESSES
from tests.verify.web_log import Manners, WebLog

from zi_tlog.note import parse_note
from zi_tlog.promise import Promise
from zi_tlog.tree import leaf_hash
from zi_verify.main import main

NOW = datetime.now(UTC).replace(microsecond=0)
MADE, BY = NOW - timedelta(hours=80), NOW - timedelta(hours=8)


@pytest.fixture
def log(tmp_path: Path) -> SampleLog:
    log = SampleLog(tmp_path / "log", sample_messages(300), LOG_KEY)
    log.write("witness-policy", POLICY.format())
    return log


def cosign(log: SampleLog, at: datetime) -> None:
    note = parse_note(log.checkpoint)
    signed = note.signed(*(witness.cosign(note.text, int(at.timestamp())) for witness in WITNESSES)).format()
    for name in ("checkpoint", "cosigned", f"checkpoints/{log.edge.size}"):
        log.write(name, signed)


@pytest.fixture
def answer(tmp_path: Path) -> str:
    note = Promise(INTAKE_KEY.key.name, EVENT, leaf_hash(FILING), MADE, BY).sign(INTAKE_KEY)
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"ticket": "7K3M9Q2XA", "event_id": EVENT, "promise": note.decode()}))
    return str(path)


@pytest.fixture
def pins(tmp_path: Path) -> list[str]:
    """As the maklumat prints them: the policy in a file, the key on the command line."""
    (tmp_path / "maklumat.txt").write_bytes(POLICY.format())
    return ["--policy", str(tmp_path / "maklumat.txt"), "--key", INTAKE_KEY.key.vkey]


@pytest.fixture
def office(log: SampleLog) -> Iterator[tuple[str, Manners]]:
    """Its log on the web, with the key of its promises."""
    manners = Manners()
    manners.answers["/intake/api/promise-key"] = 200, f"{INTAKE_KEY.key.vkey}\n".encode()
    web = WebLog(log.folder, manners)
    yield web.url, manners
    web.stop()


def test_a_dropped_filing_ends_in_a_text_that_others_check_with_a_copy_of_the_log(
    log: SampleLog, answer: str, pins: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(log, NOW)
    broken_promise = str(tmp_path / "broken.txt")
    assert main(["promise", answer, "--log", str(log.folder), *pins, "--save", broken_promise]) == 8
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["exit status 8: promise broken", "FAIL / GAGAL"]
    assert Path(broken_promise).read_text() in "\n".join(lines)
    copy = tmp_path / "copy.zip"
    with zipfile.ZipFile(copy, "w") as archive:
        for path in log.folder.rglob("tile/0/**/*"):
            if path.is_file():
                archive.write(path, f"log/{path.relative_to(log.folder)}")
        archive.writestr("log/checkpoint", b"whatever it is")
    assert main(["promise", broken_promise, "--log", str(copy), *pins]) == 8
    assert "compared with nothing" not in capsys.readouterr().out
    assert main(["promise", broken_promise, "--log", str(copy), "--no-memory"]) == 5
    assert "compared with nothing" in capsys.readouterr().out


def test_a_disk_that_takes_no_file_hides_no_broken_promise(
    log: SampleLog, answer: str, pins: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    cosign(log, NOW)
    assert main(["promise", answer, "--log", str(log.folder), *pins, "--save", "/dev/full"]) == 8
    output = capsys.readouterr()
    assert "/dev/full can't be written" in output.err
    assert "zona/broken-promise/v1" in output.out


def test_without_the_log_it_says_what_it_needs(
    log: SampleLog, answer: str, pins: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["promise", answer]) == 2
    assert "give its address with --log" in capsys.readouterr().err
    cosign(log, NOW)
    broken_promise = str(tmp_path / "broken.txt")
    main(["promise", answer, "--log", str(log.folder), *pins, "--save", broken_promise])
    assert main(["promise", broken_promise, "--language", "id"]) == 2
    assert "ubin dari 300 entri pertama log zona.example/contoh" in capsys.readouterr().err
    Path(answer).write_text("{}")
    assert main(["promise", answer]) == 2
    assert "no promise in this file" in capsys.readouterr().err


def test_the_office_is_asked_for_its_key_its_hint_and_its_older_checkpoints(
    log: SampleLog,
    answer: str,
    office: tuple[str, Manners],
    pins: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.append([FILING])
    cosign(log, BY - timedelta(hours=1))
    log.append(sample_messages(900)[300:])
    cosign(log, NOW)
    url, manners = office
    manners.answers["/audit/log/checkpoints/?after=-1"] = 200, b"301\n901\n"
    manners.answers["/audit/log/checkpoints/?after=901"] = 200, b""
    manners.answers[f"/audit/api/receipts/{EVENT}"] = 200, log.receipt(300)
    assert main(["promise", answer, "--log", url, *pins[:2]]) == 5
    out = capsys.readouterr().out
    assert "is entry 300 of the log, in the tree of 301 entries" in out
    assert out.splitlines()[-2:] == ["exit status 5: not compared", "included / tercantum"]
    assert f"key {INTAKE_KEY.key.vkey}" in out
    assert main(["promise", answer, "--log", url, *pins, "--language", "id"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "tercantum / included"
    assert "/intake/api/promise-key" not in manners.requests[-12:]


@pytest.mark.parametrize("status", [404, 422, 500])
def test_an_office_that_gives_no_hint_is_asked_for_all_its_tiles(
    log: SampleLog, answer: str, office: tuple[str, Manners], pins: list[str], status: int
) -> None:
    log.append([FILING])
    cosign(log, BY - timedelta(hours=1))
    url, manners = office
    manners.answers[f"/audit/api/receipts/{EVENT}"] = status, b""
    assert main(["promise", answer, "--log", url, *pins]) == 0
    assert {"/audit/log/tile/0/000", "/audit/log/tile/0/001.p/45"} <= set(manners.requests)


def test_a_log_that_was_pinned_before_is_read_under_its_pin(
    log: SampleLog, answer: str, pins: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.append([FILING])
    cosign(log, BY - timedelta(hours=1))
    state, key = ["--state", str(tmp_path / "memory.sqlite")], pins[2:]
    assert main(["promise", answer, "--log", str(log.folder), *key, *state]) == 5
    main(["log", str(log.folder), *state, "--entries", "none"])
    assert main(["promise", answer, "--log", str(log.folder), *key, *state]) == 0
    assert "Compared with the policy that was pinned" in capsys.readouterr().out
    log.write("witness-policy", POLICY.format().replace(b"quorum luar", b"quorum none"))
    assert main(["promise", answer, "--log", str(log.folder), *key, *state]) == 0


def test_a_key_may_stand_in_a_file_and_must_be_one(
    log: SampleLog, answer: str, pins: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.append([FILING])
    cosign(log, BY - timedelta(hours=1))
    file = tmp_path / "promise.vkey"
    file.write_text(f"{INTAKE_KEY.key.vkey}\n")
    arguments = ["promise", answer, "--log", str(log.folder), *pins[:2]]
    assert main([*arguments, "--key", str(file)]) == 0
    file.write_text("nonsense")
    for key in (str(file), "nonsense"):
        assert main([*arguments, "--key", key]) == 2
        assert "neither a verifier key nor a file with one" in capsys.readouterr().err
