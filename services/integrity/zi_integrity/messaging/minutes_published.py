"""The messages of attendance, minutes and actions; all of them are about the forum and about no case."""

from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_integrity.domain import action, attendance
from zi_integrity.domain.action import ForumAction
from zi_integrity.domain.attendance import Attendance
from zi_integrity.domain.minutes import decide, state
from zi_integrity.domain.minutes import messages as minutes
from zi_integrity.domain.minutes.state import ForumMinutes
from zi_integrity.messaging import minutes_data

SUBJECT_OF_FORUMS = "forum"


def publish(
    event: attendance.AttendanceEvents | minutes.MinutesEvents | action.ForumActionEvents, _: object
) -> Disclosure:
    return Disclosure(SUBJECT_OF_FORUMS, _data(event))


def _data(event: attendance.AttendanceEvents | minutes.MinutesEvents | action.ForumActionEvents) -> Data:
    if isinstance(event, attendance.AttendanceEvents):
        return _attendance_data(event)
    if isinstance(event, action.ForumActionEvents):
        return _action_data(event)
    return _minutes_data(event)


def _attendance_data(event: attendance.AttendanceEvents) -> Data:
    match event:
        case attendance.AttendanceSigned():
            return minutes_data.attendance_signed(event)
        case attendance.AttendanceListed():
            return minutes_data.attendance_listed(event)
        case attendance.AttendanceScanned():
            return minutes_data.attendance_scanned(event)
        case attendance.AttendanceStruck():
            return minutes_data.attendance_struck(event)
        case _:
            assert_never(event)


def _minutes_data(event: minutes.MinutesEvents) -> Data:
    match event:
        case minutes.MinutesPointRecorded():
            return minutes_data.minutes_point_recorded(event)
        case minutes.MinutesPointWithdrawn():
            return minutes_data.minutes_point_withdrawn(event)
        case minutes.DissentRecorded():
            return minutes_data.dissent_recorded(event)
        case minutes.AttendanceTaken():
            return minutes_data.attendance_taken(event)
        case minutes.MinutesSigned():
            return minutes_data.minutes_signed(event)
        case minutes.MinutesSignaturesVoided():
            return minutes_data.minutes_signatures_voided(event)
        case minutes.MinutesAgreed():
            return minutes_data.minutes_agreed(event)
        case minutes.ForumWithoutQuorum():
            return minutes_data.forum_without_quorum(event)
        case _:
            assert_never(event)


def _action_data(event: action.ForumActionEvents) -> Data:
    match event:
        case action.ForumActionOpened():
            return minutes_data.forum_action_opened(event)
        case action.ForumActionReported():
            return minutes_data.forum_action_reported(event)
        case action.ForumActionEvidenced():
            return minutes_data.forum_action_evidenced(event)
        case action.ForumActionClosed():
            return minutes_data.forum_action_closed(event)
        case action.ForumActionReopened():
            return minutes_data.forum_action_reopened(event)
        case action.ForumActionLate():
            return minutes_data.forum_action_late(event)
        case _:
            assert_never(event)


attendances: Decider[Attendance] = Decider(
    name="attendance",
    initial=attendance.initial,
    decide=attendance.decide,
    evolve=attendance.evolve,
    events=get_args(attendance.AttendanceEvents),
    publish=publish,
)
minutes_of_forums: Decider[ForumMinutes] = Decider(
    name="minutes",
    initial=state.initial,
    decide=decide.decide,
    evolve=state.evolve,
    events=get_args(minutes.MinutesEvents),
    publish=publish,
)
forum_actions: Decider[ForumAction] = Decider(
    name="forum action",
    initial=action.initial,
    decide=action.decide,
    evolve=action.evolve,
    events=get_args(action.ForumActionEvents),
    publish=publish,
)
MINUTES_DECIDERS = (attendances, minutes_of_forums, forum_actions)
