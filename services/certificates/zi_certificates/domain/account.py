"""The account of a company: verified once, it applies as it stands; what is changed counts after it was verified again. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, assert_never
from uuid import UUID

from zi_certificates.domain.impartiality import Fact, Known, refuse_hindered, was_unknown
from zi_certificates.domain.statement import MOST_REVISIONS, Document
from zi_certificates.roles import VERIFYING
from zi_chassis.domain import (
    CITIZENS,
    Act,
    Command,
    DomainError,
    Event,
    Parties,
    Value,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.certificates import KnownFacts, PublishedFinding
from zi_contracts.intake import Items

VERIFIERS = officials(*VERIFYING)
NOTARIAL_POWER = "notarial_power"


class AccountError(DomainError):
    """Base of the errors that the state of an account raises."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class NoAccountError(AccountError):
    sentence = "There is no such account: open one first."


class AnotherAccountError(AccountError):
    sentence = "This account is open already: change it instead."


class OtherTicketError(DomainError):
    """An account has one person in charge, whose case holds what it refers to."""

    def __init__(self, ticket: str) -> None:
        super().__init__(
            "The account of the company is kept with the request {ticket}: open that one.", ticket=ticket
        )


class TooManyChangesError(AccountError):
    sentence = "The account has been changed as often as one can be: ask the office."


class NoReasonsError(AccountError):
    sentence = "Say what is missing or wrong: choose at least one reason."


class NothingToVerifyError(AccountError):
    sentence = "Nothing of this account waits for an officer."


class OwnAccountError(AccountError):
    sentence = "This is your own account: leave it to another official."


class NotTheHolderError(AccountError):
    sentence = (
        "Only the person in charge of the account does this: open it with the ticket and code of its request."
    )


class AccountChangedError(AccountError):
    sentence = "The account has changed since you looked: look at it again."


class NoNotarialPowerError(AccountError):
    sentence = "Who acts for others needs a power of attorney made by a notary: ask for it."


class AccountIncompleteError(AccountError):
    sentence = "Something that the rules ask of an account is missing: refuse it with the reasons."


class PersonInCharge(Value):
    """The person in charge of an account, and whoever opened or moved it last."""

    data_subject: UUID
    holder: Act


class Details(Value):
    """Names, contacts and the address of the warehouse are vault items; the documents are files in the vault."""

    acts_for_others: bool
    hs_codes: tuple[str, ...]
    items: Items
    documents: tuple[Document, ...] = ()


class AccountCommand(Command):
    request: UUID | None = None


class Open(AccountCommand):
    """`data_subject` is the person in charge."""

    reference: str
    business_ref: str
    data_subject: UUID
    details: Details


class Change(AccountCommand):
    details: Details


class Move(AccountCommand):
    """To a new person in charge, whose own case `ticket` is, with the documents that show it."""

    ticket: str
    data_subject: UUID
    details: Details


class Verify(AccountCommand):
    """`findings` is what the rules say of this revision."""

    revision: int
    findings: tuple[PublishedFinding, ...]
    known: Known


class Refuse(AccountCommand):
    revision: int
    reasons: tuple[PublishedFinding, ...]
    known: Known


class Flag(AccountCommand):
    """A fact about an official and this business has arrived."""

    fact: Fact


AccountCommands = Open | Change | Move | Verify | Refuse | Flag
PARTIES: Parties = {
    Open: CITIZENS,
    Change: CITIZENS,
    Move: CITIZENS,
    Verify: VERIFIERS,
    Refuse: VERIFIERS,
    Flag: services("certificates"),
}


class AccountEvent(Event):
    request: UUID | None = None


class AccountOpened(AccountEvent):
    reference: str
    business_ref: str
    data_subject: UUID
    details: Details


class AccountChanged(AccountEvent):
    details: Details


class AccountMoved(AccountEvent):
    ticket: str
    data_subject: UUID
    details: Details


class AccountVerified(AccountEvent):
    revision: int
    seen: KnownFacts


class AccountRefused(AccountEvent):
    revision: int
    reasons: tuple[PublishedFinding, ...]
    seen: KnownFacts


class AccountFlagged(AccountEvent):
    """An official had verified or refused it before this fact arrived, and should not have."""

    fact: Fact


AccountEvents = (
    AccountOpened | AccountChanged | AccountMoved | AccountVerified | AccountRefused | AccountFlagged
)


class Check(StrEnum):
    """The last officer's decision on the newest details."""

    WAITING = "waiting"
    VERIFIED = "verified"
    REFUSED = "refused"


@dataclass(frozen=True)
class Account:
    """`details` and `data_subject` are the newest; `verified` is what applications may rest on.

    `ticket` is the case of the person in charge, under which items and documents lie in the vault; `verified_ticket` the one whose
    company an officer has looked at last, at `verified_at`, and in whose name letters are. `holder` opened it, or moved it last.
    """

    opened: AccountOpened | None = None
    ticket: str | None = None
    data_subject: UUID | None = None
    holder: Act | None = None
    details: Details | None = None
    revision: int = 0
    check: Check = Check.WAITING
    verified: Details | None = None
    verified_ticket: str | None = None
    verified_at: datetime | None = None
    decisions: tuple[tuple[str, KnownFacts], ...] = ()
    flagged: frozenset[UUID] = frozenset()
    requests: frozenset[UUID] = frozenset()


