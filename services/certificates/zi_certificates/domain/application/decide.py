"""Decide what a command to an application changes: one function for each command."""

from datetime import datetime
from typing import Any, assert_never

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.command_bases import Completion, Decision
from zi_certificates.domain.application.commands import (
    OVERRIDERS,
    PARTIES,
    Acts,
    ApplicationCommands,
    ApproveOverride,
    AskData,
    AskOverride,
    CallForAmendment,
    ChangeApplication,
    Decisions,
    Draft,
    Expire,
    FlagConflict,
    HandOver,
    IssueFurtherBill,
    PassEvaluation,
    RecordLapse,
    RecordNumber,
    RecordPayment,
    RecordRefund,
    RefundActs,
    RefuseOverride,
    Reinstate,
    Reject,
    Release,
    Remind,
    RenewTimestamp,
    ReportLateDecision,
    Resubmit,
    Revoke,
    Seal,
    SendBack,
    SendData,
    Sign,
    SignPersonally,
    Submit,
    Supersede,
    Suspend,
    Take,
    WithdrawApplication,
)
from zi_certificates.domain.application.deadlines import missed_until, remind, report_missed
from zi_certificates.domain.application.decision_fields import act_fields, decision_fields, signers_fields
from zi_certificates.domain.application.events import (
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationEvents,
    ApplicationExpired,
    ApplicationRejected,
    ApplicationReleased,
    ApplicationResubmitted,
    ApplicationSentBack,
    ApplicationSubmitted,
    ApplicationSubmittedFree,
    ApplicationTaken,
    ApplicationWithdrawn,
    DataAsked,
    DataSent,
    EvaluationPassed,
)
from zi_certificates.domain.application.letter_decisions import (
    call_for_amendment,
    change_standing,
    decide_about_letter,
    sign,
)
from zi_certificates.domain.application.override_decisions import decide_about_override
from zi_certificates.domain.application.payment_decisions import decide_about_money
from zi_certificates.domain.application.preconditions import (
    refuse_another_revision,
    refuse_ended,
    refuse_incomplete,
    refuse_interested,
    refuse_other_applicants,
    refuse_own_application,
    refuse_too_late,
    refuse_unless_divided,
    refuse_unless_evaluating,
    refuse_unless_signing,
    refuse_unpaid,
    refuse_unseen_revision,
    refuse_without_reasons,
)
from zi_certificates.domain.application.refund_decisions import decide_about_refund
from zi_certificates.domain.application.state import (
    CHANGEABLE,
    IN_HAND,
    WAITING,
    Application,
    ApplicationStatus,
)
from zi_certificates.domain.impartiality import is_hindered
from zi_certificates.domain.statement import MOST_REVISIONS
from zi_chassis.domain import refuse_other_roles


def decide(command: ApplicationCommands, application: Application) -> list[ApplicationEvents]:
    """Return the events that the command adds; none where it repeats an earlier one."""
    refuse_other_roles(command, PARTIES)
    if isinstance(command, Draft):
        refuse_other_applicants(command.by, command)
        return _draft(command, application)
    if application.draft is None:
        raise errors.NotBegunError
    refuse_other_applicants(command.by, application.draft)
    refuse_own_application(command.by, application.draft)
    if command.request in application.requests:
        return []
    events = _decision(command, application) if isinstance(command, Decision) else _act(command, application)
    return [*missed_until(command, application), *events] if events else []


def _act(command: Acts, application: Application) -> list[ApplicationEvents]:
    match command:
        case ChangeApplication():
            return _change(command, application)
        case Submit():
            return _submit(command, application)
        case RecordPayment() | RecordRefund() | IssueFurtherBill():
            return decide_about_money(command, application)
        case Release():
            return _release(command, application)
        case HandOver():
            return _hand_over(command, application)
        case SendData():
            return _send_data(command, application)
        case Resubmit():
            return _resubmit(command, application)
        case RecordNumber() | SignPersonally() | RecordLapse() | Seal() | RenewTimestamp() | Supersede():
            return decide_about_letter(command, application)
        case Expire():
            return _expire(command, application)
        case Remind():
            return remind(command, application)
        case ReportLateDecision():
            return report_missed(command, application)
        case WithdrawApplication():
            return _withdraw(command, application)
        case AskOverride() | ApproveOverride() | RefuseOverride() | FlagConflict():
            return decide_about_override(command, application)
        case _:
            assert_never(command)


