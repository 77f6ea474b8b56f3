"""The incident of a case, its referral and the answer that waits for a second person, as its events leave them. Pure."""

from dataclasses import dataclass, field, replace
from typing import assert_never
from uuid import UUID

from zi_contracts.intake import Items
from zi_intake.domain.case.answer_files import AnswerFiles
from zi_intake.domain.case.handling_messages import (
    AnswerDrafted,
    CaseLinked,
    CaseReferred,
    CaseUnlinked,
    ContactDecided,
    DraftReturned,
    HandlingEvents,
    VisitRecorded,
)


@dataclass(frozen=True)
class Handling:
    """`contact_allowed`: the body to which the case was referred may have the name and the contact. `withheld` are the items of answers that
    were not sent, and files for them: the citizen does not get them."""

    incident: UUID | None = None
    referral: CaseReferred | None = None
    contact_allowed: bool = False
    draft: AnswerDrafted | None = None
    visits: int = 0
    withheld: frozenset[UUID] = frozenset()
    files: AnswerFiles = field(default_factory=AnswerFiles)

    def after(self, event: HandlingEvents) -> "Handling":
        match event:
            case CaseLinked():
                return replace(self, incident=event.incident)
            case CaseUnlinked():
                return replace(self, incident=None)
            case VisitRecorded():
                return replace(self, visits=self.visits + 1)
            case CaseReferred():
                return replace(self, referral=event, contact_allowed=False)
            case ContactDecided():
                return replace(self, contact_allowed=event.allowed)
            case AnswerDrafted():
                items = frozenset(ref.item for ref in event.items)
                return replace(self, draft=event, withheld=self.withheld | items)
            case DraftReturned():
                return replace(self, draft=None)
        assert_never(event)

    def after_the_answer(self, items: Items) -> "Handling":
        """Nothing waits any more; of the drafts the citizen has what was sent."""
        sent = {ref.item for ref in items}
        files = self.files.after_the_answer(items)
        return replace(self, draft=None, withheld=self.withheld - sent, files=files)

    def after_a_file(self, items: Items, size: int) -> "Handling":
        """A file for the answer was added; the citizen gets it with the answer that names it."""
        added = frozenset(ref.item for ref in items)
        return replace(self, withheld=self.withheld | added, files=self.files.after_adding(items, size))
