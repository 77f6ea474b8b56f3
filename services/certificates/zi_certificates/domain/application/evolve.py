"""Evolve an application by its events; what was stored years ago is read too, so nothing is refused here. Pure."""

from dataclasses import replace
from typing import assert_never
from uuid import UUID

from zi_certificates.domain.application.events import (
    AmendmentCalledFor,
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationEvents,
    ApplicationExpired,
    ApplicationPaid,
    ApplicationRejected,
    ApplicationReleased,
    ApplicationResubmitted,
    ApplicationSentBack,
    ApplicationSubmitted,
    ApplicationSubmittedFree,
    ApplicationTaken,
    ApplicationWithdrawn,
    ConflictFlagged,
    DataAsked,
    DataSent,
    DeadlineMissed,
    DeadlineNear,
    DecisionEvent,
    EvaluationEvents,
    EvaluationPassed,
    FurtherBillIssued,
    FurtherBillPaid,
    LetterEvents,
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
    OverrideApproved,
    OverrideAsked,
    OverrideEvents,
    OverrideRefused,
    PaymentRefunded,
    PaymentRefused,
    RefundEvents,
    StatementEvents,
)
from zi_certificates.domain.application.past_decisions import Judged, PastDecision
from zi_certificates.domain.application.state import STANDINGS, STOPPED_UNPAID, Application, ApplicationStatus
from zi_certificates.domain.standing import Letter, Standing, letters_with, standing_of
from zi_certificates.domain.statement import Statement


def evolve(application: Application, event: ApplicationEvents) -> Application:
    if event.request is not None:
        application = replace(application, requests=application.requests | {event.request})
    if isinstance(event, DecisionEvent):
        decision = PastDecision(official=event.by.actor, seen=event.seen)
        application = replace(application, decisions=(*application.decisions, decision))
    if isinstance(event, StatementEvents):
        return _after_statement(application, event)
    if isinstance(event, EvaluationEvents):
        return _after_evaluation(application, event)
    if isinstance(event, LetterEvents):
        return _after_letter(application, event)
    if isinstance(event, RefundEvents):
        return replace(application, owed=application.owed.after(event))
    return _after_override(application, event)


def _after_statement(application: Application, event: StatementEvents) -> Application:
    """Evolve by what the applicant stated, sent or paid, or let pass."""
    match event:
        case ApplicationDrafted():
            return _restated(
                replace(application, status=ApplicationStatus.DRAFT, draft=event), event.statement
            )
        case ApplicationChanged():
            return _restated(application, event.statement)
        case ApplicationSubmittedFree():
            submitted = replace(application, submission=event, billed=application.statement)
            return _paid(_evaluated_as(submitted, event), event)
        case ApplicationSubmitted():
            submitted = replace(application, submission=event, billed=application.statement)
            return _evaluated_as(replace(submitted, status=ApplicationStatus.AWAITING_PAYMENT), event)
        case ApplicationPaid():
            return _paid(_with_money(application, event), event)
        case FurtherBillPaid():
            received = _with_money(application, event)
            return replace(received, paid=not received.owed.is_unpaid_again)
        case FurtherBillIssued():
            return replace(application, owed=application.owed.after(event))
        case PaymentRefused():
            return _with_money(application, event)
        case PaymentRefunded():
            return _refunded(_with_money(application, event), event)
        case DataSent():
            return _data_sent(application, event)
        case ApplicationResubmitted():
            return _resubmitted(application, event)
        case ApplicationExpired():
            return replace(application, status=ApplicationStatus.EXPIRED, officer=None)
        case DeadlineNear(clock=clock):
            return replace(application, reminded=application.reminded | {clock})
        case ApplicationWithdrawn():
            return replace(application, status=ApplicationStatus.WITHDRAWN, officer=None)
        case _:
            assert_never(event)


def _after_evaluation(application: Application, event: EvaluationEvents) -> Application:
    match event:
        case ApplicationTaken():
            return _taken(application, event.by.actor)
        case ApplicationReleased():
            return _released(application, event)
        case DataAsked():
            waiting = replace(application, status=ApplicationStatus.NEED_DATA, asked_at=event.by.at)
            return _judged(replace(waiting, wanted=event.wanted), event)
        case EvaluationPassed():
            return _passed(application, event)
        case ApplicationRejected():
            rejected = replace(
                application, status=ApplicationStatus.REJECTED, officer=None, evaluators=(), refused=()
            )
            return _judged(rejected, event)
        case ApplicationSentBack():
            *before, last = application.evaluators
            back = replace(application, status=ApplicationStatus.EVALUATION, officer=last)
            return replace(back, evaluators=tuple(before), refused=application.refused if before else ())
        case DeadlineMissed():
            return replace(application, is_late=True)
        case _:
            assert_never(event)


def _after_letter(application: Application, event: LetterEvents) -> Application:
    match event:
        case LettersSigned():
            return _signed_for(application, event)
        case LetterNumbered():
            return _with_letter(application, event.letter, number=event.number)
        case LetterSignedPersonally():
            return _with_letter(application, event.letter, signed=event.file)
        case LetterSignatureLapsed():
            lapses = 1 + sum(each.lapses for each in application.letters if each.id == event.letter)
            return _with_letter(application, event.letter, signed=None, lapses=lapses)
        case LetterSealed():
            return _with_letter(application, event.letter, file=event.file)
        case LetterRenewed():
            return _with_letter(application, event.letter, renewed=event.file)
        case LetterSuspended():
            suspended = {"standing": Standing.SUSPENDED, "suspended_by": event.by.actor}
            return _with_letter(application, event.letter, **suspended)
        case LetterReinstated():
            return _with_letter(application, event.letter, standing=Standing.VALID)
        case LetterRevoked():
            return _with_letter(application, event.letter, standing=Standing.REVOKED)
        case AmendmentCalledFor():
            return _called_for(application, event)
        case LetterSuperseded():
            replaced = {"standing": Standing.SUPERSEDED, "by_number": event.by_number}
            return _with_letter(application, event.letter, **replaced)
        case _:
            assert_never(event)


