"""A key is written whole or not at all: half of one would be taken for a key at the next start."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.full_disk import full_disk

from zi_chassis.provision import route_secret
from zi_chassis.secret_file import write_secret
from zi_chassis.settings import Settings
from zi_operations.sealing import make_keys, write_house_key, write_operator_key

MAKERS: dict[str, Callable[[Path], object]] = {
    "secret": lambda folder: write_secret(folder / "keys" / "key", b"a key that is longer than the room"),
    "secret of a service": lambda folder: Settings(service="intake", data=folder).secret("names"),
    "bus": route_secret,
    "operator": lambda folder: write_operator_key(folder / "operator", make_keys()[1]),
    "house": lambda folder: write_house_key(folder / "backup" / "key", make_keys()[0]),
}


@pytest.mark.parametrize("maker", MAKERS)
def test_a_full_disk_leaves_no_part_of_a_key(tmp_path: Path, maker: str) -> None:
    with full_disk(20), pytest.raises(OSError) as full:
        MAKERS[maker](tmp_path)
    assert full.value.errno == errno.EFBIG
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    MAKERS[maker](tmp_path)
    (made,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert made.stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_there_stays(tmp_path: Path) -> None:
    write_secret(tmp_path / "key", b"first")
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "key", b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("key", b"first")]


def test_a_disk_without_links_takes_a_key_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    write_secret(tmp_path / "key", b"first")
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "key", b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("key", b"first")]
