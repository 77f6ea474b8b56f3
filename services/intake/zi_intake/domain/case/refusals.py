"""The errors by which the rules of a case refuse a command."""

from typing import ClassVar

from zi_chassis.domain import DomainError


class CaseError(DomainError):
    """The state of the case does not allow the command."""

    sentence: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.sentence, **values)


class NotFiledError(CaseError):
    sentence = "There is no such case: check the ticket and the code."


class AnotherBodyError(CaseError):
    sentence = "This Idempotency-Key was used for another text: send the new text under a new key."


class EndedError(CaseError):
    sentence = "The case is closed: reopen it first, or file a new one."


class NotAcknowledgedError(CaseError):
    sentence = "Acknowledge the case first."


class NotAssignedError(CaseError):
    sentence = "Assign the case to an officer first."


class NotYourCaseError(CaseError):
    sentence = "Only the assigned officer or a supervisor may do this: have the case assigned to you."


class NotYoursToAssignError(CaseError):
    sentence = "Take a free case yourself, or ask a supervisor to assign it."


class NoOfficerError(CaseError):
    sentence = "Nobody with this account can take cases: choose somebody from the list. Whoever is missing there signs in at the desk once."


class NoSuchTierError(CaseError):
    sentence = "The standard of this case has no such tier: choose one from the list."


class CitizenAskedError(CaseError):
    sentence = "The citizen has been asked: wait for the reply."


class NothingAskedError(CaseError):
    sentence = "The office has not asked anything: there is nothing to reply to now."


class AlreadyAnsweredError(CaseError):
    sentence = "The case has its answer: close it, or wait for the citizen."


class NotAnsweredError(CaseError):
    sentence = "Answer the case before you close it."


class StillOpenError(CaseError):
    sentence = "The case is open: there is nothing to reopen."


class WithdrawnError(CaseError):
    sentence = "The case was withdrawn: file a new one."


class TooLateToReopenError(CaseError):
    sentence = "The time to reopen this case is over: file a new one and name this ticket in it."


class TooManyAttachmentsError(CaseError):
    sentence = "A case takes {limit} files at most: put what matters into those that are there."


class TooManyAnswerFilesError(CaseError):
    sentence = "For the answers of a case {limit} files can be added at most: put what matters into those that are there."


class TooManyFilesOfAnswerError(CaseError):
    sentence = "An answer takes {limit} files at most: choose those that matter."


class NoSuchAnswerFileError(CaseError):
    sentence = "A file that you chose is not there, or was sent before: load the page again and choose anew."


class CaseFullUntilTakenError(CaseError):
    sentence = "Until an official takes the case it holds {megabytes} MB of files: send the rest after that."


class CaseFullError(CaseError):
    sentence = "A case holds {megabytes} MB of files: put what matters into those that are there."


class PassedOnError(CaseError):
    sentence = "This is worked on at another desk of the office: its page tells what can be done there."


class NotPassedOnError(CaseError):
    sentence = "This case is not worked on at another desk."


class NotMentoredError(CaseError):
    sentence = "Only a business that asked to be mentored gives its number here."


class LawfulDemandsOnlyError(CaseError):
    sentence = "This is worked on at another desk: it is erased on a lawful demand, or when that desk says that its time is over."


class TooEarlyToEraseError(CaseError):
    sentence = "The case is open: close it first, or name the lawful demand that can't wait."


class ErasureAskedError(CaseError):
    sentence = "Erasure has been asked for already: a supervisor decides."


class NoErasureAskedError(CaseError):
    sentence = "Nobody has asked for the erasure of this case: ask for it first."


class FourEyesError(CaseError):
    sentence = "You asked for this erasure yourself: another supervisor has to decide."


class OwnCaseError(CaseError):
    sentence = "You filed this case yourself: leave it to a colleague."


class NotTheOwnerError(CaseError):
    sentence = "Only who filed the case does this: open it with its own ticket and code."


class ReplyInsteadError(CaseError):
    sentence = "The office has asked you something: send this as your reply."


class ReopenInsteadError(CaseError):
    sentence = "The office has answered: reopen the case with what is still missing."


class TooManyAdditionsError(CaseError):
    sentence = "To a case words are added {limit} times at most: wait for the answer, or come to the office."


class TooManyBrowsersError(CaseError):
    sentence = (
        "For one case notices are turned on {limit} times at most. Everything stands on this page as well."
    )


class UnknownPushServiceError(CaseError):
    sentence = "This office sends no notices by the way that this browser uses. Everything stands on this page as well."


class NoAnswerToRateError(CaseError):
    sentence = "There is no answer yet that you could rate."


class NoAddressForCodeError(CaseError):
    sentence = "This case has no e-mail address, so nobody can be given a new code for it."


class CodesStoppedError(CaseError):
    sentence = "New codes were stopped for this case: open it with the code that there is, or file a new one."


