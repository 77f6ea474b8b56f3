"""The messages that a stopped outbox found on its stream and did not write: which entries of the log they are, and who looked into each."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from zi_audit.acknowledgements import Acknowledgement, acknowledgements_of
from zi_audit.arrival import message_hash
from zi_audit.chain import ZEROS, Break
from zi_audit.index import Index
from zi_audit.published_log import PublishedLog
from zi_chassis.domain import Value
from zi_chassis.foreign import Continuation, Foreign
from zi_chassis.store import Store
from zi_chassis.web.lanes import OutboxState, StrangerState

MOST = 2000  # entries of a lane that are searched for stray messages; an outbox names 1000 of these at most


class StrayMessage(Value):
    """A message at `sequence` of the stream; `repeats` is the position of the sender's own message of which it is a copy. `index` is its
    entry, or that of the message it repeats, and None while the log does not have it; `is_declared` after two officials said that it is
    not the sender's."""

    sequence: int
    hash: str
    repeats: int | None
    continues: bool
    signed: bool
    index: int | None
    kind: Break | None
    is_declared: bool
    acknowledged: Sequence[Acknowledgement]

    def is_settled_for(self, actor: str) -> bool:
        """Whether somebody else than this person looked into it."""
        return any(word.actor != actor for word in self.acknowledged)


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
            each for one in declared if (one.after_position, one.head) == here for each in one.messages
        }
        indexes = await asyncio.to_thread(self._indexes, sender, outbox)
        known = await acknowledgements_of(self._store, self._origin, indexes.values())
        kinds = await asyncio.to_thread(self._index.kinds, list(indexes.values()))
        return [
            StrayMessage(
                **dict(message),
                index=index,
                kind=None if index is None else kinds.get(index),
                is_declared=Foreign(message.sequence, message.hash) in settled,
                acknowledged=() if index is None else known.get(index, ()),
            )
            for message in outbox.messages
            for index in [indexes.get(message.sequence)]
        ]

    def stands_at(self, sender: str, position: int, head: str) -> bool:
        """Whether the log has the sender's message at this position with this hash."""
        return head == ZEROS if position == 0 else self._digest_at(sender, position) == head

    def _indexes(self, sender: str, outbox: OutboxState) -> Mapping[int, int]:
        """By number in the stream. A lane is logged in its order, so what came behind the sender's last own message is behind its entry."""
        last = self._index.place(sender, outbox.after_position) if outbox.after_position else None
        places = self._index.of_lane(sender, -1 if last is None else last[0], MOST)
        exact, stand_ins = dict[str, int](), dict[str, int]()
        for (index, _), entry in zip(places, self._log.entries_at(places), strict=True):
            exact.setdefault(sha256(entry).hexdigest(), index)
            if (digest := message_hash(entry)) is not None:
                stand_ins.setdefault(digest, index)
        return dict(self._found(sender, outbox.messages, stand_ins | exact))

    def _found(
        self, sender: str, messages: Iterable[StrangerState], by_hash: Mapping[str, int]
    ) -> Iterable[tuple[int, int]]:
        for message in messages:
            if message.repeats is None:
                index = by_hash.get(message.hash)
            else:
                place = self._index.place(sender, message.repeats)
                is_same = self._digest_at(sender, message.repeats) == message.hash
                index = place[0] if place is not None and is_same else None
            if index is not None:
                yield message.sequence, index

    def _digest_at(self, sender: str, position: int) -> str | None:
        place = self._index.place(sender, position)
        content = None if place is None else self._log.entry(*place)
        return None if content is None else sha256(content).hexdigest()
