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

from zi_certificates.domain import application as steps
from zi_certificates.domain.application import Application, ApplicationCommands, ApplicationEvents
from zi_certificates.domain.statement import Analysis, Document, Product, Statement, TestResult
from zi_contracts.certificates import PinnedRules, PublishedFinding, SignedLetter

RULES = PinnedRules(id="test-rules", version=1)
MISSING = PublishedFinding(reason="document_missing", where="documents.analysis", item=1)
WRONG = PublishedFinding(reason="shelf_life_too_short", where="expires", item=1)
DUE = MONDAY + 6 * HOUR
OPEN_UNTIL = MONDAY + 30 * DAY


def product(number: int = 1, batch: str = "B-001") -> Product:
    return Product(
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
        analysis=Analysis(dated=date(2026, 6, 3), results=(TestResult(parameter="lead"),)),
    )


def statement(*kinds: str, batch: str = "B-001") -> Statement:
    return Statement(
        kinds=kinds or ("ski_post_border",),
        goods="pangan_olahan",
        products=(product(batch=batch),),
        documents=(Document(kind="invoice", file=item("attachment"), products=(1,)),),
        annex_fields={"buyer": "none"},
    )


def draft(*kinds: str) -> steps.Draft:
    return steps.Draft(
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


def submit(revision: int = 1, **changes: Any) -> steps.Submit:
    submission = steps.Submit(
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


def sign(revision: int = 1, *kinds: str) -> steps.Sign:
    letters = tuple(letter(kind) for kind in kinds or ("ski_post_border",))
    return steps.Sign(by=signer(), known=NOTHING_KNOWN, revision=revision, letters=letters)


def seal(kind: str = "ski_post_border", file: str = "f" * 64) -> steps.Seal:
    return steps.Seal(by=system(), letter=named(kind), file=file)


def number(kind: str = "ski_post_border", said: str = "SKI-2026-000001") -> steps.RecordNumber:
    return steps.RecordNumber(by=system(), letter=named(kind), number=said)


DRAFT = draft()
CHANGE = steps.Change(by=applicant(), statement=statement(batch="B-002"))
SUBMIT = submit()
PAY = steps.RecordPayment(
    by=system(MONDAY + HOUR),
    bill="820261207000001",
    payment="bank-1",
    amount=150_000,
    paid_at=MONDAY + HOUR,
    due=DUE,
)
TAKE = steps.Take(by=evaluator(), known=NOTHING_KNOWN)
RELEASE = steps.Release(by=evaluator(), reason="absence")
ASK = steps.AskData(by=evaluator(), known=NOTHING_KNOWN, wanted=(MISSING,), items=(item("question"),))
SEND = steps.SendData(by=applicant(), revision=2, rules=RULES, findings=(), due=DUE + DAY)
PASS = steps.PassEvaluation(by=evaluator(), known=NOTHING_KNOWN, revision=1)
REJECT = steps.Reject(by=evaluator(), known=NOTHING_KNOWN, reasons=(WRONG,))
RESUBMIT = steps.Resubmit(by=applicant(MONDAY + DAY), revision=1, rules=RULES, findings=(), due=DUE + 2 * DAY)
SEND_BACK = steps.SendBack(by=signer(), known=NOTHING_KNOWN, reasons=(WRONG,))
SIGN = sign()
NUMBER = number()
SEAL = seal()
LETTER = named("ski_post_border")
SUSPEND = steps.Suspend(by=signer(), known=NOTHING_KNOWN, letter=LETTER, reason="unsafe_product")
REINSTATE = steps.Reinstate(by=signer(), known=NOTHING_KNOWN, letter=LETTER)
REVOKE = steps.Revoke(by=signer(), known=NOTHING_KNOWN, letter=LETTER, reason="false_statement")
SUPERSEDE = steps.Supersede(by=system(), letter=LETTER, by_number="SKI-2026-000002")
UNPAID = steps.Expire(by=system(), until=MONDAY + 3 * DAY)
LAPSED = steps.Expire(by=system(), until=OPEN_UNTIL)
WITHDRAW = steps.Withdraw(by=applicant())
ASK_OVERRIDE = steps.AskOverride(
    by=staff("supervisor-eka", "supervisor"), official="evaluator-ani", reason="no_other_official"
)
APPROVE_OVERRIDE = steps.ApproveOverride(by=head())
REFUSE_OVERRIDE = steps.RefuseOverride(by=head())
FLAG = steps.FlagConflict(by=system(), fact=fact("evaluator-ani", "mentorship", 13))

DRAFTED = (DRAFT,)
SUBMITTED = (*DRAFTED, SUBMIT)
PAID = (*SUBMITTED, PAY)
TAKEN = (*PAID, TAKE)
ASKED = (*TAKEN, ASK)
PASSED = (*TAKEN, PASS)
REJECTED = (*TAKEN, REJECT)
SIGNED = (*PASSED, SIGN)
NUMBERED = (*SIGNED, NUMBER)
ISSUED = (*NUMBERED, SEAL)


def after(*commands: ApplicationCommands, state: Application = steps.initial) -> Application:
    for command in commands:
        for event in steps.decide(command, state):
            state = steps.evolve(state, event)
    return state


def last(*commands: ApplicationCommands) -> ApplicationEvents:
    """The one event that the last command makes."""
    [event] = steps.decide(commands[-1], after(*commands[:-1]))
    return event
