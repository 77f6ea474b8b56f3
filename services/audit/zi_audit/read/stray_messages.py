"""The messages that a stopped outbox found on its stream and did not write: which entries of the log they are, and who looked into each."""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from zi_audit.domain.arrival import message_hash
from zi_audit.domain.chain import ZEROS, Break
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.status import read_status
from zi_audit.read.acknowledgements import Acknowledgement, acknowledgements_of
from zi_audit.read.index import Index
from zi_chassis.bus.foreign import Continuation, ForeignRecord
from zi_chassis.domain import Value
from zi_chassis.storage.store import Store
from zi_chassis.web.lanes import OutboxState, StrangerState

MOST = 2000  # entries of a lane that are searched for stray messages; an outbox names 1000 of these at most


class StrayMessage(Value):
    """A message at `sequence` of the stream; `repeats` is the position of the sender's own message of which it is a copy; `signed`: it
    carries the sender's proof. `index` is the entry to look at, its own where it `is_logged`. A copy and what the log passed over have none
    and are looked at with the first message that has one, else with the sender's last; None while the log has not read so far.
    `is_declared` after two officials said that it is not the sender's."""

    sequence: int
    hash: str
    repeats: int | None
    continues: bool
    signed: bool
    index: int | None
    is_logged: bool
    kind: Break | None
    is_declared: bool
    acknowledged: Sequence[Acknowledgement]

    def is_settled_for(self, actor: str) -> bool:
        """Return whether somebody else than this person looked into it."""
        return any(each.actor != actor for each in self.acknowledged)


class _Place(NamedTuple):
    """The entry to look at for a message, and whether it is the message's own."""

    entry: int
    is_logged: bool


class StrayMessages:
    """Looked up in the index and the published log of `origin`."""

    def __init__(self, store: Store, index: Index, log: PublishedLog, origin: str) -> None:
        self._store = store
        self._index = index
        self._log = log
        self._origin = origin

    async def of(
        self, sender: str, outbox: OutboxState, declared: Sequence[Continuation]
    ) -> Sequence[StrayMessage]:
        """In the order of the stream."""
        here = (outbox.after_position, outbox.head)
        settled = {
            message
            for continuation in declared
            if (continuation.after_position, continuation.head) == here
            for message in continuation.messages
        }
        places = await asyncio.to_thread(self._places, sender, outbox)
        indexes = [place.entry for place in places.values()]
        known = await acknowledgements_of(self._store, self._origin, indexes)
        kinds = await asyncio.to_thread(self._index.kinds, indexes)
        found = []
        for message in outbox.messages:
            place = places.get(message.sequence)
            stray = StrayMessage(
                **dict(message),
                index=None if place is None else place.entry,
                is_logged=place is not None and place.is_logged,
                kind=kinds.get(place.entry) if place is not None and place.is_logged else None,
                is_declared=ForeignRecord(message.sequence, message.hash) in settled,
                acknowledged=() if place is None else known.get(place.entry, ()),
            )
            found.append(stray)
        return found

    def stands_at(self, sender: str, position: int, head: str) -> bool:
        """Return whether the log has the sender's message at this position with this hash."""
        return head == ZEROS if position == 0 else self._digest_at(sender, position) == head

    def _places(self, sender: str, outbox: OutboxState) -> Mapping[int, _Place]:
        """By number in the stream. A lane is logged in its order, so what came behind the sender's last own message is behind its entry."""
        last = self._index.place(sender, outbox.after_position) if outbox.after_position else None
        lane = self._index.of_lane(sender, -1 if last is None else last[0], MOST)
        exact, stand_ins = dict[str, int](), dict[str, int]()
        for (index, _), entry in zip(lane, self._log.entries_at(lane), strict=True):
            exact.setdefault(sha256(entry).hexdigest(), index)
            if (digest := message_hash(entry)) is not None:
                stand_ins.setdefault(digest, index)
        by_hash = stand_ins | exact
        found = {
            message.sequence: _Place(by_hash[message.hash], is_logged=True)
            for message in outbox.messages
            if message.repeats is None and message.hash in by_hash
        }
        beside = next(iter(found.values()), None) or last
        if beside is not None and self._is_read(sender, outbox.messages):
            return {each.sequence: _Place(beside[0], is_logged=False) for each in outbox.messages} | found
        return found

    def _is_read(self, sender: str, messages: Sequence[StrangerState]) -> bool:
        """Return whether the log has read the last of these that is proven: what it lacks then of those before and behind, it passed over."""
        status = read_status(self._log.tiles)
        progress = 0 if status is None else status.heard.get(sender, 0)
        return all(message.sequence <= progress for message in messages if message.signed)

    def _digest_at(self, sender: str, position: int) -> str | None:
        place = self._index.place(sender, position)
        content = None if place is None else self._log.entry(*place)
        return None if content is None else sha256(content).hexdigest()