def _after_override(application: Application, event: OverrideEvents) -> Application:
    match event:
        case OverrideAsked():
            return replace(application, override=event)
        case OverrideApproved():
            excused = application.excused | {event.official}
            return replace(application, override=None, excused=excused)
        case OverrideRefused():
            return replace(application, override=None)
        case ConflictFlagged():
            return replace(application, flagged=application.flagged | {event.fact.event})
        case _:
            assert_never(event)


def _judged(application: Application, event: DataAsked | ApplicationRejected) -> Application:
    if application.statement is None:
        return application
    return replace(application, judged=Judged(statement=application.statement, at=event.by.at))


def _restated(application: Application, statement: Statement) -> Application:
    """Forget the evaluators: they found another revision compliant."""
    revision = application.revision + 1
    return replace(application, statement=statement, revision=revision, evaluators=(), refused=())


def _with_money(
    application: Application, event: ApplicationPaid | FurtherBillPaid | PaymentRefused | PaymentRefunded
) -> Application:
    payments = application.payments | {event.payment}
    return replace(application, payments=payments, owed=application.owed.after(event))


def _paid(application: Application, event: ApplicationPaid | ApplicationSubmittedFree) -> Application:
    """Queue it, or let it wait for the signature if all its evaluators had found it compliant before a payment was taken back."""
    whole = not application.owed.is_unpaid_again
    paid = replace(application, paid=whole, complete_at=event.by.at, due=event.due, is_late=False)
    if len(application.evaluators) < (2 if application.second_evaluation else 1):
        return _queued_again(paid)
    return replace(paid, status=ApplicationStatus.APPROVAL)


def _refunded(application: Application, event: PaymentRefunded) -> Application:
    """Take it from the office as long as it is unpaid again; a letter that is signed for stays, for officials to judge."""
    if event.pay_by is None:
        return application
    unpaid = replace(application, paid=False)
    if application.status not in STOPPED_UNPAID:
        return unpaid
    return replace(unpaid, status=ApplicationStatus.AWAITING_PAYMENT, officer=None)


def _taken(application: Application, officer: str) -> Application:
    hands = application.hands | {officer}
    return replace(application, status=ApplicationStatus.EVALUATION, officer=officer, hands=hands)


def _released(application: Application, event: ApplicationReleased) -> Application:
    """Queue it again, or let it wait for data with nobody; a recusal ends what excused its official before."""
    if event.is_recusal:
        excused, recused = application.excused - {event.officer}, application.recused | {event.officer}
        application = replace(application, excused=excused, recused=recused)
    if application.status is ApplicationStatus.NEED_DATA:
        return replace(application, officer=None)
    return _queued_again(application)


def _data_sent(application: Application, event: DataSent) -> Application:
    """Return it to its evaluator; to the queue where it was taken from them meanwhile."""
    sent = replace(application, asked_at=None, wanted=(), due=event.due)
    if application.officer is None:
        return _evaluated_as(_queued_again(sent), event)
    return _evaluated_as(replace(sent, status=ApplicationStatus.EVALUATION), event)


def _queued_again(application: Application) -> Application:
    """Queue it at its old place: the time since which it is complete has not changed."""
    status = ApplicationStatus.RESUBMITTED if application.resubmissions else ApplicationStatus.QUEUED
    return replace(application, status=status, officer=None)


def _passed(application: Application, event: EvaluationPassed) -> Application:
    evaluators = (*application.evaluators, event.by.actor)
    passed = replace(application, evaluators=evaluators, refused=event.refused)
    wanted = 2 if passed.second_evaluation else 1
    if len(evaluators) < wanted:
        return _queued_again(passed)
    return replace(passed, status=ApplicationStatus.APPROVAL, officer=None)


def _resubmitted(application: Application, event: ApplicationResubmitted) -> Application:
    count = application.resubmissions + 1
    again = replace(application, status=ApplicationStatus.RESUBMITTED, resubmissions=count)
    return _evaluated_as(replace(again, complete_at=event.by.at, due=event.due, is_late=False), event)


def _evaluated_as(
    application: Application, event: ApplicationSubmitted | DataSent | ApplicationResubmitted
) -> Application:
    """Keep a second evaluation that was ever needed, whatever is stated later."""
    return replace(application, second_evaluation=application.second_evaluation or event.second_evaluation)


def _signed_for(application: Application, event: LettersSigned) -> Application:
    letters = tuple(
        Letter(
            id=each.letter,
            kind=each.kind,
            content=each.content,
            template=each.template,
            personal_signature=each.personal_signature,
        )
        for each in event.letters
    )
    return replace(application, status=ApplicationStatus.ISSUED_UNSEALED, signed=event, letters=letters)


def _called_for(application: Application, event: AmendmentCalledFor) -> Application:
    named = [each.called_fields for each in application.letters if each.id == event.letter]
    return _with_letter(
        application, event.letter, to_amend=True, called_fields=frozenset(event.fields).union(*named)
    )


def _with_letter(application: Application, id: UUID, **changes: object) -> Application:
    letters = letters_with(application.letters, id, **changes)
    return replace(application, letters=letters, status=STANDINGS[standing_of(letters)])
