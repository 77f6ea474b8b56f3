"""A finding and the action that puts it right: whoever agreed on it or gave its evidence never verifies it. Pure; lives within a case."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from zi_chassis.domain import (
    CITIZENS,
    Command,
    Event,
    Parties,
    Value,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.intake import Items
from zi_contracts.umkm import PromisedBy, VerifiedBy
from zi_umkm.domain import errors
from zi_umkm.domain.business import AssessedFinding
from zi_umkm.roles import MENTORING, VERIFYING


class ActionCommand(Command):
    request: UUID | None = None
    item: str


class AgreeAction(ActionCommand):
    """Root cause, correction and action are texts in the vault; `promised_by` says what a date follows from that nobody chose."""

    due: datetime
    promised_by: PromisedBy | None = None
    items: Items = ()


class GiveActionEvidence(ActionCommand):
    items: Items


class VerifyAction(ActionCommand):
    """`means` is how it was seen; of a critical finding it is one of those that the rules `accept`. `items` is what was seen. `trip` is the
    number of the letter of assignment of a trip of the official to the business since its evidence; empty where none is known."""

    means: VerifiedBy | None = None
    trip: str = ""
    accept: frozenset[VerifiedBy] = frozenset({"on_site", "live"})
    items: Items = ()


class ReopenAction(ActionCommand):
    items: Items = ()


class RemindOfAction(ActionCommand):
    """The timer of a due date: its time says which."""

    due: datetime


ActionCommands = AgreeAction | GiveActionEvidence | VerifyAction | ReopenAction | RemindOfAction
MENTORS = officials(*MENTORING)
VERIFIERS = officials(*VERIFYING)
PARTIES: Parties = {
    AgreeAction: CITIZENS | MENTORS,
    GiveActionEvidence: CITIZENS | MENTORS,
    VerifyAction: VERIFIERS,
    ReopenAction: VERIFIERS,
    RemindOfAction: services("umkm"),
}


class ActionEvent(Event):
    request: UUID | None = None
    item: str


class ActionAgreed(ActionEvent):
    due: datetime
    promised_by: PromisedBy | None = None
    items: Items


class ActionEvidenced(ActionEvent):
    items: Items


class ActionVerified(ActionEvent):
    """`trip_recorded` is set where an official says to have seen it on the spot, with the `number` of the trip's letter if there is one."""

    means: VerifiedBy | None = None
    number: str | None = None
    trip_recorded: bool | None = None
    items: Items = ()


class ActionReopened(ActionEvent):
    """It is due again when it was due before."""

    due: datetime
    items: Items


class ActionOverdue(ActionEvent):
    due: datetime


ActionEvents = ActionAgreed | ActionEvidenced | ActionVerified | ActionReopened | ActionOverdue


class Progress(StrEnum):
    FOUND = "found"
    AGREED = "agreed"
    EVIDENCED = "evidenced"
    VERIFIED = "verified"


class TrackedFinding(Value):
    """`self_found` as long as only the business itself has found it; `authors` are those of the action, `raised_by` the officials who
    found it.
    """

    item: str
    grade: str
    critical: bool
    self_found: bool
    progress: Progress = Progress.FOUND
    authors: frozenset[str] = frozenset()
    raised_by: frozenset[str] = frozenset()
    due: datetime | None = None
    overdue: bool = False

    @property
    def is_open(self) -> bool:
        return self.progress is not Progress.VERIFIED

    @property
    def is_blocking(self) -> bool:
        return self.critical and self.is_open

    @property
    def never_verified_by(self) -> frozenset[str]:
        """Return the authors, and of a critical finding those who raised it too."""
        return self.authors | self.raised_by if self.critical else self.authors

    @property
    def is_under_way(self) -> bool:
        return self.progress in (Progress.AGREED, Progress.EVIDENCED)


TrackedFindings = tuple[TrackedFinding, ...]


