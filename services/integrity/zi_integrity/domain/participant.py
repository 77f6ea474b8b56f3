"""Participants of a forum and their codes: to an address by e-mail, or printed in batches. Events hold no code and no address. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from zi_chassis.domain import Command, DomainError, Event, Parties, officials, refuse_other_roles
from zi_contracts.intake import Language
from zi_contracts.integrity.forum import ForumGroup, PrintedKind
from zi_contracts.vault import ItemRef
from zi_integrity.roles import ZONE_TEAM


class TooManyCodesError(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "This address has had as many codes for this forum as it can get. Use the last one, or ask for a code at the counter."
        )


class PrintedAlreadyError(DomainError):
    def __init__(self) -> None:
        super().__init__("Other codes were printed from this form: open the page anew to print more.")


class BatchSizeError(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__("Print between 1 and {most} codes at once.", most=most)


class IssueCode(Command):
    """`most` is the largest number of codes that the address may get; a new code takes the place of the one before."""

    forum: UUID
    number: str
    group: ForumGroup
    language: Language
    code_digest: str
    data_subject: UUID
    items: tuple[ItemRef, ...]
    request: UUID
    most: int


class PrintCodes(Command):
    forum: UUID
    number: str
    kind: PrintedKind
    group: ForumGroup
    code_digests: tuple[str, ...]
    most: int


ParticipantCommands = IssueCode
BatchCommands = PrintCodes
PARTIES: Parties = {
    IssueCode: frozenset({"public"}),
    PrintCodes: officials(*ZONE_TEAM, "officer"),
}


class ParticipantCodeIssued(Event):
    """`request` is the request that it was issued for: a repeat of it issues nothing."""

    forum: UUID
    number: str
    group: ForumGroup
    language: Language
    attempt: int
    code_digest: str
    data_subject: UUID
    items: tuple[ItemRef, ...]
    request: UUID


class ParticipantCodesPrinted(Event):
    forum: UUID
    number: str
    kind: PrintedKind
    group: ForumGroup
    code_digests: tuple[str, ...]


ParticipantEvents = ParticipantCodeIssued
BatchEvents = ParticipantCodesPrinted


@dataclass(frozen=True)
class Participant:
    """Somebody with an address, in one forum. The group is the first that they named."""

    issued: ParticipantCodeIssued | None = None
    requests: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class CodeBatch:
    printed: ParticipantCodesPrinted | None = None


def decide_participant(command: ParticipantCommands, participant: Participant) -> Sequence[ParticipantEvents]:
    refuse_other_roles(command, PARTIES)
    if command.request in participant.requests:
        return []
    if len(participant.requests) >= command.most:
        raise TooManyCodesError
    group = participant.issued.group if participant.issued else command.group
    fields = dict(command) | {"group": group, "attempt": len(participant.requests) + 1}
    del fields["most"]
    return [ParticipantCodeIssued(**fields)]


def evolve_participant(participant: Participant, event: ParticipantEvents) -> Participant:
    return replace(participant, issued=event, requests=participant.requests | {event.request})


def decide_batch(command: BatchCommands, batch: CodeBatch) -> Sequence[BatchEvents]:
    refuse_other_roles(command, PARTIES)
    if not 1 <= len(command.code_digests) <= command.most:
        raise BatchSizeError(command.most)
    fields = dict(command)
    del fields["most"]
    printed = ParticipantCodesPrinted(**fields)
    if batch.printed is None:
        return [printed]
    if batch.printed.model_dump(exclude={"by"}) != printed.model_dump(exclude={"by"}):
        raise PrintedAlreadyError
    return []


def evolve_batch(_: CodeBatch, event: BatchEvents) -> CodeBatch:
    return CodeBatch(event)
