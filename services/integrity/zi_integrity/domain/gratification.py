"""A gift: refused, received or given, reported by an official to the unit for gifts (UPG), and what the commission (KPK) decides. Pure.

A report is never refused because it is late: it is flagged. Reporter, giver and gift lie in the vault; the event names the reporter by a
keyed reference, and is recorded in the name of the program.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, assert_never

from zi_chassis.domain import Command, DomainError, Event, Parties, officials, refuse_other_roles, services
from zi_contracts.intake import Items
from zi_contracts.integrity.gratification import GiftClock, GiftKind, GiftOutcome
from zi_contracts.integrity.register_pin import RegisterPin
from zi_integrity.roles import GIFT_UNIT


class GiftError(DomainError):
    """Base of the refusals about a gift."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class NoGiftError(GiftError):
    sentence = "There is no such report: go back to the list and choose it there."


class GiftReportedDifferentlyError(GiftError):
    sentence = "This was sent before with other content: load the page again and send it anew."


class NotYourGiftError(GiftError):
    sentence = "Only the official who reported it can add to the report."


class OwnGiftError(GiftError):
    sentence = "You reported this yourself: leave it to a colleague of the unit."


class NotReceivedError(GiftError):
    sentence = "Only a gift that was received is deposited or sent to the commission."


class GiftOverError(GiftError):
    sentence = "This report is closed: report again if there is something new."


class NotForwardedError(GiftError):
    sentence = "Send the report to the commission first, then record its decision."


class GiftNeedsDecisionError(GiftError):
    sentence = "A received gift is sent to the commission, which decides about it."


class CompletionNotAskedError(GiftError):
    sentence = "Nothing is missing in this report: ask the unit if you want to add to it."


class ReportGift(Command):
    """`reporter` and `body_digest` are keyed; the times are None unless the gift was received."""

    kind: GiftKind
    happened_on: date
    reporter: str
    rules: RegisterPin
    to_unit_by: datetime | None = None
    forward_by: datetime | None = None
    report_by: datetime | None = None
    items: Items
    body_digest: str = ""


class CompleteGiftReport(Command):
    reporter: str
    items: Items


class GiftUnitCommand(Command):
    """Of an official of the unit; `reader` is their own keyed reference, which must not be that of the reporter."""

    reader: str


class MarkFoundFirst(GiftUnitCommand):
    pass


class AskGiftCompletion(GiftUnitCommand):
    due: datetime


class DepositGift(GiftUnitCommand):
    """`number` is the next of the year's receipts."""

    number: str


class ForwardGift(GiftUnitCommand):
    pass


class DecideGift(GiftUnitCommand):
    outcome: GiftOutcome
    items: Items = ()


class CloseGift(GiftUnitCommand):
    pass


class RemindOfGift(Command):
    clock: GiftClock
    due: datetime


UnitCommands = MarkFoundFirst | AskGiftCompletion | DepositGift | ForwardGift | DecideGift | CloseGift
GiftCommands = ReportGift | CompleteGiftReport | UnitCommands | RemindOfGift
UNIT = officials(*GIFT_UNIT)
PROGRAM = services("integrity")
PARTIES: Parties = {
    ReportGift: PROGRAM,
    CompleteGiftReport: PROGRAM,
    MarkFoundFirst: UNIT,
    AskGiftCompletion: UNIT,
    DepositGift: UNIT,
    ForwardGift: UNIT,
    DecideGift: UNIT,
    CloseGift: UNIT,
    RemindOfGift: PROGRAM,
}


class GiftReported(Event):
    kind: GiftKind
    happened_on: date
    reporter: str
    rules: RegisterPin
    to_unit_by: datetime | None
    forward_by: datetime | None
    report_by: datetime | None
    late: bool
    after_limit: bool
    items: Items
    body_digest: str = ""


class GiftFoundFirst(Event):
    pass


class GiftCompletionAsked(Event):
    due: datetime


class GiftReportCompleted(Event):
    late: bool
    items: Items


class GiftDeposited(Event):
    number: str


class GiftForwarded(Event):
    late: bool
    after_limit: bool


class GiftDecided(Event):
    outcome: GiftOutcome
    items: Items


class GiftClosed(Event):
    pass


class GiftOverdue(Event):
    clock: GiftClock
    due: datetime


GiftEvents = (
    GiftReported
    | GiftFoundFirst
    | GiftCompletionAsked
    | GiftReportCompleted
    | GiftDeposited
    | GiftForwarded
    | GiftDecided
    | GiftClosed
    | GiftOverdue
)


@dataclass(frozen=True)
class Gift:
    """`complete_by` is set while the unit waits for what the report lacks; `receipt` is the number of the deposit."""

    reported: GiftReported | None = None
    is_found_first: bool = False
    complete_by: datetime | None = None
    receipt: str | None = None
    is_forwarded: bool = False
    outcome: GiftOutcome | None = None
    is_closed: bool = False
    overdue: frozenset[GiftClock] = frozenset()

    @property
    def is_over(self) -> bool:
        return self.is_closed or self.outcome is not None


