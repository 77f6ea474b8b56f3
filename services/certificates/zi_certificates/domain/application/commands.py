"""Commands to an application, and the roles in which each may be given."""

from datetime import datetime
from uuid import UUID

from zi_certificates.domain.application.amended_letter import AmendedLetter
from zi_certificates.domain.application.command_bases import (
    ApplicationCommand,
    Completion,
    Decision,
    OverrideDecision,
    SignersDecision,
    StaffAct,
)
from zi_certificates.domain.application.planned_reminder import PlannedReminder
from zi_certificates.domain.impartiality import SIGNERS, Fact
from zi_certificates.domain.statement import Statement
from zi_certificates.roles import CALLING, EVALUATING, OVERRIDING, REFUNDING, RELEASING
from zi_chassis.domain import CITIZENS, Parties, officials, services
from zi_contracts.certificates import (
    ApplicantsClock,
    FurtherBillReason,
    OverrideReason,
    Overtaken,
    PublishedFinding,
    ReinstatementReason,
    ReleaseReason,
    Series,
    SignedLetter,
    StandingReason,
)
from zi_contracts.intake import Channel, Items, Language
from zi_contracts.vault import ItemRef

OVERRIDERS = officials(*OVERRIDING)


class Draft(ApplicationCommand):
    """`replaces` is the number of the letter whose place the new one is to take; `amends` says more of it where it is amended."""

    ticket: str
    body_digest: str
    series: Series
    account: UUID
    business_ref: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    statement: Statement
    replaces: str | None = None
    amends: AmendedLetter | None = None


class ChangeApplication(ApplicationCommand):
    """`revision` is the one that the applicant saw and changed, if known."""

    statement: Statement
    revision: int | None = None


class Submit(Completion):
    """The amount is in rupiah; `second_evaluation` and `resubmissions` are what the pinned rules say. An amendment that costs nothing has
    no bill, and is `due` from its submission on."""

    bill: str
    amount: int
    pay_by: datetime
    open_until: datetime
    second_evaluation: bool
    resubmissions: int
    reminders: tuple[PlannedReminder, ...] = ()
    due: datetime | None = None


class RecordPayment(ApplicationCommand):
    """`payment` is the payer's bank's reference: the same notice may come often. `more` is what is applied for costs beyond what was
    billed."""

    bill: str
    payment: str
    amount: int
    paid_at: datetime
    due: datetime
    more: int = 0


class IssueFurtherBill(ApplicationCommand):
    """The applicant wants to pay what is missing; the code is there already."""

    bill: str
    amount: int
    pay_by: datetime
    reason: FurtherBillReason
    counting: tuple[str, ...] = ()


class RecordRefund(ApplicationCommand):
    """A payment was paid back; `refund` is the gateway's reference. Where it had paid the bill, it is to come again by `pay_by`."""

    bill: str
    payment: str
    refund: str
    refunded_at: datetime
    pay_by: datetime


class RefundDecision(Decision):
    """About a payment that paid for nothing; `refund` is the bank's reference of the transfer that took it back to its payer."""

    payment: str
    refund: str


class ReportRefund(RefundDecision):
    """`elsewhere`: the transfer is recorded for another payment, of this application or of any other."""

    bill: str
    elsewhere: bool


class ConfirmRefund(RefundDecision):
    pass


class DeclineRefund(RefundDecision):
    """There is no such transfer, or it was recorded by mistake."""


class Take(Decision):
    """`overtaken` are the cases that were complete earlier and still wait; `parked` counts those that wait for their applicants' data."""

    overtaken: tuple[Overtaken, ...] = ()
    parked: int = 0


class Release(StaffAct):
    reason: ReleaseReason


class HandOver(ApplicationCommand):
    """The program takes it from an evaluator whose conflict of interest became known."""

    officer: str


class AskData(Decision):
    """`unnamed` are the places of documents that no rule names for this application; they are asked for with a written reason alone.
    `unsendable` are those of documents that no rule knows at all, so that the company can't attach them. `revision` is the one that was
    judged, if known."""

    revision: int | None = None
    wanted: tuple[PublishedFinding, ...]
    unnamed: tuple[str, ...] = ()
    unsendable: tuple[str, ...] = ()
    explained: bool = False
    items: Items = ()


class SendData(Completion):
    """`due` has the working time added that the office waited; `second_evaluation` is wanted for what is stated now; `answered` are the
    findings that are answered in words, which `items` are in the vault."""

    due: datetime
    second_evaluation: bool = False
    answered: tuple[PublishedFinding, ...] = ()
    items: Items = ()


class PassEvaluation(Decision):
    """`refused` are products that get no letter, each with its reason; the others are approved."""

    revision: int
    refused: tuple[PublishedFinding, ...] = ()


class Reject(Decision):
    """`revision` is the one that was judged, if known."""

    revision: int | None = None
    reasons: tuple[PublishedFinding, ...]
    items: Items = ()


class Resubmit(Completion):
    due: datetime
    second_evaluation: bool = False


class SendBack(SignersDecision):
    """`revision` is the one that was looked at, if known."""

    revision: int | None = None
    reasons: tuple[PublishedFinding, ...]
    items: Items = ()


class Sign(SignersDecision):
    """`refused` are the numbers of the products that the letters leave out; `amended_holds` unless the letter that this amends is not valid
    any more."""

    revision: int
    refused: frozenset[int] = frozenset()
    amended_holds: bool = True
    letters: tuple[SignedLetter, ...]


