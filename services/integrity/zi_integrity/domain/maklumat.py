"""The maklumat: what the office promises and how it makes up for a broken promise, written by some and proclaimed by the head. Pure."""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, assert_never
from uuid import UUID, uuid5

from zi_chassis.domain import Command, DomainError, Event, Parties, Value, officials, refuse_other_roles
from zi_contracts.text import VisibleText
from zi_integrity.roles import HEAD, ZONE_TEAM

PLEDGES = UUID("0f5f1d6e-0d0c-4e0a-9d55-3a5f9f3b1c42")
PledgeLines = Annotated[str, VisibleText(lines=True)]


class MaklumatError(DomainError):
    """Base of the errors about the maklumat."""


class NoPledgeTextError(MaklumatError):
    def __init__(self) -> None:
        super().__init__("There is no text of the maklumat to proclaim: write one first.")


class PledgeChangedMeanwhileError(MaklumatError):
    def __init__(self) -> None:
        super().__init__("Somebody wrote another text of the maklumat meanwhile: read it, then proclaim it.")


class PledgeWriterProclaimsError(MaklumatError):
    def __init__(self) -> None:
        super().__init__("You wrote this maklumat. Another head must proclaim it: four eyes.")


class PledgeTexts(Value):
    promise: PledgeLines
    promise_en: PledgeLines
    compensation: PledgeLines
    compensation_en: PledgeLines

    @property
    def digest(self) -> str:
        return sha256(json.dumps(self.model_dump(), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class WriteMaklumat(Command):
    texts: PledgeTexts


class ProclaimMaklumat(Command):
    """`digest` is that of the texts that the head read."""

    digest: str
    number: str
    letter: UUID


class MaklumatDrafted(Event):
    promise: str
    promise_en: str
    compensation: str
    compensation_en: str


class MaklumatProclaimed(Event):
    number: str
    letter: UUID


MaklumatCommands = WriteMaklumat | ProclaimMaklumat
MaklumatEvents = MaklumatDrafted | MaklumatProclaimed
PARTIES: Parties = {WriteMaklumat: officials(*ZONE_TEAM, *HEAD), ProclaimMaklumat: officials(*HEAD)}


@dataclass(frozen=True)
class Maklumat:
    """`drafts` counts the texts, so that each of them has a letter of its own. `writers` are those of every text since the last
    proclamation; `own_draft` says that the head who proclaimed was one of them."""

    texts: PledgeTexts | None = None
    writer: str = ""
    writers: frozenset[str] = frozenset()
    drafts: int = 0
    own_draft: bool = False
    proclaimed: MaklumatProclaimed | None = None


initial = Maklumat()


def maklumat_id(office: str) -> UUID:
    return uuid5(PLEDGES, office)


def decide(command: MaklumatCommands, maklumat: Maklumat) -> list[MaklumatEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case WriteMaklumat():
            is_same = command.texts == maklumat.texts
            return [] if is_same else [MaklumatDrafted(by=command.by, **command.texts.model_dump())]
        case ProclaimMaklumat():
            return _proclaim(command, maklumat)
        case _:
            assert_never(command)


def _proclaim(command: ProclaimMaklumat, maklumat: Maklumat) -> list[MaklumatEvents]:
    if maklumat.texts is None:
        raise NoPledgeTextError
    if command.digest != maklumat.texts.digest:
        raise PledgeChangedMeanwhileError
    if maklumat.proclaimed is not None and maklumat.proclaimed.letter == command.letter:
        return []
    if command.by.actor == maklumat.writer:
        raise PledgeWriterProclaimsError
    return [MaklumatProclaimed(by=command.by, number=command.number, letter=command.letter)]


def evolve(maklumat: Maklumat, event: MaklumatEvents) -> Maklumat:
    match event:
        case MaklumatDrafted():
            texts = PledgeTexts.model_construct(**event.model_dump(exclude={"by"}))
            writer, drafts = event.by.actor, maklumat.drafts + 1
            writers = maklumat.writers | {writer}
            return replace(maklumat, texts=texts, writer=writer, writers=writers, drafts=drafts)
        case MaklumatProclaimed():
            own_draft = event.by.actor in maklumat.writers
            return replace(maklumat, proclaimed=event, own_draft=own_draft, writers=frozenset())
        case _:
            assert_never(event)
