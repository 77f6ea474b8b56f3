"""An action that a forum agreed on: due on a day, closed only over evidence and by somebody else than its owner. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Literal, assert_never
from uuid import UUID

from zi_chassis.domain import (
    Command,
    DomainError,
    Event,
    Parties,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.intake import Items
from zi_integrity.domain.sent_once import is_repeat
from zi_integrity.roles import HEAD, OFFICIALS, ZONE_TEAM

ActionOwner = Literal[
    "head", "integrity", "upg", "survey", "supervisor", "officer", "evaluator", "signer", "mentor"
]


class NoForumActionError(DomainError):
    """There is no action under this id."""

    def __init__(self) -> None:
        super().__init__("No forum agreed on this action. Look for it in the list of actions.")


class NotActionOwnerError(DomainError):
    """Only those whose work it is report on an action."""

    def __init__(self) -> None:
        super().__init__(
            "This action is the work of another role. They report on it, or the zone team for them."
        )


class ActionClosedError(DomainError):
    """A closed action takes no report any more."""

    def __init__(self) -> None:
        super().__init__("This action is closed. The zone team can open it again, with a reason.")


class NoActionEvidenceError(DomainError):
    """Nothing shows yet that it was done."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing shows yet that this was done. Its owner gives evidence first, then you can close it."
        )


class OwnerClosesActionError(DomainError):
    """The owner of an action, or whoever gave its evidence, never closes it."""

    def __init__(self) -> None:
        super().__init__(
            "This action is yours, or you have reported on it: a colleague with another role closes it."
        )


class ActionOpenError(DomainError):
    """An action that is open is not opened again."""

    def __init__(self) -> None:
        super().__init__("This action is open already, and nobody has given evidence yet.")


class OpenForumAction(Command):
    """The agreement of a point becomes an action once the minutes are signed; its text is that of the point."""

    forum: UUID
    point: int
    owner: ActionOwner
    due: date
    proposals: tuple[UUID, ...]
    items: Items


class ReportForumAction(Command):
    """A note on how far it is; the text is in the vault."""

    request: UUID
    body_digest: str
    items: Items


class EvidenceForumAction(Command):
    """Evidence that it was done; `standard` names the standard that was amended for it, if one was."""

    request: UUID
    body_digest: str
    items: Items
    standard: str | None = None


class CloseForumAction(Command):
    """`roles` are all that the account has, not only the one in which it acts."""

    roles: frozenset[str]


class ReopenForumAction(Command):
    request: UUID
    body_digest: str
    items: Items


class MarkForumActionLate(Command):
    """The timer of the due day, which has ended."""

    due: date


ForumActionCommands = (
    OpenForumAction
    | ReportForumAction
    | EvidenceForumAction
    | CloseForumAction
    | ReopenForumAction
    | MarkForumActionLate
)
PARTIES: Parties = {
    OpenForumAction: services("integrity"),
    ReportForumAction: officials(*OFFICIALS),
    EvidenceForumAction: officials(*OFFICIALS),
    CloseForumAction: officials(*HEAD, *ZONE_TEAM),
    ReopenForumAction: officials(*ZONE_TEAM),
    MarkForumActionLate: services("integrity"),
}


class ForumActionOpened(Event):
    forum: UUID
    point: int
    owner: ActionOwner
    due: date
    proposals: tuple[UUID, ...]
    items: Items


class ForumActionReported(Event):
    forum: UUID
    point: int
    request: UUID
    body_digest: str | None = None
    items: Items


class ForumActionEvidenced(Event):
    forum: UUID
    point: int
    request: UUID
    body_digest: str | None = None
    items: Items
    standard: str | None


class ForumActionClosed(Event):
    forum: UUID
    point: int
    late: bool


class ForumActionReopened(Event):
    """It is due again when it was due before."""

    forum: UUID
    point: int
    due: date
    request: UUID
    body_digest: str | None = None
    items: Items


class ForumActionLate(Event):
    forum: UUID
    point: int
    due: date


ForumActionEvents = (
    ForumActionOpened
    | ForumActionReported
    | ForumActionEvidenced
    | ForumActionClosed
    | ForumActionReopened
    | ForumActionLate
)


