"""Wiring of notify: messages of intake and certificates in, deliveries and mails out."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from zi_chassis.broker import Broker
from zi_chassis.clock import Clock
from zi_chassis.database import Database, Tx
from zi_chassis.inbox import Inbox, React
from zi_chassis.lanes import Reaction
from zi_chassis.lease import FolderLease, lead, lease_of
from zi_chassis.outbox import Outbox
from zi_chassis.service import Service, run
from zi_chassis.settings import Settings
from zi_chassis.store import Store
from zi_chassis.web.lanes import lanes_router
from zi_contracts.message import Message
from zi_notify import api, policies
from zi_notify.channel_email import EmailChannel
from zi_notify.letter import Letterhead
from zi_notify.projections import Deliveries
from zi_notify.published import decider
from zi_notify.sender import Sender

SENDERS = ("intake", "certificates")


def create_app(settings: Settings) -> FastAPI:
    service = Service(settings)
    store = _store(settings)
    broker = Broker(settings.service, settings.nats_url, settings.nats_seed)
    outbox = Outbox(store, broker)
    inboxes = {sender: Inbox(store, broker, sender, _react(service.clock)) for sender in SENDERS}
    sender = Sender(store, broker, _channel(settings), _letterhead(settings), service.clock)
    lease = lease_of(settings)

    @asynccontextmanager
    async def opened() -> AsyncIterator[None]:
        if isinstance(lease, FolderLease):
            await lease.acquire()
        store.open()
        broker.open()
        yield
        await broker.close()
        store.close()

    service.open(opened)
    service.watch(
        "lanes", lambda: lead(lease, outbox.run, sender.run, *(inbox.run for inbox in inboxes.values()))
    )
    service.watch_thread("store", lambda: store.thread.is_alive())
    service.ready_check("nats", lambda: broker.reason)
    service.ready_check("outbox", lambda: outbox.reason)
    for inbox in inboxes.values():
        _tell_of(service, inbox)
    service.ready_check("sender", lambda: sender.reason)
    service.app.state.store = store
    service.app.include_router(api.router)
    service.app.include_router(lanes_router(store, inboxes))
    return service.app


def _tell_of(service: Service, inbox: Inbox) -> None:
    service.ready_check(f"inbox {inbox.sender}", lambda: inbox.reason)


def _react(clock: Clock) -> React:
    def react(tx: Tx, message: Message) -> Iterable[Reaction]:
        return policies.react(message, clock.now())

    return react


def _store(settings: Settings) -> Store:
    return Store(
        service=settings.service,
        office=settings.office,
        database=Database(settings.database or settings.folder / "store.db"),
        deciders=(decider,),
        projections=(Deliveries(),),
        group_commit=settings.group_commit,
    )


def _channel(settings: Settings) -> EmailChannel:
    host, _, port = settings.smtp.rpartition(":")
    return EmailChannel(host, int(port), user=settings.smtp_user, password=settings.smtp_password)


def _letterhead(settings: Settings) -> Letterhead:
    return Letterhead(settings.mail_from, settings.mail_domain, f"{settings.public_url}/")


if __name__ == "__main__":
    settings = Settings(service="notify")
    run(create_app(settings), settings)
