"""The steps of a case that are sent to the person who filed it, and the template of each: one table. All other steps are on the
tracking page only.

A mail is sent only if its reader has something to do, or does not know of the step yet. So of a mentored business's own acts only
those are sent that begin or end something, and a step that comes in series is sent once a day or at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeAlias

from zi_chassis.office_clock import office_zone
from zi_contracts import certificates, intake, umkm
from zi_contracts.integrity import compensation, forum, invitations
from zi_notify.roles import FILERS

LAST_MINUTE = time(23, 59)
# The mail has a link by which a new code for the case is made: it goes to an address whose reader has confirmed it, and never asks for that.
WITH_CODE_LINK = "code_requested"
ZoneStep: TypeAlias = (
    forum.ParticipantCodeIssued
    | forum.ProposalSettled
    | invitations.SurveyInvited
    | compensation.CompensationData
)
Step: TypeAlias = intake.StatusData | certificates.ApplicationData | umkm.MentoringData | ZoneStep
OF_CONTRIBUTORS = (forum.ParticipantCodeIssued, forum.ProposalSettled)  # there is no case with an address


@dataclass(frozen=True)
class NoticeRule:
    """`letter` is the template's name, with fields of the step; `until` is the field with the date that the mail names.

    `solicited`: the reader asked for this mail, so an address that is not confirmed gets it too.
    With `by_others` the mail is sent only if another person than the applicant took the step; with `daily` at most once a day; and
    never if the field that `unless` names has the value beside it.
    """

    letter: str
    until: str = ""
    by_others: bool = False
    daily: bool = False
    unless: tuple[str, str | None] | None = None
    solicited: bool = False

    def is_due(self, step: Step, role: str) -> bool:
        if self.unless is not None and getattr(step, self.unless[0]) == self.unless[1]:
            return False
        return not (self.by_others and role in FILERS)


@dataclass(frozen=True)
class Notice:
    """`until` is the date that the mail names, `amount` is in rupiah, `number` is that of an issued letter, a registered product or a
    proposal."""

    template: str
    until: datetime | None
    amount: int | None
    number: str | None
    daily: bool
    solicited: bool


NOTICE_RULES: Mapping[type[Step], NoticeRule] = {
    # complaints, consultations, and what was asked for at the front door
    intake.ComplaintFiled: NoticeRule("complaint_filed", until="due"),
    intake.ConsultationFiled: NoticeRule("consultation_filed", until="due"),
    intake.CertificateRequested: NoticeRule("certificate_requested"),
    intake.MentoringRequested: NoticeRule("mentoring_requested"),
    intake.CaseAcknowledged: NoticeRule("acknowledged"),
    intake.CaseAssigned: NoticeRule("assigned"),
    intake.ClarificationAsked: NoticeRule("clarification_asked", until="reply_by"),
    intake.CitizenReplied: NoticeRule("citizen_replied", until="due"),
    intake.CaseAnswered: NoticeRule("answered", until="closes_on"),
    intake.CaseClosed: NoticeRule("closed_{reason}"),
    intake.CaseReopened: NoticeRule("reopened", until="due"),
    intake.CaseWithdrawn: NoticeRule("withdrawn"),
    intake.ErasureRequested: NoticeRule("erasure_requested"),
    intake.ErasureRefused: NoticeRule("erasure_refused"),
    intake.DisclosureRequested: NoticeRule("disclosure_requested", until="answer_by"),
    intake.DisclosureConsented: NoticeRule("disclosure_consented", until="open_until"),
    intake.DisclosureRefused: NoticeRule("disclosure_refused"),
    intake.DisclosureExpired: NoticeRule("disclosure_expired"),
    intake.CodeRequested: NoticeRule("code_requested", until="opens_at"),
    intake.CodeReplaced: NoticeRule("code_replaced"),
    intake.CodeReplacementStopped: NoticeRule("code_replacement_stopped"),
    # import and export letters
    certificates.ApplicationSubmitted: NoticeRule("application_submitted", until="pay_by"),
    certificates.ApplicationPaid: NoticeRule("application_paid", until="due"),
    certificates.PaymentRefused: NoticeRule("payment_{reason}"),
    certificates.PaymentRefunded: NoticeRule("payment_reversed", unless=("reversed", None)),
    certificates.DeadlineNear: NoticeRule("deadline_near_{clock}", until="open_until"),
    certificates.DataAsked: NoticeRule("data_asked", until="open_until"),
    certificates.DataSent: NoticeRule("data_sent", until="due"),
    certificates.ApplicationRejected: NoticeRule("application_rejected", until="open_until"),
    certificates.ApplicationResubmitted: NoticeRule("application_resubmitted", until="due"),
    certificates.ApplicationExpired: NoticeRule("application_expired_{reason}"),
    certificates.ApplicationWithdrawn: NoticeRule("application_withdrawn"),
    certificates.LettersSigned: NoticeRule("letters_signed"),
    certificates.LetterSealed: NoticeRule("letter_sealed"),
    certificates.LetterSuspended: NoticeRule("letter_suspended"),
    certificates.LetterReinstated: NoticeRule("letter_reinstated"),
    certificates.LetterRevoked: NoticeRule("letter_revoked"),
    certificates.AmendmentCalledFor: NoticeRule("amendment_called_for"),
    certificates.LetterSuperseded: NoticeRule("letter_superseded"),
    # mentored businesses
    umkm.BusinessRestated: NoticeRule("business_restated", by_others=True, daily=True),
    umkm.ProductsTriaged: NoticeRule("products_triaged"),
    umkm.ProductsReferred: NoticeRule("products_referred"),
    umkm.ReferralQuestioned: NoticeRule("referral_questioned"),
    umkm.ReferralRefused: NoticeRule("referral_refused", daily=True),
    umkm.BusinessReturned: NoticeRule("business_returned", by_others=True),
    umkm.LabelChecked: NoticeRule("label_checked", daily=True),
    umkm.LabelCheckConfirmed: NoticeRule("label_check_confirmed", daily=True),
    umkm.BusinessAssessed: NoticeRule("business_assessed", by_others=True),
    umkm.ActionAgreed: NoticeRule("action_agreed", by_others=True, daily=True),
    umkm.ActionVerified: NoticeRule("action_verified", unless=("state", "correcting")),
    umkm.ActionReopened: NoticeRule("action_reopened", daily=True),
    umkm.ActionOverdue: NoticeRule("action_overdue", daily=True),
    umkm.PermitApplied: NoticeRule("permit_applied"),
    umkm.PermitReturned: NoticeRule("permit_returned"),
    umkm.PermitIssued: NoticeRule("permit_issued"),
    umkm.RevocationAnnounced: NoticeRule(
        "revocation_announced", until="objection_until", unless=("objection_until", None)
    ),
    umkm.RevocationDropped: NoticeRule("revocation_dropped"),
    umkm.PermitRevoked: NoticeRule("permit_revoked"),
    umkm.PermitRenewalDue: NoticeRule("permit_renewal_due", until="valid_until"),
    umkm.PermitExpired: NoticeRule("permit_expired"),
    umkm.RegistrationSent: NoticeRule("registration_sent", by_others=True, daily=True),
    umkm.RegistrationReturned: NoticeRule("registration_returned", by_others=True),
    umkm.StateQuestionRecorded: NoticeRule("state_question_recorded", until="due", by_others=True),
    umkm.StateQuestionCorrected: NoticeRule("state_question_corrected", until="due", by_others=True),
    umkm.StateQuestionReminded: NoticeRule("state_question_reminded", until="due"),
    umkm.StateQuestionMissed: NoticeRule("state_question_missed", until="due"),
    umkm.NumberObtained: NoticeRule("number_obtained"),
    umkm.RegistrationNumberChecked: NoticeRule("number_refuted", unless=("outcome", "confirmed")),
    umkm.BusinessNumberChecked: NoticeRule("business_number_refuted", unless=("outcome", "confirmed")),
    umkm.BusinessGraduated: NoticeRule("business_graduated"),
    umkm.VisitAnnounced: NoticeRule("visit_announced"),
    umkm.VisitCalledOff: NoticeRule("visit_{outcome}"),
    umkm.MentoringPaused: NoticeRule("mentoring_paused"),
    umkm.MentoringResumed: NoticeRule("mentoring_resumed", by_others=True),
    umkm.MentoringClosed: NoticeRule("mentoring_closed_{reason}", unless=("reason", "data_erased")),
    # the integrity zone
    forum.ParticipantCodeIssued: NoticeRule("participant_code", solicited=True),
    forum.ProposalSettled: NoticeRule("proposal_{outcome}"),
    invitations.SurveyInvited: NoticeRule("survey_invited", until="answer_until"),
    compensation.CompensationOpened: NoticeRule("compensation_opened"),
    compensation.CompensationOffered: NoticeRule("compensation_offered", until="answer_by"),
    compensation.CompensationAccepted: NoticeRule("compensation_accepted", until="give_by", by_others=True),
    compensation.CompensationWaived: NoticeRule(
        "compensation_waived", until="open_until", by_others=True, unless=("open_until", None)
    ),
    compensation.CompensationGiven: NoticeRule("compensation_given"),
}


def notice_of(step: Step, role: str) -> Notice | None:
    """The notice of a step; None if no mail is sent. `role` is the role of the person who took the step."""
    rule = NOTICE_RULES.get(type(step))
    if rule is None or not rule.is_due(step, role):
        return None
    return Notice(
        template=_letter(step, rule),
        until=_moment(getattr(step, rule.until)) if rule.until else None,
        amount=getattr(step, "amount", None),
        number=str(step.proposal)
        if isinstance(step, forum.ProposalSettled)
        else getattr(step, "number", None),
        daily=rule.daily,
        solicited=rule.solicited,
    )


def _moment(until: datetime | date) -> datetime:
    """The end of the office's day where the step names a date."""
    return until if isinstance(until, datetime) else datetime.combine(until, LAST_MINUTE, office_zone())


def _letter(step: Step, rule: NoticeRule) -> str:
    if isinstance(step, certificates.ApplicationRejected) and not step.resubmissions_left:
        return "application_rejected_finally"
    return rule.letter.format_map(dict(step))
