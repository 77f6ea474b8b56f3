"""Refuse to open a vault where erasures in front of a shortened stream may be missing.

A store has all erasures up to its head, and the stream those from where it begins. What lies between, after a restore of an older
store, is on the copies alone. The ledger says which these are; its answer locks, and never destroys a key.
"""

import asyncio
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from pydantic import TypeAdapter

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.foreign import ask_ledger, position_at
from zi_chassis.bus.topology import stream_of
from zi_chassis.domain import UnavailableError, Value
from zi_chassis.storage.store import Store
from zi_chassis.vault.erasure_files import brought_up_to


class RecordedErasure(Value):
    """An erasure in the published log, by the id of its event."""

    id: UUID
    position: int


class LedgerErasures(Value):
    """The first erasures of a sender behind a position; `indexed` is up to which position of the sender the log was read."""

    indexed: int
    erasures: tuple[RecordedErasure, ...]


_ANSWER = TypeAdapter(LedgerErasures)


async def refuse_unlearnt(
    store: Store, broker: Broker, audit_url: str, learnt: Collection[UUID], brought: Path
) -> None:
    """Raises UnavailableError where the stream begins behind the store, and the ledger holds erasures between them that nobody has learnt, or
    can't be asked. What an operator has brought up to a position is complete up to there. The number of the first message counts, never what
    that message says: an old one can be put there again."""
    js = await broker.jetstream()
    before = (await js.stream_info(stream_of(store.service))).state.first_seq - 1
    end = position_at(before, await asyncio.to_thread(store.foreign, store.service))
    stored = (await asyncio.to_thread(store.last))[0]
    after = max(stored, await asyncio.to_thread(brought_up_to, brought))
    while after < end:
        answer = await ask_ledger(
            f"{audit_url}/audit/api/senders/{store.service}/erasures?after={after}", _ANSWER
        )
        later = [each for each in answer.erasures if each.position > after]
        if answer.indexed < end:
            raise UnavailableError(
                f"the stream of {store.service} begins at position {end + 1}, the store ends at {stored}, and the ledger is known up to"
                f" {answer.indexed}: so who was erased since is not known. Bring a newer copy of the log: zona erasures --log"
            )
        if missing := [each for each in later if each.position <= end and each.id not in learnt]:
            raise UnavailableError(
                f"the ledger holds {len(missing)} erasures, the first at position {missing[0].position}, that neither the store nor the stream"
                " nor its copies have: run zona erasures"
            )
        after = later[-1].position if later else end
