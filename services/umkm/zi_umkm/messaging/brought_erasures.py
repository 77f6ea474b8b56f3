"""The erasures of the ledger, in the file that `zona` writes into the folder of the service: after a restore no lane brings them again."""

from pathlib import Path

from zi_chassis.storage.database import Database
from zi_chassis.vault.erasure_files import brought_lines
from zi_contracts import intake
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_umkm.read.nicknames import forget_nickname


def forget_erased(database: Database, file: Path) -> None:
    """Delete the names of all businesses whose erasure the file has; a repeat changes nothing."""
    erased = [
        message.subject
        for message in map(Message.parse, brought_lines(file))
        if isinstance(data_of(message), intake.DataSubjectErased)
    ]
    if not erased:
        return
    with database.transaction() as tx:
        for ticket in erased:
            forget_nickname(tx, ticket)