initial = Gift()


def decide(command: GiftCommands, gift: Gift) -> list[GiftEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, ReportGift):
        return _report(command, gift)
    if isinstance(command, RemindOfGift):
        return _remind(command, gift)
    if gift.reported is None:
        raise NoGiftError
    if isinstance(command, CompleteGiftReport):
        return _complete(command, gift, gift.reported)
    if command.reader == gift.reported.reporter:
        raise OwnGiftError
    return _of_unit(command, gift, gift.reported)


def _report(command: ReportGift, gift: Gift) -> list[GiftEvents]:
    """Record it once; a repeat may have been sealed anew, and on a later day."""
    known, at = gift.reported, command.by.at
    if known is not None:
        is_same_text = known.body_digest in ("", command.body_digest)
        if (known.kind, known.happened_on) != (command.kind, command.happened_on) or not is_same_text:
            raise GiftReportedDifferentlyError
        return []
    late = command.to_unit_by is not None and at > command.to_unit_by
    after_limit = command.report_by is not None and at > command.report_by
    return [GiftReported(**dict(command), late=late, after_limit=after_limit)]


def _complete(command: CompleteGiftReport, gift: Gift, reported: GiftReported) -> list[GiftEvents]:
    if command.reporter != reported.reporter:
        raise NotYourGiftError
    if gift.is_over:
        raise GiftOverError
    if gift.complete_by is None:
        raise CompletionNotAskedError
    late = command.by.at > gift.complete_by
    return [GiftReportCompleted(by=command.by, late=late, items=command.items)]


def _of_unit(command: UnitCommands, gift: Gift, reported: GiftReported) -> list[GiftEvents]:
    match command:
        case MarkFoundFirst():
            return [] if gift.is_found_first else [GiftFoundFirst(by=command.by)]
        case AskGiftCompletion():
            _refuse_over(gift)
            return [] if gift.complete_by else [GiftCompletionAsked(by=command.by, due=command.due)]
        case DepositGift():
            _refuse_unless_received(reported)
            return [] if gift.receipt else [GiftDeposited(by=command.by, number=command.number)]
        case ForwardGift():
            return _forward(command, gift, reported)
        case DecideGift():
            return _record_decision(command, gift)
        case CloseGift():
            return _close(command, gift, reported)
        case _:
            assert_never(command)


def _forward(command: ForwardGift, gift: Gift, reported: GiftReported) -> list[GiftEvents]:
    _refuse_unless_received(reported)
    if gift.is_forwarded:
        return []
    _refuse_over(gift)
    at = command.by.at
    late = reported.forward_by is not None and at > reported.forward_by
    after_limit = reported.report_by is not None and at > reported.report_by
    return [GiftForwarded(by=command.by, late=late, after_limit=after_limit)]


def _record_decision(command: DecideGift, gift: Gift) -> list[GiftEvents]:
    if gift.outcome is not None:
        if gift.outcome != command.outcome:
            raise GiftOverError
        return []
    if not gift.is_forwarded:
        raise NotForwardedError
    return [GiftDecided(by=command.by, outcome=command.outcome, items=command.items)]


def _close(command: CloseGift, gift: Gift, reported: GiftReported) -> list[GiftEvents]:
    """Close what the commission need not decide; a received gift only while its reporter owes what is missing, after the time for it."""
    if gift.is_closed:
        return []
    is_owed = gift.complete_by is not None and command.by.at > gift.complete_by
    if gift.is_forwarded or (reported.kind == "received" and not is_owed):
        raise GiftNeedsDecisionError
    return [GiftClosed(by=command.by)]


def _remind(command: RemindOfGift, gift: Gift) -> list[GiftEvents]:
    """Record each time that passed once; what was done in the meantime leaves nothing to record."""
    is_done = gift.complete_by is None if command.clock == "completion" else gift.is_forwarded
    if gift.reported is None or gift.is_over or is_done or command.clock in gift.overdue:
        return []
    return [GiftOverdue(**dict(command))]


def _refuse_over(gift: Gift) -> None:
    if gift.is_over or gift.is_forwarded:
        raise GiftOverError


def _refuse_unless_received(reported: GiftReported) -> None:
    if reported.kind != "received":
        raise NotReceivedError


def evolve(gift: Gift, event: GiftEvents) -> Gift:
    match event:
        case GiftReported():
            return replace(gift, reported=event)
        case GiftFoundFirst():
            return replace(gift, is_found_first=True)
        case GiftCompletionAsked():
            return replace(gift, complete_by=event.due, overdue=gift.overdue - {"completion"})
        case GiftReportCompleted():
            return replace(gift, complete_by=None)
        case GiftDeposited():
            return replace(gift, receipt=event.number)
        case GiftForwarded():
            return replace(gift, is_forwarded=True)
        case GiftDecided():
            return replace(gift, outcome=event.outcome)
        case GiftClosed():
            return replace(gift, is_closed=True)
        case GiftOverdue():
            return replace(gift, overdue=gift.overdue | {event.clock})
        case _:
            assert_never(event)
