"""A question that auditors keep under a name: each change is a version of its own, and earlier ones stay. Pure."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from zi_chassis.domain import Command, Event, Parties, Value, officials, refuse_other_roles

NAMESPACE = UUID("3f3c2f0b-2f0e-4f0c-9a3b-6f2f0c1d7a55")
Parameters = tuple[tuple[str, str], ...]  # of the address of a search, each name with one of its values


class SaveQuery(Command):
    name: str
    parameters: Parameters


class QuerySaved(Event):
    name: str
    version: int
    parameters: Parameters


class SavedQuery(Value):
    version: int = 0
    parameters: Parameters = ()


PARTIES: Parties = {SaveQuery: officials("auditor")}


def decide(command: SaveQuery, state: SavedQuery) -> Sequence[Event]:
    """Save nothing where the newest version asks the same."""
    refuse_other_roles(command, PARTIES)
    if state.version and command.parameters == state.parameters:
        return []
    return [QuerySaved(**dict(command), version=state.version + 1)]


def evolve(state: SavedQuery, event: QuerySaved) -> SavedQuery:
    return SavedQuery(version=event.version, parameters=event.parameters)


def query_id(name: str) -> UUID:
    """Return the same id for the same name, whoever saves it."""
    return uuid5(NAMESPACE, name)
