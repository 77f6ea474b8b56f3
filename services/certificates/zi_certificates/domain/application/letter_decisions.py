"""Decide about the letters of an application: sign for them, number, seal, suspend, reinstate, revoke and supersede them."""

from typing import assert_never
from uuid import UUID

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import (
    CallForAmendment,
    RecordNumber,
    Reinstate,
    RenewTimestamp,
    Revoke,
    Seal,
    Sign,
    Supersede,
    Suspend,
)
from zi_certificates.domain.application.decision_fields import decision_fields, signers_fields
from zi_certificates.domain.application.events import (
    AmendmentCalledFor,
    ApplicationEvents,
    LetterNumbered,
    LetterReinstated,
    LetterRenewed,
    LetterRevoked,
    LetterSealed,
    LettersSigned,
    LetterSuperseded,
    LetterSuspended,
)
from zi_certificates.domain.application.preconditions import refuse_another_revision, refuse_unless_signing
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.impartiality import refuse_unless_signer
from zi_certificates.domain.standing import FINAL, Letter, Standing


def sign(command: Sign, application: Application) -> list[ApplicationEvents]:
    refuse_unless_signing(command, application)
    refuse_another_revision(command.revision, application)
    if not command.amended_holds:
        raise errors.AmendedLetterOverError
    if command.refused != application.refused_numbers:
        raise errors.ChangedMeanwhileError
    wanted = application.statement.kinds if application.statement else ()
    named = {letter.letter for letter in command.letters}
    if sorted(each.kind for each in command.letters) != sorted(wanted) or len(named) < len(wanted):
        raise errors.OtherLettersError
    fields = signers_fields(command) | {"refused": application.refused}
    del fields["amended_holds"]
    return [LettersSigned(**fields, evaluators=application.evaluators)]


def record_number(command: RecordNumber, application: Application) -> list[ApplicationEvents]:
    letter = _letter(command.letter, application)
    if letter.number is None:
        return [LetterNumbered(**dict(command))]
    if letter.number != command.number:
        raise errors.AnotherNumberError
    return []


def seal(command: Seal, application: Application) -> list[ApplicationEvents]:
    letter = _letter(command.letter, application)
    if letter.number is None:
        raise errors.NotNumberedError
    if letter.file is None:
        return [LetterSealed(**dict(command))]
    if letter.file != command.file:
        raise errors.SealedAlreadyError
    return []


def renew_timestamp(command: RenewTimestamp, application: Application) -> list[ApplicationEvents]:
    """A letter that is not valid any more is renewed too: what it was stays to be shown."""
    letter = _sealed(command.letter, application)
    return [] if command.file == letter.renewed else [LetterRenewed(**dict(command))]


def change_standing(
    command: Suspend | Reinstate | Revoke, application: Application
) -> list[ApplicationEvents]:
    refuse_unless_signer(command.by, command.appointment)
    letter = _sealed(command.letter, application)
    target = {Suspend: Standing.SUSPENDED, Reinstate: Standing.VALID, Revoke: Standing.REVOKED}[type(command)]
    if letter.standing is target:
        return []
    if letter.standing in FINAL:
        raise errors.LetterOverError
    match command:
        case Suspend():
            return [LetterSuspended(**signers_fields(command))]
        case Reinstate():
            if command.by.actor == letter.suspended_by:
                raise errors.OwnSuspensionError
            return [LetterReinstated(**signers_fields(command))]
        case Revoke():
            return [LetterRevoked(**signers_fields(command))]
        case _:
            assert_never(command)


def call_for_amendment(command: CallForAmendment, application: Application) -> list[ApplicationEvents]:
    letter = _sealed(command.letter, application)
    if letter.standing is not Standing.VALID:
        raise errors.LetterOverError
    return [] if letter.to_amend else [AmendmentCalledFor(**decision_fields(command))]


def supersede(command: Supersede, application: Application) -> list[ApplicationEvents]:
    letter = _sealed(command.letter, application)
    if letter.by_number == command.by_number:
        return []
    if letter.standing in FINAL:
        raise errors.LetterOverError
    return [LetterSuperseded(**dict(command))]


def _letter(id: UUID, application: Application) -> Letter:
    for letter in application.letters:
        if letter.id == id:
            return letter
    raise errors.NoSuchLetterError


def _sealed(id: UUID, application: Application) -> Letter:
    letter = _letter(id, application)
    if letter.file is None:
        raise errors.NotSealedError
    return letter
