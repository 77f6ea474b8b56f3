"""Refusals of the minutes: each says what happened and what to do next."""

from typing import ClassVar

from zi_chassis.domain import DomainError


class MinutesError(DomainError):
    """Base of the errors that the minutes of a forum raise."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class HalfAgreementError(MinutesError):
    sentence = "An agreement needs its text, who acts, and until when. Leave all three empty for an issue without agreement."


class NoPointError(MinutesError):
    sentence = "The minutes have no point with this number. Look at them again."


class PointHasDissentError(MinutesError):
    sentence = "Somebody disagreed with this point, so it stays in the minutes. Correct its text instead."


class MinutesAgreedError(MinutesError):
    sentence = "These minutes are signed by the head and by the public: nothing in them changes any more."


class ForumEndedError(MinutesError):
    sentence = "This forum is on record as one without quorum. Plan another forum."


class NoAttendanceError(MinutesError):
    sentence = "The attendance is not in the minutes yet. The zone team takes it into the minutes first."


class NoQuorumError(MinutesError):
    sentence = "Too few people came for a forum: its minutes can be recorded, but not signed."


class QuorumReachedError(MinutesError):
    sentence = "Enough people came for a forum: its minutes are to be signed."


class NoPointsError(MinutesError):
    sentence = "The minutes have no point yet. The zone team writes them first."


class OfficialSignsError(MinutesError):
    sentence = "An official of this office does not sign for the public. The head signs for the office."


class SignatureRoleError(MinutesError):
    sentence = "The head signs at the desk, and the public each with a code of this forum."


class MinutesChangedError(MinutesError):
    sentence = "The minutes were changed after you opened them. Read them again, then sign."


class AttendanceOutdatedError(MinutesError):
    sentence = "The attendance changed after it was taken into the minutes. The zone team takes it in again, then you can sign."


class NotPresentError(MinutesError):
    sentence = "Only those who were there sign: put this code on the attendance of this forum first."


class ForumNotBegunError(MinutesError):
    sentence = "This forum has not begun yet, or was cancelled. Its page says when it begins."
