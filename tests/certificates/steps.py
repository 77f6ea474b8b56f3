"""The commands of the application tests, in the order of the usual way."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.certificates.officials import (
    BUSINESS,
    DAY,
    HOUR,
    MONDAY,
    NOTHING_KNOWN,
    applicant,
    evaluator,
    fact,
    head,
    item,
    named,
    signer,
    staff,
    system,
)

from zi_certificates.domain.application.commands import (
    ApplicationCommands,
    ApproveOverride,
    AskData,
    AskOverride,
    CallForAmendment,
    ChangeApplication,
    ConfirmRefund,
    DeclineRefund,
    Draft,
    Expire,
    FlagConflict,
    HandOver,
    IssueFurtherBill,
    PassEvaluation,
    RecordLapse,
    RecordNumber,
    RecordPayment,
    RecordRefund,
    RefuseOverride,
    Reinstate,
    Reject,
    Release,
    Remind,
    RenewTimestamp,
    ReportLateDecision,
    ReportRefund,
    Resubmit,
    Revoke,
    Seal,
    SendBack,
    SendData,
    Sign,
    SignPersonally,
    Submit,
    Supersede,
    Suspend,
    Take,
    WithdrawApplication,
)
from zi_certificates.domain.application.decide import (
    decide as decide_application,
)
from zi_certificates.domain.application.events import (
    ApplicationEvents,
)
from zi_certificates.domain.application.evolve import (
    evolve as evolve_application,
)
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.domain.application.state import (
    initial as no_application,
)
from zi_certificates.domain.statement import Document, StatedAnalysis, StatedProduct, Statement, TestResult
from zi_contracts.certificates import PinnedRules, PublishedFinding, SignedLetter

RULES = PinnedRules(id="test-rules", version=1)
MISSING = PublishedFinding(reason="analysis_of_other_batch", where="batch", item=1)
WRONG = PublishedFinding(reason="shelf_life_too_short", where="expires", item=1)
DUE = MONDAY + 6 * HOUR
OPEN_UNTIL = MONDAY + 30 * DAY


def product(number: int = 1, batch: str = "B-001") -> StatedProduct:
    return StatedProduct(
        number=number,
        product="Kecap Contoh",
        registration_number="ML123456789012",
        hs_code="21039012",
        batch=batch,
        manufactured=date(2026, 6, 1),
        expires=date(2028, 6, 1),
        quantity=Decimal("1200.5"),
        unit="kg",
        pack="bottle",
        country="MY",
        port="Tarakan",
        invoice="INV-EXAMPLE-1",
        analysis=StatedAnalysis(dated=date(2026, 6, 3), results=(TestResult(parameter="lead"),)),
    )


def statement(*kinds: str, batch: str = "B-001") -> Statement:
    return Statement(
        kinds=kinds or ("ski_post_border",),
        goods="pangan_olahan",
        products=(product(batch=batch),),
        documents=(Document(kind="invoice", file=item("attachment"), products=(1,)),),
        annex_fields={"buyer": "none"},
    )


def draft(*kinds: str) -> Draft:
    return Draft(
        by=applicant(),
        ticket="3C7K9M2Q5",
        body_digest="a" * 64,
        series="ski",
        account=named("account"),
        business_ref=BUSINESS,
        data_subject=named("applicant"),
        language="id",
        reachable_by=("email",),
        statement=statement(*kinds),
    )


def submit(revision: int = 1, **changes: Any) -> Submit:
    submission = Submit(
        by=applicant(),
        revision=revision,
        rules=RULES,
        findings=(),
        bill="820261207000001",
        amount=150_000,
        pay_by=MONDAY + 3 * DAY,
        open_until=OPEN_UNTIL,
        second_evaluation=False,
        resubmissions=3,
    )
    return submission.model_copy(update=changes)


def letter(kind: str = "ski_post_border") -> SignedLetter:
    return SignedLetter(letter=named(kind), kind=kind, content="c" * 64, template="d" * 64)


def sign(revision: int = 1, *kinds: str) -> Sign:
    letters = tuple(letter(kind) for kind in kinds or ("ski_post_border",))
    return Sign(by=signer(), known=NOTHING_KNOWN, revision=revision, letters=letters)


def seal(kind: str = "ski_post_border", file: str = "f" * 64) -> Seal:
    return Seal(by=system(), letter=named(kind), file=file)


def renew(file: str = "d" * 64, days: int = 1000) -> RenewTimestamp:
    until, where = MONDAY + days * DAY, {"file": file, "item": item("letter.file")}
    return RenewTimestamp(by=system(), letter=named("ski_post_border"), holds_until=until, **where)


def number(kind: str = "ski_post_border", letter_number: str = "SKI-2026-000001") -> RecordNumber:
    return RecordNumber(by=system(), letter=named(kind), number=letter_number)


DRAFT = draft()
CHANGE = ChangeApplication(by=applicant(), statement=statement(batch="B-002"))
SUBMIT = submit()
SUBMIT_FREE = submit(bill="", amount=0, due=DUE)
PAY = RecordPayment(
    by=system(MONDAY + HOUR),
    bill="820261207000001",
    payment="bank-1",
    amount=150_000,
    paid_at=MONDAY + HOUR,
    due=DUE,
)
PAY_LESS = PAY.model_copy(update={"amount": 149_999, "payment": "bank-0"})
REFUND = RecordRefund(
    by=system(),
    bill="820261207000001",
    payment="bank-0",
    refund="refund-1",
    refunded_at=MONDAY + 2 * DAY,
    pay_by=MONDAY + 9 * DAY,
)
REVERSE = REFUND.model_copy(
    update={"by": system(MONDAY + 2 * DAY), "payment": "bank-1", "refund": "refund-2"}
)
TRANSFER = {"known": NOTHING_KNOWN, "payment": "bank-0", "refund": "SP2D-1"}
REPORT_REFUND = ReportRefund(
    by=staff("officer-ira", "officer"), bill="820261207000001", elsewhere=False, **TRANSFER
)
CONFIRM_REFUND = ConfirmRefund(by=staff("supervisor-eka", "supervisor"), **TRANSFER)
DECLINE_REFUND = DeclineRefund(by=staff("supervisor-eka", "supervisor"), **TRANSFER)
FURTHER = IssueFurtherBill(
    by=applicant(), bill="820000000000002", amount=150_000, pay_by=MONDAY + 9 * DAY, reason="reversed"
)
PAY_AGAIN = PAY.model_copy(
    update={
        **{"bill": FURTHER.bill, "payment": "bank-7", "paid_at": MONDAY + 4 * DAY},
        "due": MONDAY + 9 * DAY,
    }
)
TAKE = Take(by=evaluator(), known=NOTHING_KNOWN)
RELEASE = Release(by=evaluator(), known=NOTHING_KNOWN, reason="absence")
HAND_OVER = HandOver(by=system(), officer="evaluator-ani")
ASK = AskData(by=evaluator(), known=NOTHING_KNOWN, wanted=(MISSING,), items=(item("question"),))
SEND = SendData(by=applicant(), revision=2, rules=RULES, findings=(), due=DUE + DAY)
PASS = PassEvaluation(by=evaluator(), known=NOTHING_KNOWN, revision=1)
REJECT = Reject(by=evaluator(), known=NOTHING_KNOWN, reasons=(WRONG,))
RESUBMIT = Resubmit(
    by=applicant(MONDAY + DAY),
    revision=1,
    rules=RULES,
    findings=(),
    due=DUE + 2 * DAY,
    account_verified_at=MONDAY + DAY,
)
SEND_BACK = SendBack(by=signer(), known=NOTHING_KNOWN, reasons=(WRONG,))
SIGN = sign()
PROMISE = SIGN.model_copy(
    update={"letters": tuple(each.model_copy(update={"personal_signature": True}) for each in SIGN.letters)}
)
SIGN_PERSONALLY = SignPersonally(
    by=signer(), letter=named("ski_post_border"), file="9" * 64, item=item("letter.file")
)
LAPSE = RecordLapse(by=system(), letter=named("ski_post_border"), file="9" * 64)
NUMBER = number()
SEAL = seal()
RENEW = renew()
LETTER = named("ski_post_border")
SUSPEND = Suspend(by=signer(), known=NOTHING_KNOWN, letter=LETTER, reason="unsafe_product")
REINSTATE = Reinstate(by=head(), known=NOTHING_KNOWN, letter=LETTER, reason="suspicion_unfounded")
REVOKE = Revoke(by=signer(), known=NOTHING_KNOWN, letter=LETTER, reason="false_statement")
SUPERSEDE = Supersede(by=system(), letter=LETTER, by_number="SKI-2026-000002")
CALL = CallForAmendment(
    by=evaluator(),
    known=NOTHING_KNOWN,
    letter=LETTER,
    items=(item("note"),),
    fields=("port",),
    amendable=frozenset({"port", "invoice"}),
)
UNPAID = Expire(by=system(), until=MONDAY + 3 * DAY)
LAPSED = Expire(by=system(), until=OPEN_UNTIL)
REMIND_PAYMENT = Remind(by=system(MONDAY + 2 * DAY), clock="payment")
REMIND = Remind(by=system(MONDAY + 25 * DAY), clock="completion")
LATE = ReportLateDecision(by=system(DUE + DAY), due=DUE)
WITHDRAW = WithdrawApplication(by=applicant())
ASK_OVERRIDE = AskOverride(
    by=staff("supervisor-eka", "supervisor"),
    known=NOTHING_KNOWN,
    official="evaluator-ani",
    reason="no_other_official",
)
APPROVE_OVERRIDE = ApproveOverride(by=head(), known=NOTHING_KNOWN)
REFUSE_OVERRIDE = RefuseOverride(by=head(), known=NOTHING_KNOWN)
FLAG = FlagConflict(by=system(), fact=fact("evaluator-ani", "mentorship", 13))

DRAFTED = (DRAFT,)
SUBMITTED = (*DRAFTED, SUBMIT)
PAID = (*SUBMITTED, PAY)
TAKEN = (*PAID, TAKE)
NEED_DATA = (*TAKEN, ASK)
PASSED = (*TAKEN, PASS)
REJECTED = (*TAKEN, REJECT)
SIGNED = (*PASSED, SIGN)
NUMBERED = (*SIGNED, NUMBER)
ISSUED = (*NUMBERED, SEAL)
PROMISED = (*PASSED, PROMISE)
WANTED = (*PROMISED, NUMBER)
SIGNED_PERSONALLY = (*WANTED, SIGN_PERSONALLY)


def after(*commands: ApplicationCommands, state: Application = no_application) -> Application:
    for command in commands:
        for event in decide_application(command, state):
            state = evolve_application(state, event)
    return state


def last(*commands: ApplicationCommands) -> ApplicationEvents:
    """The one event that the last command makes."""
    [event] = decide_application(commands[-1], after(*commands[:-1]))
    return event
