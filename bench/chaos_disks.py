"""Small disks of its own below the volumes of a house of compose, which can be filled. Needs root."""

import errno
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml

from bench.chaos_house import ComposeHouse, run

DISKS = ("postgres", "jetstream", "tiles", "audit-writer", "intake", "mailbox")
DISK_BYTES = 2 * 2**30  # sparse: what is not written takes nothing
PIECE = 2**20


@contextmanager
def small_disks(folder: Path) -> Iterator[Path]:
    """Mount the disks below `folder`; yield the file for compose that puts the volumes on them."""
    mounted: list[Path] = []
    try:
        for name in DISKS:
            mounted.append(_disk(folder, name))
        file = folder / "disks.yml"
        file.write_text(yaml.safe_dump(_content(folder)))
        yield file
    finally:
        for place in mounted:
            subprocess.run(["umount", str(place)], check=False)


def _disk(folder: Path, name: str) -> Path:
    image, place = folder / f"{name}.img", folder / f"{name}.disk"
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    place.mkdir()
    run(["mkfs.ext4", "-q", "-m", "0", str(image)])
    run(["mount", "-o", "loop", str(image), str(place)])
    (place / "data").mkdir()
    return place


def _content(folder: Path) -> dict[str, object]:
    volumes = {
        name: {
            "driver": "local",
            "driver_opts": {"type": "none", "o": "bind", "device": str(folder / f"{name}.disk" / "data")},
        }
        for name in DISKS
    }
    return {"volumes": volumes}


@contextmanager
def full(disk: str, house: ComposeHouse) -> Iterator[None]:
    """No byte is free, also where some become free meanwhile."""
    filling = house.folder / f"{disk}.disk" / "filling"
    over = threading.Event()

    def fill() -> None:
        with filling.open("wb", buffering=0) as file:
            while not over.is_set():
                _fill(file.fileno())
                over.wait(0.2)

    filler = threading.Thread(target=fill)
    filler.start()
    try:
        yield
    finally:
        over.set()
        filler.join()
        filling.unlink()


def _fill(file: int) -> None:
    for piece in (64 * PIECE, PIECE, 4096):
        with suppress(_NoRoomError):
            while True:
                _grow(file, piece)


class _NoRoomError(Exception):
    pass


def _grow(file: int, piece: int) -> None:
    try:
        os.posix_fallocate(file, os.fstat(file).st_size, piece)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _NoRoomError from error
