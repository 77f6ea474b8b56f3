"""Decide what opening personal data changes: the first time in an hour is an event, the repeats are counted."""

from zi_chassis.domain import WrongRoleError
from zi_intake.domain.case import refusals
from zi_intake.domain.case.disclosure_decisions import refuse_reader
from zi_intake.domain.case.messages import (
    CaseEvents,
    CountOpenings,
    OpeningsCounted,
    OpenPersonalData,
    PersonalDataOpened,
)
from zi_intake.domain.case.state import Case
from zi_intake.domain.data_access_hour import DataReader
from zi_intake.roles import CALLERS_OF_BROWSERS

REFERRAL = "referral"


def open_personal_data(command: OpenPersonalData, case: Case) -> list[CaseEvents]:
    """Record the items that this reader has not opened in this hour. Raises ConfidentialCaseError."""
    refuse_reader(command.by, case)
    if case.web_push.is_at(command.items) and command.by.role not in CALLERS_OF_BROWSERS:
        raise WrongRoleError
    if command.purpose == REFERRAL and not case.handling.contact_allowed:
        raise refusals.ContactNotAllowedError
    reader = DataReader(command.by.actor, command.by.role, command.purpose)
    hour = case.access.hour(reader, command.by.at)
    if hour is None:
        return [PersonalDataOpened(**dict(command), since=command.by.at)]
    items = tuple(item for item in command.items if item not in hour.items)
    return [PersonalDataOpened(**{**dict(command), "items": items}, since=hour.since)] if items else []


def count_openings(command: CountOpenings, case: Case) -> list[CaseEvents]:
    if command.opening in case.access.counted or command.count == 0:
        return []
    return [OpeningsCounted(**dict(command))]
