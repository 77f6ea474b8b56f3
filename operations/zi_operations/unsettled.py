"""The file that locks the personal data of a restored service until somebody has settled who was erased since the backup."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zi_chassis.vault.erasure_files import UNSETTLED
from zi_operations.house import VAULTS, HouseOfData


@dataclass(frozen=True)
class UnsettledErasures:
    """`size` of the ledger in the backup; `taking` is that of a copy of the log whose entries are being taken over."""

    backup: str
    size: int
    taking: int = 0

    def is_settled_by(self, copy: int, ledger: int) -> bool:
        """Tell whether a copy of this size knows more than the backup, and more than the house itself has recorded since. A copy that is
        being taken over may have given the ledger its entries already."""
        return copy > self.size and (copy > ledger or copy == ledger == self.taking)

    def write(self, house: HouseOfData, services: Iterable[str]) -> None:
        for service in services:
            path = unsettled_file(house, service)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = path.with_name(f"{UNSETTLED}.new")
            fresh.write_text(f"{self.backup} {self.size} {self.taking}\n")
            fresh.rename(path)


def read_unsettled(house: HouseOfData) -> UnsettledErasures | None:
    """Read for which backup the services wait. A file without a size counts as a backup of an empty ledger: the ledger of the house is what to surpass."""
    for service in unsettled(house):
        backup, *sizes = unsettled_file(house, service).read_text().split()
        return UnsettledErasures(backup, *map(int, sizes or ("0",)))
    return None


def unsettled(house: HouseOfData) -> list[str]:
    return [service for service in VAULTS if unsettled_file(house, service).exists()]


def unsettled_file(house: HouseOfData, service: str) -> Path:
    return house.data / service / UNSETTLED
