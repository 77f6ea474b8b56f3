"""The fields of each command to a case and of each event of a case. Pure."""

from uuid import UUID

from zi_chassis.domain import Command, Event


class MentoringCommand(Command):
    """`request` names one intention of one person, so that sending it twice does it once."""

    request: UUID | None = None


class MentoringEvent(Event):
    request: UUID | None = None
