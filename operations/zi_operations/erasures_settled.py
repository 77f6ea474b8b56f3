"""`zona erasures`: who was erased after the backup from which the house was restored. Until that is settled its services tell nobody anything
personal: by a newer copy of the published log, or by the statement of the operator that there is none."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from zi_audit.files.log_keys import keys_of
from zi_audit.files.tile_folder import CHECKPOINT, TileFolder
from zi_audit.tools.refill import refill
from zi_chassis.storage.lease import LeaseTakenError, alone, lease_of
from zi_operations.examination import opened_ledger, opened_log
from zi_operations.house import OWN_FOLDER, VAULTS, WRITER, HouseOfData
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.restore import bring_erasures, hand_over, hand_over_tiles
from zi_operations.unsettled import read_unsettled, unsettled, unsettled_file
from zi_tlog.checkpoint import open_checkpoint
from zi_tlog.error import LogError

STATEMENTS = "statements"


def bring_missing(house: HouseOfData) -> list[str]:
    """Bring the erasures of the ledger to each service whose store is behind it; return those services."""
    with opened_ledger(house) as ledger:
        behind = [
            service
            for service in VAULTS
            if house.stores[service].head()[0] < ledger.progress(service).head.position
        ]
    for service in behind:
        bring_erasures(house, service)
        hand_over(house.data / service)
    return behind


def settle_by_log(house: HouseOfData, copy: Path) -> int:
    """Take over what the copy has and the ledger lacks, and all erasures; return how many entries came. The house stands still."""
    try:
        return alone(lease_of(house.settings_of(WRITER)), lambda: _settle(house, TileFolder(copy)))
    except LeaseTakenError as error:
        raise _running() from error


def _settle(house: HouseOfData, copy: TileFolder) -> int:
    settings = house.settings_of(WRITER)
    with opened_ledger(house) as ledger:
        try:
            size = open_checkpoint(copy.read(CHECKPOINT) or b"", *keys_of(settings).known).size
        except LogError as error:
            raise _no_copy(copy.folder, str(error)) from error
        waiting, present = read_unsettled(house), ledger.state().size
        if size < present or (waiting is not None and not waiting.is_settled_by(size, present)):
            raise _older(copy.folder, size, present)
        if waiting is not None:
            replace(waiting, taking=size).write(house, unsettled(house))
        came = refill(ledger, copy, keys_of(settings), settings.clock(), house.office)
    with opened_log(house):
        for service in VAULTS:
            bring_erasures(house, service)
            unsettled_file(house, service).unlink(missing_ok=True)
            hand_over(house.data / service)
    hand_over_tiles(house)
    return came


def settle_by_statement(house: HouseOfData, reason: str, now: datetime) -> None:
    """The operator states that nothing newer is known anywhere; the statement stays in the folder `backup`."""
    path = house.data / OWN_FOLDER / STATEMENTS
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("a") as file:
        file.write(f"{now.isoformat()} nothing newer is known: {' '.join(reason.split())}\n")
    for service in VAULTS:
        unsettled_file(house, service).unlink(missing_ok=True)


def _running() -> OperationError:
    return OperationError(
        OperationStatus.REFUSED,
        "The house is running. Stop it first, and start it afterwards.",
        "Rumah sedang berjalan. Hentikan dulu, dan jalankan lagi sesudahnya.",
    )


def _no_copy(copy: Path, why: str) -> OperationError:
    return OperationError(
        OperationStatus.REFUSED,
        f"{copy} is no copy of this house's published log (a folder with checkpoint and tile): {why}",
        f"{copy} bukan salinan log terbit rumah ini (folder dengan checkpoint dan tile): {why}",
    )


def _older(copy: Path, size: int, present: int) -> OperationError:
    return OperationError(
        OperationStatus.OLD,
        f"{copy} has {size} entries and the ledger {present}: it knows nothing newer. Look for another copy.",
        f"{copy} berisi {size} entri dan buku besar {present}: tidak ada yang lebih baru di dalamnya. Cari salinan lain.",
    )
