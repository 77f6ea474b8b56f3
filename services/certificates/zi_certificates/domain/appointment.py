"""Acting signers (Plh): the head appoints an official to sign, for a time that is stated beforehand. Pure."""

from datetime import datetime, timedelta
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


class UnknownOfficialError(AppointmentError):
    sentence = (
        "Choose an official from the list: of a role that may sign in somebody's place, and known here. Whoever has opened the desk"
        " once is known."
    )


class BegunBeforeError(AppointmentError):
    sentence = "An appointment is made before it begins, or on its first day: check its dates."


class TooLongAppointmentError(DomainError):
    """Raised for more days than the office's rules allow, together with the appointments of the official before and after."""

    def __init__(self, days: int) -> None:
        super().__init__(
            "An acting signer is appointed for at most {days} days in a row, all appointments without a break of more than a day"
            " counted together: let it end earlier.",
            days=days,
        )


class TooEarlyAppointmentError(DomainError):
    """Raised where an appointment begins later than the office's rules allow to appoint for."""

    def __init__(self, days: int) -> None:
        super().__init__(
            "An acting signer is appointed at most {days} days before it begins: appoint them later.",
            days=days,
        )


class AppointedError(AppointmentError):
    sentence = "This appointment was made already: end it, and make a new one."


class NotAppointedError(AppointmentError):
    sentence = "There is no such appointment."


class AppointmentLimits(Value):
    """The roles of officials who may be appointed, for how many days, and how many days before."""

    roles: frozenset[str]
    most_days: int
    most_days_ahead: int


class AppointmentTerm(Value):
    """The time for which an official is or was appointed, until the appointment was ended."""

    begins: datetime
    ends: datetime


class Appoint(Command):
    """`known_roles` are the roles in which the official is known here, `others` the terms of their other appointments."""

    official: str
    begins: datetime
    ends: datetime
    known_roles: frozenset[str]
    limits: AppointmentLimits
    others: tuple[AppointmentTerm, ...] = ()


class End(Command):
    pass


class ActingSignerAppointed(Event):
    official: str
    begins: datetime
    ends: datetime


class ActingSignerEnded(Event):
    official: str


AppointmentCommands = Appoint | End
A_DAY = timedelta(days=1)
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
    made = ActingSignerAppointed(
        by=command.by, official=command.official, begins=command.begins, ends=command.ends
    )
    if state.made is not None:
        if _terms(state.made) == _terms(made):
            return []
        raise AppointedError
    if command.official == command.by.actor:
        raise YourselfError
    if command.ends <= max(command.begins, command.by.at):
        raise NoTimeError
    _refuse_beyond_limits(command, command.limits)
    return [made]


def _refuse_beyond_limits(command: Appoint, limits: AppointmentLimits) -> None:
    if command.known_roles.isdisjoint(limits.roles):
        raise UnknownOfficialError
    if command.begins < command.by.at - A_DAY:
        raise BegunBeforeError
    if _in_a_row(command) > limits.most_days * A_DAY:
        raise TooLongAppointmentError(limits.most_days)
    if command.begins - command.by.at > limits.most_days_ahead * A_DAY:
        raise TooEarlyAppointmentError(limits.most_days_ahead)


def _in_a_row(command: Appoint) -> timedelta:
    """Return the time from the first to the last day of all that adjoins or overlaps; a break of a day is none."""
    begins, ends, left = command.begins, command.ends, command.others
    while joined := [each for each in left if each.begins <= ends + A_DAY and each.ends >= begins - A_DAY]:
        begins = min(begins, *(each.begins for each in joined))
        ends = max(ends, *(each.ends for each in joined))
        left = tuple(each for each in left if each not in joined)
    return ends - begins


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
