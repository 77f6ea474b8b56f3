"""Read and write columns of the tables."""

from collections.abc import Mapping
from typing import Any

from zi_chassis.storage.database import Tx

MOST_ROWS = 200


def set_columns(tx: Tx, table: str, key: str, id: str, changed: Mapping[str, Any]) -> None:
    columns = ", ".join(f"{column} = ?" for column in changed)
    tx.execute(f"UPDATE {table} SET {columns} WHERE {key} = ?", *changed.values(), id)
