"""Complaints that intake took, counted by month and kind: what the agenda of a forum says of them. No case, no person."""

from datetime import datetime

from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_contracts.intake import ComplaintFiled
from zi_contracts.message import Message

COMPLAINT_TABLES = (
    "CREATE TABLE IF NOT EXISTS complaint_counts (month TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY (month, kind))",
)


def count_complaint(tx: Tx, message: Message, complaint: ComplaintFiled) -> None:
    """Count it under its month in the office's time; to be called once a message, in the transaction that receives it."""
    kind = complaint.kind if complaint.commodity is None else f"{complaint.kind}: {complaint.commodity}"
    tx.execute(
        "INSERT INTO complaint_counts (month, kind, number) VALUES (?, ?, 1) ON CONFLICT (month, kind)"
        " DO UPDATE SET number = complaint_counts.number + 1",
        *(month_of(message.time), kind),
    )


def month_of(at: datetime) -> str:
    return at.astimezone(office_zone()).strftime("%Y-%m")
