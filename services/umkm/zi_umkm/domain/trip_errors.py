"""Why something can't be done with a trip, and what to do instead."""

from typing import ClassVar

from zi_chassis.domain import DomainError
from zi_umkm.domain.errors import MentoringError


class NoTripError(MentoringError, kind="no_trip"):
    sentence = "There is no such trip."


class NoLetterOfTripError(MentoringError):
    sentence = "This trip has no letter of assignment: it is not approved, or not any more."


class OtherTripError(MentoringError):
    sentence = "This trip was planned already, in another way."


class OwnTripError(MentoringError):
    sentence = "You planned this trip or go on it: somebody else has to approve it."


class TravellerAwayError(MentoringError):
    sentence = "Somebody on this trip goes on another approved trip on one of its days: change the days, or who goes."


class NotOnTripError(MentoringError):
    sentence = "Only those who planned this trip or go on it do this."


class TripNotApprovedError(MentoringError):
    sentence = "This trip is not approved: nobody has made it yet."


class TripNotBegunError(MentoringError):
    sentence = "This trip has not begun: record its hours afterwards."


class TripCancelledError(MentoringError):
    sentence = "This trip was cancelled: plan another one."


class TripMadeError(MentoringError):
    sentence = "Hours are recorded for this trip, so it was made: it can't be changed or cancelled any more."


class TripInThePastError(MentoringError):
    sentence = "A trip is planned and approved before it begins: choose a day that is still to come."


class TripPlanChangedError(MentoringError):
    sentence = "The plan of this trip has changed since you read it: read it again, then approve it."


class TripOverError(MentoringError):
    sentence = "The days of this trip are over: record its hours, or ask a supervisor who was not on it to cancel it."


class NoReasonForTripError(MentoringError):
    sentence = "This trip was approved and its businesses were told: give the reason why it changes."


class DepartureOfTripError(MentoringError):
    sentence = "The departure is not on a day of the trip: check both."


class DaysOfTripError(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__("A trip lasts from 1 to {most} days: check its first and last day.", most=most)


class HoursOfTripError(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__("Give the hours that this trip took you: more than 0, at most {most}.", most=most)


class ListOfTripError(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__(
            "Name each person and each case once: at least one of them, at most {most}.", most=most
        )


class UnlistedDistrictError(MentoringError):
    sentence = "This office does not serve that district: choose one of its list."


class StopError(DomainError):
    """`ticket` is the case that can't be on this trip."""

    sentence: ClassVar[str]

    def __init__(self, ticket: str) -> None:
        super().__init__(self.sentence, ticket=ticket)
        self.ticket = ticket


class InterestedTravellerError(StopError):
    sentence = "Somebody on this trip has a conflict of interest with case {ticket}: leave one of them out."


class NobodyMentorsStopError(StopError):
    sentence = "Nobody on this trip mentors case {ticket}: take its mentor along, or leave it out."


class StopTakesNoVisitError(StopError):
    sentence = "Case {ticket} has ended or sleeps: leave it out, or wake it first."


class StopElsewhereError(StopError):
    sentence = "Case {ticket} is in another district: leave it out, or plan a trip there."
