"""The rules of a service standard: what must hold to draft, consult on, adopt, review and withdraw it."""

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from zi_chassis.domain import refuse_other_roles
from zi_integrity.domain.standard import errors, messages
from zi_integrity.domain.standard.difference import changed_components
from zi_integrity.domain.standard.messages import PARTIES, StandardCommands, StandardEvents
from zi_integrity.domain.standard.state import StandardDecree, StandardStatus
from zi_integrity.domain.standard.terms import (
    binds_alike,
    decree_content,
    refuse_incomplete,
    refuse_unusable,
)


def decide(command: StandardCommands, decree: StandardDecree) -> Sequence[StandardEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, messages.BeginStandardDraft):
        return _begin(command, decree)
    if decree.status is StandardStatus.NONE:
        raise errors.NoSuchDraftError
    if isinstance(
        command,
        messages.WithdrawStandard
        | messages.ReviewStandard
        | messages.RemindOfStandardReview
        | messages.FlagOverdueStandardReview,
    ):
        return _of_adopted(command, decree)
    return _of_draft(command, decree)


def _of_draft(
    command: messages.ReviseStandard
    | messages.OpenStandardConsultation
    | messages.CloseStandardConsultation
    | messages.WithdrawStandardDraft
    | messages.AdoptStandard,
    decree: StandardDecree,
) -> Sequence[StandardEvents]:
    match command:
        case messages.ReviseStandard():
            return _revise(command, decree)
        case messages.OpenStandardConsultation():
            return _open(command, decree)
        case messages.CloseStandardConsultation():
            return _close(command, decree)
        case messages.WithdrawStandardDraft():
            return _drop(command, decree)
        case messages.AdoptStandard():
            return _adopt(command, decree)
        case _:
            assert_never(command)


def _of_adopted(
    command: messages.WithdrawStandard
    | messages.ReviewStandard
    | messages.RemindOfStandardReview
    | messages.FlagOverdueStandardReview,
    decree: StandardDecree,
) -> Sequence[StandardEvents]:
    match command:
        case messages.WithdrawStandard():
            return _withdraw(command, decree)
        case messages.ReviewStandard():
            return _review(command, decree)
        case messages.RemindOfStandardReview():
            is_new = _awaits(decree, command.due) and decree.reminded_of != command.due
            return [messages.StandardReviewDue(by=command.by, due=command.due)] if is_new else []
        case messages.FlagOverdueStandardReview():
            is_new = _awaits(decree, command.due) and decree.overdue_since != command.due
            return [messages.StandardReviewOverdue(by=command.by, due=command.due)] if is_new else []
        case _:
            assert_never(command)


def _awaits(decree: StandardDecree, due: date) -> bool:
    return decree.status is StandardStatus.ADOPTED and decree.review_due == due


def _begin(command: messages.BeginStandardDraft, decree: StandardDecree) -> Sequence[StandardEvents]:
    refuse_unusable(command.terms)
    if decree.status is not StandardStatus.NONE:
        if (decree.service, decree.id) != (command.service, command.id) or decree.terms != command.terms:
            raise errors.DraftBegunOtherwiseError
        return []
    return [
        messages.StandardDrafted(
            by=command.by,
            service=command.service,
            id=command.id,
            origin=command.origin,
            after=command.record.latest,
            terms=command.terms,
        )
    ]


def _revise(command: messages.ReviseStandard, decree: StandardDecree) -> Sequence[StandardEvents]:
    refuse_unusable(command.terms)
    _refuse_closed(decree)
    if decree.status is StandardStatus.CONSULTATION:
        raise errors.TextUnderConsultationError
    is_same = command.terms == decree.terms
    if is_same and command.record.latest == decree.after and set(command.follows) <= set(decree.follows):
        return []
    if command.before != decree.digest:
        raise errors.StandardChangedMeanwhileError
    if decree.status is StandardStatus.CONSULTED and not is_same and not command.follows:
        raise errors.NothingFollowedError
    if decree.status is StandardStatus.CONSULTED:
        _refuse_other_proposals(command, decree)
    revised = messages.StandardRevised(
        by=command.by, after=command.record.latest, terms=command.terms, follows=command.follows
    )
    return [revised]


def _refuse_other_proposals(command: messages.ReviseStandard, decree: StandardDecree) -> None:
    """After the public was asked, a change follows what was proposed then: in the forum of the consultation or in its time."""
    consultation = decree.consultation
    assert consultation is not None
    answers = {
        each.reference
        for each in command.proposals
        if each.forum == consultation.forum
        or (consultation.by.at <= each.at and each.day <= consultation.until)
    }
    if others := [each for each in command.follows if each not in answers]:
        raise errors.ProposalsOfAnotherConsultationError(", ".join(others))


def _open(command: messages.OpenStandardConsultation, decree: StandardDecree) -> Sequence[StandardEvents]:
    _refuse_closed(decree)
    if decree.status is StandardStatus.CONSULTATION:
        raise errors.ConsultedAlreadyError
    if command.record.consulted not in (None, command.draft):
        raise errors.AnotherConsultationError
    _refuse_stale(command.record, decree)
    refuse_incomplete(decree.terms)
    if command.until < command.first:
        raise errors.ConsultationTooShortError(command.first)
    forum = command.forum if command.manner == "forum" else None
    if command.manner == "forum":
        if forum is None:
            raise errors.NoForumNamedError
        if command.forum_status in (None, "cancelled"):
            raise errors.NoSuchForumError
    opened = messages.StandardConsultationOpened(
        by=command.by, manner=command.manner, forum=forum, until=command.until
    )
    return [opened]


