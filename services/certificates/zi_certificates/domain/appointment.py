"""Acting signers (Plh): the head appoints an official to sign, for a time that is stated beforehand. Pure."""

from datetime import datetime
from typing import ClassVar, assert_never

from zi_certificates.roles import APPOINTING
from zi_chassis.domain import Command, DomainError, Event, Parties, Value, officials, refuse_other_roles


class AppointmentError(DomainError):
    """Base of the errors that the state of an appointment raises."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class YourselfError(AppointmentError):
    sentence = "You sign already: appoint somebody else."


class NoTimeError(AppointmentError):
    sentence = "An appointment ends after it begins, and after now: check its dates."


class AppointedError(AppointmentError):
    sentence = "This appointment was made already: end it, and make a new one."


class NotAppointedError(AppointmentError):
    sentence = "There is no such appointment."


class Appoint(Command):
    official: str
    begins: datetime
    ends: datetime


class End(Command):
    pass


class ActingSignerAppointed(Event):
    official: str
    begins: datetime
    ends: datetime


class ActingSignerEnded(Event):
    official: str


AppointmentCommands = Appoint | End
HEAD = officials(*APPOINTING)
PARTIES: Parties = {Appoint: HEAD, End: HEAD}
AppointmentEvents = ActingSignerAppointed | ActingSignerEnded


class Appointed(Value):
    made: ActingSignerAppointed | None = None
    ended: datetime | None = None


initial = Appointed()


def decide(command: AppointmentCommands, state: Appointed) -> list[AppointmentEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case Appoint():
            return _appoint(command, state)
        case End():
            return _end(command, state)
        case _:
            assert_never(command)


def _appoint(command: Appoint, state: Appointed) -> list[AppointmentEvents]:
    made = ActingSignerAppointed(**dict(command))
    if state.made is not None:
        if _terms(state.made) == _terms(made):
            return []
        raise AppointedError
    if command.official == command.by.actor:
        raise YourselfError
    if command.ends <= max(command.begins, command.by.at):
        raise NoTimeError
    return [made]


def _terms(made: ActingSignerAppointed) -> tuple[str, datetime, datetime]:
    return made.official, made.begins, made.ends


def _end(command: End, state: Appointed) -> list[AppointmentEvents]:
    if state.made is None:
        raise NotAppointedError
    if state.ended is not None:
        return []
    return [ActingSignerEnded(by=command.by, official=state.made.official)]


def evolve(state: Appointed, event: AppointmentEvents) -> Appointed:
    match event:
        case ActingSignerAppointed():
            return Appointed(made=event)
        case ActingSignerEnded():
            return Appointed(made=state.made, ended=event.by.at)
        case _:
            assert_never(event)
