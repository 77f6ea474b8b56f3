"""Decide what a command about a permit changes: three people for each certificate, two for each revocation, no open critical finding. Pure."""

from typing import assert_never

from zi_chassis.domain import Act, WrongRoleError
from zi_umkm.domain import errors
from zi_umkm.domain.business import on_track
from zi_umkm.domain.case import permit, permit_errors
from zi_umkm.domain.case.messages import DeadlineMissed
from zi_umkm.domain.case.permit import PermitCertificate, PermitCommands, PermitEvents
from zi_umkm.domain.case.permit_state import HOLDING, REVOKING, PermitFile, PermitStage, PermitStanding
from zi_umkm.domain.case.refusals import (
    refuse_blocked,
    refuse_incomplete,
    refuse_other_staff,
    refuse_skipped,
)
from zi_umkm.domain.case.state import BEFORE_PERMIT, MentoringCase, MentoringStatus
from zi_umkm.roles import CHECKING, EVALUATING, SIGNING

PermitOutcome = PermitEvents | DeadlineMissed
# The roles in which an application is taken a step further, and those in which it is given back, by the step that it waits for.
ACTING = {
    PermitStage.ACCOUNT: CHECKING,
    PermitStage.EVALUATION: EVALUATING,
    PermitStage.ISSUE: SIGNING,
}


def decide_permit(command: PermitCommands, case: MentoringCase) -> list[PermitOutcome]:
    if isinstance(command, permit.OverCertificate):
        if isinstance(command, permit.RevokeStep):
            _refuse_mentor(command, case)
            _refuse_another_step(command, case.permit)
        return list(_about_certificate(command, case.permit))
    if isinstance(command, permit.ReportLatePermit):
        return _report_late(command, case.permit)
    has_graduated = case.status is MentoringStatus.GRADUATED and case.permit.certificate is not None
    if case.status in (MentoringStatus.CLOSED, MentoringStatus.GRADUATED) and not has_graduated:
        raise errors.MentoringOverError
    if case.status is MentoringStatus.DORMANT:
        raise errors.AsleepError
    match command:
        case permit.ApplyForPermit():
            return list(_apply(command, case))
        case permit.VerifyPermitAccount():
            return _verify_account(command, case)
        case permit.ReturnPermit():
            return _return(command, case)
        case permit.FindFit():
            return _find_fit(command, case)
        case permit.IssuePermit():
            return _issue(command, case)
        case _:
            assert_never(command)


# -- the application


def _apply(command: permit.ApplyForPermit, case: MentoringCase) -> list[PermitOutcome]:
    refuse_other_staff(command.by, case)
    refuse_skipped(case, MentoringStatus.CORRECTED)
    refuse_blocked(case)
    file = case.permit
    if file.is_at_work or (case.status not in BEFORE_PERMIT and file.certificate is None):
        return []
    renews = None if file.certificate is None else _renewed(command, file, file.certificate)
    refuse_incomplete(command)
    applied = permit.PermitApplied(
        by=command.by, request=command.request, rules=command.rules, promise=command.promise, renews=renews
    )
    return [applied]


def _renewed(command: permit.ApplyForPermit, file: PermitFile, certificate: PermitCertificate) -> str:
    """Return the number that a new certificate follows; raise while the old one is in question, or holds for long."""
    _refuse_pending(file)
    too_early = command.opens_at is None or command.by.at < command.opens_at
    if file.standing in HOLDING and too_early:
        raise permit_errors.PermitStillValidError
    return certificate.number


def _verify_account(command: permit.VerifyPermitAccount, case: MentoringCase) -> list[PermitOutcome]:
    file = case.permit
    _refuse_mentor(command, case)
    if file.stage in (PermitStage.EVALUATION, PermitStage.ISSUE):
        return []
    if file.stage is not PermitStage.ACCOUNT:
        raise errors.NotAppliedError
    _refuse_another_step(command, file)
    verified = permit.PermitAccountVerified(by=command.by, request=command.request, promise=command.promise)
    return [*_missed(command.by, file), verified]


def _return(command: permit.ReturnPermit, case: MentoringCase) -> list[PermitOutcome]:
    file = case.permit
    _refuse_mentor(command, case)
    roles = ACTING.get(file.stage)
    if roles is None:
        raise errors.NotAppliedError
    if command.by.role.removeprefix("staff:") not in roles:
        raise WrongRoleError
    _refuse_another_step(command, file)
    returned = permit.PermitReturned(by=command.by, request=command.request, items=command.items)
    return [*_missed(command.by, file), returned]


