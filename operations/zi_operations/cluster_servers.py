"""The servers of a cluster (docs/cluster.md): whether each server of NATS answers, and whether PostgreSQL has its copy. A house with one of each
has nothing to say here."""

import socket
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from zi_chassis.settings import addresses
from zi_chassis.storage.read_only import ReadOnlyDatabase
from zi_operations import remedies
from zi_operations.house import HouseOfData
from zi_operations.moment import database_faults
from zi_operations.standing_still import StandingStill

CONNECT_SECONDS = 3.0
NATS_PORT = 4222
GREETING = b"INFO "
_COPIES = (
    "SELECT current_setting('synchronous_standby_names') AS waited_for,"
    " count(*) FILTER (WHERE state = 'streaming') AS streaming,"
    " count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')) AS synchronous"
    " FROM pg_stat_replication WHERE application_name = ANY(?)"
)


def postgres_hosts(house: HouseOfData) -> list[str]:
    """Return the names of the servers of PostgreSQL, without their ports; none for a house on files."""
    if not house.ledger.is_postgres:
        return []
    servers = addresses(urlsplit(house.ledger.place).netloc.rpartition("@")[2])
    return [each.partition(":")[0] for each in servers]


def of_nats(servers: Sequence[str]) -> Iterator[StandingStill]:
    """Name the servers of a cluster that do not answer."""
    if len(servers) < 2:
        return
    silent = [each for each in servers if not _greets(each)]
    answering = len(servers) - len(silent)
    rest = (
        "the others go on"
        if answering > len(servers) / 2
        else "too few are left: nothing is published or heard"
    )
    for each in silent:
        yield StandingStill(f"nats {_host(each)}", f"does not answer; {rest}", remedies.NATS_SERVER)


def of_postgres(house: HouseOfData) -> Iterator[StandingStill]:
    """Say whether one of several servers leads and the other one has a copy of each commit."""
    hosts = postgres_hosts(house)
    if len(hosts) < 2 or not house.drill_server:
        return
    try:
        with ReadOnlyDatabase(house.drill_server).reading() as tx:
            [row] = tx.execute(_COPIES, hosts)
    except database_faults() as fault:
        why = f"none of {', '.join(hosts)} leads: {' '.join(str(fault).split())}"
        yield StandingStill("postgresql", why, remedies.NO_LEADER)
        return
    if (finding := of_copies(row["waited_for"], row["streaming"], row["synchronous"])) is not None:
        yield finding


def of_copies(waited_for: str, streaming: int, synchronous: int) -> StandingStill | None:
    """Judge by the name of the copy that commits wait for, and by how many copies follow, and are waited for."""
    if waited_for:
        why = f"nothing is recorded: each commit waits for its copy on {waited_for}, which is away"
        return None if synchronous else StandingStill("postgresql", why, remedies.COPY_AWAY)
    why = "one disk holds what is recorded: no commit waits for a copy"
    return StandingStill("postgresql", why, remedies.PAIR if streaming else remedies.NO_COPY)


def _greets(server: str) -> bool:
    """A server of NATS speaks first."""
    try:
        address = urlsplit(server)
        place = (address.hostname or "", address.port or NATS_PORT)
        with socket.create_connection(place, CONNECT_SECONDS) as connection:
            connection.settimeout(CONNECT_SECONDS)
            return connection.recv(len(GREETING)) == GREETING
    except (OSError, ValueError):
        return False


def _host(server: str) -> str:
    return urlsplit(server).netloc.rpartition("@")[2]
