"""`python -m zi_chassis.provision keys|streams`: makes the keys and rights, then the streams; safe to run again."""

import argparse
import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import nkeys  # type: ignore[import-untyped]
from nats.errors import NoRespondersError
from nats.js.errors import ServiceUnavailableError

from zi_chassis.bus.broker import BusClient
from zi_chassis.bus.broker_config import Cluster, Server, render
from zi_chassis.bus.grants import FILE, BusGrants, UnreadableGrantsError
from zi_chassis.bus.sender_proof import PUBLIC_KEYS, SenderKey, format_public_keys
from zi_chassis.bus.server_start import render_start
from zi_chassis.bus.streams import OtherSettingsError, provision
from zi_chassis.bus.topology import PROVISIONER, Topology
from zi_chassis.secret_file import write_secret
from zi_chassis.settings import NATS_MONITOR, UNUSABLE, Settings, addresses

PATIENCE = 60.0
TRY_SECONDS = 0.5
# A cluster answers so while it elects its leader, and while the copies of a new stream find each other.
UNSETTLED = (TimeoutError, NoRespondersError, ServiceUnavailableError)


def seed_file(data: Path, service: str) -> Path:
    return data / "nats" / "keys" / f"{service}.nk"


def start_file(data: Path) -> Path:
    """Return the script that starts the server of this data folder."""
    return data / "nats" / "start.sh"


class StandaloneStreamsError(Exception):
    """Streams that no cluster made: a server that joins one removes them."""


def refuse_standalone_streams(store: Path) -> None:
    """Raise StandaloneStreamsError if a server without a cluster stored streams under `store`."""
    root = store / "jetstream"
    of_cluster = (root / "$SYS").is_dir()  # which keeps there what it has agreed on
    if not of_cluster and any(root.glob("*/streams/*")):
        raise StandaloneStreamsError(
            f"The streams in {root} were made by one server alone, and as a part of a cluster it would remove them. Nothing was changed:"
            " a cluster begins with a house without data (docs/cluster.md)."
        )


def route_secret(data: Path) -> str:
    """Return the password by which the servers of a cluster know each other; made at first use."""
    path = data / "nats" / "keys" / "route"
    if not path.exists():
        write_secret(path, secrets.token_hex(32).encode())
    return path.read_text()


def write_keys(topology: Topology, data: Path, server: Server) -> None:
    """Make missing seeds and keep the others; write nats.conf, with the grants of grants.toml, the server's start script and the senders'
    public keys anew beside them."""
    public_keys = {name: _public_key(seed_file(data, name)) for name in [*topology.root, PROVISIONER]}
    config = data / "nats" / "nats.conf"
    opened = BusGrants.read(data / "nats")
    _refuse_unfit(opened, topology, public_keys.values())
    # The servers' own password is in it, where there are several.
    _write(config, render(topology, public_keys, server, opened), 0o600)
    seeds = {sender: seed_file(data, sender) for sender in topology.senders}
    senders = {sender: SenderKey(seed.read_bytes()).public for sender, seed in seeds.items()}
    _write(data / "nats" / PUBLIC_KEYS, format_public_keys(senders))
    _write(start_file(data), render_start(topology, server.store, config.absolute()))


def _refuse_unfit(opened: BusGrants, topology: Topology, keys: Collection[str]) -> None:
    taken = [party for party, grant in opened.root.items() if grant.key in keys]
    if taken:
        raise UnreadableGrantsError(
            f"The key of {taken} is one of this house: each third party makes its own."
        )
    unknown = {sender for grant in opened.root.values() for sender in grant.senders} - set(topology.senders)
    if unknown:
        raise UnreadableGrantsError(f"Nothing is published by {sorted(unknown)}: correct {FILE}.")


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    fresh.rename(path)


async def make_streams(topology: Topology, url: str, seed: Path, replicas: int = 1) -> list[str]:
    """Waits for the server; returns the names of what was created."""
    async with connected(url, seed, PATIENCE) as client:
        opened = BusGrants.read(seed.parent.parent)
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await provision(client, topology, replicas, opened)
                except UNSETTLED:
                    await asyncio.sleep(TRY_SECONDS)


@asynccontextmanager
async def connected(url: str, seed: Path, patience: float = PATIENCE) -> AsyncIterator[BusClient]:
    """Connect under the provisioner's key. Raises TimeoutError where the server does not answer."""
    client = BusClient()
    async with asyncio.timeout(patience):
        await client.connect(
            addresses(url),
            nkeys_seed=str(seed),
            inbox_prefix=f"_INBOX.{PROVISIONER}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,  # type: ignore[arg-type]  # a fraction of a second is slept all the same
            error_cb=_quiet,
        )
    try:
        yield client
    finally:
        await client.close()


async def _quiet(error: Exception) -> None:
    """A server that isn't up yet is no news; running out of patience is."""


def _public_key(path: Path) -> str:
    if not path.exists():
        write_secret(path, nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER))
    return str(nkeys.from_seed(bytearray(path.read_bytes().strip())).public_key.decode())


def _arguments(settings: Settings, arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zi_chassis.provision", description=__doc__)
    parser.add_argument("what", choices=["keys", "streams"])
    parser.add_argument("--topology", type=Path, default=Path("deploy/nats/topology.toml"))
    parser.add_argument(
        "--listen",
        default=addresses(settings.nats_url)[0].removeprefix("nats://"),
        help="host:port of NATS; by default the first address of ZI_NATS_URL",
    )
    parser.add_argument("--monitor", default=f"127.0.0.1:{settings.port + NATS_MONITOR}", help="host:port")
    parser.add_argument("--store", type=Path, default=settings.data.absolute() / "nats" / "jetstream")
    parser.add_argument(
        "--routes",
        default="",
        help="host:port of each server of a cluster, with commas between; empty for one server",
    )
    parser.add_argument("--replicas", type=int, default=1)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    try:
        settings = Settings(service=PROVISIONER)
        options = _arguments(settings, arguments)
        topology = Topology.read(options.topology)
        if options.what == "streams":
            return _streams(settings, topology, options.replicas)
        routes = addresses(options.routes)
        if routes:
            refuse_standalone_streams(options.store)
        cluster = Cluster(routes, route_secret(settings.data)) if routes else None
        server = Server(options.listen, options.monitor, options.store, cluster=cluster)
        write_keys(topology, settings.data, server)
    except (UnreadableGrantsError, StandaloneStreamsError, *UNUSABLE) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _streams(settings: Settings, topology: Topology, replicas: int) -> int:
    seed = settings.nats_seed or seed_file(settings.data, PROVISIONER)
    try:
        created = asyncio.run(make_streams(topology, settings.nats_url, seed, replicas))
    except OtherSettingsError as error:
        print(error, file=sys.stderr)
    except TimeoutError:
        print(f"NATS did not answer at {settings.nats_url} within {PATIENCE:.0f} s.", file=sys.stderr)
    else:
        print(f"created {', '.join(created)}" if created else "streams and consumers are as they should be")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
