"""Two services on a real bus: intake counts and tells, notify hears and counts too."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

from tests.chassis.counter import add, counter

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.lanes import Reaction
from zi_chassis.process.together import end
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.store import Store
from zi_contracts.message import Message

RESCUE = 60.0  # seconds until a cancellation that was swallowed is repeated; an orderly end may take some


def open_store(service: str, path: Path) -> Store:
    store = Store(service=service, office="office", database=Database(path), deciders=[counter])
    store.open()
    return store


async def count(store: Store, times: int) -> None:
    await asyncio.gather(*(store.handle(counter, uuid4(), add(1)) for _ in range(times)))


@asynccontextmanager
async def running(*runs: Callable[[], Awaitable[None]]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Ends as abruptly as a task can end, also one that swallows its cancellation with an answer that came in the same turn."""
    tasks = [asyncio.create_task(_call(run)) for run in runs]
    try:
        yield tasks
    finally:
        await end(tasks, again=RESCUE)
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def opened(*brokers: Broker) -> AsyncIterator[None]:
    for broker in brokers:
        broker.open()
    try:
        yield
    finally:
        for broker in brokers:
            await broker.close()


async def published(broker: Broker, service: str = "intake") -> list[bytes]:
    js = await broker.jetstream()
    stream = f"ZI_{service.upper()}"
    last = (await js.stream_info(stream)).state.last_seq
    return [(await js.get_msg(stream, seq=n)).data or b"" for n in range(1, last + 1)]


def stored(store: Store) -> list[bytes]:
    return [row.message for row in store.messages(0, 100_000)]


class Policies:
    """Counts each message once more in the listener's own store; refuses the one at `poison`."""

    def __init__(self, poison: int = 0) -> None:
        self.poison = poison
        self.positions: list[int] = []

    def __call__(self, tx: Tx, message: Message) -> Iterable[Reaction]:
        if message.position == self.poison:
            raise ValueError("not this one")
        self.positions.append(message.position)
        yield Reaction(counter, UUID(int=message.position), add(1))


async def _call(run: Callable[[], Awaitable[None]]) -> None:
    await run()
