"""The states of a case and the groups of them that rules speak of. Pure."""

from enum import StrEnum

from zi_contracts.umkm import EndReason


class MentoringStatus(StrEnum):
    UNKNOWN = "unknown"
    REGISTERED = "registered"
    TRIAGED = "triaged"
    REFERRED = "referred"
    ASSESSED = "assessed"
    CORRECTING = "correcting"
    CORRECTED = "corrected"
    PERMIT_APPLIED = "permit_applied"
    PERMIT_ISSUED = "permit_issued"
    REGISTRATION = "registration"
    NUMBER_OBTAINED = "number_obtained"
    GRADUATED = "graduated"
    DORMANT = "dormant"
    CLOSED = "closed"


OVER = (MentoringStatus.GRADUATED, MentoringStatus.CLOSED)
CHOSEN_BY_NOBODY: tuple[EndReason, ...] = ("no_response", "data_erased")
BEFORE_ASSESSMENT = (MentoringStatus.REGISTERED, MentoringStatus.TRIAGED)
BEFORE_PERMIT = (MentoringStatus.ASSESSED, MentoringStatus.CORRECTING, MentoringStatus.CORRECTED)
AROUND_REFERRAL = (*BEFORE_ASSESSMENT, MentoringStatus.REFERRED, MentoringStatus.NUMBER_OBTAINED)
OFFICE_HOLDS = (
    *BEFORE_ASSESSMENT,
    MentoringStatus.PERMIT_APPLIED,
    MentoringStatus.REGISTRATION,
    MentoringStatus.NUMBER_OBTAINED,
)
