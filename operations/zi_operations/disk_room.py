"""Refuses work for which a disk has too little room, before a byte of it is written."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from zi_operations.outcome import OperationError, OperationStatus


def _disk_of(folder: Path) -> int:
    return folder.stat().st_dev


def refuse_no_room(needs: Sequence[tuple[Path, int]], disk_of: Callable[[Path], int] = _disk_of) -> None:
    """`needs` are folders that exist and the bytes to be free there; those on one disk add up."""
    folders, total = dict[int, Path](), dict[int, int]()
    for folder, size in needs:
        disk = disk_of(folder)
        folders.setdefault(disk, folder)
        total[disk] = total.get(disk, 0) + size
    for disk, folder in folders.items():
        free = shutil.disk_usage(folder).free
        if free < total[disk]:
            raise OperationError(
                OperationStatus.NO_ROOM,
                f"The disk of {folder} has {free:,} bytes free, and {total[disk]:,} are needed, with what has to stay free (ZI_FREE_DISK_MB)."
                " Nothing was written, and earlier backups are as they were.",
                f"Disk tempat {folder} memiliki {free:,} bita kosong, dan diperlukan {total[disk]:,}, termasuk yang harus tetap kosong (ZI_FREE_DISK_MB)."
                " Tidak ada yang ditulis, dan cadangan lama tetap utuh.",
            )
