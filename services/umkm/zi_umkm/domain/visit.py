"""An assessment on the spot, often without connection: every answer is kept, in whatever order and how often it arrives, and of several
answers to one item a person decides which counts. What a device says of time is a claim. Pure.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import assert_never
from uuid import UUID

from zi_chassis.domain import CITIZENS, Act, Command, Event, Parties, officials, refuse_other_roles
from zi_contracts.intake import Items
from zi_contracts.umkm import Assessor, RuleVersion, Side
from zi_contracts.vault import ItemRef
from zi_rules.mentoring.assessment import AnswerValue
from zi_umkm.domain import errors
from zi_umkm.domain.business import Result
from zi_umkm.roles import MENTORING


class VisitCommand(Command):
    pass


class BeginVisit(VisitCommand):
    """The checklist stays the visit's to its end, whatever version comes after it."""

    visit: UUID
    case: UUID
    ticket: str
    assessor: Assessor
    checklist: RuleVersion


class AnswerItem(VisitCommand):
    """`replaces` are the person's own answers to the item that the device showed when this one was given."""

    answer: UUID
    item: str
    said: AnswerValue
    grade: str | None = None
    replaces: tuple[UUID, ...] = ()
    claimed_at: datetime
    items: Items = ()


class SettleAnswers(VisitCommand):
    item: str
    answer: UUID


class AddPhoto(VisitCommand):
    photo: UUID
    item: str | None = None
    claimed_at: datetime
    file: ItemRef


class SignVisit(VisitCommand):
    """For the answers that the device showed."""

    signature: UUID
    side: Side
    answers: tuple[UUID, ...]
    claimed_at: datetime
    file: ItemRef


class FinishVisit(VisitCommand):
    """`result` and `unanswered` are what the rules say of the answers as they stand."""

    result: Result
    unanswered: tuple[str, ...] = ()


VisitCommands = BeginVisit | AnswerItem | SettleAnswers | AddPhoto | SignVisit | FinishVisit
ASSESSORS = CITIZENS | officials(*MENTORING)
PARTIES: Parties = dict.fromkeys(
    (BeginVisit, AnswerItem, SettleAnswers, AddPhoto, SignVisit, FinishVisit), ASSESSORS
)


class VisitEvent(Event):
    pass


class VisitBegun(VisitEvent):
    visit: UUID
    case: UUID
    ticket: str
    assessor: Assessor
    checklist: RuleVersion


class ItemAnswered(VisitEvent):
    answer: UUID
    item: str
    said: AnswerValue
    grade: str | None
    replaces: tuple[UUID, ...]
    claimed_at: datetime
    items: Items


class AnswersSettled(VisitEvent):
    item: str
    answer: UUID
    over: tuple[UUID, ...]


class PhotoAdded(VisitEvent):
    photo: UUID
    item: str | None
    claimed_at: datetime
    file: ItemRef


class VisitSigned(VisitEvent):
    signature: UUID
    side: Side
    answers: tuple[UUID, ...]
    claimed_at: datetime
    file: ItemRef


class VisitFinished(VisitEvent):
    result: Result
    unsigned: tuple[str, ...]


VisitEvents = VisitBegun | ItemAnswered | AnswersSettled | PhotoAdded | VisitSigned | VisitFinished
Sent = ItemAnswered | PhotoAdded | VisitSigned
Answered = tuple[ItemAnswered, ...]


@dataclass(frozen=True)
class Visit:
    """`sent` is what devices have sent, by the ids that they made; `overruled` are answers that a person decided against,
    and `settled_by` the officials among those who decided."""

    begun: VisitBegun | None = None
    sent: dict[UUID, Sent] = field(default_factory=dict)
    overruled: frozenset[UUID] = frozenset()
    settled_by: frozenset[str] = frozenset()
    result: Result | None = None

    @property
    def standing(self) -> dict[str, Answered]:
        """The answers by item that nobody replaced or decided against, in any order of arrival."""
        fallen = self.overruled | self._replaced
        standing = [each for each in self._answers if each.answer not in fallen]
        by_item = sorted(standing, key=lambda each: (each.item, each.answer))
        return {item: tuple(answers) for item, answers in groupby(by_item, key=lambda each: each.item)}

    @property
    def in_dispute(self) -> tuple[str, ...]:
        """Items whose standing answers differ."""
        return tuple(item for item, answers in self.standing.items() if len(_sayings(answers)) > 1)

    @property
    def unsigned(self) -> tuple[str, ...]:
        """Items whose answer is not signed by both sides."""
        sides = [
            {answer for each in self._signatures(side) for answer in each.answers}
            for side in ("business", "office")
        ]
        signed = sides[0] & sides[1]
        standing = self.standing.items()
        return tuple(
            item for item, answers in standing if not signed.intersection(each.answer for each in answers)
        )

    @property
    def officials(self) -> tuple[str, ...]:
        """All officials who have answered an item in it, also where another answer counts, or decided which one does."""
        answering = {each.by.actor for each in self._answers if each.by.role.startswith("staff:")}
        return tuple(sorted(answering | self.settled_by))

    @property
    def is_signed(self) -> bool:
        return bool(self._signatures("business") and self._signatures("office"))

    @property
    def _answers(self) -> Answered:
        return tuple(each for each in self.sent.values() if isinstance(each, ItemAnswered))

    @property
    def _replaced(self) -> frozenset[UUID]:
        """Answers that their own speaker replaced at the same item."""
        by_speaker = {(each.answer, speaker(each.by), each.item) for each in self._answers}
        named = {(old, speaker(new.by), new.item) for new in self._answers for old in new.replaces}
        return frozenset(answer for answer, _, _ in by_speaker & named)

    def _signatures(self, side: Side) -> tuple[VisitSigned, ...]:
        return tuple(
            each for each in self.sent.values() if isinstance(each, VisitSigned) and each.side == side
        )


