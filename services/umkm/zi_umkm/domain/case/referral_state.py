"""The standing of the letter of a referral: its code, and what was answered with it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from zi_umkm.domain.case import referral
from zi_umkm.domain.case.referral import ReferralLetter


@dataclass(frozen=True)
class Referral:
    """`products` stand in the order of the letter; `answered` are products whose answer came with the code of this round."""

    letter: UUID
    number: str
    products: tuple[int, ...]
    code_digest: str
    open_until: datetime
    round: int = 1
    is_received: bool = False
    has_questions: bool = False
    answered: frozenset[int] = frozenset()

    def unanswered(self, at_health_office: frozenset[int]) -> frozenset[int]:
        """Return the products that still wait for their answer."""
        return at_health_office.intersection(self.products) - self.answered


def begun(letter: ReferralLetter, products: tuple[int, ...]) -> Referral:
    return Referral(letter.letter, letter.number, products, letter.code_digest, letter.open_until)


def evolve_referral(current: Referral, event: referral.ReferralEvents) -> Referral:
    match event:
        case referral.ReferralReceived():
            return replace(current, is_received=True)
        case referral.ReferralQuestioned():
            return replace(current, is_received=True, has_questions=True)
        case referral.ReferralRefused() | referral.ReferralNumberGiven():
            return replace(current, is_received=True, answered=current.answered | {event.product})
        case referral.ReferralCodeRenewed():
            return replace(
                current,
                code_digest=event.code_digest,
                open_until=event.open_until,
                round=current.round + 1,
                answered=frozenset(),
            )
        case _:
            assert_never(event)
