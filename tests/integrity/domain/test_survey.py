"""A survey window: its days, its answers, its flags, its result and what follows from it."""

from datetime import date
from typing import Any

import pytest
from tests.integrity import survey_steps as usual
from tests.integrity.survey_steps import after, answer, answers, changed, events

from zi_chassis.domain import DomainError, WrongRoleError
from zi_integrity.domain.survey import errors, messages
from zi_integrity.domain.survey.decide import decide, last_close, quarter_before, quarter_of
from zi_integrity.domain.survey.ids import survey_window_id
from zi_integrity.domain.survey.messages import SurveyCommands
from zi_integrity.domain.survey.state import evolve, initial

EVERYTHING: tuple[SurveyCommands, ...] = (
    usual.OPEN,
    *answers(10),
    usual.WITH_COMMENT,
    usual.ORIGINS,
    usual.CLOSE,
    usual.PUBLISH,
    usual.ASSESS,
    usual.SHOW,
    usual.PLAN,
    usual.CLOSE_FOLLOW_UP,
)


def test_a_window_says_what_it_wants_of_each_service() -> None:
    opened = after(usual.OPEN).opened
    assert opened is not None
    assert opened.quarter == "2026-Q4"
    assert {each.service: each.target for each in opened.targets} == {"complaint": 108, "ski": 10}
    assert opened.questionnaire.digest == usual.SKM.digest


@pytest.mark.parametrize(("day", "quarter"), [("2026-01-01", 1), ("2026-03-31", 1), ("2026-04-01", 2)])
def test_a_quarter_has_three_months(day: str, quarter: int) -> None:
    assert quarter_of(date.fromisoformat(day)) == f"2026-Q{quarter}"


@pytest.mark.parametrize(("quarter", "before"), [("2026-Q1", "2025-Q4"), ("2026-Q4", "2026-Q3")])
def test_the_quarter_before_may_be_of_the_year_before(quarter: str, before: str) -> None:
    assert quarter_before(quarter) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"opens": date(2026, 9, 30)},
        {"opens": date(2026, 12, 19)},
        {"closes": date(2027, 2, 1)},
        {"opens": date(2027, 1, 2), "closes": date(2026, 12, 31)},
    ],
)
def test_a_window_begins_today_or_later_and_ends_soon_after_its_quarter(fields: dict[str, date]) -> None:
    with pytest.raises(errors.SurveyDatesError):
        decide(changed(usual.OPEN, **fields), initial)


def test_a_window_may_end_as_late_as_the_invitations_of_its_quarter() -> None:
    assert after(changed(usual.OPEN, closes=date(2027, 1, 31))).opened is not None
    assert last_close(date(2026, 2, 3)) == date(2026, 5, 1)


def test_two_windows_of_a_questionnaire_are_never_open_at_once() -> None:
    with pytest.raises(errors.SurveyOverlapError, match="2026-Q3"):
        decide(changed(usual.OPEN, overlapping=("2026-Q3",)), initial)


@pytest.mark.parametrize("users", [(), (usual.USERS[0], usual.USERS[0])])
def test_a_window_names_each_service_once(users: tuple[messages.ServiceUsers, ...]) -> None:
    with pytest.raises(errors.SurveyUsersError):
        decide(changed(usual.OPEN, users=users), initial)


def test_each_questionnaire_and_quarter_has_one_window() -> None:
    ids = {survey_window_id(kind, quarter) for kind in usual.FORMS for quarter in ("2026-Q4", "2027-Q1")}
    assert len(ids) == 2 * len(usual.FORMS)
    assert str(survey_window_id("skm", "2026-Q4")) == "8e0075a3-b2b0-586e-8e59-5515fe4344bf"


def test_two_windows_of_a_kind_in_a_quarter_are_refused() -> None:
    with pytest.raises(errors.SurveyOpenedAlreadyError):
        decide(changed(usual.OPEN, closes=date(2026, 12, 19)), after(usual.OPEN))


