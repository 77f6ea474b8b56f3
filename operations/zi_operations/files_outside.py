"""The files of a house that lie in a bucket, and so in no backup: they are counted where a backup is made."""

from zi_chassis.storage.read_only import ReadOnlyDatabase
from zi_chassis.vault.files import HOUSE
from zi_operations.house import HouseOfData
from zi_verify.verdict import Sentence

COUNT = "SELECT COUNT(*) AS files, COALESCE(SUM(size), 0) AS size FROM vault_files WHERE item <> ?"


def files_outside(house: HouseOfData) -> Sentence | None:
    """Return how many there are and where; None where there are none."""
    database = ReadOnlyDatabase(house.stores["intake"].place)
    if not database.has("vault_files"):  # a store of before
        return None
    with database.reading() as tx:
        row = tx.execute(COUNT, HOUSE)[0]
    files, size = int(row["files"]), int(row["size"])
    if not files:
        return None
    where = house.settings_of("intake").files or "?"
    return Sentence(
        f"{files:,} files of {size:,} bytes lie in {where} and not in this backup: keep that bucket. zona drill looks whether each is there",
        f"{files:,} berkas sebesar {size:,} bita berada di {where} dan tidak di cadangan ini: pertahankan bucket itu. zona drill memeriksa apakah semuanya ada",
    )
