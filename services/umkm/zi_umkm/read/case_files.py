"""The files of cases, by what they were given for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_chassis.storage.database import Tx
from zi_contracts.vault import ItemRef


@dataclass(frozen=True)
class FileRow:
    """A document that the rules ask for, of the business or of one product, the evidence for a finding, or a photo of a part of a
    label: `code` says which."""

    kind: Literal["document", "evidence", "label"]
    code: str
    product: int | None
    file: ItemRef
    role: str
    at: datetime


def files_of(tx: Tx, case: UUID) -> list[FileRow]:
    """Return the files of a case in their order of arrival."""
    rows = tx.execute("SELECT * FROM case_files WHERE case_id = ? ORDER BY position", str(case))
    return [
        FileRow(
            kind=row["kind"],
            code=row["code"],
            product=row["product"],
            file=ItemRef(item=UUID(row["item"]), field=row["field"], digest=row["digest"]),
            role=row["role"],
            at=datetime.fromisoformat(row["at"]),
        )
        for row in rows
    ]