initial = Visit()


def speaker(by: Act) -> str:
    """Return the speaker of an act: an official by account, everybody of the business as `business`."""
    return by.actor if by.role.startswith("staff:") else "business"


def _sayings(answers: Answered) -> set[tuple[AnswerValue, str | None]]:
    return {(each.said, each.grade) for each in answers}


def decide(command: VisitCommands, visit: Visit) -> list[VisitEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, BeginVisit):
        return _begin(command, visit)
    if visit.begun is None:
        raise errors.NoVisitError
    _refuse_other_parties(command, visit.begun.assessor)
    match command:
        case AnswerItem():
            return _keep(command.answer, ItemAnswered(**dict(command)), visit)
        case AddPhoto():
            return _keep(command.photo, PhotoAdded(**dict(command)), visit)
        case SignVisit():
            return _keep(command.signature, VisitSigned(**dict(command)), visit)
        case SettleAnswers():
            return _settle(command, visit)
        case FinishVisit():
            return _finish(command, visit, visit.begun)
        case _:
            assert_never(command)


def _begin(command: BeginVisit, visit: Visit) -> list[VisitEvents]:
    begun = VisitBegun(**dict(command))
    if visit.begun is None:
        _refuse_other_parties(command, command.assessor)
        return [begun]
    if _content(visit.begun) != _content(begun):
        raise errors.AnotherVisitError
    return []


def _refuse_other_parties(command: VisitCommands, assessor: Assessor) -> None:
    """Raise NotTheAssessorError for whoever is not the assessor, and for a signature in another's place.

    The business signs an official's visit on the official's device or on its own; nobody but an official signs for the office.
    """
    party = _party(command.by)
    side = command.side if isinstance(command, SignVisit) else None
    signs_for_itself = side == party == "business"
    if (party != assessor and not signs_for_itself) or (side == "office" and party != "official"):
        raise errors.NotTheAssessorError


def _party(by: Act) -> Assessor:
    """Return for whom the role acts in a visit; nobody else than a mentor acts for the office."""
    return "business" if by.role in CITIZENS else "official"


def _keep(id: UUID, event: Sent, visit: Visit) -> list[VisitEvents]:
    """Record what a device sent, also after the visit was finished, so that nothing is lost."""
    known = visit.sent.get(id)
    if known is None:
        return [event]
    if _content(known) != _content(event):
        raise errors.AnotherAnswerError
    return []


def _content(event: VisitEvents) -> dict[str, object]:
    """Return what two copies of one answer must agree on: not the time of receipt, but the speaker.

    A visit from before digests is the same visit.
    """
    content = dict(event)
    if isinstance(event, VisitBegun):
        content["checklist"] = (event.checklist.id, event.checklist.version)
    content["by"] = speaker(event.by) if isinstance(event, Sent) else None
    return content


def _settle(command: SettleAnswers, visit: Visit) -> list[VisitEvents]:
    standing = [each.answer for each in visit.standing.get(command.item, ())]
    if command.answer not in standing:
        raise errors.NoSuchAnswerError
    over = tuple(each for each in standing if each != command.answer)
    return [AnswersSettled(**dict(command), over=over)] if over else []


def _finish(command: FinishVisit, visit: Visit, begun: VisitBegun) -> list[VisitEvents]:
    if command.result.checklist != begun.checklist:
        raise errors.OtherChecklistError
    if visit.in_dispute:
        raise errors.InDisputeError(visit.in_dispute)
    if command.unanswered:
        raise errors.UnansweredError(command.unanswered)
    if begun.assessor == "official" and not visit.is_signed:
        raise errors.NotSignedError
    if command.result == visit.result:
        return []
    return [VisitFinished(by=command.by, result=command.result, unsigned=visit.unsigned)]


def evolve(visit: Visit, event: VisitEvents) -> Visit:
    match event:
        case VisitBegun():
            return replace(visit, begun=event)
        case ItemAnswered(answer=id) | PhotoAdded(photo=id) | VisitSigned(signature=id):
            return replace(visit, sent=visit.sent | {id: event})
        case AnswersSettled():
            official = {event.by.actor} if event.by.role.startswith("staff:") else set[str]()
            settled_by = visit.settled_by | official
            return replace(visit, overruled=visit.overruled.union(event.over), settled_by=settled_by)
        case VisitFinished():
            return replace(visit, result=event.result)
        case _:
            assert_never(event)
