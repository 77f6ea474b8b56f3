"""Use cases of the head: appoint an acting signer, and end an appointment before its time."""

from datetime import datetime
from uuid import UUID, uuid4, uuid5

from zi_certificates.domain import appointment as appointments
from zi_certificates.domain.appointment import Appointed, AppointmentLimits
from zi_certificates.messaging.published import appointments as appointment_decider
from zi_certificates.read.appointments import terms_of
from zi_certificates.read.desk_officials import KNOWN
from zi_chassis.access.desk_officials import known_officials, roles_of
from zi_chassis.domain import Act, Command, Decider
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_rules.acting_signer import ActingSignerRules


class Appointing:
    def __init__(self, store: Store, rules: ActingSignerRules) -> None:
        self._store = store
        self.rules = rules

    async def appoint(
        self, by: Act, key: UUID | None, official: str, begins: datetime, ends: datetime
    ) -> tuple[UUID, Handled[Appointed]]:
        """Appoint an official who is known here; return also the id by which the appointment is ended."""
        id = uuid4() if key is None else uuid5(key, f"appointment {by.actor}")
        limits = self.rules

        def found(tx: Tx) -> tuple[Decider[Appointed], UUID, Command]:
            command = appointments.Appoint(
                by=by,
                official=official,
                begins=begins,
                ends=ends,
                known_roles=roles_of(tx, official, KNOWN),
                limits=AppointmentLimits(
                    roles=limits.roles, most_days=limits.most_days, most_days_ahead=limits.most_days_ahead
                ),
                others=terms_of(tx, official),
            )
            return appointment_decider, id, command

        return id, await self._store.decide(found)

    async def end_appointment(self, appointment: UUID, by: Act) -> Handled[Appointed]:
        return await self._store.handle(appointment_decider, appointment, appointments.End(by=by))

    async def candidates(self, head: str) -> list[tuple[str, list[str]]]:
        """List the officials whom this head may appoint, each with the roles that fit."""
        known = await self._store.query(lambda tx: known_officials(tx, KNOWN))
        fitting = (
            (official, [each for each in roles if each in self.rules.roles])
            for official, roles in known.items()
        )
        return [(official, roles) for official, roles in fitting if roles and official != head]
