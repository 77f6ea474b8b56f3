"""The timer of a survey: it closes by itself when the collection of its answers is over."""

from collections.abc import Iterable

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set
from zi_integrity.domain.survey.messages import CloseSurveyWindow, SurveyWindowClosed, SurveyWindowOpened
from zi_integrity.domain.survey.state import SurveyWindow
from zi_integrity.messaging.surveys.published import survey_windows

CLOSING = "survey closes"


def survey_changes(event: Event) -> Iterable[Change]:
    """Yield the timer that an event sets or clears."""
    match event:
        case SurveyWindowOpened():
            yield Set(CLOSING, event.collected_until)
        case SurveyWindowClosed():
            yield Clear(CLOSING)
        case _:
            pass


def close_survey(_: Store, __: Due, act: Act) -> tuple[Decider[SurveyWindow], Command]:
    """Return the command of the timer."""
    return survey_windows, CloseSurveyWindow(by=act)
