"""The state of a survey window: what follows from its events."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from zi_contracts.vault import ItemRef
from zi_integrity.domain.survey import messages
from zi_rules.survey.flags import CollectedAnswer


@dataclass(frozen=True)
class SurveyFollowUp:
    opened: messages.SurveyFollowUpOpened
    plan: messages.SurveyFollowUpPlanned | None = None
    closing: messages.SurveyFollowUpClosed | None = None

    @property
    def until(self) -> date:
        return self.plan.until if self.plan else self.opened.until


@dataclass(frozen=True)
class SurveyWindow:
    """`answered` holds service and values of each answer by its id; `paper_by` are the officials who entered paper forms; `origins`
    holds all answers and those from the office, by service and day; `uncounted` is the number of answers that came too late."""

    opened: messages.SurveyWindowOpened | None = None
    answers: tuple[CollectedAnswer, ...] = ()
    answered: dict[UUID, tuple[str, dict[str, int]]] = field(default_factory=dict)
    paper_by: frozenset[str] = frozenset()
    origins: dict[tuple[str, date], tuple[int, int]] = field(default_factory=dict)
    comments: dict[UUID, ItemRef] = field(default_factory=dict)
    decisions: dict[UUID, messages.SurveyCommentModerated] = field(default_factory=dict)
    uncounted: int = 0
    closed: bool = False
    result: messages.SurveyResultPublished | None = None
    flags: tuple[messages.SurveyFlagRaised, ...] = ()
    findings: dict[int, messages.SurveyFlagAssessed] = field(default_factory=dict)
    follow_ups: dict[int, SurveyFollowUp] = field(default_factory=dict)


initial = SurveyWindow()


def evolve(window: SurveyWindow, event: messages.SurveyEvents) -> SurveyWindow:
    match event:
        case messages.SurveyWindowOpened():
            return replace(window, opened=event)
        case messages.SurveyAnswerRecorded():
            return _with_answer(window, event)
        case messages.SurveyOriginsCounted():
            counted = {(event.service, event.day): (event.answers, event.from_office)}
            return replace(window, origins=window.origins | counted)
        case messages.SurveyAnswersUncounted():
            return replace(window, uncounted=window.uncounted + event.count)
        case messages.SurveyWindowClosed():
            return replace(window, closed=True)
        case messages.SurveyFlagRaised():
            return replace(window, flags=(*window.flags, event))
        case messages.SurveyFlagAssessed():
            return replace(window, findings=window.findings | {event.number: event})
        case messages.SurveyResultPublished():
            return replace(window, result=event)
        case messages.SurveyCommentModerated():
            return replace(window, decisions=window.decisions | {event.comment.item: event})
        case messages.SurveyFollowUpOpened():
            return replace(window, follow_ups=window.follow_ups | {event.number: SurveyFollowUp(event)})
        case messages.SurveyFollowUpPlanned() | messages.SurveyFollowUpClosed():
            return _with_follow_up(window, event)
        case _:
            assert_never(event)


def _with_answer(window: SurveyWindow, event: messages.SurveyAnswerRecorded) -> SurveyWindow:
    elements = window.opened.elements if window.opened else tuple(event.values)
    row = tuple(event.values[code] for code in elements)
    comment = {event.comment.item: event.comment} if event.comment else {}
    entered_by = {event.by.actor} if event.by.role.startswith("staff:") else set()
    return replace(
        window,
        answers=(*window.answers, CollectedAnswer(event.service, event.day, row, event.on_paper)),
        answered=window.answered | {event.answer: (event.service, event.values)},
        paper_by=window.paper_by | entered_by,
        comments=window.comments | comment,
    )


def _with_follow_up(
    window: SurveyWindow, event: messages.SurveyFollowUpPlanned | messages.SurveyFollowUpClosed
) -> SurveyWindow:
    before = window.follow_ups[event.number]
    if isinstance(event, messages.SurveyFollowUpPlanned):
        after = replace(before, plan=event)
    else:
        after = replace(before, closing=event)
    return replace(window, follow_ups=window.follow_ups | {event.number: after})