def _find_fit(command: permit.FindFit, case: MentoringCase) -> list[PermitOutcome]:
    file = case.permit
    _refuse_mentor(command, case)
    if file.stage is PermitStage.ISSUE:
        return []
    if file.stage is PermitStage.ACCOUNT:
        raise permit_errors.AccountUnverifiedError
    if file.stage is not PermitStage.EVALUATION:
        refuse_skipped(case, MentoringStatus.PERMIT_APPLIED)
        raise errors.NotAppliedError
    _refuse_another_step(command, file)
    _refuse_own_account(command.by, file)
    _refuse_unsettled(case)
    refuse_incomplete(command)
    fit = permit.PermitFoundFit(
        by=command.by, request=command.request, items=command.items, promise=command.promise
    )
    return [*_missed(command.by, file), fit]


def _issue(command: permit.IssuePermit, case: MentoringCase) -> list[PermitOutcome]:
    file = case.permit
    _refuse_mentor(command, case)
    if file.stage is not PermitStage.ISSUE:
        refuse_skipped(case, MentoringStatus.PERMIT_APPLIED)
        raise permit_errors.NotFoundFitError if file.is_at_work else errors.NotAppliedError
    _refuse_another_step(command, file)
    if command.by.actor == file.fit_by:
        raise permit_errors.SignsOwnFindingError
    _refuse_own_account(command.by, file)
    _refuse_unsettled(case)
    issued = permit.PermitIssued(
        by=command.by, request=command.request, items=command.items, certificate=command.certificate
    )
    return [*_missed(command.by, file), issued]


def _refuse_own_account(by: Act, file: PermitFile) -> None:
    if by.actor == file.account_by:
        raise permit_errors.VerifiedAccountError


def _refuse_unsettled(case: MentoringCase) -> None:
    """Raise while it is not known what is made, a revocation is being decided, or a critical finding is open."""
    _refuse_pending(case.permit)
    if not case.products <= {each.product for each in case.triaged}:
        raise errors.NotTriagedError
    if not on_track(case.triaged, "md"):
        raise errors.NotOurTrackError
    refuse_blocked(case)


def _refuse_mentor(command: permit.Evaluate | permit.RevokeStep, case: MentoringCase) -> None:
    if command.by.actor in command.mentors.union(case.mentors, case.former_mentors):
        raise errors.MentorDecidesError


def _refuse_another_step(command: permit.Evaluate | permit.RevokeStep, file: PermitFile) -> None:
    """Raise where somebody has done something since the official looked; a program may leave out when that was."""
    if command.step not in (None, file.steps):
        raise permit_errors.PermitChangedError


# -- its clocks


def _missed(by: Act, file: PermitFile) -> list[PermitOutcome]:
    """Record the breach of the promise whose clock this act ends or stops, so that being quick afterwards hides nothing."""
    promise = file.running
    if promise is None or by.at <= promise.due:
        return []
    missed = DeadlineMissed(
        by=by,
        since=promise.since,
        due=promise.due,
        rules=promise.promised_by.rules,
        clock=promise.clock,
    )
    return [missed]


def _report_late(command: permit.ReportLatePermit, file: PermitFile) -> list[PermitOutcome]:
    promise = file.running
    if promise is None or (promise.clock, promise.since, promise.due) != (
        command.clock,
        command.since,
        command.due,
    ):
        return []
    marked = {"reported_late": command.reported_late}
    return [each.model_copy(update=marked) for each in _missed(command.by, file)]


def missed_at_the_end(by: Act, case: MentoringCase) -> list[PermitOutcome]:
    """Record the breach of a promise that nobody waits for any more, because the case ends."""
    return _missed(by, case.permit)


# -- the certificate


def _about_certificate(command: permit.CertificateCommands, file: PermitFile) -> list[PermitEvents]:
    if file.certificate is None:
        raise permit_errors.NoCertificateError
    match command:
        case permit.ProposeRevocation():
            return _propose(command, file, file.certificate)
        case permit.DropRevocation():
            return _drop(command, file, file.certificate)
        case permit.AnnounceRevocation():
            return _announce(command, file, file.certificate)
        case permit.ObjectToRevocation():
            return _object(command, file, file.certificate)
        case permit.ConfirmRevocation():
            return _confirm(command, file, file.certificate)
        case permit.TakeRevocationEffect():
            return _take_effect(command, file, file.certificate)
        case permit.RemindOfRenewal():
            return _remind(command, file, file.certificate)
        case permit.ExpirePermit():
            return _expire(command, file, file.certificate)
        case _:
            assert_never(command)


