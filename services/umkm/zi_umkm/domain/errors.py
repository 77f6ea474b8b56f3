"""Why something can't be done with a case, and what to do instead; a step that was left out is called by its name."""

from collections.abc import Sequence
from typing import ClassVar

from zi_chassis.domain import DomainError


class MentoringError(DomainError):
    """An act that the state of the case does not allow."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class MentoringNotBegunError(MentoringError, kind="not_begun"):
    sentence = "There is no such case: check the ticket and the code."


class AnotherCaseError(MentoringError):
    sentence = "This case is open for another business."


class MentoringOverError(MentoringError, kind="over"):
    sentence = "The mentoring has ended: ask for a new one."


class AsleepError(MentoringError):
    sentence = "The mentoring sleeps: resume it first."


class InterestedError(MentoringError):
    sentence = "This official has a conflict of interest with the business: leave it to somebody else."


class ReferredError(MentoringError):
    sentence = "The business was referred to the health office: record first that it came back."


class NotReferredError(MentoringError):
    sentence = "The business was not referred to anybody: there is nothing to come back from."


# -- steps left out


class SkippedStepError(MentoringError):
    """`step` is the state that has to be reached first."""

    step: ClassVar[str]


class NotTriagedError(SkippedStepError):
    step = "triaged"
    sentence = "Triage comes first: say of every product which way it goes."


class NotAssessedError(SkippedStepError):
    step = "assessed"
    sentence = "The assessment comes first: fill in the checklist."


class NotCorrectedError(SkippedStepError):
    step = "corrected"
    sentence = "The corrective actions come first: have every one that was agreed verified."


class NotAppliedError(SkippedStepError):
    step = "permit_applied"
    sentence = "The application for the permit (IP CPPOB) comes first."


class NoPermitError(SkippedStepError):
    step = "permit_issued"
    sentence = "The permit (IP CPPOB) comes first: a product is registered after it was issued."


class NotSentError(SkippedStepError):
    step = "registration"
    sentence = "The registration of the product comes first: send its dossier."


class NoNumberError(SkippedStepError):
    step = "number_obtained"
    sentence = "The registration number comes first: every product that was sent needs its answer."


class NumberUncheckedError(SkippedStepError):
    step = "number_check"
    sentence = "The check of its numbers comes first: have an officer who never mentored it look them up."


class NotCheckedError(SkippedStepError):
    step = "later_check"
    sentence = "The last visit comes first: assess the business once more after it has its number."


# -- what is wrong


class NotTheMentorError(MentoringError):
    sentence = "Only a mentor of this business does this: have yourself assigned first."


class OwnBusinessError(MentoringError):
    sentence = "An official does not handle the mentoring of their own business: leave it to a colleague."


class NotTheBusinessError(MentoringError):
    sentence = "Only the business itself does this: open its case with its own ticket and code."


class MayNotAssignMentorError(MentoringError, kind="not_yours_to_assign"):
    sentence = "Take the case yourself as a mentor, or ask a supervisor to assign it."


class HasEvaluatedError(MentoringError):
    sentence = "Who has evaluated this business never becomes its mentor: choose somebody else."


class HasCheckedError(MentoringError):
    sentence = "Who has checked a number of this business never becomes its mentor: choose somebody else."


class MentorDecidesError(MentoringError):
    sentence = "A mentor of this business never decides about its permit: leave it to another evaluator."


class OwnTicketError(MentoringError):
    sentence = "This is the ticket of the mentoring itself: give that of the application."


class NoTicketError(MentoringError):
    sentence = "No request has such a ticket: check it; it stands on its receipt."


class NoProductsError(MentoringError):
    sentence = "No product is stated yet: say first what the business makes."


class UnknownGoodsError(MentoringError):
    sentence = "The rules know no such product or property: choose one of those that are listed."


class NotAskedForError(MentoringError):
    sentence = "The rules ask for no such document or part of a label: choose one of those that are listed."


class RepeatedProductError(MentoringError):
    sentence = "A product was named twice: name each once."


class TooManyProductsError(MentoringError):
    sentence = "These are more products than one case can hold: ask for mentoring once more for the others."


class UnknownProductError(MentoringError, kind="no_such_product"):
    sentence = "The business makes no such product: add it first."


class NotOurTrackError(MentoringError):
    sentence = "No product here is registered at BPOM: there is nothing to assess or to register."


class NothingToReferError(MentoringError):
    sentence = "No product here is registered at the health office: there is nothing to refer."


class NoSuchFindingError(MentoringError):
    sentence = "There is no such finding: look at the last assessment."


class CriticalOpenError(DomainError):
    """Whatever the points are."""

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__(
            "{count} critical findings are open: they must be put right and verified first.", count=len(items)
        )
        self.items = tuple(items)


class MissingRequirementsError(DomainError, kind="incomplete"):
    """All that the rules found missing, at once."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__("{count} things are missing: add them all.", count=len(missing))
        self.missing = tuple(missing)


class NumberShapeError(MentoringError):
    sentence = "The registration number isn't written as such numbers are: check how it is written."


class OtherRegistrationNumberError(MentoringError, kind="another_number"):
    sentence = "This product has another registration number already."


