"""An intake and other desks of a few lines: real stores and outboxes that tell one thing each, and a vault that knows addresses."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.outbox import Outbox
from zi_chassis.domain import Act, Command, Decider, Disclosure, ErasedError, Event
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.vault.requests import UnknownTicketError, VaultService
from zi_contracts.vault import VaultReply, VaultRequest

ADDRESS = "obviously.invented@example.com"


class Acknowledge(Command):
    ticket: str
    reachable_by: tuple[str, ...] = ("email",)


class CaseAcknowledged(Event):
    ticket: str
    reachable_by: tuple[str, ...]


class AskCode(Acknowledge):
    opens_at: datetime


class CodeRequested(CaseAcknowledged):
    opens_at: datetime


def decide(command: Acknowledge, state: None) -> Sequence[Event]:
    kind = CodeRequested if isinstance(command, AskCode) else CaseAcknowledged
    return [kind(**dict(command))]


def publish(event: CaseAcknowledged, state: None) -> Disclosure:
    data: dict[str, Any] = {"state": "acknowledged", "holder": "office", "language": "id"}
    if isinstance(event, CodeRequested):
        opens_at = event.opens_at.isoformat()
        data |= {"opens_at": opens_at, "open_until": (event.opens_at + timedelta(days=1)).isoformat()}
    return Disclosure(event.ticket, data | {"reachable_by": list(event.reachable_by)})


teller: Decider[None] = Decider(
    "teller", None, decide, lambda state, event: None, (CaseAcknowledged, CodeRequested), publish
)


class Tell(Command):
    ticket: str


class ApplicationWithdrawn(Event):
    ticket: str


class BusinessGraduated(Event):
    ticket: str


STEPS: dict[str, tuple[type[Event], str]] = {
    "certificates": (ApplicationWithdrawn, "withdrawn"),
    "umkm": (BusinessGraduated, "graduated"),
}


def _desk(service: str) -> Decider[None]:
    event, state = STEPS[service]
    data = {"state": state, "holder": "citizen", "language": "id", "reachable_by": ["email"]}
    return Decider(
        "desk",
        None,
        lambda command, state: [event(**dict(command))],
        lambda state, event: None,
        (event,),
        lambda event, state: Disclosure(event.ticket, data),
    )


class Desk:
    """A service that works on cases that intake passed on: it tells of their last step."""

    def __init__(self, service: str, folder: Path, broker: Broker) -> None:
        self.decider = _desk(service)
        database = Database(folder / f"{service}.db")
        self.store = Store(service=service, office="office", database=database, deciders=[self.decider])
        self.store.open()
        self.broker = broker
        self.outbox = Outbox(self.store, broker)

    async def tell(self, ticket: str) -> None:
        act = Act(at=datetime.now(UTC), actor="invented", role="staff:officer")
        await self.store.handle(self.decider, uuid4(), Tell(by=act, ticket=ticket))


class Intake:
    def __init__(self, folder: Path, broker: Broker) -> None:
        self.store = Store(
            service="intake", office="office", database=Database(folder / "intake.db"), deciders=[teller]
        )
        self.store.open()
        self.broker = broker
        self.outbox = Outbox(self.store, broker)
        self.addresses: dict[str, str] = {}
        self.erased: set[str] = set()
        self.requests: list[VaultRequest] = []
        self.at_opening: Callable[[], Awaitable[None]] | None = None
        self.link, self.number = "a-link", ""
        readable = frozenset({"reporter.email", "reporter.phone", "code.link"})
        self.vault = VaultService({"notify": readable}, self._open)

    async def tell(self, ticket: str, *reachable_by: str, address: str | None = ADDRESS) -> None:
        if address is not None:
            self.addresses[ticket] = address
        act = Act(at=datetime.now(UTC), actor="example-officer-1", role="staff:officer")
        command = Acknowledge(by=act, ticket=ticket, reachable_by=reachable_by or ("email",))
        await self.store.handle(teller, uuid4(), command)

    async def tell_of_code(self, ticket: str) -> None:
        self.addresses[ticket] = ADDRESS
        at = datetime.now(UTC)
        act = Act(at=at, actor="system:intake", role="system:intake")
        await self.store.handle(
            teller, uuid4(), AskCode(by=act, ticket=ticket, reachable_by=("email",), opens_at=at)
        )

    async def serve_vault(self) -> None:
        await self.vault.serve(await self.broker.client())

    async def _open(self, caller: str, request: VaultRequest) -> VaultReply:
        self.requests.append(request)
        if self.at_opening is not None:
            await self.at_opening()
        if request.ticket in self.erased:
            raise ErasedError
        if request.ticket == "unknown":
            raise UnknownTicketError
        address = self.addresses.get(request.ticket)
        known = {"reporter.email": address or "", "reporter.phone": self.number, "code.link": self.link}
        return VaultReply(fields={name: known[name] for name in request.fields if known[name]})
