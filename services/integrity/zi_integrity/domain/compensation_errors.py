"""Why something can't be done with a compensation, and what to do instead."""

from typing import ClassVar

from zi_chassis.domain import DomainError


class CompensationError(DomainError):
    """Base of the refusals about a compensation."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class NoCompensationError(CompensationError):
    sentence = "There is no such compensation: go back to the list and choose it there."


class NotYourCompensationError(CompensationError):
    sentence = "Only who filed the case answers for it: open it with its ticket and code."


class HadTheCaseError(CompensationError):
    sentence = "You had this case in your hands, or filed it: a colleague decides about its compensation."


class LessThanOwedError(CompensationError):
    sentence = "Offer at least what the office owes by its rules."


class UnknownFormError(CompensationError):
    sentence = "Choose forms of compensation from the list of the office."


class UnknownCauseError(CompensationError):
    sentence = "Choose a root cause from the list of the office."


class AlreadyOfferedError(CompensationError):
    sentence = "It was offered already: look at the list again."


class NotOfferedError(CompensationError):
    sentence = "Nothing is offered that could be answered now: load the page again."


class WaiverByOffererError(CompensationError):
    sentence = "You offered it: a colleague records that the citizen does not want it."


class NothingToGiveError(CompensationError):
    sentence = "It is not to be given now: it was given or waived, or not offered yet."


class WaitForAnswerError(CompensationError):
    sentence = "The citizen has time to answer: give it when it is accepted, or when that time is over."


class CauseKnownError(CompensationError):
    sentence = "The root cause was recorded already: look at the list again."
