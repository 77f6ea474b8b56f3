"""Reads back what a service published: every message of one type, to the end of its stream, with the rights of its outbox. What
somebody else wrote there is passed over: what the store knows not to be its own, and what was declared foreign."""

import asyncio
import logging
from collections.abc import AsyncIterator

from nats.js.errors import NotFoundError

from zi_chassis.broker import Broker, heed_cancellation
from zi_chassis.foreign import Declared, Foreign, nothing_declared
from zi_chassis.outbox import NO_MESSAGE
from zi_chassis.recorded import digest
from zi_chassis.store import Store
from zi_chassis.topology import stream_of
from zi_contracts.message import Message, UnreadableMessageError

logger = logging.getLogger(__name__)


async def published(
    broker: Broker, type: str, store: Store, declared: Declared = nothing_declared
) -> AsyncIterator[Message]:
    """Waits for NATS; raises one of NATS_ERRORS when it goes away, UnreadableMessageError, and UnavailableError when the ledger has to
    be asked and can't be."""
    js, sequence, own = await broker.jetstream(), 0, _Own(store, declared)
    while True:
        heed_cancellation()
        try:
            found = await js.get_msg(
                stream_of(broker.service), seq=sequence + 1, subject=f"{type}.*", next=True
            )
        except NotFoundError as error:
            if error.err_code != NO_MESSAGE:
                raise  # the stream itself is missing
            return
        sequence = found.seq or 0
        if (message := await own.read(sequence, found.data or b"")) is not None:
            yield message


class _Own:
    """Tells the store's own messages from others; only what the store can't know, because it may have been restored, is asked for."""

    def __init__(self, store: Store, declared: Declared) -> None:
        self._store = store
        self._declared = declared
        self._foreign: set[Foreign] | None = None

    async def read(self, sequence: int, content: bytes) -> Message | None:
        here = Foreign(sequence, digest(content))
        try:
            message = Message.parse(content)
        except UnreadableMessageError:
            if not await self._is_foreign(here):
                raise
            message = None
        if message is not None and await asyncio.to_thread(self._store.message, message.id) == content:
            return message
        if message is not None and message.position > self._store.last()[0]:
            return None if await self._is_foreign(here) else message
        logger.critical("message %d of the own stream is not this store's and is passed over", sequence)
        return None

    async def _is_foreign(self, message: Foreign) -> bool:
        if self._foreign is None:
            self._foreign = set(await asyncio.to_thread(self._store.foreign, self._store.service))
        if message not in self._foreign:
            self._foreign |= {
                each for one in await self._declared(self._store.service) for each in one.messages
            }
        return message in self._foreign
