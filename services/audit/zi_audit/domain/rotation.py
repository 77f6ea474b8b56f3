"""A replacement of the log's key, recorded once as it is found in the published list of its keys."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from zi_chassis.domain import Command, Event, Parties, Value, refuse_other_roles, services

NAMESPACE = UUID("7d1c5d0e-3a52-4e0b-9d5f-5a0c6b6f7f3a")


class NoteRotation(Command):
    old_vkey: str
    new_vkey: str


class LogKeyRotated(Event):
    old_vkey: str
    new_vkey: str


class Rotation(Value):
    noted: bool = False


PARTIES: Parties = {NoteRotation: services("audit")}


def decide(command: NoteRotation, state: Rotation) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    return [] if state.noted else [LogKeyRotated(**dict(command))]


def evolve(state: Rotation, event: LogKeyRotated) -> Rotation:
    return Rotation(noted=True)


def rotation_id(old_vkey: str, new_vkey: str) -> UUID:
    """Return the same id for the same two keys, so that a list that is read again records nothing twice."""
    return uuid5(NAMESPACE, f"{old_vkey} {new_vkey}")
