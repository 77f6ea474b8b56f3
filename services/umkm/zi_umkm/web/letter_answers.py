"""The letters to the health office of one case, as its pages list them: each with its code's time and every answer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.web.language import msgid
from zi_contracts.vault import ItemRef
from zi_umkm.domain.case import referral
from zi_umkm.letters.verifying import LetterStanding, standing_of
from zi_umkm.use_cases.dossier import MentoringDossier

ANSWERS: Mapping[type[referral.ReferralEvent], str] = {
    referral.ReferralReceived: msgid("The letter arrived."),
    referral.ReferralQuestioned: msgid("A question"),
    referral.ReferralRefused: msgid("Product {number} can't be registered there"),
    referral.ReferralNumberGiven: msgid("The number of product {number} came; an officer looks it up."),
    referral.ReferralCodeRenewed: msgid("The mentor made a new code."),
}


@dataclass(frozen=True)
class AnswerToLetter:
    """`text` is there once it was opened."""

    at: datetime
    sentence: str
    product: int | None
    has_text: bool
    text: str | None


@dataclass(frozen=True)
class CaseLetter:
    letter: UUID
    number: str
    open_until: datetime
    standing: LetterStanding | None
    answers: Sequence[AnswerToLetter]

    @property
    def waits(self) -> bool:
        return self.standing is LetterStanding.WAITING


def letters_of(dossier: MentoringDossier, texts: Mapping[UUID, str]) -> list[CaseLetter]:
    """Return the letters, the newest first."""
    answers = [each for each in dossier.events if isinstance(each, referral.ReferralEvent)]
    return [
        CaseLetter(
            letter=each.letter,
            number=each.number,
            open_until=each.open_until,
            standing=standing_of(dossier.state, each),
            answers=[_answer(event, texts) for event in answers if event.letter == each.letter],
        )
        for each in reversed(dossier.state.referrals)
    ]


def answer_items(dossier: MentoringDossier) -> list[ItemRef]:
    """Return the texts of all answers."""
    return [item for event in dossier.events for item in _items(event)]


def _answer(event: referral.ReferralEvent, texts: Mapping[UUID, str]) -> AnswerToLetter:
    items = _items(event)
    known = [texts[item.item] for item in items if item.item in texts]
    product = getattr(event, "product", None)
    return AnswerToLetter(
        event.by.at, ANSWERS[type(event)], product, bool(items), known[-1] if known else None
    )


def _items(event: object) -> Sequence[ItemRef]:
    return event.items if isinstance(event, referral.ReferralQuestioned | referral.ReferralRefused) else ()
