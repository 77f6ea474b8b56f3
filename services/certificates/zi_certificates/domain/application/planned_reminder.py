"""The times at which an applicant is to be reminded, fixed by the submission."""

from datetime import datetime

from zi_chassis.domain import Value
from zi_contracts.certificates import ApplicantsClock


class PlannedReminder(Value):
    clock: ApplicantsClock
    at: datetime