class RecordNumber(ApplicationCommand):
    letter: UUID
    number: str


class SignPersonally(ApplicationCommand):
    """The signatory's provider has signed the page: `file` is the digest of the page with the signature, `item` the file in the vault."""

    letter: UUID
    file: str
    item: ItemRef


class RecordLapse(ApplicationCommand):
    """The personal signature on the page `file` proves nothing any more: its signatory has to sign again."""

    letter: UUID
    file: str


class Seal(ApplicationCommand):
    """`file` is the digest of the signed file, `item` the file in the vault."""

    letter: UUID
    file: str
    item: ItemRef | None = None
    holds_until: datetime | None = None


class RenewTimestamp(ApplicationCommand):
    """`file` is the digest of the file with one more archive timestamp, which holds until `holds_until`."""

    letter: UUID
    file: str
    item: ItemRef
    holds_until: datetime | None


class Suspend(SignersDecision):
    letter: UUID
    reason: StandingReason
    items: Items = ()


class Reinstate(SignersDecision):
    letter: UUID
    reason: ReinstatementReason
    items: Items = ()


class Revoke(SignersDecision):
    """Also of a letter that awaits its personal signature: its number stays used, and it is never sealed."""

    letter: UUID
    reason: StandingReason
    items: Items = ()


class CallForAmendment(Decision):
    """An official found an error in `fields` of a letter and asks its company to have it amended; `amendable` are those that the rules let
    change, none where the office has decided nothing about it; `is_at_work` is set while an application is to take its place."""

    letter: UUID
    items: Items = ()
    fields: tuple[str, ...] = ()
    amendable: frozenset[str] = frozenset()
    is_at_work: bool = False


class Supersede(ApplicationCommand):
    letter: UUID
    by_number: str


class Expire(ApplicationCommand):
    """The timer of a deadline: its time says which."""

    until: datetime


class Remind(ApplicationCommand):
    """The timer of a reminder: a deadline of the applicant is near."""

    clock: ApplicantsClock


class ReportLateDecision(ApplicationCommand):
    """Report that the promised time has passed; `reported_late` if it had before deadlines were reported at all."""

    due: datetime
    reported_late: bool = False


class WithdrawApplication(ApplicationCommand):
    pass


class AskOverride(StaffAct):
    official: str
    reason: OverrideReason
    items: Items = ()


class ApproveOverride(OverrideDecision):
    pass


class RefuseOverride(OverrideDecision):
    pass


class FlagConflict(ApplicationCommand):
    """A fact about an official and this business has arrived."""

    fact: Fact


RefundActs = ReportRefund | ConfirmRefund | DeclineRefund
# Each is one function of decide.py, letter_decisions.py or refund_decisions.py.
Decisions = (
    Take
    | AskData
    | PassEvaluation
    | Reject
    | SendBack
    | Sign
    | Suspend
    | Reinstate
    | Revoke
    | CallForAmendment
    | RefundActs
)
LetterActs = RecordNumber | SignPersonally | RecordLapse | Seal | RenewTimestamp | Supersede
OverrideActs = AskOverride | ApproveOverride | RefuseOverride | FlagConflict
Acts = (
    ChangeApplication
    | Submit
    | RecordPayment
    | RecordRefund
    | IssueFurtherBill
    | Release
    | HandOver
    | SendData
    | Resubmit
    | LetterActs
    | Expire
    | Remind
    | ReportLateDecision
    | WithdrawApplication
    | OverrideActs
)
ApplicationCommands = Draft | Decisions | Acts
EVALUATORS = officials(*EVALUATING)
REFUNDERS = officials(*REFUNDING)
OWN_PROGRAM = services("certificates")
PARTIES: Parties = {
    Draft: CITIZENS,
    ChangeApplication: CITIZENS,
    Submit: CITIZENS,
    RecordPayment: OWN_PROGRAM,
    RecordRefund: OWN_PROGRAM,
    IssueFurtherBill: CITIZENS,
    ReportRefund: REFUNDERS,
    ConfirmRefund: REFUNDERS,
    DeclineRefund: REFUNDERS,
    Take: EVALUATORS,
    Release: officials(*RELEASING),
    HandOver: OWN_PROGRAM,
    AskData: EVALUATORS,
    SendData: CITIZENS,
    PassEvaluation: EVALUATORS,
    Reject: EVALUATORS,
    Resubmit: CITIZENS,
    SendBack: SIGNERS,
    Sign: SIGNERS,
    RecordNumber: OWN_PROGRAM,
    SignPersonally: SIGNERS,
    RecordLapse: OWN_PROGRAM,
    Seal: OWN_PROGRAM,
    RenewTimestamp: OWN_PROGRAM,
    Suspend: SIGNERS,
    Reinstate: SIGNERS,
    Revoke: SIGNERS,
    CallForAmendment: officials(*CALLING),
    Supersede: OWN_PROGRAM,
    Expire: OWN_PROGRAM,
    Remind: OWN_PROGRAM,
    ReportLateDecision: OWN_PROGRAM,
    WithdrawApplication: CITIZENS,
    AskOverride: OVERRIDERS,
    ApproveOverride: OVERRIDERS,
    RefuseOverride: OVERRIDERS,
    FlagConflict: OWN_PROGRAM,
}
