"""The parts for PostgreSQL only. They are imported where an address names one, so that a house on SQLite, which is the small one,
carries no driver in any of its processes.
"""

import asyncio
import hashlib
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from eventsourcing.persistence import NotSupportedError, OperationalError
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from zi_chassis.storage.lease import Call, LeaseLostError, nothing

logger = logging.getLogger(__name__)

TRY_SECONDS = 1.0
CHECK_SECONDS = 2.0
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = (
    "3"  # the system's own time is over two minutes, and a server that comes back is found that much later
)
RECONNECT_SECONDS = 1.0
POOLED, ABOVE_THEM = 2, 8
MOST_CONNECTIONS = POOLED + ABOVE_THEM  # of one process to one database, without that of a lease
FAULTS = (psycopg.Error, OSError)
WAIT_SECONDS = (
    5.0  # for a connection, as on SQLite for the lock: then a person gets an answer and tries again
)
# A session whose network was cut ends on both sides within half a minute; with the system's own times the server would hold its locks
# for about two hours. Seconds, seconds, probes, milliseconds.
SERVER_KEEPALIVES = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000"
# The server's own figure is that of a turning disk, and makes it read whole tables for the counts of a desk, which an index of a tenth of
# the pages has in it: 12 ms instead of 4 for ten thousand cases.
PLANNING = "-c random_page_cost=1.1"
CLIENT_KEEPALIVES = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",  # while an answer is awaited, no keepalive is sent
}


class _Datastore(PostgresDatastore):
    @contextmanager
    def get_connection(self) -> Iterator[psycopg.Connection[dict[str, Any]]]:
        """A newer version may have replaced the table of a prepared statement by one with other columns. The server refuses such a statement,
        and the driver then prepares it anew: that is a fault of the machine, which passes, for readers and writers alike."""
        try:
            with super().get_connection() as connection:
                yield connection
        except NotSupportedError as replaced:
            raise OperationalError(*replaced.args) from replaced


def datastore(address: str) -> PostgresDatastore:
    part = _parts(address)
    created = _Datastore(
        dbname=part.pop("dbname", ""),
        host=part.pop("host", ""),
        port=part.pop("port", "5432"),
        user=part.pop("user", ""),
        password=part.pop("password", ""),
        pool_size=POOLED,
        max_overflow=ABOVE_THEM,
        connect_timeout=WAIT_SECONDS,
        pre_ping=True,
    )
    arguments: Any = created.pool.kwargs
    arguments |= part  # other parts of the address, such as sslmode
    # The pool's own pauses between two tries grow to minutes. A try that is given up makes room for the next request's.
    created.pool.reconnect_timeout = RECONNECT_SECONDS
    return created


@contextmanager
def reading(pooled: PostgresDatastore) -> Iterator[Any]:
    """Yield a cursor that nothing can be written with. The transaction is committed: after one that is rolled back, the driver drops the
    statements that the server has prepared, which then plans each of them anew. The pool rolls back what ends with an error."""
    with pooled.get_connection() as connection:
        connection.execute("BEGIN READ ONLY")
        yield connection.cursor()
        connection.execute("COMMIT")


def _parts(address: str) -> dict[str, str]:
    """Return the parts of the address, with the times after which a cut connection counts as ended."""
    part = {name: str(value) for name, value in conninfo_to_dict(address).items() if value is not None}
    limits = CLIENT_KEEPALIVES | {"connect_timeout": CONNECT_SECONDS}
    return limits | part | {"options": f"{SERVER_KEEPALIVES} {PLANNING} {part.get('options', '')}".strip()}


def read_only(address: str) -> psycopg.Connection[dict[str, Any]]:
    """Everything that is read on it is of one moment."""
    connection = psycopg.connect(make_conninfo(**_parts(address)), row_factory=dict_row)
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def create_event_tables(datastore: PostgresDatastore) -> None:
    PostgresProcessRecorder(datastore).create_table()


class PostgresLease:
    """An advisory lock of a session of its own, named after the service. `reason` is set while the server does not answer."""

    can_be_won_again = True

    def __init__(self, address: str, service: str) -> None:
        self.is_held = False
        self.reason: str | None = None
        self._address = address
        self._key = int.from_bytes(hashlib.sha256(f"zi lease {service}".encode()).digest()[:8], signed=True)
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._has_ended = False  # a session, and no other has answered yet

    async def acquire(self, in_doubt: Call = nothing) -> None:
        """Waits as a standby for as long as another process holds the lease. Between two sessions the server may have come back as an older
        copy, so what was read before counts neither for this process when it leads nor for a standby."""
        while not self.is_held:
            try:
                is_won = await self._ask("SELECT pg_try_advisory_lock(%s)", self._key)
                if self._has_ended:
                    in_doubt()
                self.is_held, self.reason, self._has_ended = is_won, None, False
            except FAULTS as error:
                known = self.reason
                await self._forget(error)
                in_doubt()
                if self.reason != known:  # and not a line a second
                    logger.warning("lease: %s", error)
            if not self.is_held:
                await asyncio.sleep(TRY_SECONDS)

    async def keep(self) -> None:
        try:
            while True:
                await self._look()
                await self._ask("SELECT true")
        except FAULTS as error:
            await self._forget(error)
            raise LeaseLostError(
                f"The lease on the database is lost ({error.__class__.__name__})."
            ) from error

    async def _look(self) -> None:
        """Return after a while; raises at once when the server ends the session."""
        assert self._connection is not None
        async for _ in self._connection.notifies(timeout=CHECK_SECONDS):
            pass

    async def release(self) -> None:
        await self._forget()

    async def _ask(self, sql: str, *values: object) -> bool:
        if self._connection is None:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._connection = await psycopg.AsyncConnection.connect(
                    make_conninfo(**_parts(self._address)), autocommit=True
                )
        # A statement that is cancelled asks the server to end it, and waits ten seconds more for a server that is silent.
        late = asyncio.get_running_loop().call_later(ANSWER_SECONDS, _hang_up, self._connection)
        try:
            row = await (await self._connection.execute(sql.encode(), values)).fetchone()
        finally:
            late.cancel()
        return bool(row and row[0])

    async def _forget(self, fault: Exception | None = None) -> None:
        connection, self._connection, self.is_held = self._connection, None, False
        self._has_ended = True
        if fault is not None:
            self.reason = (
                f"the database does not answer ({fault.__class__.__name__}), so nobody knows who leads"
            )
        if connection is not None:
            await connection.close()


def _hang_up(connection: psycopg.AsyncConnection[Any]) -> None:
    """Let whoever waits for an answer on it see its end at once."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)
