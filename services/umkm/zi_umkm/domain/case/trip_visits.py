"""The visits that trips bring to a case: announced when the trip is approved, called off when it is cancelled or moved. Pure."""

from datetime import date
from typing import assert_never
from uuid import UUID

from zi_chassis.domain import Parties, officials
from zi_contracts.umkm import CalledOffOutcome, TripChangeReason
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent
from zi_umkm.roles import MENTORING, SUPERVISING


class TripVisitCommand(MentoringCommand):
    trip: UUID
    begins: date


class AnnounceVisit(TripVisitCommand):
    ends: date


class CallOffVisit(TripVisitCommand):
    """`outcome` is moved where the trip gets other days."""

    reason: TripChangeReason
    outcome: CalledOffOutcome


TripVisitCommands = AnnounceVisit | CallOffVisit
PARTIES: Parties = {
    AnnounceVisit: officials(*SUPERVISING),
    CallOffVisit: officials(*MENTORING, *SUPERVISING),
}


class VisitAnnounced(MentoringEvent):
    trip: UUID
    begins: date
    ends: date


class VisitCalledOff(MentoringEvent):
    trip: UUID
    begins: date
    reason: TripChangeReason
    outcome: CalledOffOutcome


TripVisitEvents = VisitAnnounced | VisitCalledOff


def decide_trip_visit(command: TripVisitCommands) -> list[TripVisitEvents]:
    """Record it for the business; whether the trip may go there is decided with the trip."""
    match command:
        case AnnounceVisit():
            return [VisitAnnounced(**dict(command))]
        case CallOffVisit():
            return [VisitCalledOff(**dict(command))]
        case _:
            assert_never(command)