def decide(command: ActionCommands, finding: TrackedFinding) -> list[ActionEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case AgreeAction():
            return _agree(command, finding)
        case GiveActionEvidence():
            _refuse_unless_agreed(finding)
            return [ActionEvidenced(**dict(command))]
        case VerifyAction():
            return _verify(command, finding)
        case ReopenAction():
            return _reopen(command, finding)
        case RemindOfAction():
            return _remind(command, finding)
        case _:
            assert_never(command)


def _agree(command: AgreeAction, finding: TrackedFinding) -> list[ActionEvents]:
    if not finding.is_open:
        raise errors.VerifiedAlreadyError
    if command.due <= command.by.at:
        raise errors.DuePassedError
    return [ActionAgreed(**dict(command))]


def _verify(command: VerifyAction, finding: TrackedFinding) -> list[ActionEvents]:
    if not finding.is_open:
        return []
    if finding.progress is not Progress.EVIDENCED:
        raise errors.NoEvidenceError
    if command.by.actor in finding.authors:
        raise errors.OwnActionError
    if finding.critical:
        _refuse_unseen(command, finding)
    verified = ActionVerified(
        by=command.by, request=command.request, item=command.item, means=command.means, items=command.items
    )
    if command.means != "on_site":
        return [verified]
    trip = {"number": command.trip or None, "trip_recorded": command.trip != ""}
    return [verified.model_copy(update=trip)]


def _refuse_unseen(command: VerifyAction, finding: TrackedFinding) -> None:
    """Raise unless somebody else than whoever raised the critical finding has seen that it was put right."""
    if command.by.actor in finding.raised_by:
        raise errors.OwnFindingError
    if command.means not in command.accept:
        raise errors.NotSeenError


def _reopen(command: ReopenAction, finding: TrackedFinding) -> list[ActionEvents]:
    if finding.progress is Progress.FOUND or finding.due is None:
        raise errors.NotAgreedError
    if finding.progress is Progress.AGREED:
        return []
    return [ActionReopened(**dict(command), due=finding.due)]


def _remind(command: RemindOfAction, finding: TrackedFinding) -> list[ActionEvents]:
    """Mark the action overdue, once, and only while it is owed."""
    if finding.progress is not Progress.AGREED or finding.overdue or finding.due != command.due:
        return []
    return [ActionOverdue(**dict(command))]


def _refuse_unless_agreed(finding: TrackedFinding) -> None:
    if finding.progress is Progress.FOUND:
        raise errors.NotAgreedError
    if not finding.is_open:
        raise errors.VerifiedAlreadyError


def evolve(finding: TrackedFinding, event: ActionEvents) -> TrackedFinding:
    match event:
        case ActionAgreed(due=due):
            agreed = _with_author(finding, event.by.actor)
            return agreed.model_copy(update={"progress": Progress.AGREED, "due": due, "overdue": False})
        case ActionEvidenced():
            evidenced = _with_author(finding, event.by.actor)
            return evidenced.model_copy(update={"progress": Progress.EVIDENCED})
        case ActionVerified():
            return finding.model_copy(update={"progress": Progress.VERIFIED})
        case ActionReopened():
            return finding.model_copy(update={"progress": Progress.AGREED})
        case ActionOverdue():
            return finding.model_copy(update={"overdue": True})
        case _:
            assert_never(event)


def _with_author(finding: TrackedFinding, author: str) -> TrackedFinding:
    return finding.model_copy(update={"authors": finding.authors | {author}})


def after_assessment(
    known: TrackedFindings, assessed: Sequence[AssessedFinding], officials: frozenset[str] | None
) -> TrackedFindings:
    """Merge an assessment by officials, or by the business itself (None), into the known findings.

    A finding stays open until it is verified. One that only the business has found is dropped where an official does not find it.
    """
    found = {each.item: each for each in assessed}
    before = {each.item: each for each in known}
    again = [
        _found_again(each, found.get(each.item), officials)
        for each in known
        if officials is None or _stays(each, found)
    ]
    new = [_found(each, officials) for item, each in found.items() if item not in before]
    return (*again, *new)


def raised_by_more(
    known: TrackedFindings, assessed: Sequence[AssessedFinding], officials: frozenset[str]
) -> TrackedFindings:
    """Add the officials to those who raised what was assessed; nothing is found again."""
    items = {each.item for each in assessed}
    return tuple(
        each.model_copy(update={"raised_by": each.raised_by | officials}) if each.item in items else each
        for each in known
    )


def _stays(finding: TrackedFinding, found: dict[str, AssessedFinding]) -> bool:
    return finding.item in found or not finding.self_found or finding.progress is not Progress.FOUND


def _found(assessed: AssessedFinding, officials: frozenset[str] | None) -> TrackedFinding:
    return TrackedFinding(
        item=assessed.item,
        grade=assessed.grade,
        critical=assessed.critical,
        self_found=officials is None,
        raised_by=officials or frozenset(),
    )


def _found_again(
    finding: TrackedFinding, assessed: AssessedFinding | None, officials: frozenset[str] | None
) -> TrackedFinding:
    """Reopen a verified finding; an open critical one never becomes lighter."""
    if assessed is None:
        return finding
    if not finding.is_open:
        return _found(assessed, officials)
    heavier = finding if finding.critical else assessed
    changes = {
        "grade": heavier.grade,
        "critical": heavier.critical,
        "self_found": officials is None and finding.self_found,
        "raised_by": finding.raised_by.union(officials or ()),
    }
    return finding.model_copy(update=changes)