class NoNumberToCheckError(MentoringError):
    sentence = "There is no such number here: record it first."


class NumberConfirmedError(MentoringError):
    sentence = "An officer has confirmed this number: if it is wrong, ask for another check first."


class OtherBusinessNumberError(MentoringError, kind="another_business_number"):
    sentence = (
        "The business has given another number in the meantime: load the page again and check that one."
    )


class MentorChecksError(MentoringError):
    sentence = "A mentor of this business never checks its numbers: leave it to a colleague."


class NotTheSystemsActError(MentoringError):
    sentence = "Nobody closes a case for this reason: it is closed so by itself."


# -- corrective actions


class NotAgreedError(MentoringError):
    sentence = "Agree first on what is put right and until when."


class DuePassedError(MentoringError):
    sentence = "Agree on a day that is still to come."


class NoEvidenceError(MentoringError):
    sentence = "There is no evidence to verify yet: add a photo or a document first."


class OwnActionError(MentoringError):
    sentence = "You agreed on this action or gave its evidence: somebody else has to verify it."


class OwnFindingError(MentoringError):
    sentence = "You raised this critical finding: somebody else has to see that it was put right."


class NotSeenError(MentoringError):
    sentence = (
        "A critical finding is not cleared from a photo: see it on the spot or in a live view, and say which."
    )


class VerifiedAlreadyError(MentoringError):
    sentence = "This was put right and verified: reopen it if it is not so any more."


# -- visits


class NoVisitError(MentoringError):
    sentence = "There is no such visit: begin it first."


class AnotherVisitError(MentoringError):
    sentence = "This visit was begun for another case or with another checklist."


class NotTheAssessorError(MentoringError):
    sentence = "An official's visit belongs to the mentors, a self-assessment to the business; each signs for itself."


class AnotherAnswerError(MentoringError):
    sentence = "This was sent before with other content: give it an id of its own."


class NoSuchAnswerError(MentoringError):
    sentence = "This answer does not stand any more: look at the item again."


class InDisputeError(DomainError):
    """`items` have several answers that say different things."""

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__("{count} items have different answers: decide which counts.", count=len(items))
        self.items = tuple(items)


class UnansweredError(DomainError):
    def __init__(self, items: Sequence[str]) -> None:
        super().__init__("{count} items are not answered: answer them all.", count=len(items))
        self.items = tuple(items)


class NotSignedError(MentoringError):
    sentence = "Both sides sign a visit before it is finished."


class UnknownChecklistError(MentoringError):
    sentence = "The office has no such checklist: load the page again to get the one in use."


class UnfitAnswerError(MentoringError):
    sentence = "This version of the checklist allows no such answer: look at the item again."


class OtherChecklistError(MentoringError):
    sentence = "The visit is judged by the checklist that it was begun with."


# -- trainings


class NotPlannedError(MentoringError):
    sentence = "There is no such training."


class PlannedAlreadyError(MentoringError):
    sentence = "This training was planned already, in another way."


class FullError(MentoringError):
    sentence = "The training is full: choose another one."


class NotEnrolledError(MentoringError):
    sentence = "This business is not enrolled: enrol it first."


class NotHeldYetError(MentoringError):
    sentence = "The training has not begun yet: record who came once it has."


class HeldAlreadyError(MentoringError):
    sentence = "The training is over."


# -- texts in lists


class PersonalTextError(MentoringError):
    sentence = "Telephone numbers, addresses of mail and registration numbers don't belong here: others read this text."


class ReferralOverError(MentoringError):
    sentence = "This letter asks for no answer any more: the business came back, ended its mentoring, or has another letter."


class CodeReplacedError(MentoringError):
    sentence = (
        "This code was replaced by a newer one. Ask the business or its mentor for the code that holds now."
    )


class CodeExpiredError(MentoringError):
    sentence = "This code is too old to answer with. Ask the mentor of the business for a new one: the letter itself stays valid."


class CodeUsedError(MentoringError):
    sentence = "This code was used: each product of the letter has its answer. To change one, ask the mentor of the business for a new code."


class ProductAnsweredError(MentoringError):
    sentence = (
        "This product has its answer already. To change it, ask the mentor of the business for a new code."
    )


class NoAnswerTextError(MentoringError, kind="no_text"):
    sentence = "Write the question or the reason, so that the business knows what to do."


class ReferralChangedError(MentoringError):
    sentence = "The case changed while the letter was written. Look at it again, and refer once more."


class WrongReferralCodeError(MentoringError, kind="wrong_code"):
    sentence = "This number and this code do not belong together. Look at both on the letter, and type them once more."


# -- handing products over


class UnnumberedBusinessError(MentoringError):
    sentence = "An application is known as yours by your business number (NIB): give the right number first, on the page of your request."


class NothingToHandOverError(MentoringError):
    sentence = "Nothing can be handed over yet: a product needs its composition, and a number that an officer has looked up."


class SharedChangedError(MentoringError):
    sentence = "What would be handed over has changed since you looked: look at it again, then agree."


class NoStateQuestionError(MentoringError):
    sentence = "There is no such question of the state: look at the product again."
