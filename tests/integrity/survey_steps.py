"""People and commands of the survey tests; all of them invented."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from zi_chassis.domain import Act
from zi_contracts.vault import ItemRef
from zi_integrity.domain.survey import messages
from zi_integrity.domain.survey.decide import decide
from zi_integrity.domain.survey.messages import ServiceUsers, SurveyCommands, SurveyEvents
from zi_integrity.domain.survey.state import SurveyWindow, evolve, initial
from zi_rules.survey.questionnaire import Questionnaire, load_questionnaires

FORMS: dict[str, Questionnaire] = {each.kind: each for each in load_questionnaires()}
SKM, SPAK = FORMS["skm"], FORMS["spak"]
TODAY = date(2026, 10, 1)
OPENS, CLOSES = date(2026, 10, 5), date(2026, 12, 18)
AT = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


def named(name: str) -> UUID:
    return uuid5(UUID(int=14), name)


def staff(name: str, role: str) -> Act:
    return Act(at=AT, actor=name, role=f"staff:{role}")


SURVEY_OFFICER = staff("survei-tuti", "survey")
TEAM = staff("tim-wawan", "integrity")
PROGRAM = Act(at=AT, actor="system:integrity", role="system:integrity")
USERS = (ServiceUsers(service="complaint", finished=150), ServiceUsers(service="ski", finished=10))
OPEN = messages.OpenSurveyWindow(
    by=SURVEY_OFFICER,
    questionnaire=SKM,
    opens=OPENS,
    closes=CLOSES,
    users=USERS,
    today=TODAY,
    collected_until=datetime(2026, 12, 20, 16, 0, tzinfo=UTC),
)


def changed(command: Any, **fields: object) -> Any:
    return type(command).model_validate(dict(command) | fields)


def comment(name: str) -> ItemRef:
    return ItemRef(item=named(name), field="survey.words", digest="0" * 64)


def answer(name: str, value: int = 4, service: str = "complaint", **fields: object) -> messages.RecordAnswer:
    """Return an answer to the SKM with the same value everywhere."""
    usual: dict[str, object] = {
        "by": PROGRAM,
        "answer": named(name),
        "kind": "skm",
        "service": service,
        "day": OPENS,
        "scale": 4,
        "values": dict.fromkeys(SKM.codes, value),
    }
    return messages.RecordAnswer.model_validate(usual | fields)


def answers(count: int, value: int = 4, service: str = "complaint") -> tuple[messages.RecordAnswer, ...]:
    return tuple(answer(f"{service} {value} {number}", value, service) for number in range(count))


PAPER = answer("paper", by=SURVEY_OFFICER, on_paper=True)
WITH_COMMENT = answer("with comment", comment=comment("words"))
ORIGINS = messages.CountOrigins(by=PROGRAM, service="complaint", day=OPENS, answers=20, from_office=12)
UNCOUNTED = messages.CountUncountedAnswers(by=PROGRAM, service="ski", day=CLOSES, count=3)
CLOSE = messages.CloseSurveyWindow(by=PROGRAM)
PUBLISH = messages.PublishSurveyResult(by=SURVEY_OFFICER, questionnaire=SKM, today=date(2026, 12, 21))
ASSESS = messages.AssessSurveyFlag(by=TEAM, number=1, finding="explained", note="Open day on 5 October.")
SHOW = messages.ModerateSurveyComment(by=SURVEY_OFFICER, item=named("words"), decision="shown")
PLAN = messages.PlanSurveyFollowUp(
    by=SURVEY_OFFICER,
    number=1,
    action="A second counter from 8 to 10",
    responsible="Head of services",
    until=date(2027, 1, 15),
)
CLOSE_FOLLOW_UP = messages.CloseSurveyFollowUp(by=SURVEY_OFFICER, number=1, evidence="Photo in the hall")
FULL: tuple[SurveyCommands, ...] = (OPEN, *answers(10), CLOSE)
PUBLISHED: tuple[SurveyCommands, ...] = (*FULL, PUBLISH)


def after(*commands: SurveyCommands) -> SurveyWindow:
    return replay(events(*commands))


def replay(happened: Sequence[SurveyEvents]) -> SurveyWindow:
    window = initial
    for event in happened:
        window = evolve(window, event)
    return window


def events(*commands: SurveyCommands) -> list[SurveyEvents]:
    """Return the events of all commands, each decided after the ones before."""
    window, happened = initial, []
    for command in commands:
        fresh = decide(command, window)
        for event in fresh:
            window = evolve(window, event)
        happened += fresh
    return happened
