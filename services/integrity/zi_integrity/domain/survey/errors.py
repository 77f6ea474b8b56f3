"""Why something can't be done with a survey, and what to do instead."""

from datetime import date
from typing import ClassVar

from zi_chassis.domain import DomainError


class SurveyError(DomainError):
    """An act that the state of the window does not allow."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class SurveyNotOpenedError(SurveyError):
    sentence = "There is no such survey: choose one from the list."


class SurveyOpenedAlreadyError(SurveyError):
    sentence = (
        "This questionnaire has its survey in this quarter already: open the next one in the next quarter."
    )


class SurveyDatesError(SurveyError):
    sentence = "A survey begins today or later, and ends within 31 days after its quarter: change the dates."


class SurveyOverlapError(DomainError):
    """Two windows of one questionnaire are never open at once."""

    def __init__(self, quarter: str) -> None:
        super().__init__(
            "The survey of {quarter} with this questionnaire is open on some of these days: begin after it.",
            quarter=quarter,
        )


class SurveyUsersError(SurveyError):
    sentence = "Name at least one service, and each only once."


class SurveyNotRunningError(SurveyError):
    sentence = "This survey takes no answers on that day: look when it is open."


class AnswerUnfitError(SurveyError):
    sentence = (
        "The answers do not fit this questionnaire: answer each question once, with one of its answers."
    )


class AnotherPaperAnswerError(SurveyError):
    sentence = "Another paper was entered from this form: open the page anew to enter more."


class AnswerNotOnPaperError(SurveyError):
    sentence = "An official enters answers from paper only: mark it as paper."


class SurveyStillOpenError(SurveyError):
    sentence = "The survey is still open: wait until it is closed."


class OtherQuestionnaireError(SurveyError):
    sentence = "The survey was opened with another version of the questionnaire: use that one."


class SurveyNumberError(SurveyError):
    sentence = "There is no such entry in this survey: choose one from the list."


class AssessingOwnPaperError(SurveyError):
    sentence = "You entered paper forms in this survey: a colleague assesses its flags."


class WithholdingReasonError(SurveyError):
    sentence = "Give a reason for withholding a comment, and none for showing it."


class FollowUpNotPlannedError(SurveyError):
    sentence = "Write down first which action is taken."


class FollowUpClosedError(SurveyError):
    sentence = "This action is closed already."


class FollowUpPostponedError(DomainError):
    """The date of an action moves forward only."""

    def __init__(self, until: date) -> None:
        super().__init__("The action is due on {until}: choose that day or an earlier one.", until=until)
