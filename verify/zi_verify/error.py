"""The one error of zi_verify: something that stops it from checking at all, which is not a verdict."""

from zi_verify.status import ExitStatus
from zi_verify.verdict import Sentence


class VerifyError(Exception):
    """A file, an address or an option that can't be used; the sentence, in both languages, tells the person what to do."""

    status = ExitStatus.NOTHING_CHECKED

    def __init__(self, en: str, id: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(en, id)
