"""The privacy border of surveys: which message each event has."""

from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_integrity.domain.survey import decide as survey_decide
from zi_integrity.domain.survey import messages as survey
from zi_integrity.domain.survey import state as survey_state
from zi_integrity.domain.survey.state import SurveyWindow
from zi_integrity.messaging.surveys import data

SUBJECT_OF_SURVEYS = "survey"  # an answer is about no case


def publish_survey(event: survey.SurveyEvents, _: SurveyWindow) -> Disclosure:
    return Disclosure(SUBJECT_OF_SURVEYS, _survey_data(event))


def _survey_data(event: survey.SurveyEvents) -> Data:
    match event:
        case survey.SurveyWindowOpened():
            return data.survey_window_opened(event)
        case survey.SurveyAnswerRecorded():
            return data.survey_answer_recorded(event)
        case survey.SurveyOriginsCounted():
            return data.survey_origins_counted(event)
        case survey.SurveyAnswersUncounted():
            return data.survey_answers_uncounted(event)
        case survey.SurveyWindowClosed():
            return data.survey_window_closed(event)
        case survey.SurveyFlagRaised():
            return data.survey_flag_raised(event)
        case survey.SurveyFlagAssessed():
            return data.survey_flag_assessed(event)
        case survey.SurveyResultPublished():
            return data.survey_result_published(event)
        case survey.SurveyCommentModerated():
            return data.survey_comment_moderated(event)
        case survey.SurveyFollowUpOpened():
            return data.survey_follow_up_opened(event)
        case survey.SurveyFollowUpPlanned():
            return data.survey_follow_up_planned(event)
        case survey.SurveyFollowUpClosed():
            return data.survey_follow_up_closed(event)
        case _:
            assert_never(event)


survey_windows: Decider[SurveyWindow] = Decider(
    name="survey_window",
    initial=survey_state.initial,
    decide=survey_decide.decide,
    evolve=survey_state.evolve,
    events=get_args(survey.SurveyEvents),
    publish=publish_survey,
)
