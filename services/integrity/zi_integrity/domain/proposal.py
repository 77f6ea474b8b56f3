"""A proposal to a forum: its text in the vault, moderation, comments, counted support, and the office's answer. Pure.

Nothing is deleted: what is hidden stays, with a reason that everybody sees, and every proposal gets one answer that stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from zi_chassis.domain import Command, DomainError, Event, Parties, officials, refuse_other_roles, services
from zi_contracts.intake import Language
from zi_contracts.integrity.forum import EntryChannel, ForumGroup, HidingReason, ProposalOutcome
from zi_contracts.text import LINES
from zi_contracts.vault import ItemRef
from zi_integrity.domain.sent_once import is_repeat
from zi_integrity.roles import HEAD, ZONE_TEAM
from zi_rules.standard import Component

Moderation = Literal["waiting", "published", "hidden"]


class NoSuchProposalError(DomainError):
    def __init__(self) -> None:
        super().__init__("There is no such proposal: choose one from the list of the forum.")


class AnotherProposalError(DomainError):
    def __init__(self) -> None:
        super().__init__("Another proposal was sent from this form: open the page anew to propose more.")


class ProposalNotPublicError(DomainError):
    def __init__(self) -> None:
        super().__init__("This proposal is not public, so it can't be commented on or supported.")


class NoSuchCommentError(DomainError):
    def __init__(self) -> None:
        super().__init__("There is no such comment on this proposal.")


class DuplicateOfItselfError(DomainError):
    def __init__(self) -> None:
        super().__init__("Name the number of the other proposal that says the same.")


class ModerateFirstError(DomainError):
    def __init__(self) -> None:
        super().__init__("Decide first whether the text of this proposal is shown; then answer it.")


class SettledAlreadyError(DomainError):
    def __init__(self) -> None:
        super().__init__("This proposal was answered, and an answer stays as it is.")


class AlreadySupportedError(DomainError):
    def __init__(self) -> None:
        super().__init__("This code has supported the proposal already; each code counts once.")


class Propose(Command):
    """`author` is the participant of a code; it is in the store and in no message."""

    forum: UUID
    number: str
    proposal: int
    group: ForumGroup
    language: Language
    reachable: bool
    author: UUID
    body_digest: str
    data_subject: UUID
    items: tuple[ItemRef, ...]


class EnterProposal(Command):
    """A paper from the counter, entered by an officer."""

    forum: UUID
    number: str
    proposal: int
    group: ForumGroup
    language: Language
    reachable: bool
    body_digest: str
    data_subject: UUID
    items: tuple[ItemRef, ...]


class PublishProposal(Command):
    pass


class HideProposal(Command):
    reason: HidingReason
    duplicate_of: int | None = None


class Comment(Command):
    comment: UUID
    group: ForumGroup
    author: UUID
    body_digest: str
    items: tuple[ItemRef, ...]


class EnterComment(Command):
    comment: UUID
    group: ForumGroup
    body_digest: str
    items: tuple[ItemRef, ...]


class PublishComment(Command):
    comment: UUID


class HideComment(Command):
    comment: UUID
    reason: HidingReason


class CountSupport(Command):
    signs: tuple[str, ...]


class SettleProposal(Command):
    """`components` are those of a service standard that the accepted proposal changes, if it changes one."""

    outcome: ProposalOutcome
    grounds: Annotated[str, Field(min_length=1, max_length=1000), LINES]
    components: tuple[Component, ...] = ()


ProposalCommands = (
    Propose
    | EnterProposal
    | PublishProposal
    | HideProposal
    | Comment
    | EnterComment
    | PublishComment
    | HideComment
    | CountSupport
    | SettleProposal
)
PUBLIC = frozenset({"public"})
ENTERING = officials("officer", *ZONE_TEAM)
TEAM = officials(*ZONE_TEAM)
MODERATING = officials(*ZONE_TEAM, *HEAD)
PARTIES: Parties = {
    Propose: PUBLIC,
    EnterProposal: ENTERING,
    PublishProposal: MODERATING,
    HideProposal: MODERATING,
    Comment: PUBLIC,
    EnterComment: TEAM,
    PublishComment: MODERATING,
    HideComment: MODERATING,
    CountSupport: services("integrity"),
    SettleProposal: MODERATING,
}


class ProposalMade(Event):
    """`author` is absent where an officer entered a paper."""

    forum: UUID
    number: str
    proposal: int
    channel: EntryChannel
    group: ForumGroup
    language: Language
    reachable: bool
    author: UUID | None
    body_digest: str
    data_subject: UUID
    items: tuple[ItemRef, ...]


class ProposalPublished(Event):
    own_entry: bool


class ProposalHidden(Event):
    own_entry: bool
    reason: HidingReason
    duplicate_of: int | None


class ProposalCommented(Event):
    comment: UUID
    channel: EntryChannel
    group: ForumGroup
    author: UUID | None
    body_digest: str | None = None
    items: tuple[ItemRef, ...]


class CommentPublished(Event):
    comment: UUID
    own_entry: bool


class CommentHidden(Event):
    comment: UUID
    own_entry: bool
    reason: HidingReason


class SupportCounted(Event):
    signs: tuple[str, ...]


class ProposalSettled(Event):
    own_entry: bool
    outcome: ProposalOutcome
    grounds: str
    components: tuple[Component, ...] = ()


ProposalEvents = (
    ProposalMade
    | ProposalPublished
    | ProposalHidden
    | ProposalCommented
    | CommentPublished
    | CommentHidden
    | SupportCounted
    | ProposalSettled
)


@dataclass(frozen=True)
class ModeratedComment:
    made: ProposalCommented
    moderation: Moderation = "waiting"
    reason: HidingReason | None = None


@dataclass(frozen=True)
class Proposal:
    """`supporters` are signs that differ from proposal to proposal."""

    made: ProposalMade | None = None
    moderation: Moderation = "waiting"
    hidden: ProposalHidden | None = None
    comments: dict[UUID, ModeratedComment] = field(default_factory=dict)
    supporters: frozenset[str] = frozenset()
    settled: ProposalSettled | None = None

    def refuse_support(self, sign: str) -> None:
        """Raise unless this sign may support the proposal."""
        if self.made is None:
            raise NoSuchProposalError
        if self.moderation != "published":
            raise ProposalNotPublicError
        if sign in self.supporters:
            raise AlreadySupportedError


initial = Proposal()


def decide(command: ProposalCommands, proposal: Proposal) -> Sequence[ProposalEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, Propose | EnterProposal):
        return _propose(command, proposal)
    if proposal.made is None:
        raise NoSuchProposalError
    match command:
        case PublishProposal():
            is_own = command.by.actor == proposal.made.by.actor
            published = ProposalPublished(by=command.by, own_entry=is_own)
            return [] if proposal.moderation == "published" else [published]
        case HideProposal():
            return _hide(command, proposal, proposal.made)
        case Comment() | EnterComment():
            return _comment(command, proposal)
        case PublishComment() | HideComment():
            return _moderate(command, proposal)
        case CountSupport():
            fresh = tuple(sorted(set(command.signs) - proposal.supporters))
            return [SupportCounted(by=command.by, signs=fresh)] if fresh else []
        case SettleProposal():
            return _settle(command, proposal, proposal.made)
        case _:
            assert_never(command)


def _propose(command: Propose | EnterProposal, proposal: Proposal) -> Sequence[ProposalEvents]:
    if proposal.made is not None:
        if proposal.made.body_digest != command.body_digest:
            raise AnotherProposalError
        return []
    online = isinstance(command, Propose)
    fields = {"channel": "online" if online else "paper", "author": None, **dict(command)}
    return [ProposalMade.model_validate(fields)]


def _hide(command: HideProposal, proposal: Proposal, made: ProposalMade) -> Sequence[ProposalEvents]:
    is_duplicate = command.reason == "duplicate"
    if is_duplicate != (command.duplicate_of is not None) or command.duplicate_of == made.proposal:
        raise DuplicateOfItselfError
    is_own = command.by.actor == made.by.actor
    hidden = ProposalHidden(own_entry=is_own, **dict(command))
    before = proposal.hidden
    if before is not None and (before.reason, before.duplicate_of) == (hidden.reason, hidden.duplicate_of):
        return []
    return [hidden]


def _comment(command: Comment | EnterComment, proposal: Proposal) -> Sequence[ProposalEvents]:
    sent = {id: each.made.body_digest for id, each in proposal.comments.items()}
    if is_repeat(command.comment, command.body_digest, sent):
        return []
    if proposal.moderation != "published":
        raise ProposalNotPublicError
    online = isinstance(command, Comment)
    fields = {"channel": "online" if online else "paper", "author": None, **dict(command)}
    return [ProposalCommented.model_validate(fields)]


def _moderate(command: PublishComment | HideComment, proposal: Proposal) -> Sequence[ProposalEvents]:
    comment = proposal.comments.get(command.comment)
    if comment is None:
        raise NoSuchCommentError
    is_own = command.by.actor == comment.made.by.actor
    if isinstance(command, PublishComment):
        published = CommentPublished(by=command.by, comment=command.comment, own_entry=is_own)
        return [] if comment.moderation == "published" else [published]
    return [] if comment.reason == command.reason else [CommentHidden(own_entry=is_own, **dict(command))]


def _settle(command: SettleProposal, proposal: Proposal, made: ProposalMade) -> Sequence[ProposalEvents]:
    if proposal.moderation == "waiting":
        raise ModerateFirstError
    if proposal.settled is None:
        return [ProposalSettled(own_entry=command.by.actor == made.by.actor, **dict(command))]
    settled = proposal.settled
    if (settled.outcome, settled.grounds, settled.components) != (
        command.outcome,
        command.grounds,
        command.components,
    ):
        raise SettledAlreadyError
    return []


def evolve(proposal: Proposal, event: ProposalEvents) -> Proposal:
    match event:
        case ProposalMade():
            return replace(proposal, made=event)
        case ProposalPublished():
            return replace(proposal, moderation="published", hidden=None)
        case ProposalHidden():
            return replace(proposal, moderation="hidden", hidden=event)
        case ProposalCommented():
            return replace(proposal, comments=proposal.comments | {event.comment: ModeratedComment(event)})
        case CommentPublished():
            return _moderated(proposal, event.comment, "published", None)
        case CommentHidden():
            return _moderated(proposal, event.comment, "hidden", event.reason)
        case SupportCounted():
            return replace(proposal, supporters=proposal.supporters | set(event.signs))
        case ProposalSettled():
            return replace(proposal, settled=event)
        case _:
            assert_never(event)


def _moderated(
    proposal: Proposal, comment: UUID, moderation: Moderation, reason: HidingReason | None
) -> Proposal:
    after = replace(proposal.comments[comment], moderation=moderation, reason=reason)
    return replace(proposal, comments=proposal.comments | {comment: after})
