from pathlib import Path

import pytest

from zi_tlog.note import COSIGNATURE, parse_vkey
from zi_witness.error import OperatorError
from zi_witness.folder import locked
from zi_witness.key import KEY, load_key, make_key

NAME = "witness.example/w1"


def test_a_key_is_made_once_and_is_its_users_alone(tmp_path: Path) -> None:
    made = make_key(tmp_path / "w", NAME).key
    assert make_key(tmp_path / "w", NAME).key == load_key(tmp_path / "w").key == made
    assert parse_vkey(made.vkey).algorithm == COSIGNATURE
    assert (tmp_path / "w" / KEY).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "w").stat().st_mode & 0o777 == 0o700


def test_two_keys_are_different(tmp_path: Path) -> None:
    assert make_key(tmp_path / "a", NAME).key != make_key(tmp_path / "b", NAME).key


def test_a_key_keeps_its_name(tmp_path: Path) -> None:
    make_key(tmp_path, NAME)
    with pytest.raises(OperatorError, match=r"named witness\.example/w1"):
        make_key(tmp_path, "another.example")


def test_a_name_that_no_key_can_have_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no spaces"):
        make_key(tmp_path / "w", "my witness")
    assert not (tmp_path / "w").exists()


def test_without_a_key_the_person_is_told_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="zi-witness key --data"):
        load_key(tmp_path)


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "one line\n",
        "witness.example/w1+00000000+AAAA\nnot base64\n",
        "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X\nAAAA\n",
        f"witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X\n{'A' * 43}=\n",
    ],
)
def test_a_damaged_key_signs_nothing(tmp_path: Path, damaged: str) -> None:
    (tmp_path / KEY).write_text(damaged)
    with pytest.raises(OperatorError):
        load_key(tmp_path)


def test_one_process_works_on_a_folder(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(OperatorError, match="Stop that one first"), locked(tmp_path):
        pass


def test_the_key_of_a_running_witness_can_be_told_but_no_second_one_made(tmp_path: Path) -> None:
    made = make_key(tmp_path / "w", NAME).key
    with locked(tmp_path / "w"):
        assert make_key(tmp_path / "w", NAME).key == made
    with locked(tmp_path / "new"), pytest.raises(OperatorError):
        make_key(tmp_path / "new", NAME)
