"""The files that officers add to a case for its answer: they stay closed to the citizen until an answer is sent that names them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from zi_contracts.intake import Items
from zi_contracts.vault import ItemRef
from zi_intake.domain.case import refusals
from zi_intake.uploads.attachments import FILES_FOR_ANSWERS, FILES_OF_ANSWER, MEGABYTE

ANSWER_FILE: Final = "answer.file"


@dataclass(frozen=True)
class AnswerFiles:
    """`waiting` were sent with no answer yet; `number` and `size` (bytes) are of all that were added, whatever became of them."""

    waiting: Mapping[UUID, ItemRef] = field(default_factory=dict)
    number: int = 0
    size: int = 0

    def refuse_over(self, limit: int, size: int) -> None:
        """Raise where one more file of `size` bytes passes a limit; the office's files take nothing of the citizen's room."""
        if self.number >= FILES_FOR_ANSWERS:
            raise refusals.TooManyAnswerFilesError(limit=FILES_FOR_ANSWERS)
        if self.size + size > limit:
            raise refusals.CaseFullError(megabytes=limit // MEGABYTE)

    def named(self, items: tuple[UUID, ...]) -> Items:
        """Return the files that an answer names. Raises for one that does not wait, so that nothing is sent that was not added for it."""
        if len(items) > FILES_OF_ANSWER:
            raise refusals.TooManyFilesOfAnswerError(limit=FILES_OF_ANSWER)
        if not self.waiting.keys() >= set(items):
            raise refusals.NoSuchAnswerFileError
        return tuple(self.waiting[item] for item in dict.fromkeys(items))

    def after_adding(self, items: Items, size: int) -> "AnswerFiles":
        added = {ref.item: ref for ref in items}
        return replace(self, waiting={**self.waiting, **added}, number=self.number + 1, size=self.size + size)

    def after_the_answer(self, items: Items) -> "AnswerFiles":
        sent = {ref.item for ref in items}
        return replace(self, waiting={item: ref for item, ref in self.waiting.items() if item not in sent})


def is_for_answer(items: Items) -> bool:
    """Return whether these are the items of a file for the answer."""
    return any(ref.field == ANSWER_FILE for ref in items)
