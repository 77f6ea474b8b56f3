"""The connection to NATS: it reconnects for ever, keeps the reason of a failure, and uses the service's inbox prefix only."""

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext

from zi_chassis.bus.sender_proof import PUBLIC_KEYS, SenderKey, SenderVerifier, read_public_keys
from zi_chassis.bus.topology import api_prefix
from zi_chassis.settings import addresses
from zi_chassis.unusable_setting import UnusableSettingError

logger = logging.getLogger(__name__)

# Raised when NATS is away, slow or refuses; every loop over it continues after one of these.
NATS_ERRORS = (nats.errors.Error, TimeoutError, OSError)
RECONNECT_WAIT = 0.25
CONNECT_TIMEOUT = 2
# A connection on which nothing comes back is given up after a quarter of a minute, by its unanswered pings or by the kernel, and made anew.
# The system's own times would repeat what was sent after ever longer pauses: half a minute after a cut of half a minute.
PING_SECONDS = 5
UNANSWERED_PINGS = 2
UNACKNOWLEDGED_MILLISECONDS = 15_000
FLUSH_SECONDS = 2
API_SECONDS = 2.0


class MissingKeyError(UnusableSettingError):
    """The service's key or the public keys of the senders are missing, or they do not fit each other."""


def heed_cancellation() -> None:
    """Raise a cancellation that was swallowed; every loop over NATS calls this once a turn.

    nats-py waits with wait_for, which before Python 3.12 swallows a cancellation that arrives together with the
    result (python/cpython#86296).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class PlainServerError(nats.errors.Error):
    """A server that is to speak TLS offers none: the library's client would go on in the clear."""

    def __init__(self) -> None:
        super().__init__("the address is tls:// and the server speaks no TLS")


class BusClient(Client):
    """Delivers a message with malformed headers without them; the library's client would stop reading for good. Speaks no word in the clear
    to a server whose address is tls://."""

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        await super()._process_info(info, initial_connection)
        if initial_connection:
            self._limit_silence()
        server = self._current_server
        if (
            initial_connection
            and server is not None
            and server.uri.scheme == "tls"
            and not info.get("tls_required")
        ):
            raise PlainServerError

    def _limit_silence(self) -> None:
        """Let the kernel end a connection that takes nothing: the library would wait for what it has still to send before it connects anew."""
        writer = getattr(self._transport, "_io_writer", None)
        connection = None if writer is None else writer.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLISECONDS)

    async def _process_headers(self, headers: bytes) -> dict[str, str] | None:
        try:
            return await super()._process_headers(headers)
        except (ValueError, IndexError):
            return None