@pytest.mark.parametrize(
    "command",
    [answer("a"), usual.ORIGINS, usual.CLOSE, usual.PUBLISH, usual.ASSESS, usual.SHOW, usual.PLAN],
)
def test_nothing_happens_in_a_window_that_was_never_opened(command: SurveyCommands) -> None:
    with pytest.raises(errors.SurveyNotOpenedError):
        decide(command, initial)


@pytest.mark.parametrize(
    "again",
    [
        usual.OPEN,
        usual.answers(1)[0],
        usual.WITH_COMMENT,
        usual.ORIGINS,
        usual.CLOSE,
        usual.PUBLISH,
        usual.ASSESS,
        usual.SHOW,
        usual.PLAN,
        usual.CLOSE_FOLLOW_UP,
    ],
)
def test_a_repeat_is_no_event(again: SurveyCommands) -> None:
    whole = after(
        *EVERYTHING,
    )
    assert decide(again, whole) == []


# -- answers


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "spak"},
        {"scale": 6},
        {"values": {}},
        {"values": dict.fromkeys(usual.SKM.codes, 5)},
        {"values": dict.fromkeys(usual.SKM.codes, 0)},
        {"values": dict.fromkeys(usual.SKM.codes[:-1], 4)},
        {"values": dict.fromkeys((*usual.SKM.codes, "more"), 4)},
    ],
)
def test_an_answer_that_does_not_fit_the_questionnaire_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(errors.AnswerUnfitError):
        decide(answer("a", **fields), after(usual.OPEN))


def test_an_answer_before_the_window_is_refused() -> None:
    with pytest.raises(errors.SurveyNotRunningError):
        decide(answer("a", day=date(2026, 10, 4)), after(usual.OPEN))


def test_an_answer_of_the_last_day_is_collected_until_the_window_is_closed() -> None:
    late = answer("late", day=date(2026, 12, 20))
    assert len(after(usual.OPEN, late).answers) == 1
    with pytest.raises(errors.SurveyNotRunningError):
        decide(changed(usual.PAPER, day=date(2026, 12, 19)), after(usual.OPEN))


@pytest.mark.parametrize("history", [(usual.OPEN, usual.CLOSE), usual.PUBLISHED])
def test_a_closed_survey_takes_no_answer_any_more(history: tuple[SurveyCommands, ...]) -> None:
    with pytest.raises(errors.SurveyNotRunningError):
        decide(answer("a"), after(*history))


def test_answers_that_came_too_late_are_counted_as_such() -> None:
    assert after(*usual.PUBLISHED, usual.UNCOUNTED, usual.UNCOUNTED).uncounted == 6


def test_an_official_enters_only_paper_and_only_while_the_window_is_open() -> None:
    with pytest.raises(errors.AnswerNotOnPaperError):
        decide(changed(usual.PAPER, on_paper=False), after(usual.OPEN))
    assert after(usual.OPEN, usual.PAPER).answers[0].on_paper
    with pytest.raises(errors.SurveyNotRunningError):
        decide(usual.PAPER, after(usual.OPEN, usual.CLOSE))


def test_a_repeat_of_an_answer_is_nothing_and_another_under_its_id_is_refused() -> None:
    before = after(usual.OPEN, usual.PAPER)
    assert decide(usual.PAPER, before) == []
    others = dict.fromkeys(usual.PAPER.values, 1)
    assert others != usual.PAPER.values
    for another in (changed(usual.PAPER, service="ski"), changed(usual.PAPER, values=others)):
        with pytest.raises(errors.AnotherPaperAnswerError):
            decide(another, before)


def test_an_answer_for_a_service_without_a_target_is_not_lost() -> None:
    results = published(usual.OPEN, *answers(10, service="mentoring"), usual.CLOSE, usual.PUBLISH).results
    assert [(each.service, each.answers, each.target) for each in results] == [
        (None, 10, 118),
        ("complaint", 0, 108),
        ("mentoring", 10, 0),
        ("ski", 0, 10),
    ]


