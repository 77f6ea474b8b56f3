"""Configurations that another service announces in messages: adopted in the transaction that receives the message, with their content in the
archive, and at hand from then on, also after a restart and without a bus."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.service import Service
from zi_chassis.storage.archive import Adoptable, AdoptedContents, Archive, LostConfigurationError, offered_of
from zi_chassis.storage.configuration import (
    Announcement,
    ConfigurationKey,
    TakeOutAnnounced,
    TakeUpAnnounced,
    configurations,
    configurations_id,
)
from zi_chassis.storage.database import MACHINE
from zi_chassis.storage.store import Store
from zi_contracts.message import Message

logger = logging.getLogger(__name__)

REPLICA_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class AnnouncedConfiguration:
    """`number` is that of the decree; it was adopted here at `adopted_at`, and taken back at `ended_at`."""

    kind: str
    id: str
    version: int
    content: bytes
    number: str | None
    adopted_at: datetime
    ended_at: datetime | None


Take = Callable[[Sequence[AnnouncedConfiguration]], None]


class AnnouncedConfigurations:
    """Gives all that were ever announced to `take`, in their order, as soon as they have changed."""

    def __init__(self, store: Store, archive: Archive, take: Take) -> None:
        self._store, self._archive, self._take = store, archive, take
        self._id = configurations_id(store.source)
        self._version = 0
        self._lock = threading.Lock()
        store.subscribe_received(self.refresh)

    def refresh(self) -> None:
        """Raises LostConfigurationError where the archive does not hold what was adopted."""
        version, state = self._store.load(configurations, self._id)
        with self._lock:
            if version > self._version:
                self._take([self._whole(key, each) for key, each in state.announced.items()])
                self._version = version

    def _whole(self, key: ConfigurationKey, announcement: Announcement) -> AnnouncedConfiguration:
        content, adopted = self._archive.content(*key), announcement.adopted
        if content is None:
            raise LostConfigurationError(key)
        return AnnouncedConfiguration(
            *key, content, adopted.number, adopted.by.at, ended_at=announcement.ended_at
        )

    def take_up(
        self, message: Message, at: datetime, configuration: Adoptable, number: str | None
    ) -> list[Reaction]:
        """React to a message that announces a configuration."""
        command = TakeUpAnnounced(by=self._by(message, at), offered=offered_of(configuration), number=number)
        return [Reaction(configurations, self._id, command, AdoptedContents((configuration,)))]

    def take_out(self, message: Message, at: datetime, key: ConfigurationKey, digest: str) -> list[Reaction]:
        """React to a message that takes back what another had announced."""
        command = TakeOutAnnounced(by=self._by(message, at), **key._asdict(), digest=digest)
        return [Reaction(configurations, self._id, command)]

    def _by(self, message: Message, at: datetime) -> Act:
        me = f"system:{self._store.service}"
        return Act(at=at, actor=me, role=me, causation=str(message.id), correlation=message.correlation)

    def follow(self, service: Service) -> None:
        """Let replicas that do not hold the lease learn what the one with the lease received, at the latest before they lead."""
        if self._store.database.postgres:
            service.watch("announced", self._follow)
            service.before_leading(lambda: asyncio.to_thread(self.refresh))

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(REPLICA_SECONDS)
            try:
                await asyncio.to_thread(self.refresh)
            except MACHINE as error:
                logger.warning("what was announced can't be read now: %s", error)
