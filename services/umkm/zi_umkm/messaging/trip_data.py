"""The data of each message about a trip: one function an event, which names each field that is disclosed."""

from datetime import date
from typing import TypedDict
from uuid import UUID

from zi_contracts import umkm as contract
from zi_contracts.intake import District
from zi_umkm.domain import trip
from zi_umkm.domain.case import trip_visits
from zi_umkm.messaging.case_data import CaseStatus


class DisclosedPlan(TypedDict):
    district: District
    begins: date
    ends: date
    budget_line: str
    officials: tuple[str, ...]
    cases: tuple[UUID, ...]


def _plan(plan: trip.TripPlan) -> DisclosedPlan:
    """Leave out what is in somebody's own words: the boat or plane."""
    return DisclosedPlan(
        district=plan.district,
        begins=plan.begins,
        ends=plan.ends,
        budget_line=plan.budget_line,
        officials=plan.people,
        cases=tuple(each.case for each in plan.stops),
    )


def visit_announced(event: trip_visits.VisitAnnounced, status: CaseStatus) -> contract.VisitAnnounced:
    return contract.VisitAnnounced(**status, trip=event.trip, begins=event.begins, ends=event.ends)


def visit_called_off(event: trip_visits.VisitCalledOff, status: CaseStatus) -> contract.VisitCalledOff:
    return contract.VisitCalledOff(
        **status, trip=event.trip, begins=event.begins, reason=event.reason, outcome=event.outcome
    )


def trip_planned(event: trip.TripPlanned) -> contract.TripPlanned:
    return contract.TripPlanned(**_plan(event.plan))


def trip_changed(event: trip.TripChanged) -> contract.TripChanged:
    return contract.TripChanged(**_plan(event.plan), reason=event.reason, withdrawn=event.withdrawn)


def trip_approved(event: trip.TripApproved) -> contract.TripApproved:
    return contract.TripApproved(number=event.number, rules=event.wording)


def trip_cancelled(event: trip.TripCancelled, now: trip.Trip) -> contract.TripCancelled:
    return contract.TripCancelled(reason=event.reason, withdrawn=now.number)


def trip_hours_recorded(event: trip.TripHoursRecorded) -> contract.TripHoursRecorded:
    return contract.TripHoursRecorded(minutes=event.minutes)