# -- the result


def published(*commands: SurveyCommands) -> messages.SurveyResultPublished:
    result = after(*commands).result
    assert result is not None
    return result


def test_an_open_survey_is_not_published() -> None:
    with pytest.raises(errors.SurveyStillOpenError):
        decide(usual.PUBLISH, after(usual.OPEN, *answers(10)))


def test_a_window_is_computed_with_the_questionnaire_that_it_asked() -> None:
    with pytest.raises(errors.OtherQuestionnaireError):
        decide(changed(usual.PUBLISH, questionnaire=usual.SPAK), after(*usual.FULL))


def test_nothing_is_shown_of_fewer_than_ten_answers() -> None:
    few = (*answers(9), answer("ski", 1, "ski"))
    whole, complaint, ski = published(usual.OPEN, *few, usual.CLOSE, usual.PUBLISH).results
    assert (whole.answers, whole.index, whole.grade) == (10, "92.50", "a")
    for each in (complaint, ski):
        assert (each.sums, each.index, each.low, each.high, each.grade) == ({}, None, None, None, None)


def test_a_single_small_service_is_hidden_with_the_next_smallest() -> None:
    mixed_answers = (*answers(12, service="mentoring"), *answers(11), answer("ski", 1, "ski"))
    for mixed in (mixed_answers, tuple(reversed(mixed_answers))):
        whole, complaint, mentoring, ski = published(usual.OPEN, *mixed, usual.CLOSE, usual.PUBLISH).results
        assert whole.index is not None
        assert mentoring.index is not None
        assert (complaint.sums, ski.sums) == ({}, {})
        assert (complaint.answers, ski.answers) == (11, 1)


def test_two_small_services_that_are_enough_together_hide_no_other() -> None:
    many = (*answers(12), *answers(6, service="mentoring"), *answers(5, service="ski"))
    _, complaint, mentoring, ski = published(usual.OPEN, *many, usual.CLOSE, usual.PUBLISH).results
    assert complaint.index is not None
    assert (mentoring.index, ski.index) == (None, None)


def test_a_window_with_few_answers_is_published_without_an_index_and_calls_for_no_action() -> None:
    window = after(usual.OPEN, *answers(9), usual.CLOSE, usual.PUBLISH)
    assert window.result is not None
    assert window.result.results[0].index is None
    assert window.follow_ups == {}


def test_the_interval_of_equal_answers_is_the_index() -> None:
    whole = published(*usual.PUBLISHED).results[0]
    assert (whole.low, whole.index, whole.high) == ("100.00", "100.00", "100.00")


def test_a_result_does_not_depend_on_the_order_of_the_answers() -> None:
    mixed = (*answers(6, 2), *answers(6, 4))
    first = published(usual.OPEN, *mixed, usual.CLOSE, usual.PUBLISH)
    second = published(usual.OPEN, *reversed(mixed), usual.CLOSE, usual.PUBLISH)
    assert first == second
    assert first.results[0].low is not None
    assert first.results[0].high is not None
    assert float(first.results[0].low) < 75 < float(first.results[0].high)


# -- flags


def test_flags_are_raised_at_the_close_and_drop_no_answer() -> None:
    window = after(*usual.FULL)
    assert [(each.number, each.flag) for each in window.flags] == [(1, "burst"), (2, "identical")]
    assert len(window.answers) == 10


def test_what_is_found_after_the_close_is_flagged_before_the_result() -> None:
    late = events(*usual.FULL, usual.ORIGINS, usual.PUBLISH)[-4:]
    assert [type(each).__name__ for each in late] == [
        *("SurveyFlagRaised", "SurveyResultPublished", "SurveyFollowUpOpened", "SurveyFollowUpOpened")
    ]
    assert after(*usual.FULL, usual.ORIGINS, usual.PUBLISH).flags[-1].flag == "office_network"