def _close(command: messages.CloseStandardConsultation, decree: StandardDecree) -> Sequence[StandardEvents]:
    if decree.status is not StandardStatus.CONSULTATION or decree.consultation is None:
        raise errors.NoConsultationOpenError
    if command.today <= decree.consultation.until:
        raise errors.ConsultationRunsError(decree.consultation.until)
    return [messages.StandardConsultationClosed(by=command.by, summary=command.summary)]


def _drop(command: messages.WithdrawStandardDraft, decree: StandardDecree) -> Sequence[StandardEvents]:
    if decree.status is StandardStatus.DROPPED:
        return []
    _refuse_closed(decree)
    return [messages.StandardDraftWithdrawn(by=command.by, reason=command.reason)]


def _adopt(command: messages.AdoptStandard, decree: StandardDecree) -> Sequence[StandardEvents]:
    if decree.adopted is not None and decree.adopted.letter == command.letter and _is_repeat(command, decree):
        return []
    _refuse_closed(decree)
    if command.before != decree.digest:
        raise errors.StandardChangedMeanwhileError
    if command.by.actor in decree.drafters:
        raise errors.DrafterAdoptsError
    if command.record.consulted is not None:
        raise errors.AnotherConsultationError if command.record.consulted != command.draft else _runs(decree)
    _refuse_stale(command.record, decree)
    refuse_incomplete(decree.terms)
    _refuse_unconsulted(command, decree)
    changed = _changed_components(command, decree)
    _refuse_unnamed(command, changed)
    _refuse_days(command)
    version, begins, ends = decree.after + 1, command.effective_from, command.effective_to
    return [
        messages.StandardAdopted(
            by=command.by,
            version=version,
            effective_from=begins,
            effective_to=ends,
            waiver=command.waiver,
            waiver_statement=command.waiver_statement,
            number=command.number,
            letter=command.letter,
            content=decree_content(decree.terms, decree.id, version, begins, ends),
            review_due=command.review_due,
            changed_components=changed,
            unnamed_reason=command.unnamed_reason,
        )
    ]


def _changed_components(command: messages.AdoptStandard, decree: StandardDecree) -> tuple[str, ...]:
    """Name what a text that follows proposals changes: in the text that the public was asked about, else in the version in force."""
    if not decree.follows:
        return ()
    return changed_components(decree.consulted or command.record.terms, decree.terms)


def _refuse_unnamed(command: messages.AdoptStandard, changed: Sequence[str]) -> None:
    """Whoever follows a proposal about one component does not rewrite the others in its name."""
    named = {each for proposal in command.followed for each in proposal.components}
    if (unnamed := [each for each in changed if each not in named]) and not command.unnamed_reason:
        raise errors.UnnamedChangesError(unnamed)


def _is_repeat(command: messages.AdoptStandard, decree: StandardDecree) -> bool:
    adopted = decree.adopted
    assert adopted is not None
    days = (command.effective_from, command.effective_to)
    return adopted.by.actor == command.by.actor and (adopted.effective_from, adopted.effective_to) == days


def _runs(decree: StandardDecree) -> errors.ConsultationRunsError:
    assert decree.consultation is not None
    return errors.ConsultationRunsError(decree.consultation.until)


def _refuse_unconsulted(command: messages.AdoptStandard, decree: StandardDecree) -> None:
    """A text is adopted that the public was asked about, or that follows its proposals, or that the law lets go without."""
    if decree.status is StandardStatus.CONSULTED:
        if command.waiver is not None:
            raise errors.WaiverNotNeededError
        consultation = decree.consultation
        assert consultation is not None
        if consultation.forum is not None and command.forum_status != "closed":
            raise errors.ForumNotHeldError(consultation.forum)
        return
    if command.waiver is None or not command.waiver_statement:
        raise errors.NotConsultedError
    if command.waiver == "clear_error" and not binds_alike(decree.terms, command.record.terms):
        raise errors.MoreThanAnErrorError


def _refuse_days(command: messages.AdoptStandard) -> None:
    if command.effective_from < command.today:
        raise errors.PastEffectiveDateError(command.today)
    if command.record.begins is not None and command.effective_from <= command.record.begins:
        raise errors.EffectiveTooEarlyError(command.record.begins)
    if command.effective_to is not None and command.effective_to < command.effective_from:
        raise errors.EndsBeforeItBeginsError


def _withdraw(command: messages.WithdrawStandard, decree: StandardDecree) -> Sequence[StandardEvents]:
    if decree.status is StandardStatus.ENDED:
        return []
    _refuse_unadopted(decree)
    return [messages.StandardWithdrawn(by=command.by, reason=command.reason)]


def _review(command: messages.ReviewStandard, decree: StandardDecree) -> Sequence[StandardEvents]:
    _refuse_unadopted(decree)
    if command.next_due > command.latest:
        raise errors.ReviewTooLateError(command.latest)
    if decree.review_due == command.next_due:
        return []
    return [messages.StandardReviewed(by=command.by, outcome=command.outcome, next_due=command.next_due)]


def _refuse_closed(decree: StandardDecree) -> None:
    if not decree.is_open:
        raise errors.DraftIsClosedError


def _refuse_unadopted(decree: StandardDecree) -> None:
    if decree.status is not StandardStatus.ADOPTED:
        raise errors.NotAdoptedError


def _refuse_stale(record: messages.ServiceRecord, decree: StandardDecree) -> None:
    if record.latest != decree.after:
        raise errors.StaleDraftError(record.latest)
