"""A conflict of interest: declared, or reported in secret; decided by a superior, cleared by a superior who is another person. Pure.

From the declaration on it hinders the official, whatever is decided, until it is cleared. A report hinders nobody before a superior
establishes it: otherwise anybody could take a case out of an official's hands.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, assert_never

from zi_chassis.domain import (
    Act,
    Command,
    DomainError,
    Event,
    Parties,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.intake import Items
from zi_contracts.integrity.conflict import (
    ClearingReason,
    ConflictKind,
    ConflictMeasure,
    ConflictSource,
    DismissalReason,
)
from zi_contracts.integrity.register_pin import RegisterPin
from zi_integrity.roles import OFFICIALS, SUPERIORS


class ConflictError(DomainError):
    """Base of the refusals about a conflict of interest."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class NoConflictError(ConflictError):
    sentence = "There is no such declaration: go back to the list and choose it there."


class DeclaredDifferentlyError(ConflictError):
    sentence = "This was sent before with other content: load the page again and send it anew."


class ConflictOfYourselfError(ConflictError):
    sentence = "This is about yourself: leave it to another superior."


class NotYourDeclarationError(ConflictError):
    sentence = "Only the official who declared it can withdraw it."


class ConflictDecidedError(ConflictError):
    sentence = "Your superior has decided already: ask your superior to clear it."


class ConflictClearedError(ConflictError):
    sentence = "This declaration was cleared: declare the interest anew if it is there again."


class OnlyReportedError(ConflictError):
    sentence = "This is a report by others: establish it or dismiss it first."


class ReportHandledError(ConflictError):
    sentence = "This report was handled already: look at the list again."


class DeclareConflict(Command):
    """An interest of the official who acts, in the business of the case `ticket`. `items` are their words in the vault, `body_digest` is keyed."""

    business_ref: str
    kind: ConflictKind
    source: ConflictSource
    decide_by: datetime
    rules: RegisterPin
    ticket: str = ""
    items: Items = ()
    body_digest: str = ""


class ReportConflict(Command):
    """A report by somebody else, filed by the program: who reports is in `items` and in `reporter`, a keyed reference."""

    official: str
    business_ref: str
    kind: ConflictKind
    source: ConflictSource
    reporter: str
    decide_by: datetime
    rules: RegisterPin
    ticket: str = ""
    items: Items = ()
    body_digest: str = ""


class EstablishConflict(Command):
    """An interest of another official that a superior knows of, from a report or without one; decided at once."""

    official: str
    business_ref: str
    kind: ConflictKind
    source: ConflictSource
    measure: ConflictMeasure
    decide_by: datetime
    rules: RegisterPin
    ticket: str = ""


class DismissReport(Command):
    reason: DismissalReason


class DecideConflict(Command):
    measure: ConflictMeasure


class WithdrawDeclaration(Command):
    """The official says that it was a mistake; it hinders until a superior clears it."""


class ClearConflict(Command):
    reason: ClearingReason


class RemindOfConflict(Command):
    """The time of the superior has passed."""

    due: datetime


ConflictCommands = (
    DeclareConflict
    | ReportConflict
    | EstablishConflict
    | DismissReport
    | DecideConflict
    | WithdrawDeclaration
    | ClearConflict
    | RemindOfConflict
)
DECIDING_CONFLICTS = officials(*SUPERIORS)
PARTIES: Parties = {
    DeclareConflict: officials(*OFFICIALS),
    ReportConflict: services("integrity"),
    EstablishConflict: DECIDING_CONFLICTS,
    DismissReport: DECIDING_CONFLICTS,
    DecideConflict: DECIDING_CONFLICTS,
    WithdrawDeclaration: officials(*OFFICIALS),
    ClearConflict: DECIDING_CONFLICTS,
    RemindOfConflict: services("integrity"),
}


class ConflictDeclared(Event):
    """`decide_by` and `rules` are those that the superior's time was counted by."""

    official: str
    business_ref: str
    kind: ConflictKind
    source: ConflictSource
    decide_by: datetime
    rules: RegisterPin
    ticket: str = ""
    items: Items = ()
    body_digest: str = ""


class ConflictReported(Event):
    official: str
    business_ref: str
    kind: ConflictKind
    source: ConflictSource
    reporter: str
    decide_by: datetime
    rules: RegisterPin
    ticket: str = ""
    items: Items = ()
    body_digest: str = ""


class ConflictReportDismissed(Event):
    reason: DismissalReason


class ConflictDecided(Event):
    official: str
    business_ref: str
    measure: ConflictMeasure
    due: datetime
    late: bool


class ConflictWithdrawn(Event):
    official: str
    business_ref: str


class ConflictOverdue(Event):
    due: datetime


class ConflictCleared(Event):
    official: str
    business_ref: str
    reason: ClearingReason


ConflictEvents = (
    ConflictDeclared
    | ConflictReported
    | ConflictReportDismissed
    | ConflictDecided
    | ConflictWithdrawn
    | ConflictOverdue
    | ConflictCleared
)


@dataclass(frozen=True)
class Conflict:
    """`measure` is the superior's decision; without `declared` it is a report that nobody has established."""

    reported: ConflictReported | None = None
    declared: ConflictDeclared | None = None
    measure: ConflictMeasure | None = None
    dismissed: DismissalReason | None = None
    cleared: ClearingReason | None = None
    is_withdrawn: bool = False
    is_overdue: bool = False

    @property
    def decide_by(self) -> datetime | None:
        begun = self.reported or self.declared
        return None if begun is None else begun.decide_by

    @property
    def is_decided(self) -> bool:
        return self.measure is not None or self.dismissed is not None or self.cleared is not None


