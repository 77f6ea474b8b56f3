"""The bodies of requests about trips, and the answers."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from zi_contracts.intake import District
from zi_contracts.text import ONE_LINE
from zi_contracts.umkm import TripChangeReason
from zi_umkm.domain.limits import (
    BUDGET_LINE_LENGTH,
    MOST_DAYS_OF_A_TRIP,
    MOST_PEOPLE_OF_A_TRIP,
    MOST_STOPS_OF_A_TRIP,
    TRANSPORT_LENGTH,
)
from zi_umkm.domain.trip import MINUTES_OF_A_DAY, TripStatus
from zi_umkm.use_cases.travelling import WrittenPlan
from zi_umkm.web.bodies import AccountName, Moment, StrictBody, Ticket

Transport = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TRANSPORT_LENGTH), ONE_LINE
]
BudgetLine = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=BUDGET_LINE_LENGTH, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]*$"
    ),
]

PlanDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class PlanTripBody(StrictBody):
    """`transport` is the boat or plane and where it leaves; no telephone numbers. `cases` are tickets, in the order of the visits."""

    district: District
    begins: date
    ends: date
    departs: Moment
    transport: Transport
    budget_line: BudgetLine
    people: Annotated[tuple[AccountName, ...], Field(min_length=1, max_length=MOST_PEOPLE_OF_A_TRIP)]
    cases: Annotated[tuple[Ticket, ...], Field(min_length=1, max_length=MOST_STOPS_OF_A_TRIP)]

    def written(self, normalise: Callable[[str], str]) -> WrittenPlan:
        fields = self.model_dump(exclude={"cases", "reason"})
        return WrittenPlan(**fields, tickets=tuple(normalise(each) for each in self.cases))


class ChangeTripBody(PlanTripBody):
    """The whole plan as it is from now on; a trip that was approved needs a reason, and another approval."""

    reason: TripChangeReason | None = None


class ApproveTripBody(StrictBody):
    """`plan_digest` is that of the plan that was read; another plan is not approved."""

    plan_digest: PlanDigest


class CancelTripBody(StrictBody):
    reason: TripChangeReason


class HoursBody(StrictBody):
    """The own working time on the trip, in minutes; said again, the last counts."""

    minutes: Annotated[int, Field(ge=1, le=MOST_DAYS_OF_A_TRIP * MINUTES_OF_A_DAY, strict=True)]


class ListedTrip(BaseModel):
    """`minutes` is the working time of the `recorded` officials who said theirs."""

    trip: UUID
    district: str
    begins: date
    ends: date
    departs: datetime
    transport: str
    budget_line: str
    status: TripStatus
    number: str | None
    reason: TripChangeReason | None
    planned_by: str
    approved_by: str | None
    people: int
    cases: int
    minutes: int
    recorded: int


class TripsAnswer(BaseModel):
    """`total` counts all that the filter finds."""

    trips: list[ListedTrip]
    total: int


class TravellerAnswer(BaseModel):
    official: str
    minutes: int | None


class WholeTripAnswer(ListedTrip):
    """With those who go, the tickets of the cases that are visited, and what names this plan when it is approved."""

    officials: list[TravellerAnswer]
    tickets: list[str]
    plan_digest: str


class TripDoneAnswer(BaseModel):
    trip: UUID
    status: TripStatus
    number: str | None
    event_id: UUID | None


class TripFiguresAnswer(BaseModel):
    """Trips that were made in a district, the cases on them, and the working time of all officials together."""

    district: str
    trips: int
    cases: int
    cases_per_trip: float | None
    minutes: int
    planned: int
    cancelled: int


class TripStatisticsAnswer(BaseModel):
    districts: list[TripFiguresAnswer]