def test_who_entered_paper_does_not_assess_the_flags() -> None:
    both = usual.staff("tim-wawan", "survey")
    window = after(usual.OPEN, *answers(10), changed(usual.PAPER, by=both), usual.CLOSE)
    with pytest.raises(errors.AssessingOwnPaperError):
        decide(usual.ASSESS, window)


def test_a_flag_is_assessed_anew_with_another_note() -> None:
    other = changed(usual.ASSESS, finding="unexplained", note="Nobody knows why.")
    window = after(*usual.FULL, usual.ASSESS, other)
    assert window.findings[1].finding == "unexplained"


# -- comments


def test_withholding_needs_a_reason_and_showing_has_none() -> None:
    window = after(usual.OPEN, usual.WITH_COMMENT)
    for fields in ({"decision": "withheld"}, {"reason": "insult"}):
        with pytest.raises(errors.WithholdingReasonError):
            decide(changed(usual.SHOW, **fields), window)


def test_a_decision_about_a_comment_can_be_changed() -> None:
    withhold = changed(usual.SHOW, decision="withheld", reason="insult")
    window = after(usual.OPEN, usual.WITH_COMMENT, withhold, usual.SHOW)
    assert window.decisions[usual.named("words")].decision == "shown"


# -- what follows


def test_the_weakest_elements_call_for_an_action() -> None:
    values = dict.fromkeys(usual.SKM.codes, 4)
    weak = [answer(f"{number}", values=values | {"waktu": 1, "biaya": 2}) for number in range(10)]
    window = after(usual.OPEN, *weak, usual.CLOSE, usual.PUBLISH)
    opened = [(each.opened.element, each.until) for each in window.follow_ups.values()]
    assert opened == [("waktu", date(2027, 3, 21)), ("biaya", date(2027, 3, 21))]


def test_an_action_is_planned_before_it_is_closed_and_never_postponed() -> None:
    window = after(*usual.PUBLISHED)
    with pytest.raises(errors.FollowUpNotPlannedError):
        decide(usual.CLOSE_FOLLOW_UP, window)
    window = after(*usual.PUBLISHED, usual.PLAN)
    assert window.follow_ups[1].until == usual.PLAN.until
    with pytest.raises(errors.FollowUpPostponedError):
        decide(changed(usual.PLAN, until=date(2027, 1, 16)), window)
    assert decide(changed(usual.PLAN, until=date(2027, 1, 14)), window) != []


def test_a_closed_action_stays_as_it_is() -> None:
    window = after(*usual.PUBLISHED, usual.PLAN, usual.CLOSE_FOLLOW_UP)
    for command in (changed(usual.PLAN, action="Other"), changed(usual.CLOSE_FOLLOW_UP, evidence="Other")):
        with pytest.raises(errors.FollowUpClosedError):
            decide(command, window)


@pytest.mark.parametrize(
    "command",
    [
        changed(usual.ASSESS, number=9),
        changed(usual.SHOW, item=usual.named("other")),
        changed(usual.PLAN, number=9),
        changed(usual.CLOSE_FOLLOW_UP, number=9),
    ],
)
def test_what_is_not_in_the_window_is_refused(command: SurveyCommands) -> None:
    with pytest.raises(errors.SurveyNumberError):
        decide(command, after(*usual.PUBLISHED))


@pytest.mark.parametrize("command", [usual.CLOSE, usual.ORIGINS])
def test_no_official_does_the_work_of_the_program(command: SurveyCommands) -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(command, by=usual.SURVEY_OFFICER), after(usual.OPEN))


def test_every_refusal_is_a_sentence() -> None:
    for error in errors.SurveyError.__subclasses__():
        assert issubclass(error, DomainError)
        assert error.sentence.endswith(".")


def test_an_answer_that_was_stored_before_its_window_is_read() -> None:
    """The state never refuses, whatever is stored."""
    recorded = events(usual.OPEN, answer("a"))[1]
    assert len(evolve(initial, recorded).answers) == 1
