"""Timers, which act as system:umkm.

A case falls asleep after a long silence and ends after a long sleep; an agreed action becomes overdue; a question of the state has its day; a last visit that was not made
in time is reported, and so is a step of a permit; a permit ends.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set, Timers
from zi_contracts.configuration import Pin
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.case import envelope, messages, numbers, state_questions
from zi_umkm.domain.case.evolve import NO_WORD
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.corrective_action import Progress
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.messaging.permit_timers import (
    PERMIT_TIMERS,
    permit_changes,
    permit_command,
    report_of_permit,
)
from zi_umkm.messaging.published import cases

SILENT, ASLEEP, ACTION, QUESTION = "silent", "asleep", "action ", "question "


def changing(rules: MentoringRulebook) -> Callable[[Event], Iterable[Change]]:
    def changes(event: Event) -> Iterable[Change]:
        yield from permit_changes(event, rules.permits)
        match event:
            case messages.BusinessGraduated() | messages.MentoringClosed():
                yield Clear(SILENT)
                yield Clear(ASLEEP)
            case state_questions.StateQuestionReminded():
                yield Set(f"{QUESTION}{event.question}", event.due)
            case state_questions.StateQuestionMissed():
                pass
            case state_questions.StateQuestionRecorded() | state_questions.StateQuestionCorrected():
                yield Set(f"{QUESTION}{event.question}", rules.question_reminder(event.due, event.by.at))
                yield from _word(event, rules)
            case state_questions.StateQuestionAnswered():
                yield Clear(f"{QUESTION}{event.question}")
                yield from _word(event, rules)
            case messages.RegistrationSent() | numbers.RegistrationNumberChecked():
                yield from _open_questions(event, rules)
                yield from _word(event, rules)
            case messages.MentoringPaused():
                yield Set(ASLEEP, rules.sleeps_until(event.by.at))
            case actions.ActionAgreed() | actions.ActionReopened():
                yield Set(f"{ACTION}{event.item}", event.due)
                yield Set(SILENT, rules.silent_until(event.by.at))
            case actions.ActionEvidenced():
                yield Clear(f"{ACTION}{event.item}")
                yield Set(SILENT, rules.silent_until(event.by.at))
            case envelope.MentoringEvent() | actions.ActionEvent() if _is_word(event):
                yield from _word(event, rules)
            case _:
                pass

    return changes


def _open_questions(
    event: messages.RegistrationSent | numbers.RegistrationNumberChecked, rules: MentoringRulebook
) -> Iterable[Change]:
    """Set their timers anew: what fired while the product did not wait for its number did nothing."""
    for each in event.questions:
        due = each.due if each.is_reminded else rules.question_reminder(each.due, event.by.at)
        yield Set(f"{QUESTION}{each.question}", due)


def _word(event: Event, rules: MentoringRulebook) -> Iterable[Change]:
    yield Clear(ASLEEP)
    yield Set(SILENT, rules.silent_until(event.by.at))


def _is_word(event: Event) -> bool:
    return not event.by.role.startswith("system:") and not isinstance(event, NO_WORD)


def timers(rules: MentoringRulebook) -> Timers:
    return Timers(changing(rules), version=2)


class Reminding:
    """The command of a timer, of the case as it is by now."""

    def __init__(self, store: Store, rules: MentoringRulebook) -> None:
        self._store = store
        self._rules = rules

    def __call__(self, due: Due, act: Act) -> tuple[Decider[MentoringCase], Command]:
        _, now = self._store.load(cases, due.aggregate)
        if due.name == ASLEEP:
            return cases, messages.CloseSilentMentoring(by=act, silent_since=now.heard_at or due.due)
        if due.name == SILENT:
            return cases, self._pause(due, act, now)
        if due.name in PERMIT_TIMERS:
            return cases, permit_command(due, act, now, self._rules.permits)
        if due.name.startswith(QUESTION):
            question = UUID(due.name.removeprefix(QUESTION))
            return cases, state_questions.WatchStateQuestion(by=act, question=question)
        return cases, _remind(due, act, now)

    def _pause(self, due: Due, act: Act, now: MentoringCase) -> messages.PauseMentoring:
        """Make the pause of a case; the decider ignores one for a silence that was broken."""
        lasted = now.heard_at is not None and self._rules.silent_until(now.heard_at) <= act.at
        since = now.heard_at if lasted and now.heard_at is not None else due.due
        return messages.PauseMentoring(by=act, silent_since=since)


def _remind(due: Due, act: Act, now: MentoringCase) -> actions.RemindOfAction:
    """Make the reminder of an action; the decider ignores one for a finding that is gone."""
    item = due.name.removeprefix(ACTION)
    found = [each for each in now.findings if each.item == item and each.progress is Progress.AGREED]
    until = [each.due for each in found if each.due is not None and each.due <= act.at]
    return actions.RemindOfAction(by=act, item=item, due=until[0] if until else due.due)


class ReportingMissed:
    """The report of a promised visit, by the rules that promised it, or of a step of a permit."""

    def __init__(self, store: Store, rules: MentoringRulebook) -> None:
        self._store = store
        self._rules = rules

    def __call__(self, due: Due, act: Act, marked: bool) -> tuple[Decider[MentoringCase], Command]:
        _, case = self._store.load(cases, due.aggregate)
        if (of_permit := report_of_permit(due, act, case, marked)) is not None:
            return of_permit
        since = case.obtained_at or due.due
        rules = self._rules.in_force(since)
        pin = Pin(id=rules.id, version=rules.version, digest=rules.digest)
        return cases, messages.ReportLateVisit(
            by=act, since=since, due=due.due, rules=pin, reported_late=marked
        )
