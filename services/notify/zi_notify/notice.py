"""What a status message becomes for a citizen: the letter that tells it, and the values of the message that stand in it."""

from datetime import datetime

from zi_chassis.domain import Value
from zi_contracts import certificates, intake
from zi_contracts.data import Data


class Notice(Value):
    """`until` is the date the letter names, `amount` is in rupiah, `number` is an issued letter's."""

    template: str
    until: datetime | None = None
    amount: int | None = None
    number: str | None = None


def notice_of(data: intake.StatusData | certificates.ApplicationData) -> Notice | None:
    """None where nothing changed that a citizen must know at once; the page shows those steps too."""
    return _of_intake(data) if isinstance(data, intake.StatusData) else _of_certificates(data)


def _of_intake(data: intake.StatusData) -> Notice | None:
    match data:
        case intake.ComplaintFiled():
            return Notice(template="complaint_filed", until=data.due)
        case intake.ConsultationFiled():
            return Notice(template="consultation_filed", until=data.due)
        case intake.CertificateRequested():
            return Notice(template="certificate_requested")
        case intake.CaseAcknowledged():
            return Notice(template="acknowledged")
        case intake.CaseAssigned():
            return Notice(template="assigned")
        case intake.ClarificationAsked():
            return Notice(template="clarification_asked", until=data.reply_by)
        case intake.CitizenReplied():
            return Notice(template="citizen_replied", until=data.due)
        case intake.CaseAnswered():
            return Notice(template="answered", until=data.closes_on)
        case intake.CaseClosed():
            return Notice(template=f"closed_{data.reason}")
        case intake.CaseReopened():
            return Notice(template="reopened", until=data.due)
        case intake.CaseWithdrawn():
            return Notice(template="withdrawn")
        case intake.ErasureRequested():
            return Notice(template="erasure_requested")
        case intake.ErasureRefused():
            return Notice(template="erasure_refused")
        case _:
            return None


def _of_certificates(data: certificates.ApplicationData) -> Notice | None:
    return _of_application(data) or _of_letter(data)


def _of_application(data: Data) -> Notice | None:
    match data:
        case certificates.ApplicationSubmitted():
            return Notice(template="application_submitted", until=data.pay_by, amount=data.amount)
        case certificates.ApplicationPaid():
            return Notice(template="application_paid", until=data.due, amount=data.amount)
        case certificates.PaymentRefused():
            return Notice(template=f"payment_{data.reason}", amount=data.amount)
        case certificates.DataAsked():
            return Notice(template="data_asked", until=data.open_until)
        case certificates.DataSent():
            return Notice(template="data_sent", until=data.due)
        case certificates.ApplicationRejected():
            template = "application_rejected" if data.resubmissions_left else "application_rejected_finally"
            return Notice(template=template, until=data.open_until)
        case certificates.ApplicationResubmitted():
            return Notice(template="application_resubmitted", until=data.due)
        case certificates.ApplicationExpired():
            return Notice(template=f"application_expired_{data.reason}")
        case certificates.ApplicationWithdrawn():
            return Notice(template="application_withdrawn")
        case _:
            return None


def _of_letter(data: Data) -> Notice | None:
    match data:
        case certificates.LettersSigned():
            return Notice(template="letters_signed")
        case certificates.LetterSealed():
            return Notice(template="letter_sealed", number=data.number)
        case certificates.LetterSuspended():
            return Notice(template="letter_suspended", number=data.number)
        case certificates.LetterReinstated():
            return Notice(template="letter_reinstated", number=data.number)
        case certificates.LetterRevoked():
            return Notice(template="letter_revoked", number=data.number)
        case certificates.LetterSuperseded():
            return Notice(template="letter_superseded", number=data.number)
        case _:
            return None
