"""The acts of a citizen beside the steps of the case: further words at any time, and whether the answer helped."""

from zi_contracts.intake import AddedWords, AnswerRating, Items
from zi_intake.domain.case.filings import CaseCommand, CaseEvent


class AddWords(CaseCommand):
    """Add to what was written, correct it, or object to how the case is handled; nothing that was sent before changes."""

    kind: AddedWords
    items: Items


class RateAnswer(CaseCommand):
    rating: AnswerRating


class WordsAdded(CaseEvent):
    kind: AddedWords
    items: Items


class AnswerRated(CaseEvent):
    rating: AnswerRating


CitizenCommands = AddWords | RateAnswer
CitizenEvents = WordsAdded | AnswerRated
