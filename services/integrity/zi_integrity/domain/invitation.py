"""The invitation of a finished case: one signature, for one blinded message; a repeat of that message gets the same answer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, assert_never
from uuid import UUID

from zi_chassis.domain import CITIZENS, Command, DomainError, Event, Parties, refuse_other_roles, services
from zi_contracts.intake import Channel, Language


class InvitationError(DomainError):
    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class NotInvitedError(InvitationError):
    sentence = "There is no invitation for this case yet. Invitations go out to many at the same time; look again later."


class NotYourInvitationError(InvitationError):
    sentence = "This invitation belongs to the person who filed the case."


class InvitationTakenError(InvitationError):
    sentence = "The invitation of this case was taken already. Each case gives one; the office can't take it back or give another."


class InvitationOverError(InvitationError):
    sentence = "The survey of this quarter is over, so its invitations can't be taken any more."


class InviteToSurvey(Command):
    """`citizen` is the actor who filed the case."""

    ticket: str
    citizen: str
    service: str
    quarter: str
    key: UUID
    answer_until: date
    language: Language
    reachable_by: tuple[Channel, ...]


class SignInvitation(Command):
    """`owner` is how the case names its citizen where they came in as now, `blinded` the digest of the blinded message, `day` that of
    the office's calendar."""

    owner: str
    blinded: str
    day: date


InvitationCommands = InviteToSurvey | SignInvitation
PARTIES: Parties = {InviteToSurvey: services("integrity"), SignInvitation: CITIZENS}


class SurveyInvited(Event):
    ticket: str
    citizen: str
    service: str
    quarter: str
    key: UUID
    answer_until: date
    language: Language
    reachable_by: tuple[Channel, ...]


class InvitationSigned(Event):
    blinded: str


InvitationEvents = SurveyInvited | InvitationSigned


@dataclass(frozen=True)
class Invitation:
    invited: SurveyInvited | None = None
    blinded: str | None = None


initial = Invitation()


def decide(command: InvitationCommands, invitation: Invitation) -> Sequence[InvitationEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case InviteToSurvey():
            return [] if invitation.invited else [SurveyInvited(**dict(command))]
        case SignInvitation():
            return _sign(command, invitation)
        case _:
            assert_never(command)


def _sign(command: SignInvitation, invitation: Invitation) -> Sequence[InvitationEvents]:
    if invitation.invited is None:
        raise NotInvitedError
    if command.by.actor != command.owner:
        raise NotYourInvitationError
    if command.day > invitation.invited.answer_until:
        raise InvitationOverError
    if invitation.blinded is None:
        return [InvitationSigned(by=command.by, blinded=command.blinded)]
    if invitation.blinded != command.blinded:
        raise InvitationTakenError
    return []


def evolve(invitation: Invitation, event: InvitationEvents) -> Invitation:
    match event:
        case SurveyInvited():
            return replace(invitation, invited=event)
        case InvitationSigned():
            return replace(invitation, blinded=event.blinded)
        case _:
            assert_never(event)