def _propose(
    command: permit.ProposeRevocation, file: PermitFile, certificate: PermitCertificate
) -> list[PermitEvents]:
    _refuse_ended(file)
    _refuse_pending(file)
    proposed = permit.RevocationProposed(
        by=command.by,
        request=command.request,
        number=certificate.number,
        reason=command.reason,
        items=command.items,
    )
    return [proposed]


def _drop(
    command: permit.DropRevocation, file: PermitFile, certificate: PermitCertificate
) -> list[PermitEvents]:
    _refuse_party(command, file)
    dropped = permit.RevocationDropped(
        by=command.by, request=command.request, number=certificate.number, items=command.items
    )
    return [dropped]


def _announce(
    command: permit.AnnounceRevocation, file: PermitFile, certificate: PermitCertificate
) -> list[PermitEvents]:
    if file.standing in REVOKING:
        raise permit_errors.RevocationPendingError
    proposed = _refuse_party(command, file)
    announced = permit.RevocationAnnounced(
        by=command.by,
        request=command.request,
        number=certificate.number,
        reason=proposed.reason,
        objection_until=command.objection_until,
        rules=command.rules,
        items=command.items,
    )
    if command.objection_until is not None:
        return [announced]
    revoked = permit.PermitRevoked(by=command.by, number=certificate.number, reason=proposed.reason)
    return [announced, revoked]


def _object(
    command: permit.ObjectToRevocation, file: PermitFile, certificate: PermitCertificate
) -> list[PermitEvents]:
    if file.standing is PermitStanding.CONTESTED:
        return []
    until = None if file.announced is None else file.announced.objection_until
    if file.standing is not PermitStanding.ANNOUNCED or until is None or command.by.at >= until:
        raise permit_errors.ObjectionTooLateError
    contested = permit.RevocationContested(
        by=command.by, request=command.request, number=certificate.number, items=command.items
    )
    return [contested]


def _confirm(
    command: permit.ConfirmRevocation, file: PermitFile, certificate: PermitCertificate
) -> list[PermitEvents]:
    if file.standing is not PermitStanding.CONTESTED:
        raise permit_errors.NotContestedError
    proposed = _refuse_party(command, file)
    revoked = permit.PermitRevoked(
        by=command.by,
        request=command.request,
        number=certificate.number,
        reason=proposed.reason,
        items=command.items,
    )
    return [revoked]


def _take_effect(
    command: permit.TakeRevocationEffect, file: PermitFile, certificate: PermitCertificate
) -> list[PermitEvents]:
    announced = file.announced
    if file.standing is not PermitStanding.ANNOUNCED or announced is None:
        return []
    if command.objection_until != announced.objection_until or command.by.at < command.objection_until:
        return []
    return [permit.PermitRevoked(by=command.by, number=certificate.number, reason=announced.reason)]


def _remind(
    command: permit.RemindOfRenewal, file: PermitFile, certificate: PermitCertificate
) -> list[PermitEvents]:
    until = certificate.valid_until
    if until is None or file.reminded or not _is_of(command.number, file, certificate):
        return []
    return [permit.PermitRenewalDue(by=command.by, number=certificate.number, valid_until=until)]


def _expire(
    command: permit.ExpirePermit, file: PermitFile, certificate: PermitCertificate
) -> list[PermitEvents]:
    until = certificate.valid_until
    if until is None or command.day <= until or not _is_of(command.number, file, certificate):
        return []
    return [permit.PermitExpired(by=command.by, number=certificate.number, valid_until=until)]


def _is_of(number: str, file: PermitFile, certificate: PermitCertificate) -> bool:
    """Tell whether a timer is of this certificate, and the certificate holds."""
    return number == certificate.number and file.standing in HOLDING


def _refuse_party(command: permit.RevokeStep, file: PermitFile) -> permit.RevocationProposed:
    """Raise for whoever proposed it, and for whoever decided what is contested now."""
    if file.proposed is None:
        raise permit_errors.NoRevocationError
    if command.by.actor in file.revocation_parties:
        raise permit_errors.OwnProposalError
    return file.proposed


def _refuse_ended(file: PermitFile) -> None:
    if file.standing not in HOLDING:
        raise permit_errors.CertificateEndedError


def _refuse_pending(file: PermitFile) -> None:
    if file.proposed is not None or file.standing in REVOKING:
        raise permit_errors.RevocationPendingError
