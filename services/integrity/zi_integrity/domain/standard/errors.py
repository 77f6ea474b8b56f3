"""Refusals about service standards, each with a sentence that says what to do next."""

from collections.abc import Sequence
from datetime import date

from zi_chassis.domain import DomainError


class StandardDecreeError(DomainError):
    """Base of the errors about service standards."""


class NoSuchDraftError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("There is no such draft of a service standard: begin one first.")


class DraftBegunOtherwiseError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("This draft was begun already with another text: open it and change it there.")


class UnreadableTermsError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("The text of this standard can't be read: fill in the form anew.")


class TermsTooLongError(StandardDecreeError):
    def __init__(self, most: int) -> None:
        super().__init__(
            "This standard is longer than {most} characters, which is as much as the ledger takes: shorten it.",
            most=most,
        )


class UnfitStandardError(StandardDecreeError):
    """The terms are no standard that services could decide by."""

    def __init__(self, why: str) -> None:
        super().__init__("Services could not decide by this standard: {why}", why=why)


class IncompleteStandardError(StandardDecreeError):
    def __init__(self, missing: str) -> None:
        super().__init__(
            "All 14 components must be written in Indonesian and in English. Missing: {missing}.",
            missing=missing,
        )


class StandardChangedMeanwhileError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this draft meanwhile. Your text is still here: compare, then save it again."
        )


class TextUnderConsultationError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "The public is asked about exactly this text: close the consultation before you change it."
        )


class NothingFollowedError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "The public was asked about this text already. Name the proposals that your change follows, or ask the public again."
        )


class AnotherConsultationError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "The public is asked about another draft for this service just now: close that consultation or withdraw that draft first."
        )


class StaleDraftError(StandardDecreeError):
    def __init__(self, version: int) -> None:
        super().__init__(
            "Version {version} was adopted since this draft was begun: compare the two and save the draft again, so that it follows that"
            " version.",
            version=version,
        )


class ConsultationTooShortError(StandardDecreeError):
    def __init__(self, first: date) -> None:
        super().__init__("Give the public time: choose {first} or a later day as the last one.", first=first)


class NoForumNamedError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("Name the forum in which the public is asked.")


class NoSuchForumError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "There is no forum of this number, or it was cancelled: name one from the list of forums, as it shows it."
        )


class ForumNotHeldError(StandardDecreeError):
    def __init__(self, forum: str) -> None:
        super().__init__(
            "The public was to be asked in {forum}, which was not held and closed with its quorum: close it, or ask the public again.",
            forum=forum,
        )


class ProposalsOfAnotherConsultationError(StandardDecreeError):
    def __init__(self, references: str) -> None:
        super().__init__(
            "These proposals were not made when the public was asked about this text: {references}. Name those of its forum or of its"
            " time, or ask the public again.",
            references=references,
        )


class UnnamedChangesError(StandardDecreeError):
    def __init__(self, components: Sequence[str]) -> None:
        super().__init__(
            "No proposal that this text follows names these components, and they were changed: {components}. Change them back, or state the"
            " reason in public.",
            components=", ".join(components),
        )


class ConsultedAlreadyError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("The public is asked about this draft already.")


class NoConsultationOpenError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "The public is not asked about this draft just now: there is no consultation to close."
        )


class ConsultationRunsError(StandardDecreeError):
    def __init__(self, until: date) -> None:
        super().__init__(
            "The public was promised time until the end of {until}: close the consultation after that.",
            until=until,
        )


class NotConsultedError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "The public must be asked before a standard is adopted: open a consultation, or state why the law lets it go without."
        )


class WaiverNotNeededError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("The public was asked: adopt the standard without a reason for leaving that out.")


class MoreThanAnErrorError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "This changes periods, documents or fees, so it is more than the repair of a clear error: ask the public first."
        )


class PastEffectiveDateError(StandardDecreeError):
    def __init__(self, first: date) -> None:
        super().__init__(
            "A standard can't take effect in the past: choose {first} or a later day.", first=first
        )


class EffectiveTooEarlyError(StandardDecreeError):
    def __init__(self, after: date) -> None:
        super().__init__(
            "The version before takes effect on {after}: the new one must take effect on a later day.",
            after=after,
        )


class EndsBeforeItBeginsError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("A standard can't end before it takes effect: choose a later last day, or none.")


class DrafterAdoptsError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("You wrote on this draft. Somebody else must adopt it: four eyes.")


class DraftIsClosedError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "This draft is adopted or withdrawn and does not change any more: begin a new draft."
        )


class NotAdoptedError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__(
            "This standard is not in the office's decrees: only an adopted one is reviewed or withdrawn."
        )


class ReviewTooLateError(StandardDecreeError):
    def __init__(self, latest: date) -> None:
        super().__init__(
            "A standard is reviewed every year: choose {latest} or an earlier day for the next review.",
            latest=latest,
        )