initial = Conflict()


def decide(command: ConflictCommands, conflict: Conflict) -> list[ConflictEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case DeclareConflict():
            declared = ConflictDeclared(**dict(command), official=command.by.actor)
            return _begun(declared, conflict.declared, conflict)
        case ReportConflict():
            return _begun(ConflictReported(**dict(command)), conflict.reported, conflict)
        case EstablishConflict():
            return _established(command, conflict)
        case DismissReport():
            return _dismissed(command, conflict)
        case RemindOfConflict():
            return _overdue(command, conflict)
        case DecideConflict() | WithdrawDeclaration() | ClearConflict():
            return _of_declaration(command, conflict, _declaration(conflict))
        case _:
            assert_never(command)


def _begun(
    begun: ConflictDeclared | ConflictReported,
    known: ConflictDeclared | ConflictReported | None,
    conflict: Conflict,
) -> list[ConflictEvents]:
    """Record it once; a repeat may have been sealed anew, and comes later."""
    if conflict == initial:
        return [begun]
    if known is None or _content(begun) != _content(known):
        raise DeclaredDifferentlyError
    if known.body_digest not in ("", begun.body_digest):
        raise DeclaredDifferentlyError
    return []


def _content(begun: ConflictDeclared | ConflictReported) -> tuple[str, ...]:
    return begun.official, begun.business_ref, begun.kind, begun.source


def _established(command: EstablishConflict, conflict: Conflict) -> list[ConflictEvents]:
    if command.by.actor == command.official:
        raise ConflictOfYourselfError
    reported = conflict.reported
    if reported is not None and command.official != reported.official:
        raise DeclaredDifferentlyError
    if conflict.dismissed is not None:
        raise ReportHandledError
    if conflict.declared is not None:
        declared = ConflictDeclared(**command.model_dump(exclude={"measure"}))
        return _begun(declared, conflict.declared, conflict)
    due = command.decide_by if reported is None else reported.decide_by
    values = command.model_dump(exclude={"measure", "decide_by"})
    declared = ConflictDeclared(**values, decide_by=due)
    return [declared, _decision(command.by, declared, command.measure)]


def _decision(by: Act, declared: ConflictDeclared, measure: ConflictMeasure) -> ConflictDecided:
    return ConflictDecided(
        by=by,
        official=declared.official,
        business_ref=declared.business_ref,
        measure=measure,
        due=declared.decide_by,
        late=by.at > declared.decide_by,
    )


def _dismissed(command: DismissReport, conflict: Conflict) -> list[ConflictEvents]:
    if conflict.reported is None:
        raise NoConflictError
    if conflict.reported.official == command.by.actor:
        raise ConflictOfYourselfError
    if conflict.dismissed is not None or conflict.declared is not None:
        raise ReportHandledError
    return [ConflictReportDismissed(**dict(command))]


def _overdue(command: RemindOfConflict, conflict: Conflict) -> list[ConflictEvents]:
    """Record it once; a decision in the meantime leaves nothing to record."""
    if conflict == initial or conflict.is_decided or conflict.is_overdue:
        return []
    return [ConflictOverdue(**dict(command))]


def _declaration(conflict: Conflict) -> ConflictDeclared:
    if conflict.declared is None:
        raise NoConflictError if conflict.reported is None else OnlyReportedError
    return conflict.declared


def _of_declaration(
    command: DecideConflict | WithdrawDeclaration | ClearConflict,
    conflict: Conflict,
    declared: ConflictDeclared,
) -> list[ConflictEvents]:
    if isinstance(command, WithdrawDeclaration):
        return _withdrawn(command, conflict, declared)
    if command.by.actor == declared.official:
        raise ConflictOfYourselfError
    if isinstance(command, ClearConflict):
        values = {"official": declared.official, "business_ref": declared.business_ref}
        return [] if conflict.cleared is not None else [ConflictCleared(**dict(command), **values)]
    if conflict.cleared is not None:
        raise ConflictClearedError
    return [] if conflict.measure == command.measure else [_decision(command.by, declared, command.measure)]


def _withdrawn(
    command: WithdrawDeclaration, conflict: Conflict, declared: ConflictDeclared
) -> list[ConflictEvents]:
    if declared.by.actor != command.by.actor:
        raise NotYourDeclarationError
    if conflict.is_withdrawn:
        return []
    if conflict.is_decided:
        raise ConflictDecidedError
    return [ConflictWithdrawn(by=command.by, official=declared.official, business_ref=declared.business_ref)]


def evolve(conflict: Conflict, event: ConflictEvents) -> Conflict:
    match event:
        case ConflictDeclared():
            return replace(conflict, declared=event)
        case ConflictReported():
            return replace(conflict, reported=event)
        case ConflictReportDismissed():
            return replace(conflict, dismissed=event.reason)
        case ConflictDecided():
            return replace(conflict, measure=event.measure)
        case ConflictWithdrawn():
            return replace(conflict, is_withdrawn=True)
        case ConflictOverdue():
            return replace(conflict, is_overdue=True)
        case ConflictCleared():
            return replace(conflict, cleared=event.reason)
        case _:
            assert_never(event)
