"""An entry of a company's master data: stated once, changed in versions, retired, never deleted. Only the company itself writes it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, assert_never
from uuid import UUID

from zi_certificates.domain.master_content import (
    MasterContent,
    MasterOrigin,
    MasterTexts,
    content_digest,
)
from zi_certificates.domain.statement import MOST_REVISIONS
from zi_chassis.domain import CITIZENS, Command, DomainError, Event, Parties, refuse_other_roles

MOST_ENTRIES = 5_000  # of a company: whoever lists them reads a page, whoever adds counts all


class MasterError(DomainError):
    """Base of the errors that the state of an entry raises."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class NoSuchEntryError(MasterError):
    sentence = "The company's data has no such entry: look at the list again."


class EntryStatedError(MasterError):
    sentence = "This entry is there already: change it instead."


class OtherEntryKindError(MasterError):
    sentence = "An entry stays what it is: retire it, and add another one."


class EntryChangedError(MasterError):
    sentence = "The entry has changed since you looked: look at it again."


class EntryRetiredError(MasterError):
    sentence = "The entry is retired: take it back into use first."


class TooManyEntryVersionsError(MasterError):
    sentence = "The entry has been changed as often as one can be: retire it, and add it anew."


class TooManyMasterEntriesError(MasterError):
    sentence = "The company's data has as many entries as it can have: change those that are there."


class MasterCommand(Command):
    """`account` is that of the request through which it is given."""

    request: UUID | None = None
    account: UUID


class AddMasterEntry(MasterCommand):
    """`present` is how many entries the company has; `reference` is the ticket of the request that opened its account."""

    reference: str
    business_ref: str
    content: MasterContent
    texts: MasterTexts = ()
    origin: MasterOrigin | None = None
    present: int = 0


class ChangeMasterEntry(MasterCommand):
    """`texts` are all that hold from now on."""

    revision: int
    content: MasterContent
    texts: MasterTexts = ()
    origin: MasterOrigin | None = None


class RetireMasterEntry(MasterCommand):
    revision: int


class RestoreMasterEntry(MasterCommand):
    revision: int


MasterCommands = AddMasterEntry | ChangeMasterEntry | RetireMasterEntry | RestoreMasterEntry
PARTIES: Parties = {
    AddMasterEntry: CITIZENS,
    ChangeMasterEntry: CITIZENS,
    RetireMasterEntry: CITIZENS,
    RestoreMasterEntry: CITIZENS,
}


class MasterEvent(Event):
    request: UUID | None = None


class MasterEntryAdded(MasterEvent):
    account: UUID
    reference: str
    business_ref: str
    content: MasterContent
    texts: MasterTexts = ()
    origin: MasterOrigin | None = None


class MasterEntryChanged(MasterEvent):
    content: MasterContent
    texts: MasterTexts = ()
    origin: MasterOrigin | None = None


class MasterEntryRetired(MasterEvent):
    pass


class MasterEntryRestored(MasterEvent):
    pass


MasterEvents = MasterEntryAdded | MasterEntryChanged | MasterEntryRetired | MasterEntryRestored


@dataclass(frozen=True)
class MasterEntry:
    """`content`, `texts` and `origin` are those of the newest version, which is `revision`, stated at `at`."""

    added: MasterEntryAdded | None = None
    content: MasterContent | None = None
    texts: MasterTexts = ()
    origin: MasterOrigin | None = None
    revision: int = 0
    at: datetime | None = None
    retired: bool = False
    requests: frozenset[UUID] = frozenset()

    @property
    def digest(self) -> str:
        assert self.content is not None
        return content_digest(self.content, self.texts)


initial = MasterEntry()


def decide(command: MasterCommands, entry: MasterEntry) -> list[MasterEvents]:
    refuse_other_roles(command, PARTIES)
    if entry.added is not None and entry.added.account != command.account:
        raise NoSuchEntryError
    if command.request is not None and command.request in entry.requests:
        return []
    match command:
        case AddMasterEntry():
            return _add(command, entry)
        case ChangeMasterEntry():
            return _change(command, entry)
        case RetireMasterEntry():
            _refuse_unless_newest(command.revision, entry)
            return [] if entry.retired else [MasterEntryRetired(by=command.by, request=command.request)]
        case RestoreMasterEntry():
            _refuse_unless_newest(command.revision, entry)
            return [MasterEntryRestored(by=command.by, request=command.request)] if entry.retired else []
        case _:
            assert_never(command)


def _add(command: AddMasterEntry, entry: MasterEntry) -> list[MasterEvents]:
    if entry.added is not None:
        raise EntryStatedError
    if command.present >= MOST_ENTRIES:
        raise TooManyMasterEntriesError
    return [MasterEntryAdded(**{name: value for name, value in dict(command).items() if name != "present"})]


def _change(command: ChangeMasterEntry, entry: MasterEntry) -> list[MasterEvents]:
    _refuse_unless_newest(command.revision, entry)
    if entry.retired:
        raise EntryRetiredError
    if entry.content is not None and command.content.kind != entry.content.kind:
        raise OtherEntryKindError
    if (command.content, command.texts, command.origin) == (entry.content, entry.texts, entry.origin):
        return []
    if entry.revision >= MOST_REVISIONS:
        raise TooManyEntryVersionsError
    return [
        MasterEntryChanged(
            by=command.by,
            request=command.request,
            content=command.content,
            texts=command.texts,
            origin=command.origin,
        )
    ]


def _refuse_unless_newest(revision: int, entry: MasterEntry) -> None:
    if entry.added is None:
        raise NoSuchEntryError
    if revision != entry.revision:
        raise EntryChangedError


def evolve(entry: MasterEntry, event: MasterEvents) -> MasterEntry:
    if event.request is not None:
        entry = replace(entry, requests=entry.requests | {event.request})
    match event:
        case MasterEntryAdded():
            return _restated(replace(entry, added=event), event)
        case MasterEntryChanged():
            return _restated(entry, event)
        case MasterEntryRetired():
            return replace(entry, retired=True)
        case MasterEntryRestored():
            return replace(entry, retired=False)
        case _:
            assert_never(event)


def _restated(entry: MasterEntry, event: MasterEntryAdded | MasterEntryChanged) -> MasterEntry:
    return replace(
        entry,
        content=event.content,
        texts=event.texts,
        origin=event.origin,
        revision=entry.revision + 1,
        at=event.by.at,
    )
