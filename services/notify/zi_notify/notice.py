"""Which steps of a case are told to whoever filed it, and by which letter: one table; all other steps are seen on its page alone.

A letter is worth reading only if there is something to do or to know that its reader does not know already. So of a mentored
business's own acts only those are told that begin or end something, and what comes in rows is told once a day or at its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from zi_contracts import certificates, intake, umkm

Step: TypeAlias = intake.StatusData | certificates.ApplicationData | umkm.MentoringData
THEMSELVES = ("public", "applicant")


@dataclass(frozen=True)
class Telling:
    """`letter` is the template's name, with fields of the step; `until` is the field with the date that the letter names.

    With `by_others` it is told only when somebody else did it than whoever filed the case; with `daily` once a day, however many
    came; and never when the field `unless` names has the value beside it.
    """

    letter: str
    until: str = ""
    by_others: bool = False
    daily: bool = False
    unless: tuple[str, str] | None = None

    def is_due(self, step: Step, role: str) -> bool:
        if self.unless is not None and getattr(step, self.unless[0]) == self.unless[1]:
            return False
        return not (self.by_others and role in THEMSELVES)


@dataclass(frozen=True)
class Notice:
    """`until` is the date the letter names, `amount` is in rupiah, `number` is an issued letter's or a registered product's."""

    template: str
    until: datetime | None
    amount: int | None
    number: str | None
    daily: bool


TOLD: Mapping[type[Step], Telling] = {
    # complaints, consultations, and what was asked for at the front door
    intake.ComplaintFiled: Telling("complaint_filed", until="due"),
    intake.ConsultationFiled: Telling("consultation_filed", until="due"),
    intake.CertificateRequested: Telling("certificate_requested"),
    intake.MentoringRequested: Telling("mentoring_requested"),
    intake.CaseAcknowledged: Telling("acknowledged"),
    intake.CaseAssigned: Telling("assigned"),
    intake.ClarificationAsked: Telling("clarification_asked", until="reply_by"),
    intake.CitizenReplied: Telling("citizen_replied", until="due"),
    intake.CaseAnswered: Telling("answered", until="closes_on"),
    intake.CaseClosed: Telling("closed_{reason}"),
    intake.CaseReopened: Telling("reopened", until="due"),
    intake.CaseWithdrawn: Telling("withdrawn"),
    intake.ErasureRequested: Telling("erasure_requested"),
    intake.ErasureRefused: Telling("erasure_refused"),
    # import and export letters
    certificates.ApplicationSubmitted: Telling("application_submitted", until="pay_by"),
    certificates.ApplicationPaid: Telling("application_paid", until="due"),
    certificates.PaymentRefused: Telling("payment_{reason}"),
    certificates.DataAsked: Telling("data_asked", until="open_until"),
    certificates.DataSent: Telling("data_sent", until="due"),
    certificates.ApplicationRejected: Telling("application_rejected", until="open_until"),
    certificates.ApplicationResubmitted: Telling("application_resubmitted", until="due"),
    certificates.ApplicationExpired: Telling("application_expired_{reason}"),
    certificates.ApplicationWithdrawn: Telling("application_withdrawn"),
    certificates.LettersSigned: Telling("letters_signed"),
    certificates.LetterSealed: Telling("letter_sealed"),
    certificates.LetterSuspended: Telling("letter_suspended"),
    certificates.LetterReinstated: Telling("letter_reinstated"),
    certificates.LetterRevoked: Telling("letter_revoked"),
    certificates.LetterSuperseded: Telling("letter_superseded"),
    # mentored businesses
    umkm.BusinessRestated: Telling("business_restated", by_others=True, daily=True),
    umkm.ProductsTriaged: Telling("products_triaged"),
    umkm.ProductsReferred: Telling("products_referred"),
    umkm.BusinessReturned: Telling("business_returned", by_others=True),
    umkm.LabelChecked: Telling("label_checked", daily=True),
    umkm.BusinessAssessed: Telling("business_assessed", by_others=True),
    umkm.ActionAgreed: Telling("action_agreed", by_others=True, daily=True),
    umkm.ActionVerified: Telling("action_verified", unless=("state", "correcting")),
    umkm.ActionReopened: Telling("action_reopened", daily=True),
    umkm.ActionOverdue: Telling("action_overdue", daily=True),
    umkm.PermitApplied: Telling("permit_applied"),
    umkm.PermitReturned: Telling("permit_returned"),
    umkm.PermitIssued: Telling("permit_issued"),
    umkm.RegistrationSent: Telling("registration_sent", by_others=True, daily=True),
    umkm.RegistrationReturned: Telling("registration_returned", by_others=True),
    umkm.NumberObtained: Telling("number_obtained"),
    umkm.BusinessGraduated: Telling("business_graduated"),
    umkm.MentoringPaused: Telling("mentoring_paused"),
    umkm.MentoringResumed: Telling("mentoring_resumed", by_others=True),
    umkm.MentoringClosed: Telling("mentoring_closed_{reason}", unless=("reason", "data_erased")),
}


def notice_of(step: Step, role: str) -> Notice | None:
    """`role` is that of whoever took the step."""
    telling = TOLD.get(type(step))
    if telling is None or not telling.is_due(step, role):
        return None
    return Notice(
        template=_letter(step, telling),
        until=getattr(step, telling.until) if telling.until else None,
        amount=getattr(step, "amount", None),
        number=getattr(step, "number", None),
        daily=telling.daily,
    )


def _letter(step: Step, telling: Telling) -> str:
    if isinstance(step, certificates.ApplicationRejected) and not step.resubmissions_left:
        return "application_rejected_finally"
    return telling.letter.format_map(dict(step))
