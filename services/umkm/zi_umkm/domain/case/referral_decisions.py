"""Decide what an answer of the health office changes: only with the code that holds, once for each product. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from zi_umkm.domain import errors
from zi_umkm.domain.case import referral
from zi_umkm.domain.case.messages import MentoringResumed
from zi_umkm.domain.case.numbers import ReferredNumberObtained
from zi_umkm.domain.case.referral_state import Referral
from zi_umkm.domain.case.refusals import refuse_unless_mentor
from zi_umkm.domain.case.state import OVER, MentoringCase, MentoringStatus

ReferralOutcome = referral.ReferralEvents | ReferredNumberObtained | MentoringResumed


def decide_referral(command: referral.ReferralCommands, case: MentoringCase) -> list[ReferralOutcome]:
    """An answer wakes a sleeping case."""
    if isinstance(command, referral.RenewReferralCode):
        return [_renew(command, case)]
    asleep = case.status is MentoringStatus.DORMANT
    events = _answer(command, replace(case, status=case.slept) if asleep else case)
    return [MentoringResumed(by=command.by), *events] if asleep and events else events


def _answer(command: referral.ReferralAnswers, case: MentoringCase) -> list[ReferralOutcome]:
    current = answerable(case, command.letter, command.code_digest, command.by.at)
    stated = _stated(command) | {"number": current.number}
    match command:
        case referral.ReceiveReferral():
            refuse_answered(current, case)
            return [] if current.is_received else [referral.ReferralReceived(**stated)]
        case referral.QuestionReferral():
            refuse_answered(current, case)
            return [referral.ReferralQuestioned(**stated)]
        case referral.RefuseReferral():
            _refuse_answered_product(command, current, case)
            return [referral.ReferralRefused(**stated)]
        case referral.GiveReferredNumber():
            return _give_number(command, current, case, stated)
        case _:
            assert_never(command)


def _give_number(
    command: referral.GiveReferredNumber, current: Referral, case: MentoringCase, stated: dict[str, Any]
) -> list[ReferralOutcome]:
    if case.referred_numbers.get(command.product) == command.number:
        return []
    _refuse_answered_product(command, current, case)
    if command.shape != "expected":
        raise errors.NumberShapeError
    obtained = ReferredNumberObtained(
        by=command.by,
        request=command.request,
        product=command.product,
        number=command.number,
        numbers=command.numbers,
    )
    return [referral.ReferralNumberGiven(**stated), obtained]


def _renew(command: referral.RenewReferralCode, case: MentoringCase) -> referral.ReferralCodeRenewed:
    """Give another code while something waits for its answer: by its mentor, who can check no number of it."""
    refuse_unless_mentor(command.by, case)
    current = _letter_of(command.letter, case)
    if not case.at_health_office.intersection(current.products):
        raise errors.ReferralOverError
    return referral.ReferralCodeRenewed(**_stated(command) | {"number": current.number})


def answerable(case: MentoringCase, letter: UUID, code_digest: str, at: datetime) -> Referral:
    """Return the letter that this code answers at this time, or raise the reason why it does not."""
    if case.status in OVER:
        raise errors.ReferralOverError
    current = _letter_of(letter, case)
    if current.code_digest != code_digest:
        raise errors.CodeReplacedError
    if current.open_until < at:
        raise errors.CodeExpiredError
    return current


def _letter_of(letter: UUID, case: MentoringCase) -> Referral:
    """Return the letter that holds now; a letter from before the business came back holds no more."""
    current = case.referral
    if current is None or current.letter != letter:
        raise errors.ReferralOverError
    return current


def refuse_answered(current: Referral, case: MentoringCase) -> None:
    """Raise where no product of the letter waits for its answer."""
    if current.unanswered(case.at_health_office):
        return
    is_used = case.referred.intersection(current.products)
    raise errors.CodeUsedError if is_used else errors.ReferralOverError


def _refuse_answered_product(
    command: referral.AnswerForProduct, current: Referral, case: MentoringCase
) -> None:
    refuse_answered(current, case)
    if command.product not in current.unanswered(case.at_health_office):
        raise errors.ProductAnsweredError


def _stated(command: referral.ReferralCommands) -> dict[str, Any]:
    """Return the fields of the command that its event repeats."""
    return {name: value for name, value in dict(command).items() if name not in ("shape", "numbers")}