initial = Account()


def decide(command: AccountCommands, account: Account) -> list[AccountEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, Open | Move):
        refuse_others(command.by, command.data_subject, command.by)
    if isinstance(command, Open):
        return _open(command, account)
    if account.opened is None or account.details is None:
        raise NoAccountError
    if (
        command.by.role in VERIFIERS
        and account.holder is not None
        and command.by.actor == account.holder.actor
    ):
        raise OwnAccountError
    if command.request in account.requests:
        return []
    match command:
        case Change():
            return _change(command, account)
        case Move():
            return [] if command.data_subject == account.data_subject else [AccountMoved(**dict(command))]
        case Verify():
            return _verify(command, account, account.details)
        case Refuse():
            refuse_hindered(command.by, command.known)
            _refuse_unless_waiting(command.revision, account)
            if not command.reasons:
                raise NoReasonsError
            return [AccountRefused(**_decision(command), reasons=command.reasons)]
        case Flag():
            return _flag(command, account)
        case _:
            assert_never(command)


def _open(command: Open, account: Account) -> list[AccountEvents]:
    opened = account.opened
    if opened is None:
        return [AccountOpened(**dict(command))]
    if command.request is not None and command.request in account.requests:
        return []
    if _opening_of(opened) != _opening_of(command):
        raise AnotherAccountError
    return []


def _change(command: Change, account: Account) -> list[AccountEvents]:
    refuse_others(command.by, account.data_subject, account.holder)
    if command.details == account.details:
        return []
    if account.revision >= MOST_REVISIONS:
        raise TooManyChangesError
    return [AccountChanged(**dict(command))]


def refuse_others(by: Act, data_subject: UUID | None, holder: Act | None) -> None:
    """Raise for a citizen who is not the person in charge. An account that was opened with the code may go on signed in: the route knows whose it is."""
    if by.role == "public" and by.actor != str(data_subject):
        raise NotTheHolderError
    if holder is not None and by.role == holder.role == "applicant" and by.actor != holder.actor:
        raise NotTheHolderError


def _opening_of(opening: Open | AccountOpened) -> tuple[str, UUID, Details]:
    return opening.business_ref, opening.data_subject, opening.details


def _verify(command: Verify, account: Account, details: Details) -> list[AccountEvents]:
    refuse_hindered(command.by, command.known)
    if account.check is Check.VERIFIED and command.revision == account.revision:
        return []
    _refuse_unless_waiting(command.revision, account)
    if details.acts_for_others and NOTARIAL_POWER not in {each.kind for each in details.documents}:
        raise NoNotarialPowerError
    if command.findings:
        raise AccountIncompleteError
    return [AccountVerified(**_decision(command))]


def _flag(command: Flag, account: Account) -> list[AccountEvents]:
    """Record a fact that nobody could know at the decision, so that everybody sees it now."""
    fact = command.fact
    if fact.event in account.flagged or not any(
        official == fact.official and was_unknown(fact, known) for official, known in account.decisions
    ):
        return []
    return [AccountFlagged(**dict(command))]


def _refuse_unless_waiting(revision: int, account: Account) -> None:
    if revision != account.revision:
        raise AccountChangedError
    if account.check is not Check.WAITING:
        raise NothingToVerifyError


def _decision(command: Verify | Refuse) -> dict[str, Any]:
    """Return the fields of the event of a decision: of the known facts, only up to where they were known."""
    return {
        "by": command.by,
        "request": command.request,
        "revision": command.revision,
        "seen": command.known.seen,
    }


def evolve(account: Account, event: AccountEvents) -> Account:
    if event.request is not None:
        account = replace(account, requests=account.requests | {event.request})
    if isinstance(event, AccountVerified | AccountRefused):
        account = replace(account, decisions=(*account.decisions, (event.by.actor, event.seen)))
    match event:
        case AccountOpened():
            begun = replace(account, opened=event, ticket=event.reference, holder=event.by)
            return _restated(replace(begun, data_subject=event.data_subject), event.details)
        case AccountChanged():
            return _restated(account, event.details)
        case AccountMoved():
            moved = replace(account, ticket=event.ticket, data_subject=event.data_subject, holder=event.by)
            return _restated(replace(moved, verified=None), event.details)
        case AccountVerified():
            verified = replace(account, verified=account.details, verified_ticket=account.ticket)
            return replace(verified, check=Check.VERIFIED, verified_at=event.by.at)
        case AccountRefused():
            return replace(account, check=Check.REFUSED)
        case AccountFlagged():
            return replace(account, flagged=account.flagged | {event.fact.event})
        case _:
            assert_never(event)


def _restated(account: Account, details: Details) -> Account:
    return replace(account, details=details, revision=account.revision + 1, check=Check.WAITING)
