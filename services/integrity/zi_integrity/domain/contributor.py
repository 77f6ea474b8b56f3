"""A contributor: a person without a case whose data the vault of integrity holds; its aggregate is the data subject. Who opened the data,
and the erasure on which two officials agree. Pure."""

from collections.abc import Collection, Sequence
from typing import ClassVar, assert_never
from uuid import UUID

from zi_chassis.domain import (
    Command,
    DomainError,
    Event,
    Parties,
    Value,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.intake import ErasureReason, RefusalReason
from zi_contracts.message import Slug
from zi_integrity.roles import GIFT_UNIT, HEAD, READING, ZONE_TEAM

# The fields of the vault that are a person's own. Every other one shows what the office did, and is never erased as a person's.
ERASABLE = frozenset(
    {
        *("contact.email", "contact.code", "contact.name", "invitation.addressee"),
        *("proposal.title", "proposal.text", "comment.text", "survey.words"),
        *("gift.reporter", "gift.giver", "gift.relation", "gift.thing", "gift.value"),
        *("gift.occasion", "gift.place", "gift.more", "gift.decision"),
        *("conflict.reporter", "conflict.note"),
        *("compensation.offer", "compensation.proof"),
    }
)


class ContributorError(DomainError):
    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class ContributorErasedError(ContributorError):
    sentence = "The personal data of this person was erased for good."


class ContributorErasurePendingError(ContributorError):
    sentence = "The erasure has been asked for already: the head decides."


class NoContributorErasureError(ContributorError):
    sentence = "Nobody has asked for the erasure of this person's data: ask for it first."


class SameContributorOfficialError(ContributorError):
    sentence = "You asked for this erasure yourself: another official has to decide."


class NotOfPersonError(ContributorError):
    sentence = (
        "Nothing under this reference may be erased: it is not a person's, or the vault holds nothing there. Letters, minutes and what the"
        " office did stay."
    )


class OpenContributorData(Command):
    items: tuple[UUID, ...]
    purpose: Slug


class RequestContributorErasure(Command):
    """`fields` are all that the vault holds under the reference, read under the write lock in which the command is decided."""

    reason: ErasureReason
    fields: frozenset[str]


class ApproveContributorErasure(Command):
    """`fields` as in the request, once more: something else may lie there by now."""

    fields: frozenset[str]


class RefuseContributorErasure(Command):
    reason: RefusalReason


ContributorCommands = (
    OpenContributorData | RequestContributorErasure | ApproveContributorErasure | RefuseContributorErasure
)
PARTIES: Parties = {
    OpenContributorData: officials(*READING) | services("notify", "integrity"),
    RequestContributorErasure: officials(*ZONE_TEAM, *GIFT_UNIT),
    ApproveContributorErasure: officials(*HEAD),
    RefuseContributorErasure: officials(*HEAD),
}


class ContributorDataOpened(Event):
    items: tuple[UUID, ...]
    purpose: Slug


class ContributorErasureRequested(Event):
    reason: ErasureReason


class ContributorErasureRefused(Event):
    reason: RefusalReason


class ContributorErased(Event):
    reason: ErasureReason
    asked_by: str


ContributorEvents = (
    ContributorDataOpened | ContributorErasureRequested | ContributorErasureRefused | ContributorErased
)


class Contributor(Value):
    request: ContributorErasureRequested | None = None
    is_erased: bool = False


initial = Contributor()


def decide(command: ContributorCommands, contributor: Contributor) -> Sequence[ContributorEvents]:
    refuse_other_roles(command, PARTIES)
    if contributor.is_erased:
        if isinstance(command, ApproveContributorErasure):
            return []
        raise ContributorErasedError
    match command:
        case OpenContributorData():
            return [ContributorDataOpened(**dict(command))]
        case RequestContributorErasure():
            return _request(command, contributor)
        case ApproveContributorErasure():
            request = _pending(command, contributor)
            _refuse_office_fields(command.fields)
            return [ContributorErased(by=command.by, reason=request.reason, asked_by=request.by.actor)]
        case RefuseContributorErasure():
            _pending(command, contributor)
            return [ContributorErasureRefused(**dict(command))]
        case _:
            assert_never(command)


def evolve(contributor: Contributor, event: ContributorEvents) -> Contributor:
    match event:
        case ContributorDataOpened():
            return contributor
        case ContributorErasureRequested():
            return Contributor(request=event)
        case ContributorErasureRefused():
            return Contributor()
        case ContributorErased():
            return Contributor(is_erased=True)
        case _:
            assert_never(event)


def _request(
    command: RequestContributorErasure, contributor: Contributor
) -> Sequence[ContributorErasureRequested]:
    _refuse_office_fields(command.fields)
    if contributor.request is None:
        return [ContributorErasureRequested(by=command.by, reason=command.reason)]
    if (contributor.request.by.actor, contributor.request.reason) == (command.by.actor, command.reason):
        return []
    raise ContributorErasurePendingError


def is_erasable(fields: Collection[str]) -> bool:
    """Only a reference under which something lies, and nothing but what is a person's own."""
    return bool(fields) and ERASABLE.issuperset(fields)


def _refuse_office_fields(fields: Collection[str]) -> None:
    if not is_erasable(fields):
        raise NotOfPersonError


def _pending(command: Command, contributor: Contributor) -> ContributorErasureRequested:
    """Return the request to decide about. Raises SameContributorOfficialError for a decision about an own request."""
    if contributor.request is None:
        raise NoContributorErasureError
    if contributor.request.by.actor == command.by.actor:
        raise SameContributorOfficialError
    return contributor.request
