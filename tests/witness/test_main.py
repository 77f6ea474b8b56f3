from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.witness.log import Log
from tests.witness.running import Running, zi_witness

from zi_tlog.note import parse_vkey
from zi_witness.main import main

LOG = Log()
NAME = "witness.example/w1"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    assert zi_witness("key", "--data", str(tmp_path / "w"), "--name", NAME).returncode == 0
    return tmp_path / "w"


@pytest.fixture
def running(data: Path) -> Iterator[Running]:
    witness = Running(data, "--log", LOG.vkey)
    yield witness
    witness.stop()


def test_the_key_is_printed_as_others_name_it(data: Path) -> None:
    output = zi_witness("key", "--data", str(data))
    assert parse_vkey(output.stdout.strip()).name == NAME
    assert output.stdout == zi_witness("key", "--data", str(data), "--name", NAME).stdout


def test_a_second_process_on_the_same_folder_is_refused(running: Running, data: Path) -> None:
    second = zi_witness("run", "--data", str(data), "--port", "1", "--log", LOG.vkey)
    assert second.returncode == 1
    assert "Stop that one first" in second.stderr


def test_it_ends_in_order_when_it_is_told_to(data: Path) -> None:
    witness = Running(data, "--log", LOG.vkey)
    assert witness.client.post("/add-checkpoint", content=LOG.request(0, 5).format()).status_code == 200
    assert witness.stop() in (0, -15)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "--data", "{data}", "--port", "1"), "Name the logs"),
        (("run", "--data", "{data}", "--port", "1", "--log", "x"), "--log: This is not a verifier key"),
        (("run", "--data", "{data}/none", "--port", "1", "--log", LOG.vkey), "There is no key"),
        (("key", "--data", "{data}/none"), "There is no key"),
        (("key", "--data", "{data}", "--name", "other"), "Another name needs another folder"),
    ],
)
def test_what_a_person_can_put_right_is_told_in_a_sentence(
    data: Path, arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.format(data=data) for word in arguments]) == 1
    output = capsys.readouterr().err
    assert output.startswith("zi-witness: ")
    assert sentence in output


def test_a_lost_record_retires_the_key(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "record.db").unlink()
    assert main(["run", "--data", str(data), "--port", "1", "--log", LOG.vkey]) == 1
    assert "must not be used again" in capsys.readouterr().err
