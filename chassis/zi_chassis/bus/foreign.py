"""Messages in a sender's stream that the sender did not publish: nothing proves them, or a person declared them in the ledger.

Each takes a sequence number of the stream and no position of the sender. Without them sequence and position are equal; after each of
them they differ by one more.
"""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import httpx
from prometheus_client import Counter
from pydantic import Field, TypeAdapter, ValidationError

from zi_chassis import outgoing
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.sender_proof import proof_in, read_claim
from zi_chassis.bus.stored_messages import first_message, stored_messages
from zi_chassis.domain import UnavailableError, Value
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import digest

T = TypeVar("T")
SECONDS = 3.0
PASSED_OVER = Counter(
    "zi_foreign_messages",
    "Messages on the stream of a sender that the sender never sent",
    ["service", "sender"],
)
TABLE = (
    "CREATE TABLE IF NOT EXISTS foreign_messages (sender TEXT NOT NULL, sequence INTEGER NOT NULL, hash TEXT NOT NULL,"
    " PRIMARY KEY (sender, sequence, hash))"
)


class ForeignRecord(NamedTuple):
    """The message at `sequence` of the stream, by the SHA-256 of its bytes."""

    sequence: int
    hash: str


class Continuation(Value):
    """A recorded declaration that these messages are not the sender's, whose chain continues from `after_position` and its `head`."""

    after_position: int
    head: str
    messages: tuple[ForeignRecord, ...] = Field(default=())


# sender -> the declarations about its stream; raises UnavailableError when the ledger doesn't answer.
ContinuationLookup = Callable[[str], Awaitable[Sequence[Continuation]]]
_ANSWER = TypeAdapter(tuple[Continuation, ...])


async def ask_ledger(address: str, shape: TypeAdapter[T], missing: T | None = None) -> T:
    """Return what the ledger answers at this address, and `missing`, where there is one, if it has no such page. Raises UnavailableError."""
    try:
        async with outgoing.client(SECONDS) as client:
            answer = await client.get(address)
        if missing is not None and answer.status_code == httpx.codes.NOT_FOUND:
            return missing
        return shape.validate_json(answer.raise_for_status().content)
    except (httpx.HTTPError, ValidationError) as error:
        raise UnavailableError(f"The ledger can't be asked: {error.__class__.__name__}") from error


async def nothing_declared(sender: str) -> Sequence[Continuation]:
    """Return no declarations, where there is no ledger."""
    return ()


def declared_by(audit_url: str) -> ContinuationLookup:
    """Return the lookup of the declarations in the published log, over the ledger's API."""

    async def declared(sender: str) -> Sequence[Continuation]:
        # A ledger that keeps no such list declares nothing.
        return await ask_ledger(f"{audit_url}/audit/api/senders/{sender}/continuations", _ANSWER, missing=())

    return declared


def position_at(sequence: int, foreign: Sequence[ForeignRecord]) -> int:
    """Count how many of the first `sequence` messages of the stream are the sender's; `foreign` in the order of the stream."""
    return sequence - bisect_right(foreign, sequence, key=lambda stranger: stranger.sequence)


def sequence_of(position: int, foreign: Iterable[ForeignRecord]) -> int:
    """Return the sequence of the sender's message at `position`; 0 before the first."""
    sequence = position
    for stranger in sorted(foreign):
        sequence += stranger.sequence <= sequence
    return sequence


async def present(broker: Broker, source: str, known: Iterable[ForeignRecord]) -> tuple[ForeignRecord, ...]:
    """Return those that the stream of `source` (/zi/<office>/<service>) holds, or held in front of where it begins now; a stream that was
    lost and published again holds none of them."""
    sender, wanted = source.rpartition("/")[2], set(known)
    js = await broker.jetstream(sender)
    removed = await _removed(broker, source, wanted)
    messages = stored_messages(js, sender, sorted({stranger.sequence for stranger in wanted}))
    found = [ForeignRecord(message.seq or 0, digest(message.data or b"")) async for message in messages]
    return (*removed, *(message for message in found if message in wanted))


async def _removed(broker: Broker, source: str, known: Iterable[ForeignRecord]) -> list[ForeignRecord]:
    """Return those in front of a shortened stream. Where the sender proves at which position the stream begins, their number follows from that:
    what is known may be of a stream before this one."""
    first = await first_message(await broker.jetstream(source.rpartition("/")[2]), source.rpartition("/")[2])
    if first is None or not first.seq or first.seq == 1:
        return []
    claim = read_claim(first.seq, first.data or b"", digest(first.data or b""), proof_in(first.headers))
    if not broker.verifier(source).holds(claim.position, claim.hash, claim.proof):
        return sorted(stranger for stranger in known if stranger.sequence < first.seq)
    return [ForeignRecord(sequence, "") for sequence in range(1, first.seq - claim.position + 1)]


def read(tx: Tx, sender: str) -> tuple[ForeignRecord, ...]:
    rows = tx.execute(
        "SELECT sequence, hash FROM foreign_messages WHERE sender = ? ORDER BY sequence", sender
    )
    return tuple(ForeignRecord(row["sequence"], row["hash"]) for row in rows)


def write(tx: Tx, sender: str, foreign: Iterable[ForeignRecord]) -> None:
    tx.many(
        "INSERT INTO foreign_messages VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(sender, *stranger) for stranger in foreign],
    )
