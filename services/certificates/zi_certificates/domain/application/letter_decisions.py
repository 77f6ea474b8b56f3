"""Decide about the letters of an application: sign for them, number, seal, suspend, reinstate, revoke and supersede them."""

from typing import assert_never
from uuid import UUID

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import (
    CallForAmendment,
    LetterActs,
    RecordLapse,
    RecordNumber,
    Reinstate,
    RenewTimestamp,
    Revoke,
    Seal,
    Sign,
    SignPersonally,
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
    LetterSignatureLapsed,
    LetterSignedPersonally,
    LettersSigned,
    LetterSuperseded,
    LetterSuspended,
)
from zi_certificates.domain.application.preconditions import refuse_another_revision, refuse_unless_signing
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.impartiality import refuse_unless_signer
from zi_certificates.domain.standing import FINAL, Letter, Standing
from zi_chassis.domain import Act


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


def decide_about_letter(command: LetterActs, application: Application) -> list[ApplicationEvents]:
    match command:
        case RecordNumber():
            return _record_number(command, application)
        case SignPersonally():
            return _sign_personally(command, application)
        case RecordLapse():
            return _record_lapse(command, application)
        case Seal():
            return _seal(command, application)
        case RenewTimestamp():
            return _renew_timestamp(command, application)
        case Supersede():
            return _supersede(command, application)
        case _:
            assert_never(command)


def _record_number(command: RecordNumber, application: Application) -> list[ApplicationEvents]:
    letter = _letter(command.letter, application)
    if letter.number is None:
        return [LetterNumbered(**dict(command))]
    if letter.number != command.number:
        raise errors.AnotherNumberError
    return []


def _sign_personally(command: SignPersonally, application: Application) -> list[ApplicationEvents]:
    letter = _letter(command.letter, application)
    if letter.standing in FINAL:
        raise errors.LetterOverError
    if letter.id in letters_without_signature(command.by, application):
        return [LetterSignedPersonally(**dict(command))]
    if letter.signed != command.file:
        raise errors.SignedPersonallyError
    return []


def _record_lapse(command: RecordLapse, application: Application) -> list[ApplicationEvents]:
    """Nothing lapses beneath a seal, which proves when the signature was there."""
    letter = _letter(command.letter, application)
    if letter.file is not None or letter.signed != command.file:
        return []
    return [LetterSignatureLapsed(**dict(command))]


def letters_without_signature(by: Act, application: Application) -> tuple[UUID, ...]:
    """Return the letters that still want the personal signature of this official, who must have decided about them: also where the appointment
    of an acting signer is over by now, as the decision was made within it. One that was revoked meanwhile wants none any more.

    Raises NoPersonalSignatureError, NotTheSignatoryError, PageNotReadyError."""
    promising = [letter for letter in application.letters if letter.personal_signature]
    if application.signed is None or not promising:
        raise errors.NoPersonalSignatureError
    if by.actor != application.signed.by.actor:
        raise errors.NotTheSignatoryError
    if any(letter.number is None for letter in promising):
        raise errors.PageNotReadyError
    return tuple(letter.id for letter in promising if letter.lacks_signature)


def _seal(command: Seal, application: Application) -> list[ApplicationEvents]:
    letter = _letter(command.letter, application)
    if letter.number is None:
        raise errors.NotNumberedError
    if letter.awaits_signature:
        raise errors.SignatureWantedError
    if letter.file is None:
        return [LetterSealed(**dict(command))]
    if letter.file != command.file:
        raise errors.SealedAlreadyError
    return []


def _renew_timestamp(command: RenewTimestamp, application: Application) -> list[ApplicationEvents]:
    """A letter that is not valid any more is renewed too: what it was stays to be shown."""
    letter = _sealed(command.letter, application)
    return [] if command.file == letter.renewed else [LetterRenewed(**dict(command))]


def change_standing(
    command: Suspend | Reinstate | Revoke, application: Application
) -> list[ApplicationEvents]:
    refuse_unless_signer(command.by, command.appointment)
    letter = _letter(command.letter, application)
    if letter.file is None and not (isinstance(command, Revoke) and letter.awaits_signature):
        raise errors.NotSealedError
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
            if command.by.actor in application.hands:
                raise errors.SamePersonError
            return [LetterReinstated(**signers_fields(command))]
        case Revoke():
            return [LetterRevoked(**signers_fields(command))]
        case _:
            assert_never(command)


def call_for_amendment(command: CallForAmendment, application: Application) -> list[ApplicationEvents]:
    """Name what is wrong: only that is amended at the fee of a call. Another call may name more."""
    letter, wrong = _sealed(command.letter, application), set(command.fields)
    if letter.standing is not Standing.VALID:
        raise errors.LetterOverError
    if letter.to_amend and (not letter.called_fields or (wrong and wrong <= letter.called_fields)):
        return []
    if not command.amendable:
        raise errors.AmendmentUndecidedError
    if command.is_at_work:
        raise errors.LetterAtWorkError
    if not wrong:
        raise errors.NoFieldNamedError
    if not wrong <= command.amendable:
        raise errors.FieldNotAmendableError
    fields = decision_fields(command)
    del fields["amendable"], fields["is_at_work"]
    return [AmendmentCalledFor(**fields)]


def _supersede(command: Supersede, application: Application) -> list[ApplicationEvents]:
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
