"""The bodies of the acts of a citizen beside the steps of the case."""

from zi_contracts.intake import AddedWords, AnswerRating
from zi_intake.bodies.filings import Body, WordsBody


class AddedWordsBody(WordsBody):
    """Further words of the citizen: something to add, a correction, or an objection."""

    kind: AddedWords = "addition"


class RatingBody(Body):
    rating: AnswerRating
