"""A service's process on the bus: its parts in the order of opening, and the work of the one process that holds the lease."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.foreign import declared_by
from zi_chassis.bus.inbox import React, lanes_of
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.published_before import AfterComparison, PublishedBefore, heads_by
from zi_chassis.bus.unpublished import Unpublished
from zi_chassis.service import Runner, Service
from zi_chassis.storage.database import MACHINE
from zi_chassis.storage.lease import lease_of, locked
from zi_chassis.storage.store import Store
from zi_chassis.web.lanes import lanes_router
from zi_contracts.data import Data

PROBE_SECONDS = 5.0


def broker_of(service: Service) -> Broker:
    return Broker(service.name, service.settings.nats_url, service.settings.nats_seed)


def join_bus(
    service: Service,
    broker: Broker,
    container: Callable[[], AbstractAsyncContextManager[object]],
    store: Store,
    react: React,
    types: Mapping[str, Sequence[type[Data]]],
    runners: Mapping[str, Runner],
) -> None:
    """Open lease, `container` and broker with the service. While the process holds the lease, run the outbox, a lane for each sender in
    `types`, the contracts that `react` handles, and `runners`. A writer that died and a broker that is away make the service unready."""
    lease = lease_of(service.settings)
    service.open(lambda: locked(lease))
    service.open(container)
    declared = declared_by(service.settings.audit_url)
    before = PublishedBefore(store, broker, heads_by(service.settings.audit_url), declared)
    service.open(lambda: _paused(before))
    service.open(lambda: broker)
    service.watch("compares", before.run)
    service.ready_check("published", lambda: before.reason)
    lanes = service.app.state.lanes = lanes_of(store, broker, react, types, declared)
    outbox = Outbox(store, broker, declared, service.clock)
    inboxes: dict[str, Runner] = {f"hears {sender}": lane for sender, lane in lanes.items()}
    after = {name: AfterComparison(before, runner) for name, runner in {**inboxes, **runners}.items()}
    service.lead(lease, {"outbox": outbox, **after})
    service.after_leading(before.begin_anew)
    service.app.include_router(lanes_router(store, lanes, outbox))
    service.ready_check("broker", lambda: broker.reason)
    watch_store(service, store, broker)


@contextmanager
def _paused(before: PublishedBefore) -> Iterator[None]:
    """From here on, which is before the first request and after the configurations of the files were taken up."""
    before.pause()
    yield


def watch_store(service: Service, store: Store, broker: Broker) -> None:
    """Make the service unready where its writer died, the machine stores nothing, or messages wait to be published."""
    unpublished = Unpublished(store, broker)
    service.watch_thread("writer", store.can_write)
    service.ready_check("store", lambda: store.reason)
    service.watch("unpublished", unpublished.run)
    service.watch("probe", lambda: probing(store))
    service.ready_check("unpublished", lambda: unpublished.reason)


async def probing(store: Store, look: float = PROBE_SECONDS) -> None:
    """Find out when the machine stores again, until cancelled: nobody has to send something for that."""
    while True:
        await asyncio.sleep(look)
        with suppress(*MACHINE):
            await asyncio.to_thread(store.probe)
