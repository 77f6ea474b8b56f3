"""The numbers of a case: those of its products, from BPOM (MD) or the health office (P-IRT), and that of the business itself (NIB).

The business or its mentor records a number, an official who never mentored it checks it. Pure.
"""

from typing import TYPE_CHECKING, Literal

from zi_chassis.domain import CITIZENS, Parties, officials
from zi_contracts.configuration import Pin
from zi_contracts.umkm import NumberOutcome
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent
from zi_umkm.domain.case.state_questions import OpenStateQuestion
from zi_umkm.roles import CHECKING, MENTORING

if TYPE_CHECKING:
    from zi_umkm.domain.case.state import MentoringCase

NumberShape = Literal["expected", "other_commodity", "unknown"]
TOGETHER = CITIZENS | officials(*MENTORING)
CHECKERS = officials(*CHECKING)


class NumberCommand(MentoringCommand):
    pass


class StateNumber(NumberCommand):
    """`shape` is what the rules say of how it is written, by these `numbers`."""

    product: int
    number: str
    shape: NumberShape
    numbers: Pin | None = None


class RecordRegistrationNumber(StateNumber):
    pass


class RecordReferredNumber(StateNumber):
    """The number that the health office gave to a product that was referred to it."""


class CorrectRegistrationNumber(StateNumber):
    """Put another number in place of one that nobody has confirmed yet."""


def recorded_by(
    product: int, case: "MentoringCase"
) -> type[RecordRegistrationNumber] | type[RecordReferredNumber]:
    """Return the command that records the number of a product: the health office's while the product is referred to it."""
    is_theirs = product in case.referred and product not in case.sent
    return RecordReferredNumber if is_theirs else RecordRegistrationNumber


class CheckNumber(NumberCommand):
    """`mentors` are those who have mentored the business in any case of it."""

    mentors: frozenset[str] = frozenset()


class CheckRegistrationNumber(CheckNumber):
    """`number` is the one that was looked up."""

    product: int
    number: str
    outcome: NumberOutcome


class CheckBusinessNumber(CheckNumber):
    """`business_ref` stands for the number that was looked up."""

    business_ref: str
    outcome: NumberOutcome


NumberCommands = (
    RecordRegistrationNumber
    | RecordReferredNumber
    | CorrectRegistrationNumber
    | CheckRegistrationNumber
    | CheckBusinessNumber
)
PARTIES: Parties = {
    RecordRegistrationNumber: TOGETHER,
    RecordReferredNumber: TOGETHER,
    CorrectRegistrationNumber: TOGETHER,
    CheckRegistrationNumber: CHECKERS,
    CheckBusinessNumber: CHECKERS,
}


class NumberObtained(MentoringEvent):
    """`instead_of` is the number that the health office had given to the product."""

    product: int
    number: str
    numbers: Pin | None = None
    instead_of: str | None = None


class ReferredNumberObtained(MentoringEvent):
    product: int
    number: str
    numbers: Pin | None = None


class RegistrationNumberCorrected(MentoringEvent):
    product: int
    former: str
    number: str
    numbers: Pin | None = None


class RegistrationNumberChecked(MentoringEvent):
    """A refuted number is none: the product waits for its number again, and so do the `questions` of the state about it."""

    product: int
    number: str
    outcome: NumberOutcome
    questions: tuple[OpenStateQuestion, ...] = ()


class BusinessNumberChecked(MentoringEvent):
    business_ref: str
    outcome: NumberOutcome


NumberEvents = (
    NumberObtained
    | ReferredNumberObtained
    | RegistrationNumberCorrected
    | RegistrationNumberChecked
    | BusinessNumberChecked
)


def without(numbers: dict[int, str], *products: int) -> dict[int, str]:
    return {each: number for each, number in numbers.items() if each not in products}
