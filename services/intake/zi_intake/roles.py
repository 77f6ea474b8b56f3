"""The roles of intake, each list once: routes, the vault, the officials' pages and the rules of a case read them here."""

from zi_chassis.domain import CITIZENS, Parties, Roles, officials, services
from zi_intake.domain.case.filings import (
    AnyFiled,
    CertificateRequested,
    FileComplaint,
    FileConsultation,
    MentoringRequested,
    RequestCertificate,
    RequestMentoring,
)
from zi_intake.domain.case.messages import (
    Acknowledge,
    AddAttachment,
    AddNote,
    Answer,
    ApproveErasure,
    Ask,
    AskErasure,
    Assign,
    Close,
    CloseSilent,
    CloseUnanswered,
    CountOpenings,
    GiveNumber,
    KeepData,
    OpenPersonalData,
    RefuseErasure,
    Reopen,
    Reply,
    ReportMissedDeadline,
    TriageCase,
    Withdraw,
)

# An act is recorded in the first role of its list that its official has.
SUPERVISOR, AUDITOR = "supervisor", "auditor"
OFFICERS = (SUPERVISOR, "officer")
AT_CERTIFICATES = ("evaluator", "signer", "head", *OFFICERS)
AT_MENTORING = ("mentor", SUPERVISOR, "evaluator", "officer", "head")
UPLOADING_AT_MENTORING = ("mentor", *OFFICERS)

SUPERVISORS = officials(SUPERVISOR)
READERS = officials(*AT_CERTIFICATES, *AT_MENTORING, AUDITOR)
_OFFICERS = officials(*OFFICERS)
_OWN_TIMERS = services("intake")
# The roles in which each command to a case may be given.
PARTIES: Parties = {
    FileComplaint: CITIZENS,
    FileConsultation: CITIZENS,
    RequestCertificate: CITIZENS,
    RequestMentoring: CITIZENS,
    GiveNumber: CITIZENS,
    Acknowledge: _OFFICERS,
    Assign: _OFFICERS,
    TriageCase: _OFFICERS,
    AddNote: _OFFICERS,
    Ask: _OFFICERS,
    Reply: CITIZENS,
    Answer: _OFFICERS,
    Close: _OFFICERS,
    CloseUnanswered: _OWN_TIMERS,
    CloseSilent: _OWN_TIMERS,
    Reopen: CITIZENS,
    Withdraw: CITIZENS,
    ReportMissedDeadline: _OWN_TIMERS,
    AddAttachment: CITIZENS | officials(*UPLOADING_AT_MENTORING),
    KeepData: services("certificates", "umkm"),
    AskErasure: _OFFICERS,
    ApproveErasure: SUPERVISORS,
    RefuseErasure: SUPERVISORS,
    OpenPersonalData: READERS | services("notify", "certificates", "umkm"),
    CountOpenings: _OWN_TIMERS,
}


def desk_officials(filing: AnyFiled | None) -> tuple[str, ...]:
    """Return the officials of the desk that works on the case; they may open its personal data."""
    match filing:
        case CertificateRequested():
            return AT_CERTIFICATES
        case MentoringRequested():
            return AT_MENTORING
        case _:
            return OFFICERS


def uploading_officials(filing: AnyFiled | None) -> tuple[str, ...]:
    """Return the officials who may add a file to the case."""
    return UPLOADING_AT_MENTORING if isinstance(filing, MentoringRequested) else OFFICERS


def readers_of(filing: AnyFiled) -> Roles:
    """Return the roles that may open the personal data of the case: its desk, auditors, and the programs that read it."""
    return officials(*desk_officials(filing), AUDITOR) | services(*_reading_programs(filing))


def _reading_programs(filing: AnyFiled) -> tuple[str, ...]:
    """Return the programs: for mail, for letters, and certificates for what a mentored business lets it take over."""
    match filing:
        case MentoringRequested():
            return "notify", "certificates", "umkm"
        case CertificateRequested():
            return "notify", "certificates"
        case _:
            return ("notify",)
