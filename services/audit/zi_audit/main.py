"""Wiring of audit's web part: the published files in, an index of them, answers and chain breaks out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI

from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tiles import published_tiles
from zi_audit.messaging.house_watch import HouseWatch
from zi_audit.messaging.outboxes import Outboxes
from zi_audit.messaging.published import adoption, anomaly, continuation, looks, rotation, saved_queries
from zi_audit.messaging.tail import Tail
from zi_audit.messaging.timers import Counting, timers
from zi_audit.read.acknowledgements import Acknowledgements
from zi_audit.read.bundle import Bundles, auditors_key
from zi_audit.read.index import Index
from zi_audit.read.projections import AccessCounts, SavedQueries
from zi_audit.web import anomalies, api, auditors, continuations, house_pages, pages, queries, verify_page
from zi_audit.web import saved_queries as saved_queries_web
from zi_audit.web.access_log import AccessLog
from zi_audit.web.facet_texts import FacetNames
from zi_chassis.access.case_token import verifier
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.process import watch_store
from zi_chassis.bus.sender_configuration import bus_configurations
from zi_chassis.service import Service, start
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive, adopt
from zi_chassis.storage.configuration import configurations
from zi_chassis.storage.database import Database
from zi_chassis.storage.lease import FolderLease, Lease, lease_of
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import TimerLoop
from zi_chassis.web.configurations import configurations_router
from zi_chassis.web.lanes import lanes_router
from zi_chassis.web.sign_in import follow_sign_outs
from zi_rules.district import load_districts
from zi_rules.topic import load_topics


def create_app(settings: Settings) -> FastAPI:
    service = Service(settings)
    archive = Archive(Database(settings.database or settings.folder / "store.db"))
    store = _store(settings, archive)
    log = PublishedLog(published_tiles(settings))
    index = Index(Database(settings.index_database or settings.folder / "index.db"), settings.office)
    tail = Tail(log, index, store, service.clock)
    access_log = AccessLog(store, service.clock, settings.secret("looks"))
    counting = TimerLoop(store, service.clock, Counting(store))
    broker = Broker(settings.service, settings.nats_url, settings.nats_seed)
    outbox = Outbox(store, broker, partial(continuations.declared, store), service.clock)
    lease = lease_of(settings)
    service.open(lambda: _opened(service, lease, store, index, broker, access_log))
    service.watch("tail", tail.run)
    service.watch("looks", access_log.run)
    house_watch = HouseWatch(settings, service.clock)
    service.watch("house", house_watch.run)
    service.keep_leading(lease, outbox.run, tail.tell, counting.run)
    service.after_leading(access_log.forget)
    watch_store(service, store, broker)
    service.ready_check("tail", lambda: tail.reason)
    service.ready_check("outbox", lambda: outbox.reason if lease.is_held else None)
    service.ready_check("looks", lambda: access_log.reason or counting.reason)
    service.ready_check("nats", lambda: broker.reason)
    state = service.app.state
    state.log, state.index, state.tail = log, index, tail
    state.log_status_reader = house_pages.LogStatusReader(log, service.clock)
    state.store, state.access_log, state.house_watch = store, access_log, house_watch
    state.cases, state.outboxes = verifier(settings), Outboxes(settings)
    key = auditors_key(settings.log_origin, settings.secret("evidence"))
    state.bundles = Bundles(log, index, broker, key, settings.folder)
    state.facet_names = _facet_names(settings)
    _include(service, lanes_router(store, {}, outbox), configurations_router(store, archive))
    follow_sign_outs(service)
    return service.app


def _store(settings: Settings, archive: Archive) -> Store:
    return Store(
        service=settings.service,
        office=settings.office,
        database=archive.database,
        deciders=(adoption, anomaly, configurations, continuation, looks, rotation, saved_queries),
        projections=(timers(), AccessCounts(), Acknowledgements(), SavedQueries()),
        companions=(archive,),
        group_commit=settings.group_commit,
    )


def _facet_names(settings: Settings) -> FacetNames:
    folder = settings.rules_folder
    return FacetNames(district=load_districts(folder)[0].districts, topic=load_topics(folder)[0].topics)


@asynccontextmanager
async def _opened(
    service: Service, lease: Lease, store: Store, index: Index, broker: Broker, access_log: AccessLog
) -> AsyncIterator[None]:
    if isinstance(lease, FolderLease):
        await lease.acquire()
    store.open()
    await adopt(store, bus_configurations(service.settings), service.clock)
    await asyncio.to_thread(index.prepare)
    broker.open()
    yield
    await broker.close()
    await access_log.keep()
    store.close()
    index.database.close()


def _include(service: Service, lanes: APIRouter, configured: APIRouter) -> None:
    """Include the routes; the first that fits a request answers it."""
    service.include(api.router, anomalies.router, continuations.router)
    service.app.include_router(lanes)
    service.include(queries.router, saved_queries_web.router, pages.router, auditors.router)
    service.include(verify_page.router, house_pages.router)
    service.app.include_router(configured)


if __name__ == "__main__":
    start("audit", create_app)
