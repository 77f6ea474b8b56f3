"""The refusal of a file as a letter."""

from zi_verify.verdict import Sentence


class LetterFileError(ValueError):
    """Not the file of a letter, or one that was changed; the sentence says what is wrong, in both languages."""

    def __init__(self, en: str, id: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(en, id)


class PersonalSignatureMissingError(LetterFileError):
    """The letter promises the personal signature of its signatory, and has none that holds."""