class ActionStatus(StrEnum):
    OPEN = "open"
    EVIDENCED = "evidenced"
    CLOSED = "closed"


@dataclass(frozen=True)
class ForumAction:
    """`reporters` are the accounts that have reported on it; `requests` have the digest of what was sent under each key; `is_late`
    stays, also after it is closed."""

    opened: ForumActionOpened | None = None
    status: ActionStatus = ActionStatus.OPEN
    reporters: frozenset[str] = frozenset()
    requests: Mapping[UUID, str | None] = field(default_factory=dict)
    is_late: bool = False


initial = ForumAction()


def decide(command: ForumActionCommands, action: ForumAction) -> list[ForumActionEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, OpenForumAction):
        return [] if action.opened else [ForumActionOpened(**dict(command))]
    if action.opened is None:
        raise NoForumActionError
    match command:
        case ReportForumAction() | EvidenceForumAction():
            return _report(command, action, action.opened)
        case CloseForumAction():
            return _close(command, action, action.opened)
        case ReopenForumAction():
            return _reopen(command, action, action.opened)
        case MarkForumActionLate():
            return _mark_late(command, action, action.opened)
        case _:
            assert_never(command)


def _report(
    command: ReportForumAction | EvidenceForumAction, action: ForumAction, opened: ForumActionOpened
) -> list[ForumActionEvents]:
    if is_repeat(command.request, command.body_digest, action.requests):
        return []
    if command.by.role not in officials(opened.owner, *ZONE_TEAM):
        raise NotActionOwnerError
    if action.status is ActionStatus.CLOSED:
        raise ActionClosedError
    if isinstance(command, ReportForumAction):
        return [ForumActionReported(**dict(command), forum=opened.forum, point=opened.point)]
    return [ForumActionEvidenced(**dict(command), forum=opened.forum, point=opened.point)]


def _close(
    command: CloseForumAction, action: ForumAction, opened: ForumActionOpened
) -> list[ForumActionEvents]:
    if action.status is ActionStatus.CLOSED:
        return []
    if command.by.actor in action.reporters or opened.owner in command.roles:
        raise OwnerClosesActionError
    if action.status is not ActionStatus.EVIDENCED:
        raise NoActionEvidenceError
    return [ForumActionClosed(by=command.by, forum=opened.forum, point=opened.point, late=action.is_late)]


def _reopen(
    command: ReopenForumAction, action: ForumAction, opened: ForumActionOpened
) -> list[ForumActionEvents]:
    if is_repeat(command.request, command.body_digest, action.requests):
        return []
    if action.status is ActionStatus.OPEN:
        raise ActionOpenError
    return [ForumActionReopened(**dict(command), forum=opened.forum, point=opened.point, due=opened.due)]


def _mark_late(
    command: MarkForumActionLate, action: ForumAction, opened: ForumActionOpened
) -> list[ForumActionEvents]:
    """Mark it late, once; evidence that nobody has accepted yet does not stop the clock."""
    if action.is_late or action.status is ActionStatus.CLOSED or command.due != opened.due:
        return []
    return [ForumActionLate(by=command.by, forum=opened.forum, point=opened.point, due=opened.due)]


def evolve(action: ForumAction, event: ForumActionEvents) -> ForumAction:
    match event:
        case ForumActionOpened():
            return replace(action, opened=event)
        case ForumActionReported():
            return _reported(action, event)
        case ForumActionEvidenced():
            return replace(_reported(action, event), status=ActionStatus.EVIDENCED)
        case ForumActionClosed():
            return replace(action, status=ActionStatus.CLOSED)
        case ForumActionReopened():
            return replace(action, status=ActionStatus.OPEN, requests=_with_request(action, event))
        case ForumActionLate():
            return replace(action, is_late=True)
        case _:
            assert_never(event)


def _reported(action: ForumAction, event: ForumActionReported | ForumActionEvidenced) -> ForumAction:
    return replace(
        action, reporters=action.reporters | {event.by.actor}, requests=_with_request(action, event)
    )


def _with_request(
    action: ForumAction, event: ForumActionReported | ForumActionEvidenced | ForumActionReopened
) -> Mapping[UUID, str | None]:
    return {**action.requests, event.request: event.body_digest}
