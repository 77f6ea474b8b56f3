"""The limit of accesses to personal data: an official who passes it gets an event, once an hour. Pure."""

from collections.abc import Sequence
from datetime import datetime

from zi_chassis.domain import Command, Decider, Disclosure, Event, Parties, Value, refuse_other_roles
from zi_contracts import intake as contract
from zi_intake.domain.data_access_hour import HOUR
from zi_intake.roles import READERS

SUBJECT = "openings"


class RefuseOpening(Command):
    """Record that the official was refused; `limit` is the number of accesses in an hour that the office allows."""

    limit: int


class OpeningsLimited(Event):
    limit: int


class AccessLimit(Value):
    """The time of the last event about the official."""

    recorded: datetime | None = None

    def covers(self, at: datetime) -> bool:
        return self.recorded is not None and self.recorded <= at < self.recorded + HOUR


PARTIES: Parties = {RefuseOpening: READERS}


def decide(command: RefuseOpening, state: AccessLimit) -> Sequence[OpeningsLimited]:
    refuse_other_roles(command, PARTIES)
    return [] if state.covers(command.by.at) else [OpeningsLimited(**dict(command))]


def evolve(state: AccessLimit, event: OpeningsLimited) -> AccessLimit:
    return AccessLimit(recorded=event.by.at)


def publish(event: OpeningsLimited, state: AccessLimit) -> Disclosure:
    """Disclose the limit under no case: it is about the official, and in no citizen's evidence."""
    return Disclosure(subject=SUBJECT, data=contract.OpeningsLimited(limit=event.limit))


access_limit: Decider[AccessLimit] = Decider(
    name="opening_limit",
    initial=AccessLimit(),
    decide=decide,
    evolve=evolve,
    events=(OpeningsLimited,),
    publish=publish,
)
