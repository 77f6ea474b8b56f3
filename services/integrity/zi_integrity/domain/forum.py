"""A public consultation forum: its plan, invitations, the time for contributions, its quorum. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from zi_chassis.domain import Command, DomainError, Event, Parties, officials, refuse_other_roles, services
from zi_contracts.configuration import Pin
from zi_contracts.integrity.forum import (
    AgendaEntry,
    CancelReason,
    ForumGroup,
    GroupReached,
    GroupTarget,
    QuorumSource,
)
from zi_contracts.text import Line
from zi_contracts.vault import ItemRef
from zi_integrity.roles import HEAD, ZONE_TEAM

ForumStatus = Literal["planned", "open", "closed", "no_quorum", "cancelled"]
Link = Annotated[Line, Field(max_length=300, pattern=r"^https://[^\s]+$")]


class ForumNotPlannedError(DomainError):
    def __init__(self) -> None:
        super().__init__("There is no such forum: choose one from the list of forums.")


class ForumPlannedAlreadyError(DomainError):
    def __init__(self) -> None:
        super().__init__("This forum was planned before with other terms: open it in the list and change it.")


class ForumTermsError(DomainError):
    """A plan that contradicts itself; the sentence says how."""


class ForumFixedError(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "The forum is open: its theme, groups and quorum stay, and contributions can't end earlier than announced."
        )


class ForumNotPlannableError(DomainError):
    def __init__(self) -> None:
        super().__init__("This forum has closed or was cancelled: plan a new one.")


class ForumNotOpenError(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "This forum does not take contributions now. Its page says when it does, and which other forums are open."
        )


class ForumOverError(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "The time for contributions is over, so this was not taken. Look for the next forum in the list."
        )


class ForumStillOpenError(DomainError):
    def __init__(self, until: datetime) -> None:
        super().__init__(
            "Contributions were promised to be taken until {until}: it can't close before.", until=until
        )


class ForumHasQuorumError(DomainError):
    def __init__(self) -> None:
        super().__init__("Only a forum that closed without quorum can be extended.")


class ForumPlanCommand(Command):
    """The terms of a forum; a quorum of 0 means that the office decided none."""

    theme: Line
    begins: datetime
    closes_on: datetime
    place: Line | None
    link: Link | None
    groups: tuple[GroupTarget, ...]
    quorum: int


class PlanForum(ForumPlanCommand):
    """`quorum_counts` says who counts for the quorum."""

    number: str
    rules: Pin
    quorum_counts: tuple[QuorumSource, ...]


class ChangeForum(ForumPlanCommand):
    pass


class WriteInvitation(Command):
    """`request` is what it is written for: a repeat of it writes nothing."""

    group: ForumGroup
    items: tuple[ItemRef, ...]
    request: UUID


class OpenForum(Command):
    agenda: tuple[AgendaEntry, ...]


class CloseForum(Command):
    """`reached` and `proposals` are counted when nothing more is taken."""

    reached: tuple[GroupReached, ...]
    proposals: int


class ExtendForum(Command):
    begins: datetime
    closes_on: datetime


class CancelForum(Command):
    reason: CancelReason


ForumCommands = PlanForum | ChangeForum | WriteInvitation | OpenForum | CloseForum | ExtendForum | CancelForum
PLANNERS = officials(*ZONE_TEAM, *HEAD)
PARTIES: Parties = {
    PlanForum: PLANNERS,
    ChangeForum: PLANNERS,
    WriteInvitation: PLANNERS,
    OpenForum: PLANNERS,
    CloseForum: PLANNERS | services("integrity"),
    ExtendForum: PLANNERS,
    CancelForum: officials(*HEAD),
}


class ForumTermsEvent(Event):
    theme: str
    begins: datetime
    closes_on: datetime
    place: str | None
    link: str | None
    groups: tuple[GroupTarget, ...]
    quorum: int


class ForumPlanned(ForumTermsEvent):
    """Without `quorum_counts`, the forum counts whoever took part with a code, and its minutes count the attendance."""

    number: str
    rules: Pin
    quorum_counts: tuple[QuorumSource, ...] | None = None


class ForumChanged(ForumTermsEvent):
    pass


class ForumInvitationWritten(Event):
    invitation: str
    group: ForumGroup
    items: tuple[ItemRef, ...]
    request: UUID


class ForumOpened(Event):
    agenda: tuple[AgendaEntry, ...]


class ForumClosed(Event):
    reached: tuple[GroupReached, ...]
    has_quorum: bool
    proposals: int


class ForumExtended(Event):
    begins: datetime
    closes_on: datetime


class ForumCancelled(Event):
    reason: CancelReason


ForumEvents = (
    ForumPlanned
    | ForumChanged
    | ForumInvitationWritten
    | ForumOpened
    | ForumClosed
    | ForumExtended
    | ForumCancelled
)


@dataclass(frozen=True)
class Forum:
    planned: ForumPlanned | None = None
    terms: ForumTermsEvent | None = None
    status: ForumStatus = "planned"
    invitations: tuple[ForumInvitationWritten, ...] = ()
    agenda: tuple[AgendaEntry, ...] = ()

    @property
    def number(self) -> str:
        return self.planned.number if self.planned else ""

    @property
    def quorum_counts(self) -> tuple[QuorumSource, ...]:
        return (self.planned and self.planned.quorum_counts) or ("code",)

    @property
    def counts_once(self) -> bool:
        """Tell if the minutes count the same people as the forum."""
        return self.planned is not None and self.planned.quorum_counts is not None

    @property
    def groups(self) -> frozenset[ForumGroup]:
        return frozenset(each.group for each in self.terms.groups) if self.terms else frozenset()

    def refuse_contribution(self, group: ForumGroup | None, at: datetime) -> None:
        """Raise unless the forum takes contributions of this group at this time; `group` is None where it does not matter."""
        if self.terms is None:
            raise ForumNotPlannedError
        if self.status in ("closed", "no_quorum") or (self.status == "open" and at >= self.terms.closes_on):
            raise ForumOverError
        if self.status != "open":
            raise ForumNotOpenError
        if group is not None and group not in self.groups:
            raise ForumTermsError("This forum has not invited that group: choose one of its groups.")


initial = Forum()


def decide(command: ForumCommands, forum: Forum) -> Sequence[ForumEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, PlanForum):
        return _plan(command, forum)
    if forum.terms is None:
        raise ForumNotPlannedError
    match command:
        case ChangeForum():
            return _change(command, forum, forum.terms)
        case WriteInvitation():
            return _invite(command, forum)
        case OpenForum():
            return _open(command, forum, forum.terms)
        case CloseForum():
            return _close(command, forum, forum.terms)
        case ExtendForum():
            return _extend(command, forum)
        case CancelForum():
            return _cancel(command, forum)
        case _:
            assert_never(command)


def _plan(command: PlanForum, forum: Forum) -> Sequence[ForumEvents]:
    planned = ForumPlanned(**dict(command))
    if forum.planned is None:
        _refuse_contradictions(command)
        return [planned]
    differing = {"by", "number"} if forum.counts_once else {"by", "number", "quorum_counts"}
    if forum.planned.model_dump(exclude=differing) != planned.model_dump(exclude=differing):
        raise ForumPlannedAlreadyError
    return []


def _refuse_contradictions(command: ForumPlanCommand) -> None:
    groups = [each.group for each in command.groups]
    if not groups:
        raise ForumTermsError("Invite at least one group, with the number of participants that you want.")
    if len(set(groups)) < len(groups):
        raise ForumTermsError("Name each group once.")
    if command.place is None and command.link is None:
        raise ForumTermsError("Say where the forum is held: a place, a link, or both.")
    if command.quorum > len(groups):
        raise ForumTermsError("The quorum can't be larger than the number of groups that are invited.")
    _refuse_times(command, command.begins, command.closes_on)


def _refuse_times(command: Command, begins: datetime, closes_on: datetime) -> None:
    if closes_on <= command.by.at:
        raise ForumTermsError("Contributions must end in the future.")
    if begins > closes_on:
        raise ForumTermsError("Contributions can't end before the forum begins.")


def _change(command: ChangeForum, forum: Forum, terms: ForumTermsEvent) -> Sequence[ForumEvents]:
    changed = ForumChanged(**dict(command))
    if forum.status not in ("planned", "open"):
        raise ForumNotPlannableError
    if all(getattr(terms, name) == value for name, value in changed if name != "by"):
        return []
    _refuse_contradictions(command)
    fixed = (terms.theme, terms.groups, terms.quorum) == (command.theme, command.groups, command.quorum)
    if forum.status == "open" and not (fixed and command.closes_on >= terms.closes_on):
        raise ForumFixedError
    return [changed]


def _invite(command: WriteInvitation, forum: Forum) -> Sequence[ForumEvents]:
    if any(each.request == command.request for each in forum.invitations):
        return []
    if forum.status not in ("planned", "open"):
        raise ForumNotPlannableError
    if command.group not in forum.groups:
        raise ForumTermsError("This forum has not invited that group: choose one of its groups.")
    number = f"UND-{len(forum.invitations) + 1:03}/FKP-{forum.number}"
    return [ForumInvitationWritten(invitation=number, **dict(command))]


def _open(command: OpenForum, forum: Forum, terms: ForumTermsEvent) -> Sequence[ForumEvents]:
    if forum.status == "open":
        return []
    if forum.status != "planned":
        raise ForumNotPlannableError
    _refuse_times(command, terms.begins, terms.closes_on)
    return [ForumOpened(**dict(command))]


def _close(command: CloseForum, forum: Forum, terms: ForumTermsEvent) -> Sequence[ForumEvents]:
    if forum.status in ("closed", "no_quorum"):
        return []
    if forum.status != "open":
        raise ForumNotOpenError
    if command.by.at < terms.closes_on:
        raise ForumStillOpenError(terms.closes_on)
    reached = sum(each.count > 0 for each in command.reached if each.group in forum.groups)
    return [
        ForumClosed(
            by=command.by,
            reached=command.reached,
            has_quorum=reached >= terms.quorum,
            proposals=command.proposals,
        )
    ]


def _extend(command: ExtendForum, forum: Forum) -> Sequence[ForumEvents]:
    if forum.status != "no_quorum":
        raise ForumHasQuorumError
    _refuse_times(command, command.begins, command.closes_on)
    return [ForumExtended(**dict(command))]


def _cancel(command: CancelForum, forum: Forum) -> Sequence[ForumEvents]:
    if forum.status == "cancelled":
        return []
    if forum.status == "closed":
        raise ForumNotPlannableError
    return [ForumCancelled(**dict(command))]


def evolve(forum: Forum, event: ForumEvents) -> Forum:
    match event:
        case ForumPlanned():
            return replace(forum, planned=event, terms=event)
        case ForumChanged():
            return replace(forum, terms=event)
        case ForumInvitationWritten():
            return replace(forum, invitations=(*forum.invitations, event))
        case ForumOpened():
            return replace(forum, status="open", agenda=event.agenda)
        case ForumClosed():
            return replace(forum, status="closed" if event.has_quorum else "no_quorum")
        case ForumExtended():
            return replace(forum, status="open", terms=_extended(forum.terms, event))
        case ForumCancelled():
            return replace(forum, status="cancelled")
        case _:
            assert_never(event)


def _extended(terms: ForumTermsEvent | None, event: ForumExtended) -> ForumTermsEvent | None:
    return terms and terms.model_copy(update={"begins": event.begins, "closes_on": event.closes_on})
