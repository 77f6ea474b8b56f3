"""Compares the end of a service's own stream with its store: what the store published last, and what others wrote behind that. A stream
that was shortened is compared from where it begins."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg

from zi_chassis.bus.foreign import ForeignRecord, position_at, sequence_of
from zi_chassis.bus.sender_proof import SenderVerifier, proof_in, read_fields
from zi_chassis.bus.stored_messages import first_message, last_sequence, stored_message, stored_messages
from zi_chassis.storage.recorded import NO_PREVIOUS, digest
from zi_chassis.storage.store import Store

MOST_STRANGERS = 1000


@dataclass(frozen=True, slots=True)
class Stranger:
    """A message at the end of the stream that this store did not publish there. `repeats` is the position of a message of the store with
    the same bytes; `continues` is true of one that follows the store's last published message, as one would that a restored store lost;
    `signed` of one that carries this service's own proof."""

    sequence: int
    hash: str
    repeats: int | None
    continues: bool
    signed: bool = False


@dataclass(frozen=True, slots=True)
class StreamTail:
    """The last message of the store on the stream, and up to 1,000 strangers behind it; `proven` if that message carries its proof, and
    `last` is the number of the last message of the stream."""

    position: int
    head: str
    proven: bool
    last: int
    strangers: tuple[Stranger, ...] = ()

    @property
    def contradictions(self) -> tuple[Stranger, ...]:
        """Strangers that may be this service's: it signed them, or they continue its chain from a time before proofs. A copy of a message
        that the stream holds in its place is none; one of a message that is missing in front of it is."""
        return tuple(
            stranger
            for stranger in self.strangers
            if (stranger.repeats is None or stranger.repeats > self.position)
            and (stranger.signed or (stranger.continues and not self.proven))
        )


class OwnStream:
    """The stream of this service as it is now; `foreign` is what is known not to be the store's in it."""

    def __init__(
        self, js: JetStreamContext, store: Store, verifier: SenderVerifier, foreign: Sequence[ForeignRecord]
    ) -> None:
        self._js = js
        self._store = store
        self._verifier = verifier
        self._foreign = foreign
        self._before: tuple[int, str] = (0, NO_PREVIOUS)

    async def tail(self) -> StreamTail:
        """Find the last message of the store, and what is behind it."""
        first = await first_message(self._js, self._store.service)
        sequence = await last_sequence(self._js, self._store.service)
        self._before = self._in_front_of(first, sequence)
        position = await self._last_own(position_at(sequence, self._foreign))
        found = await self._behind(position, sequence)
        return await asyncio.to_thread(
            self._described, position, await self._own_message(position), sequence, found
        )

    def _in_front_of(self, first: RawStreamMsg | None, last: int) -> tuple[int, str]:
        """Return the position in front of the first message, and its hash as this message has it. Above 0 the stream was shortened."""
        begin = 0 if first is None else first.seq or 0
        if first is None or not 1 < begin <= last:
            return 0, NO_PREVIOUS
        previous = read_fields(first.data or b"").get("previous")
        return position_at(begin - 1, self._foreign), previous if isinstance(previous, str) else ""

    async def _last_own(self, highest: int) -> int:
        """The highest position up to `highest` at which the stream holds the store's own message: looked for in growing steps from the
        end, then between the last two of them."""
        begin = min(self._before[0], highest)
        low, high, step = highest, highest + 1, 1
        while low > begin and not await self._holds_own(low):
            low, high, step = max(begin, low - step), low, step * 2
        while low + 1 < high:
            middle = (low + high) // 2
            if await self._holds_own(middle):
                low = middle
            else:
                high = middle
        return low

    async def _holds_own(self, position: int) -> bool:
        rows = await asyncio.to_thread(self._store.messages, position - 1, 1)
        message = await self._own_message(position) if rows else None
        return message is not None and digest(message.data or b"") == rows[0].hash

    async def _own_message(self, position: int) -> RawStreamMsg | None:
        if position <= self._before[0]:
            return None
        return await stored_message(self._js, self._store.service, sequence_of(position, self._foreign))

    async def _behind(self, position: int, last: int) -> list[RawStreamMsg]:
        known = {foreign_message.sequence for foreign_message in self._foreign}
        first = sequence_of(position, self._foreign) + 1
        numbers = list(islice((n for n in range(first, last + 1) if n not in known), MOST_STRANGERS))
        return [message async for message in stored_messages(self._js, self._store.service, numbers)]

    def _described(
        self, position: int, message_of_store: RawStreamMsg | None, last: int, behind: Sequence[RawStreamMsg]
    ) -> StreamTail:
        head = self._before[1] if message_of_store is None else digest(message_of_store.data or b"")
        proven = message_of_store is not None and self._verifier.holds(
            position, head, proof_in(message_of_store.headers)
        )
        at, found = (position, head), list[Stranger]()
        for message in behind:
            stranger = self._stranger(message, at)
            if stranger is None:  # the store's next message: what is in front of it is settled first
                break
            found.append(stranger)
            at = (at[0] + 1, stranger.hash) if stranger.continues else at
        return StreamTail(position, head, proven, last, tuple(found))

    def _stranger(self, message: RawStreamMsg, at: tuple[int, str]) -> Stranger | None:
        content = message.data or b""
        fields, hash = read_fields(content), digest(content)
        # A stranger's id may hold a NUL, which PostgreSQL takes in no parameter.
        event, claimed = str(fields.get("id")).replace("\0", ""), fields.get("position")
        continues = (claimed, fields.get("previous")) == (at[0] + 1, at[1])
        is_stored = self._store.message(event) == content
        if is_stored and continues:
            return None
        proof = proof_in(message.headers)
        signed = bool(proof) and self._verifier.holds(claimed if type(claimed) is int else 0, hash, proof)
        return Stranger(message.seq or 0, hash, claimed if is_stored else None, continues, signed)
