"""One lane: the messages of one sender, in order, each effect once.

A batch is acknowledged after its effects and the sender's position are committed together. A message that can't be
handled stands in the way of all that follow, loudly, until it can be handled or an operator skips it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from prometheus_client import Gauge

from zi_chassis.backoff import Backoff
from zi_chassis.broker import NATS_ERRORS, Broker, heed_cancellation
from zi_chassis.database import Tx
from zi_chassis.domain import UnavailableError
from zi_chassis.foreign import PASSED_OVER, Declared, Foreign, nothing_declared, present, sequence_of
from zi_chassis.lanes import Blocked, Heard, Reaction
from zi_chassis.recorded import digest
from zi_chassis.sender_check import SenderCheck, UnprovenError
from zi_chassis.sender_proof import Claim, Judgement, read_claim
from zi_chassis.store import Store
from zi_chassis.stream_reader import Delivered, MissingMessageError, StreamReader
from zi_contracts.message import Message, UnreadableMessageError

logger = logging.getLogger(__name__)

React = Callable[[Tx, Message], Iterable[Reaction]]
POSITION = Gauge("zi_inbox_position", "Position of the last message heard", ["service", "sender"])
PENDING = Gauge("zi_inbox_pending", "Messages of the sender not fetched yet", ["service", "sender"])
BLOCKED = Gauge("zi_inbox_blocked", "1 while the lane stands still at a message", ["service", "sender"])


class MisplacedMessageError(ValueError):
    """A message stands elsewhere on the stream than it says, or names another sender."""


class Inbox:
    """The lane of one sender, run by the process that holds the lease; `react` is the service's policies. What the sender did not prove is
    passed over, and what was `declared` not to be the sender's."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        sender: str,
        react: React,
        durable: str = "",
        declared: Declared = nothing_declared,
    ) -> None:
        self.sender = sender
        self._broker = broker
        self._declared = declared
        self._foreign: tuple[Foreign, ...] = ()
        self._connection: int | None = None
        self._source = f"{store.source.rpartition('/')[0]}/{sender}"
        self.reason: str | None = None
        self.blocked: Blocked | None = None
        self._store = store
        self._react = react
        self._reader = StreamReader(broker, sender, durable or store.service)
        self._check = SenderCheck(broker, self._source)
        self._backoff = Backoff(0.5, 15.0)
        self._retry = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            heed_cancellation()
            try:
                await self._step()
            except Blocked as blocked:
                if not await self._learnt():
                    self.blocked = blocked
                    await self._stand(str(blocked), blocked=True)
            except UnprovenError as unproven:
                if not await self._learnt():
                    await self._stand(str(unproven), blocked=False)
            except MissingMessageError as missing:
                await self._stand(str(missing), blocked=True)
            except (UnavailableError, *NATS_ERRORS) as error:
                await self._stand(f"{error.__class__.__name__}: {error}", blocked=False)
            else:
                self._heard_on()

    def go_on(self) -> None:
        """What blocked the lane was skipped: looks at once instead of at the next try."""
        self.blocked = None
        self._backoff.reset()
        self._retry.set()

    async def _step(self) -> None:
        if self._connection != self._broker.reconnects:
            await self._know_stream()
        heard = await asyncio.to_thread(self._store.heard, self.sender)
        delivered = await self._reader.read(sequence_of(heard + 1, self._foreign) - 1)
        PENDING.labels(self._store.service, self.sender).set(self._reader.pending)
        if delivered:
            judged = await self._hear(heard, delivered)
            await self._reader.done(message for message in delivered if message.sequence <= judged)

    async def _hear(self, head: int, delivered: Sequence[Delivered]) -> int:
        """Handle all that is proven, up to the first that can't be handled; that one then blocks. Return up to which number it went."""
        known = {message.sequence for message in self._foreign}
        raw = {message.sequence: message.raw for message in delivered if message.sequence not in known}
        if not raw:
            return delivered[-1].sequence
        claims = [
            read_claim(message.sequence, message.raw, digest(message.raw), message.proof)
            for message in delivered
            if message.sequence in raw
        ]
        judged = await self._check.judge(claims, head)
        own, foreign, misfit = await self._sorted(judged, claims, head)
        await self._pass_over(foreign)
        await self._handle(own, raw)
        if misfit is not None:
            raise self._blocked(head + len(own) + 1, misfit.hash, _misplaced(misfit))
        return judged.until

    async def _sorted(
        self, judged: Judgement, claims: Sequence[Claim], head: int
    ) -> tuple[list[Claim], list[Foreign], Claim | None]:
        """The sender's next messages, what is passed over, and the first that is proven and does not fit, behind which nothing is looked at."""
        own, foreign, at = list[Claim](), list[Foreign](), dict[int, str]()
        for claim in claims:
            if claim.sequence > judged.until:
                break
            is_own, due = claim.sequence in judged.own, head + len(own) + 1
            if is_own and claim.position == due:
                own.append(claim)
                at[due] = claim.hash
            elif claim.sequence in judged.foreign or (is_own and await self._repeats(claim, due, at)):
                foreign.append(Foreign(claim.sequence, claim.hash))
            else:
                return own, foreign, claim
        return own, foreign, None

    async def _repeats(self, claim: Claim, due: int, at: dict[int, str]) -> bool:
        """Return whether these are the bytes of an earlier message of the sender, as of one that was delivered onto its stream again."""
        if claim.position >= due:
            return False
        if claim.position in at:
            return at[claim.position] == claim.hash
        js = await self._broker.jetstream(self.sender)
        sequence = sequence_of(claim.position, self._foreign)
        return digest((await js.get_msg(self._reader.stream, seq=sequence)).data or b"") == claim.hash

    async def _pass_over(self, foreign: Sequence[Foreign]) -> None:
        if not foreign:
            return
        await self._store.learn(self.sender, self._foreign, foreign)
        self._foreign = tuple(sorted((*self._foreign, *foreign)))
        PASSED_OVER.labels(self._store.service, self.sender).inc(len(foreign))
        logger.critical(
            "inbox: %d messages on %s are not of %s and are passed over",
            *(len(foreign), self._reader.stream, self.sender),
        )

    async def _handle(self, own: Sequence[Claim], raw: dict[int, bytes]) -> None:
        heard: list[Heard] = []
        unreadable: Blocked | None = None
        for claim in own:
            try:
                heard.append(self._heard(raw[claim.sequence], claim.position))
            except (UnreadableMessageError, MisplacedMessageError) as error:
                unreadable = self._blocked(claim.position, claim.hash, error)
                break
        if heard:
            position = await self._store.hear(self.sender, heard, self._react)
            POSITION.labels(self._store.service, self.sender).set(position)
        if unreadable is not None:
            raise unreadable

    def _blocked(self, position: int, hash: str, why: Exception) -> Blocked:
        return Blocked(self.sender, position, f"sha256 {hash}", why, hash)

    def _heard(self, raw: bytes, position: int) -> Heard:
        message = Message.parse(raw)
        if message.position != position:
            raise MisplacedMessageError(f"it says that it is at position {message.position}")
        if message.source != self._source or not message.type.startswith(f"zi.{self.sender}."):
            raise MisplacedMessageError(f"it is {message.type} of {message.source}")
        return Heard(message.position, raw, message)

    async def _know_stream(self) -> None:
        """Which of the messages that are not the sender's this stream holds; after a reconnection it may be another one."""
        connection = self._broker.reconnects
        known = await asyncio.to_thread(self._store.foreign, self.sender)
        self._foreign = await present(self._broker, self.sender, known)
        self._connection = connection

    async def _learnt(self) -> bool:
        """Whether the ledger says more now about what this stream holds, so that the lane may go on."""
        before = self._foreign
        try:
            await self._know_stream()
            declared = {message for one in await self._declared(self.sender) for message in one.messages}
            fresh = await present(self._broker, self.sender, declared - set(self._foreign))
            if fresh:
                await self._store.learn(self.sender, self._foreign, fresh)
                self._foreign = tuple(sorted((*self._foreign, *fresh)))
        except (UnavailableError, *NATS_ERRORS) as error:
            logger.warning("inbox: what blocks %s can't be looked up now: %s", self._reader.stream, error)
        return self._foreign != before

    async def _stand(self, why: str, *, blocked: bool) -> None:
        reason = f"{self._reader.stream} is not heard: {why}"
        if reason != self.reason:
            logger.log(logging.CRITICAL if blocked else logging.WARNING, "inbox: %s", reason)
        self.reason = reason
        BLOCKED.labels(self._store.service, self.sender).set(blocked)
        self._retry.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._retry.wait(), self._backoff.next())

    def _heard_on(self) -> None:
        self.reason = self.blocked = None
        self._backoff.reset()
        BLOCKED.labels(self._store.service, self.sender).set(0)


def _misplaced(claim: Claim) -> MisplacedMessageError:
    return MisplacedMessageError(
        f"it is proven, it says that it is at position {claim.position}, and another is due"
    )