class CodesUsedUpError(CaseError):
    sentence = "Too many codes were made for this case: file a new one and name this ticket in it."


class CodeLinkOverError(CaseError):
    sentence = "This link was used already, or its time is over: ask for a new one."


class CodeTooEarlyError(CaseError):
    sentence = "This link works from {opens_at} on: come back then."


class ConfidentialCaseError(CaseError):
    sentence = "This case is confidential: its personal data opens for who handles it. Ask a second person for it, with a reason."


class MayReadAlreadyError(CaseError):
    sentence = "You may open the personal data of this case already: nobody needs to agree to it."


class DisclosureAskedError(CaseError):
    sentence = "You have asked for this case already: wait for the second person, or until the time of that request is over."


class NoDisclosureAskedError(CaseError):
    sentence = "Nobody waits for a decision about this request any more: it was decided, or its time is over."


class NotASecondPersonError(CaseError):
    sentence = "You can't decide about this request: a second person of another line has to, or the head where there is none."


class NotAppointedForTopicError(CaseError):
    sentence = "Only officials appointed for this topic see such a case: choose one of them."


class NoComplaintToMoveError(CaseError):
    sentence = (
        "Only a complaint is moved to the appointed people: tell the sender of this case how to file one."
    )


class WithAppointedAlreadyError(CaseError):
    sentence = "The complaint is with the appointed people already, and stays there."


class NobodyElseAppointedError(CaseError):
    sentence = "Nobody else is appointed who could work on this complaint then: ask a supervisor to move it, or the head to have somebody appointed."


class AlreadyLinkedError(CaseError):
    sentence = "The case belongs to another incident: take it out of that first."


class NotLinkedError(CaseError):
    sentence = "The case belongs to no incident."


class JoinedAtFilingError(CaseError):
    sentence = "A complaint joins an incident when it is sent, and one in confidence never: an officer can put it there."


class IncidentFullError(CaseError):
    sentence = "An incident takes {limit} cases: begin another one for the rest."


class NothingToAnswerError(CaseError):
    sentence = "No open case of this incident waits for an answer."


class VisitToComeError(CaseError):
    sentence = "A visit is recorded when it is over: check the day."


class NothingReferredError(CaseError):
    sentence = "This case was not referred to another body."


class NoDraftError(CaseError):
    sentence = "This answer waits no more, or there is a newer one: load the page again and read it."


class OwnDraftError(CaseError):
    sentence = "You wrote this answer yourself: a second person has to read it."


class ContactNotAllowedError(CaseError):
    sentence = "The citizen has not allowed that another body gets name and contact."


class EnteredYourselfError(CaseError):
    sentence = (
        "You entered this case for somebody, or keep the key of the system that did: leave it to a colleague."
    )


class EnteredBeforeError(CaseError):
    sentence = "This was entered before, as {ticket}; its receipt is not shown again. Whoever lost the code asks for a new one."


class IllnessOfNoProductError(CaseError):
    sentence = "That somebody is ill belongs to a complaint about a product: choose that kind, or take the tick away."


class NoRequestForInformationError(CaseError):
    sentence = "This is no request for public information."


class NoSuchRefusalError(CaseError):
    sentence = "The office refuses information for the reasons of its list alone: choose one of them."


class ExtendedBeforeError(CaseError):
    sentence = "The time was extended once, and no further: answer by the day that was named then."


class TooLateToExtendError(CaseError):
    sentence = "The time for the answer has passed: it can't be extended any more. Answer now."


class NoExtensionError(CaseError):
    sentence = "The standard of this office knows no extension: answer in time."


class ObjectionWaitsError(CaseError):
    sentence = "An objection waits: a second person who was not involved in the answer decides about it."


class NoObjectionError(CaseError):
    sentence = "No objection waits for a decision."


class InvolvedInAnswerError(CaseError):
    sentence = "Whoever answered this request or had it in hand can't decide about the objection: somebody else has to."


class NothingToObjectToError(CaseError):
    sentence = (
        "The office still has time to answer: object when there is an answer, or when its time has passed."
    )


class TooLateToObjectError(CaseError):
    sentence = "The time to object is over: send a new request and name this ticket in it."


class ObjectionDecidedError(CaseError):
    sentence = "Your objection was decided: the office does not decide about it again. You can turn to the Information Commission (Komisi Informasi)."


class SuggestionError(CaseError):
    sentence = (
        "A suggestion is read, and answered or closed with thanks: for anything else file a case of its own."
    )


class InformationNotOfferedError(CaseError):
    sentence = (
        "This office takes no requests for public information here yet: write to it, or come to its counter."
    )


class UnknownIncidentError(CaseError):
    sentence = "There is no such incident: choose one from the list."


class UnseenTicketError(CaseError):
    sentence = "No case that you see has this ticket."
