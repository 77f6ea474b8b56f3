"""Tells the messages of a sender from what others put on its stream, where a lane reads them.

A signature proves all that lies before it. Where no proof follows in what was read, the stream is searched for one
ahead: messages from before proofs, or under the key of before, are proven by the first that is signed now. Until
there is one nothing is said about them.
"""

from collections.abc import AsyncIterator, Sequence

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.sender_proof import (
    Claim,
    Judgement,
    Proven,
    SenderVerifier,
    judge,
    proof_in,
    read_claim,
    sort,
)
from zi_chassis.bus.stored_messages import AT_ONCE, last_sequence, stored_messages
from zi_chassis.bus.topology import stream_of
from zi_chassis.storage.recorded import digest

NOTHING = Proven.of({}, 0)


class UnprovenError(Exception):
    """Messages are waiting, and nothing on the stream proves yet whose they are."""


class SenderCheck:
    """For one lane, in the order of the stream. It begins anew when the server may have come back with another stream."""

    def __init__(self, broker: Broker, source: str) -> None:
        self._broker = broker
        self._source = source
        self._sender = source.rpartition("/")[2]
        self._connection = -1
        self._verifier: SenderVerifier | None = None
        self._searched = 0
        self._ahead = NOTHING

    async def judge(self, claims: Sequence[Claim], head: int) -> Judgement:
        """Judge the next messages of the stream, all after the sender's message at position `head`.

        Raises UnprovenError while nothing proves them, and NATS_ERRORS.
        """
        if self._connection != self._broker.reconnects:
            self.begin_anew()
        if claims[0].sequence > self._ahead.until:
            found = judge(claims, head, self.is_signed)
            if found.until:
                return found
            self._ahead = await self._look_ahead(claims, head)
        return sort(claims, self._ahead, head)

    def is_signed(self, claim: Claim) -> bool:
        """Return whether the sender itself signed this message."""
        return bool(claim.proof) and self.verifier.holds(claim.position, claim.hash, claim.proof)

    @property
    def verifier(self) -> SenderVerifier:
        """By the public key as it was provisioned when the connection was made."""
        if self._verifier is None:
            self._verifier = self._broker.verifier(self._source)
        return self._verifier

    def begin_anew(self) -> None:
        """Forget what was read of the stream and the key."""
        self._connection = self._broker.reconnects
        self._verifier, self._searched, self._ahead = None, 0, NOTHING

    async def _look_ahead(self, claims: Sequence[Claim], head: int) -> Proven:
        """Find the first proof behind these claims, and from it back the chain of the sender."""
        js = await self._broker.jetstream(self._sender)
        proof = await self._first_proof(js, claims[-1].sequence, head)
        positions, wanted = {proof.hash: proof.position}, proof.previous
        async for claim in self.backwards(proof.sequence - 1, claims[0].sequence):
            if claim.position and claim.hash == wanted:
                positions[claim.hash] = claim.position
                wanted = claim.previous
        return Proven.of(positions, proof.sequence)

    async def _first_proof(self, js: JetStreamContext, after: int, head: int) -> Claim:
        last = await last_sequence(js, self._sender)
        after = max(after, self._searched)
        while after < last:
            end = min(after + AT_ONCE, last)
            for claim in await self._claims(js, range(after + 1, end + 1)):
                if claim.position > head and self.is_signed(claim):
                    return claim
            after = self._searched = end
        raise UnprovenError(
            f"nothing proves yet that what waits on {stream_of(self._sender)} is of {self._sender}; its next message will"
        )

    async def backwards(self, last: int, first: int) -> AsyncIterator[Claim]:
        """Read what the stream holds from number `last` back to `first`."""
        js = await self._broker.jetstream(self._sender)
        while last >= first:
            begin = max(first, last - AT_ONCE + 1)
            for claim in reversed(await self._claims(js, range(begin, last + 1))):
                yield claim
            last = begin - 1

    async def _claims(self, js: JetStreamContext, sequences: Sequence[int]) -> list[Claim]:
        return [_claim(message) async for message in stored_messages(js, self._sender, sequences)]


def _claim(message: RawStreamMsg) -> Claim:
    content = message.data or b""
    return read_claim(message.seq or 0, content, digest(content), proof_in(message.headers))
