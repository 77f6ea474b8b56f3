"""The roles of intake, each list once: routes, the vault, the officials' pages and the rules of a case read them here."""

from zi_chassis.domain import CITIZENS, ENTERING, Parties, Roles, officials, services
from zi_intake.domain.case.code_messages import ReplaceCode, RequestCode, StopCodes
from zi_intake.domain.case.disclosure_messages import (
    AskDisclosure,
    ConsentDisclosure,
    ExpireDisclosure,
    RefuseDisclosure,
)
from zi_intake.domain.case.filings import (
    AnswerableFiled,
    AnyFiled,
    CertificateRequested,
    FileComplaint,
    FileConsultation,
    MakeSuggestion,
    MentoringRequested,
    RequestCertificate,
    RequestInformation,
    RequestMentoring,
    appointed_topic,
    requests_information,
)
from zi_intake.domain.case.handling_messages import (
    ApproveDraft,
    DecideContact,
    JoinIncident,
    LinkCase,
    RecordVisit,
    ReferCase,
    ReturnDraft,
    UnlinkCase,
)
from zi_intake.domain.case.information_messages import DecideObjection, ExtendTime
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
from zi_intake.domain.case.moving_messages import MoveToAppointed
from zi_intake.domain.case.web_push_messages import AgreeWebPush, EndWebPush
from zi_intake.domain.case.word_messages import AddWords, RateAnswer

# An act is recorded in the first role of its list that its official has.
SUPERVISOR, AUDITOR, HEAD = "supervisor", "auditor", "head"
OFFICERS = (SUPERVISOR, "officer")
# The head is at the desk for complaints that only appointed officials see, and as the second person where there is no other.
AT_THE_DESK = (*OFFICERS, HEAD)
ASKING = (*AT_THE_DESK, AUDITOR)
OPERATORS = ("ops",)
AT_CERTIFICATES = ("evaluator", "signer", "head", *OFFICERS)
AT_MENTORING = ("mentor", SUPERVISOR, "evaluator", "officer", "head")
UPLOADING_AT_MENTORING = ("mentor", *OFFICERS)

SUPERVISORS = officials(SUPERVISOR)
READERS = officials(*AT_CERTIFICATES, *AT_MENTORING, AUDITOR)
TAKING = officials(*AT_THE_DESK)
# Another system enters reports under an account that does nothing else.
SYSTEMS = officials(ENTERING)
_ENTERING = officials(*OFFICERS) | SYSTEMS
SECOND_PERSONS = officials(SUPERVISOR, HEAD)
_OWN_PROGRAM = services("intake")
# Who opens the address of a citizen's browser; it is the same in all their cases.
CALLERS_OF_BROWSERS = services("notify")
# The roles in which each command to a case may be given.
PARTIES: Parties = {
    # An official enters a case for somebody at the counter, on the telephone, or who wrote.
    FileComplaint: CITIZENS | _ENTERING,
    FileConsultation: CITIZENS | _ENTERING,
    RequestInformation: CITIZENS | _ENTERING,
    MakeSuggestion: CITIZENS | _ENTERING,
    RequestCertificate: CITIZENS,
    RequestMentoring: CITIZENS,
    GiveNumber: CITIZENS,
    Acknowledge: TAKING,
    Assign: TAKING,
    TriageCase: TAKING,
    MoveToAppointed: TAKING,
    AddNote: TAKING,
    Ask: TAKING,
    Reply: CITIZENS,
    Answer: TAKING,
    Close: TAKING,
    LinkCase: TAKING,
    JoinIncident: CITIZENS,  # whoever enters a case does not choose for its reporter
    UnlinkCase: TAKING,
    RecordVisit: TAKING,
    ReferCase: TAKING,
    DecideContact: CITIZENS,
    ApproveDraft: SECOND_PERSONS,
    ReturnDraft: SECOND_PERSONS,
    ExtendTime: TAKING,
    DecideObjection: SECOND_PERSONS,
    CloseUnanswered: _OWN_PROGRAM,
    CloseSilent: _OWN_PROGRAM,
    Reopen: CITIZENS,
    Withdraw: CITIZENS,
    ReportMissedDeadline: _OWN_PROGRAM,
    AddAttachment: CITIZENS | officials(*UPLOADING_AT_MENTORING, HEAD),
    KeepData: services("certificates", "umkm"),
    AskErasure: TAKING,
    ApproveErasure: SECOND_PERSONS,
    RefuseErasure: SECOND_PERSONS,
    AskDisclosure: officials(*ASKING),
    ConsentDisclosure: SECOND_PERSONS,
    RefuseDisclosure: SECOND_PERSONS,
    ExpireDisclosure: _OWN_PROGRAM,
    RequestCode: _OWN_PROGRAM,
    ReplaceCode: CITIZENS,
    StopCodes: CITIZENS,
    AgreeWebPush: CITIZENS,
    EndWebPush: CITIZENS | _OWN_PROGRAM,
    AddWords: CITIZENS,
    RateAnswer: CITIZENS,
    OpenPersonalData: READERS | services("notify", "certificates", "umkm"),
    CountOpenings: _OWN_PROGRAM,
}


# What an official does not do with a case that they entered for somebody, real or invented, or that came from a system whose secret they keep.
LEFT_TO_COLLEAGUES = (
    Acknowledge,
    TriageCase,
    Ask,
    Answer,
    Close,
    LinkCase,
    UnlinkCase,
    ReferCase,
    RecordVisit,
    ApproveDraft,
    ReturnDraft,
    ApproveErasure,
    RefuseErasure,
    ConsentDisclosure,
    RefuseDisclosure,
    ExtendTime,
    DecideObjection,
)
# What the head does in cases that others see too; the rest of a head's commands is for complaints of appointed officials alone.
LEFT_TO_HEAD = (DecideObjection, AddAttachment, ConsentDisclosure, RefuseDisclosure, OpenPersonalData)


def desk_officials(filing: AnyFiled | None) -> tuple[str, ...]:
    """Return the officials of the desk that works on the case; they may open its personal data."""
    match filing:
        case CertificateRequested():
            return AT_CERTIFICATES
        case MentoringRequested():
            return AT_MENTORING
        case _:  # the head decides about objections of who requested information
            return AT_THE_DESK if appointed_topic(filing) or requests_information(filing) else OFFICERS


def uploading_officials(filing: AnyFiled | None) -> tuple[str, ...]:
    """Return the officials who may add a file to the case; the head where the head may answer it."""
    if isinstance(filing, MentoringRequested):
        return UPLOADING_AT_MENTORING
    return desk_officials(filing) if isinstance(filing, AnswerableFiled) else OFFICERS


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
