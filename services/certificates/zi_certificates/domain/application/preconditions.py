"""Preconditions of commands to an application; each raises the error that says what to do instead."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.command_bases import Completion, Decision, SignersDecision, StaffAct
from zi_certificates.domain.application.commands import AskData, Reject, SendBack
from zi_certificates.domain.application.state import OVER, SIGNED, Application, ApplicationStatus
from zi_certificates.domain.impartiality import HinderedError, refuse_hindered, refuse_unless_signer
from zi_chassis.domain import CITIZENS, Act
from zi_contracts.certificates import PublishedFinding


class Drafted(Protocol):
    """The draft of an application, as a command or as the event that it became."""

    @property
    def by(self) -> Act: ...

    @property
    def data_subject(self) -> UUID: ...


def refuse_other_applicants(by: Act, draft: Drafted) -> None:
    """Raise for a citizen at somebody else's application. A draft that was made with the code may go on signed in: the route knows whose it is."""
    drafted_signed_in = (by.role, draft.by.role) == ("applicant", "applicant")
    if by.role == "public" and by.actor != str(draft.data_subject):
        raise errors.NotTheApplicantError
    if drafted_signed_in and by.actor != draft.by.actor:
        raise errors.NotTheApplicantError


def refuse_own_application(by: Act, draft: Drafted) -> None:
    """Raise for an official at an application of their own, which no override excuses."""
    if by.role not in CITIZENS and by.actor == draft.by.actor:
        raise errors.OwnApplicationError


def refuse_interested(command: Decision | StaffAct, application: Application) -> None:
    """Raise for an official with a known interest, or who gave it back for one, unless an override excuses them."""
    by = command.by
    if by.actor in application.excused:
        return
    refuse_hindered(by, command.known)
    if by.actor in application.recused:
        raise HinderedError


def refuse_own_override(by: Act, official: str) -> None:
    if by.actor == official:
        raise errors.OwnOverrideError


def refuse_unpaid(application: Application) -> None:
    """Raise while a payment is missing that was taken back after it had paid."""
    if application.owed.is_unpaid_again:
        raise errors.UnpaidAgainError


def refuse_ended(application: Application) -> None:
    if application.status in OVER:
        raise errors.OverError
    if application.status in SIGNED:
        raise errors.AlreadySignedError


def refuse_incomplete(command: Completion, application: Application) -> None:
    """Raise unless the findings are about the present revision, by the rules of the submission, and there are none."""
    refuse_another_revision(command.revision, application)
    if application.submission is not None and application.submission.rules != command.rules:
        raise errors.OtherRulesError
    if command.findings:
        raise errors.IncompleteError(command.findings)


def refuse_another_revision(revision: int, application: Application) -> None:
    if revision != application.revision:
        raise errors.ChangedMeanwhileError


def refuse_unseen_revision(command: AskData | Reject | SendBack, application: Application) -> None:
    """Raise where the applicant has changed what the official looked at; a program may leave out what that was."""
    if command.revision is not None:
        refuse_another_revision(command.revision, application)


def refuse_too_late(at: datetime, application: Application) -> None:
    if application.deadline is not None and at > application.deadline:
        raise errors.TooLateError


def refuse_without_reasons(reasons: tuple[PublishedFinding, ...]) -> None:
    if not reasons:
        raise errors.NoFindingsError


def refuse_unless_evaluating(by: Act, application: Application) -> None:
    if application.status is not ApplicationStatus.EVALUATION:
        raise errors.NotInEvaluationError
    if by.actor != application.officer:
        raise errors.NotYourApplicationError


def refuse_unless_divided(refused: tuple[PublishedFinding, ...], application: Application) -> None:
    """Raise unless each refusal names a product, one at least is approved, and the first evaluator refused the same."""
    products = {each.number for each in application.statement.products} if application.statement else set()
    numbers = {each.item for each in refused}
    if not numbers <= products:
        raise errors.NoSuchProductError
    if products and numbers == products:
        raise errors.NothingApprovedError
    if application.evaluators and numbers != application.refused_numbers:
        raise errors.OtherRefusalsError


def refuse_unless_signing(command: SignersDecision, application: Application) -> None:
    refuse_unless_signer(command.by, command.appointment)
    if application.status is not ApplicationStatus.APPROVAL:
        raise errors.NotReadyToSignError
    if command.by.actor in application.hands:
        raise errors.SamePersonError
