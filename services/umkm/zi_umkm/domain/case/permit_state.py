"""The state of a permit (IP CPPOB), as the events of its case make it. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from zi_umkm.domain.case import permit
from zi_umkm.domain.case.permit import PermitCertificate, PermitEvents, PermitPromise
from zi_umkm.domain.case.status import BEFORE_PERMIT, MentoringStatus


class PermitStage(StrEnum):
    """The step that an application waits for."""

    NONE = "none"
    ACCOUNT = "account"
    EVALUATION = "evaluation"
    RETURNED = "returned"
    ISSUE = "issue"
    DONE = "done"


class PermitStanding(StrEnum):
    """The standing of the certificate; while a revocation is announced or contested it still holds."""

    NONE = "none"
    VALID = "valid"
    ANNOUNCED = "announced"
    CONTESTED = "contested"
    REVOKED = "revoked"
    EXPIRED = "expired"


AT_WORK = (PermitStage.ACCOUNT, PermitStage.EVALUATION, PermitStage.ISSUE)
HOLDING = (PermitStanding.VALID, PermitStanding.ANNOUNCED, PermitStanding.CONTESTED)
# What an event makes of a case that has no permit yet.
WITHOUT_PERMIT = (*BEFORE_PERMIT, MentoringStatus.PERMIT_APPLIED)
MOVED_BY: dict[type[PermitEvents], MentoringStatus] = {
    permit.PermitApplied: MentoringStatus.PERMIT_APPLIED,
    permit.PermitReturned: MentoringStatus.ASSESSED,
    permit.PermitIssued: MentoringStatus.PERMIT_ISSUED,
}
REVOKING = (PermitStanding.ANNOUNCED, PermitStanding.CONTESTED)


@dataclass(frozen=True)
class StoppedPromise:
    promise: PermitPromise
    at: datetime


@dataclass(frozen=True)
class PermitFile:
    """`promise` is the clock that runs, or that `stopped_at` stopped; `missed` are promises whose breach is recorded. `renews` is the number
    that the application would follow. `officials` have had it in their hands; `account_by` verified its account, `fit_by` found the business
    fit. `steps` counts what has been done about it, and what has changed that it is decided by. `stopped_evaluation` is the promise that goes
    on when the account was verified anew."""

    stage: PermitStage = PermitStage.NONE
    account_verified: bool = False
    promise: PermitPromise | None = None
    stopped_at: datetime | None = None
    stopped_evaluation: StoppedPromise | None = None
    missed: frozenset[tuple[str, datetime]] = frozenset()
    renews: str | None = None
    officials: frozenset[str] = frozenset()
    account_by: str = ""
    fit_by: str = ""
    certificate: PermitCertificate | None = None
    standing: PermitStanding = PermitStanding.NONE
    proposed: permit.RevocationProposed | None = None
    announced: permit.RevocationAnnounced | None = None
    reminded: bool = False
    steps: int = 0

    @property
    def is_at_work(self) -> bool:
        """Tell whether the office has to act on an application."""
        return self.stage in AT_WORK

    @property
    def is_found_fit(self) -> bool:
        return self.stage is PermitStage.ISSUE

    @property
    def running(self) -> PermitPromise | None:
        """The promise whose clock runs, and whose breach is not recorded."""
        known = self.promise
        if known is None or not self.is_at_work or (known.clock, known.since) in self.missed:
            return None
        return known

    def is_late(self, now: datetime) -> bool:
        return self.is_at_work and self.promise is not None and self.promise.due < now

    @property
    def revocation_parties(self) -> frozenset[str]:
        """The officials who decide no more about the revocation under way: who proposed it, and who decided what is contested now."""
        if self.proposed is None:
            return frozenset()
        contested = self.announced if self.standing is PermitStanding.CONTESTED else None
        return frozenset(each.by.actor for each in (self.proposed, contested) if each is not None)

    @property
    def allows_registration(self) -> bool:
        """A permit from before there were certificates holds."""
        return self.certificate is None or self.standing in HOLDING

    @property
    def ends_on(self) -> date | None:
        return None if self.certificate is None else self.certificate.valid_until

    def after(self, event: PermitEvents) -> "PermitFile":
        had_it = {event.by.actor} if permit.is_decision(event) else set[str]()
        is_step = not isinstance(event, permit.PermitRenewalDue)
        known = replace(self, officials=self.officials | had_it, steps=self.steps + is_step)
        if isinstance(event, permit.ApplicationEvents):
            return _applying(known, event)
        return _holding(known, event)

    def after_missing(self, clock: str, since: datetime) -> "PermitFile":
        """Return it after the breach of this promise was recorded."""
        return replace(self, missed=self.missed | {(clock, since)})

    def reopened(self) -> "PermitFile":
        """The same, to be evaluated again because what was found fit is made no more; the promised day stays."""
        return replace(self, stage=PermitStage.EVALUATION, fit_by="", steps=self.steps + 1)

    def with_news(self) -> "PermitFile":
        """The same where the business has stated or sent something by which its application is decided, so that a page from before is old.
        While a revocation is under way nothing is found fit or signed; no business holds up the revocation by what it sends."""
        is_decided_by_it = self.is_at_work and self.proposed is None
        return replace(self, steps=self.steps + is_decided_by_it)

    def ended(self) -> "PermitFile":
        """The same without its application, because the case has ended."""
        left = PermitStage.NONE if self.certificate is None else PermitStage.DONE
        return replace(self, stage=left, promise=None, stopped_at=None)


NO_PERMIT = PermitFile()


def _applying(file: PermitFile, event: permit.ApplicationEvents) -> PermitFile:
    match event:
        case permit.PermitApplied():
            return _applied(file, event)
        case permit.PermitAccountVerified(promise=promise):
            verified = replace(file, account_verified=True, account_by=event.by.actor)
            return replace(verified, stage=PermitStage.EVALUATION, promise=promise, stopped_evaluation=None)
        case permit.PermitReturned():
            return _returned(file, event)
        case permit.PermitFoundFit(promise=promise):
            return replace(file, stage=PermitStage.ISSUE, promise=promise, fit_by=event.by.actor)
        case permit.PermitIssued(certificate=certificate):
            return _issued(file, certificate)
        case _:
            assert_never(event)


def _returned(file: PermitFile, event: permit.PermitReturned) -> PermitFile:
    """Stop the clock. What whoever verified the account gives back is verified anew, so that an office with one evaluator goes on."""
    verified = file.account_verified and event.by.actor != file.account_by
    returned = replace(file, stage=PermitStage.RETURNED, stopped_at=event.by.at, fit_by="")
    if not verified and file.promise is not None and file.promise.clock == "permit_evaluation":
        returned = replace(returned, stopped_evaluation=StoppedPromise(file.promise, event.by.at))
    return replace(returned, account_verified=verified, account_by=file.account_by if verified else "")


def _applied(file: PermitFile, event: permit.PermitApplied) -> PermitFile:
    """Begin an application, or go on with one that was returned where it stood."""
    again = file.stage is PermitStage.RETURNED
    verified = again and file.account_verified
    stage = PermitStage.EVALUATION if verified else PermitStage.ACCOUNT
    begun = replace(file, stage=stage, account_verified=verified, promise=event.promise)
    account_by = file.account_by if verified else ""
    evaluation = file.stopped_evaluation if again else None
    return replace(
        begun,
        stopped_at=None,
        stopped_evaluation=evaluation,
        account_by=account_by,
        fit_by="",
        renews=event.renews,
    )


def _issued(file: PermitFile, certificate: PermitCertificate | None) -> PermitFile:
    standing = PermitStanding.NONE if certificate is None else PermitStanding.VALID
    issued = replace(file, stage=PermitStage.DONE, promise=None, account_verified=False, renews=None)
    return replace(
        issued, certificate=certificate, standing=standing, proposed=None, announced=None, reminded=False
    )


def _holding(file: PermitFile, event: permit.CertificateEvents) -> PermitFile:
    match event:
        case permit.RevocationProposed():
            return replace(file, proposed=event)
        case permit.RevocationDropped():
            return replace(file, proposed=None, announced=None, standing=PermitStanding.VALID)
        case permit.RevocationAnnounced():
            return replace(file, announced=event, standing=PermitStanding.ANNOUNCED)
        case permit.RevocationContested():
            return replace(file, standing=PermitStanding.CONTESTED)
        case permit.PermitRevoked():
            return replace(file, standing=PermitStanding.REVOKED, proposed=None)
        case permit.PermitRenewalDue():
            return replace(file, reminded=True)
        case permit.PermitExpired():
            return replace(file, standing=PermitStanding.EXPIRED, proposed=None, announced=None)
        case _:
            assert_never(event)
