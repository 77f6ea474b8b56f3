"""The office's routing of notices as data: what a route may say, and when quiet hours end."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.notice_routing import (
    FieldCondition,
    LapseReminder,
    MorningList,
    NoticeRoute,
    NoticeRouting,
    QuietHours,
    load_notice_routing,
)

WITA = ZoneInfo("Asia/Makassar")
ROUTE: dict[str, Any] = {
    "event": "zi.intake.case_answered",
    "channels": ("email",),
    "template": "answered",
}
NIGHT = QuietHours(begins=time(20), ends=time(6))
NOON = QuietHours(begins=time(12), ends=time(13))


def local(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=WITA)


@pytest.mark.parametrize(
    ("quiet", "at", "end"),
    [
        (NIGHT, local(19, 59), None),
        (NIGHT, local(20), local(6, day=2)),
        (NIGHT, local(23, 59), local(6, day=2)),
        (NIGHT, local(5, 59), local(6)),
        (NIGHT, local(6), None),
        (NOON, local(12, 30), local(13)),
        (NOON, local(13), None),
        (NOON, local(11, 59), None),
    ],
)
def test_quiet_hours_end_on_the_office_s_clock(quiet: QuietHours, at: datetime, end: datetime | None) -> None:
    assert quiet.end_of(at.astimezone(UTC), WITA) == end


def test_quiet_hours_without_a_length_are_refused() -> None:
    with pytest.raises(ValidationError, match="never end"):
        QuietHours(begins=time(6), ends=time(6))


def test_an_office_s_quiet_hours_of_before_ring_nowhere_and_no_channel_is_named_twice() -> None:
    assert NIGHT.ringing == ()
    with pytest.raises(ValidationError, match="sms"):
        QuietHours(begins=time(20), ends=time(6), ringing=("sms", "sms"))


def test_a_morning_ends_after_it_begins() -> None:
    with pytest.raises(ValidationError, match="latest must be after at"):
        MorningList(at=time(8), latest=time(8), channels=("email",), template="x")


@pytest.mark.parametrize(
    ("condition", "found", "holds"),
    [
        ({"field": "state", "value": "x"}, "x", True),
        ({"field": "state", "value": "x"}, "y", False),
        ({"field": "left", "value": 0}, 0, True),
        ({"field": "left", "absent": True}, None, True),
        ({"field": "left", "absent": True}, 1, False),
    ],
)
def test_a_condition_asks_for_a_value_or_for_none(
    condition: dict[str, Any], found: object, holds: bool
) -> None:
    assert FieldCondition.model_validate(condition).holds(found) is holds


@pytest.mark.parametrize("condition", [{"field": "a"}, {"field": "a", "value": 1, "absent": True}])
def test_a_condition_that_asks_two_things_or_nothing_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="either a value or absent"):
        FieldCondition.model_validate(condition)


@pytest.mark.parametrize(
    "more",
    [
        {"to": "role"},
        {"role": "head"},
        {"binding": True},
        {"names_case": False},
        {"to": "officer", "letter": True},
        {"to": "officer", "solicited": True},
        {"to": "officer", "not_within_minutes": 1},
        {"to": "officer", "when": "once_a_day"},
        {"channels": ()},
        {"channels": ("email", "email")},
        {"event": "case_answered"},
        {"unknown": 1},
    ],
)
def test_a_route_that_contradicts_itself_is_refused(more: dict[str, Any]) -> None:
    assert NoticeRoute.model_validate(ROUTE).is_to_filer
    assert not NoticeRoute.model_validate({**ROUTE, "to": "role", "role": "head"}).is_to_filer
    with pytest.raises(ValidationError):
        NoticeRoute.model_validate({**ROUTE, **more})


def test_one_message_has_one_notice_to_a_recipient_unless_conditions_tell_them_apart() -> None:
    (shipped,) = load_notice_routing()
    fields = {name: value for name, value in dict(shipped).items() if name != "routes"}
    only = {"only": {"field": "state", "value": "x"}}
    NoticeRouting.model_validate({**fields, "route": [{**ROUTE, **only, "template": "a"}, ROUTE]})
    for routes in ([ROUTE, {**ROUTE, "template": "b"}], [ROUTE, {**ROUTE, **only}]):
        with pytest.raises(ValidationError, match="occur only once"):
            NoticeRouting.model_validate({**fields, "route": routes})


def test_an_office_s_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "notice_routing.toml").write_text("version = 2\n")
    with pytest.raises(UnusableConfigurationError, match="quiet_hours"):
        load_notice_routing(tmp_path)


def test_the_shipped_times_are_no_law() -> None:
    (shipped,) = load_notice_routing()
    assert (shipped.source_status, shipped.public_source) == ("unverified", None)
    assert (shipped.morning_list.at, shipped.quiet_hours.ends) == (time(7, 30), time(6))
    assert shipped.quiet_hours.ringing == ("sms", "whatsapp", "web_push")


def test_a_reminder_to_citizens_has_a_template_for_each_clock_and_names_no_other_field() -> None:
    rules: dict[str, Any] = {"before": {"amount": 2, "unit": "working_days"}, "channels": ("email",)}
    lapse = LapseReminder.model_validate({**rules, "template": "lapse_{clock}"})
    assert lapse.templates == ("lapse_reply", "lapse_reaction")
    with pytest.raises(ValidationError, match="no other field"):
        LapseReminder.model_validate({**rules, "template": "lapse_{reason}"})
