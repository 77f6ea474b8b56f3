"""A training for a group of businesses: who takes part, who came, what they knew before and after. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from zi_chassis.domain import CITIZENS, Command, Event, Parties, officials, refuse_other_roles
from zi_contracts.intake import District
from zi_umkm.domain import errors
from zi_umkm.roles import TEACHING


class Plan(Command):
    district: District
    topic: str
    begins: datetime
    places: int


class Enrol(Command):
    case: UUID


class RecordAttendance(Command):
    """Scores are of a hundred; said again, the last counts."""

    case: UUID
    before: int | None = None
    after: int | None = None


class Conclude(Command):
    pass


TrainingCommands = Plan | Enrol | RecordAttendance | Conclude
TRAINERS = officials(*TEACHING)
PARTIES: Parties = {
    Plan: TRAINERS,
    Enrol: CITIZENS | TRAINERS,
    RecordAttendance: TRAINERS,
    Conclude: TRAINERS,
}


class TrainingPlanned(Event):
    district: District
    topic: str
    begins: datetime
    places: int


class ParticipantEnrolled(Event):
    case: UUID


class AttendanceRecorded(Event):
    case: UUID
    before: int | None
    after: int | None


class TrainingHeld(Event):
    enrolled: int
    attended: int
    before: int | None
    after: int | None


TrainingEvents = TrainingPlanned | ParticipantEnrolled | AttendanceRecorded | TrainingHeld


@dataclass(frozen=True)
class Training:
    planned: TrainingPlanned | None = None
    enrolled: frozenset[UUID] = frozenset()
    attended: dict[UUID, AttendanceRecorded] = field(default_factory=dict)
    conclusion: TrainingHeld | None = None


initial = Training()


def decide(command: TrainingCommands, training: Training) -> list[TrainingEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, Plan):
        return _plan(command, training)
    if training.planned is None:
        raise errors.NotPlannedError
    match command:
        case Enrol():
            return _enrol(command, training, training.planned)
        case RecordAttendance():
            return _record_attendance(command, training, training.planned)
        case Conclude():
            return _conclude(command, training, training.planned)
        case _:
            assert_never(command)


def _plan(command: Plan, training: Training) -> list[TrainingEvents]:
    planned = TrainingPlanned(**dict(command))
    if training.planned is None:
        return [planned]
    if training.planned.model_dump(exclude={"by"}) != planned.model_dump(exclude={"by"}):
        raise errors.PlannedAlreadyError
    return []


def _enrol(command: Enrol, training: Training, planned: TrainingPlanned) -> list[TrainingEvents]:
    if command.case in training.enrolled:
        return []
    _refuse_held(training)
    if len(training.enrolled) >= planned.places:
        raise errors.FullError
    return [ParticipantEnrolled(**dict(command))]


def _record_attendance(
    command: RecordAttendance, training: Training, planned: TrainingPlanned
) -> list[TrainingEvents]:
    known = training.attended.get(command.case)
    if known is not None and (known.before, known.after) == (command.before, command.after):
        return []
    _refuse_held(training)
    if command.case not in training.enrolled:
        raise errors.NotEnrolledError
    _refuse_before(command, planned)
    return [AttendanceRecorded(**dict(command))]


def _conclude(command: Conclude, training: Training, planned: TrainingPlanned) -> list[TrainingEvents]:
    if training.conclusion is not None:
        return []
    _refuse_before(command, planned)
    return [_conclusion(command, training)]


def _conclusion(command: Conclude, training: Training) -> TrainingHeld:
    came = training.attended.values()
    both = [(each.before, each.after) for each in came if each.before is not None and each.after is not None]
    return TrainingHeld(
        by=command.by,
        enrolled=len(training.enrolled),
        attended=len(training.attended),
        before=_mean([before for before, _ in both]),
        after=_mean([after for _, after in both]),
    )


def _mean(scores: Sequence[int]) -> int | None:
    """Return the mean, rounded down."""
    return sum(scores) // len(scores) if scores else None


def _refuse_before(command: RecordAttendance | Conclude, planned: TrainingPlanned) -> None:
    """Raise where nobody can have come yet."""
    if command.by.at < planned.begins:
        raise errors.NotHeldYetError


def _refuse_held(training: Training) -> None:
    if training.conclusion is not None:
        raise errors.HeldAlreadyError


def evolve(training: Training, event: TrainingEvents) -> Training:
    match event:
        case TrainingPlanned():
            return replace(training, planned=event)
        case ParticipantEnrolled():
            return replace(training, enrolled=training.enrolled | {event.case})
        case AttendanceRecorded():
            return replace(training, attended=training.attended | {event.case: event})
        case TrainingHeld():
            return replace(training, conclusion=event)
        case _:
            assert_never(event)
