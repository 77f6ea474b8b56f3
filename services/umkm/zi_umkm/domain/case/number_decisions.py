"""Decide what a command about a number changes: nobody checks a number of a business that they have mentored. Pure."""

from typing import Any, assert_never

from zi_umkm.domain import errors
from zi_umkm.domain.case.numbers import (
    BusinessNumberChecked,
    CheckBusinessNumber,
    CheckNumber,
    CheckRegistrationNumber,
    CorrectRegistrationNumber,
    NumberCommand,
    NumberCommands,
    NumberEvents,
    NumberObtained,
    RecordReferredNumber,
    RecordRegistrationNumber,
    ReferredNumberObtained,
    RegistrationNumberChecked,
    RegistrationNumberCorrected,
    StateNumber,
)
from zi_umkm.domain.case.refusals import refuse_blocked, refuse_other_staff, refuse_skipped
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus
from zi_umkm.domain.case.state_questions import open_questions


def decide_number(command: NumberCommands, case: MentoringCase) -> list[NumberEvents]:
    match command:
        case RecordRegistrationNumber():
            return _record(command, case)
        case RecordReferredNumber():
            return _record_referred(command, case)
        case CorrectRegistrationNumber():
            return _correct(command, case)
        case CheckRegistrationNumber():
            return _check(command, case)
        case CheckBusinessNumber():
            return _check_business(command, case)
        case _:
            assert_never(command)


def _record(command: RecordRegistrationNumber, case: MentoringCase) -> list[NumberEvents]:
    refuse_other_staff(command.by, case)
    if command.product in case.numbers:
        return _refuse_another(command, case.numbers[command.product])
    refuse_skipped(case, MentoringStatus.PERMIT_ISSUED)
    if command.product not in case.sent:
        raise errors.NotSentError
    if command.product not in {each.product for each in case.triaged}:
        raise errors.NotTriagedError
    refuse_blocked(case)
    _refuse_misshapen(command)
    return [NumberObtained(**_stated(command), instead_of=case.referred_numbers.get(command.product))]


def _record_referred(command: RecordReferredNumber, case: MentoringCase) -> list[NumberEvents]:
    refuse_other_staff(command.by, case)
    if command.product in case.referred_numbers:
        return _refuse_another(command, case.referred_numbers[command.product])
    if command.product in case.numbers:
        raise errors.OtherRegistrationNumberError
    if command.product not in case.referred:
        raise errors.NotReferredError
    _refuse_misshapen(command)
    return [ReferredNumberObtained(**_stated(command))]


def _correct(command: CorrectRegistrationNumber, case: MentoringCase) -> list[NumberEvents]:
    refuse_other_staff(command.by, case)
    former = case.all_numbers.get(command.product)
    if former is None:
        raise errors.NoNumberToCheckError
    if former == command.number:
        return []
    if command.product in case.confirmed:
        raise errors.NumberConfirmedError
    _refuse_misshapen(command)
    return [RegistrationNumberCorrected(**_stated(command), former=former)]


def _check(command: CheckRegistrationNumber, case: MentoringCase) -> list[NumberEvents]:
    _refuse_mentors(command, case)
    number = case.all_numbers.get(command.product)
    if number is None:
        raise errors.NoNumberToCheckError
    if number != command.number:
        raise errors.OtherRegistrationNumberError
    if command.outcome == "confirmed" and command.product in case.confirmed:
        return []
    waits = command.outcome == "refuted" and command.product in case.numbers
    questions = open_questions(case, command.product) if waits else ()
    return [RegistrationNumberChecked(**_stated(command), questions=questions)]


def _check_business(command: CheckBusinessNumber, case: MentoringCase) -> list[NumberEvents]:
    _refuse_mentors(command, case)
    if case.business is None or not case.business.has_nib:
        raise errors.NoNumberToCheckError
    if command.business_ref != case.business_ref:
        raise errors.OtherBusinessNumberError
    if command.outcome == case.business_number:
        return []
    return [BusinessNumberChecked(**_stated(command))]


def _refuse_mentors(command: CheckNumber, case: MentoringCase) -> None:
    if command.by.actor in command.mentors.union(case.mentors, case.former_mentors):
        raise errors.MentorChecksError


def _refuse_another(command: StateNumber, number: str) -> list[NumberEvents]:
    if number != command.number:
        raise errors.OtherRegistrationNumberError
    return []


def _refuse_misshapen(command: StateNumber) -> None:
    if command.shape != "expected":
        raise errors.NumberShapeError


def _stated(command: NumberCommand) -> dict[str, Any]:
    """Return the fields of the command that its event repeats."""
    return {name: value for name, value in dict(command).items() if name not in ("shape", "mentors")}
