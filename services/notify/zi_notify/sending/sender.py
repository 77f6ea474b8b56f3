"""The worker that sends due deliveries, run by the process that holds the lease: a lane for each channel.

After a crash, an open attempt is recorded as uncertain before anything is sent.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from zi_chassis.bus.broker import Broker
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.store import Store
from zi_chassis.vault.requests import VaultClient
from zi_notify.domain.delivery import Commands, DoubtAttempt, ReportNotReachable
from zi_notify.messaging.published import decider
from zi_notify.read import projections
from zi_notify.sending.contacts import INTEGRITY_VAULT, Contacts, Vaults
from zi_notify.sending.official_contacts import OfficialContacts
from zi_notify.sending.sending_lane import SendingLane


class Sender:
    def __init__(
        self,
        store: Store,
        broker: Broker,
        clock: Clock,
        lanes: Sequence[SendingLane[Any]],
        officials: OfficialContacts | None = None,
    ) -> None:
        self._store, self._broker, self._clock = store, broker, clock
        self._officials = officials
        self.lanes = {lane.channel: lane for lane in lanes}

    @property
    def reason(self) -> str | None:
        """Why nothing can be sent at all."""
        return next((lane.reason for lane in self.lanes.values() if lane.reason), None)

    async def run(self) -> None:
        await self.doubt_open_attempts()
        await self.end_abandoned()
        client, me = await self._broker.client(), self._store.service
        vaults = Vaults(VaultClient(client, me), VaultClient(client, me, vault=INTEGRITY_VAULT))
        contacts = Contacts(vaults, self._clock, self._officials)
        async with asyncio.TaskGroup() as group:
            for lane in self.lanes.values():
                group.create_task(lane.run(contacts))

    async def doubt_open_attempts(self) -> None:
        """Record attempts that a crash left open as uncertain: this process has begun none yet, and no other one holds the lease."""
        for channel, delivery, attempt, provider in await self._store.query(projections.open_attempts):
            lane = self.lanes.get(channel)
            repeats_once = lane is not None and lane.providers.repeats_once(provider)
            await self._record(delivery, DoubtAttempt(by=self._by(), attempt=attempt, once=not repeats_once))

    async def end_abandoned(self) -> None:
        """End what waits for a channel or a provider that is described no more: nobody else may send what that one may have."""
        known = {channel: lane.providers.names for channel, lane in self.lanes.items()}
        for delivery in await self._store.query(lambda tx: projections.abandoned(tx, known)):
            await self._record(delivery, ReportNotReachable(by=self._by(), reason_class="no_channel"))

    async def _record(self, delivery: UUID, command: Commands) -> None:
        await self._store.handle(decider, delivery, command)

    def _by(self) -> Act:
        me = f"system:{self._store.service}"
        return Act(at=self._clock.now(), actor=me, role=me)
