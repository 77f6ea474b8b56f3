"""The roles that intake knows, each in one list."""

from zi_chassis.domain import CITIZENS, Parties, officials, services
from zi_intake.case.messages import (
    Acknowledge,
    AddAttachment,
    Answer,
    ApproveErasure,
    Ask,
    AskErasure,
    Assign,
    Close,
    CloseSilent,
    CloseUnanswered,
    CountOpenings,
    FileComplaint,
    FileConsultation,
    GiveNumber,
    KeepData,
    OpenPersonalData,
    RefuseErasure,
    Reopen,
    Reply,
    RequestCertificate,
    RequestMentoring,
    Withdraw,
)

OFFICERS = officials("officer", "supervisor")
SUPERVISORS = officials("supervisor")
OWN_TIMERS = services("intake")
VAULT_USERS = services("notify", "certificates")
LOOKERS = officials("officer", "supervisor", "evaluator", "signer", "head", "mentor", "auditor")
# The roles in which each command to a case may be given.
PARTIES: Parties = {
    FileComplaint: CITIZENS,
    FileConsultation: CITIZENS,
    RequestCertificate: CITIZENS,
    RequestMentoring: CITIZENS,
    GiveNumber: CITIZENS,
    Acknowledge: OFFICERS,
    Assign: OFFICERS,
    Ask: OFFICERS,
    Reply: CITIZENS,
    Answer: OFFICERS,
    Close: OFFICERS,
    CloseUnanswered: OWN_TIMERS,
    CloseSilent: OWN_TIMERS,
    Reopen: CITIZENS,
    Withdraw: CITIZENS,
    AddAttachment: CITIZENS | OFFICERS | officials("mentor"),
    KeepData: services("certificates", "umkm"),
    AskErasure: OFFICERS,
    ApproveErasure: SUPERVISORS,
    RefuseErasure: SUPERVISORS,
    OpenPersonalData: LOOKERS | VAULT_USERS,
    CountOpenings: OWN_TIMERS,
}
