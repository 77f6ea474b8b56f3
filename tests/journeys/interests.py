"""Messages as integrity would send them: interests of officials in a business. Published as services publish, over real NATS."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from tests.journeys.house import House
from tests.until import until

from zi_chassis.broker import Broker
from zi_chassis.database import Database
from zi_chassis.domain import Act, Command, Decider, Disclosure, Event
from zi_chassis.outbox import Outbox
from zi_chassis.store import Store
from zi_contracts.integrity import ConflictDeclared as DeclaredData

SERVICE = "integrity"


class Declare(Command):
    official: str
    business_ref: str


class ConflictDeclared(Event):
    official: str
    business_ref: str


def _published(event: ConflictDeclared, state: int) -> Disclosure:
    declared = DeclaredData(
        official=event.official, business_ref=event.business_ref, kind="actual", source="family"
    )
    return Disclosure("conflict", declared)


def _decide(command: Declare, state: int) -> Sequence[Event]:
    return [ConflictDeclared(**dict(command))]


CONFLICTS = Decider("conflict", 0, _decide, lambda state, event: state + 1, (ConflictDeclared,), _published)


def declare(house: House, official: str, business_ref: str) -> None:
    """Returns once it is on the stream."""
    asyncio.run(_declare(house, official, business_ref))


async def _declare(house: House, official: str, business_ref: str) -> None:
    folder = house.data / SERVICE
    folder.mkdir(exist_ok=True)
    database = Database(folder / "store.db")
    store = Store(service=SERVICE, office="balai-pom-tarakan", database=database, deciders=[CONFLICTS])
    broker = Broker(SERVICE, house.nats_url, house.seed(SERVICE))
    store.open()
    broker.open()
    outbox = Outbox(store, broker)
    sending = asyncio.create_task(outbox.run())
    try:
        by = Act(at=datetime.now(UTC), actor=official, role="staff:mentor")
        await store.handle(CONFLICTS, uuid4(), Declare(by=by, official=official, business_ref=business_ref))
        await until(lambda: outbox.reason is None and outbox.lag == 0)
    finally:
        sending.cancel()
        await broker.close()
        store.close()
