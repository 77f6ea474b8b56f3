"""The data of each message about a survey: one function an event, which names each field that is disclosed."""

from zi_contracts.integrity import surveys as contract
from zi_integrity.domain.survey import messages


def survey_window_opened(event: messages.SurveyWindowOpened) -> contract.SurveyWindowOpened:
    return contract.SurveyWindowOpened(
        kind=event.kind,
        questionnaire=_pin(event.questionnaire),
        quarter=event.quarter,
        opens=event.opens,
        closes=event.closes,
        scale=event.scale,
        elements=event.elements,
        conversion=event.conversion,
        least_answers=event.practice.least_answers,
        targets=tuple(
            contract.ServiceTarget(service=each.service, finished=each.finished, target=each.target)
            for each in event.targets
        ),
    )


def _pin(version: messages.QuestionnaireVersion) -> contract.QuestionnairePin:
    return contract.QuestionnairePin(id=version.id, version=version.version, digest=version.digest)


def survey_answer_recorded(event: messages.SurveyAnswerRecorded) -> contract.SurveyAnswerRecorded:
    """Disclose the answer without its id."""
    return contract.SurveyAnswerRecorded(
        kind=event.kind,
        service=event.service,
        day=event.day,
        scale=event.scale,
        values=event.values,
        on_paper=event.on_paper,
        comment=event.comment,
    )


def survey_origins_counted(event: messages.SurveyOriginsCounted) -> contract.SurveyOriginsCounted:
    return contract.SurveyOriginsCounted(
        service=event.service, day=event.day, answers=event.answers, from_office=event.from_office
    )


def survey_answers_uncounted(event: messages.SurveyAnswersUncounted) -> contract.SurveyAnswersUncounted:
    return contract.SurveyAnswersUncounted(service=event.service, day=event.day, count=event.count)


def survey_window_closed(event: messages.SurveyWindowClosed) -> contract.SurveyWindowClosed:
    return contract.SurveyWindowClosed(answers=event.answers)


def survey_flag_raised(event: messages.SurveyFlagRaised) -> contract.SurveyFlagRaised:
    return contract.SurveyFlagRaised(
        number=event.number,
        flag=event.flag,
        service=event.service,
        day=event.day,
        count=event.count,
        of=event.of,
    )


def survey_flag_assessed(event: messages.SurveyFlagAssessed) -> contract.SurveyFlagAssessed:
    return contract.SurveyFlagAssessed(number=event.number, finding=event.finding, note=event.note)


def survey_result_published(event: messages.SurveyResultPublished) -> contract.SurveyResultPublished:
    return contract.SurveyResultPublished(
        kind=event.kind,
        quarter=event.quarter,
        questionnaire=_pin(event.questionnaire),
        conversion=event.conversion,
        interval=event.interval,
        seed=event.seed,
        results=tuple(map(_result, event.results)),
    )


def _result(result: messages.ResultOfService) -> contract.ServiceResult:
    return contract.ServiceResult(
        service=result.service,
        answers=result.answers,
        on_paper=result.on_paper,
        target=result.target,
        sums=result.sums,
        index=result.index,
        low=result.low,
        high=result.high,
        grade=result.grade,
    )


def survey_comment_moderated(event: messages.SurveyCommentModerated) -> contract.SurveyCommentModerated:
    return contract.SurveyCommentModerated(
        comment=event.comment, decision=event.decision, reason=event.reason
    )


def survey_follow_up_opened(event: messages.SurveyFollowUpOpened) -> contract.SurveyFollowUpOpened:
    return contract.SurveyFollowUpOpened(number=event.number, element=event.element, until=event.until)


def survey_follow_up_planned(event: messages.SurveyFollowUpPlanned) -> contract.SurveyFollowUpPlanned:
    return contract.SurveyFollowUpPlanned(
        number=event.number,
        element=event.element,
        action=event.action,
        responsible=event.responsible,
        until=event.until,
    )


def survey_follow_up_closed(event: messages.SurveyFollowUpClosed) -> contract.SurveyFollowUpClosed:
    return contract.SurveyFollowUpClosed(number=event.number, element=event.element, evidence=event.evidence)
