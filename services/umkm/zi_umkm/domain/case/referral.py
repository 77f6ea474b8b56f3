"""The letter of a referral to the health office, and its answers: whoever has the code on the letter answers, without an account.

An answer proves that somebody had the letter, and nothing more: a number that comes this way is looked up by an official as any other.
Pure.
"""

from datetime import datetime
from uuid import UUID

from zi_chassis.domain import Parties, Value, officials
from zi_contracts.configuration import Pin
from zi_contracts.intake import Items
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent
from zi_umkm.domain.case.numbers import NumberShape
from zi_umkm.roles import MENTORING

HEALTH_OFFICE = "health_office"


class ReferralLetter(Value):
    """`code_digest` commits to the code on the letter, which answers until `open_until`; `number` is the letter's."""

    letter: UUID
    number: str
    code_digest: str
    open_until: datetime


class AnswerReferral(MentoringCommand):
    """`code_digest` is that of the code that the answer came with."""

    letter: UUID
    code_digest: str


class ReceiveReferral(AnswerReferral):
    pass


class QuestionReferral(AnswerReferral):
    items: Items = ()


class AnswerForProduct(AnswerReferral):
    product: int


class RefuseReferral(AnswerForProduct):
    items: Items = ()


class GiveReferredNumber(AnswerForProduct):
    """`shape` is what the rules say of how the number is written, by these `numbers`."""

    number: str
    shape: NumberShape
    numbers: Pin | None = None


class RenewReferralCode(MentoringCommand):
    """Another code in place of the last one, which answers no more."""

    letter: UUID
    code_digest: str
    open_until: datetime


ReferralAnswers = ReceiveReferral | QuestionReferral | RefuseReferral | GiveReferredNumber
ReferralCommands = ReferralAnswers | RenewReferralCode
ANSWERING = frozenset({HEALTH_OFFICE})
PARTIES: Parties = {
    ReceiveReferral: ANSWERING,
    QuestionReferral: ANSWERING,
    RefuseReferral: ANSWERING,
    GiveReferredNumber: ANSWERING,
    RenewReferralCode: officials(*MENTORING),
}


class ReferralEvent(MentoringEvent):
    letter: UUID
    number: str
    code_digest: str


class ReferralReceived(ReferralEvent):
    pass


class ReferralQuestioned(ReferralEvent):
    items: Items


class ReferralRefused(ReferralEvent):
    product: int
    items: Items


class ReferralNumberGiven(ReferralEvent):
    """The number itself is recorded by the event that records every number of the health office."""

    product: int


class ReferralCodeRenewed(ReferralEvent):
    open_until: datetime


ReferralEvents = (
    ReferralReceived | ReferralQuestioned | ReferralRefused | ReferralNumberGiven | ReferralCodeRenewed
)
