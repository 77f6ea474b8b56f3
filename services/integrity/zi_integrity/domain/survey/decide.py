"""Decide what happens in a survey window: it opens once, takes fitting answers of its days, and is published once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import assert_never

from zi_chassis.domain import Act, refuse_other_roles
from zi_integrity.domain.survey import errors, messages
from zi_integrity.domain.survey.messages import SurveyCommands, SurveyEvents
from zi_integrity.domain.survey.result import results_of
from zi_integrity.domain.survey.state import SurveyFollowUp, SurveyWindow
from zi_rules.survey.arithmetic import weakest
from zi_rules.survey.flags import CollectedOrigins, SurveyFlag, flags_of, office_flags
from zi_rules.survey.interval import METHOD, seed_of
from zi_rules.survey.questionnaire import Questionnaire, SurveyPractice
from zi_rules.survey.sample import wanted_answers

MOST_DAYS_AFTER = 31  # days after the end of the quarter


def decide(command: SurveyCommands, window: SurveyWindow) -> list[SurveyEvents]:
    refuse_other_roles(command, messages.PARTIES)
    if isinstance(command, messages.OpenSurveyWindow):
        return _open(command, window)
    if window.opened is None:
        raise errors.SurveyNotOpenedError
    match command:
        case messages.RecordAnswer():
            return _record(command, window, window.opened)
        case messages.CountOrigins():
            return _count_origins(command, window)
        case messages.CountUncountedAnswers():
            return [messages.SurveyAnswersUncounted(**dict(command))]
        case messages.CloseSurveyWindow():
            return _close(command, window, window.opened)
        case messages.PublishSurveyResult():
            return _publish(command, window, window.opened)
        case messages.AssessSurveyFlag():
            return _assess(command, window)
        case messages.ModerateSurveyComment():
            return _moderate(command, window)
        case messages.PlanSurveyFollowUp():
            return _plan(command, _follow_up(window, command.number))
        case messages.CloseSurveyFollowUp():
            return _close_follow_up(command, _follow_up(window, command.number))
        case _:
            assert_never(command)


def quarter_of(day: date) -> str:
    """Return the quarter of a day: 2026-Q4."""
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def quarter_before(quarter: str) -> str:
    """Return the quarter before one: 2025-Q4 before 2026-Q1."""
    year, number = divmod(int(quarter[:4]) * 4 + int(quarter[-1]) - 2, 4)
    return f"{year:04}-Q{number + 1}"


def last_close(opens: date) -> date:
    """Return the last day on which a window of the quarter can end: invitations of a quarter hold until then."""
    year, month = divmod(opens.year * 12 + (opens.month + 2) // 3 * 3, 12)
    return date(year, month + 1, 1) + timedelta(days=MOST_DAYS_AFTER - 1)


def _open(command: messages.OpenSurveyWindow, window: SurveyWindow) -> list[SurveyEvents]:
    opened = _opened(command)
    if window.opened is not None:
        if window.opened.model_dump(exclude={"by"}) == opened.model_dump(exclude={"by"}):
            return []
        raise errors.SurveyOpenedAlreadyError
    services = [each.service for each in command.users]
    if not services or len(set(services)) != len(services):
        raise errors.SurveyUsersError
    if not command.today <= command.opens <= command.closes <= last_close(command.opens):
        raise errors.SurveyDatesError
    if command.overlapping:
        raise errors.SurveyOverlapError(command.overlapping[0])
    return [opened]


def _opened(command: messages.OpenSurveyWindow) -> messages.SurveyWindowOpened:
    form = command.questionnaire
    return messages.SurveyWindowOpened(
        by=command.by,
        kind=form.kind,
        questionnaire=_version(form),
        quarter=quarter_of(command.opens),
        opens=command.opens,
        closes=command.closes,
        scale=form.scale,
        elements=form.codes,
        conversion=form.conversion.method,
        practice=form.practice,
        collected_until=command.collected_until,
        targets=tuple(
            messages.TargetOfService(
                service=each.service, finished=each.finished, target=wanted_answers(each.finished)
            )
            for each in command.users
        ),
    )


def _version(form: Questionnaire) -> messages.QuestionnaireVersion:
    return messages.QuestionnaireVersion(id=form.id, version=form.version, digest=form.digest)


def _fits(command: messages.RecordAnswer, opened: messages.SurveyWindowOpened) -> bool:
    same = (command.kind, command.scale) == (opened.kind, opened.scale)
    in_scale = all(1 <= value <= opened.scale for value in command.values.values())
    return same and in_scale and set(command.values) == set(opened.elements)


def _record(
    command: messages.RecordAnswer, window: SurveyWindow, opened: messages.SurveyWindowOpened
) -> list[SurveyEvents]:
    known = window.answered.get(command.answer)
    if known is not None:
        if known != (command.service, command.values):
            raise errors.AnotherPaperAnswerError
        return []
    if command.by.role not in messages.PROGRAM and not command.on_paper:
        raise errors.AnswerNotOnPaperError
    # The program collects for some days what was answered until the last one.
    is_late = command.day > opened.closes and command.by.role not in messages.PROGRAM
    if window.closed or is_late or command.day < opened.opens:
        raise errors.SurveyNotRunningError
    if not _fits(command, opened):
        raise errors.AnswerUnfitError
    values = {code: command.values[code] for code in opened.elements}
    return [messages.SurveyAnswerRecorded(**{**dict(command), "values": values})]


def _count_origins(command: messages.CountOrigins, window: SurveyWindow) -> list[SurveyEvents]:
    if window.origins.get((command.service, command.day)) == (command.answers, command.from_office):
        return []
    return [messages.SurveyOriginsCounted(**dict(command))]


def _close(
    command: messages.CloseSurveyWindow, window: SurveyWindow, opened: messages.SurveyWindowOpened
) -> list[SurveyEvents]:
    if window.closed:
        return []
    closed = messages.SurveyWindowClosed(by=command.by, answers=len(window.answers))
    return [closed, *_new_flags(command.by, window, opened.practice)]


def _publish(
    command: messages.PublishSurveyResult, window: SurveyWindow, opened: messages.SurveyWindowOpened
) -> list[SurveyEvents]:
    if window.result is not None:
        return []
    _refuse_other_questionnaire(command.questionnaire, opened)
    if not window.closed:
        raise errors.SurveyStillOpenError
    published = messages.SurveyResultPublished(
        by=command.by,
        kind=opened.kind,
        quarter=opened.quarter,
        questionnaire=opened.questionnaire,
        conversion=opened.conversion,
        interval=METHOD,
        seed=seed_of([each.row for each in window.answers]).hex(),
        results=results_of(opened, window.answers, command.questionnaire),
    )
    return [*_new_flags(command.by, window, opened.practice), published, *_follow_ups(command, published)]


def _new_flags(
    by: Act, window: SurveyWindow, practice: SurveyPractice
) -> Iterator[messages.SurveyFlagRaised]:
    """Yield the flags that were not raised before, with numbers that go on."""
    found = [*flags_of(window.answers, practice), *office_flags(_origins(window), practice)]
    known = {(each.flag, each.service, each.day) for each in window.flags}
    fresh = [each for each in found if (each.kind, each.service, each.day) not in known]
    for number, flag in enumerate(fresh, start=len(window.flags) + 1):
        yield _raised(by, number, flag)


def _origins(window: SurveyWindow) -> list[CollectedOrigins]:
    return [CollectedOrigins(service, *counted) for (service, _), counted in window.origins.items()]


def _raised(by: Act, number: int, flag: SurveyFlag) -> messages.SurveyFlagRaised:
    return messages.SurveyFlagRaised(
        by=by,
        number=number,
        flag=flag.kind,
        service=flag.service,
        day=flag.day,
        count=flag.number,
        of=flag.of,
    )


def _follow_ups(
    command: messages.PublishSurveyResult, published: messages.SurveyResultPublished
) -> Iterator[messages.SurveyFollowUpOpened]:
    practice = command.questionnaire.practice
    until = command.today + timedelta(days=practice.follow_up_days)
    for number, element in enumerate(weakest(published.results[0].sums, practice.weakest), start=1):
        yield messages.SurveyFollowUpOpened(by=command.by, number=number, element=element, until=until)


def _refuse_other_questionnaire(form: Questionnaire, opened: messages.SurveyWindowOpened) -> None:
    if _version(form) != opened.questionnaire:
        raise errors.OtherQuestionnaireError


def _assess(command: messages.AssessSurveyFlag, window: SurveyWindow) -> list[SurveyEvents]:
    if command.number not in {each.number for each in window.flags}:
        raise errors.SurveyNumberError
    if command.by.actor in window.paper_by:
        raise errors.AssessingOwnPaperError
    known = window.findings.get(command.number)
    if known is not None and (known.finding, known.note) == (command.finding, command.note):
        return []
    return [messages.SurveyFlagAssessed(**dict(command))]


def _moderate(command: messages.ModerateSurveyComment, window: SurveyWindow) -> list[SurveyEvents]:
    comment = window.comments.get(command.item)
    if comment is None:
        raise errors.SurveyNumberError
    if (command.decision == "withheld") != (command.reason is not None):
        raise errors.WithholdingReasonError
    known = window.decisions.get(command.item)
    if known is not None and (known.decision, known.reason) == (command.decision, command.reason):
        return []
    return [
        messages.SurveyCommentModerated(
            by=command.by, comment=comment, decision=command.decision, reason=command.reason
        )
    ]


def _follow_up(window: SurveyWindow, number: int) -> SurveyFollowUp:
    if number not in window.follow_ups:
        raise errors.SurveyNumberError
    return window.follow_ups[number]


def _plan(command: messages.PlanSurveyFollowUp, follow_up: SurveyFollowUp) -> list[SurveyEvents]:
    planned = messages.SurveyFollowUpPlanned(**dict(command), element=follow_up.opened.element)
    if follow_up.plan and follow_up.plan.model_dump(exclude={"by"}) == planned.model_dump(exclude={"by"}):
        return []
    if follow_up.closing is not None:
        raise errors.FollowUpClosedError
    if command.until > follow_up.until:
        raise errors.FollowUpPostponedError(follow_up.until)
    return [planned]


def _close_follow_up(command: messages.CloseSurveyFollowUp, follow_up: SurveyFollowUp) -> list[SurveyEvents]:
    if follow_up.closing is not None:
        if follow_up.closing.evidence == command.evidence:
            return []
        raise errors.FollowUpClosedError
    if follow_up.plan is None:
        raise errors.FollowUpNotPlannedError
    return [messages.SurveyFollowUpClosed(**dict(command), element=follow_up.opened.element)]
