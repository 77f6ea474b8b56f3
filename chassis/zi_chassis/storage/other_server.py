"""Refuse to record on another server than the one whose store was compared with what is published.

A standby that was promoted, or a server that came back from a backup, may hold an older copy. The session of the lease ends with its server, but
seconds may go by before that is seen, and a command may come over a new connection meanwhile. A server is known by the moment at which it
began; on SQLite the file is the process's own, and there is no other.
"""

from datetime import datetime

from zi_chassis.storage.database import Tx

BEGAN = "SELECT pg_postmaster_start_time() AS began"


class OtherServerError(OSError):
    """A fault of the machine: the store has to be compared again."""


def server_of(tx: Tx) -> datetime | None:
    """Return when the server of PostgreSQL began, None on SQLite."""
    began: datetime | None = tx.execute(BEGAN)[0]["began"] if tx.postgres else None
    return began


def refuse_other_server(tx: Tx, compared: datetime | None) -> None:
    """Raises OtherServerError where a server was `compared` and this is another."""
    if compared is not None and server_of(tx) != compared:
        raise OtherServerError("another server of the database answers than the one whose store was compared")
