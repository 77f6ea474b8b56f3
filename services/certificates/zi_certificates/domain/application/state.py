"""State of an application."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from zi_certificates.domain.answering import unanswered
from zi_certificates.domain.application.events import (
    ApplicationDrafted,
    ApplicationSubmitted,
    LettersSigned,
    OverrideAsked,
)
from zi_certificates.domain.application.owed import NOTHING_OWED, OwedMoney
from zi_certificates.domain.application.past_decisions import Judged, PastDecision
from zi_certificates.domain.standing import Letters, Standing
from zi_certificates.domain.statement import Statement
from zi_contracts.certificates import ApplicantsClock, PublishedFinding
from zi_contracts.intake import Holder


class ApplicationStatus(StrEnum):
    UNKNOWN = "unknown"
    DRAFT = "draft"
    AWAITING_PAYMENT = "awaiting_payment"
    QUEUED = "queued"
    EVALUATION = "evaluation"
    NEED_DATA = "need_data"
    APPROVAL = "approval"
    ISSUED_UNSEALED = "issued_unsealed"
    ISSUED = "issued"
    REJECTED = "rejected"
    RESUBMITTED = "resubmitted"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


WAITING = (ApplicationStatus.QUEUED, ApplicationStatus.RESUBMITTED)
IN_HAND = (ApplicationStatus.EVALUATION, ApplicationStatus.NEED_DATA)
CHANGEABLE = (ApplicationStatus.DRAFT, ApplicationStatus.NEED_DATA, ApplicationStatus.REJECTED)
OVER = (ApplicationStatus.EXPIRED, ApplicationStatus.WITHDRAWN)
SIGNED = (
    ApplicationStatus.ISSUED_UNSEALED,
    ApplicationStatus.ISSUED,
    ApplicationStatus.SUSPENDED,
    ApplicationStatus.SUPERSEDED,
    ApplicationStatus.REVOKED,
)
STOPPED_UNPAID = (*WAITING, ApplicationStatus.EVALUATION, ApplicationStatus.APPROVAL)
OFFICE_HOLDS = (
    *WAITING,
    ApplicationStatus.EVALUATION,
    ApplicationStatus.APPROVAL,
    ApplicationStatus.ISSUED_UNSEALED,
)
STANDINGS = {
    None: ApplicationStatus.ISSUED_UNSEALED,
    Standing.VALID: ApplicationStatus.ISSUED,
    Standing.SUSPENDED: ApplicationStatus.SUSPENDED,
    Standing.SUPERSEDED: ApplicationStatus.SUPERSEDED,
    Standing.REVOKED: ApplicationStatus.REVOKED,
}


@dataclass(frozen=True)
class Application:
    """`billed` was stated at the submission; `wanted` is all that the office asked for, about what it has `judged`;
    `evaluators` found the present revision compliant, but for what is `refused`; `hands` have ever evaluated, and never sign;
    `recused` gave it back for a conflict of interest, and decide no more, unless an override excuses them afterwards;
    `is_late`: it is recorded that the promise, as it runs now, was broken."""

    status: ApplicationStatus = ApplicationStatus.UNKNOWN
    draft: ApplicationDrafted | None = None
    statement: Statement | None = None
    revision: int = 0
    submission: ApplicationSubmitted | None = None
    billed: Statement | None = None
    second_evaluation: bool = False
    payments: frozenset[str] = frozenset()
    owed: OwedMoney = NOTHING_OWED
    paid: bool = False
    complete_at: datetime | None = None
    due: datetime | None = None
    is_late: bool = False
    reminded: frozenset[ApplicantsClock] = frozenset()
    officer: str | None = None
    asked_at: datetime | None = None
    wanted: tuple[PublishedFinding, ...] = ()
    judged: Judged | None = None
    evaluators: tuple[str, ...] = ()
    refused: tuple[PublishedFinding, ...] = ()
    hands: frozenset[str] = frozenset()
    resubmissions: int = 0
    signed: LettersSigned | None = None
    letters: Letters = ()
    override: OverrideAsked | None = None
    excused: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()
    decisions: tuple[PastDecision, ...] = ()
    flagged: frozenset[UUID] = frozenset()
    requests: frozenset[UUID] = frozenset()

    @property
    def holder(self) -> Holder:
        """The party that must act next; the office's clock runs only while the office holds the application."""
        return "office" if self.status in OFFICE_HOLDS else "citizen"

    @property
    def is_unpaid_again(self) -> bool:
        """Return whether a payment that was taken back is to be made again; there is nothing to pay for once it is over."""
        return self.owed.is_unpaid_again and self.status not in OVER

    @property
    def refused_numbers(self) -> frozenset[int]:
        return frozenset(each.item for each in self.refused if each.item is not None)

    @property
    def approved(self) -> Statement | None:
        """The statement without the products that an evaluator refused."""
        return None if self.statement is None else self.statement.without_products(self.refused_numbers)

    def unanswered(
        self, in_words: Collection[PublishedFinding], account_verified_at: datetime | None
    ) -> tuple[PublishedFinding, ...]:
        """Return all that the office asked for and that is not answered in what is stated now."""
        if self.judged is None or self.statement is None:
            return ()
        changed = self._is_verified_since(account_verified_at)
        return unanswered(
            self.wanted, self.judged.statement, self.statement, in_words, account_changed=changed
        )

    def is_unchanged(self, account_verified_at: datetime | None) -> bool:
        """Return whether an evaluator has judged exactly this, about the same company."""
        if self.judged is None or self.judged.statement != self.statement:
            return False
        return not self._is_verified_since(account_verified_at)

    def _is_verified_since(self, account_verified_at: datetime | None) -> bool:
        return (
            self.judged is not None
            and account_verified_at is not None
            and account_verified_at > self.judged.at
        )

    @property
    def deadline(self) -> datetime | None:
        """The time at which it expires if the applicant does nothing."""
        if self.submission is None:
            return None
        if self.status is ApplicationStatus.AWAITING_PAYMENT:
            return self.owed.pay_by or self.submission.pay_by
        return (
            self.submission.open_until
            if self.status in (ApplicationStatus.NEED_DATA, ApplicationStatus.REJECTED)
            else None
        )

    @property
    def price(self) -> int:
        """In rupiah: its first bill, and what was paid for more that was applied for."""
        return self.owed.added + (0 if self.submission is None else self.submission.amount)

    @property
    def resubmissions_left(self) -> int:
        return 0 if self.submission is None else self.submission.resubmissions - self.resubmissions


Signature = LettersSigned
initial = Application()
