"""A standard as its events left it."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from zi_integrity.domain.standard import messages
from zi_integrity.domain.standard.terms import terms_digest


class StandardStatus(StrEnum):
    NONE = "none"
    DRAFT = "draft"
    CONSULTATION = "consultation"
    CONSULTED = "consulted"
    ADOPTED = "adopted"
    DROPPED = "dropped"
    ENDED = "ended"


@dataclass(frozen=True)
class StandardDecree:
    """`after` is the version that the draft is to follow, `drafters` everybody who wrote on it, `consulted` the text that the public was
    last asked about."""

    status: StandardStatus = StandardStatus.NONE
    service: str = ""
    id: str = ""
    terms: str = ""
    after: int = 0
    drafters: frozenset[str] = frozenset()
    follows: tuple[str, ...] = ()
    consultation: messages.StandardConsultationOpened | None = None
    consulted: str | None = None
    adopted: messages.StandardAdopted | None = None
    review_due: date | None = None
    reminded_of: date | None = None
    overdue_since: date | None = None

    @property
    def digest(self) -> str:
        """Of the draft's terms, or of the decree's once it is adopted."""
        return terms_digest(self.terms if self.adopted is None else self.adopted.content)

    @property
    def version(self) -> int:
        return self.after + 1 if self.adopted is None else self.adopted.version

    @property
    def is_open(self) -> bool:
        return self.status in (StandardStatus.DRAFT, StandardStatus.CONSULTATION, StandardStatus.CONSULTED)


initial = StandardDecree()


def evolve(decree: StandardDecree, event: messages.StandardEvents) -> StandardDecree:
    match event:
        case messages.StandardDrafted() | messages.StandardRevised():
            return _write(decree, event)
        case messages.StandardConsultationOpened():
            return replace(
                decree, status=StandardStatus.CONSULTATION, consultation=event, consulted=decree.terms
            )
        case messages.StandardConsultationClosed():
            return replace(decree, status=StandardStatus.CONSULTED)
        case messages.StandardDraftWithdrawn():
            return replace(decree, status=StandardStatus.DROPPED)
        case messages.StandardAdopted():
            return replace(decree, status=StandardStatus.ADOPTED, adopted=event, review_due=event.review_due)
        case messages.StandardWithdrawn():
            return replace(decree, status=StandardStatus.ENDED, review_due=None)
        case messages.StandardReviewed():
            return replace(decree, review_due=event.next_due, overdue_since=None)
        case messages.StandardReviewDue():
            return replace(decree, reminded_of=event.due)
        case messages.StandardReviewOverdue():
            return replace(decree, overdue_since=event.due)
        case _:
            assert_never(event)


def _write(
    decree: StandardDecree, event: messages.StandardDrafted | messages.StandardRevised
) -> StandardDecree:
    changed = replace(
        decree, terms=event.terms, after=event.after, drafters=decree.drafters | {event.by.actor}
    )
    if isinstance(event, messages.StandardDrafted):
        return replace(changed, status=StandardStatus.DRAFT, service=event.service, id=event.id)
    return replace(changed, follows=tuple(dict.fromkeys((*decree.follows, *event.follows))))