def _decision(command: Decisions, application: Application) -> list[ApplicationEvents]:
    refuse_interested(command, application)
    if isinstance(command, RefundActs):
        return decide_about_refund(command, application)
    if not isinstance(command, Suspend | Reinstate | Revoke | CallForAmendment):
        refuse_unpaid(application)
    match command:
        case Take():
            return _take(command, application)
        case AskData():
            return _ask_data(command, application)
        case PassEvaluation():
            return _pass_evaluation(command, application)
        case Reject():
            return _reject(command, application)
        case SendBack():
            return _send_back(command, application)
        case Sign():
            return sign(command, application)
        case Suspend() | Reinstate() | Revoke():
            return change_standing(command, application)
        case CallForAmendment():
            return call_for_amendment(command, application)
        case _:
            assert_never(command)


def _draft(command: Draft, application: Application) -> list[ApplicationEvents]:
    if application.draft is None:
        return [ApplicationDrafted(**dict(command))]
    if application.draft.body_digest != command.body_digest:
        raise errors.AnotherDraftError
    return []


def _change(command: ChangeApplication, application: Application) -> list[ApplicationEvents]:
    refuse_ended(application)
    if application.status not in CHANGEABLE:
        raise errors.NotYoursToChangeError
    if command.statement == application.statement:
        return []
    if command.revision is not None:
        refuse_another_revision(command.revision, application)
    if application.revision >= MOST_REVISIONS:
        raise errors.TooManyRevisionsError
    return [ApplicationChanged(by=command.by, request=command.request, statement=command.statement)]


def _submit(command: Submit, application: Application) -> list[ApplicationEvents]:
    refuse_ended(application)
    if application.status is not ApplicationStatus.DRAFT:
        raise errors.NotADraftError
    refuse_incomplete(command, application)
    fields = _completion_fields(command)
    due = fields.pop("due")
    return [ApplicationSubmitted(**fields) if due is None else ApplicationSubmittedFree(**fields, due=due)]


def _take(command: Take, application: Application) -> list[ApplicationEvents]:
    if application.status not in WAITING or application.complete_at is None:
        raise errors.NotWaitingError
    if command.by.actor in application.evaluators:
        raise errors.EvaluatedAlreadyError
    second = bool(application.evaluators)
    return [ApplicationTaken(**decision_fields(command), complete_at=application.complete_at, second=second)]


def _release(command: Release, application: Application) -> list[ApplicationEvents]:
    """Release it for its evaluator or a supervisor without an interest; never for another evaluator, who could take it then."""
    if application.status is not ApplicationStatus.EVALUATION or application.officer is None:
        raise errors.NotInEvaluationError
    if command.by.actor != application.officer:
        if command.by.role not in OVERRIDERS:
            raise errors.NotYoursToReleaseError
        refuse_interested(command, application)
    return [ApplicationReleased(**act_fields(command) | {"officer": application.officer})]


def _hand_over(command: HandOver, application: Application) -> list[ApplicationEvents]:
    """Take it from an evaluator who has a conflict of interest, also while it waits for data; an override goes on to excuse."""
    if application.officer is None or application.officer != command.officer:
        return []
    if application.officer in application.excused or application.status not in IN_HAND:
        return []
    return [ApplicationReleased(**dict(command), reason="conflict")]


