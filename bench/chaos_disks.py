"""Small disks of its own below the volumes of a house of compose, which can be filled. Needs root."""

import errno
import io
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml
from PIL import Image

from bench.chaos_house import ComposeHouse, NotCausedError, container, run

# By whom each is written, and where it is for them.
DISKS: Mapping[str, tuple[str, str]] = {
    "postgres": ("postgres", "/var/lib/postgresql/data"),
    "jetstream": ("nats", "/var/lib/zona/jetstream"),
    "tiles": ("audit-writer", "/var/lib/zona/tiles"),
    "audit-writer": ("audit-writer", "/var/lib/zona/audit-writer"),
    "intake": ("intake", "/var/lib/zona/intake"),
    "mailbox": ("mailbox", "/var/lib/zona/mailbox"),
}
DISK_BYTES = 2 * 2**30  # sparse: what is not written takes nothing
PIECE = 2**20
FILLED_WITHIN = 20.0
NO_SPACE = "No space left on device"


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
    filled, over = threading.Event(), threading.Event()

    def fill() -> None:
        with filling.open("wb", buffering=0) as file:
            while not over.is_set():
                _fill(file.fileno())
                filled.set()
                over.wait(0.2)

    filler = threading.Thread(target=fill)
    filler.start()
    try:
        if not filled.wait(FILLED_WITHIN):
            raise NotCausedError(f"the disk of {disk} is not full yet")
        house.cause = {"write": _written(*DISKS[disk])}
        if house.cause["write"] != NO_SPACE:
            raise NotCausedError(f"{house.cause['write']} on the full disk of {disk}")
        if disk == "intake":
            house.cause["upload"] = _uploaded(house)
        yield
    finally:
        over.set()
        filler.join()
        filling.unlink()
    if disk == "intake":
        house.cause["upload_again"] = _uploaded(house)


def _written(service: str, folder: str) -> str:
    """Write a file as the process itself would; return how that ended."""
    write = f"head -c 65536 /dev/zero > {folder}/probe; rm -f {folder}/probe"
    command = ["docker", "exec", container(service), "sh", "-c", write]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return NO_SPACE if NO_SPACE in done.stderr else done.stderr.strip() or "a file was written"


def _uploaded(house: ComposeHouse) -> int:
    """Send a picture to the last acknowledged case; return the status of the answer."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "green").save(picture, "PNG")
    filed = house.filed[-1]
    with house.client() as client:
        answer = client.post(
            f"/intake/api/cases/{filed.ticket}/attachments",
            files={"file": ("file.png", picture.getvalue())},
            headers={"X-Case-Code": filed.code},
        )
    return answer.status_code


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