class Broker:
    """The connection of a service under its own key; `open` returns at once, `client` waits for the server. `url` may be several
    addresses of one cluster, with commas between.

    `reconnects` counts reconnections, after each of which the server may hold less than before; `refused` is the last right that the
    server denied.
    """

    def __init__(self, service: str, url: str, seed: Path | None = None) -> None:
        self.service = service
        self._url = url
        self._seed = seed
        self.reconnects = 0
        self._error = ""
        self.refused: str | None = None
        self._connecting: asyncio.Task[Client] | None = None
        self._is_closing = False
        self._listeners: list[Callable[[], None]] = []

    async def __aenter__(self) -> "Broker":
        self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def open(self) -> None:
        if self._seed is not None:
            for file in (self._seed, _public_keys(self._seed)):
                if not file.is_file():
                    raise MissingKeyError(
                        f"{file} is missing: run `python -m zi_chassis.provision keys` before the services."
                    )
            self._refuse_another_key(_public_keys(self._seed))
        self._is_closing = False
        self._connecting = asyncio.create_task(self._connect(), name="broker")

    def _refuse_another_key(self, file: Path) -> None:
        """Raise MissingKeyError if receivers know another key of this service: they would pass over what it publishes."""
        known = read_public_keys(file).get(self.service)
        if known is not None and known != self.sender_key().public:
            raise MissingKeyError(
                f"{file} has another key of {self.service} than {self._seed}. Find out who changed one of them, then run"
                f" `python -m zi_chassis.provision keys`."
            )

    async def close(self) -> None:
        """Flush and close if NATS is there; wait for no server that is away."""
        self._is_closing = True
        task = self._connecting
        if task is None:
            return
        if not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=FLUSH_SECONDS)
        if task.done() and not task.cancelled() and task.exception() is None:
            await _leave(task.result())

    def subscribe(self, listener: Callable[[], None]) -> None:
        """`listener` is called after each reconnection."""
        self._listeners.append(listener)

    async def client(self) -> Client:
        """Return the connection once it is made; it stays valid through reconnections."""
        if self._connecting is None:
            raise RuntimeError("The broker is not open.")
        return await asyncio.shield(self._connecting)

    async def jetstream(self, sender: str | None = None) -> JetStreamContext:
        """Return the JetStream API of this service's account, or the part of it that the account of `sender` exports to this one."""
        client = await self.client()
        if sender in (None, self.service):
            return client.jetstream(timeout=API_SECONDS)
        return client.jetstream(prefix=api_prefix(sender), timeout=API_SECONDS)

    def sender_key(self) -> SenderKey:
        """Return the key by which this service proves what it publishes."""
        return SenderKey(self._key_file().read_bytes())

    def verifier(self, source: str) -> SenderVerifier:
        """Return the verifier of the proofs of `source` (/zi/<office>/<service>), by the public key that is on the disk now."""
        file, sender = _public_keys(self._key_file()), source.rpartition("/")[2]
        keys = read_public_keys(file)
        if sender not in keys:
            raise MissingKeyError(
                f"{file} has no key of {sender}: run `python -m zi_chassis.provision keys`."
            )
        return SenderVerifier(source, keys[sender])

    def _key_file(self) -> Path:
        if self._seed is None:
            raise MissingKeyError("ZI_NATS_SEED names no key, so nothing can be proven: set it.")
        return self._seed

    @property
    def connected(self) -> bool:
        task = self._connecting
        if task is None or not task.done() or task.cancelled() or task.exception():
            return False
        return task.result().is_connected

    @property
    def reason(self) -> str | None:
        """The reason why this service isn't connected, for readiness; None if it is."""
        return None if self.connected else f"NATS is away ({self._error or 'no answer yet'})"

    async def _connect(self) -> Client:
        client = BusClient()
        await client.connect(
            addresses(self._url),
            name=self.service,
            nkeys_seed=None if self._seed is None else str(self._seed),
            inbox_prefix=f"_INBOX.{self.service}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_WAIT,  # type: ignore[arg-type]  # a fraction of a second is slept all the same
            connect_timeout=CONNECT_TIMEOUT,
            ping_interval=PING_SECONDS,
            max_outstanding_pings=UNANSWERED_PINGS,
            error_cb=self._failed,
            disconnected_cb=self._disconnected,
            reconnected_cb=self._reconnected,
        )
        return client

    async def _failed(self, error: Exception) -> None:
        """Log and keep the error; a refused publish or subscribe is reported here and nowhere else."""
        text = f"{error.__class__.__name__}: {error}"
        if "permissions violation" in text.lower():
            self.refused = text
        if text != self._error:
            logger.error("NATS: %s", text)
        self._error = text

    async def _disconnected(self) -> None:
        if not self._is_closing:
            logger.warning("NATS: disconnected")

    async def _reconnected(self) -> None:
        self._error = ""
        self.reconnects += 1
        logger.info("NATS: connected again")
        for listener in self._listeners:
            listener()


def _public_keys(seed: Path) -> Path:
    """Return the file of the public keys of all senders, beside the folder of the seeds."""
    return seed.parent.parent / PUBLIC_KEYS


async def _leave(client: Client) -> None:
    """Close without a drain, which would wait for messages that nobody reads any more and that are delivered again."""
    try:
        if client.is_connected:
            await client.flush(FLUSH_SECONDS)
    except NATS_ERRORS as error:
        logger.warning("NATS: left without a flush (%s)", error.__class__.__name__)
    await client.close()
