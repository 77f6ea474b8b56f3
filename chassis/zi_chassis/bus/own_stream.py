"""Reads back what a service published: every message of one type, to the end of its stream, with the rights of its outbox. What
somebody else wrote there is passed over: what the store knows not to be its own, what carries no proof, and what was declared foreign.

Erasures are read from their copies first: a stream that was shortened does not have all of them."""

import asyncio
import logging
from collections.abc import AsyncIterator

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from zi_chassis.bus.broker import Broker, heed_cancellation
from zi_chassis.bus.foreign import ContinuationLookup, ForeignRecord, nothing_declared
from zi_chassis.bus.own_tail import OwnStream
from zi_chassis.bus.sender_proof import Claim, SenderVerifier, proof_in, read_claim
from zi_chassis.bus.stored_messages import NO_MESSAGE
from zi_chassis.bus.topology import erasure_stream_of, stream_of
from zi_chassis.storage.recorded import digest
from zi_chassis.storage.store import Store
from zi_contracts.message import Message

logger = logging.getLogger(__name__)

SOURCE = "Nats-Stream-Source"


async def published(
    broker: Broker,
    type: str,
    store: Store,
    declared: ContinuationLookup = nothing_declared,
    *,
    with_copies: bool = False,
) -> AsyncIterator[Message]:
    """Waits for NATS; raises one of NATS_ERRORS when it goes away or a stream is missing, UnreadableMessageError, and UnavailableError when
    the ledger has to be asked and can't be. With `with_copies`, messages on both streams come twice."""
    js = await broker.jetstream()
    sender_filter = _SenderFilter(js, store, broker.verifier(store.source), declared)
    senders_stream = stream_of(broker.service)
    for stream in [erasure_stream_of(broker.service), senders_stream] if with_copies else [senders_stream]:
        async for found in of_type(js, stream, type):
            sequence = found.seq or 0 if stream == senders_stream else _number_on_stream(found)
            proof = proof_in(found.headers)
            if (message := await sender_filter.read(sequence, found.data or b"", proof)) is not None:
                yield message


async def of_type(js: JetStreamContext, stream: str, type: str) -> AsyncIterator[RawStreamMsg]:
    """Read the messages of one type on a stream, whoever wrote them, without a consumer."""
    sequence = 0
    while True:
        heed_cancellation()
        try:
            found = await js.get_msg(stream, seq=sequence + 1, subject=f"{type}.*", next=True)
        except NotFoundError as error:
            if error.err_code != NO_MESSAGE:
                raise  # the stream itself is missing
            return
        sequence = found.seq or 0
        yield found


def _number_on_stream(copy: RawStreamMsg) -> int:
    """Return the number of the message on the sender's stream, which the server writes beside a copy: `<stream> <number> ...`."""
    origin = (copy.headers or {}).get(SOURCE, "").split()
    return int(origin[1]) if len(origin) > 1 and origin[1].isdigit() else 0


class _SenderFilter:
    """Tells the store's own messages from others; only what the store can't know, because it may have been restored, is asked for."""

    def __init__(
        self, js: JetStreamContext, store: Store, verifier: SenderVerifier, declared: ContinuationLookup
    ) -> None:
        self._js = js
        self._store = store
        self._verifier = verifier
        self._declared = declared
        self._foreign: set[ForeignRecord] | None = None
        self._is_proven: bool | None = None

    async def read(self, sequence: int, content: bytes, proof: str) -> Message | None:
        claim = read_claim(sequence, content, digest(content), proof)
        if await self._sent(claim):
            return Message.parse(content)
        logger.critical("message %d of the own stream is not this store's and is passed over", sequence)
        return None

    async def _sent(self, claim: Claim) -> bool:
        if claim.position == 0:
            return False
        rows = await asyncio.to_thread(self._store.messages, claim.position - 1, 1)
        if rows:
            return rows[0].hash == claim.hash
        if await self._is_foreign(ForeignRecord(claim.sequence, claim.hash)):
            return False
        return self._verifier.holds(claim.position, claim.hash, claim.proof) or await self._from_before()

    async def _is_foreign(self, message: ForeignRecord) -> bool:
        if self._foreign is None:
            self._foreign = set(await asyncio.to_thread(self._store.foreign, self._store.service))
        if message not in self._foreign:
            self._foreign |= {
                each
                for continuation in await self._declared(self._store.service)
                for each in continuation.messages
            }
        return message in self._foreign

    async def _from_before(self) -> bool:
        """Return whether a message behind the store's last one may be from before proofs."""
        if self._is_proven is None:
            known = sorted(await asyncio.to_thread(self._store.foreign, self._store.service))
            self._is_proven = (await OwnStream(self._js, self._store, self._verifier, known).tail()).proven
        return not self._is_proven
