"""What umkm and integrity would tell: who mentored a business, who has an interest in one. Published as services publish, over real NATS."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.journeys.house import House
from tests.until import until

from zi_chassis.broker import Broker
from zi_chassis.database import Database
from zi_chassis.domain import Act, Command, Decider, Disclosure, Event
from zi_chassis.outbox import Outbox
from zi_chassis.store import Store
from zi_contracts.integrity import ConflictDeclared as DeclaredData
from zi_contracts.umkm import MentoringRecorded as RecordedData


class Tell(Command):
    official: str
    business_ref: str


class MentoringRecorded(Event):
    official: str
    business_ref: str


class ConflictDeclared(Event):
    official: str
    business_ref: str


def _mentoring(event: MentoringRecorded, state: int) -> Disclosure:
    return Disclosure("mentoring", RecordedData(mentor=event.official, business_ref=event.business_ref))


def _conflict(event: ConflictDeclared, state: int) -> Disclosure:
    told = DeclaredData(
        official=event.official, business_ref=event.business_ref, kind="actual", source="family"
    )
    return Disclosure("conflict", told)


def _decider(name: str, event: type[Event], publish: Any) -> Decider[int]:
    def decide(command: Tell, state: int) -> Sequence[Event]:
        return [event(**dict(command))]

    return Decider(name, 0, decide, lambda state, event: state + 1, (event,), publish)


DECIDERS = {
    "umkm": _decider("mentoring", MentoringRecorded, _mentoring),
    "integrity": _decider("conflict", ConflictDeclared, _conflict),
}


def tell(house: House, service: str, official: str, business_ref: str) -> None:
    """Returns once it is on the stream."""
    asyncio.run(_tell(house, service, official, business_ref))


async def _tell(house: House, service: str, official: str, business_ref: str) -> None:
    folder = house.data / service
    folder.mkdir(exist_ok=True)
    decider = DECIDERS[service]
    database = Database(folder / "store.db")
    store = Store(service=service, office="balai-pom-tarakan", database=database, deciders=[decider])
    broker = Broker(service, house.nats_url, house.data / "nats" / "keys" / f"{service}.nk")
    store.open()
    broker.open()
    outbox = Outbox(store, broker)
    sending = asyncio.create_task(outbox.run())
    try:
        by = Act(at=datetime.now(UTC), actor=official, role="staff:mentor")
        await store.handle(decider, uuid4(), Tell(by=by, official=official, business_ref=business_ref))
        await until(lambda: outbox.reason is None and outbox.lag == 0)
    finally:
        sending.cancel()
        await broker.close()
        store.close()
