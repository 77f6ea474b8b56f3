"""An application that another system sent for a company: once for each of the sender's own references. Pure."""

from typing import assert_never
from uuid import UUID

from zi_certificates.domain.account import PersonInCharge, refuse_others
from zi_chassis.domain import CITIZENS, Command, DomainError, Event, Parties, Value, refuse_other_roles


class ImportedOtherwiseError(DomainError):
    """The reference was used for another content."""

    def __init__(self, reference: str, ticket: str) -> None:
        super().__init__(
            "The reference {reference} was sent before with another content, for {ticket}: send a new application under a reference of its"
            " own, or change that one by hand.",
            reference=reference,
            ticket=ticket,
        )


class ImportedBeforeError(DomainError):
    """The request has an application that was sent under another reference."""

    def __init__(self, ticket: str, reference: str) -> None:
        super().__init__(
            "The application {ticket} was sent before, under the reference {reference}: ask for it under that reference, or send a new"
            " application.",
            ticket=ticket,
            reference=reference,
        )


class AnnouncedDocument(Value):
    """A document that the sender has; `digest` is the keyed digest of its SHA-256, and `products` numbers those that it speaks of."""

    kind: str
    digest: str
    products: tuple[int, ...] = ()


class ImportApplication(Command):
    """`content` is the digest of all that was sent; `reference` is the sender's own. `charge` is whoever made the company's request."""

    key: UUID
    reference: str
    content: str
    ticket: str
    application: UUID
    item_count: int
    charge: PersonInCharge
    documents: tuple[AnnouncedDocument, ...] = ()


class ApplicationImported(Event):
    key: UUID
    reference: str
    content: str
    ticket: str
    application: UUID
    item_count: int
    documents: tuple[AnnouncedDocument, ...] = ()


ImportCommands = ImportApplication
ImportEvents = ApplicationImported
PARTIES: Parties = {ImportApplication: CITIZENS}


class Imported(Value):
    event: ApplicationImported | None = None


initial = Imported()


def decide(command: ImportCommands, state: Imported) -> list[ImportEvents]:
    refuse_other_roles(command, PARTIES)
    refuse_others(command.by, command.charge.data_subject, command.charge.holder)
    match command:
        case ImportApplication():
            return _import(command, state)
        case _:
            assert_never(command)


def _import(command: ImportApplication, state: Imported) -> list[ImportEvents]:
    if state.event is None:
        return [ApplicationImported(**{name: value for name, value in command if name != "charge"})]
    if state.event.content != command.content:
        raise ImportedOtherwiseError(command.reference, state.event.ticket)
    return []


def evolve(state: Imported, event: ImportEvents) -> Imported:
    match event:
        case ApplicationImported():
            return Imported(event=event)
        case _:
            assert_never(event)
