"""Trainings for groups of businesses: who takes part, who came, what they knew before and after."""

from datetime import datetime
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.storage.store import Handled, Store
from zi_contracts.intake import District
from zi_umkm.domain import errors
from zi_umkm.domain.ids import training_id
from zi_umkm.domain.training import Conclude, Enrol, Plan, RecordAttendance, Training
from zi_umkm.messaging.published import cases, trainings
from zi_umkm.messaging.upstream import MentoringRequest


class Teaching:
    """`key` is an Idempotency-Key; the other commands are the same however often they come."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def plan(
        self, by: Act, key: UUID | None, district: District, topic: str, begins: datetime, places: int
    ) -> tuple[UUID, Handled[Training]]:
        """Plan a training and return its id."""
        id = training_id(key, by)
        command = Plan(by=by, district=district, topic=topic, begins=begins, places=places)
        return id, await self._store.handle(trainings, id, command)

    async def planned_district(self, by: Act, key: UUID | None) -> tuple[District, ...]:
        """Return the district of the training that was planned under this key, which it keeps also when it left the office's list."""
        planned = (await self._store.fetch(trainings, training_id(key, by)))[1].planned
        return () if planned is None else (planned.district,)

    async def enrol(self, training: UUID, request: MentoringRequest, by: Act) -> Handled[Training]:
        _, now = await self._store.fetch(cases, request.mentoring)
        if now.registered is None:
            raise errors.MentoringNotBegunError
        return await self._store.handle(trainings, training, Enrol(by=by, case=request.mentoring))

    async def attend(
        self,
        training: UUID,
        request: MentoringRequest,
        by: Act,
        before: int | None = None,
        after: int | None = None,
    ) -> Handled[Training]:
        """Record attendance; scores are of a hundred, and the last ones count."""
        command = RecordAttendance(by=by, case=request.mentoring, before=before, after=after)
        return await self._store.handle(trainings, training, command)

    async def conclude(self, training: UUID, by: Act) -> Handled[Training]:
        return await self._store.handle(trainings, training, Conclude(by=by))
