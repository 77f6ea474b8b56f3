"""The data of each message about attendance, minutes and actions of a forum: a function an event, which names each disclosed field.

The participant behind a code and the printed names stay in the store and the vault."""

from zi_contracts.configuration import Pin
from zi_contracts.integrity import minutes as contract
from zi_integrity.domain import action, attendance
from zi_integrity.domain.minutes import messages as minutes


def attendance_signed(event: attendance.AttendanceSigned) -> contract.AttendanceSigned:
    return contract.AttendanceSigned(forum=event.forum, group=event.group)


def attendance_listed(event: attendance.AttendanceListed) -> contract.AttendanceListed:
    people = tuple(contract.ListedAttendee(group=each.group, name=each.name) for each in event.people)
    return contract.AttendanceListed(forum=event.forum, people=people)


def attendance_scanned(event: attendance.AttendanceScanned) -> contract.AttendanceScanned:
    return contract.AttendanceScanned(forum=event.forum, scan=event.scan)


def attendance_struck(event: attendance.AttendanceStruck) -> contract.AttendanceStruck:
    return contract.AttendanceStruck(
        forum=event.forum, attendee=event.number, group=event.group, reason=event.reason
    )


def minutes_point_recorded(event: minutes.MinutesPointRecorded) -> contract.MinutesPointRecorded:
    return contract.MinutesPointRecorded(
        forum=event.forum,
        point=event.point,
        revision=event.revision,
        owner=event.owner,
        due=event.due,
        proposals=event.proposals,
        items=event.items,
    )


def minutes_point_withdrawn(event: minutes.MinutesPointWithdrawn) -> contract.MinutesPointWithdrawn:
    return contract.MinutesPointWithdrawn(forum=event.forum, point=event.point)


def dissent_recorded(event: minutes.DissentRecorded) -> contract.DissentRecorded:
    return contract.DissentRecorded(
        forum=event.forum, point=event.point, revision=event.revision, group=event.group, items=event.items
    )


def attendance_taken(event: minutes.AttendanceTaken) -> contract.AttendanceTaken:
    rule = event.rule
    return contract.AttendanceTaken(
        forum=event.forum,
        counts=tuple(
            contract.GroupCount(group=each.group, people=each.people, target=each.target)
            for each in event.counts
        ),
        rules=Pin(id=rule.id, version=rule.version, digest=rule.digest),
        quorum=event.quorum,
        groups_reached=event.groups_reached,
    )


def minutes_signed(event: minutes.MinutesSigned) -> contract.MinutesSigned:
    return contract.MinutesSigned(
        forum=event.forum,
        digest=event.digest,
        signature=event.signature,
        content=event.content,
        group=event.group,
        name=event.name,
    )


def minutes_signatures_voided(event: minutes.MinutesSignaturesVoided) -> contract.MinutesSignaturesVoided:
    return contract.MinutesSignaturesVoided(
        forum=event.forum, digest=event.digest, signatures=event.signatures
    )


def minutes_agreed(event: minutes.MinutesAgreed) -> contract.MinutesAgreed:
    return contract.MinutesAgreed(
        forum=event.forum,
        digest=event.digest,
        public_signatures=event.public_signatures,
        actions=event.actions,
    )


def forum_without_quorum(event: minutes.ForumWithoutQuorum) -> contract.ForumWithoutQuorum:
    return contract.ForumWithoutQuorum(forum=event.forum, people=event.people)


def forum_action_opened(event: action.ForumActionOpened) -> contract.ForumActionOpened:
    return contract.ForumActionOpened(
        forum=event.forum,
        point=event.point,
        owner=event.owner,
        due=event.due,
        proposals=event.proposals,
        items=event.items,
    )


def forum_action_reported(event: action.ForumActionReported) -> contract.ForumActionReported:
    return contract.ForumActionReported(forum=event.forum, point=event.point, items=event.items)


def forum_action_evidenced(event: action.ForumActionEvidenced) -> contract.ForumActionEvidenced:
    return contract.ForumActionEvidenced(
        forum=event.forum, point=event.point, items=event.items, amended_standard=event.standard
    )


def forum_action_closed(event: action.ForumActionClosed) -> contract.ForumActionClosed:
    return contract.ForumActionClosed(forum=event.forum, point=event.point, late=event.late)


def forum_action_reopened(event: action.ForumActionReopened) -> contract.ForumActionReopened:
    return contract.ForumActionReopened(
        forum=event.forum, point=event.point, due=event.due, items=event.items
    )


def forum_action_late(event: action.ForumActionLate) -> contract.ForumActionLate:
    return contract.ForumActionLate(forum=event.forum, point=event.point, due=event.due)
