"""Messages about the compensation of a missed deadline; the subject is the ticket of the case whose deadline it was."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.intake import Channel, Items, Language
from zi_contracts.message import ShortText, Slug

CompensationState = Literal["open", "offered", "accepted", "waived", "given", "closed"]
# How a citizen said what they want: on the page of the case, or to an official who recorded it.
AnswerChannel = Literal["case_page", "counter", "phone", "letter"]
CompensationProof = Literal["letter_sent", "handed_over", "transferred", "said_in_person"]
CompensationStep = Literal["offer", "give", "find_cause"]
Forms = Annotated[tuple[Slug, ...], Field(min_length=1)]


class CompensationData(Data):
    """The state after the event, what it is about, and how the citizen of the case wants to be reached."""

    state: CompensationState
    service: Slug
    clock: Slug
    language: Language
    reachable_by: tuple[Channel, ...]


class CompensationOpened(CompensationData):
    """The office missed a deadline (the message `missed`) and owes something for it.

    `is_decided` says whether the office itself has decided what it owes for the service. `officials` had the case in their hands.
    """

    type: ClassVar[str] = "zi.integrity.compensation_opened"

    missed: UUID
    due: AwareDatetime
    owed: Forms
    is_decided: bool
    rules: Pin
    standard: Pin
    officials: tuple[ShortText, ...]
    reported_late: bool
    offer_by: AwareDatetime
    find_cause_by: AwareDatetime


class CompensationOffered(CompensationData):
    """The office offered it; the citizen may accept or waive it."""

    type: ClassVar[str] = "zi.integrity.compensation_offered"

    forms: Forms
    answer_by: AwareDatetime
    give_by: AwareDatetime
    items: Items


class CompensationAccepted(CompensationData):
    """The citizen accepted it, on the page of the case or as an official recorded; also after a waiver that is open yet."""

    type: ClassVar[str] = "zi.integrity.compensation_accepted"

    how: AnswerChannel
    give_by: AwareDatetime


class CompensationWaived(CompensationData):
    """The citizen does not want it, as they said on the page of the case or as an official recorded.

    Until `open_until` they may accept it all the same, where an official recorded the waiver.
    """

    type: ClassVar[str] = "zi.integrity.compensation_waived"

    how: AnswerChannel
    open_until: AwareDatetime | None = None


class CompensationGiven(CompensationData):
    """The office gave it; what proves it lies in the vault."""

    type: ClassVar[str] = "zi.integrity.compensation_given"

    proof: CompensationProof
    items: Items


class CompensationCauseFound(CompensationData):
    """A superior recorded why the deadline was missed; their text lies in the vault."""

    type: ClassVar[str] = "zi.integrity.compensation_cause_found"

    root_cause: Slug
    items: Items


class CompensationOverdue(CompensationData):
    """The office did not do its next step in time."""

    type: ClassVar[str] = "zi.integrity.compensation_overdue"

    step: CompensationStep
    due: AwareDatetime


class CompensationClosed(CompensationData):
    """It was given or waived, and the root cause is recorded."""

    type: ClassVar[str] = "zi.integrity.compensation_closed"


MODELS: tuple[type[Data], ...] = (
    CompensationOpened,
    CompensationOffered,
    CompensationAccepted,
    CompensationWaived,
    CompensationGiven,
    CompensationCauseFound,
    CompensationOverdue,
    CompensationClosed,
)