def _ask_data(command: AskData, application: Application) -> list[ApplicationEvents]:
    """Refuse to ask so late that the application would expire at once."""
    refuse_unless_evaluating(command.by, application)
    if application.submission is not None and command.by.at >= application.submission.open_until:
        raise errors.TooLateToAskError
    refuse_unseen_revision(command, application)
    refuse_without_reasons(command.wanted)
    if command.unsendable:
        raise errors.UnsendableDocumentError
    if command.unnamed and not command.explained:
        raise errors.UnexplainedDocumentError
    fields = decision_fields(command)
    del fields["explained"], fields["unsendable"], fields["revision"]
    return [DataAsked(**fields, kinds=application.statement.kinds if application.statement else ())]


def _send_data(command: SendData, application: Application) -> list[ApplicationEvents]:
    refuse_ended(application)
    if application.status is not ApplicationStatus.NEED_DATA:
        raise errors.NoDataAskedError
    refuse_unpaid(application)
    if application.is_unchanged(command.account_verified_at) and not command.answered:
        raise errors.NothingChangedError
    refuse_too_late(command.by.at, application)
    refuse_incomplete(command, application)
    if not set(command.answered) <= set(application.wanted):
        raise errors.NotWantedError
    if left := application.unanswered(command.answered, command.account_verified_at):
        raise errors.AnswersMissingError(left)
    return [DataSent(**_completion_fields(command) | {"due": _never_earlier(command.due, application)})]


def _pass_evaluation(command: PassEvaluation, application: Application) -> list[ApplicationEvents]:
    refuse_unless_evaluating(command.by, application)
    refuse_another_revision(command.revision, application)
    refuse_unless_divided(command.refused, application)
    return [EvaluationPassed(**decision_fields(command), second=bool(application.evaluators))]


def _reject(command: Reject, application: Application) -> list[ApplicationEvents]:
    refuse_unless_evaluating(command.by, application)
    refuse_unseen_revision(command, application)
    refuse_without_reasons(command.reasons)
    fields = decision_fields(command)
    del fields["revision"]
    return [ApplicationRejected(**fields)]


def _send_back(command: SendBack, application: Application) -> list[ApplicationEvents]:
    refuse_unless_signing(command, application)
    refuse_unseen_revision(command, application)
    refuse_without_reasons(command.reasons)
    fields = signers_fields(command)
    del fields["revision"]
    back = ApplicationSentBack(**fields)
    evaluator = application.evaluators[-1]
    if evaluator in application.excused or not is_hindered(evaluator, command.known):
        return [back]
    return [back, ApplicationReleased(by=command.by, officer=evaluator, reason="conflict")]


def _resubmit(command: Resubmit, application: Application) -> list[ApplicationEvents]:
    refuse_ended(application)
    if application.status is not ApplicationStatus.REJECTED:
        raise errors.NotRejectedError
    refuse_unpaid(application)
    if application.resubmissions_left < 1:
        raise errors.TooOftenError
    refuse_too_late(command.by.at, application)
    refuse_incomplete(command, application)
    if application.is_unchanged(command.account_verified_at):
        raise errors.UnchangedError
    return [ApplicationResubmitted(**_completion_fields(command))]


def _expire(command: Expire, application: Application) -> list[ApplicationEvents]:
    if application.deadline is None or command.until != application.deadline:
        return []
    is_unpaid = application.status is ApplicationStatus.AWAITING_PAYMENT
    fields = {"by": command.by, "request": command.request}
    return [ApplicationExpired(**fields, reason="unpaid" if is_unpaid else "not_completed")]


def _withdraw(command: WithdrawApplication, application: Application) -> list[ApplicationEvents]:
    if application.status is ApplicationStatus.WITHDRAWN:
        return []
    refuse_ended(application)
    return [ApplicationWithdrawn(**dict(command))]


def _completion_fields(command: Completion) -> dict[str, Any]:
    fields = dict(command)
    del fields["findings"], fields["account_verified_at"]
    return fields


def _never_earlier(due: datetime, application: Application) -> datetime:
    return due if application.due is None else max(due, application.due)
