"""Columns of the read models as values, and the update of one row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from zi_chassis.storage.database import Tx
from zi_contracts.vault import ItemRef


def update_row(tx: Tx, table: str, key: str, id: UUID, changed: Mapping[str, Any]) -> None:
    columns = ", ".join(f"{column} = ?" for column in changed)
    tx.execute(f"UPDATE {table} SET {columns} WHERE {key} = ?", *changed.values(), str(id))


def stored_item(stored: str | None) -> ItemRef | None:
    return None if stored is None else ItemRef.model_validate_json(stored)
