"""Errors of commands to an application: each says what is wrong and what to do next."""

from collections.abc import Sequence
from typing import ClassVar

from zi_chassis.domain import DomainError
from zi_contracts.certificates import PublishedFinding


class ApplicationError(DomainError):
    """Base of the errors that the state of the application raises."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class NotBegunError(ApplicationError):
    sentence = "There is no such application: check the ticket and the code."


class NotTheApplicantError(ApplicationError):
    sentence = "Only who filed the request does this: open it with its own ticket and code."


class OwnApplicationError(ApplicationError):
    sentence = "This is your own application: leave it to another official."


class AnotherDraftError(ApplicationError):
    sentence = "The application was begun already: change it instead."


class OtherSeriesError(ApplicationError):
    sentence = "This request is for other letters: choose kinds of the series that it was made for."


class TooManyPartsError(ApplicationError):
    sentence = "This is more than one application can hold: divide it among several."


class TooManyRevisionsError(ApplicationError, kind="too_many_changes"):
    sentence = (
        "The application has been changed as often as one can be: send it as it is, or begin a new one."
    )


class NoSuchProductError(ApplicationError):
    sentence = "The application has no product of this number: look at its list again."


class NothingOwedError(ApplicationError):
    sentence = "No such payment is to be paid back for this application."


class RefundWaitsError(ApplicationError):
    sentence = (
        "A refund of this payment is recorded already: a second person has to confirm or decline it first."
    )


class TransferRecordedError(ApplicationError):
    sentence = "This transfer is recorded for another payment already: each payment is paid back by a transfer of its own."


class NoRefundWaitsError(ApplicationError):
    sentence = "No refund with this reference waits for a second person: look at the application again."


class RefundFourEyesError(ApplicationError, kind="four_eyes"):
    sentence = "You recorded this refund yourself: somebody else has to confirm it."


class UnknownCircumstanceError(ApplicationError):
    sentence = "The rules of this application ask about no such circumstance: choose from the list."


class NoSuchDocumentError(ApplicationError):
    sentence = "The application has no such document: look at its list again."


class FilesOnTheWayError(ApplicationError):
    sentence = "The office does not have every file that is named yet: wait a moment, or attach it again."


class AccountNotVerifiedError(ApplicationError):
    sentence = "An officer has to verify the account of the company first: open it, or wait for the officer."


class NotReplaceableError(ApplicationError):
    sentence = (
        "Only a valid or suspended letter of the same company and series can be replaced: check its number."
    )


class NotAmendableError(ApplicationError):
    sentence = "Only a valid letter of your own account and of this series can be amended: check its number."


class AmendmentUndecidedError(ApplicationError):
    sentence = "The office has not decided what may be amended on such a letter: apply for a new letter that replaces it."


class ShipmentOverError(ApplicationError):
    sentence = (
        "The shipment of this import letter has ended, and the letter with it: nothing of it can be amended."
    )


class ArrivalNeededError(ApplicationError):
    sentence = "Say on which day the goods arrive: an import letter is amended only as long as its shipment has not ended."


class NoFieldNamedError(ApplicationError):
    sentence = "Name at least one field of the letter that is wrong."


class LetterAtWorkError(ApplicationError):
    sentence = "The company is amending or replacing this letter already: ask for what else is wrong in that application."


class FieldNotAmendableError(ApplicationError):
    sentence = "The office's rules do not let this field be amended on such a letter: name a field that they let change, or revoke the letter."


class AmendmentOpenError(ApplicationError):
    sentence = "This letter is being amended or replaced by another application already: finish that one, or withdraw it first."


class AmendedLetterOverError(ApplicationError):
    sentence = "The letter that this amends is not valid any more: reject the amendment, or wait until the letter is valid again."


class NoSuchBillError(ApplicationError):
    sentence = "The office has made out no bill with this code."


class NoFindingsError(ApplicationError, kind="no_reasons"):
    sentence = "Say what is missing or wrong: choose at least one reason."


class OverError(ApplicationError):
    sentence = "The application has ended: begin a new one."


class AlreadySignedError(ApplicationError):
    sentence = (
        "The letters of this application are signed for: ask for a replacement, or for their revocation."
    )


class NotYoursToChangeError(ApplicationError):
    sentence = (
        "The office is at work on the application: it can be changed when the office asks for something."
    )


class NotADraftError(ApplicationError):
    sentence = "The application was submitted already."


class ChangedMeanwhileError(ApplicationError):
    sentence = "The application has changed since you looked: look at it again."


class OtherRulesError(ApplicationError):
    sentence = "The application is judged by the rules it was submitted under: check it by those."


class IncompleteError(DomainError):
    """All that the rules found, at once."""

    message: ClassVar[str] = "{count} things are missing or wrong: correct them all."

    def __init__(self, findings: Sequence[PublishedFinding]) -> None:
        super().__init__(self.message, count=len(findings))
        self.findings = tuple(findings)


class NotSubmittedError(ApplicationError):
    sentence = "Nothing is to be paid yet: submit the application first."


class AnotherBillError(ApplicationError):
    sentence = "This billing code belongs to another application."


class UnpaidAgainError(ApplicationError):
    sentence = "The payment of this application was taken back, so nothing is decided or sent until it is paid again."


class NothingMissingError(ApplicationError):
    sentence = "Nothing is to be paid here beside the bill that there is: look at the application again."


class NotWaitingError(ApplicationError):
    sentence = "This application does not wait for an evaluator: take the next one."


class EvaluatedAlreadyError(ApplicationError):
    sentence = "You have evaluated this application: the second evaluator is somebody else."


class NotInEvaluationError(ApplicationError):
    sentence = "The application is not in evaluation."


class NotYourApplicationError(ApplicationError):
    sentence = "Only the evaluator who took the application may do this."


class NothingApprovedError(ApplicationError):
    sentence = "Every product is refused: reject the application instead, with the reasons."


class OtherRefusalsError(ApplicationError):
    sentence = "The first evaluator refused other products: refuse the same ones, or ask the applicant, or reject the application."


class NotYoursToReleaseError(ApplicationError):
    """Raised also for another evaluator, who could take the application then."""

    sentence = "Only the evaluator who took the application, or a supervisor who does not evaluate, gives it back to the queue."


class TooLateToAskError(ApplicationError):
    sentence = "The time to complete this application is over: decide about what is there."


class UnexplainedDocumentError(ApplicationError, kind="document_not_explained"):
    sentence = (
        "No rule asks for this document here. If you need it all the same, say why in your own words, in a sentence of 20 letters or more:"
        " the applicant reads it, and such requests are counted."
    )


class UnsendableDocumentError(ApplicationError):
    sentence = "The company can't send a document that has no name in the rules: ask for one that they name, or for an answer in words."


class NoDataAskedError(ApplicationError, kind="nothing_asked"):
    sentence = "The office has not asked for anything: there is nothing to send now."


class NothingChangedError(ApplicationError):
    sentence = "Nothing has changed since the office asked: add what is on the list first."


class AnswersMissingError(IncompleteError):
    """All that was asked for and is not answered, at once."""

    message = "{count} things that the office asked for are not answered yet: attach or correct each, or say why it stays as it is."


class NotWantedError(ApplicationError):
    sentence = "The office has not asked for this: answer what is on its list."


class UnchangedError(ApplicationError):
    sentence = (
        "Nothing has changed since it was rejected: correct it first. This did not count as an attempt."
    )


class NotRejectedError(ApplicationError):
    sentence = "The application was not rejected: there is nothing to submit again."


class TooLateError(ApplicationError):
    sentence = "The time to complete this application is over: begin a new one."


class TooOftenError(ApplicationError):
    sentence = "This application was submitted again as often as the rules allow: begin a new one."


class NotReadyToSignError(ApplicationError):
    sentence = "The application does not wait for a signature."


class UnprintableSignerError(ApplicationError):
    sentence = "Your name, as you signed in, holds a sign that nobody can see: have it corrected where your account is kept, then sign."


class UnprintableCompanyError(ApplicationError):
    sentence = (
        "The company's name or address can't stand on a letter: it is too long, or holds a sign that nobody can see."
        " Send the application back and have it stated anew."
    )


class UnprintableProductsError(ApplicationError):
    sentence = (
        "Something in the products can't stand on a letter: it is too long, or holds a sign that nobody can see."
        " Send the application back and have it typed again."
    )


class SamePersonError(ApplicationError):
    sentence = "You have evaluated this application: somebody else has to sign."


class OtherLettersError(ApplicationError):
    sentence = "Sign for exactly the letters that were applied for, each of them once."


class NoSuchLetterError(ApplicationError):
    sentence = "This application has no such letter."


class AnotherNumberError(ApplicationError):
    sentence = "The letter has another number: a number never changes."


class NotNumberedError(ApplicationError):
    sentence = "The letter has no number yet: the register gives it one first."


class SealedAlreadyError(ApplicationError):
    sentence = "The letter is sealed with another file: there is one valid file of a letter."


class NotSealedError(ApplicationError):
    sentence = "The letter is not issued yet."


class LetterOverError(ApplicationError):
    sentence = "The letter is not valid any more: nothing can be changed about that."


class OwnSuspensionError(ApplicationError):
    sentence = "You suspended this letter yourself: somebody else who signs reinstates it."


class OwnOverrideError(ApplicationError):
    sentence = "Nobody asks for or decides about an override of their own hindrance."


class OverrideAskedError(ApplicationError):
    sentence = "An override was asked for already: it has to be decided first."


class NoOverrideAskedError(ApplicationError):
    sentence = "Nobody has asked for an override here."


class OverrideFourEyesError(ApplicationError, kind="four_eyes"):
    sentence = "You asked for this override yourself: somebody else has to decide."


class NoPersonalSignatureError(ApplicationError):
    sentence = "These letters do without a personal signature: the office's seal is on them."


class NotTheSignatoryError(ApplicationError):
    sentence = "Only the official who signed for these letters can put a personal signature on them."


class PageNotReadyError(ApplicationError):
    sentence = "The page is still being made: wait a moment, then sign it."


class SignedPersonallyError(ApplicationError):
    sentence = "The letter has its personal signature already."


class SignatureWantedError(ApplicationError):
    sentence = "The letter waits for the personal signature of its signatory, and is sealed after that."


class UnlistedSignatoryError(ApplicationError):
    sentence = "This office's letters have a personal signature, and the signing service does not know you: have the operator add you to its list."


class OperatorSignsError(ApplicationError):
    sentence = "This office's letters have a personal signature, and none is made for whoever operates the signing service: somebody else has to sign."


class NoSigningServiceError(ApplicationError):
    sentence = "The office has no signing service now, so nobody can sign personally: tell the operator."


class PassphraseRefusedError(ApplicationError):
    sentence = "The signing service did not accept the passphrase, so nothing was signed: type it once more."


class NoSignatureCertificateError(ApplicationError):
    sentence = "Your certificate has ended, ends within a day, was revoked or was never issued, so nothing was signed: renew it."


class SignatureRefusedError(ApplicationError):
    sentence = "The signing service refused and gave no reason that is known here, so nothing was signed: tell the operator."
